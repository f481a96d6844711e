//! Health reports: of a log played through an engine, and of a phone's own encrypted log.

use std::path::{Path, PathBuf};
use std::time::Instant;

use foretap_core::{Bundle, Engine, Error, Event, EventKind, Health, ModelChoice, Opened, Options, Request, Timestamp};

use crate::beside::with_suffix;
use crate::hex::hex;
use crate::key_file::{self, KeyFileError};

/// Why there is no report of an encrypted log. `Display` begins with the file and shows nothing of a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HealthError {
    /// A file of the log that is not there or cannot be copied.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file that gives no key.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The key is another log's, or the file is no log.
    #[error("{}: the key in {} does not open it (nothing was changed)", path.display(), key_file.display())]
    WrongKey {
        /// The log.
        path: PathBuf,
        /// The key's file.
        key_file: PathBuf,
    },
    /// The log is damaged.
    #[error("{}: the log is damaged (nothing was changed); the next opening by its phone sets it aside", path.display())]
    Damaged {
        /// The log.
        path: PathBuf,
    },
    /// The log has no event.
    #[error("{}: there is no event in it", path.display())]
    Empty {
        /// The log.
        path: PathBuf,
    },
    /// The log cannot be used.
    #[error("{}: {source}", path.display())]
    Unusable {
        /// The log.
        path: PathBuf,
        /// Why.
        source: Error,
    },
    /// The folder for the copy cannot be made.
    #[error("no temporary folder for a copy of the log: {0}")]
    NoFolder(#[source] std::io::Error),
}

/// The health of someone who lived these events, predicting at each unlock as a launcher does; `None` of no event. The
/// report is made at `now_ms`, at the newest event if not said. `each` hears of every event.
///
/// # Errors
/// As [`Engine::record`] and [`Engine::health`].
pub fn of_events(
    events: &[Event],
    model: &ModelChoice,
    now_ms: Option<i64>,
    each: impl Fn(),
) -> foretap_core::Result<Option<Health>> {
    let mut engine = Engine::in_memory(Options { model: model.clone(), ..Options::default() })?;
    let begun = Instant::now();
    let clock_ns = || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    for event in events {
        engine.record(event)?;
        if event.kind == EventKind::Unlock {
            let _ = engine.predict(&Request::unlock(event.at).in_context(event.context.clone()), &clock_ns);
        }
        each();
    }
    at_now(&engine, now_ms)
}

/// Whether the model learned on the log of this SHA-256 sum: its hit rates there tell nothing.
#[must_use]
pub fn is_seen(model: &ModelChoice, sha256: &str) -> bool {
    let bundle = match model {
        ModelChoice::Shipped => Bundle::shipped(),
        ModelChoice::Bundle(bytes) => Bundle::parse(bytes),
        ModelChoice::Off => return false,
    };
    bundle.is_ok_and(|bundle| {
        let of_model = bundle.manifest().learned_on.iter().map(|sum| hex(sum));
        of_model.chain(bundle.start_weights().learned_on().iter().cloned()).any(|sum| sum == sha256)
    })
}

/// The health of the encrypted log at `path`. It is opened in a copy, in a temporary folder that is removed: the log itself is
/// not changed, repaired or set aside. The phone should not be writing to it.
///
/// # Errors
/// [`HealthError`] if a file cannot be read, the key does not fit, or the log is damaged or empty.
pub fn of_database(
    path: &Path,
    key_file: &Path,
    model: &ModelChoice,
    now_ms: Option<i64>,
) -> Result<Health, HealthError> {
    let key = key_file::read(key_file)?;
    let folder = tempfile::tempdir().map_err(HealthError::NoFolder)?;
    let copy = folder.path().join("log");
    for suffix in SUFFIXES {
        let (from, to) = (with_suffix(path, suffix), with_suffix(&copy, suffix));
        match std::fs::copy(&from, &to) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !suffix.is_empty() => {}
            copied => drop(copied.map_err(|source| HealthError::Unreadable { path: from, source })?),
        }
    }
    let unusable = |source| match source {
        Error::KeyMismatch => HealthError::WrongKey { path: path.into(), key_file: key_file.into() },
        Error::Corrupt => HealthError::Damaged { path: path.into() },
        source => HealthError::Unusable { path: path.into(), source },
    };
    let engine = Engine::open(&copy, &key, Options { model: model.clone(), ..Options::default() }).map_err(unusable)?;
    match engine.opened() {
        Opened::SetAside { .. } => Err(HealthError::Damaged { path: path.into() }),
        Opened::Created | Opened::Existing | Opened::Vanished { .. } => {
            at_now(&engine, now_ms).map_err(unusable)?.ok_or_else(|| HealthError::Empty { path: path.into() })
        }
    }
}

/// The health at a moment, on the clock of the newest event; `None` where there is none.
fn at_now(engine: &Engine, now_ms: Option<i64>) -> foretap_core::Result<Option<Health>> {
    let Some(newest) = engine.habits().newest() else { return Ok(None) };
    let now = now_ms.map_or(Ok(newest), |now_ms| Timestamp::new(now_ms, newest.utc_offset_min()))?;
    engine.health(now).map(Some)
}

/// The files of a log that opening it reads, as `foretap_core::store` lists them.
const SUFFIXES: [&str; 5] = ["", "-wal", ".kcv", ".suspect", ".erasing"];
