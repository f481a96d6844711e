//! How an event changes habits, and which questions a launch answers.

use super::corrector::Corrector;
use super::inputs::Bins;
use super::scorecard::Sight;
use super::sequence::Sequence;
use super::sessions::Step;
use super::statistics::{Moment, Query};
use super::{Habits, ItemIndex};
use crate::config::LATE_WINDOW_MS;
use crate::event::{Context, Event, EventKind, Item};
use crate::time::Timestamp;

/// A question that a launch answers, as it stood before the launch.
#[derive(Debug, Clone, PartialEq)]
pub struct Posed {
    /// The moment.
    pub moment: Moment,
    /// The time the phone showed at it: the end of the item before, or the unlock.
    pub now: Timestamp,
    /// The surroundings at it.
    pub context: Context,
    /// Whether the launch answers it; a session that begins with the item in front answers `Unlock` later.
    pub is_answered: bool,
}

impl Habits {
    /// The questions that this event would answer, before it is applied. Empty for anything but a launch at the
    /// end of the sequence.
    #[must_use]
    pub fn posed(&self, event: &Event) -> Vec<Posed> {
        let EventKind::Launch(item) = &event.kind else { return Vec::new() };
        if self.is_late(event.at) {
            return Vec::new();
        }
        let index = self.items.find(item);
        let (Some(current), Step::Opening { starts_session, unlocked_at }) =
            (self.sessions.current(), self.sessions.step(index, event.at))
        else {
            return Vec::new();
        };
        let is_other = index != Some(current.index);
        let mut posed = Vec::new();
        if is_other {
            let (now, context) = (current.end.min(event.at), current.context.clone());
            posed.push(Posed { moment: Moment::Next, now, context, is_answered: true });
        }
        if starts_session {
            let context = self.sessions.unlocked_in().map_or_else(|| event.context.clone(), |c| event.context.or(c));
            for (moment, is_answered) in [(Moment::UnlockOrResume, true), (Moment::Unlock, is_other)] {
                posed.push(Posed { moment, now: unlocked_at, context: context.clone(), is_answered });
            }
        }
        posed
    }

    /// Takes an event into account. Late events are counted; the sequence goes on from the newest.
    ///
    /// `corrector` is the model that predictions are made with: how far to trust it is learned here. Without one nothing
    /// about models is learned or forgotten.
    pub fn apply(&mut self, event: &Event, corrector: Option<&dyn Corrector>) {
        let is_late = self.is_late(event.at);
        if !is_late {
            if self.newest.is_some_and(|newest| newest.at_ms() > event.at.at_ms()) {
                self.clock_set_back(event.at);
            }
            self.newest = Some(event.at);
        }
        self.count(event, is_late, corrector);
        if !is_late {
            // After the launch was learned: where it happened must not tell what it was.
            self.places.seen(event.at, &event.context);
        }
    }

    /// Takes an event of the past into account, however old it is: it is counted as a late one.
    pub fn apply_late(&mut self, event: &Event) {
        self.count(event, true, None);
    }

    fn count(&mut self, event: &Event, is_late: bool, corrector: Option<&dyn Corrector>) {
        let is_shown = matches!(event.kind, EventKind::Impression { .. } | EventKind::Dismiss { .. });
        let index = event.kind.item().filter(|_| !is_shown).map(|item| self.number(item));
        if let (EventKind::Launch(_), Some(slot)) = (&event.kind, &event.slot) {
            self.surfaces.opening(&slot.surface);
        }
        match (&event.kind, index) {
            (EventKind::Launch(_), Some(index)) if is_late => self.open_late(index, event),
            (EventKind::Launch(_), Some(index)) => self.open(index, event, corrector),
            (EventKind::Close(_), Some(index)) => self.sessions.close(index, event.at),
            (EventKind::Notification(_), Some(index)) => self.notifications.post(index, event.at),
            (EventKind::NotificationCleared(_), Some(index)) => self.notifications.clear(index, event.at),
            (EventKind::Install(_), Some(index)) => self.items.set_available(index, true),
            // A removal that comes late is not believed if the item was used since.
            (EventKind::Uninstall(_), Some(index)) if is_late && self.last_used(index) > Some(event.at) => {}
            (EventKind::Uninstall(_), Some(index)) => self.items.set_available(index, false),
            (EventKind::Unlock, _) if is_late => self.sessions.unlock_late(),
            (EventKind::Unlock, _) => self.sessions.unlock(event.at, &event.context),
            (EventKind::Lock, _) if !is_late => self.sessions.lock(event.at),
            (EventKind::Home, _) if !is_late => self.sessions.home(event.at),
            // What was shown is counted, and is evidence in the log; habits do not learn from it.
            (EventKind::Impression { item, surface, position, .. }, _) => {
                self.surfaces.impression(surface);
                if !is_late {
                    self.surfaces.show(surface, item, *position);
                }
            }
            (EventKind::Dismiss { surface, .. }, _) => self.surfaces.dismissal(surface),
            _ => {}
        }
    }

