//! Ways to the files of a repository, a folder or a server over HTTPS, and to a server that takes batches.

mod error;
mod folder;
mod https;

use std::io::{ErrorKind, Read};
use std::path::Path;

pub use error::{AddressError, FetchError};
pub use folder::Folder;
pub use https::{Https, Timeouts};

/// Bytes that are handed on at once, at most.
const CHUNK_BYTES: usize = 16_384;

/// A way to the files of one repository.
pub trait Transport {
    /// Fetches the file at `path` below the repository's address. Its bytes are handed on as they come, until it ends or
    /// `take` says `false`, which ends the fetching as well; no more than one chunk of 16 KiB is read beyond that.
    ///
    /// # Errors
    /// [`FetchError`]; some of the bytes may have been handed on before.
    fn fetch(&self, path: &str, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), FetchError>;
}

/// A way to a server that takes batches.
pub trait Post {
    /// Sends `body` to the `path` below the server's address, under an id of 32 hexadecimal digits; returns the status.
    ///
    /// # Errors
    /// [`FetchError`], where no answer came.
    fn post(&self, path: &str, id: &str, body: &[u8]) -> Result<u16, FetchError>;
}

/// The way to an address: `https://` and what follows, or a folder. The authorities in `ca_file` are then the only ones that
/// may vouch for the server; without it those are that the system trusts.
///
/// # Errors
/// [`AddressError`].
pub fn to(address: &str, ca_file: Option<&Path>) -> Result<Box<dyn Transport>, AddressError> {
    if address.contains("://") {
        return Ok(Box::new(Https::new(address, ca_file, Timeouts::default())?));
    }
    if ca_file.is_some() {
        return Err(AddressError::NoServer);
    }
    Ok(Box::new(Folder::new(Path::new(address))?))
}

/// Reads to the end, or until `take` says `false`.
fn hand_on(mut body: impl Read, take: &mut dyn FnMut(&[u8]) -> bool) -> Result<(), FetchError> {
    let mut chunk = [0; CHUNK_BYTES];
    loop {
        match body.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(count) => {
                if !take(&chunk[..count]) {
                    return Ok(());
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(FetchError::Broken(error)),
        }
    }
}

#[cfg(test)]
mod tests;
