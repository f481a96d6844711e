//! Why the journal cannot do what it must.

use std::path::PathBuf;

use crate::ledger::LedgerError;

/// Why the journal cannot do what it must.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// A file cannot be read or written.
    #[error("{path} of the journal cannot be {what}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What was tried.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file that is no segment of this format.
    #[error("{path} is no segment of a journal that this server reads")]
    NotASegment {
        /// Which one.
        path: PathBuf,
    },
    /// The ledger failed.
    #[error("the ledger failed")]
    Ledger(#[from] LedgerError),
}

impl JournalError {
    /// What was tried with a file, for `map_err`.
    pub(super) fn file(path: &std::path::Path, what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, what, source }
    }
}
