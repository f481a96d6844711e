//! Who has the log: one engine of one process at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::ForetapError;

/// A lock on a file beside the log, held while this value lives. The system lets it go when the process ends, however it
/// ends. The file is empty.
#[derive(Debug)]
pub(crate) struct Owner {
    _file: File,
}

impl Owner {
    /// Takes the lock.
    ///
    /// # Errors
    /// [`ForetapError::InUse`]; [`ForetapError::Transient`] if the file cannot be made.
    pub(crate) fn of(log: &Path) -> Result<Self, ForetapError> {
        let unavailable = |_| ForetapError::Transient("the log's folder could not be written".into());
        let file = OpenOptions::new().create(true).append(true).open(beside(log)).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ForetapError::InUse),
            Err(TryLockError::Error(error)) => Err(unavailable(error)),
        }
    }

    /// Removes the file of an erased log, which tells no more than that there was one.
    pub(crate) fn forget(log: &Path) {
        // A file that stays is empty and locks nobody out.
        let _ = std::fs::remove_file(beside(log));
    }
}

fn beside(log: &Path) -> PathBuf {
    let mut name = log.as_os_str().to_owned();
    name.push(".owner");
    name.into()
}
