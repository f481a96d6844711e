//! Why answers cannot be judged as asked.

/// Something that was asked for and does not fit the answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JudgeError {
    /// No system is called so.
    #[error("no system is called {name}; known: {known}")]
    UnknownSystem {
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// The groups are of fewer people than the answers.
    #[error("the groups are of {people} people, and person {person} (from 0) is none of them")]
    NotGrouped {
        /// How many people have a group.
        people: usize,
        /// The person who has none.
        person: usize,
    },
}
