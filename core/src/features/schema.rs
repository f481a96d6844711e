//! The schema: every feature that the model reads, with its unit, range and source, in the order of the columns.

use sha2::{Digest, Sha256};

/// What a feature is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Description {
    /// The column's name.
    pub name: &'static str,
    /// What it counts: `ln(1 + s)` is the natural logarithm of seconds plus one, `ln p` that of a probability.
    pub unit: &'static str,
    /// The smallest and the largest value; what lies beyond is cut.
    pub range: (f32, f32),
    /// The part of habits that it comes from.
    pub source: &'static str,
}

/// Declares the features once: the enum, the order and the table cannot disagree.
macro_rules! features {
    ($($variant:ident, $name:literal, $unit:literal, $low:expr, $high:expr, $source:literal, $doc:literal;)+) => {
        /// A feature. The first ones describe a candidate, those from [`Feature::Gap`] on are the same for all of a moment.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Feature { $(#[doc = $doc] $variant,)+ }

        /// The schema, in the order of the columns.
        pub const SCHEMA: [Description; FEATURES] = [
            $(Description { name: $name, unit: $unit, range: ($low, $high), source: $source },)+
        ];

        /// How many features there are.
        pub const FEATURES: usize = [$($name),+].len();
    };
}

/// Natural logarithm of the smallest probability that experts give: 2 % spread over 64 candidates.
const P: f32 = -8.08;
/// Natural logarithm of the smallest share, 1e-4.
const S: f32 = -9.22;
/// Natural logarithm of a count plus one.
const N: f32 = 22.2;
/// Natural logarithm of seconds plus one, up to the end of the calendar.
const T: f32 = 26.3;
/// Natural logarithm of a number of candidates.
const C: f32 = 4.2;
/// Just above zero: shares are floored before their logarithm is taken.
const O: f32 = 0.001;

