//! Model sync: a run that says what to fetch, is given the bytes, and leaves another model behind or not.

use std::sync::{Arc, Mutex, PoisonError};

use foretap_core::habits::Corrector;
use foretap_core::sync::{Absence, Outcome, Session, Step};
use foretap_core::{Conclusion, SyncOptions, SyncStartError, Timestamp};

use crate::call::{Export, call, strike};
use crate::engine::EngineHandle;
use crate::error::ForetapError;

/// Whom to believe, and what to follow.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncParts {
    /// The file of the repository's first root, as it ships with the host.
    pub root: Vec<u8>,
    /// Which releases to follow, such as `stable`.
    pub channel: String,
    /// The segments that this device belongs to.
    pub segments: Vec<String>,
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum)]
pub enum SyncTask {
    /// Fetch a file from its first byte on.
    Fetch {
        /// Below the repository's address.
        path: String,
        /// A longer one is refused.
        max_bytes: u64,
    },
    /// Nothing more: [`SyncRun::finish`] is to be called.
    Finish,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncEnding {
    /// The device has what it is to have, or cannot use it yet.
    UpToDate,
    /// A bundle was fetched and looked at; `conclusion` says what came of it.
    Fetched,
    /// The device went back to the model that the library ships.
    Withdrawn,
    /// A file could not be fetched; to be tried again.
    Unreachable,
    /// A file was refused: the server, or whoever stands between, is not to be believed.
    Refused,
}

/// What a rehearsal led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum SyncConclusion {
    /// The fetched bundle answers now, on trial.
    Activated,
    /// The one on trial goes on.
    GoesOn,
    /// The one on trial has proved itself.
    Proven,
    /// The bundle was given back, and the one before answers.
    GivenBack,
}

/// What came of a run.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SyncReport {
    /// How it ended.
    pub ending: SyncEnding,
    /// Why a file was refused, in words without names or addresses.
    pub refusal: Option<String>,
    /// What a rehearsal led to, where there was one.
    pub conclusion: Option<SyncConclusion>,
    /// Whether another model answers now than before the run.
    pub model_changed: bool,
    /// The version of the newest release that is trusted.
    pub release: Option<u64>,
    /// The model that answers, by name and version; `None`: the statistics alone.
    pub model: Option<String>,
}

/// One run. Calls come one at a time, from any thread; the engine answers meanwhile.
#[derive(uniffi::Object)]
pub struct SyncRun {
    engine: Arc<EngineHandle>,
    /// `None` once it was finished.
    session: Mutex<Option<Session>>,
}

