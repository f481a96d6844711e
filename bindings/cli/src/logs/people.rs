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
    /// How often each home screen was in front, by name, where the log tells (UbiqLog and the plain CSV do).
    pub homes: BTreeMap<String, u64>,
}

/// Collects events in the order of the file.
#[derive(Debug, Default)]
pub(super) struct People(BTreeMap<String, Person>);

#[derive(Debug, Default)]
struct Person {
    events: Vec<Event>,
    homes: BTreeMap<String, u64>,
}

impl People {
    pub(super) fn add(&mut self, user: &str, event: Event) {
        self.of(user).events.push(event);
    }

    /// A home screen of this name was in front.
    pub(super) fn home(&mut self, user: &str, name: &str) {
        *self.of(user).homes.entry(name.to_owned()).or_default() += 1;
    }

    fn of(&mut self, user: &str) -> &mut Person {
        if !self.0.contains_key(user) {
            self.0.insert(user.to_owned(), Person::default());
        }
        self.0.get_mut(user).expect("is there now")
    }

    /// Everyone with events, by name, the events stable-sorted by time.
    pub(super) fn into_logs(self) -> Vec<UserLog> {
        let sorted = |(user, Person { mut events, homes }): (String, Person)| {
            events.sort_by_key(|e| e.at.at_ms());
            UserLog { user, events, homes }
        };
        self.0.into_iter().filter(|(_, person)| !person.events.is_empty()).map(sorted).collect()
    }
}
