//! Randomised response (Warner 1965; for many answers: Kairouz, Oh and Viswanath 2014): the true answer with a chance that makes
//! every answer deniable, any other one otherwise.

/// How one question is answered: `bins` answers, none of which is more than `e^epsilon` times as likely under one truth as under
/// another.
///
/// ```
/// use foretap_core::privacy::RandomisedResponse;
/// let coin = RandomisedResponse::new(2, 1.0);
/// assert!(coin.epsilon() <= 1.0 && coin.epsilon() > 0.999_99);
/// // The draw is a random number of the caller.
/// assert_eq!((coin.answer(1, 0), coin.answer(1, u64::MAX)), (1, 0));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomisedResponse {
    bins: u8,
    /// Of the true answer; every other one has [`ONE`].
    weight: u32,
}

/// The weight of an answer that is not true.
const ONE: u32 = 1 << 20;

impl RandomisedResponse {
    /// With `bins` answers, 2 to 255, at most `epsilon` nats apart, above 0 and up to 4.
    ///
    /// # Panics
    /// Outside these limits.
    #[must_use]
    pub fn new(bins: u8, epsilon: f64) -> Self {
        assert!(bins >= 2 && epsilon > 0.0 && epsilon <= 4.0, "2 to 255 bins, epsilon above 0 and up to 4");
        // Rounded down: never more than declared.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most e^4 * 2^20")]
        let weight = (epsilon.exp() * f64::from(ONE)).floor() as u32;
        Self { bins, weight }
    }

    /// How many answers there are.
    #[must_use]
    pub const fn bins(self) -> u8 {
        self.bins
    }

    /// What an answer tells at most, in nats: the logarithm of the ratio of its chances under two truths.
    #[must_use]
    pub fn epsilon(self) -> f64 {
        (f64::from(self.weight) / f64::from(ONE)).ln()
    }

    /// The chance that the truth is answered.
    #[must_use]
    pub fn truth_share(self) -> f64 {
        f64::from(self.weight) / self.total() as f64
    }

    /// The answer to give where `truth` is the true one; `draw` is a uniformly random number that nobody else knows, used for
    /// this answer alone.
    ///
    /// # Panics
    /// If there is no such answer.
    #[must_use]
    pub fn answer(self, truth: u8, draw: u64) -> u8 {
        assert!(truth < self.bins, "one of the answers");
        // Multiplied into the range: no answer is off by more than 2^-38 of its chance.
        let place = (u128::from(draw) * u128::from(self.total())) >> 64;
        let Some(other) = u64::try_from(place).expect("below the total").checked_sub(self.weight.into()) else {
            return truth;
        };
        let other = u8::try_from(other / u64::from(ONE)).expect("fewer than the bins");
        if other < truth { other } else { other + 1 }
    }

    /// What is known of many answers: the share of each truth, from how often each answer was given. Unbiased, so a share can
    /// be a little below 0; all zeros without answers.
    #[must_use]
    pub fn shares(self, answers: &[u64]) -> Vec<f64> {
        let all: u64 = answers.iter().sum();
        if all == 0 {
            return vec![0.0; answers.len()];
        }
        let (p, q) = (self.truth_share(), f64::from(ONE) / self.total() as f64);
        answers.iter().map(|&count| (count as f64 / all as f64 - q) / (p - q)).collect()
    }

    fn total(self) -> u64 {
        u64::from(self.weight) + u64::from(self.bins - 1) * u64::from(ONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Splitmix64: draws of a test.
    fn draws(seed: u64) -> impl Iterator<Item = u64> {
        (1..).map(move |n: u64| {
            let mut z = seed.wrapping_add(n.wrapping_mul(0x9e37_79b9_7f4a_7c15));
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        })
    }

    #[test]
    fn a_million_draws_tell_no_more_than_declared() {
        const DRAWS: usize = 1_000_000;
        for (bins, epsilon) in [(2, 1.0), (3, 0.5), (4, 1.0), (6, 0.75), (12, 0.25)] {
            let response = RandomisedResponse::new(bins, epsilon);
            assert!(response.epsilon() <= epsilon && response.epsilon() > epsilon - 1e-5);
            let counts: Vec<Vec<u64>> = (0..bins)
                .map(|truth| {
                    let mut counts = vec![0_u64; usize::from(bins)];
                    let draws = draws(u64::from(truth) << 32 | u64::from(bins)).take(DRAWS / usize::from(bins));
                    draws.for_each(|draw| counts[usize::from(response.answer(truth, draw))] += 1);
                    counts
                })
                .collect();
            let mut worst = 0.0_f64;
            for answer in 0..usize::from(bins) {
                for (one, other) in counts.iter().flat_map(|a| counts.iter().map(move |b| (a, b))) {
                    let (a, b) = (one[answer] as f64, other[answer] as f64);
                    // What is measured, less three standard errors of it.
                    worst = worst.max((a / b).ln() - 3.0 * (1.0 / a + 1.0 / b).sqrt());
                }
            }
            println!("{bins} bins: declared {epsilon}, measured at least {worst:.4}");
            assert!(worst <= epsilon, "{bins} bins tell {worst} of {epsilon}");
            // And it is no less noisy than it need be: the truth has the chance that the declaration allows.
            let truths = (0..usize::from(bins)).map(|n| counts[n][n]).sum::<u64>() as f64 / DRAWS as f64;
            assert!((truths - response.truth_share()).abs() < 0.003, "{truths}");
        }
    }

    #[test]
    fn shares_of_many_phones_come_out_right() {
        let response = RandomisedResponse::new(4, 0.5);
        let truths = [0.5, 0.3, 0.15, 0.05];
        let mut answers = [0; 4];
        for (n, draw) in draws(7).take(400_000).enumerate() {
            let place = (n % 100) as f64 / 100.0;
            let truth = truths.iter().scan(0.0, |sum, share| Some(*sum + share).inspect(|next| *sum = *next));
            let truth = truth.take_while(|sum| *sum <= place + 1e-9).count();
            answers[usize::from(response.answer(u8::try_from(truth).expect("four"), draw))] += 1;
        }
        for (share, truth) in response.shares(&answers).iter().zip(truths) {
            assert!((share - truth).abs() < 0.02, "{share} is not {truth}");
        }
        assert_eq!(response.shares(&[0; 4]), [0.0; 4]);
    }

    #[test]
    fn every_other_answer_is_given() {
        let response = RandomisedResponse::new(3, 0.5);
        let given: std::collections::BTreeSet<u8> = draws(3).take(100).map(|draw| response.answer(2, draw)).collect();
        assert_eq!(given.len(), 3);
    }
}
