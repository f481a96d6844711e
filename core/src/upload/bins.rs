//! The closed bins of features: all that a sample says of a value is which of four bins at most it lies in, and that with noise.
//!
//! The edges are the quartiles of what 35 people opened after unlocks and of what else was likely then (UbiqLog), the same number of
//! rows from each. What describes a phone or its person for long is left out: two weeks of one phone are not to look alike; so is what comes
//! from places, of which nothing leaves the phone.

use crate::config::SAMPLE_TRUTH;
#[cfg(test)]
use crate::features::SCHEMA;
use crate::features::{FEATURES, Feature};
use crate::privacy::RandomisedResponse;

/// The bins of one feature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bins {
    /// Where each bin after the first begins, in the feature's unit.
    pub edges: &'static [f32],
    /// What a value of each bin is taken to be: one more than there are edges.
    pub centres: &'static [f32],
}

impl Bins {
    /// How many there are; of one, nothing is said.
    #[must_use]
    pub const fn count(&self) -> usize {
        self.centres.len()
    }

    /// The bin of a value.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "at most 4 bins")]
    pub fn of(&self, value: f32) -> u8 {
        self.edges.partition_point(|edge| *edge <= value) as u8
    }

    /// How a bin is said: the true one with a chance of [`SAMPLE_TRUTH`] and a fair share of the rest, any other one otherwise.
    #[must_use]
    pub fn noisy(&self, bin: u8, draw: u64) -> u8 {
        let Some(count) = u8::try_from(self.count()).ok().filter(|count| *count > 1) else { return bin };
        let other = (1.0 - SAMPLE_TRUTH) / f64::from(count);
        RandomisedResponse::new(count, ((SAMPLE_TRUTH + other) / other).ln()).answer(bin, draw)
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

/// What lasts for months and would tell a phone from others (how many items it has, how many openings), and what was made from
/// places: not sent.
const LEFT_OUT: Bins = new(&[], &[0.0]);
/// What is always so at an unlock.
const CONSTANT: Bins = LEFT_OUT;
/// Sine and cosine of the time of day: two bins each leave its quarter.
const QUARTER: Bins = new(&[0.0], &[-0.64, 0.64]);

/// Every feature once: a new one does not compile until its bins are decided.
const fn bins_of(feature: usize) -> Bins {
    use Feature as F;
    const KINDS: &[(Feature, Bins)] = &[
        (F::RecencyRank, new(&[0.7, 1.4, 2.08], &[0.26, 1.23, 1.83, 2.59])),
        (F::IsRecencyRank0, new(&[0.5], &[0.0, 1.0])),
        (F::IsRecencyRank1, new(&[0.5], &[0.0, 1.0])),
        (F::IsRecencyRank2, new(&[0.5], &[0.0, 1.0])),
        (F::IsRecencyRank3, new(&[0.5], &[0.0, 1.0])),
        (F::RecencyRankInverse, new(&[0.12, 0.26, 0.51], &[0.08, 0.19, 0.43, 1.0])),
        (F::SinceUse, new(&[7.48, 8.78, 10.26], &[6.7, 8.13, 9.48, 11.19])),
        (F::OpeningsSinceUse, new(&[1.11, 1.95, 3.0], &[0.89, 1.63, 2.5, 3.76])),
        (F::Decayed10Min, new(&[-8.55, -3.6, -1.3], &[-9.11, -5.52, -2.3, -0.6])),
        (F::Decayed1H, new(&[-4.82, -2.4, -1.4], &[-8.07, -3.27, -1.88, -0.84])),
        (F::Decayed6H, new(&[-3.25, -2.4, -1.63], &[-4.68, -2.8, -2.02, -1.15])),
        (F::Decayed1D, new(&[-3.18, -2.48, -1.73], &[-3.89, -2.82, -2.11, -1.29])),
        (F::Decayed3D, new(&[-3.2, -2.5, -1.79], &[-3.8, -2.85, -2.16, -1.35])),
        (F::Decayed7D, new(&[-3.23, -2.55, -1.83], &[-3.83, -2.89, -2.19, -1.38])),
        (F::Decayed30D, new(&[-3.26, -2.59, -1.89], &[-3.91, -2.95, -2.23, -1.4])),
        (F::Decayed10Openings, new(&[-3.24, -2.32, -1.55], &[-5.05, -2.73, -1.93, -1.09])),
        (F::Decayed50Openings, new(&[-3.17, -2.44, -1.73], &[-3.81, -2.79, -2.09, -1.28])),
        (F::Decayed200Openings, new(&[-3.2, -2.51, -1.8], &[-3.78, -2.85, -2.16, -1.35])),
        (F::Openings, LEFT_OUT),
        (F::TotalLogP, new(&[-3.3, -2.64, -1.95], &[-3.95, -2.99, -2.29, -1.44])),
        (F::ShareDay, new(&[-3.31, -2.48, -1.7], &[-5.35, -2.87, -2.09, -1.24])),
        (F::ShareWeek, new(&[-3.24, -2.52, -1.8], &[-3.96, -2.88, -2.17, -1.35])),
        (F::OpeningsDay, new(&[1.11, 1.95, 2.77], &[0.65, 1.65, 2.38, 3.34])),
        (F::Followed, new(&[1.11, 2.08, 3.22], &[0.47, 1.71, 2.67, 4.07])),
        (F::After1LogP, new(&[-3.51, -2.59, -1.69], &[-4.62, -3.03, -2.14, -1.18])),
        (F::FollowedDecayed, new(&[-3.87, -2.58, -1.67], &[-5.44, -3.11, -2.13, -1.14])),
        (F::Followed2, new(&[0.01, 1.39], &[0.0, 0.92, 2.54])),
        (F::After2LogP, new(&[-4.05, -2.68, -1.58], &[-5.46, -3.31, -2.12, -1.02])),
        (F::Followed3, new(&[-4.59, -3.9], &[-5.29, -3.91, -1.46])),
        (F::After3LogP, new(&[-4.45, -2.82, -1.58], &[-5.89, -3.57, -2.19, -0.97])),
        (F::HourLogP, new(&[-3.29, -2.56, -1.83], &[-3.98, -2.92, -2.2, -1.33])),
        (F::HourLift, new(&[-0.15, 0.06, 0.27], &[-0.5, -0.03, 0.16, 0.6])),
        (F::HourOfDayKindLogP, new(&[-3.31, -2.55, -1.8], &[-4.09, -2.92, -2.18, -1.29])),
        (F::HourOfDayKindLift, new(&[-0.21, 0.07, 0.34], &[-0.71, -0.05, 0.19, 0.76])),
        (F::SessionShare, new(&[-3.42, -2.58, -1.72], &[-4.24, -2.98, -2.18, -1.08])),
        (F::SessionStartLogP, new(&[-3.36, -2.55, -1.73], &[-4.13, -2.94, -2.17, -1.1])),
        (F::SessionStartAfterLogP, new(&[-3.77, -2.55, -1.46], &[-5.16, -3.12, -2.01, -0.83])),
        (F::SessionStartHourLogP, new(&[-3.44, -2.56, -1.61], &[-4.42, -2.98, -2.11, -0.99])),
        (F::SessionStartHourOfDayKindLogP, new(&[-3.52, -2.55, -1.57], &[-4.75, -3.01, -2.08, -0.96])),
        (F::PlaceLogP, LEFT_OUT),
        (F::PlaceLift, LEFT_OUT),
        (F::AccessPointLogP, LEFT_OUT),
        (F::AccessPointLift, LEFT_OUT),
        (F::Age, LEFT_OUT),
        (F::DaysShare, LEFT_OUT),
        (F::Hazard, new(&[-1.69, -0.49, 0.6], &[-2.84, -1.06, 0.04, 1.67])),
        (F::Duration, new(&[2.64, 3.74, 4.53], &[1.96, 3.23, 4.14, 5.23])),
        (F::LastDuration, new(&[1.1, 2.41, 3.85], &[0.13, 2.29, 3.17, 5.12])),
        (F::RecencyRankLogP, new(&[-3.58, -2.76, -1.87], &[-4.35, -3.16, -2.33, -1.18])),
        (F::InSession, CONSTANT),
        (F::InPreviousSession, new(&[0.5], &[0.0, 1.0])),
        (F::ReturnLogP, new(&[-3.19, -2.4, -1.56], &[-3.86, -2.78, -1.99, -1.02])),
        (F::SoonLogP, new(&[-3.17, -2.42, -1.69], &[-3.79, -2.79, -2.06, -1.22])),
        (F::RankFrecencyLogP, new(&[-4.06, -2.6, -1.19], &[-5.14, -3.31, -1.89, -0.58])),
        (F::MixLogP, new(&[-3.18, -2.42, -1.46], &[-3.85, -2.81, -1.96, -0.83])),
        (F::MixRank, new(&[0.01, 1.11, 1.8], &[0.0, 0.87, 1.59, 2.01])),
        (F::Gap, new(&[6.39, 7.12, 8.01], &[6.05, 6.75, 7.54, 8.98])),
        (F::SessionPosition, CONSTANT),
        (F::Items, LEFT_OUT),
        (F::AllOpenings, LEFT_OUT),
        (F::HourSine, QUARTER),
        (F::HourCosine, QUARTER),
        (F::IsWeekend, new(&[0.5], &[0.0, 1.0])),
        (F::Dwell, new(&[2.41, 3.05, 4.49], &[2.01, 2.84, 3.8, 5.59])),
        (F::RepeatShare, new(&[0.27, 0.36, 0.46], &[0.2, 0.32, 0.41, 0.56])),
        (F::FollowedTotal, LEFT_OUT),
        (F::Followed2Total, LEFT_OUT),
        (F::IsUnlock, new(&[], &[1.0])),
        (F::IsNew, new(&[0.5], &[0.0, 1.0])),
        (F::PlaceOpenings, LEFT_OUT),
        (F::AccessPointOpenings, LEFT_OUT),
        (F::MixEntropy, new(&[1.76, 2.27, 2.71], &[1.31, 2.03, 2.49, 3.03])),
        (F::AllOpeningsDay, new(&[3.71, 4.3, 4.88], &[3.09, 4.02, 4.57, 5.36])),
        (F::MixHitShare, new(&[0.28, 0.37, 0.47], &[0.22, 0.33, 0.42, 0.58])),
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
            assert!((1..=4).contains(&bins.count()), "{name}");
            assert!(bins.edges.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
            assert_eq!(bins.of(low), 0, "{name}");
            assert_eq!(usize::from(bins.of(high)), bins.count() - 1, "{name}");
            for (n, &centre) in bins.centres.iter().enumerate() {
                assert_eq!(usize::from(bins.of(centre)), n, "{name}");
                assert!((low..=high).contains(&centre), "{name}: {centre}");
            }
            assert_eq!(bins.centre(4), None);
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
