//! The experts: each turns the candidates' statistics into a probability for every candidate.

use super::returns::Returns;
use super::statistics::{Candidate, Statistics};
use serde::{Deserialize, Serialize};

/// How many experts there are.
pub const EXPERTS: usize = 24;

/// A way of guessing, with one online weight per moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Expert {
    /// Openings so far.
    Total,
    /// Openings decayed over hours (half life 6 h).
    Hours6,
    /// Openings decayed over a day.
    Day,
    /// Openings decayed over a week.
    Week,
    /// Openings decayed over the last 10 openings.
    Openings10,
    /// Openings decayed over the last 50 openings.
    Openings50,
    /// Followers of the current item.
    After1,
    /// Followers of the last two items, backing off to one.
    After2,
    /// Followers of the last three items, backing off to two.
    After3,
    /// Openings around this hour.
    Hour,
    /// Openings around this hour on this kind of day.
    HourOfDayKind,
    /// How often this person opens the first, second, ... of the items in order of last use.
    RecencyRank,
    /// First openings of sessions.
    SessionStart,
    /// Openings at this place, backing off to places of the same meaning.
    Place,
    /// Openings at this Wi-Fi access point.
    AccessPoint,
    /// First openings of sessions that followed the current item.
    SessionStartAfter,
    /// First openings of sessions around this hour.
    SessionStartHour,
    /// Share of all openings divided by openings since the last use.
    RankFrecency,
    /// First openings of sessions around this hour on this kind of day.
    SessionStartHourOfDayKind,
    /// How often the item was opened when it had lain unused for about as long.
    Return,
    /// What came soon after the last five items, whatever came between.
    Soon,
    /// Openings on this kind of network against what was expected without knowing it: a ratio, not a probability.
    Network,
    /// Openings at this battery category against what was expected without knowing it: a ratio, not a probability.
    Battery,
    /// Openings while sound goes where it goes now, against what was expected without knowing it: a ratio, not a probability.
    Audio,
}

/// What an expert, or a group of features, speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    /// How often the item is used.
    Frequency,
    /// How recently it was used.
    Recency,
    /// What it follows.
    Sequence,
    /// The time of day and the kind of day.
    Hour,
    /// How often it begins a session.
    SessionStart,
    /// The place and the access point.
    Place,
    /// The network.
    Network,
    /// The battery.
    Battery,
    /// Where sound goes.
    Audio,
}

impl Expert {
    /// What it speaks of.
    #[must_use]
    pub const fn topic(self) -> Topic {
        match self {
            Self::Total | Self::Week => Topic::Frequency,
            Self::Hours6
            | Self::Day
            | Self::Openings10
            | Self::Openings50
            | Self::RecencyRank
            | Self::RankFrecency
            | Self::Return => Topic::Recency,
            Self::After1 | Self::After2 | Self::After3 | Self::SessionStartAfter | Self::Soon => Topic::Sequence,
            Self::Hour | Self::HourOfDayKind | Self::SessionStartHour | Self::SessionStartHourOfDayKind => Topic::Hour,
            Self::SessionStart => Topic::SessionStart,
            Self::Place | Self::AccessPoint => Topic::Place,
            Self::Network => Topic::Network,
            Self::Battery => Topic::Battery,
            Self::Audio => Topic::Audio,
        }
    }

    /// Every expert, in the order of the weights.
    pub const ALL: [Self; EXPERTS] = [
        Self::Total,
        Self::Hours6,
        Self::Day,
        Self::Week,
        Self::Openings10,
        Self::Openings50,
        Self::After1,
        Self::After2,
        Self::After3,
        Self::Hour,
        Self::HourOfDayKind,
        Self::RecencyRank,
        Self::SessionStart,
        Self::Place,
        Self::AccessPoint,
        Self::SessionStartAfter,
        Self::SessionStartHour,
        Self::RankFrecency,
        Self::SessionStartHourOfDayKind,
        Self::Return,
        Self::Soon,
        Self::Network,
        Self::Battery,
        Self::Audio,
    ];

    /// The experts that say a ratio to what the others expect.
    pub const RATIOS: [Self; 3] = [Self::Network, Self::Battery, Self::Audio];

