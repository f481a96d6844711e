//! The file `<database>.kcv`: which key the log was made with, and how often a damaged log was set aside.

use super::Key;
use super::files::{Files, read_small};
use crate::error::Result;

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Seal {
    check: [u8; 8],
    /// How often a damaged log was set aside since the log was first made.
    pub(super) resets: u32,
}

impl Seal {
    const MAGIC: [u8; 4] = *b"kcv1";
    const BYTES: usize = 4 + 8 + 4;

    /// The seal of a new log.
    pub(super) fn new(key: &Key) -> Self {
        Self { check: key.check(), resets: 0 }
    }

    /// Whether the log was made with this key and salt.
    pub(super) fn is_of(&self, key: &Key) -> bool {
        self.check == key.check()
    }

    /// The same log under the check value of `key`.
    pub(super) fn resealed(self, key: &Key) -> Self {
        Self { check: key.check(), ..self }
    }

    /// The log after one more reset.
    pub(super) fn after_reset(self) -> Self {
        Self { resets: self.resets.saturating_add(1), ..self }
    }

    /// Reads the file; `None` if there is none, or it holds something else.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn read(files: &Files) -> Result<Option<Self>> {
        let Some(bytes) = read_small(&files.seal(), Self::BYTES as u64 + 1)? else { return Ok(None) };
        Ok(Self::parse(&bytes))
    }

    /// Writes the file so that a power cut leaves the old one or this one.
    ///
    /// # Errors
    /// The system's.
    pub(super) fn write(&self, files: &Files) -> Result<()> {
        let mut bytes = Self::MAGIC.to_vec();
        bytes.extend(self.check);
        bytes.extend(self.resets.to_le_bytes());
        files.write_whole(&files.seal(), &bytes)
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (magic, rest) = bytes.split_first_chunk::<4>()?;
        let (check, rest) = rest.split_first_chunk::<8>()?;
        let resets = u32::from_le_bytes(rest.try_into().ok()?);
        (*magic == Self::MAGIC).then_some(Self { check: *check, resets })
    }
}
