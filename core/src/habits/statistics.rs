//! Everything habits know of each candidate at one moment, as plain numbers: what rules, experts and features read.

use super::Habits;
use super::counts::Counts;
use super::hours::AroundHour;
use super::items::ItemIndex;
use super::notifications::Notices;
use super::places::Tally;
use super::sequence::Past;
use super::transitions::Followed;
use crate::event::Context;
use crate::time::Timestamp;

/// The moment a ranking is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Moment {
    /// Something is open; what comes next? The current item is not offered.
    Next,
    /// The phone was unlocked, and shows by itself what was in front; that item is not offered.
    Unlock,
    /// The phone was unlocked; the item in front when it was locked is offered like any other.
    UnlockOrResume,
}

impl Moment {
    /// Every moment.
    pub const ALL: [Self; 3] = [Self::Next, Self::Unlock, Self::UnlockOrResume];

    /// The word used in tables: `next`, `unlock`, `unlock_or_resume`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Next => "next",
            Self::Unlock => "unlock",
            Self::UnlockOrResume => "unlock_or_resume",
        }
    }

    pub(super) const fn row(self) -> usize {
        self as usize
    }

    /// Whether the current item is a candidate.
    #[must_use]
    pub const fn offers_current(self) -> bool {
        matches!(self, Self::UnlockOrResume)
    }
}

/// A question to habits.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The moment.
    pub moment: Moment,
    /// The time the phone shows at it.
    pub now: Timestamp,
    /// What is known of the surroundings.
    pub context: &'a Context,
}

/// Everything known of one candidate.
#[derive(Debug, Clone)]
pub struct Candidate<'a> {
    /// The item.
    pub index: ItemIndex,
    /// Its running counts.
    pub counts: &'a Counts,
    /// When it was last on the screen.
    pub last_used: Option<Timestamp>,
    /// Openings decayed by time, now.
    pub by_time: [f64; 7],
    /// Openings decayed by openings, now.
    pub by_openings: [f64; 3],
    /// Openings of any item since the last one of this, 1 for the item opened last.
    pub openings_since: f64,
    /// How often it followed the current item.
    pub followed: Followed,
    /// How much the last items speak for it, as what came soon after them.
    pub soon: f64,
    /// When it is opened.
    pub around_hour: AroundHour,
    /// Its openings at this place; `None` if the place is unknown or new. Likewise the others.
    pub at_place: Option<f64>,
    /// At places of this meaning.
    pub at_label: Option<f64>,
    /// At this access point.
    pub at_access_point: Option<f64>,
    /// Openings on this kind of network against what was expected without knowing it, as a natural logarithm; 0 where
    /// nothing is known.
    pub on_network: f64,
    /// The same at this battery category.
    pub on_battery: f64,
    /// The same while sound goes where it goes.
    pub on_audio: f64,
    /// Its notifications.
    pub notices: Notices,
    /// Smoothed seconds on screen, and those of the last time; the item in front counts as left when it was last seen.
    pub durations_s: (f64, f64),
    /// Its openings in the running session; 0 at an unlock.
    pub in_session: u32,
    /// Whether it was opened in the session before: at an unlock, the one that ended with the lock.
    pub in_previous_session: bool,
}

impl Candidate<'_> {
    /// Seconds since it was last on the screen; 0 where that is not known.
    #[must_use]
    pub fn unused_s(&self, now: Timestamp) -> f64 {
        self.last_used.map_or(0.0, |used| now.seconds_since(used))
    }
}

/// What is the same for every candidate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scene {
    /// Seconds since the item in front was last on the screen; 0 while it is, at [`Moment::Next`].
    pub gap_s: f64,
    /// Seconds that it was on the screen.
    pub dwell_s: f64,
    /// Openings in the running session; 0 at an unlock.
    pub session_position: u32,
    /// How often sessions begin with the item in front, 0..=1.
    pub repeat_share: f64,
    /// Items that were ever opened.
    pub items: usize,
    /// Openings so far.
    pub openings: u64,
    /// Openings of all items at this place; `None` if it is unknown or new.
    pub at_place: Option<u32>,
    /// Openings of all items at this access point.
    pub at_access_point: Option<u32>,
    /// How often the mixer's first candidate was the one opened at moments like this, 0..=1, the last fifty counting most.
    pub hit_share: f64,
}

