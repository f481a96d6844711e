//! The published protocol: where sessions begin in a log without unlocks.

use foretap_core::config::SESSION_GAP_MS;
use foretap_core::{Event, EventKind, Item, Timestamp};

/// Gives a log without unlocks an unlock at each session's start: a launch 300 s or more after everything launched
/// before it has ended. Unlike a phone, this looks ahead: the end of a row is known from its start. A log with unlocks
/// is returned as it is.
#[must_use]
pub fn with_sessions(events: &[Event]) -> Vec<Event> {
    if events.iter().any(|event| event.kind == EventKind::Unlock) {
        return events.to_vec();
    }
    let ends = ends(events);
    let mut latest_end: Option<Timestamp> = None;
    let mut with = Vec::with_capacity(events.len());
    for (event, end) in events.iter().zip(ends) {
        if let Some(end) = end {
            if latest_end.is_none_or(|latest| event.at.at_ms() - latest.at_ms() >= SESSION_GAP_MS) {
                with.push(Event::unlock(event.at).in_context(event.context.clone()));
            }
            latest_end = latest_end.max(Some(end));
        }
        with.push(event.clone());
    }
    with
}

/// The end of each launch: the close of the same item that belongs to it, or its own start. `None` for other events.
fn ends(events: &[Event]) -> Vec<Option<Timestamp>> {
    let mut ends = vec![None; events.len()];
    let mut open: Vec<(&Item, usize)> = Vec::new();
    for (n, event) in events.iter().enumerate() {
        match &event.kind {
            EventKind::Launch(item) => {
                ends[n] = Some(event.at);
                open.push((item, n));
            }
            EventKind::Close(item) => {
                if let Some(place) = open.iter().position(|(running, _)| *running == item) {
                    ends[open.remove(place).1] = Some(event.at);
                }
            }
            _ => {}
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_600_000_000_000 + 1_000 * seconds, 0).expect("valid")
    }

    fn row(name: &str, start: i64, end: i64) -> [Event; 2] {
        let item = Item::new(name).expect("valid");
        [Event::launch(at(start), item.clone()), Event::new(at(end), EventKind::Close(item))]
    }

    fn unlocks(mut events: Vec<Event>) -> Vec<i64> {
        events.sort_by_key(|event| event.at);
        let with = with_sessions(&events);
        with.iter().filter(|e| e.kind == EventKind::Unlock).map(|e| (e.at.at_ms() - at(0).at_ms()) / 1_000).collect()
    }

    #[test]
    fn a_session_begins_after_the_gap_and_not_while_something_still_runs() {
        assert_eq!(unlocks([row("a", 0, 10), row("b", 310, 320), row("c", 619, 620)].concat()), [0, 310]);
        assert_eq!(unlocks([row("a", 0, 1_000), row("b", 400, 410), row("c", 800, 820)].concat()), [0]);
    }

    #[test]
    fn a_log_with_unlocks_keeps_its_own() {
        let events = [vec![Event::unlock(at(5))], row("a", 6, 7).to_vec(), row("b", 900, 901).to_vec()].concat();
        assert_eq!(unlocks(events), [5]);
    }
}
