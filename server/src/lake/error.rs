//! Why the lake cannot do what it must.

use object_store::path::Path;
use parquet::errors::ParquetError;

/// Why the lake cannot do what it must.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LakeError {
    /// The store of objects failed.
    #[error("the lake's store failed")]
    Store(#[from] object_store::Error),
    /// The store of objects does not answer.
    #[error("the lake's store does not answer in time")]
    Slow,
    /// The server ends before the store of objects has answered. The next start does what is left.
    #[error("the server stops")]
    Stopping,
    /// A part of the lake is not what was written.
    #[error("the part {part} cannot be read or written")]
    Part {
        /// Which one.
        part: String,
        /// Why.
        source: ParquetError,
    },
    /// What a put left behind cannot be removed.
    #[error("the lake's folder cannot be swept")]
    Sweep(#[source] std::io::Error),
}

impl LakeError {
    /// What failed with a part, for `map_err`.
    pub(crate) fn parquet(part: &Path) -> impl FnOnce(ParquetError) -> Self {
        let part = part.to_string();
        |source| Self::Part { part, source }
    }
}
