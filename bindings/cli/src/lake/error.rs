//! Why a lake cannot be written.

use std::path::{Path, PathBuf};

use crate::features_file::FeatureFileError;

/// A lake that cannot be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// Another lake lies there.
    #[error("{}: another lake lies there, made otherwise", path.display())]
    Other {
        /// Its description.
        path: PathBuf,
    },
    /// A number that no lake has.
    #[error("{what}")]
    OutOfRange {
        /// Which, and what it may be.
        what: &'static str,
    },
    /// A file or a folder that cannot be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// It.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A features file that cannot be written.
    #[error(transparent)]
    Features(#[from] FeatureFileError),
    /// A person who cannot be simulated.
    #[error(transparent)]
    Person(#[from] foretap_core::Error),
}

impl LakeError {
    pub(super) fn io(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::Io { path: path.to_owned(), source }
    }
}
