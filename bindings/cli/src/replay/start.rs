//! The start weights a replay uses: which were asked for, and whether they may be judged on this log.

use std::path::{Path, PathBuf};

use foretap_core::Event;
use foretap_core::habits::StartWeights;

use super::lesson::{self, FOLDS};
use crate::logs::{Format, Log};

/// Which start weights a replay should use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartChoice {
    /// [`Self::LeaveUserOut`] of the log that the shipped weights were learned on, else [`Self::Shipped`].
    Auto,
    /// Those that the core ships.
    Shipped,
    /// None: every expert counts the same.
    Neutral,
    /// Learned now, for each fold of users from the others.
    LeaveUserOut,
    /// A table, or a folder with a table for each fold.
    Path(PathBuf),
}

impl std::str::FromStr for StartChoice {
    type Err = std::convert::Infallible;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Ok(match word {
            "auto" => Self::Auto,
            "shipped" => Self::Shipped,
            "neutral" => Self::Neutral,
            "leave-user-out" => Self::LeaveUserOut,
            path => Self::Path(path.into()),
        })
    }
}

/// Why start weights cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// The table cannot be read.
    #[error("{}: cannot be read ({source}); it is none of auto, shipped, neutral, leave-user-out either", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no table of start weights.
    #[error("{}:{line}: {reason}", path.display())]
    BadTable {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// The weights were learned on the log that they would be judged on.
    #[error("the {name} weights were learned on this very log; choose leave-user-out, or allow it with --allow-seen")]
    Seen {
        /// Which weights.
        name: String,
    },
}

/// The start weights of everyone in a log.
#[derive(Debug, Clone)]
pub struct Start {
    /// What tables and JSON call them.
    pub name: String,
    /// Whether they were learned on the very people they are judged on.
    pub is_seen: bool,
    /// One for everyone, or one for each fold.
    tables: Vec<StartWeights>,
}

impl Start {
    /// Finds or learns the weights for a log whose people have these events, in the order of `log.users`. `each` hears of
    /// every event played while learning.
    ///
    /// # Errors
    /// [`StartError`] if a table cannot be read, or was learned on this log and `allow_seen` is false.
    pub fn find(
        choice: &StartChoice,
        log: &Log,
        people: &[&[Event]],
        allow_seen: bool,
        each: &(impl Fn() + Sync),
    ) -> Result<Self, StartError> {
        let unseen = |name: &str, tables| Self { name: name.into(), is_seen: false, tables };
        let start = match choice.of(log) {
            StartChoice::Path(path) if path.is_dir() => {
                let tables = (0..FOLDS).map(|fold| table(&path.join(format!("fold_{fold}.tsv"))));
                return Ok(unseen(&format!("folds of {}", path.display()), tables.collect::<Result<_, _>>()?));
            }
            StartChoice::LeaveUserOut => {
                return Ok(unseen("leave-user-out", lesson::learn_folds(people, &log.sha256, each)));
            }
            StartChoice::Neutral => unseen("neutral", vec![StartWeights::neutral()]),
            StartChoice::Path(path) => unseen(&path.display().to_string(), vec![table(&path)?]),
            StartChoice::Shipped | StartChoice::Auto => unseen("shipped", vec![StartWeights::default()]),
        };
        let is_seen = start.tables.iter().any(|table| table.learned_on().contains(&log.sha256));
        match is_seen && !allow_seen {
            true => Err(StartError::Seen { name: start.name }),
            false => Ok(Self { is_seen, ..start }),
        }
    }

    /// The weights of a person, by the place in the order of names from 0.
    #[must_use]
    pub fn of(&self, person: usize) -> &StartWeights {
        &self.tables[lesson::fold_of(person) % self.tables.len()]
    }
}

impl StartChoice {
    /// The choice without [`Self::Auto`].
    #[must_use]
    pub fn of(&self, log: &Log) -> Self {
        let is_known = || {
            let shipped = StartWeights::default();
            log.format == Format::Ubiqlog || shipped.learned_on().contains(&log.sha256)
        };
        match self {
            Self::Auto if is_known() => Self::LeaveUserOut,
            Self::Auto => Self::Shipped,
            other => other.clone(),
        }
    }
}

fn table(path: &Path) -> Result<StartWeights, StartError> {
    let text = std::fs::read_to_string(path);
    let text = text.map_err(|source| StartError::Unreadable { path: path.to_owned(), source })?;
    StartWeights::parse(&text).map_err(|error| match error {
        foretap_core::Error::BadTable { line, reason, .. } => {
            StartError::BadTable { path: path.to_owned(), line, reason: reason.to_owned() }
        }
        other => StartError::BadTable { path: path.to_owned(), line: 1, reason: other.to_string() },
    })
}
