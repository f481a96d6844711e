//! A snapshot: what is left of a log that is gone.

use prost::Message;

use super::header::derived;
use super::writer::head_message;
use super::{Decided, Head, Limits, Reader, Secret, Writer, message};
use crate::error::{BackupError, Error, Result};

/// What a log leaves behind: everything but events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// The habits' checkpoint.
    pub(crate) habits: Vec<u8>,
    /// What the person decided.
    pub(crate) controls: Vec<Decided>,
    /// The tokens with which a server is asked to erase what was sent.
    pub(crate) tokens: Vec<[u8; 32]>,
}

impl Snapshot {
    /// Seals it under a key of the log's. The salt is a keyed hash of what is in it: the same in, the same out, and no nonce is used
    /// for two different ones.
    ///
    /// # Errors
    /// [`BackupError::TooLarge`].
    pub(crate) fn seal(self, key: &[u8; 32]) -> Result<Vec<u8>> {
        let Self { habits, controls, tokens } = self;
        let head = Head { tokens, ..Head::of_habits(habits) };
        let mut payload = head_message(head.clone(), &controls).encode_length_delimited_to_vec();
        for control in &controls {
            payload.extend(message::of_control(control).encode_length_delimited_to_vec());
        }
        let salt = derived(key, b"foretap/snapshot/1|salt|", &payload);
        let mut bytes = Vec::new();
        Writer::new(&mut bytes, &Secret::Key(key), salt, Limits::default(), head, &controls)?.finish()?;
        Ok(bytes)
    }

    /// Reads one; `None` if it is not one of this key, or damaged.
    ///
    /// # Errors
    /// None of the snapshot's own.
    pub(crate) fn open(key: &[u8; 32], mut bytes: &[u8]) -> Result<Option<Self>> {
        let read = Reader::new(&mut bytes, &Secret::Key(key), Limits::default()).and_then(|mut reader| {
            match reader.event()? {
                None => {
                    let Head { habits, tokens, .. } = reader.head().clone();
                    Ok(Self { habits, controls: reader.controls().to_vec(), tokens })
                }
                Some(_) => Err(BackupError::undecodable("a snapshot with events").into()),
            }
        });
        match read {
            Ok(found) => Ok(Some(found)),
            Err(Error::Backup(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
