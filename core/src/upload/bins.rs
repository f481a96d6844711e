//! The closed bins of features: all that a sample says of a value is which of a few bins it lies in.
//!
//! What describes a moment (shares, probabilities, times since the last use) has up to sixteen; what describes the phone or its
//! person for long (how many items, how many openings, for how long) has few, so that two weeks of one phone do not look alike.

#[cfg(test)]
use crate::features::SCHEMA;
use crate::features::{FEATURES, Feature};

/// The bins of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bins {
    /// Where each bin after the first begins, in the feature's unit.
    pub edges: &'static [f32],
    /// What a value of each bin is taken to be: one more than there are edges.
    pub centres: &'static [f32],
}

impl Bins {
    /// How many there are.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.centres.len()
    }

    /// The bin of a value.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "at most 16 bins")]
    pub fn of(&self, value: f32) -> u8 {
        self.edges.partition_point(|edge| *edge <= value) as u8
    }

    /// What a value of this bin is taken to be; `None` if there is no such bin.
    #[must_use]
    pub fn centre(&self, bin: u8) -> Option<f32> {
        self.centres.get(usize::from(bin)).copied()
    }
}

/// The bins of every feature, in the order of the schema.
#[must_use]
pub fn bins() -> [Bins; FEATURES] {
    std::array::from_fn(bins_of)
}

const fn new(edges: &'static [f32], centres: &'static [f32]) -> Bins {
    assert!(centres.len() == edges.len() + 1);
    Bins { edges, centres }
}

/// 0 or 1.
const FLAG: Bins = new(&[0.5], &[0.0, 1.0]);
/// A share of a whole.
const SHARE: Bins = new(&[0.1, 0.25, 0.5, 0.75, 0.9], &[0.04, 0.17, 0.37, 0.62, 0.83, 0.97]);
/// The logarithm of a share or a probability.
const LOG_SHARE: Bins = new(
    &[-7.2, -6.2, -5.2, -4.2, -3.4, -2.7, -2.1, -1.6, -1.15, -0.75, -0.4, -0.15],
    &[-7.9, -6.7, -5.7, -4.7, -3.8, -3.0, -2.4, -1.85, -1.35, -0.95, -0.57, -0.27, -0.06],
);
/// The logarithm of a ratio.
const RATIO: Bins = new(
    &[-4.0, -2.0, -1.0, -0.5, -0.2, 0.2, 0.5, 1.0, 2.0, 4.0],
    &[-5.0, -2.8, -1.4, -0.72, -0.34, 0.0, 0.34, 0.72, 1.4, 2.8, 5.0],
);
/// ln(1 + n) of a small number, each up to 3 a bin of its own.
const FEW: Bins = new(&[0.35, 0.9, 1.25, 1.5, 1.95, 2.5], &[0.0, 0.693, 1.099, 1.386, 1.7, 2.2, 2.9]);
/// ln(1 + s): 5 s, 20 s, 1 min, 3 min, 10 min, 30 min, 2 h, 6 h, 18 h, 2 d, 7 d.
const TIME: Bins = new(
    &[1.8, 3.0, 4.1, 5.2, 6.4, 7.5, 8.9, 9.98, 11.08, 12.06, 13.3],
    &[0.7, 2.4, 3.6, 4.65, 5.8, 6.95, 8.2, 9.4, 10.5, 11.6, 12.7, 14.0],
);
/// ln(1 + places), each of the first sixteen a bin of its own.
const RANK: Bins = new(
    &[0.35, 0.9, 1.25, 1.5, 1.7, 1.87, 2.01, 2.14, 2.25, 2.35, 2.44, 2.52, 2.6, 2.67, 2.74],
    &[0.0, 0.693, 1.099, 1.386, 1.609, 1.792, 1.946, 2.079, 2.197, 2.303, 2.398, 2.485, 2.565, 2.639, 2.708, 2.9],
);
/// ln(1 + n) of what grows with the months: 10 and 100.
const MANY: Bins = new(&[2.4, 4.6], &[1.5, 3.5, 5.5]);
/// The same of what grows with the years: fewer than 300, or not.
const ALL: Bins = new(&[5.7], &[4.8, 7.5]);
/// ln(1 + items): 15 and 40.
const ITEMS: Bins = new(&[2.77, 3.7], &[2.2, 3.2, 4.1]);
/// ln(1 + h): a day, a week, a month.
const AGE: Bins = new(&[3.2, 5.1, 6.6], &[2.0, 4.3, 5.9, 7.5]);
/// A habit of the person for long, as a share.
const TRAIT: Bins = new(&[0.33, 0.66], &[0.2, 0.5, 0.8]);
/// Nats of indecision.
const ENTROPY: Bins = new(&[0.5, 1.0, 1.5, 2.0, 2.5], &[0.25, 0.75, 1.25, 1.75, 2.25, 2.9]);
/// Sine and cosine of the time of day: two bins each leave its quarter.
const QUARTER: Bins = new(&[0.0], &[-0.64, 0.64]);