/// Everything known of all candidates, in their order: the most recent first, then the most frequent of the rest.
#[derive(Debug, Clone)]
pub struct Statistics<'a> {
    /// The moment asked about.
    pub moment: Moment,
    /// The time at it.
    pub now: Timestamp,
    /// What is the same for all.
    pub scene: Scene,
    /// The last openings, as a sequence model reads them.
    pub past: Past,
    /// The rows.
    pub candidates: Vec<Candidate<'a>>,
}

impl<'a> Statistics<'a> {
    pub(super) fn gather(habits: &'a Habits, query: &Query<'_>, candidates: &[ItemIndex]) -> Self {
        let mut place_of = vec![None; habits.items.rows()];
        for (place, index) in candidates.iter().enumerate() {
            place_of[index.row()] = Some(place);
        }
        let followed = habits.transitions.followed(&place_of, candidates.len());
        let soon = habits.skip_grams.soon(&place_of, candidates.len());
        let seen = habits.places.circumstances(query.context);
        let openings_in = |tally: Option<&Tally>, index| tally.map(|tally| f64::from(tally.of(index)));
        let openings = habits.counts.openings();
        let current = habits.sessions.current();
        let dwell_s = current.map_or(0.0, |opening| opening.end.min(query.now).seconds_since(opening.start));
        let session = habits.sessions.sessions();
        let is_next = query.moment == Moment::Next;
        let scene = Scene {
            gap_s: if is_next { 0.0 } else { current.map_or(0.0, |opening| query.now.seconds_since(opening.end)) },
            dwell_s,
            session_position: if is_next { habits.sessions.position() } else { 0 },
            repeat_share: habits.sessions.repeat_share(),
            items: habits.items.recency().len(),
            openings,
            at_place: seen.place.map(Tally::all),
            at_access_point: seen.access_point.map(Tally::all),
            hit_share: habits.learning.hit_share(query.moment),
        };
        let left = if is_next { Some(query.now) } else { current.map(|opening| opening.end) };
        let past = habits.sequence.past(left, query.now);
        let candidates = candidates
            .iter()
            .zip(followed)
            .zip(soon)
            .map(|((&index, followed), soon)| {
                let counts = habits.counts.of(index);
                let last_used = habits.last_used(index);
                Candidate {
                    index,
                    counts,
                    last_used,
                    by_time: counts.by_time_at(query.now),
                    by_openings: counts.by_openings_at(openings),
                    openings_since: openings.saturating_sub(counts.last_opening).max(1) as f64,
                    followed,
                    soon,
                    around_hour: habits.hours.around(index, query.now),
                    at_place: openings_in(seen.place, index),
                    at_label: openings_in(seen.label, index),
                    at_access_point: openings_in(seen.access_point, index),
                    on_network: seen.network.map_or(0.0, |excess| excess.log_ratio(index)),
                    on_battery: seen.battery.map_or(0.0, |excess| excess.log_ratio(index)),
                    on_audio: seen.audio.map_or(0.0, |excess| excess.log_ratio(index)),
                    notices: habits.notifications.at(index, query.now, last_used),
                    durations_s: match current {
                        Some(opening) if opening.index == index => counts.durations_after(dwell_s),
                        _ => (counts.duration_s, counts.last_duration_s),
                    },
                    in_session: if is_next && counts.last_session == session { counts.in_last_session } else { 0 },
                    in_previous_session: if is_next && counts.last_session == session {
                        session > 1 && counts.session_before == session - 1
                    } else {
                        counts.last_session > 0 && counts.last_session == session - u64::from(is_next)
                    },
                }
            })
            .collect();
        Self { moment: query.moment, now: query.now, scene, past, candidates }
    }

    /// The sum over the candidates.
    #[must_use]
    pub fn sum(&self, of: impl Fn(&Candidate<'_>) -> f64) -> f64 {
        self.candidates.iter().map(of).sum()
    }
}
