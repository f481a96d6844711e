//! Why the ledger cannot do what it must.

/// Why the ledger cannot do what it must.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LedgerError {
    /// The database failed.
    #[error("the ledger's database failed")]
    Sqlite(#[from] rusqlite::Error),
    /// Another version of the server made it.
    #[error("the ledger has version {found}; this server reads {supported}")]
    OtherVersion {
        /// Of the file.
        found: i64,
        /// The one that is read.
        supported: i64,
    },
    /// Somebody else reads it for too long.
    #[error("the ledger is held by another reader")]
    Busy,
    /// The system has no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}
