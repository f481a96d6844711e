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
    /// The model bundle cannot be used; rankings go on without a model.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// The export cannot be read or written; nothing of the engine that was told to was changed.
    #[error(transparent)]
    Backup(#[from] BackupError),
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

/// What is wrong with a model bundle. `Display` names parts, fields and limits; a bundle holds no person's data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BundleError {
    /// The bundle is larger than any can be.
    #[error("the bundle has {bytes} bytes, more than {max}")]
    TooLarge {
        /// The bundle's size, in bytes.
        bytes: usize,
        /// The largest accepted size, in bytes.
        max: usize,
    },
    /// Loading it panicked, or ended the process more than once: it is left alone.
    #[error("loading the bundle failed unexpectedly")]
    Crashed,
    /// The bytes do not begin as every bundle does.
    #[error("not a model bundle")]
    NotABundle,
    /// The bundle was written by a newer version of this library; update the library.
    #[error("the bundle has format {found}, this library reads up to {supported}")]
    NewerFormat {
        /// The format number found.
        found: u8,
        /// The newest format number that this library reads.
        supported: u8,
    },
    /// The bytes are cut off or changed: the payload does not have the SHA-256 sum that stands before it.
    #[error("the bundle is damaged: its SHA-256 sum does not fit")]
    Damaged,
    /// The payload is no protobuf message of a bundle.
    #[error("the bundle's payload cannot be decoded: {reason}")]
    Undecodable {
        /// The decoder's words: a field and what is wrong with its encoding.
        reason: String,
    },
    /// A field that is missing or outside its limit.
    #[error("the bundle's {field} must be {limit}")]
    Field {
        /// The field, by its path: `manifest.name`.
        field: &'static str,
        /// What is accepted.
        limit: &'static str,
    },
    /// The start weights cannot be read.
    #[error("the bundle's start weights, line {line}: {reason}")]
    StartWeights {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The model was trained on other features than this library computes.
    #[error("the bundle's model reads features {}, this library has {}", ShortHex(found), ShortHex(expected))]
    WrongSchema {
        /// The bundle's feature schema.
        found: [u8; 32],
        /// This library's.
        expected: [u8; 32],
    },
    /// The graph is not one that this library runs.
    #[error("the bundle's graph: {reason}")]
    Graph {
        /// What is wrong with it.
        reason: String,
    },
    /// A golden vector is not what it must be, or the model does not give what it says.
    #[error("the bundle's golden vector {vector}: {reason}")]
    Golden {
        /// Which one, from 0.
        vector: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// What is wrong with an export. `Display` names parts, fields and limits, and nothing of what is in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// The bytes do not begin as every export does.
    #[error("not an export")]
    NotAnExport,
    /// The export was written by a newer version of this library; update the library.
    #[error("the export has format or schema {found}, this library reads up to {supported}")]
    NewerFormat {
        /// The number found.
        found: u32,
        /// The newest number that this library reads.
        supported: u32,
    },
    /// The export is locked with the other kind of secret.
    #[error("the export is locked with a {expected}")]
    OtherSecret {
        /// `key` or `passphrase`.
        expected: &'static str,
    },
    /// A passphrase that is too short or too long.
    #[error("a passphrase must have {min} to {max} bytes")]
    Passphrase {
        /// The fewest bytes.
        min: usize,
        /// The most bytes.
        max: usize,
    },
    /// The secret is not the export's, or its beginning was changed or cut off: the two cannot be told apart.
    #[error("the secret does not open this export, or the export was changed")]
    WrongSecret,
    /// The secret is right, and what comes later was changed, moved, cut off or added to.
    #[error("the export is damaged: it was changed, or a part of it is missing")]
    Damaged,
    /// The export ends before its first or within its last few bytes.
    #[error("the export is cut off")]
    Cut,
    /// The export has more than it may have.
    #[error("the export has more than {max} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// The most that is accepted.
        max: u64,
    },
    /// What was sealed is no export's content: another program made it.
    #[error("the export's content cannot be decoded: {reason}")]
    Undecodable {
        /// What is wrong with its encoding.
        reason: String,
    },
    /// A field that is missing or outside its limit.
    #[error("the export's {field} must be {limit}")]
    Field {
        /// The field, by its path: `event.item`.
        field: &'static str,
        /// What is accepted.
        limit: &'static str,
    },
}

impl BackupError {
    pub(crate) fn undecodable(reason: &str) -> Self {
        Self::Undecodable { reason: reason.to_owned() }
    }
}

/// Shows the first bytes of a sum, enough to tell two apart: `c4f950cb...`.
struct ShortHex<'a>(&'a [u8; 32]);

impl std::fmt::Display for ShortHex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0[..4].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str("...")
    }
}
