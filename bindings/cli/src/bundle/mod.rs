//! Model bundles as files: packed from a folder of parts, shown, and checked.

mod error;
mod inspect;
mod members;
mod parts;
mod verify;

use std::path::Path;

use foretap_core::model::Bundle;

pub use error::BundleFileError;
pub use inspect::{json, table};
pub use parts::read_parts;
pub use verify::{Finding, FurtherCheck, verify};

/// Reads the bytes of a bundle's file.
///
/// # Errors
/// [`BundleFileError::Unreadable`].
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, BundleFileError> {
    std::fs::read(path).map_err(BundleFileError::unreadable(path))
}

/// Reads a bundle.
///
/// # Errors
/// [`BundleFileError::Unreadable`], or [`BundleFileError::Bad`] with what is wrong with it.
pub fn read(path: &Path) -> Result<Bundle, BundleFileError> {
    Bundle::parse(&read_bytes(path)?).map_err(BundleFileError::bad(path))
}

/// Packs the parts in a folder; what it gives can be read back.
///
/// # Errors
/// [`BundleFileError`] with the part that is missing, cannot be read, or is not what it must be.
pub fn pack(folder: &Path) -> Result<Vec<u8>, BundleFileError> {
    read_parts(folder)?.pack().map_err(|source| {
        let path = parts::part_of(&source).map_or_else(|| folder.to_owned(), |part| folder.join(part));
        BundleFileError::Bad { path, source }
    })
}

#[cfg(test)]
mod tests;
