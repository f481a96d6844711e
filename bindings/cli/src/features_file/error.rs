//! Why a features file cannot be written.

use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;

/// A features file that cannot be written, or a query that cannot be in one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeatureFileError {
    /// The file cannot be made.
    #[error("{}: cannot be written: {source}", path.display())]
    Unwritable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file cannot be gone on with.
    #[error("{}: cannot be written: {source}", path.display())]
    Failed {
        /// The file.
        path: PathBuf,
        /// Why.
        source: ParquetError,
    },
    /// A column without a name, or with the name of another.
    #[error("the features file cannot have a column `{name}`, or not twice")]
    BadColumn {
        /// The name.
        name: String,
    },
    /// A query whose parts do not fit each other.
    #[error("query {query} of the features file: {reason}")]
    BadQuery {
        /// Its number, from 0.
        query: i64,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A value that is infinite or no number.
    #[error("query {query} of the features file: a value of {column} is not finite")]
    NotFinite {
        /// Its number, from 0.
        query: i64,
        /// The value's column.
        column: String,
    },
}

impl FeatureFileError {
    pub(super) fn failed(path: &Path) -> impl Fn(ParquetError) -> Self {
        move |source| Self::Failed { path: path.to_owned(), source }
    }
}
