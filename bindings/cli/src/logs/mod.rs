//! Logs of what people opened, read into the core's [`Event`](foretap_core::Event)s: one file a format.
//!
//! ```no_run
//! let log = foretap_cli::logs::Log::read("month.csv.gz".as_ref(), None)?;
//! for user in &log.users {
//!     println!("{}: {} events", user.user, user.events.len());
//! }
//! println!("{} of {} rows are bad", log.problems.bad, log.problems.rows);
//! # Ok::<(), foretap_cli::logs::LogError>(())
//! ```

mod activitywatch;
mod android;
mod civil;
mod dumpsys;
mod error;
mod format;
mod lsapp;
mod people;
mod plain;
mod problems;
mod table;
mod text;
mod ubiqlog;
mod usage_events;

use std::path::Path;

use sha2::{Digest, Sha256};

pub use error::{Fault, LogError};
pub use format::Format;
pub use people::UserLog;
pub use problems::{Problem, Problems};

use people::People;

/// A log as read from a file.
#[derive(Debug, Clone)]
pub struct Log {
    /// The file's name up to the first dot.
    pub name: String,
    /// How it is written.
    pub format: Format,
    /// SHA-256 of the file as it lies on the disk, in lower-case hex.
    pub sha256: String,
    /// Everyone in it, by name.
    pub users: Vec<UserLog>,
    /// What became of the rows.
    pub problems: Problems,
}

/// How to read a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reading {
    /// The format, where the content should not decide.
    pub format: Option<Format>,
    /// The local clock's offset from UTC in minutes, for formats that do not tell it. Of epoch times it is the
    /// offset at which they are shown; of local times it is taken off to find UTC.
    pub utc_offset_min: i16,
}

impl Log {
    /// Reads a log file, gzipped or not; without a format the content decides. Times without a zone are taken as UTC.
    ///
    /// # Errors
    /// [`LogError`] with path and line if the file cannot be read, is cut off, is no UTF-8 text, has no header, has no
    /// usable row, or more than half of its rows are bad.
    pub fn read(path: &Path, format: Option<Format>) -> Result<Self, LogError> {
        Self::read_with(path, Reading { format, ..Reading::default() })
    }

    /// Reads a log file with options.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn read_with(path: &Path, reading: Reading) -> Result<Self, LogError> {
        let bytes = std::fs::read(path).map_err(|e| LogError::new(path, 1, Fault::Unreadable(e)))?;
        Self::from_bytes(path, bytes, reading)
    }

    /// Reads the bytes of a log file; `path` is for its name and for errors.
    ///
    /// # Errors
    /// As [`Self::read`], except that nothing is read from the disk.
    pub fn from_bytes(path: &Path, bytes: Vec<u8>, reading: Reading) -> Result<Self, LogError> {
        let fail = |(line, fault)| LogError::new(path, line, fault);
        let sha256 = crate::hex::hex(&Sha256::digest(&bytes));
        let text = text::text(bytes).map_err(fail)?;
        let format = match reading.format {
            Some(format) => format,
            None => Format::detect(&text).ok_or_else(|| fail((1, Fault::UnknownFormat)))?,
        };
        let (mut people, mut problems) = (People::default(), Problems::default());
        let header = |(line, reason)| fail((line, Fault::Header { format, reason }));
        let offset = reading.utc_offset_min;
        match format {
            Format::Plain => plain::read(&text, &mut people, &mut problems).map_err(header)?,
            Format::Ubiqlog => ubiqlog::read(&text, &mut people, &mut problems).map_err(header)?,
            Format::UsageEvents => usage_events::read(&text, offset, &mut people, &mut problems),
            Format::Dumpsys => dumpsys::read(&text, offset, &mut people, &mut problems),
            Format::Lsapp => lsapp::read(&text, offset, &mut people, &mut problems).map_err(header)?,
            Format::ActivityWatch => activitywatch::read(&text, offset, &mut people, &mut problems).map_err(fail)?,
        }
        if let Some(fault) = problems.fault() {
            return Err(fail(fault));
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        let name = file.split('.').next().unwrap_or_default().to_owned();
        Ok(Self { name, format, sha256, users: people.into_logs(), problems })
    }
}

#[cfg(test)]
mod tests;
