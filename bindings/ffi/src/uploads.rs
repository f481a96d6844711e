//! Uploads: what the person allows, what waits to be sent, in bytes and in words, and a run that says what to send and is told
//! what became of it.

use std::sync::{Arc, Mutex, PoisonError};

use foretap_core::upload::{Batch, Consent, Reply, Step, Upload};
use foretap_core::{Engine, Timestamp};

use crate::call::{Export, call};
use crate::engine::EngineHandle;
use crate::error::ForetapError;

/// What the person allows to be sent.
#[uniffi::remote(Record)]
pub struct Consent {
    pub reports: bool,
    pub samples: bool,
}

/// What was sealed. No number tells what is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct SealedUploads {
    /// New batches.
    pub batches: u32,
    /// Reports in them.
    pub reports: u32,
    /// Samples in them.
    pub samples: u32,
}

/// A sealed batch that no server has taken yet.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct WaitingBatch {
    /// Its name: 32 hexadecimal digits.
    pub id: String,
    /// What is sent.
    pub bytes: Vec<u8>,
    /// Every field of it in English, decoded from these bytes.
    pub text: String,
}

/// What to send now.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
pub struct UploadPost {
    /// Below the server's address.
    pub path: String,
    /// The header `Idempotency-Key`: 32 hexadecimal digits, the same at every try.
    pub id: String,
    /// The body, the same at every try.
    pub body: Vec<u8>,
}

/// What the server said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum UploadReply {
    /// It has it now, or had it before.
    Taken,
    /// It will never take it.
    Refused,
}

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct UploadReport {
    /// Batches that the server has.
    pub taken: u32,
    /// Batches that it will never take, and that are not offered again.
    pub refused: u32,
    /// Erasures that it has.
    pub erasures: u32,
    /// What is left for another run.
    pub left: u32,
}

/// One run. Calls come one at a time, from any thread; the engine answers meanwhile.
#[derive(uniffi::Object)]
pub struct UploadRun {
    engine: Arc<EngineHandle>,
    /// `None` once it was ended.
    upload: Mutex<Option<Upload>>,
}

#[uniffi::export]
impl EngineHandle {
    /// What the person allows to be sent; nothing to begin with.
    ///
    /// # Errors
    /// [`ForetapError::Closed`].
    pub fn consent(&self) -> Result<Consent, ForetapError> {
        self.with(Export::Consent, |engine| Ok(engine.consent()))
    }

    /// Changes what the person allows, at `now`. Where something is taken back, everything that waits goes, and the next run
    /// asks the server to erase what it was sent. `entropy` is 32 random bytes, never used twice.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`]; [`ForetapError::Transient`], [`ForetapError::Damaged`]: nothing changed.
    pub fn set_consent(&self, consent: Consent, now: Timestamp, entropy: Vec<u8>) -> Result<(), ForetapError> {
        self.with(Export::SetConsent, |engine| {
            let wrong = |_| ForetapError::InvalidArgument("the entropy of a consent must have 32 bytes".into());
            Ok(engine.set_consent(consent, now, entropy.try_into().map_err(wrong)?)?)
        })
    }

    /// Seals what is due at `now`: the days that are over, of which nothing was sealed yet.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`]: nothing changed.
    pub fn seal_uploads(&self, now: Timestamp) -> Result<SealedUploads, ForetapError> {
        self.with(Export::SealUploads, |engine| {
            let sealed = engine.seal_uploads(now)?;
            let (batches, reports, samples) = (sealed.batches, sealed.reports, sealed.samples);
            Ok(SealedUploads { batches: count(batches), reports: count(reports), samples: count(samples) })
        })
    }

    /// The sealed batches that no server has taken yet, the oldest first.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`]; [`ForetapError::Newer`] if another version of this library
    /// sealed one.
    pub fn outbox(&self) -> Result<Vec<WaitingBatch>, ForetapError> {
        self.with(Export::Outbox, |engine| waiting(engine))
    }

    /// Begins a run that sends what waits: erasures, then batches.
    ///
    /// # Errors
    /// [`ForetapError::Transient`], [`ForetapError::Damaged`].
    pub fn begin_upload(self: Arc<Self>) -> Result<Arc<UploadRun>, ForetapError> {
        let upload = self.with(Export::BeginUpload, |engine| Ok(engine.begin_upload()?))?;
        Ok(Arc::new(UploadRun { engine: self, upload: Mutex::new(Some(upload)) }))
    }
}

#[uniffi::export]
impl UploadRun {
    /// What to send now, the same until it is answered; `None`: nothing more, and [`UploadRun::end`] is to be called.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn post(&self) -> Result<Option<UploadPost>, ForetapError> {
        self.with(Export::Post, None, |upload| match upload.step() {
            Step::Post { path, id, body } => {
                let id = id.iter().map(|byte| format!("{byte:02x}")).collect();
                Some(UploadPost { path: path.to_owned(), id, body })
            }
            Step::Done => None,
        })
    }

    /// The server answered.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn answered(&self, reply: UploadReply) -> Result<(), ForetapError> {
        let reply = match reply {
            UploadReply::Taken => Reply::Taken,
            UploadReply::Refused => Reply::Refused,
        };
        self.with(Export::Answered, (), |upload| upload.answered(reply))
    }

    /// It could not be sent: the run is over, and what is left waits for another.
    ///
    /// # Errors
    /// [`ForetapError::Internal`].
    pub fn failed(&self) -> Result<(), ForetapError> {
        self.with(Export::Failed, (), Upload::failed)
    }

    /// Ends the run, however far it came: what the server has is not sent again. The call can be made once.
    ///
    /// # Errors
    /// [`ForetapError::Closed`] if it was made before, or the engine is closed; [`ForetapError::Transient`],
    /// [`ForetapError::Damaged`]: all of it is sent again, and the server keeps it once.
    pub fn end(&self) -> Result<UploadReport, ForetapError> {
        call(Export::End, || {
            let upload = self.upload().take().ok_or(ForetapError::Closed)?;
            let delivered = self.engine.with(Export::End, |engine| Ok(engine.end_upload(upload)?))?;
            Ok(UploadReport {
                taken: count(delivered.batches.len()),
                refused: count(delivered.refused.len()),
                erasures: count(delivered.erasures.len()),
                left: count(delivered.left),
            })
        })
    }
}

impl UploadRun {
    fn upload(&self) -> std::sync::MutexGuard<'_, Option<Upload>> {
        // What a call that panicked was told counts or not: the server keeps what it is sent again once.
        self.upload.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does the work of an exported function with the run; `over` where it was ended.
    fn with<T>(&self, export: Export, over: T, work: impl FnOnce(&mut Upload) -> T) -> Result<T, ForetapError> {
        call(export, || Ok(self.upload().as_mut().map_or(over, work)))
    }
}

/// What waits. The words are those of the bytes, not of what they were made from.
fn waiting(engine: &Engine) -> Result<Vec<WaitingBatch>, ForetapError> {
    let batch = |waiting: foretap_core::engine::Waiting| {
        let text = Batch::open(&waiting.bytes)?.to_string();
        Ok(WaitingBatch { id: waiting.id.to_string(), bytes: waiting.bytes, text })
    };
    engine.outbox()?.into_iter().map(batch).collect()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
