//! Why a JSON file cannot be used.

use std::path::{Path, PathBuf};

/// A file that cannot be read, is no JSON, or has a field that is not what it must be. `Display` begins with the file's
/// path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JsonError {
    /// The file cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no JSON.
    #[error("{}:{}: {source}", path.display(), source.line())]
    NotJson {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: serde_json::Error,
    },
    /// A field is missing, unknown, or not what it must be.
    #[error("{}: {field}: {reason}", path.display())]
    Field {
        /// The file.
        path: PathBuf,
        /// The field, by its path in the file: `next.trust`, `[2].features`.
        field: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl JsonError {
    /// The whole of a file must be something else.
    pub(crate) fn file(path: &Path, must_be: &str) -> Self {
        Self::Field { path: path.to_owned(), field: "the file".to_owned(), reason: format!("must be {must_be}") }
    }
}
