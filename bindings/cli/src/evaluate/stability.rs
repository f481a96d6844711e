//! Whether predictions stay good: the hit rate of each day, once two weeks were learned.

use std::collections::BTreeMap;

use super::metrics::HitRates;

/// One day's hit rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Day {
    /// The day of use; the first is 0.
    pub day: i64,
    /// The day's queries.
    pub queries: usize,
    /// The day's HR@3, in percent.
    pub hr3: f64,
}

/// The HR@3 of each of the 30 days after the first 14.
#[derive(Debug, Clone, PartialEq)]
pub struct Stability {
    /// The days that have queries.
    pub days: Vec<Day>,
    /// The mean of the days, in percent.
    pub mean: f64,
    /// The standard deviation of the days (over n - 1), in percentage points; 0 of a single day.
    pub deviation: f64,
    /// The slope of the least-squares line through the days, in percentage points a day; 0 of a single day.
    pub slope: f64,
}

impl Stability {
    /// The first day that counts.
    pub const FROM_DAY: i64 = 14;
    /// How many days count.
    pub const DAYS: i64 = 30;

    /// The stability over queries, each with its day of use (the first is 0) and the target's rank; `None` if no query
    /// is of a day that counts.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "at most 30 days")]
    pub fn of(queries: impl IntoIterator<Item = (i64, u16)>) -> Option<Self> {
        let mut ranks = BTreeMap::<i64, Vec<u16>>::new();
        for (day, rank) in queries {
            if (Self::FROM_DAY..Self::FROM_DAY + Self::DAYS).contains(&day) {
                ranks.entry(day).or_default().push(rank);
            }
        }
        let day = |(&day, ranks): (&i64, &Vec<u16>)| {
            HitRates::of(ranks).map(|rates| Day { day, queries: ranks.len(), hr3: rates.hr3 })
        };
        let days: Vec<Day> = ranks.iter().filter_map(day).collect();
        if days.is_empty() {
            return None;
        }
        let n = days.len() as f64;
        let mean = days.iter().map(|d| d.hr3).sum::<f64>() / n;
        let middle = days.iter().map(|d| d.day as f64).sum::<f64>() / n;
        let sum =
            |of: &dyn Fn(f64, f64) -> f64| days.iter().map(|d| of(d.day as f64 - middle, d.hr3 - mean)).sum::<f64>();
        let spread = sum(&|x, _| x * x);
        let deviation = if days.len() > 1 { (sum(&|_, y| y * y) / (n - 1.0)).sqrt() } else { 0.0 };
        let slope = if spread > 0.0 { sum(&|x, y| x * y) / spread } else { 0.0 };
        Some(Self { days, mean, deviation, slope })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_deviation_and_slope_are_as_computed_by_hand() {
        // Days 14, 15 and 17 at 0, 50 and 100 %: x around 46/3, y around 50.
        let s = Stability::of([(14, 9), (15, 1), (15, 4), (17, 2), (17, 3)]).expect("days");
        assert_eq!(
            s.days.iter().map(|d| (d.day, d.queries, d.hr3)).collect::<Vec<_>>(),
            [(14, 1, 0.0), (15, 2, 50.0), (17, 2, 100.0)]
        );
        assert_eq!((s.mean, s.deviation), (50.0, 50.0));
        // Sxy = (-4/3)(-50) + (5/3)(50) = 150, Sxx = 16/9 + 1/9 + 25/9 = 42/9.
        assert!((s.slope - 150.0 / (42.0 / 9.0)).abs() < 1e-9);
    }

    #[test]
    fn only_thirty_days_after_the_fourteenth_count() {
        assert_eq!(Stability::of([(0, 1), (13, 1), (44, 1)]), None);
        let s = Stability::of([(13, 9), (14, 1), (43, 1), (44, 9)]).expect("days");
        assert_eq!((s.days.len(), s.mean, s.slope), (2, 100.0, 0.0));
        let one = Stability::of([(20, 1)]).expect("a day");
        assert_eq!((one.deviation, one.slope), (0.0, 0.0));
    }
}
