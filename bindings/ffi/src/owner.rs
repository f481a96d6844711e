//! Who has the log: one engine of one process at a time.

use std::collections::BTreeSet;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::beside::beside;
use crate::error::ForetapError;

/// How often a lock is tried for whose file was removed under it.
const TRIES: usize = 3;

/// A log that no other engine opens while this value lives.
#[derive(Debug)]
pub(crate) struct Owner {
    _claim: Claim,
    /// `None` where the host wants no lock.
    lock: Option<Lock>,
}

impl Owner {
    /// Claims the log within this process and, if it is to be locked, among all of them.
    ///
    /// # Errors
    /// [`ForetapError::InUse`]; [`ForetapError::Transient`] if the folder cannot be read or written.
    pub(crate) fn of(log: &Path, is_locked: bool) -> Result<Self, ForetapError> {
        let claim = Claim::of(log)?;
        let lock = is_locked.then(|| Lock::of(log)).transpose()?;
        Ok(Self { _claim: claim, lock })
    }

    /// Removes the file of an erased log, which tells no more than that there was one, and lets go.
    pub(crate) fn forget(self) {
        if let Some(lock) = self.lock {
            // A file that stays is empty and locks nobody out.
            let _ = std::fs::remove_file(&lock.path);
        }
    }
}

/// The logs that this process has open.
static CLAIMED: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

fn claimed() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    // A set whose holder panicked is whole: it is changed by one call.
    CLAIMED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A log's place in the list of this process.
#[derive(Debug)]
struct Claim(PathBuf);

impl Claim {
    fn of(log: &Path) -> Result<Self, ForetapError> {
        let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        // One folder can have many names.
        let folder = folder.canonicalize().map_err(|_| unavailable())?;
        let path = folder.join(log.file_name().unwrap_or_default());
        if claimed().insert(path.clone()) { Ok(Self(path)) } else { Err(ForetapError::InUse) }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        claimed().remove(&self.0);
    }
}

fn unavailable() -> ForetapError {
    ForetapError::Transient("the log's folder could not be written".into())
}

/// A lock on an empty file beside the log. The system lets it go when the process ends, however it ends.
#[derive(Debug)]
struct Lock {
    /// The lock is the open file's.
    file: File,
    path: PathBuf,
}

impl Lock {
    fn of(log: &Path) -> Result<Self, ForetapError> {
        let path = beside(log, ".owner");
        for _ in 0..TRIES {
            let file = OpenOptions::new().create(true).append(true).open(&path).map_err(|_| unavailable())?;
            let taken = Self { file, path: path.clone() };
            if !lock(&taken.file)? {
                return Err(ForetapError::InUse);
            }
            // Who erased the log in between has removed the file: a lock on that keeps nobody out.
            if taken.is_there() {
                return Ok(taken);
            }
        }
        Err(ForetapError::InUse)
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
