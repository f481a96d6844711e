//! How far an estimate can be trusted: Student's t over clusters of moments.

use std::collections::BTreeMap;

/// An estimate and its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The estimate.
    pub value: f64,
    /// The lower end, at least 0.
    pub low: f64,
    /// The upper end, at most 1.
    pub high: f64,
}

impl Estimate {
    /// How wide the interval is.
    #[must_use]
    pub fn width(&self) -> f64 {
        self.high - self.low
    }

    /// Whether the interval holds a value.
    #[must_use]
    pub fn holds(&self, value: f64) -> bool {
        (self.low..=self.high).contains(&value)
    }
}

/// The interval of an estimate that is the mean of these influences, one a moment, each with its cluster. Moments of a
/// cluster may depend on each other in any way.
///
/// The theory is asymptotic, and a log in which rare matches carry large weights is far from it: that no such match was
/// opened makes estimate and variance small together. So the variance is the larger of the clustered and the plain one,
/// and counts [`UNSEEN`] more opened matches of `largest_weight`, as Agresti and Coull (1998) do for a proportion.
#[expect(clippy::cast_precision_loss, reason = "numbers of moments")]
pub(super) fn interval(value: f64, influences: &[(usize, f64)], largest_weight: f64) -> Estimate {
    let moments = influences.len() as f64;
    let mut clusters: BTreeMap<usize, f64> = BTreeMap::new();
    for &(cluster, influence) in influences {
        *clusters.entry(cluster).or_default() += influence - value;
    }
    let count = clusters.len() as f64;
    let clustered = clusters.values().map(|sum| sum * sum).sum::<f64>() * count / (count - 1.0).max(1.0);
    let plain = influences.iter().map(|(_, influence)| (influence - value).powi(2)).sum::<f64>();
    let variance = (clustered.max(plain) + UNSEEN * largest_weight * largest_weight) / (moments * moments);
    let half = student_t(clusters.len().saturating_sub(1)) * variance.sqrt();
    // A row earns at most one opening; propensities that are not true can say otherwise.
    Estimate { value, low: (value - half).clamp(0.0, 1.0), high: (value + half).clamp(0.0, 1.0) }
}

/// The 97.5th percentile of Student's t: exact for one and two degrees of freedom, else the expansion of Cornish and
/// Fisher (1937), right to two parts in a thousand.
#[expect(clippy::cast_precision_loss, reason = "a number of clusters")]
fn student_t(degrees: usize) -> f64 {
    match degrees {
        0 => f64::INFINITY,
        1 => 12.706_204_7,
        2 => 4.302_652_7,
        _ => {
            let (z, v) = (1.959_963_985_f64, degrees as f64);
            let powers = |terms: [f64; 5]| (0..).zip(terms).map(|(n, c)| c * z.powi(2 * n + 1)).sum::<f64>();
            z + powers([1.0, 1.0, 0.0, 0.0, 0.0]) / (4.0 * v)
                + powers([3.0, 16.0, 5.0, 0.0, 0.0]) / (96.0 * v.powi(2))
                + powers([-15.0, 17.0, 19.0, 3.0, 0.0]) / (384.0 * v.powi(3))
                + powers([-945.0, -1_920.0, 1_482.0, 776.0, 79.0]) / (92_160.0 * v.powi(4))
        }
    }
}

/// How many more opened matches the variance counts than were seen.
const UNSEEN: f64 = 2.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_student_are_those_of_the_tables() {
        for (degrees, value) in
            [(1, 12.706), (2, 4.303), (3, 3.182), (5, 2.571), (10, 2.228), (30, 2.042), (999, 1.962)]
        {
            assert!((student_t(degrees) / value - 1.0).abs() < 2e-3, "{degrees}: {}", student_t(degrees));
        }
    }

    #[test]
    fn moments_that_move_together_are_trusted_less_and_opposites_no_more() {
        let value = |n: usize| if n.is_multiple_of(2) { 0.2 } else { 0.4 };
        let apart: Vec<_> = (0..400).map(|n| (n, value(n))).collect();
        let together: Vec<_> = (0..400).map(|n| (n % 40, value(n % 40))).collect();
        let opposite: Vec<_> = (0..400).map(|n| (n / 10, value(n))).collect();
        let [apart, together, opposite] = [apart, together, opposite].map(|i| interval(0.3, &i, 0.0));
        assert!(together.width() > 2.5 * apart.width() && opposite.width() >= apart.width());
        assert!(apart.holds(0.3) && (apart.width() - 2.0 * 1.966 * 0.1 / 20.0).abs() < 2e-4, "{apart:?}");
    }

    #[test]
    fn nothing_opened_is_no_certainty() {
        let nothing: Vec<_> = (0..1_000).map(|n| (n / 50, 0.0)).collect();
        let interval = interval(0.0, &nothing, 40.0);
        assert!(interval.low == 0.0 && interval.high > 0.08, "{interval:?}");
    }
}
