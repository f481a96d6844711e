//! The features of the shortlist: one row per candidate, in the order of the schema. The only code that computes them;
//! training reads what this writes.

use std::f64::consts::TAU;

use ndarray::Array2;

use super::schema::{FEATURES, Feature, SCHEMA};
use crate::habits::{Candidate, Evidence, Expert, Moment, Shortlisted, Statistics};
use crate::time::DAY_MS;

/// A decayed count of zero is not impossible.
const FLOOR: f64 = 1e-6;
/// The smallest share that a logarithm is taken of.
const LEAST_SHARE: f64 = 1e-4;

/// The features of each candidate of the shortlist, `[place in the shortlist][feature]`, all finite and within the ranges
/// of the schema. No item, place or date is among them; the time of day is.
#[must_use]
pub fn features(statistics: &Statistics<'_>, asked: &Shortlisted<'_>) -> Array2<f32> {
    let totals = Totals::of(statistics);
    let mut matrix = Array2::zeros((asked.places.len(), FEATURES));
    let scene = scene(statistics, &asked.log_mix, &totals);
    for (rank, (&place, mut row)) in asked.places.iter().zip(matrix.rows_mut()).enumerate() {
        let mut values = scene;
        candidate(&mut values, statistics, asked, &totals, place);
        values[Feature::MixRank as usize] = (rank as f64).ln_1p();
        for ((cell, value), description) in row.iter_mut().zip(values).zip(&SCHEMA) {
            *cell = within(value, description.range);
        }
    }
    matrix
}

/// A value as the schema promises it; what is no number is the smallest.
#[expect(clippy::cast_possible_truncation, reason = "a feature is a float of 32 bits")]
fn within(value: f64, (low, high): (f32, f32)) -> f32 {
    let value = value as f32;
    if value > high {
        high
    } else if value >= low {
        value
    } else {
        low
    }
}

/// Sums over all candidates.
struct Totals {
    by_time: [f64; 7],
    by_openings: [f64; 3],
    day: f64,
    week: f64,
    sessions: f64,
    /// Followed once, decayed, order 2, order 3.
    followed: [f64; 4],
}

impl Totals {
    fn of(statistics: &Statistics<'_>) -> Self {
        Self {
            by_time: std::array::from_fn(|k| statistics.sum(|c| c.by_time[k] + FLOOR)),
            by_openings: std::array::from_fn(|k| statistics.sum(|c| c.by_openings[k] + FLOOR)),
            day: statistics.sum(|c| c.counts.in_day.into()),
            week: statistics.sum(|c| c.counts.in_week.into()),
            sessions: statistics.sum(|c| c.counts.sessions.into()),
            followed: [
                statistics.sum(|c| c.followed.once),
                statistics.sum(|c| c.followed.decayed),
                statistics.sum(|c| c.followed.order_2),
                statistics.sum(|c| c.followed.order_3),
            ],
        }
    }
}

/// What is the same for every candidate; the rest is zero.
fn scene(statistics: &Statistics<'_>, log_mix: &[f64], totals: &Totals) -> [f64; FEATURES] {
    let scene = &statistics.scene;
    let mut values = [0.0; FEATURES];
    let mut set = |feature: Feature, value: f64| values[feature as usize] = value;
    set(Feature::Gap, scene.gap_s.ln_1p());
    set(Feature::SessionPosition, f64::from(scene.session_position).ln_1p());
    set(Feature::Items, (scene.items as f64).ln_1p());
    set(Feature::AllOpenings, (scene.openings as f64).ln_1p());
    let angle = TAU * statistics.now.ms_of_day() as f64 / DAY_MS as f64;
    set(Feature::HourSine, angle.sin());
    set(Feature::HourCosine, angle.cos());
    set(Feature::IsWeekend, f64::from(u8::from(statistics.now.weekday().is_weekend())));
    set(Feature::Dwell, scene.dwell_s.ln_1p());
    set(Feature::RepeatShare, scene.repeat_share);
    set(Feature::FollowedTotal, totals.followed[0].ln_1p());
    set(Feature::Followed2Total, totals.followed[2].ln_1p());
    set(Feature::IsUnlock, f64::from(u8::from(statistics.moment != Moment::Next)));
    set(Feature::IsNew, f64::from(u8::from(statistics.moment == Moment::Unlock)));
    set(Feature::PlaceOpenings, f64::from(scene.at_place.unwrap_or(0)).ln_1p());
    set(Feature::AccessPointOpenings, f64::from(scene.at_access_point.unwrap_or(0)).ln_1p());
    set(Feature::MixEntropy, -log_mix.iter().map(|l| l.exp() * l.max(-30.0)).sum::<f64>());
    set(Feature::AllOpeningsDay, totals.day.ln_1p());
    set(Feature::MixHitShare, scene.hit_share);
    values
}

