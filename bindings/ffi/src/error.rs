//! What can go wrong, in the variants that a caller can act on.

use foretap_core::upload::UploadError;
use foretap_core::{BackupError, Error};

/// What went wrong. Messages hold no item, no place and no key.
#[derive(Debug, thiserror::Error, uniffi::Error)]
#[uniffi(flat_error)]
#[non_exhaustive]
pub enum ForetapError {
    /// An argument is outside its documented limits: nothing was done.
    #[error("{0}")]
    InvalidArgument(String),
    /// The key or salt is not the one that the log was made with. Nothing was changed; keep the file.
    #[error("{0}")]
    KeyMismatch(String),
    /// The log, export or bundle was written by a newer version of this library. Nothing was changed; update the library.
    #[error("{0}")]
    Newer(String),
    /// Another process, or another engine of this one, has the log.
    #[error("another engine has this log open")]
    InUse,
    /// The storage is busy, full, or failed: nothing of this call was kept, and a later try can succeed.
    #[error("{0}")]
    Transient(String),
    /// The log is damaged; opening it again sets it aside and begins with what its snapshot knew.
    #[error("{0}")]
    Damaged(String),
    /// The secret does not open this export.
    #[error("{0}")]
    WrongSecret(String),
    /// The file is no export, or one that was changed or cut off. Nothing was changed here.
    #[error("{0}")]
    BadExport(String),
    /// The export's file could not be written or read. Nothing was changed here.
    #[error("the export's file could not be written or read")]
    File,
    /// The engine was shut or erased.
    #[error("the engine is closed")]
    Closed,
    /// A defect of this library; the next call works. What was recorded before is kept.
    #[error("internal error in {export}")]
    Internal {
        /// The exported function.
        export: &'static str,
    },
    /// The storage gave an answer that nobody expected.
    #[error("{0}")]
    Other(String),
}

impl From<Error> for ForetapError {
    fn from(error: Error) -> Self {
        let message = error.to_string();
        match error {
            Error::OutOfRange { .. } | Error::BadText { .. } | Error::BadTable { .. } => Self::InvalidArgument(message),
            // Its message names the path, which is the host's own argument.
            Error::NotAFile { .. } => {
                Self::InvalidArgument("what lies at the log's path is not an ordinary file".into())
            }
            Error::KeyMismatch => Self::KeyMismatch(message),
            Error::NewerSchema { .. } => Self::Newer(message),
            Error::Damaged { .. } => Self::Damaged("the log is damaged and could not be set aside".into()),
            Error::Corrupt => Self::Damaged(message),
            Error::Transient { .. } | Error::Io(_) => Self::Transient(message),
            Error::Backup(error) => error.into(),
            _ => Self::Other(message),
        }
    }
}

impl From<BackupError> for ForetapError {
    fn from(error: BackupError) -> Self {
        let message = error.to_string();
        match error {
            BackupError::Passphrase { .. } => Self::InvalidArgument(message),
            BackupError::NewerFormat { .. } => Self::Newer(message),
            BackupError::OtherSecret { .. } | BackupError::WrongSecret => Self::WrongSecret(message),
            _ => Self::BadExport(message),
        }
    }
}

impl From<UploadError> for ForetapError {
    fn from(error: UploadError) -> Self {
        let message = error.to_string();
        match error {
            UploadError::OtherFormat { .. } => Self::Newer(message),
            _ => Self::Other(message),
        }
    }
}
