//! The host's streams that exports are written to and read from.

use std::io::{Error, Read, Write};
use std::sync::Arc;

use foretap_core::Secret;

use crate::error::ForetapError;

/// What locks an export.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum ExportSecret {
    /// 32 random bytes.
    Key {
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// 8 to 1,024 bytes of UTF-8.
    Passphrase {
        /// The words.
        words: String,
    },
}

impl ExportSecret {
    /// The same for the core.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`] for a key of another length.
    pub(crate) fn of_core(&self) -> Result<Secret<'_>, ForetapError> {
        Ok(match self {
            Self::Key { bytes } => Secret::Key(
                bytes
                    .as_slice()
                    .try_into()
                    .map_err(|_| ForetapError::InvalidArgument("the key of an export must have 32 bytes".into()))?,
            ),
            Self::Passphrase { words } => Secret::Passphrase(words),
        })
    }
}

/// Shows neither a key nor a word.
impl std::fmt::Debug for ExportSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key { .. } => "Key(..)",
            Self::Passphrase { .. } => "Passphrase(..)",
        })
    }
}

/// The host's stream failed. What exactly is the host's own to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum StreamError {
    /// It did.
    #[error("the stream failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for StreamError {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// Where an export goes. It must not call the engine that writes to it.
#[uniffi::export(rust, foreign)]
pub trait ExportSink: Send + Sync {
    /// Takes all of the bytes.
    ///
    /// # Errors
    /// If it cannot.
    fn write(&self, bytes: Vec<u8>) -> Result<(), StreamError>;
}

/// Where an import comes from. It must not call the engine that reads from it.
#[uniffi::export(rust, foreign)]
pub trait ExportSource: Send + Sync {
    /// Gives the next bytes, at most so many; none at the end.
    ///
    /// # Errors
    /// If it cannot.
    fn read(&self, at_most: u32) -> Result<Vec<u8>, StreamError>;
}

/// How many bytes go to the host at once: a call costs some microseconds.
const CHUNK_BYTES: usize = 64 << 10;

/// A sink as the core writes to one. Nothing reaches the host later than [`Self::finish`].
pub(crate) struct SinkWriter {
    sink: Arc<dyn ExportSink>,
    waiting: Vec<u8>,
    /// Whether the sink has failed.
    pub(crate) has_failed: bool,
}

impl SinkWriter {
    pub(crate) fn new(sink: Arc<dyn ExportSink>) -> Self {
        Self { sink, waiting: Vec::with_capacity(CHUNK_BYTES), has_failed: false }
    }

    /// Hands over what waits.
    pub(crate) fn finish(&mut self) -> std::io::Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        self.sink.write(waiting).map_err(|failed| {
            self.has_failed = true;
            Error::other(failed)
        })
    }
}

impl Write for SinkWriter {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.waiting.extend_from_slice(bytes);
        if self.waiting.len() >= CHUNK_BYTES {
            self.finish()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.finish()
    }
}

/// A source as the core reads from one.
pub(crate) struct SourceReader {
    source: Arc<dyn ExportSource>,
    /// Whether the source has failed.
    pub(crate) has_failed: bool,
}

impl SourceReader {
    pub(crate) fn new(source: Arc<dyn ExportSource>) -> Self {
        Self { source, has_failed: false }
    }
}

impl Read for SourceReader {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let at_most = into.len().min(CHUNK_BYTES);
        let bytes = self.source.read(u32::try_from(at_most).unwrap_or(u32::MAX));
        match bytes {
            Ok(bytes) if bytes.len() <= at_most => {
                into[..bytes.len()].copy_from_slice(&bytes);
                Ok(bytes.len())
            }
            // It failed, or gave more than was asked for.
            _ => {
                self.has_failed = true;
                Err(Error::other(StreamError::Failed))
            }
        }
    }
}
