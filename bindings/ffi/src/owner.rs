//! Who has the log: one engine of one process at a time.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use crate::beside::beside;
use crate::error::ForetapError;

/// How often a lock is tried for whose file was removed under it.
const TRIES: usize = 3;

/// A lock on a file beside the log, held while this value lives. The system lets it go when the process ends, however it
/// ends. The file is empty.
#[derive(Debug)]
pub(crate) struct Owner {
    /// The lock is the open file's.
    file: File,
    path: PathBuf,
}

impl Owner {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`ForetapError::InUse`]; [`ForetapError::Transient`] if the file cannot be made or locked.
    pub(crate) fn of(log: &Path) -> Result<Self, ForetapError> {
        let path = beside(log, ".owner");
        for _ in 0..TRIES {
            let unavailable = |_| ForetapError::Transient("the log's folder could not be written".into());
            let file = OpenOptions::new().create(true).append(true).open(&path).map_err(unavailable)?;
            let owner = Self { file, path: path.clone() };
            if !lock(&owner.file)? {
                return Err(ForetapError::InUse);
            }
            // Who erased the log in between has removed the file: a lock on that keeps nobody out.
            if owner.is_there() {
                return Ok(owner);
            }
        }
        Err(ForetapError::InUse)
    }

    /// Removes the file of an erased log, which tells no more than that there was one, and lets go.
    pub(crate) fn forget(self) {
        // A file that stays is empty and locks nobody out.
        let _ = std::fs::remove_file(&self.path);
    }

    /// Whether the file that is locked is the one that others would lock.
    #[cfg(unix)]
    fn is_there(&self) -> bool {
        use std::os::unix::fs::MetadataExt;
        let numbers = |found: std::io::Result<std::fs::Metadata>| found.ok().map(|data| (data.dev(), data.ino()));
        let here = numbers(self.file.metadata());
        here.is_some() && here == numbers(std::fs::metadata(&self.path))
    }

    #[cfg(not(unix))]
    fn is_there(&self) -> bool {
        self.path.exists()
    }
}

/// Whether the lock is had now. `flock` rather than the standard library's lock, which Android's Rust lacks before 1.98.
#[cfg(unix)]
fn lock(file: &File) -> Result<bool, ForetapError> {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(Errno::WOULDBLOCK) => Ok(false),
        Err(_) => Err(ForetapError::Transient("the log could not be locked".into())),
    }
}

#[cfg(not(unix))]
fn lock(file: &File) -> Result<bool, ForetapError> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(_)) => Err(ForetapError::Transient("the log could not be locked".into())),
    }
}
