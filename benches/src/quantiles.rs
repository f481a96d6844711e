//! Quantiles by nearest rank: every figure printed was measured, none lies between two measurements.

/// Measurements, sorted.
#[derive(Debug, Clone)]
pub struct Quantiles(Vec<u64>);

impl Quantiles {
    /// Sorts the measurements.
    ///
    /// # Panics
    /// If there are none.
    #[must_use]
    pub fn of(mut measured: Vec<u64>) -> Self {
        assert!(!measured.is_empty(), "nothing was measured");
        measured.sort_unstable();
        Self(measured)
    }

    /// The least measurement that at least `percent` % of all do not exceed.
    ///
    /// # Panics
    /// If `percent` is not 1 to 100.
    #[must_use]
    pub fn at(&self, percent: usize) -> u64 {
        assert!((1..=100).contains(&percent), "not a percentage: {percent}");
        self.0[(self.0.len() * percent).div_ceil(100) - 1]
    }

    /// The median.
    #[must_use]
    pub fn p50(&self) -> u64 {
        self.at(50)
    }

    /// Ninety-nine in a hundred are at most this.
    #[must_use]
    pub fn p99(&self) -> u64 {
        self.at(99)
    }

    /// The greatest.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.at(100)
    }

    /// How many measurements there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// All together.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.0.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_the_p99_is_the_last_but_one() {
        let q = Quantiles::of((1..=100).rev().collect());
        assert_eq!((q.p50(), q.p99(), q.max()), (50, 99, 100));
        assert_eq!((q.count(), q.sum()), (100, 5_050));
    }

    #[test]
    fn of_few_the_p99_is_the_greatest_and_the_median_was_measured() {
        let q = Quantiles::of(vec![9, 1, 5, 7]);
        assert_eq!((q.at(1), q.p50(), q.p99(), q.max()), (1, 5, 9, 9));
        let one = Quantiles::of(vec![3]);
        assert_eq!((one.at(1), one.p50(), one.p99()), (3, 3, 3));
    }

    #[test]
    fn one_slow_call_in_a_hundred_does_not_reach_the_p99_and_two_do() {
        let with = |slow: usize| {
            let mut times = vec![1; 100 - slow];
            times.resize(100, 1_000);
            Quantiles::of(times).p99()
        };
        assert_eq!((with(1), with(2)), (1, 1_000));
    }
}
