//! Why a bundle, or a part of one, cannot be used.

use std::path::{Path, PathBuf};

use foretap_core::BundleError;

use crate::json_file::JsonError;

/// A file that is no bundle or no part of one. `Display` begins with the file's path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BundleFileError {
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
    /// What the file holds is not what a bundle must hold.
    #[error("{}: {source}", path.display())]
    Bad {
        /// The file, or the folder of parts.
        path: PathBuf,
        /// What is wrong with it.
        source: BundleError,
    },
}

impl BundleFileError {
    pub(super) fn unreadable(path: &Path) -> impl Fn(std::io::Error) -> Self {
        move |source| Self::Unreadable { path: path.to_owned(), source }
    }

    pub(super) fn bad(path: &Path) -> impl Fn(BundleError) -> Self {
        move |source| Self::Bad { path: path.to_owned(), source }
    }
}
