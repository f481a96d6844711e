//! The engine behind a lock: any thread may call it, one call runs at a time.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use foretap_core::ranking::Language;
use foretap_core::store::Store;
use foretap_core::{
    Control, ControlId, Decision, Engine, Event, Exported, Imported, Key, Ranking, ReasonCode, Recorded, Timestamp,
};

use crate::backup::{self, ExportSecret};
use crate::call::{Export, call, strike};
use crate::error::ForetapError;
use crate::health::HealthReport;
use crate::options::{EngineOptions, OpenedLog};
use crate::owner::Owner;
use crate::request::RequestParts;

/// An open engine. Every call may come from any thread; they take turns.
///
/// A call that panicked leaves the engine usable: the next one first reads habits and decisions anew from the log.
#[derive(uniffi::Object)]
pub struct EngineHandle {
    /// `None` once it was shut or erased.
    state: Mutex<Option<Held>>,
    /// The monotonic clock that stage times are read from counts from here.
    began: Instant,
}

/// An engine, and its claim to the log.
struct Held {
    engine: Engine,
    /// `None` in memory.
    owner: Option<Owner>,
}

/// Opens the log at `path`, or makes a new one. The folder must exist. `key` has 32 bytes, `salt` 16, both random and the
/// same at every open.
///
/// # Errors
/// [`ForetapError::KeyMismatch`], [`ForetapError::Newer`], [`ForetapError::InUse`], [`ForetapError::Damaged`],
/// [`ForetapError::InvalidArgument`], [`ForetapError::Transient`]: in each case nothing was deleted.
#[uniffi::export]
pub fn open(
    path: String,
    key: Vec<u8>,
    salt: Vec<u8>,
    options: EngineOptions,
) -> Result<Arc<EngineHandle>, ForetapError> {
    call(Export::Open, || {
        let wrong = |what: &str| ForetapError::InvalidArgument(format!("the log's {what} bytes"));
        let key = key.try_into().map_err(|_| wrong("key must have 32"))?;
        let salt = salt.try_into().map_err(|_| wrong("salt must have 16"))?;
        let log = PathBuf::from(path);
        let owner = Some(Owner::of(&log, options.is_locked)?);
        let engine = Engine::open(&log, &Key::new(key, salt), options.of_core())?;
        Ok(EngineHandle::holding(Held { engine, owner }))
    })
}

/// An engine whose log lives in memory and goes with it.
///
/// # Errors
/// [`ForetapError::Transient`] if there is no memory.
#[uniffi::export]
pub fn open_in_memory(options: EngineOptions) -> Result<Arc<EngineHandle>, ForetapError> {
    call(Export::OpenInMemory, || {
        let engine = Engine::in_memory(options.of_core())?;
        Ok(EngineHandle::holding(Held { engine, owner: None }))
    })
}

/// Erases the log at `path` without its key; nothing happens if there is none.
///
/// # Errors
/// [`ForetapError::InUse`] while an engine has it; [`ForetapError::Transient`]: the next open or erasure finishes it.
#[uniffi::export]
pub fn erase_at(path: String) -> Result<(), ForetapError> {
    call(Export::EraseAt, || {
        let log = Path::new(&path);
        let folder = log.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !folder.is_dir() {
            return Ok(());
        }
        let owner = Owner::of(log, true)?;
        Store::erase_at(log)?;
        owner.forget();
        Ok(())
    })
}

/// A reason as a short sentence without a full stop, in the language of a BCP 47 tag; English where that is not spoken.
/// `follows` is the name, as the person knows it, of the item that the reason names, if it names one.
///
/// # Errors
/// [`ForetapError::Internal`].
#[uniffi::export]
pub fn sentence(code: ReasonCode, language: String, follows: Option<String>) -> Result<String, ForetapError> {
    call(Export::Sentence, || {
        Ok(code.sentence(Language::of_tag(&language), &|item| follows.clone().unwrap_or_else(|| item.to_string())))
    })
}

