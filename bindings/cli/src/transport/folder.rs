//! A repository in a folder: of a publisher that tries out what is to be served, or on a stick.

use std::fs::File;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{AddressError, FetchError, Transport, hand_on};

/// A folder with a repository's files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

impl Folder {
    /// Takes a folder that is there.
    ///
    /// # Errors
    /// [`AddressError::NoFolder`].
    pub fn new(path: &Path) -> Result<Self, AddressError> {
        if path.is_dir() { Ok(Self(path.to_owned())) } else { Err(AddressError::NoFolder { path: path.to_owned() }) }
    }
}

impl Transport for Folder {
    fn fetch(&self, path: &str, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), FetchError> {
        let file = File::open(self.0.join(path)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => FetchError::NotFound,
            _ => FetchError::Broken(error),
        })?;
        hand_on(file, take)
    }
}
