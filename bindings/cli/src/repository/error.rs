//! Why a file of a repository was not made or shown.

use std::path::{Path, PathBuf};

use foretap_core::config::MAX_SYNC_SIGNATURES;
use foretap_core::sync::{DeltaError, SyncError};

use crate::json_file::JsonError;

/// A file that cannot be used. `Display` begins with its path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RepositoryError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A JSON file that cannot be used.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A phone would refuse it.
    #[error("{}: {source}", path.display())]
    Refused {
        /// The file.
        path: PathBuf,
        /// Why.
        source: SyncError,
    },
    /// These are no bytes to be signed.
    #[error("{}: is not what `foretap repository encode` writes", path.display())]
    NotToSign {
        /// The file.
        path: PathBuf,
    },
    /// A signature is not one over these bytes.
    #[error("{}: the signature of key {key} is not one of these bytes", path.display())]
    WrongSignature {
        /// What was to be signed.
        path: PathBuf,
        /// The id of the public key, in hexadecimal digits.
        key: String,
    },
    /// There are more signatures than a phone reads.
    #[error("{}: signatures of more than {MAX_SYNC_SIGNATURES} keys", path.display())]
    TooManySignatures {
        /// What was to be signed.
        path: PathBuf,
    },
    /// No bundle is empty.
    #[error("{}: is empty", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No delta leads to it.
    #[error("{}: no delta leads to it: {source}", path.display())]
    Delta {
        /// The bundle.
        path: PathBuf,
        /// Why.
        source: DeltaError,
    },
}

impl RepositoryError {
    pub(super) fn refused(path: &Path) -> impl Fn(SyncError) -> Self {
        move |source| Self::Refused { path: path.to_owned(), source }
    }
}