    /// The word used in tables of weights, as `after_1`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Total => "total",
            Self::Hours6 => "hours_6",
            Self::Day => "day",
            Self::Week => "week",
            Self::Openings10 => "openings_10",
            Self::Openings50 => "openings_50",
            Self::After1 => "after_1",
            Self::After2 => "after_2",
            Self::After3 => "after_3",
            Self::Hour => "hour",
            Self::HourOfDayKind => "hour_of_day_kind",
            Self::RecencyRank => "recency_rank",
            Self::SessionStart => "session_start",
            Self::Place => "place",
            Self::AccessPoint => "access_point",
            Self::SessionStartAfter => "session_start_after",
            Self::SessionStartHour => "session_start_hour",
            Self::RankFrecency => "rank_frecency",
            Self::SessionStartHourOfDayKind => "session_start_hour_of_day_kind",
            Self::Return => "return",
            Self::Soon => "soon",
            Self::Network => "network",
            Self::Battery => "battery",
            Self::Audio => "audio",
        }
    }
}

/// Natural logarithms of the experts' probabilities (of [`Expert::RATIOS`], ratios), one row of [`EXPERTS`] per candidate.
pub type LogProbabilities = Vec<[f64; EXPERTS]>;

/// The part of every expert's probability that is spread evenly, so that none can veto a candidate.
const EVEN: f64 = 0.02;
/// How many experts say a probability; [`Expert::RATIOS`] come after them.
const PROBABILITIES: usize = EXPERTS - Expert::RATIOS.len();
const _: () = assert!(PROBABILITIES == Expert::Network as usize, "the ratios come last");
/// Keeps a decayed count of zero from being impossible.
const FLOOR: f64 = 1e-6;

/// What each expert says. `recency_ranks` are the learned weights of the places in the order of last use, `unused` the
/// bucket of [`Returns`] of each candidate.
pub(super) fn log_probabilities(
    statistics: &Statistics<'_>,
    recency_ranks: &[f64],
    returns: &Returns,
    unused: &[u8],
) -> LogProbabilities {
    let count = statistics.candidates.len() as f64;
    let totals = Totals::of(statistics, recency_ranks);
    let even = |p: f64| ((1.0 - EVEN) * p + EVEN / count).ln();
    let returned = returned(statistics, recency_ranks, returns, unused, &totals);
    let all_returned: f64 = returned.iter().sum();
    statistics
        .candidates
        .iter()
        .zip(recency_ranks)
        .zip(returned)
        .map(|((candidate, &rank), returned)| {
            let mut log_p = probabilities(candidate, rank, count, &totals);
            log_p[Expert::Return as usize] = returned / all_returned;
            // A logarithm is what this costs: none for the experts that say one themselves.
            log_p[..PROBABILITIES].iter_mut().for_each(|p| *p = even(*p));
            log_p[Expert::Network as usize] = candidate.on_network;
            log_p[Expert::Battery as usize] = candidate.on_battery;
            log_p[Expert::Audio as usize] = candidate.on_audio;
            log_p
        })
        .collect()
}

/// The probability of PPM of order 3, a rule of its own in the tables.
#[must_use]
pub fn ppm3(log_p: &LogProbabilities) -> Vec<f64> {
    log_p.iter().map(|row| row[Expert::After3 as usize]).collect()
}

struct Totals {
    count: f64,
    by_time: [f64; 7],
    by_openings: [f64; 3],
    followed: [f64; 5],
    soon: f64,
    around: [f64; 4],
    sessions: f64,
    sessions_decayed: f64,
    rank: f64,
    rank_frecency: f64,
    place: f64,
    label: f64,
    access_point: f64,
}

impl Totals {
    fn of(s: &Statistics<'_>, recency_ranks: &[f64]) -> Self {
        let count = s.sum(|c| f64::from(c.counts.total));
        Self {
            count,
            by_time: std::array::from_fn(|k| s.sum(|c| c.by_time[k] + FLOOR)),
            by_openings: std::array::from_fn(|k| s.sum(|c| c.by_openings[k] + FLOOR)),
            followed: [
                s.sum(|c| c.followed.once),
                s.sum(|c| c.followed.decayed),
                s.sum(|c| c.followed.order_2),
                s.sum(|c| c.followed.order_3),
                s.sum(|c| c.followed.into_session),
            ],
            soon: s.sum(|c| c.soon),
            around: [
                s.sum(|c| c.around_hour.any_day),
                s.sum(|c| c.around_hour.same_kind),
                s.sum(|c| c.around_hour.first_of_session),
                s.sum(|c| c.around_hour.first_of_session_same_kind),
            ],
            sessions: s.sum(|c| f64::from(c.counts.sessions)),
            sessions_decayed: s.sum(|c| c.counts.sessions_decayed),
            rank: recency_ranks.iter().take(s.candidates.len()).sum(),
            rank_frecency: s.sum(|c| f64::from(c.counts.total) / c.openings_since),
            place: s.sum(|c| c.at_place.unwrap_or(0.0)),
            label: s.sum(|c| c.at_label.unwrap_or(0.0)),
            access_point: s.sum(|c| c.at_access_point.unwrap_or(0.0)),
        }
    }

