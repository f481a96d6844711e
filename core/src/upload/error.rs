//! Why a batch is none. No content of a batch is in any message.

/// Why bytes were refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum UploadError {
    /// More bytes than a batch may have, packed or unpacked.
    #[error("a batch has at most {max} bytes {}", if *.packed { "packed" } else { "unpacked" })]
    TooLarge {
        /// The most bytes.
        max: usize,
        /// Which of both.
        packed: bool,
    },
    /// It does not begin as a batch does.
    #[error("this is no batch")]
    NotABatch,
    /// Another library sealed it.
    #[error("a batch of format {found}; this library reads {supported}")]
    OtherFormat {
        /// Of the batch.
        found: u8,
        /// The one that is read.
        supported: u8,
    },
    /// It was changed since it was sealed, or cannot be unpacked.
    #[error("these bytes are not those that were sealed")]
    Damaged,
    /// No message of a batch.
    #[error("the batch cannot be decoded")]
    Undecodable,
    /// A field is not what it must be.
    #[error("{field} must be {limit}")]
    Field {
        /// Which field.
        field: &'static str,
        /// What it must be.
        limit: &'static str,
    },
}