impl EngineHandle {
    fn holding(held: Held) -> Arc<Self> {
        Arc::new(Self { state: Mutex::new(Some(held)), began: Instant::now() })
    }

    /// Nanoseconds since the engine was opened.
    pub(crate) fn clock_ns(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Does the work of an exported function with what is held, and leaves it shut where the work took it. The work is told
    /// whether a call before it panicked.
    fn with_held<T>(
        &self,
        export: Export,
        work: impl FnOnce(&mut Option<Held>, Suspicion) -> Result<T, ForetapError>,
    ) -> Result<T, ForetapError> {
        call(export, || {
            // Asked of the lock itself: a thread that waited for it learns what happened meanwhile.
            let (mut state, suspicion) = match self.state.lock() {
                Ok(state) => (state, Suspicion::None),
                Err(poisoned) => (poisoned.into_inner(), Suspicion::Panicked),
            };
            let outcome = work(&mut state, suspicion);
            strike(export);
            outcome
        })
    }

    /// Does the work of an exported function with the engine.
    pub(crate) fn with<T>(
        &self,
        export: Export,
        work: impl FnOnce(&mut Engine) -> Result<T, ForetapError>,
    ) -> Result<T, ForetapError> {
        self.with_held(export, |held, suspicion| {
            let engine = &mut held.as_mut().ok_or(ForetapError::Closed)?.engine;
            if suspicion == Suspicion::Panicked {
                // If this fails the lock stays poisoned, and the next call tries again.
                engine.reload()?;
                self.state.clear_poison();
            }
            work(engine)
        })
    }
}

/// Whether what is held can be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suspicion {
    /// It can.
    None,
    /// A call panicked half-way, and nobody has read the log anew since.
    Panicked,
}

#[uniffi::export]
impl EngineHandle {
    /// Stores an event and learns from it. When this returns, the event survives the end of the process.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`]: the event was not stored.
    pub fn record(&self, event: Event) -> Result<Recorded, ForetapError> {
        self.with(Export::Record, |engine| Ok(engine.record(&event)?))
    }

    /// Stores many events in one transaction and learns from them, in the order given.
    ///
    /// # Errors
    /// As [`Self::record`]; then none of them was stored.
    pub fn record_all(&self, events: Vec<Event>) -> Result<Vec<Recorded>, ForetapError> {
        self.with(Export::RecordAll, |engine| Ok(engine.record_all(&events)?))
    }

    /// Stores events of the past, and returns how many were new.
    ///
    /// # Errors
    /// As [`Self::record_all`].
    pub fn backfill(&self, events: Vec<Event>) -> Result<u64, ForetapError> {
        self.with(Export::Backfill, |engine| Ok(engine.backfill(&events)? as u64))
    }

    /// Ranks what will be opened next. Never touches the disk.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`].
    pub fn predict(&self, request: RequestParts) -> Result<Ranking, ForetapError> {
        let request = request.of_core();
        self.with(Export::Predict, |engine| Ok(engine.predict(&request?, &|| self.clock_ns())))
    }

    /// Computes a ranking ahead, for the next unlock while the screen is off.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`]; [`ForetapError::Transient`]: the ranking is prepared all the same.
    pub fn prepare(&self, request: RequestParts) -> Result<(), ForetapError> {
        let request = request.of_core();
        self.with(Export::Prepare, |engine| Ok(engine.prepare(request?, &|| self.clock_ns())?))
    }

    /// Saves the habits, so that the next opening reads them instead of the events since.
    ///
    /// # Errors
    /// [`ForetapError::Transient`]: nothing is lost.
    pub fn checkpoint(&self) -> Result<(), ForetapError> {
        self.with(Export::Checkpoint, |engine| Ok(engine.checkpoint()?))
    }

    /// Saves the habits, deletes the events that retention no longer keeps and returns how many, and writes the snapshot.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`].
    pub fn maintain(&self) -> Result<u64, ForetapError> {
        self.with(Export::Maintain, |engine| Ok(engine.maintain()?))
    }

