//! The files of a log: the database, what SQLite keeps beside it, and what the store keeps beside it.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A log's files, named after the database.
#[derive(Debug, Clone)]
pub(super) struct Files {
    /// The database.
    pub(super) database: PathBuf,
}

impl Files {
    /// What SQLite keeps beside a database.
    const SIDECARS: [&str; 3] = ["-wal", "-shm", "-journal"];

    /// The files of a database. The path is made absolute: SQLite takes one that starts with `file:` for a URI.
    ///
    /// # Errors
    /// [`Error::Io`] if the path is empty or the current folder is gone.
    pub(super) fn of(database: &Path) -> Result<Self> {
        Ok(Self { database: std::path::absolute(database)? })
    }

    /// The key check value and the count of resets.
    pub(super) fn seal(&self) -> PathBuf {
        self.beside(".kcv")
    }

    /// Habits, controls and tokens of what was sent, for a log that is gone.
    pub(super) fn snapshot(&self) -> PathBuf {
        self.beside(".snapshot")
    }

    /// The one slot for a damaged database.
    pub(super) fn quarantine(&self) -> PathBuf {
        self.beside(".quarantine")
    }

    /// Tokens that an erasure leaves, for the next log at this path.
    pub(super) fn erasures(&self) -> PathBuf {
        self.beside(".erasures")
    }

    /// Exists while an erasure is under way; an open that finds it finishes the erasure first.
    pub(super) fn erasing(&self) -> PathBuf {
        self.beside(".erasing")
    }

    /// Exists when a part of the database could not be read; the next open checks the whole of it.
    pub(super) fn suspect(&self) -> PathBuf {
        self.beside(".suspect")
    }

    /// Refuses what is not an ordinary file: writing through a link would change a file that is not ours.
    ///
    /// # Errors
    /// [`Error::NotAFile`]; [`Error::Io`] if a path cannot be looked at.
    pub(super) fn check_ordinary(&self) -> Result<()> {
        for path in self.all().into_iter().chain([self.erasures()]) {
            match fs::symlink_metadata(&path) {
                Ok(found) if !found.is_file() => return Err(Error::NotAFile { path }),
                Ok(_) => {}
                Err(error) if is_absent(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Moves the database and its write-ahead log to the quarantine slot, in place of what was there.
    ///
    /// # Errors
    /// [`Error::Damaged`]; calling again goes on where this stopped.
    pub(super) fn set_aside(&self) -> Result<PathBuf> {
        let moved = || {
            let slot = self.quarantine();
            // The database goes first: SQLite drops a write-ahead log that has no database.
            if exists(&self.database)? {
                scrub(&slot)?;
                fs::rename(&self.database, &slot)?;
            }
            for (sidecar, kept) in Self::SIDECARS.into_iter().zip([true, false, false]) {
                let old = with_suffix(&slot, sidecar);
                scrub(&old)?;
                let new = self.beside(sidecar);
                if kept && exists(&new)? {
                    fs::rename(&new, &old)?;
                } else {
                    remove(&new)?;
                }
            }
            self.sync_folder()?;
            Ok(slot)
        };
        moved().map_err(|source| Error::Damaged { path: self.database.clone(), source })
    }

    /// Overwrites and removes what is in the quarantine slot.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn scrub_quarantine(&self) -> Result<()> {
        let slot = self.quarantine();
        scrub(&slot)?;
        for sidecar in Self::SIDECARS {
            scrub(&with_suffix(&slot, sidecar))?;
        }
        Ok(self.sync_folder()?)
    }

    /// Overwrites and removes every file of the log; the mark of the erasure goes last.
    ///
    /// # Errors
    /// The system's; the mark stays, so that the next open goes on.
    pub(super) fn scrub_all(&self) -> Result<()> {
        self.mark(&self.erasing())?;
        for path in self.all() {
            if path != self.erasing() {
                scrub(&path)?;
            }
        }
        self.sync_folder()?;
        remove(&self.erasing())?;
        Ok(self.sync_folder()?)
    }

    /// Makes an empty file and waits until it would survive a power cut.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn mark(&self, path: &Path) -> Result<()> {
        OpenOptions::new().create(true).truncate(false).write(true).open(path)?.sync_all()?;
        Ok(self.sync_folder()?)
    }

    /// Writes a file for this user alone, as a whole or not at all: temporary, fsync, rename, fsync of the folder.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn write_whole(&self, path: &Path, bytes: &[u8]) -> Result<()> {
        let temporary = with_suffix(path, ".tmp");
        // Another file rather than other bytes: one that was left over may be for others to read.
        remove(&temporary)?;
        let mut options = OpenOptions::new();
        options.create_new(true).write(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&temporary)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&temporary, path)?;
        Ok(self.sync_folder()?)
    }

    /// Removes what [`Self::write_whole`] had written when it was interrupted.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn drop_half_written(&self) -> Result<()> {
        Ok(self.half_written().iter().try_for_each(|path| remove(path))?)
    }

    /// Where a file lies that is being written.
    fn half_written(&self) -> [PathBuf; 3] {
        [self.snapshot(), self.seal(), self.erasures()].map(|path| with_suffix(&path, ".tmp"))
    }

    fn all(&self) -> Vec<PathBuf> {
        let slot = self.quarantine();
        let mut all = vec![self.database.clone(), slot.clone(), self.erasing(), self.suspect()];
        all.extend(Self::SIDECARS.into_iter().flat_map(|s| [self.beside(s), with_suffix(&slot, s)]));
        all.extend(self.half_written());
        all.extend([self.snapshot(), self.seal()]);
        all
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        with_suffix(&self.database, suffix)
    }

    /// Makes renames and removals survive a power cut. Windows has no such call and needs none.
    fn sync_folder(&self) -> std::io::Result<()> {
        if cfg!(unix) {
            let folder = self.database.parent().unwrap_or(Path::new("/"));
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }
}

/// The bytes of a small file; `None` if there is none.
///
/// # Errors
/// The system's.
pub(super) fn read_small(path: &Path, at_most: u64) -> Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut bytes = Vec::new();
    file.take(at_most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// Removes a file if there is one.
///
/// # Errors
/// The system's.
pub(super) fn remove(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if !is_absent(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Whether something lies at a path.
///
/// # Errors
/// The system's, other than that there is nothing.
pub(super) fn exists(path: &Path) -> std::io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(true),
        Err(error) if is_absent(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Overwrites a file with zeros, waits for the disk, and removes it. Flash storage may keep old blocks all the same:
/// what protects those is that the host throws the key away.
fn scrub(path: &Path) -> std::io::Result<()> {
    let length = match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => found.len(),
        // A link is removed, what it points to is left alone; a folder makes the removal fail.
        Ok(_) => return remove(path),
        Err(error) if is_absent(&error) => return Ok(()),
        Err(error) => return Err(error),
    };
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.seek(SeekFrom::Start(0))?;
    std::io::copy(&mut std::io::repeat(0).take(length), &mut file)?;
    file.sync_all()?;
    file.set_len(0)?;
    file.sync_all()?;
    remove(path)
}

fn is_absent(error: &std::io::Error) -> bool {
    error.kind() == ErrorKind::NotFound
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
