//! How far a mean over users can be trusted: the percentile bootstrap over users (Efron 1979), seeded.

use crate::dice::Dice;

/// How many resamples an interval is made of.
pub const RESAMPLES: usize = 2_000;

/// A mean and its 95 % interval, in the unit of the values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The mean of the values themselves.
    pub mean: f64,
    /// The 2.5th percentile of the resampled means.
    pub low: f64,
    /// The 97.5th percentile of the resampled means.
    pub high: f64,
}

/// The mean of one value a user, with its interval; `None` without users.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "numbers of users")]
pub fn mean_interval(values: &[f64], seed: u64) -> Option<Interval> {
    let users = u32::try_from(values.len()).ok().filter(|&n| n > 0)?;
    let mut dice = Dice::new(seed);
    let mut draw = || values[dice.below(users) as usize];
    let mean = |sum: f64| sum / values.len() as f64;
    let mut means: Vec<f64> = (0..RESAMPLES).map(|_| mean((0..users).map(|_| draw()).sum())).collect();
    means.sort_by(f64::total_cmp);
    let [low, high] = [0.025, 0.975].map(|share| percentile(&means, share));
    Some(Interval { mean: mean(values.iter().sum()), low, high })
}

/// The mean difference `ours - theirs` of two systems judged on the same users, with its interval: each resample draws
/// users, and takes both systems' values of a user together. `None` without users.
///
/// # Panics
/// If the systems were judged on different numbers of users.
#[must_use]
pub fn paired_difference(ours: &[f64], theirs: &[f64], seed: u64) -> Option<Interval> {
    assert_eq!(ours.len(), theirs.len(), "both systems must be judged on the same users");
    let differences: Vec<f64> = ours.iter().zip(theirs).map(|(o, t)| o - t).collect();
    mean_interval(&differences, seed)
}

/// A percentile of sorted values, linear between the two nearest (numpy's default).
fn percentile(sorted: &[f64], share: f64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2,000 values")]
    let at = share * (sorted.len() - 1) as f64;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    let below = at.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (sorted[above] - sorted[below]) * at.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_linear_between_neighbours() {
        assert_eq!(percentile(&[1.0, 2.0, 4.0], 0.75), 3.0);
        assert_eq!((percentile(&[5.0], 0.975), percentile(&[1.0, 2.0], 1.0)), (5.0, 2.0));
    }

    #[test]
    fn the_interval_is_about_two_standard_errors_wide() {
        // 0, 1, ... 99: mean 49.5, standard deviation 28.87, standard error 2.887.
        let values: Vec<f64> = (0..100).map(f64::from).collect();
        let i = mean_interval(&values, 1).expect("users");
        assert_eq!(i.mean, 49.5);
        assert!((i.low - (49.5 - 1.96 * 2.887)).abs() < 0.5 && (i.high - (49.5 + 1.96 * 2.887)).abs() < 0.5, "{i:?}");
        assert_eq!(mean_interval(&values, 1), Some(i), "the same seed gives the same interval");
        assert_ne!(mean_interval(&values, 2), Some(i));
    }

    #[test]
    fn a_constant_difference_is_certain_however_much_the_users_differ() {
        let theirs = [3.0, 90.0, 41.0];
        let ours = theirs.map(|t| t + 2.0);
        assert_eq!(paired_difference(&ours, &theirs, 5), Some(Interval { mean: 2.0, low: 2.0, high: 2.0 }));
        assert_eq!(mean_interval(&[], 5), None);
    }
}
