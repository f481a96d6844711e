//! Whether the probability of the first suggestion means what it says.

/// Equal-width bins of probability.
const BINS: usize = 15;

/// Counts how often the first suggestion was right, by its probability.
///
/// The expected calibration error is that of Guo et al. 2017, "On Calibration of Modern Neural Networks", with 15 bins
/// of equal width. A probability outside 0..=1 counts as the nearer end, one that is not a number as 0.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Calibration {
    bins: [Bin; BINS],
}

/// A bin of the reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Bin {
    /// Queries whose first suggestion had a probability in this bin.
    pub queries: u64,
    /// Those of them that were right.
    pub right: u64,
    /// The sum of their probabilities.
    pub sum: f64,
}

impl Bin {
    /// The mean probability in the bin and the share that was right, 0..=1; `None` where the bin is empty.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
    pub fn means(&self) -> Option<(f64, f64)> {
        let n = self.queries as f64;
        (self.queries > 0).then(|| (self.sum / n, self.right as f64 / n))
    }
}

impl Calibration {
    /// Counts a query: the probability of its first suggestion, and whether that was the target.
    pub fn add(&mut self, probability: f64, is_right: bool) {
        let p = if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=15")]
        let at = ((p * BINS as f64) as usize).min(BINS - 1);
        let bin = &mut self.bins[at];
        bin.queries += 1;
        bin.right += u64::from(is_right);
        bin.sum += p;
    }

    /// Counts the queries of another one as well.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            mine.queries += theirs.queries;
            mine.right += theirs.right;
            mine.sum += theirs.sum;
        }
    }

    /// The bins, from probability 0 to 1.
    #[must_use]
    pub const fn bins(&self) -> &[Bin] {
        &self.bins
    }

    /// The expected calibration error, 0..=1; `None` without queries.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
    pub fn ece(&self) -> Option<f64> {
        let n: u64 = self.bins.iter().map(|b| b.queries).sum();
        let gap = |b: &Bin| (b.right as f64 - b.sum).abs();
        (n > 0).then(|| self.bins.iter().map(gap).sum::<f64>() / n as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_is_the_weighted_gap_of_the_bins() {
        let mut c = Calibration::default();
        for (p, is_right) in [(0.9, true), (0.92, false), (0.1, false), (0.12, false)] {
            c.add(p, is_right);
        }
        // Upper bin: |1 - 1.82| = 0.82 (0.90 lies in bin 13, 0.92 as well); lower: |0 - 0.22|; over four queries.
        assert!((c.ece().expect("queries") - (0.82 + 0.22) / 4.0).abs() < 1e-12);
        assert_eq!(c.bins()[13].means().map(|(_, right)| right), Some(0.5));
        let mut twice = c.clone();
        twice.merge(&c);
        assert!((twice.ece().expect("queries") - c.ece().expect("queries")).abs() < 1e-12);
    }

    #[test]
    fn odd_probabilities_count_at_the_ends() {
        let mut c = Calibration::default();
        for p in [f64::NAN, -3.0, f64::INFINITY, 1.0] {
            c.add(p, false);
        }
        assert_eq!((c.bins()[0].queries, c.bins()[14].queries), (2, 2));
        assert_eq!(c.ece(), Some(0.5));
        assert_eq!(Calibration::default().ece(), None);
    }
}
