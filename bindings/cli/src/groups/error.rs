//! Why groups cannot be used. No message holds a person's name.

use std::path::PathBuf;

/// A table of groups that cannot be used: which file, and why.
#[derive(Debug, thiserror::Error)]
#[error("{}: {fault}", path.display())]
pub struct GroupsError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub fault: GroupsFault,
}

/// What is wrong with groups.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GroupsFault {
    /// The file cannot be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[source] std::io::Error),
    /// A row is not as it must be.
    #[error("line {line}: {reason}")]
    BadRow {
        /// The line, from 1.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Nobody is left to learn from where everyone is held out.
    #[error("everyone is of one group; two are needed")]
    One,
    /// Too many groups.
    #[error("{count} groups; at most {}", super::Groups::MOST)]
    Many {
        /// How many there are.
        count: usize,
    },
    /// The groups are of other people.
    #[error("its people are not those of {log}")]
    OtherPeople {
        /// The log's name.
        log: String,
    },
}
