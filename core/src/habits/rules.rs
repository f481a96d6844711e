//! The simple rules that every prediction is measured against, each as a score of the candidates.

use super::statistics::{Candidate, Statistics};

/// A rule that ranks by one number. Sources: `docs/adr` names the launcher or paper behind each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// Most frequently used.
    Mfu,
    /// Most recently used.
    Mru,
    /// Return to the item before the current one, then most frequently used.
    Return,
    /// Most frequent follower of the current item, then most frequently used.
    Markov1,
    /// Openings decayed with a half life of 1 h.
    Frecency1h,
    /// Openings decayed with a half life of 6 h.
    Frecency6h,
    /// Openings decayed with a half life of 1 d.
    Frecency1d,
    /// Openings decayed with a half life of 3 d.
    Frecency3d,
    /// Openings decayed with a half life of 7 d.
    Frecency7d,
    /// Openings decayed with a half life of 50 openings.
    Frecency50,
    /// Openings decayed with a half life of 200 openings.
    Frecency200,
    /// Share of all openings divided by openings since the last use, after the KISS launcher.
    RankFrecency,
    /// Openings among the last 250, as Lawnchair counts.
    Last250,
    /// Openings around this hour of the day.
    Hour,
}

impl Rule {
    /// Every rule, in the order of the tables.
    pub const ALL: [Self; 14] = [
        Self::Mfu,
        Self::Mru,
        Self::Return,
        Self::Markov1,
        Self::Frecency1h,
        Self::Frecency6h,
        Self::Frecency1d,
        Self::Frecency3d,
        Self::Frecency7d,
        Self::Frecency50,
        Self::Frecency200,
        Self::RankFrecency,
        Self::Last250,
        Self::Hour,
    ];

    /// The word used in tables, as `frecency_1h`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mfu => "mfu",
            Self::Mru => "mru",
            Self::Return => "return",
            Self::Markov1 => "markov1",
            Self::Frecency1h => "frecency_1h",
            Self::Frecency6h => "frecency_6h",
            Self::Frecency1d => "frecency_1d",
            Self::Frecency3d => "frecency_3d",
            Self::Frecency7d => "frecency_7d",
            Self::Frecency50 => "frecency_50",
            Self::Frecency200 => "frecency_200",
            Self::RankFrecency => "rank_frecency",
            Self::Last250 => "last250",
            Self::Hour => "hour",
        }
    }

    /// A score for each candidate; the higher the better, equal scores go to the earlier candidate.
    #[must_use]
    pub fn scores(self, statistics: &Statistics<'_>) -> Vec<f64> {
        let field = Field::of(statistics);
        let candidates = statistics.candidates.iter().enumerate();
        candidates.map(|(place, candidate)| self.score(&field, place, candidate)).collect()
    }

    /// The score of one of the candidates.
    pub(super) fn score(self, field: &Field, place: usize, candidate: &Candidate<'_>) -> f64 {
        let count = f64::from(candidate.counts.total);
        match self {
            Self::Mfu => count,
            Self::Mru => -(place as f64),
            Self::Return if place == field.returned_to => 1e9,
            Self::Return => count,
            Self::Markov1 => candidate.followed.once * 1e6 + count,
            Self::Frecency1h => candidate.by_time[1],
            Self::Frecency6h => candidate.by_time[2],
            Self::Frecency1d => candidate.by_time[3],
            Self::Frecency3d => candidate.by_time[4],
            Self::Frecency7d => candidate.by_time[5],
            Self::Frecency50 => candidate.by_openings[1],
            Self::Frecency200 => candidate.by_openings[2],
            Self::RankFrecency => count / field.openings / candidate.openings_since,
            Self::Last250 => f64::from(candidate.counts.in_window),
            Self::Hour => candidate.around_hour.any_day + 1e-3 * count / field.openings,
        }
    }
}

/// What a rule needs to know of all candidates.
pub(super) struct Field {
    /// Their openings.
    openings: f64,
    /// The place of the item that one returns to.
    returned_to: usize,
}

impl Field {
    pub(super) fn of(statistics: &Statistics<'_>) -> Self {
        let openings = statistics.sum(|candidate| f64::from(candidate.counts.total));
        // After a lock the item in front is a candidate of its own; what one "returns" to is the one before it.
        Self { openings, returned_to: usize::from(statistics.moment.offers_current()) }
    }
}