#[uniffi::export]
impl EngineHandle {
    /// Begins a run of model sync at `now`.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`] if the root cannot be used, or the engine was opened with a model of the host's;
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`].
    pub fn begin_sync(self: Arc<Self>, parts: SyncParts, now: Timestamp) -> Result<Arc<SyncRun>, ForetapError> {
        let SyncParts { root, channel, segments } = parts;
        let session = self.with(Export::BeginSync, |engine| {
            let options = SyncOptions { root: &root, channel: &channel, segments: &segments };
            engine.begin_sync(&options, now).map_err(|refused| match refused {
                SyncStartError::Log(error) => error.into(),
                other => ForetapError::InvalidArgument(other.to_string()),
            })
        })?;
        Ok(Arc::new(SyncRun { engine: self, session: Mutex::new(Some(session)) }))
    }
}

#[uniffi::export]
impl SyncRun {
    /// What to do next. What is told of a file after this counts for the file that it names.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn task(&self) -> Result<SyncTask, ForetapError> {
        self.with(Export::Task, SyncTask::Finish, |session| match session.step() {
            Step::Fetch { path, max_bytes } => SyncTask::Fetch { path, max_bytes: max_bytes as u64 },
            Step::Done(_) => SyncTask::Finish,
        })
    }

    /// Takes the next bytes of the file; `false`: no more of it is wanted.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn received(&self, chunk: Vec<u8>) -> Result<bool, ForetapError> {
        self.with(Export::Received, false, |session| session.received(&chunk))
    }

    /// The file has ended, and all of it was received.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn completed(&self) -> Result<(), ForetapError> {
        self.with(Export::Completed, (), Session::completed)
    }

    /// The file did not come; `is_missing`: the server has none under this path.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn absent(&self, is_missing: bool) -> Result<(), ForetapError> {
        let absence = if is_missing { Absence::NotFound } else { Absence::Unreachable };
        self.with(Export::Absent, (), |session| session.absent(absence))
    }

    /// Ends the run at `now`: stores what is trusted, rehearses a bundle that came, which takes a second or two on a phone and
    /// holds nothing up, and draws the conclusion. The call can be made once.
    ///
    /// # Errors
    /// [`ForetapError::Closed`] if it was made before, or the engine is closed; [`ForetapError::Transient`],
    /// [`ForetapError::Damaged`]: the model before answers, and the next run goes on from what was fetched.
    pub fn finish(&self, now: Timestamp) -> Result<SyncReport, ForetapError> {
        call(Export::Finish, || {
            let session = self.session().take().ok_or(ForetapError::Closed)?;
            let (before, synced) = self.engine.with(Export::Finish, |engine| {
                let before = engine.model().active().map(Corrector::id);
                Ok((before, engine.end_sync(session)?))
            })?;
            let rehearsed = synced.rehearsal.map(|rehearsal| rehearsal.run(&|| self.engine.clock_ns()));
            strike(Export::Finish);
            self.engine.with(Export::Finish, |engine| {
                let conclusion = rehearsed.map(|rehearsed| engine.conclude(rehearsed, now)).transpose()?;
                let status = engine.sync_status()?;
                Ok(SyncReport {
                    ending: ending(&synced.outcome),
                    refusal: match &synced.outcome {
                        Outcome::Refused(refusal) => Some(refusal.to_string()),
                        _ => None,
                    },
                    conclusion: conclusion.and_then(told),
                    model_changed: engine.model().active().map(Corrector::id) != before,
                    release: status.release.map(|(_, version)| version),
                    model: engine.model().active().map(|model| format!("{} {}", model.name(), model.version())),
                })
            })
        })
    }

    /// Ends the run without a rehearsal, for a worker whose time is up: what was fetched is kept for the next run. Nothing
    /// happens if the run was finished.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`].
    pub fn cancel(&self) -> Result<(), ForetapError> {
        call(Export::Cancel, || {
            let Some(session) = self.session().take() else { return Ok(()) };
            self.engine.with(Export::Cancel, |engine| {
                if let Some(rehearsal) = engine.end_sync(session)?.rehearsal {
                    engine.postpone(&rehearsal)?;
                }
                Ok(())
            })
        })
    }
}

impl SyncRun {
    fn session(&self) -> std::sync::MutexGuard<'_, Option<Session>> {
        // A session that panicked half-way has stored nothing; what it says afterwards is verified as everything is.
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work of an exported function with the session; `over` where the run was finished.
    fn with<T>(&self, export: Export, over: T, work: impl FnOnce(&mut Session) -> T) -> Result<T, ForetapError> {
        call(export, || Ok(self.session().as_mut().map_or(over, work)))
    }
}

const fn ending(outcome: &Outcome) -> SyncEnding {
    match outcome {
        Outcome::UpToDate | Outcome::Unusable | Outcome::GivenBack => SyncEnding::UpToDate,
        Outcome::Fetched => SyncEnding::Fetched,
        Outcome::Withdrawn => SyncEnding::Withdrawn,
        Outcome::Unreachable => SyncEnding::Unreachable,
        Outcome::Refused(_) => SyncEnding::Refused,
    }
}

const fn told(conclusion: Conclusion) -> Option<SyncConclusion> {
    match conclusion {
        Conclusion::Activated => Some(SyncConclusion::Activated),
        Conclusion::GoesOn => Some(SyncConclusion::GoesOn),
        Conclusion::Proven => Some(SyncConclusion::Proven),
        Conclusion::GivenBack(_) => Some(SyncConclusion::GivenBack),
        Conclusion::Overtaken => None,
    }
}