    /// The share of the openings decayed by openings.
    fn by_openings(&self, c: &Candidate<'_>, k: usize) -> f64 {
        (c.by_openings[k] + FLOOR) / self.by_openings[k]
    }

    /// The share of all openings among `count` candidates.
    fn total(&self, c: &Candidate<'_>, count: f64) -> f64 {
        (f64::from(c.counts.total) + 0.3) / (self.count + 0.3 * count)
    }

    /// What is believed of a candidate where an expert has seen nothing.
    fn base(&self, c: &Candidate<'_>, count: f64) -> f64 {
        0.05 / count + 0.45 * self.total(c, count) + 0.5 * self.by_openings(c, 2)
    }
}

/// How often each candidate was opened when it had lain unused for about as long; an item that was hardly ever offered
/// then leans on everybody's rate and on how often it is opened at all.
fn returned(s: &Statistics<'_>, recency_ranks: &[f64], returns: &Returns, unused: &[u8], t: &Totals) -> Vec<f64> {
    let count = s.candidates.len() as f64;
    s.candidates
        .iter()
        .zip(recency_ranks)
        .zip(unused)
        .map(|((c, rank), &bucket)| {
            let of_all = returns.of_all(s.moment, bucket, rank / t.rank);
            returns.of(c.index, s.moment, bucket, 0.5 * of_all + 0.5 * t.base(c, count))
        })
        .collect()
}

/// One candidate's probabilities by every expert that finds one in its own counts; 0 for the others.
fn probabilities(c: &Candidate<'_>, rank: f64, count: f64, t: &Totals) -> [f64; EXPERTS] {
    let own = f64::from(c.counts.total);
    let by_time = |k: usize| (c.by_time[k] + FLOOR) / t.by_time[k];
    // Each estimate leans on a broader one, the more the less it has seen itself.
    let lean = |seen: f64, all: f64, weight: f64, broader: f64| (seen + weight * broader) / (all + weight);
    let there = |own: Option<f64>, all, broader| own.map_or(broader, |own| lean(own, all, 5.0, broader));

    let total = t.total(c, count);
    let base = t.base(c, count);
    let [once, decayed, order_2, order_3, into_session] = t.followed;
    let after_1 = lean(c.followed.once, once, 2.0, base);
    let after_2 = lean(c.followed.order_2, order_2, 2.0, lean(c.followed.decayed, decayed, 2.0, base));
    let after_3 = lean(c.followed.order_3, order_3, 2.0, after_2);
    let hour = lean(c.around_hour.any_day, t.around[0], 6.0, base);
    let start = lean(
        0.3 * f64::from(c.counts.sessions) + c.counts.sessions_decayed,
        0.3 * t.sessions + t.sessions_decayed,
        3.0,
        base,
    );
    let label = there(c.at_label, t.label, base);
    let start_hour = lean(c.around_hour.first_of_session, t.around[2], 6.0, start);
    let mut p = [0.0; EXPERTS];
    let mut say = |expert: Expert, value: f64| p[expert as usize] = value;
    say(Expert::Total, total);
    say(Expert::Hours6, by_time(2));
    say(Expert::Day, by_time(3));
    say(Expert::Week, by_time(5));
    say(Expert::Openings10, t.by_openings(c, 0));
    say(Expert::Openings50, t.by_openings(c, 1));
    say(Expert::After1, after_1);
    say(Expert::After2, after_2);
    say(Expert::After3, after_3);
    say(Expert::Hour, hour);
    say(Expert::HourOfDayKind, lean(c.around_hour.same_kind, t.around[1], 6.0, hour));
    say(Expert::RecencyRank, rank / t.rank);
    say(Expert::SessionStart, start);
    say(Expert::Place, there(c.at_place, t.place, label));
    say(Expert::AccessPoint, there(c.at_access_point, t.access_point, base));
    say(Expert::SessionStartAfter, lean(c.followed.into_session, into_session, 2.0, start));
    say(Expert::SessionStartHour, start_hour);
    say(Expert::Soon, lean(c.soon, t.soon, 2.0, base));
    say(Expert::RankFrecency, own / c.openings_since / t.rank_frecency);
    let same_kind = lean(c.around_hour.first_of_session_same_kind, t.around[3], 6.0, start_hour);
    say(Expert::SessionStartHourOfDayKind, same_kind);
    p
}