features! {
    RecencyRank, "recency_rank_log", "ln(1 + places)", 0.0, C, "items", "Place in the order of last use, from 0.";
    IsRecencyRank0, "is_recency_rank_0", "0 or 1", 0.0, 1.0, "items", "The item used last of those offered.";
    IsRecencyRank1, "is_recency_rank_1", "0 or 1", 0.0, 1.0, "items", "The one before.";
    IsRecencyRank2, "is_recency_rank_2", "0 or 1", 0.0, 1.0, "items", "The one before that.";
    IsRecencyRank3, "is_recency_rank_3", "0 or 1", 0.0, 1.0, "items", "And the one before that.";
    RecencyRankInverse, "recency_rank_inverse", "1 / (1 + places)", 0.0, 1.0, "items", "The inverse of the place, from 1.";
    SinceUse, "time_since_last_use_log", "ln(1 + s)", 0.0, T, "counts", "Since it was last on the screen.";
    OpeningsSinceUse, "openings_since_last_use_log", "ln(1 + openings)", 0.0, N, "counts", "Openings of any item since its last one.";
    Decayed10Min, "share_10min_log", "ln share", S, O, "counts", "Share of openings decayed with a half life of 10 min.";
    Decayed1H, "share_1h_log", "ln share", S, O, "counts", "Half life 1 h.";
    Decayed6H, "share_6h_log", "ln share", S, O, "counts", "Half life 6 h.";
    Decayed1D, "share_1d_log", "ln share", S, O, "counts", "Half life 1 d.";
    Decayed3D, "share_3d_log", "ln share", S, O, "counts", "Half life 3 d.";
    Decayed7D, "share_7d_log", "ln share", S, O, "counts", "Half life 7 d.";
    Decayed30D, "share_30d_log", "ln share", S, O, "counts", "Half life 30 d.";
    Decayed10Openings, "share_10_openings_log", "ln share", S, O, "counts", "Half life 10 openings.";
    Decayed50Openings, "share_50_openings_log", "ln share", S, O, "counts", "Half life 50 openings.";
    Decayed200Openings, "share_200_openings_log", "ln share", S, O, "counts", "Half life 200 openings.";
    Openings, "openings_log", "ln(1 + openings)", 0.0, N, "counts", "Openings so far.";
    TotalLogP, "total_log_p", "ln p", P, 0.0, "experts", "What the expert for openings so far says.";
    ShareDay, "share_last_24h_log", "ln share", S, O, "counts", "Share of the last 24 h, as of the newest opening.";
    ShareWeek, "share_last_7d_log", "ln share", S, O, "counts", "Share of the last 7 d, as of the newest opening.";
    OpeningsDay, "openings_last_24h_log", "ln(1 + openings)", 0.0, N, "counts", "Openings of the last 24 h, as of the newest opening.";
    Followed, "followed_log", "ln(1 + openings)", 0.0, N, "transitions", "How often it followed the current item.";
    After1LogP, "after_1_log_p", "ln p", P, 0.0, "experts", "What the expert for followers of the current item says.";
    FollowedDecayed, "followed_decayed_log", "ln share", S, O, "transitions", "Share of followers, the newest counting most.";
    Followed2, "followed_2_log", "ln(1 + openings)", 0.0, N, "transitions", "How often it followed the last two items.";
    After2LogP, "after_2_log_p", "ln p", P, 0.0, "experts", "What the expert for followers of the last two says.";
    Followed3, "followed_3_log", "ln share", S, O, "transitions", "Share of followers of the last three items.";
    After3LogP, "after_3_log_p", "ln p", P, 0.0, "experts", "What the expert for followers of the last three says.";
    HourLogP, "hour_log_p", "ln p", P, 0.0, "experts", "What the expert for this hour says.";
    HourLift, "hour_lift", "ln ratio", P, -P, "experts", "The same against openings so far.";
    HourOfDayKindLogP, "hour_of_day_kind_log_p", "ln p", P, 0.0, "experts", "What the expert for this hour on such days says.";
    HourOfDayKindLift, "hour_of_day_kind_lift", "ln ratio", P, -P, "experts", "The same against openings so far.";
    SessionShare, "session_start_share_log", "ln share", S, O, "counts", "Share of sessions that it began.";
    SessionStartLogP, "session_start_log_p", "ln p", P, 0.0, "experts", "What the expert for session starts says.";
    SessionStartAfterLogP, "session_start_after_log_p", "ln p", P, 0.0, "experts", "The same after the current item.";
    SessionStartHourLogP, "session_start_hour_log_p", "ln p", P, 0.0, "experts", "The same at this hour.";
    SessionStartHourOfDayKindLogP, "session_start_hour_of_day_kind_log_p", "ln p", P, 0.0, "experts", "The same on such days.";
    PlaceLogP, "place_log_p", "ln p", P, 0.0, "experts", "What the expert for this place says.";
    PlaceLift, "place_lift", "ln ratio", P, -P, "experts", "The same against openings so far; 0 where the place is new.";
    AccessPointLogP, "access_point_log_p", "ln p", P, 0.0, "experts", "What the expert for this access point says.";
    AccessPointLift, "access_point_lift", "ln ratio", P, -P, "experts", "The same against openings so far; 0 where it is new.";
    Age, "age_log", "ln(1 + h)", 0.0, T, "counts", "Since it was first opened.";
    DaysShare, "days_share", "share", 0.0, 1.0, "counts", "Days on which it was opened, of those since its first.";
    Hazard, "hazard_log", "ln ratio", -T, T, "counts", "Time since last use against its usual gap; 0 until known.";
    Duration, "duration_log", "ln(1 + s)", 0.0, T, "counts", "Smoothed time on screen.";
    LastDuration, "last_duration_log", "ln(1 + s)", 0.0, T, "counts", "Time on screen the last time.";
    RecencyRankLogP, "recency_rank_log_p", "ln p", P, 0.0, "experts", "What the expert for places in the order of last use says.";
    InSession, "in_session_log", "ln(1 + openings)", 0.0, N, "counts", "Its openings in the running session.";
    InPreviousSession, "is_in_previous_session", "0 or 1", 0.0, 1.0, "counts", "Whether the session before had it.";
    ReturnLogP, "return_log_p", "ln p", P, 0.0, "experts", "What the expert for the time since the last use says of this item.";
    SoonLogP, "soon_log_p", "ln p", P, 0.0, "experts", "What the expert for what comes soon after the last five says.";
    RankFrecencyLogP, "rank_frecency_log_p", "ln p", P, 0.0, "experts", "What rank frecency says.";
    MixLogP, "mix_log_p", "ln p", -13.9, O, "mixer", "What the mixer says.";
    MixRank, "mix_rank_log", "ln(1 + places)", 0.0, C, "mixer", "Its place under the mixer, from 0.";
    Gap, "gap_log", "ln(1 + s)", 0.0, T, "sessions", "Since the item in front was last on the screen; 0 while it is.";
    SessionPosition, "session_position_log", "ln(1 + openings)", 0.0, N, "sessions", "Openings in the running session.";
    Items, "items_log", "ln(1 + items)", 0.0, 7.0, "items", "Items ever opened.";
    AllOpenings, "all_openings_log", "ln(1 + openings)", 0.0, 44.4, "counts", "Openings of all items so far.";
    HourSine, "hour_sine", "sin", -1.0, 1.0, "time", "The time of day as an angle.";
    HourCosine, "hour_cosine", "cos", -1.0, 1.0, "time", "The same.";
    IsWeekend, "is_weekend", "0 or 1", 0.0, 1.0, "time", "Saturday or Sunday.";
    Dwell, "dwell_log", "ln(1 + s)", 0.0, T, "sessions", "Time that the item in front was on the screen.";
    RepeatShare, "repeat_share", "share", 0.0, 1.0, "sessions", "How often sessions begin with the item in front.";
    FollowedTotal, "followed_total_log", "ln(1 + openings)", 0.0, N, "transitions", "Followers of the current item seen.";
    Followed2Total, "followed_2_total_log", "ln(1 + openings)", 0.0, N, "transitions", "Followers of the last two seen.";
    IsUnlock, "is_unlock", "0 or 1", 0.0, 1.0, "moment", "Whether the phone was unlocked just now.";
    IsNew, "is_new", "0 or 1", 0.0, 1.0, "moment", "And the item in front is not offered.";
    PlaceOpenings, "place_openings_log", "ln(1 + openings)", 0.0, N, "places", "Openings at this place; 0 where it is new.";
    AccessPointOpenings, "access_point_openings_log", "ln(1 + openings)", 0.0, N, "places", "Openings at this access point.";
    MixEntropy, "mix_entropy", "nats", 0.0, C, "mixer", "How undecided the mixer is.";
    AllOpeningsDay, "all_openings_last_24h_log", "ln(1 + openings)", 0.0, N, "counts", "Openings of the candidates in the last 24 h.";
    MixHitShare, "mix_hit_share", "share", 0.0, 1.0, "mixer", "How often the mixer's first was the one.";
}