    fn open(&mut self, index: ItemIndex, event: &Event, corrector: Option<&dyn Corrector>) {
        let Step::Opening { starts_session, .. } = self.sessions.step(Some(index), event.at) else {
            self.sessions.repeat(event.at);
            return;
        };
        // The posed questions see the item before as left, and nothing of this launch.
        let posed = self.posed(event);
        let previous = self.sessions.current().map(|opening| (opening.index, opening.start, opening.end));
        if starts_session {
            self.learning.drop_deferred();
        }
        let mut expected = None;
        for question in posed {
            let query = Query { moment: question.moment, now: question.now, context: &question.context };
            let candidates = self.candidates(query.moment, None);
            if candidates.is_empty() {
                continue;
            }
            let statistics = self.statistics(&query, &candidates);
            let evidence = self.evidence(&statistics, corrector);
            let sight = Sight::of(&statistics);
            // One question of each opening tells what predictions are made from.
            if starts_session == (question.moment == Moment::UnlockOrResume) {
                let bins = Bins::of(&statistics, query.context, self.places.label(query.context));
                self.scorecard.input(event.at, &bins);
            }
            if question.is_answered {
                expected.get_or_insert_with(|| self.learning.expect(&evidence));
                let outcome = self.learning.learn(&evidence, index);
                self.scorecard.answer(event.at, &sight, &outcome);
            } else {
                self.learning.defer(evidence, sight);
            }
        }
        if previous.is_some_and(|(previous, ..)| previous != index)
            && let Some((sight, outcome)) = self.learning.learn_deferred(index)
        {
            self.scorecard.answer(event.at, &sight, &outcome);
        }
        if let Some((previous, start, end)) = previous {
            self.counts.leave(previous, start, end.min(event.at));
        }
        self.counts.open(index, event.at, starts_session);
        self.transitions.open(index, starts_session);
        self.skip_grams.open(index);
        self.hours.open(index, event.at, starts_session);
        self.places.open(index, &event.context);
        self.places.compare(index, &event.context, &expected.unwrap_or_default());
        self.sessions.open(index, event.at, &event.context, starts_session);
        // The order of last use as it was before this opening.
        let place = self.items.recency().iter().position(|opened| *opened == index);
        self.sequence.open(place, previous.map(|(.., end)| end), event.at, starts_session);
        self.items.opened(index);
    }

    fn open_late(&mut self, index: ItemIndex, event: &Event) {
        self.counts.open_late(index, event.at);
        self.hours.open(index, event.at, false);
        self.places.open(index, &event.context);
        self.items.opened_earlier(index);
    }

    fn is_late(&self, at: Timestamp) -> bool {
        self.newest.is_some_and(|newest| (1..=LATE_WINDOW_MS).contains(&(newest.at_ms() - at.at_ms())))
    }

    fn number(&mut self, item: &Item) -> ItemIndex {
        let (index, evicted) = self.items.number(item);
        if !evicted.is_empty() {
            self.forget_rows(&evicted);
        }
        let rows = self.items.rows();
        self.counts.make_room(rows);
        self.transitions.make_room(rows);
        self.skip_grams.make_room(rows);
        self.hours.make_room(rows);
        self.notifications.make_room(rows);
        self.learning.make_room(rows);
        index
    }

    /// The habits without some of the items: as if these had been evicted. No name of theirs stays, nor what they were
    /// followed by; what they taught the weights does, which name nobody.
    #[must_use]
    pub fn without(&self, is_gone: &mut dyn FnMut(&Item) -> bool) -> Self {
        let mut habits = self.clone();
        let gone: Vec<ItemIndex> = self.items().filter(|(_, item)| is_gone(item)).map(|(index, _)| index).collect();
        if !gone.is_empty() {
            habits.items.forget(&gone);
            habits.forget_rows(&gone);
            // Its tokens name nobody, but say when something was opened that is to leave no trace.
            habits.sequence = Sequence::default();
        }
        habits.surfaces.forget(is_gone);
        habits
    }

    fn forget_rows(&mut self, gone: &[ItemIndex]) {
        self.counts.forget(gone);
        self.transitions.forget(gone);
        self.skip_grams.forget(gone);
        self.hours.forget(gone);
        self.places.forget(gone);
        self.sessions.forget(gone);
        self.notifications.forget(gone);
        self.learning.forget(gone);
    }

    fn clock_set_back(&mut self, now: Timestamp) {
        self.counts.not_after(now);
        self.places.clock_set_back();
        self.sessions.not_after(now);
        self.notifications.not_after(now);
    }
}
