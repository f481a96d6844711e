//! The folder of segments.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use bytes::Bytes;

use super::error::JournalError;
use super::scan::{HEADER, Scan};
use crate::config::kept;

/// A folder of segments, and of damaged bytes that were set aside.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Takes a folder; it is made if it is missing. What was being written beside a segment goes.
    pub(crate) fn open(path: &Path) -> Result<Self, JournalError> {
        let folder = Self { path: path.to_owned() };
        fs::create_dir_all(folder.damaged()).map_err(JournalError::file(path, "made"))?;
        for name in folder.names()? {
            if name.ends_with(TEMPORARY) {
                let path = path.join(name);
                fs::remove_file(&path).map_err(JournalError::file(&path, "removed"))?;
            }
        }
        Ok(folder)
    }

    /// The numbers of its segments, from the oldest.
    pub(crate) fn segments(&self) -> Result<Vec<u64>, JournalError> {
        let names = self.names()?;
        let mut numbers: Vec<u64> =
            names.iter().filter_map(|name| name.strip_suffix(".segment")?.parse().ok()).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Reads a segment.
    pub(crate) fn read(&self, number: u64) -> Result<(Bytes, Scan), JournalError> {
        let path = self.segment(number);
        let bytes = Bytes::from(fs::read(&path).map_err(JournalError::file(&path, "read"))?);
        let scan = Scan::of(&bytes).ok_or(JournalError::NotASegment { path })?;
        Ok((bytes, scan))
    }

    /// Makes an empty segment, on the disk when this returns.
    pub(super) fn create(&self, number: u64) -> Result<File, JournalError> {
        self.replace(number, HEADER)
    }

    /// Puts bytes in place of a segment, all or nothing, and opens it to be appended to.
    pub(super) fn replace(&self, number: u64, bytes: &[u8]) -> Result<File, JournalError> {
        let path = self.segment(number);
        let temporary = path.with_added_extension("new");
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(JournalError::file(&temporary, "written"))?;
        crate::failpoint::reach("before-segment-rename");
        fs::rename(&temporary, &path).map_err(JournalError::file(&path, "renamed"))?;
        self.sync()?;
        self.append_to(number)
    }

    /// Opens a segment to be appended to.
    pub(super) fn append_to(&self, number: u64) -> Result<File, JournalError> {
        let path = self.segment(number);
        OpenOptions::new().append(true).open(&path).map_err(JournalError::file(&path, "opened"))
    }

    /// Removes a segment, for good when this returns.
    pub(crate) fn remove(&self, number: u64) -> Result<(), JournalError> {
        let path = self.segment(number);
        fs::remove_file(&path).map_err(JournalError::file(&path, "removed"))?;
        self.sync()
    }

    /// Keeps what is damaged in a segment where a person can look at it, as long as nobody has rows erased.
    pub(crate) fn set_aside(&self, number: u64, bytes: &Bytes, scan: &Scan) -> Result<(), JournalError> {
        for range in &scan.damaged {
            let path = self.damaged().join(format!("{number:08}-{}", range.start));
            fs::write(&path, &bytes[range.clone()]).map_err(JournalError::file(&path, "written"))?;
        }
        Ok(())
    }

    /// Removes what was set aside: all of it, or what has been there for too long.
    pub(crate) fn clear_damaged(&self, only_old: bool) -> Result<(), JournalError> {
        let folder = self.damaged();
        let failed = || JournalError::file(&folder, "cleared");
        let limit = std::time::Duration::from_secs(u64::from(kept::DAMAGED) * 86_400);
        for entry in fs::read_dir(&folder).map_err(failed())? {
            let entry = entry.map_err(failed())?;
            let age = entry.metadata().and_then(|about| about.modified()).map_err(failed())?.elapsed();
            if !only_old || age.is_ok_and(|age| age > limit) {
                fs::remove_file(entry.path()).map_err(failed())?;
            }
        }
        Ok(())
    }

    pub(super) fn segment(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number:08}.segment"))
    }

    fn damaged(&self) -> PathBuf {
        self.path.join("damaged")
    }

    fn names(&self) -> Result<Vec<String>, JournalError> {
        let failed = || JournalError::file(&self.path, "listed");
        let entries = fs::read_dir(&self.path).map_err(failed())?;
        entries
            .map(|entry| Ok(entry.map_err(failed())?.file_name().to_string_lossy().into_owned()))
            .collect::<Result<_, _>>()
    }

    /// What a folder says of its files is on the disk when this returns.
    fn sync(&self) -> Result<(), JournalError> {
        let synced = File::open(&self.path).and_then(|folder| folder.sync_all());
        synced.map_err(JournalError::file(&self.path, "synced"))
    }
}

const TEMPORARY: &str = ".new";
