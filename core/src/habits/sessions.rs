//! What is on the screen, since when, and where one session ends and the next begins.

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;
use crate::config::SESSION_GAP_MS;
use crate::event::Context;
use crate::time::{HOUR_MS, Timestamp};

/// The most items that are taken to be in use at once.
const MAX_RUNNING: usize = 16;
/// A close that has not come after this long will not come.
const MAX_RUN_MS: i64 = 12 * HOUR_MS;

/// An item on the screen: repeats within a session are one opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Opening {
    pub(super) index: ItemIndex,
    pub(super) start: Timestamp,
    /// The latest moment at which the item was known to be on the screen.
    pub(super) end: Timestamp,
    pub(super) context: Context,
    /// Nothing has told yet that it left the screen.
    is_on_screen: bool,
}

/// What a launch means for the sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The same item again within the session: the opening goes on.
    Repeat,
    /// Another opening; where it starts a session, `unlocked_at` is the moment the session's clock shows.
    Opening { starts_session: bool, unlocked_at: Timestamp },
}

/// The running session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sessions {
    current: Option<Opening>,
    latest_end: Option<Timestamp>,
    /// Launched and not closed yet, the oldest first. Only where the host tells of closes.
    running: Vec<(ItemIndex, Timestamp)>,
    knows_closes: bool,
    unlocked: Option<(Timestamp, Context)>,
    /// Once an unlock was seen, sessions begin at unlocks only; before, after a gap.
    knows_unlocks: bool,
    /// Openings in this session so far.
    position: u32,
    sessions: u64,
    /// How often a session began with the item in front, the last fifty or so counting most.
    repeats: Repeats,
}

/// A share that follows the newest outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Repeats(f64);

impl Default for Repeats {
    /// Before anything is known: three sessions in ten.
    fn default() -> Self {
        Self(0.3)
    }
}

impl Sessions {
    pub(super) fn current(&self) -> Option<&Opening> {
        self.current.as_ref()
    }

    /// Whether known items only are in use.
    pub(super) fn is_sound(&self, is_known: &dyn Fn(ItemIndex) -> bool) -> bool {
        let current = self.current.iter().map(|opening| opening.index);
        self.running.iter().map(|(index, _)| *index).chain(current).all(is_known)
    }

    /// Openings in this session so far.
    pub(super) fn position(&self) -> u32 {
        self.position
    }

    /// Sessions so far.
    pub(super) fn sessions(&self) -> u64 {
        self.sessions
    }

    /// How often sessions begin with the item in front, 0..=1.
    pub(super) fn repeat_share(&self) -> f64 {
        self.repeats.0
    }

    pub(super) fn unlock(&mut self, at: Timestamp, context: &Context) {
        self.knows_unlocks = true;
        self.unlocked = Some((at, context.clone()));
    }

    /// An unlock came after what it unlocked: it begins no session any more, but the host tells of unlocks.
    pub(super) fn unlock_late(&mut self) {
        self.knows_unlocks = true;
    }

    /// What was known of the surroundings at the unlock that waits for its first opening.
    pub(super) fn unlocked_in(&self) -> Option<&Context> {
        self.unlocked.as_ref().map(|(_, context)| context)
    }

    pub(super) fn lock(&mut self, at: Timestamp) {
        self.unlocked = None;
        self.leave_screen(at);
    }

    pub(super) fn home(&mut self, at: Timestamp) {
        self.leave_screen(at);
    }

    /// The item left the screen. A close of an item that is no longer in front still moves the session's end.
    pub(super) fn close(&mut self, index: ItemIndex, at: Timestamp) {
        self.knows_closes = true;
        if let Some(place) = self.running.iter().position(|(running, _)| *running == index) {
            self.running.remove(place);
        }
        if let Some(current) = &mut self.current
            && current.index == index
        {
            current.end = current.end.max(at);
            current.is_on_screen = false;
        }
        self.latest_end = Some(self.latest_end.map_or(at, |end| end.max(at)));
    }

    /// What a launch would mean, without making it.
    pub(super) fn step(&self, index: Option<ItemIndex>, at: Timestamp) -> Step {
        let starts_session = if self.knows_unlocks {
            self.unlocked.is_some()
        } else {
            !self.is_running(at) && self.latest_end.is_none_or(|end| at.at_ms() - end.at_ms() >= SESSION_GAP_MS)
        };
        let is_current = index.is_some() && self.current.as_ref().map(|opening| opening.index) == index;
        if is_current && !starts_session {
            return Step::Repeat;
        }
        let unlocked_at = self.unlocked.as_ref().map_or(at, |(unlocked_at, _)| *unlocked_at).min(at);
        Step::Opening { starts_session, unlocked_at }
    }

    /// Goes on with the current opening.
    pub(super) fn repeat(&mut self, at: Timestamp) {
        if let Some(current) = &mut self.current {
            current.end = current.end.max(at);
            current.is_on_screen = true;
            let index = current.index;
            self.run(index, at);
        }
        self.latest_end = Some(self.latest_end.map_or(at, |end| end.max(at)));
    }

