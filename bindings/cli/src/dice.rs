//! A seeded stream of random numbers that is the same on every machine and with every version of the `rand` crate: the
//! bits are ChaCha8's, and what is made of them is written here.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A seeded source of chance.
#[derive(Debug, Clone)]
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The stream of a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A whole number from 0 to below `n`, each equally likely (to 1 in 2^32); 0 where `n` is 0.
    pub fn below(&mut self, n: u32) -> u32 {
        u32::try_from((u64::from(self.0.next_u32()) * u64::from(n)) >> 32).expect("below n")
    }

    /// A number from 0 to below 1 with 53 random bits.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A number from `low` to below `high`.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with probability `p`; never where `p` is not a number.
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// An index into `weights` with a probability proportional to its weight; `None` where no weight is above 0.
    /// Weights that are negative or not a number count as 0.
    pub fn weighted(&mut self, weights: &[f64]) -> Option<usize> {
        let weight = |w: &f64| if *w > 0.0 { *w } else { 0.0 };
        let mut left = self.unit() * weights.iter().map(weight).sum::<f64>();
        let mut last = None;
        for (i, w) in weights.iter().map(weight).enumerate().filter(|&(_, w)| w > 0.0) {
            if left < w {
                return Some(i);
            }
            left -= w;
            last = Some(i);
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stream_of_a_seed_never_changes() {
        let mut dice = Dice::new(7);
        assert_eq!([dice.below(1_000), dice.below(1_000), dice.below(1_000)], [140, 157, 182]);
    }

    #[test]
    fn draws_stay_in_their_range_and_meet_their_odds() {
        let mut dice = Dice::new(1);
        let mut seen = [0_u32; 3];
        for _ in 0..30_000 {
            seen[dice.weighted(&[1.0, f64::NAN, 2.0]).expect("positive weights")] += 1;
            assert!(dice.below(5) < 5 && (0.0..1.0).contains(&dice.unit()));
        }
        assert!(seen[1] == 0 && seen[0].abs_diff(10_000) < 400, "{seen:?}");
        assert_eq!((dice.weighted(&[0.0, -1.0]), dice.weighted(&[]), dice.below(0)), (None, None, 0));
        assert!(!dice.chance(f64::NAN) && dice.chance(1.0) && !dice.chance(0.0));
    }
}
