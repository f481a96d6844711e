//! The three questions that a replay judges, and the parts of a log it judges them on.

use foretap_core::habits::Moment;

use super::person::Answered;
use super::playback::Person;
use crate::evaluate::Part;

/// A question of the published protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Task {
    /// The next app.
    A,
    /// The first app after an unlock.
    B,
    /// The first app after an unlock that differs from the one used last before the lock.
    C,
}

impl Task {
    /// Every task.
    pub const ALL: [Self; 3] = [Self::A, Self::B, Self::C];

    /// The letter used in tables and JSON.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }

    /// What is asked, in a few words.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::A => "next app",
            Self::B => "on unlock",
            Self::C => "on unlock, new app",
        }
    }

    /// The moment at which it is asked.
    #[must_use]
    pub const fn moment(self) -> Moment {
        match self {
            Self::A => Moment::Next,
            Self::B => Moment::UnlockOrResume,
            Self::C => Moment::Unlock,
        }
    }

    /// The answered questions of this task, in the order in which they were asked.
    pub fn of(self, person: &Person) -> impl Iterator<Item = &Answered> {
        person.answered.iter().filter(move |answered| answered.moment == self.moment())
    }

    /// Those of the last 30 % of the person's openings: only these are scored.
    #[must_use]
    pub fn scored(self, person: &Person) -> Vec<&Answered> {
        self.of(person).filter(|answered| Part::Scored.holds(answered.opening, person.openings)).collect()
    }
}

/// A part of the first openings of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first opening, from 1.
    pub first: u64,
    /// The last opening.
    pub last: u64,
}

impl Span {
    /// The parts that are judged on their own: how good predictions are for a person who has just begun.
    pub const COLD_START: [Self; 3] =
        [Self { first: 1, last: 50 }, Self { first: 51, last: 200 }, Self { first: 201, last: 1_000 }];

    /// Whether a question was asked before one of these openings.
    #[must_use]
    pub const fn holds(self, answered: &Answered) -> bool {
        answered.opening + 1 >= self.first && answered.opening < self.last
    }
}

impl std::fmt::Display for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.first, self.last)
    }
}