/// SHA-256 of the schema: a model reads features of this schema and of no other.
///
/// The text that is hashed has a line for each feature, `name<TAB>unit<TAB>low<TAB>high<TAB>source`, after the number of
/// the way in which they are computed.
#[must_use]
pub fn schema_hash() -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(format!("foretap features {EXTRACTION}\n"));
    for Description { name, unit, range: (low, high), source } in SCHEMA {
        hasher.update(format!("{name}\t{unit}\t{low}\t{high}\t{source}\n"));
    }
    hasher.finalize().into()
}

/// Counted up whenever a feature is computed in another way under the same name.
const EXTRACTION: u32 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_ranges_are_ranges() {
        let names: std::collections::BTreeSet<_> = SCHEMA.iter().map(|feature| feature.name).collect();
        assert_eq!(names.len(), FEATURES);
        assert!(SCHEMA.iter().all(|feature| feature.range.0 < feature.range.1 && feature.range.1.is_finite()));
        assert_eq!(SCHEMA[Feature::MixHitShare as usize].name, "mix_hit_share");
        assert_eq!(Feature::MixHitShare as usize, FEATURES - 1);
        let gap = Feature::Gap as usize;
        assert!(SCHEMA[gap].name == "gap_log" && SCHEMA[gap - 1].name == "mix_rank_log");
    }
}
