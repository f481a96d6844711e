//! The simulated person whose log is measured.

use std::collections::BTreeSet;

use foretap_cli::simulate::{Job, Options, Simulation};
use foretap_core::{Event, EventKind, Item, Request};

use crate::Result;

/// Events in the log when a measurement begins.
pub const EVENTS: usize = 100_000;
/// Items opened in them.
pub const ITEMS: usize = 150;

/// Days of the history.
const HISTORY_DAYS: i64 = 88;
const SEED: u64 = 1;
/// 2.4 times the usual 70 unlocks a day fill the 90 days of the default retention with [`EVENTS`] events.
const LIFE: Options = Options {
    days: 100,
    first_day: 20_458,
    utc_offset_min: 60,
    shift: None,
    scale: 2.4,
    extra_items: 110,
    job: Job::Office,
};

/// A person's log, and what the person did next.
#[derive(Debug, Clone)]
pub struct Workload {
    /// In the log when a measurement begins.
    pub history: Vec<Event>,
    /// The days after it.
    pub next: Vec<Event>,
}

impl Workload {
    /// The same person every time, with this many events in the log.
    ///
    /// # Errors
    /// If the simulated days leave the calendar; they do not.
    pub fn of_events(events: usize) -> Result<Self> {
        let mut history: Vec<Event> = Simulation::new(SEED, LIFE)?.collect();
        let next = history.split_off(events.min(history.len()));
        Ok(Self { history, next })
    }

    /// The day after the history, from a stream of its own: few enough events to be made inside a measured process.
    ///
    /// # Errors
    /// As [`Self::of_events`].
    pub fn later_day() -> Result<Vec<Event>> {
        let day = Options { days: 1, first_day: LIFE.first_day + HISTORY_DAYS, ..LIFE };
        Ok(Simulation::new(SEED, day)?.collect())
    }

    /// The items opened in the history.
    #[must_use]
    pub fn items(&self) -> BTreeSet<&Item> {
        self.history.iter().filter_map(opened).collect()
    }

    /// One sentence about the history.
    #[must_use]
    pub fn summary(&self) -> String {
        let launches = self.history.iter().filter(|event| opened(event).is_some()).count();
        let days = match (self.history.first(), self.history.last()) {
            (Some(first), Some(last)) => last.at.day() - first.at.day() + 1,
            _ => 0,
        };
        format!(
            "{} events, {launches} of them launches of {} items, in {days} days",
            self.history.len(),
            self.items().len()
        )
    }
}

/// The item that an event opens.
#[must_use]
pub fn opened(event: &Event) -> Option<&Item> {
    match &event.kind {
        EventKind::Launch(item) => Some(item),
        _ => None,
    }
}

/// The questions that launchers ask in these events, each with the number of the launch that answers it: after an
/// unlock (by turns with the item in front and without) and between two items.
pub fn questions(events: &[Event]) -> impl Iterator<Item = (usize, Request)> {
    events.windows(2).enumerate().filter_map(|(n, pair)| {
        opened(&pair[1])?;
        let (asked_at, context) = (pair[1].at, pair[1].context.clone());
        let request = match (&pair[0].kind, n % 2) {
            (EventKind::Unlock, 0) => Request::unlock(asked_at),
            (EventKind::Unlock, _) => Request::unlock_or_resume(asked_at),
            _ => Request::next(asked_at),
        };
        Some((n + 1, request.in_context(context)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_holds_what_the_budgets_are_for() {
        let workload = Workload::of_events(EVENTS).unwrap();
        assert_eq!((workload.history.len(), workload.items().len()), (EVENTS, ITEMS));
        assert!(workload.next.len() >= 10_000, "enough is left to record: {}", workload.next.len());
        assert!(workload.history.iter().chain(&workload.next).is_sorted_by_key(|event| event.at));
        assert_eq!(workload.summary(), "100000 events, 27120 of them launches of 150 items, in 88 days");
    }

    #[test]
    fn questions_come_at_all_hours_and_in_many_surroundings() {
        let workload = Workload::of_events(EVENTS).unwrap();
        let asked: Vec<usize> = questions(&workload.next).map(|(launch, _)| launch).collect();
        assert!(asked.len() >= 3_000 && asked.iter().all(|&launch| opened(&workload.next[launch]).is_some()));
        let hours: BTreeSet<usize> = asked.iter().map(|&launch| workload.next[launch].at.hour()).collect();
        let contexts: std::collections::HashSet<_> =
            asked.iter().map(|&launch| &workload.next[launch].context).collect();
        assert!(hours.len() >= 17 && contexts.len() >= 20, "{} hours, {} contexts", hours.len(), contexts.len());
    }

    #[test]
    fn the_later_day_follows_the_history() {
        let (workload, later) = (Workload::of_events(EVENTS).unwrap(), Workload::later_day().unwrap());
        assert!(later.len() >= 500 && workload.history.last().unwrap().at < later[0].at);
    }
}