    /// Begins an opening.
    pub(super) fn open(&mut self, index: ItemIndex, at: Timestamp, context: &Context, starts_session: bool) {
        if starts_session {
            self.position = 0;
            self.sessions += 1;
            if let Some(current) = &self.current {
                self.repeats.0 = 0.97 * self.repeats.0 + if current.index == index { 0.03 } else { 0.0 };
            }
        }
        self.position += 1;
        self.unlocked = None;
        self.current = Some(Opening { index, start: at, end: at, context: context.clone(), is_on_screen: true });
        self.run(index, at);
        self.latest_end = Some(self.latest_end.map_or(at, |end| end.max(at)));
    }

    /// The clock was set back to `now`.
    pub(super) fn not_after(&mut self, now: Timestamp) {
        if let Some(current) = &mut self.current {
            current.start = current.start.min(now);
            current.end = current.end.min(now);
        }
        let unlocked_at = self.unlocked.as_mut().map(|(at, _)| at);
        for time in self.latest_end.as_mut().into_iter().chain(unlocked_at) {
            *time = (*time).min(now);
        }
        for (_, since) in &mut self.running {
            *since = (*since).min(now);
        }
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        self.running.retain(|(index, _)| !gone.contains(index));
        if self.current.as_ref().is_some_and(|current| gone.contains(&current.index)) {
            self.current = None;
        }
    }

    fn run(&mut self, index: ItemIndex, at: Timestamp) {
        self.running.retain(|(running, _)| *running != index);
        if self.running.len() == MAX_RUNNING {
            self.running.remove(0);
        }
        self.running.push((index, at));
    }

    /// Whether something is known to be in use still, so that a gap is no pause.
    fn is_running(&self, at: Timestamp) -> bool {
        self.knows_closes && self.running.iter().any(|(_, since)| at.at_ms() - since.at_ms() < MAX_RUN_MS)
    }

    /// Something else came to the front: the opening ends here unless its end is known already.
    fn leave_screen(&mut self, at: Timestamp) {
        if let Some(current) = &mut self.current
            && current.is_on_screen
        {
            current.is_on_screen = false;
            current.end = at.max(current.end);
            self.latest_end = Some(self.latest_end.map_or(current.end, |end| end.max(current.end)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SECOND_MS;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_600_000_000_000 + seconds * SECOND_MS, 0).expect("valid")
    }

    fn opened(sessions: &mut Sessions, row: usize, seconds: i64) -> Step {
        let index = ItemIndex::of_row(row);
        let step = sessions.step(Some(index), at(seconds));
        if let Step::Opening { starts_session, .. } = step {
            sessions.open(index, at(seconds), &Context::default(), starts_session);
        } else {
            sessions.repeat(at(seconds));
        }
        step
    }

    #[test]
    fn without_unlocks_a_session_begins_after_the_gap_and_not_a_millisecond_before() {
        let mut sessions = Sessions::default();
        opened(&mut sessions, 0, 0);
        sessions.close(ItemIndex::of_row(0), at(100));
        let just_before = at(400).plus_ms(-1);
        assert_eq!(sessions.step(Some(ItemIndex::of_row(0)), just_before), Step::Repeat);
        assert_eq!(
            sessions.step(Some(ItemIndex::of_row(0)), at(400)),
            Step::Opening { starts_session: true, unlocked_at: at(400) }
        );
    }

    #[test]
    fn with_unlocks_only_the_first_launch_after_one_begins_a_session() {
        let mut sessions = Sessions::default();
        sessions.unlock(at(0), &Context::default());
        assert_eq!(
            opened(&mut sessions, 0, 3),
            Step::Opening { starts_session: true, unlocked_at: at(0) },
            "the session's clock is the unlock"
        );
        assert_eq!(opened(&mut sessions, 1, 5_000), Step::Opening { starts_session: false, unlocked_at: at(5_000) });
        assert_eq!(opened(&mut sessions, 1, 5_001), Step::Repeat);
        sessions.lock(at(5_002));
        sessions.unlock(at(5_003), &Context::default());
        sessions.lock(at(5_004));
        assert_eq!(opened(&mut sessions, 1, 5_005), Step::Repeat, "a lock takes the unlock back");
    }

    #[test]
    fn leaving_the_screen_ends_an_opening_that_was_repeated() {
        let mut sessions = Sessions::default();
        opened(&mut sessions, 0, 0);
        assert_eq!(opened(&mut sessions, 0, 60), Step::Repeat);
        sessions.lock(at(1_200));
        sessions.home(at(1_300));
        assert_eq!(sessions.current().map(|o| o.end), Some(at(1_200)));
    }

    #[test]
    fn one_close_ends_an_item_that_was_launched_twice() {
        let mut sessions = Sessions::default();
        opened(&mut sessions, 0, 0);
        opened(&mut sessions, 0, 10);
        sessions.close(ItemIndex::of_row(0), at(20));
        assert!(matches!(opened(&mut sessions, 1, 7_200), Step::Opening { starts_session: true, .. }));
    }

    #[test]
    fn a_late_close_of_another_item_moves_only_the_sessions_end() {
        let mut sessions = Sessions::default();
        opened(&mut sessions, 0, 0);
        opened(&mut sessions, 1, 5);
        sessions.close(ItemIndex::of_row(0), at(50));
        assert_eq!(sessions.current().map(|o| o.end), Some(at(5)));
        assert_eq!(opened(&mut sessions, 2, 340), Step::Opening { starts_session: false, unlocked_at: at(340) });
    }
}
