//! What the features speak of, to tell a person what a model went by.

use super::schema::{FEATURES, Feature};
use crate::habits::Topic;

/// The topics that features speak of.
pub const FEATURE_TOPICS: [Topic; 6] =
    [Topic::Recency, Topic::Frequency, Topic::Sequence, Topic::Hour, Topic::SessionStart, Topic::Place];

/// The topic of each column; `None` for what is the same for every candidate, what only repeats the mixer, and times on
/// screen.
#[must_use]
pub fn topics() -> [Option<Topic>; FEATURES] {
    let mut topics = [None; FEATURES];
    for (topic, features) in FEATURE_TOPICS.into_iter().zip(MEMBERS) {
        for feature in features {
            topics[*feature as usize] = Some(topic);
        }
    }
    topics
}

/// The features of each topic.
const MEMBERS: [&[Feature]; 6] = [
    &[
        Feature::RecencyRank,
        Feature::IsRecencyRank0,
        Feature::IsRecencyRank1,
        Feature::IsRecencyRank2,
        Feature::IsRecencyRank3,
        Feature::RecencyRankInverse,
        Feature::SinceUse,
        Feature::OpeningsSinceUse,
        Feature::Decayed10Min,
        Feature::Decayed1H,
        Feature::Decayed6H,
        Feature::Decayed1D,
        Feature::Decayed10Openings,
        Feature::Decayed50Openings,
        Feature::ShareDay,
        Feature::OpeningsDay,
        Feature::Hazard,
        Feature::RecencyRankLogP,
        Feature::InSession,
        Feature::InPreviousSession,
        Feature::RankFrecencyLogP,
        Feature::ReturnLogP,
    ],
    &[
        Feature::Decayed3D,
        Feature::Decayed7D,
        Feature::Decayed30D,
        Feature::Decayed200Openings,
        Feature::Openings,
        Feature::TotalLogP,
        Feature::ShareWeek,
        Feature::Age,
        Feature::DaysShare,
    ],
    &[
        Feature::Followed,
        Feature::After1LogP,
        Feature::FollowedDecayed,
        Feature::Followed2,
        Feature::After2LogP,
        Feature::Followed3,
        Feature::After3LogP,
        Feature::SessionStartAfterLogP,
        Feature::SoonLogP,
    ],
    &[
        Feature::HourLogP,
        Feature::HourLift,
        Feature::HourOfDayKindLogP,
        Feature::HourOfDayKindLift,
        Feature::SessionStartHourLogP,
        Feature::SessionStartHourOfDayKindLogP,
    ],
    &[Feature::SessionShare, Feature::SessionStartLogP],
    &[Feature::PlaceLogP, Feature::PlaceLift, Feature::AccessPointLogP, Feature::AccessPointLift],
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::SCHEMA;

    #[test]
    fn every_feature_has_one_topic_and_only_some_have_none() {
        let members: Vec<Feature> = MEMBERS.iter().flat_map(|features| features.iter().copied()).collect();
        let apart: std::collections::BTreeSet<Feature> = members.iter().copied().collect();
        assert_eq!(apart.len(), members.len());
        let topics = topics();
        let of_candidates = topics.iter().zip(&SCHEMA).take(Feature::Gap as usize).filter(|(topic, _)| topic.is_none());
        let names: Vec<&str> = of_candidates.map(|(_, description)| description.name).collect();
        assert_eq!(names, ["duration_log", "last_duration_log", "mix_log_p", "mix_rank_log"]);
        assert!(topics[Feature::Gap as usize..].iter().all(Option::is_none));
    }
}
