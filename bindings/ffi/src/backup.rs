//! Exports as files: written whole or not at all as far as the caller is told, and read from where the host put them.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use foretap_core::{Engine, Error, Exported, Imported, Secret};

use crate::beside::beside;
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
    fn of_core(&self) -> Result<Secret<'_>, ForetapError> {
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

/// Writes an export to `file`. One that is there is replaced when the new one is whole and on the disk, not before.
///
/// # Errors
/// [`ForetapError::File`] if the file cannot be written; whatever the engine says.
pub(crate) fn write(
    engine: &mut Engine,
    file: &Path,
    secret: &ExportSecret,
    entropy: [u8; 32],
) -> Result<Exported, ForetapError> {
    let secret = secret.of_core()?;
    let part = beside(file, ".part");
    let mut watched = Watched::new(BufWriter::new(File::create(&part).map_err(|_| ForetapError::File)?));
    let outcome = engine.export(&mut watched, &secret, entropy);
    let outcome = outcome.and_then(|exported| {
        watched.flush()?;
        let synced = watched.file.get_ref().sync_all();
        watched.watch(synced)?;
        let renamed = std::fs::rename(&part, file);
        watched.watch(renamed)?;
        Ok(exported)
    });
    let outcome = watched.judged(outcome);
    if outcome.is_err() {
        // What was begun is no export; one that stays says so when it is read.
        let _ = std::fs::remove_file(&part);
    }
    outcome
}

/// Reads an export from `file`.
///
/// # Errors
/// [`ForetapError::File`] if the file cannot be read; whatever the engine says. Nothing was changed then.
pub(crate) fn read(engine: &mut Engine, file: &Path, secret: &ExportSecret) -> Result<Imported, ForetapError> {
    let secret = secret.of_core()?;
    let mut watched = Watched::new(BufReader::new(File::open(file).map_err(|_| ForetapError::File)?));
    let outcome = engine.import(&mut watched, &secret);
    watched.judged(outcome)
}

/// A file that remembers whether it failed: the core says the same of its own files.
struct Watched<F> {
    file: F,
    has_failed: bool,
}

impl<F> Watched<F> {
    const fn new(file: F) -> Self {
        Self { file, has_failed: false }
    }

    fn watch<T>(&mut self, outcome: std::io::Result<T>) -> std::io::Result<T> {
        self.has_failed |= outcome.as_ref().is_err_and(|error| error.kind() != std::io::ErrorKind::Interrupted);
        outcome
    }

    fn judged<T>(&self, outcome: Result<T, Error>) -> Result<T, ForetapError> {
        if self.has_failed { Err(ForetapError::File) } else { Ok(outcome?) }
    }
}

impl<F: Write> Write for Watched<F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let outcome = self.file.write(bytes);
        self.watch(outcome)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let outcome = self.file.flush();
        self.watch(outcome)
    }
}

impl<F: Read> Read for Watched<F> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let outcome = self.file.read(into);
        self.watch(outcome)
    }
}