/// What describes one candidate.
fn candidate(
    values: &mut [f64; FEATURES],
    statistics: &Statistics<'_>,
    asked: &Shortlisted<'_>,
    totals: &Totals,
    place: usize,
) {
    let c: &Candidate<'_> = &statistics.candidates[place];
    let evidence: &Evidence = asked.evidence;
    let says = |expert: Expert| evidence.log_p[place][expert as usize];
    let total = says(Expert::Total);
    let mut set = |feature: Feature, value: f64| values[feature as usize] = value;
    set(Feature::RecencyRank, (place as f64).ln_1p());
    let ranks = [Feature::IsRecencyRank0, Feature::IsRecencyRank1, Feature::IsRecencyRank2, Feature::IsRecencyRank3];
    if let Some(&feature) = ranks.get(place) {
        set(feature, 1.0);
    }
    set(Feature::RecencyRankInverse, 1.0 / (1.0 + place as f64));
    let since_s = c.unused_s(statistics.now);
    set(Feature::SinceUse, since_s.ln_1p());
    set(Feature::OpeningsSinceUse, c.openings_since.ln_1p());
    for (k, feature) in BY_TIME.into_iter().enumerate() {
        set(feature, log_share((c.by_time[k] + FLOOR) / totals.by_time[k]));
    }
    for (k, feature) in BY_OPENINGS.into_iter().enumerate() {
        set(feature, log_share((c.by_openings[k] + FLOOR) / totals.by_openings[k]));
    }
    set(Feature::Openings, f64::from(c.counts.total).ln_1p());
    set(Feature::ShareDay, log_share(f64::from(c.counts.in_day) / (totals.day + 1.0)));
    set(Feature::ShareWeek, log_share(f64::from(c.counts.in_week) / (totals.week + 1.0)));
    set(Feature::OpeningsDay, f64::from(c.counts.in_day).ln_1p());
    set(Feature::Followed, c.followed.once.ln_1p());
    set(Feature::FollowedDecayed, log_share((c.followed.decayed + 0.02) / (totals.followed[1] + 1.0)));
    set(Feature::Followed2, c.followed.order_2.ln_1p());
    set(Feature::Followed3, log_share((c.followed.order_3 + 0.02) / (totals.followed[3] + 1.0)));
    set(Feature::SessionShare, log_share((f64::from(c.counts.sessions) + 0.1) / (totals.sessions + 1.0)));
    for (feature, expert) in BY_EXPERT {
        set(feature, says(expert));
    }
    set(Feature::HourLift, says(Expert::Hour) - total);
    set(Feature::HourOfDayKindLift, says(Expert::HourOfDayKind) - total);
    let lift = |expert: Expert, is_known: bool| if is_known { says(expert) - total } else { 0.0 };
    set(Feature::PlaceLift, lift(Expert::Place, statistics.scene.at_place.is_some()));
    set(Feature::AccessPointLift, lift(Expert::AccessPoint, statistics.scene.at_access_point.is_some()));
    let age_s = c.counts.first.map_or(0.0, |first| statistics.now.seconds_since(first));
    set(Feature::Age, (age_s / 3_600.0).ln_1p());
    set(Feature::DaysShare, f64::from(c.counts.days) / (age_s / 86_400.0 + 1.0));
    let gap_s = c.counts.gap_s;
    set(Feature::Hazard, if gap_s > 0.0 { ((since_s + 60.0) / (gap_s + 60.0)).ln() } else { 0.0 });
    set(Feature::Duration, c.durations_s.0.ln_1p());
    set(Feature::LastDuration, c.durations_s.1.ln_1p());
    set(Feature::InSession, f64::from(c.in_session).ln_1p());
    set(Feature::InPreviousSession, f64::from(u8::from(c.in_previous_session)));
    set(Feature::MixLogP, (asked.log_mix[place].exp() + 1e-6).ln());
}

fn log_share(share: f64) -> f64 {
    (share + LEAST_SHARE).ln()
}

