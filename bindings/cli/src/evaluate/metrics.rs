//! Hit rates and the mean reciprocal rank.

/// The rank of a target that is no candidate. 0 says the same.
pub const NO_CANDIDATE: u16 = u16::MAX;

/// The place of a target in its ranking, from 1; `None` where it is no candidate, which counts as a miss.
#[must_use]
pub const fn place(rank: u16) -> Option<u16> {
    match rank {
        0 | NO_CANDIDATE => None,
        rank => Some(rank),
    }
}

/// How often the target was among the first, in percent of the queries, and the mean reciprocal rank, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct HitRates {
    /// The target was first.
    pub hr1: f64,
    /// The target was among the first 3.
    pub hr3: f64,
    /// The target was among the first 4.
    pub hr4: f64,
    /// The target was among the first 5.
    pub hr5: f64,
    /// The mean of 1 / rank; 0 for a target that is no candidate.
    pub mrr: f64,
}

impl HitRates {
    /// The column heads, in the order of [`Self::values`].
    pub const NAMES: [&str; 5] = ["HR@1", "HR@3", "HR@4", "HR@5", "MRR"];

    /// The rates of a list of target ranks (from 1; 0 or [`NO_CANDIDATE`] is a miss); `None` of an empty list.
    ///
    /// ```
    /// use foretap_cli::evaluate::HitRates;
    /// let rates = HitRates::of(&[1, 2, 4, 0]).expect("four queries");
    /// assert_eq!((rates.hr1, rates.hr3, rates.hr5, rates.mrr), (25.0, 50.0, 75.0, 43.75));
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
    pub fn of(ranks: &[u16]) -> Option<Self> {
        if ranks.is_empty() {
            return None;
        }
        let percent = 100.0 / ranks.len() as f64;
        let places = || ranks.iter().filter_map(|&rank| place(rank));
        let within = |k: u16| percent * places().filter(|&p| p <= k).count() as f64;
        let mrr = percent * places().map(|p| 1.0 / f64::from(p)).sum::<f64>();
        Some(Self { hr1: within(1), hr3: within(3), hr4: within(4), hr5: within(5), mrr })
    }

    /// The five numbers, in the order of [`Self::NAMES`].
    #[must_use]
    pub const fn values(&self) -> [f64; 5] {
        [self.hr1, self.hr3, self.hr4, self.hr5, self.mrr]
    }

    /// The rates of five numbers, in the order of [`Self::NAMES`].
    #[must_use]
    pub const fn from_values([hr1, hr3, hr4, hr5, mrr]: [f64; 5]) -> Self {
        Self { hr1, hr3, hr4, hr5, mrr }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_of_a_few_ranks_are_as_computed_by_hand() {
        let rates = HitRates::of(&[1, 3, 4, 5, 6, 0, NO_CANDIDATE, 1]).expect("queries");
        let mrr = 100.0 * (1.0 + 1.0 / 3.0 + 0.25 + 0.2 + 1.0 / 6.0 + 1.0) / 8.0;
        assert_eq!(rates.values()[..4], [25.0, 37.5, 50.0, 62.5]);
        assert!((rates.mrr - mrr).abs() < 1e-12);
    }

    #[test]
    fn no_queries_have_no_rates() {
        assert_eq!(HitRates::of(&[]), None);
        assert_eq!(HitRates::of(&[0]), Some(HitRates::default()));
    }
}
