//! The encrypted log that is measured, as files that can be copied.

use std::path::{Path, PathBuf};

use foretap_core::{Engine, Event, Key, Opened, Options};
use tempfile::TempDir;

use crate::Result;
use crate::workload::Workload;

/// Events recorded after the checkpoint of the log that a killed process leaves: about as many as there can be, because
/// `record` saves the habits by itself after 1,024.
pub const AFTER_CHECKPOINT: usize = 1_000;

/// The key of every log here.
pub(crate) const KEY: ([u8; 32], [u8; 16]) = ([7; 32], [9; 16]);

/// A log in a folder of its own, which goes when the value goes.
#[derive(Debug)]
pub struct LogFile {
    folder: TempDir,
}

impl LogFile {
    /// The log of a person, closed, its habits saved with its last event.
    ///
    /// # Errors
    /// The engine's.
    ///
    /// # Panics
    /// If an event was not stored.
    pub fn of(workload: &Workload) -> Result<Self> {
        let file = Self { folder: TempDir::new()? };
        let mut engine = file.engine()?;
        for chunk in workload.history.chunks(1_000) {
            engine.record_all(chunk)?;
        }
        engine.checkpoint()?;
        // The simulator posts two notifications of one item in the same millisecond now and then: one event.
        let stored = engine.stats()?.events;
        assert!(stored as f64 >= 0.999 * workload.history.len() as f64, "{stored} events are stored");
        Ok(file)
    }

    /// The same with events after the checkpoint, as a process leaves it that is killed: write-ahead log and all.
    ///
    /// # Errors
    /// The engine's.
    pub fn killed_after(&self, events: &[Event]) -> Result<Self> {
        let (running, killed) = (self.copy()?, Self { folder: TempDir::new()? });
        let mut engine = running.engine()?;
        for event in events {
            engine.record(event)?;
        }
        running.copy_to(&killed)?;
        Ok(killed)
    }

    /// The same in another folder.
    ///
    /// # Errors
    /// The system's.
    pub fn copy(&self) -> Result<Self> {
        let copy = Self { folder: TempDir::new()? };
        self.copy_to(&copy)?;
        Ok(copy)
    }

    fn copy_to(&self, other: &Self) -> Result<()> {
        for entry in std::fs::read_dir(self.folder.path())? {
            let entry = entry?;
            // The index of the write-ahead log belongs to the running process.
            if !entry.file_name().to_string_lossy().ends_with("-shm") {
                std::fs::copy(entry.path(), other.folder.path().join(entry.file_name()))?;
            }
        }
        Ok(())
    }

    /// Where the database is.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("foretap.db")
    }

    /// Opens it.
    ///
    /// # Errors
    /// The engine's.
    pub fn engine(&self) -> Result<Engine> {
        open(&self.path())
    }

    /// The database's bytes.
    ///
    /// # Errors
    /// The system's.
    pub fn bytes(&self) -> Result<u64> {
        Ok(std::fs::metadata(self.path())?.len())
    }
}

/// Opens the log at `path`.
///
/// # Errors
/// The engine's.
///
/// # Panics
/// If the log was damaged.
pub fn open(path: &Path) -> Result<Engine> {
    let engine = Engine::open(path, &Key::new(KEY.0, KEY.1), Options::default())?;
    assert!(!matches!(engine.opened(), Opened::SetAside { .. }), "the log is whole");
    Ok(engine)
}
