//! Everything that can go wrong in the core, in the words a host can act on. No variant shows user data.

use std::path::PathBuf;

/// The result of the core's fallible functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. `Display` never contains an item, a place or a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A number outside its documented range.
    #[error("{what} is outside {limit}")]
    OutOfRange {
        /// The argument's name.
        what: &'static str,
        /// The accepted range.
        limit: &'static str,
    },
    /// A text that is empty, too long, or holds control characters.
    #[error("{what} must have 1 to {max_bytes} bytes and no control characters")]
    BadText {
        /// The argument's name.
        what: &'static str,
        /// The longest accepted length, in bytes of UTF-8.
        max_bytes: usize,
    },
    /// Start weights (or another shipped table) that cannot be read.
    #[error("{what}, line {line}: {reason}")]
    BadTable {
        /// Which table.
        what: &'static str,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key or salt is not the one this log was made with. Nothing was changed; keep the file.
    #[error("the key does not open this log (nothing was changed)")]
    KeyMismatch,
    /// The log was written by a newer version of this library. Nothing was changed; update the library.
    #[error("the log has schema {found}, this library reads up to {supported} (nothing was changed)")]
    NewerSchema {
        /// The schema number found in the log.
        found: u32,
        /// The newest schema number this library reads.
        supported: u32,
    },
    /// The log is damaged and could not be set aside either; it lies where it lay.
    #[error("the log at {path:?} is damaged and could not be set aside")]
    Damaged {
        /// Where the log lies.
        path: PathBuf,
        /// Why it could not be set aside.
        #[source]
        source: std::io::Error,
    },
    /// A part of the log cannot be read: the storage changed bytes. The log is checked as a whole at the next open,
    /// which sets it aside and starts a new one if the damage is real; until then every call on this log says this.
    #[error("the log is damaged; opening it again sets it aside")]
    Corrupt,
    /// What lies at the log's path, or at that of a file beside it, is a folder, a link or a device.
    #[error("{path:?} is not an ordinary file (nothing was changed)")]
    NotAFile {
        /// Where it lies.
        path: PathBuf,
    },
    /// Busy, full, or an I/O error: nothing of this call was kept, a later try can succeed.
    #[error("storage is not available now ({reason}); try again")]
    Transient {
        /// Why.
        reason: TransientReason,
        /// SQLite's own error.
        #[source]
        source: rusqlite::Error,
    },
    /// The log's folder is missing, or a file beside the log could not be read or written; with a folder that is there, a
    /// later try can succeed.
    #[error("the log's folder or a file beside the log could not be read or written")]
    Io(#[from] std::io::Error),
    /// SQLite refused something that the core did not expect.
    #[error("unexpected answer of the storage")]
    Storage(#[source] rusqlite::Error),
}

/// Why the storage is not available now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransientReason {
    /// Another connection holds the lock.
    Busy,
    /// The disk is full.
    Full,
    /// Reading or writing failed.
    Io,
    /// Memory ran out.
    Memory,
}

impl std::fmt::Display for TransientReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Busy => "locked by another connection",
            Self::Full => "the disk is full",
            Self::Io => "input/output error",
            Self::Memory => "out of memory",
        })
    }
}