    /// Makes a decision of the person and returns its number.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`] beyond a limit; [`ForetapError::Transient`]: nothing changed.
    pub fn decide(&self, at: Timestamp, control: Control) -> Result<ControlId, ForetapError> {
        self.with(Export::Decide, |engine| Ok(engine.decide(at, control)?))
    }

    /// Undoes a decision; `false` if there is none of that number in force.
    ///
    /// # Errors
    /// [`ForetapError::Transient`]: nothing changed.
    pub fn undo(&self, id: ControlId, now: Timestamp) -> Result<bool, ForetapError> {
        self.with(Export::Undo, |engine| Ok(engine.undo(id, now)?))
    }

    /// The decisions in force, in the order in which they were made.
    ///
    /// # Errors
    /// [`ForetapError::Closed`].
    pub fn decisions(&self, now: Timestamp) -> Result<Vec<Decision>, ForetapError> {
        self.with(Export::Decisions, |engine| Ok(engine.decisions(now).into_iter().cloned().collect()))
    }

    /// Writes everything that makes the habits go on elsewhere to a file, sealed under `secret`. `entropy` is 32 random
    /// bytes, never used twice. A file that is there is replaced.
    ///
    /// # Errors
    /// [`ForetapError::File`] if it cannot be written; [`ForetapError::InvalidArgument`]. The file is removed then.
    pub fn export_to(&self, file: String, secret: ExportSecret, entropy: Vec<u8>) -> Result<Exported, ForetapError> {
        self.with(Export::ExportTo, |engine| {
            let wrong = |_| ForetapError::InvalidArgument("the entropy of an export must have 32 bytes".into());
            backup::write(engine, Path::new(&file), &secret, entropy.try_into().map_err(wrong)?)
        })
    }

    /// Takes an export in.
    ///
    /// # Errors
    /// [`ForetapError::WrongSecret`], [`ForetapError::BadExport`], [`ForetapError::Newer`], [`ForetapError::File`],
    /// [`ForetapError::Transient`]: nothing was changed.
    pub fn import_from(&self, file: String, secret: ExportSecret) -> Result<Imported, ForetapError> {
        self.with(Export::ImportFrom, |engine| backup::read(engine, Path::new(&file), &secret))
    }

    /// How the log, its habits and its predictions are.
    ///
    /// # Errors
    /// [`ForetapError::Transient`].
    pub fn health(&self, now: Timestamp) -> Result<HealthReport, ForetapError> {
        self.with(Export::Health, |engine| HealthReport::of(&engine.health(now)?, engine.opened().into()))
    }

    /// What opening found.
    ///
    /// # Errors
    /// [`ForetapError::Closed`].
    pub fn opened(&self) -> Result<OpenedLog, ForetapError> {
        self.with(Export::Opened, |engine| Ok(engine.opened().into()))
    }

    /// Erases everything for good and closes the engine.
    ///
    /// # Errors
    /// [`ForetapError::Transient`]: the erasure is begun, and the next open or [`erase_at`] finishes it.
    pub fn erase(&self) -> Result<(), ForetapError> {
        self.with_held(Export::Erase, |held, _| {
            let Held { engine, owner } = held.take().ok_or(ForetapError::Closed)?;
            engine.erase()?;
            if let Some(owner) = owner {
                owner.forget();
            }
            Ok(())
        })
    }

    /// Saves the habits and closes the log. Nothing happens if that was done; after a panic nothing is saved that could be
    /// half-done.
    ///
    /// # Errors
    /// [`ForetapError::Internal`]. Habits that could not be saved are learned again from the log at the next open.
    pub fn shut(&self) -> Result<(), ForetapError> {
        self.with_held(Export::Shut, |held, suspicion| {
            if let (Some(mut held), Suspicion::None) = (held.take(), suspicion) {
                let _ = held.engine.checkpoint();
            }
            Ok(())
        })
    }
}