/// Every feature once: a new one does not compile until its bins are decided.
const fn bins_of(feature: usize) -> Bins {
    use Feature as F;
    const KINDS: &[(Feature, Bins)] = &[
        (F::RecencyRank, RANK),
        (F::IsRecencyRank0, FLAG),
        (F::IsRecencyRank1, FLAG),
        (F::IsRecencyRank2, FLAG),
        (F::IsRecencyRank3, FLAG),
        (
            F::RecencyRankInverse,
            new(
                &[0.064, 0.07, 0.075, 0.081, 0.088, 0.096, 0.106, 0.118, 0.134, 0.155, 0.183, 0.225, 0.29, 0.42, 0.75],
                &[
                    0.055, 0.067, 0.0715, 0.077, 0.083, 0.091, 0.1, 0.111, 0.125, 0.143, 0.167, 0.2, 0.25, 0.333, 0.5,
                    1.0,
                ],
            ),
        ),
        (F::SinceUse, TIME),
        (F::OpeningsSinceUse, new(&[0.35, 0.9, 1.5, 2.3, 3.0, 3.9, 5.0], &[0.0, 0.693, 1.2, 1.9, 2.65, 3.4, 4.4, 6.0])),
        (F::Decayed10Min, LOG_SHARE),
        (F::Decayed1H, LOG_SHARE),
        (F::Decayed6H, LOG_SHARE),
        (F::Decayed1D, LOG_SHARE),
        (F::Decayed3D, LOG_SHARE),
        (F::Decayed7D, LOG_SHARE),
        (F::Decayed30D, LOG_SHARE),
        (F::Decayed10Openings, LOG_SHARE),
        (F::Decayed50Openings, LOG_SHARE),
        (F::Decayed200Openings, LOG_SHARE),
        (F::Openings, MANY),
        (F::TotalLogP, LOG_SHARE),
        (F::ShareDay, LOG_SHARE),
        (F::ShareWeek, LOG_SHARE),
        (F::OpeningsDay, FEW),
        (F::Followed, MANY),
        (F::After1LogP, LOG_SHARE),
        (F::FollowedDecayed, LOG_SHARE),
        (F::Followed2, FEW),
        (F::After2LogP, LOG_SHARE),
        (F::Followed3, LOG_SHARE),
        (F::After3LogP, LOG_SHARE),
        (F::HourLogP, LOG_SHARE),
        (F::HourLift, RATIO),
        (F::HourOfDayKindLogP, LOG_SHARE),
        (F::HourOfDayKindLift, RATIO),
        (F::SessionShare, LOG_SHARE),
        (F::SessionStartLogP, LOG_SHARE),
        (F::SessionStartAfterLogP, LOG_SHARE),
        (F::SessionStartHourLogP, LOG_SHARE),
        (F::SessionStartHourOfDayKindLogP, LOG_SHARE),
        (F::PlaceLogP, LOG_SHARE),
        (F::PlaceLift, RATIO),
        (F::AccessPointLogP, LOG_SHARE),
        (F::AccessPointLift, RATIO),
        (F::Age, AGE),
        (F::DaysShare, SHARE),
        (F::Hazard, RATIO),
        (F::Duration, TIME),
        (F::LastDuration, TIME),
        (F::RecencyRankLogP, LOG_SHARE),
        (F::InSession, FEW),
        (F::InPreviousSession, FLAG),
        (F::ReturnLogP, LOG_SHARE),
        (F::SoonLogP, LOG_SHARE),
        (F::RankFrecencyLogP, LOG_SHARE),
        (F::MixLogP, LOG_SHARE),
        (F::MixRank, RANK),
        (F::Gap, TIME),
        (F::SessionPosition, FEW),
        (F::Items, ITEMS),
        (F::AllOpenings, ALL),
        (F::HourSine, QUARTER),
        (F::HourCosine, QUARTER),
        (F::IsWeekend, FLAG),
        (F::Dwell, TIME),
        (F::RepeatShare, TRAIT),
        (F::FollowedTotal, MANY),
        (F::Followed2Total, MANY),
        (F::IsUnlock, FLAG),
        (F::IsNew, FLAG),
        (F::PlaceOpenings, ALL),
        (F::AccessPointOpenings, ALL),
        (F::MixEntropy, ENTROPY),
        (F::AllOpeningsDay, MANY),
        (F::MixHitShare, TRAIT),
    ];
    const {
        assert!(KINDS.len() == FEATURES, "every feature has its bins");
        let mut n = 0;
        while n < FEATURES {
            assert!(KINDS[n].0 as usize == n, "in the order of the schema");
            n += 1;
        }
    }
    KINDS[feature].1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_of_the_schema_has_a_bin_and_every_centre_lies_in_its_own() {
        for (bins, description) in bins().iter().zip(&SCHEMA) {
            let (low, high) = description.range;
            let name = description.name;
            assert!((2..=16).contains(&bins.count()), "{name}");
            assert!(bins.edges.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
            assert_eq!(bins.of(low), 0, "{name}");
            assert_eq!(usize::from(bins.of(high)), bins.count() - 1, "{name}");
            for (n, &centre) in bins.centres.iter().enumerate() {
                assert_eq!(usize::from(bins.of(centre)), n, "{name}");
                assert!((low..=high).contains(&centre), "{name}: {centre}");
            }
            assert_eq!(bins.centre(16), None);
        }
    }

    #[test]
    fn a_time_of_day_leaves_its_quarter_alone() {
        let quarter = |hour: f64| {
            let angle = std::f64::consts::TAU * hour / 24.0;
            let bins = bins();
            #[expect(clippy::cast_possible_truncation, reason = "as features are")]
            let of = |feature: Feature, value: f64| bins[feature as usize].of(value as f32);
            (of(Feature::HourSine, angle.sin()), of(Feature::HourCosine, angle.cos()))
        };
        assert_eq!(quarter(0.5), quarter(5.5));
        assert_eq!(quarter(12.5), quarter(17.5));
        assert_ne!(quarter(5.5), quarter(6.5));
    }
}
