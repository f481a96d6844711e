//! Why something of a repository is not believed. No text of a repository is in any message.

use super::envelope::Role;

/// Why a file was refused. What was trusted before stays as it was, to the byte.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The file is longer than this library, or what names the file, allows.
    #[error("{role} has more than {max} bytes")]
    TooLarge {
        /// Of the file.
        role: Role,
        /// The most bytes.
        max: usize,
    },
    /// It does not begin as a signed file does, or ends too soon.
    #[error("this is no signed file")]
    NotSigned,
    /// A later library wrote it.
    #[error("a signed file of format {found}; this library reads up to {supported}")]
    NewerFormat {
        /// Of the file.
        found: u8,
        /// The newest that is read.
        supported: u8,
    },
    /// It is a signed file of another kind.
    #[error("a {found} was given as the {expected}")]
    WrongRole {
        /// What it had to be.
        expected: Role,
        /// What it says it is.
        found: Role,
    },
    /// Not enough of the keys that may sign it did.
    #[error("{valid} of the {threshold} signatures that a {role} needs are right")]
    Signatures {
        /// Of the file.
        role: Role,
        /// Distinct keys that may sign, and did.
        valid: usize,
        /// How many it takes.
        threshold: usize,
    },
    /// The bytes are not those that were named.
    #[error("the {role} is not the file that was named")]
    Mismatch {
        /// Of the file.
        role: Role,
    },
    /// The payload is no message.
    #[error("the {role} cannot be decoded")]
    Undecodable {
        /// Of the file.
        role: Role,
    },
    /// A field is not what it must be.
    #[error("{role}: {field} must be {limit}")]
    Field {
        /// Of the file.
        role: Role,
        /// The field's name.
        field: &'static str,
        /// What it must be.
        limit: &'static str,
    },
    /// It belongs to another product.
    #[error("the {role} is another product's")]
    WrongProduct {
        /// Of the file.
        role: Role,
    },
    /// It is of another channel than the one followed.
    #[error("the {role} is another channel's")]
    WrongChannel {
        /// Of the file.
        role: Role,
    },
    /// It is older than what is known, or a version was left out.
    #[error("the {role} has version {found}; it must be {expected}")]
    Version {
        /// Of the file.
        role: Role,
        /// What it has.
        found: u64,
        /// What it must have, in words and with the number.
        expected: ExpectedVersion,
    },
    /// Two different files have the same version.
    #[error("the {role} differs from the one known under the same version")]
    Changed {
        /// Of the file.
        role: Role,
    },
    /// It counts no longer.
    #[error("the {role} has expired")]
    Expired {
        /// Of the file.
        role: Role,
    },
    /// A delta does not lead to what was named.
    #[error("delta: {0}")]
    Delta(#[from] DeltaError),
    /// What was fetched as the bundle is not the one that the release names.
    #[error("this is not the bundle that was named")]
    WrongBundle,
}

/// Which version a file must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ExpectedVersion {
    /// Exactly this one.
    #[error("{0}")]
    Exactly(u64),
    /// This one or a later one.
    #[error("{0} or later")]
    AtLeast(u64),
}

/// Why a delta was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeltaError {
    /// It is longer than what names it says, or than the largest one.
    #[error("it is too large")]
    TooLarge,
    /// It does not begin as a delta does, or ends too soon.
    #[error("this is no delta")]
    NotADelta,
    /// A later library wrote it.
    #[error("a delta of format {found}; this library reads up to {supported}")]
    NewerFormat {
        /// Of the delta.
        found: u8,
        /// The newest that is read.
        supported: u8,
    },
    /// Its segments reach outside of the base, or do not add up to the result.
    #[error("its segments do not fit")]
    Segments,
    /// What is packed cannot be unpacked, or is longer or shorter than it says.
    #[error("its contents cannot be unpacked")]
    Contents,
    /// It, or what it leads to, is not the file that the release names.
    #[error("this is not the file that was named")]
    Mismatch,
}
