//! Everyone of a log, played back.

use foretap_core::Event;

use super::person::{Answered, Witness, play};
use super::start::Start;
use crate::crowd;
use crate::evaluate::NO_CANDIDATE;
use crate::latency::Latency;

/// One person, played back.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name used in the log.
    pub user: String,
    /// Openings in the log.
    pub openings: u64,
    /// The local day of the first event, days since 1970-01-01.
    pub first_day: i64,
    /// Every answered question, in the order in which they were asked.
    pub answered: Vec<Answered>,
}

/// Everyone, played back.
#[derive(Debug, Clone, Default)]
pub struct Playback {
    /// In the order given.
    pub people: Vec<Person>,
    /// The stage times that the witnesses gave.
    pub latency: Latency,
}

impl Playback {
    /// Plays everyone back: people are their names and events, in the order of names. Each has a witness of their own,
    /// made by `witness` from their place in that order.
    #[must_use]
    pub fn of<W: Witness>(people: &[(&str, &[Event])], start: &Start, witness: &(impl Fn(usize) -> W + Sync)) -> Self {
        let numbered: Vec<_> = people.iter().enumerate().collect();
        let size = |&(_, &(_, events)): &(usize, &(&str, &[Event]))| events.len();
        let played = crowd::map(&numbered, size, |&(n, &(user, events))| {
            let mut played = play(events, start.of(n), start.model_of(n), &mut witness(n));
            // A question may be answered after later ones were.
            played.answered.sort_by_key(|answered| answered.opening);
            let first_day = events.first().map_or(0, |event| event.at.day());
            (
                Person { user: user.into(), openings: played.openings, first_day, answered: played.answered },
                played.latency,
            )
        });
        let mut playback = Self::default();
        for (person, latency) in played {
            playback.people.push(person);
            playback.latency.merge(&latency);
        }
        playback
    }

    /// Openings of everyone.
    #[must_use]
    pub fn openings(&self) -> u64 {
        self.people.iter().map(|person| person.openings).sum()
    }
}

/// [`Answered::ranks`] says "no candidate" as the metrics do.
const _: () = assert!(NO_CANDIDATE == u16::MAX);