const BY_TIME: [Feature; 7] = [
    Feature::Decayed10Min,
    Feature::Decayed1H,
    Feature::Decayed6H,
    Feature::Decayed1D,
    Feature::Decayed3D,
    Feature::Decayed7D,
    Feature::Decayed30D,
];
const BY_OPENINGS: [Feature; 3] = [Feature::Decayed10Openings, Feature::Decayed50Openings, Feature::Decayed200Openings];
/// The experts whose word is a feature.
const BY_EXPERT: [(Feature, Expert); 16] = [
    (Feature::TotalLogP, Expert::Total),
    (Feature::After1LogP, Expert::After1),
    (Feature::After2LogP, Expert::After2),
    (Feature::After3LogP, Expert::After3),
    (Feature::HourLogP, Expert::Hour),
    (Feature::HourOfDayKindLogP, Expert::HourOfDayKind),
    (Feature::SessionStartLogP, Expert::SessionStart),
    (Feature::SessionStartAfterLogP, Expert::SessionStartAfter),
    (Feature::SessionStartHourLogP, Expert::SessionStartHour),
    (Feature::SessionStartHourOfDayKindLogP, Expert::SessionStartHourOfDayKind),
    (Feature::PlaceLogP, Expert::Place),
    (Feature::AccessPointLogP, Expert::AccessPoint),
    (Feature::RecencyRankLogP, Expert::RecencyRank),
    (Feature::ReturnLogP, Expert::Return),
    (Feature::SoonLogP, Expert::Soon),
    (Feature::RankFrecencyLogP, Expert::RankFrecency),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Context, Event, Item};
    use crate::habits::{Habits, Query, StartWeights};
    use crate::time::Timestamp;

    /// The matrix at a moment, with the items of its rows.
    fn matrix(events: &[(i64, &str)], moment: Moment, minute: i64) -> (Vec<String>, Array2<f32>) {
        let start = Timestamp::new(1_704_096_000_000, 0).expect("Monday 2024-01-01, 08:00");
        let mut habits = Habits::new(&StartWeights::neutral());
        for (minute, name) in events {
            let at = start.plus_ms(60_000 * minute);
            habits.apply(&Event::launch(at, Item::new(name).expect("valid")), None);
        }
        let context = Context::default();
        let query = Query { moment, now: start.plus_ms(60_000 * minute), context: &context };
        let statistics = habits.statistics(&query, &habits.candidates(moment, None));
        let evidence = habits.evidence(&statistics, None);
        let asked = habits.shortlisted(&evidence);
        let names = asked.places.iter().map(|&p| habits.item(statistics.candidates[p].index).id().to_owned()).collect();
        (names, features(&statistics, &asked))
    }

    #[test]
    fn a_known_past_gives_known_features() {
        let events = [(0, "mail"), (1, "maps"), (2, "mail"), (3, "news"), (60, "mail"), (62, "maps")];
        let (names, matrix) = matrix(&events, Moment::Next, 64);
        let of = |name: &str, feature: Feature| {
            matrix[(names.iter().position(|n| n == name).expect("a candidate"), feature as usize)]
        };
        assert!(!names.contains(&"maps".to_owned()), "the item in front is not offered");
        let close = |a: f32, b: f64| assert!((f64::from(a) - b).abs() < 1e-5, "{a} is not {b}");
        close(of("mail", Feature::SinceUse), (4.0_f64 * 60.0).ln_1p());
        close(of("mail", Feature::OpeningsSinceUse), 2.0_f64.ln_1p());
        close(of("mail", Feature::Openings), 3.0_f64.ln_1p());
        close(of("mail", Feature::ShareDay), (3.0_f64 / 5.0 + 1e-4).ln());
        close(of("mail", Feature::Followed), 1.0_f64.ln_1p());
        close(of("mail", Feature::Hazard), ((240.0_f64 + 60.0) / (0.8 * 120.0 + 0.2 * 58.0 * 60.0 + 60.0)).ln());
        close(of("mail", Feature::DaysShare), 1.0 / (64.0 / 1_440.0 + 1.0));
        close(of("news", Feature::Age), (61.0_f64 / 60.0).ln_1p());
        // A session began after the gap of 57 minutes: mail is in it, and was in the one before; news only in that.
        close(of("mail", Feature::InSession), 1.0_f64.ln_1p());
        for name in ["mail", "news"] {
            assert_eq!(of(name, Feature::InPreviousSession), 1.0);
        }
        close(of("news", Feature::SessionPosition), 2.0_f64.ln_1p());
        close(of("news", Feature::Gap), 0.0);
        close(of("news", Feature::HourCosine), (TAU * (9.0 + 4.0 / 60.0) / 24.0).cos());
        assert_eq!(of("news", Feature::IsUnlock) + of("news", Feature::IsWeekend), 0.0);
    }

    #[test]
    fn at_an_unlock_the_session_that_ended_is_the_previous_one() {
        let (names, matrix) = matrix(&[(0, "a"), (100, "b"), (101, "c")], Moment::Unlock, 200);
        let in_previous = |name: &str| {
            let row = names.iter().position(|n| n == name).expect("a candidate");
            matrix[(row, Feature::InPreviousSession as usize)] == 1.0
        };
        assert!(in_previous("b") && !in_previous("a"));
        let gap = matrix[(0, Feature::Gap as usize)];
        assert!((f64::from(gap) - (99.0 * 60.0_f64).ln_1p()).abs() < 1e-5, "the phone lay 99 minutes: {gap}");
        assert!(matrix.column(Feature::InSession as usize).iter().all(|&n| n == 0.0));
        assert!(matrix.column(Feature::IsUnlock as usize).iter().all(|&n| n == 1.0));
    }

    #[test]
    fn what_is_beyond_a_range_or_no_number_is_cut() {
        assert_eq!(within(2.0, (0.0, 1.0)), 1.0);
        assert_eq!(within(-2.0, (0.0, 1.0)), 0.0);
        assert_eq!(within(f64::NAN, (-1.0, 1.0)), -1.0);
        assert_eq!(within(f64::INFINITY, (-1.0, 1.0)), 1.0);
    }
}
