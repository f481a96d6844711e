//! The events of a log, put together person by person.

use std::collections::BTreeMap;

use foretap_core::Event;

/// One person's (or one phone's) events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserLog {
    /// The name used in the log.
    pub user: String,
    /// The events by time; those of the same millisecond in the order of the log.
    pub events: Vec<Event>,
}

/// Collects events in the order of the file.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<String, Vec<Event>>);

impl People {
    pub(super) fn add(&mut self, user: &str, event: Event) {
        match self.0.get_mut(user) {
            Some(events) => events.push(event),
            None => drop(self.0.insert(user.to_owned(), vec![event])),
        }
    }

    /// Everyone by name, each with the events stable-sorted by time.
    pub(super) fn into_logs(self) -> Vec<UserLog> {
        let sorted = |(user, mut events): (String, Vec<Event>)| {
            events.sort_by_key(|e| e.at.at_ms());
            UserLog { user, events }
        };
        self.0.into_iter().map(sorted).collect()
    }
}
