//! A snapshot: habits and controls without events, for a log that is gone.

use prost::Message;

use super::header::derived;
use super::writer::head_message;
use super::{Decided, Head, Limits, Reader, Secret, Writer, message};
use crate::error::{BackupError, Error, Result};

/// A snapshot of habits and controls under a key of the log's. The salt is a keyed hash of what is in it: the same in, the
/// same out, and no nonce is used for two different ones.
///
/// # Errors
/// [`BackupError::TooLarge`].
pub(crate) fn snapshot(key: &[u8; 32], habits: Vec<u8>, controls: &[Decided]) -> Result<Vec<u8>> {
    let head = Head { events: 0, is_whole: false, has_left_out: false, purged: 0, habits };
    let mut payload = head_message(head.clone(), controls).encode_length_delimited_to_vec();
    for control in controls {
        payload.extend(message::of_control(control).encode_length_delimited_to_vec());
    }
    let salt = derived(key, b"foretap/snapshot/1|salt|", &payload);
    let mut bytes = Vec::new();
    Writer::new(&mut bytes, &Secret::Key(key), salt, Limits::default(), head, controls)?.finish()?;
    Ok(bytes)
}

/// The habits' checkpoint and the controls of a snapshot; `None` if it is not one of this key, or damaged.
///
/// # Errors
/// None of the snapshot's own.
pub(crate) fn read_snapshot(key: &[u8; 32], mut bytes: &[u8]) -> Result<Option<(Vec<u8>, Vec<Decided>)>> {
    let read =
        Reader::new(&mut bytes, &Secret::Key(key), Limits::default()).and_then(|mut reader| match reader.event()? {
            None => Ok((reader.head().habits.clone(), reader.controls().to_vec())),
            Some(_) => Err(BackupError::undecodable("a snapshot with events").into()),
        });
    match read {
        Ok(found) => Ok(Some(found)),
        Err(Error::Backup(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
