//! The file `<db>.snapshot`: bytes that the store does not look into, after the log's key check value.

use sha2::{Digest, Sha256};

use super::files::{Files, exists, read_small};
use super::outbox::{TOKEN, add_tombstones};
use super::{Key, Seq, Store, checkpoint, controls, facts};
use crate::config::MAX_SNAPSHOT_BYTES;
use crate::control::Control;
use crate::error::Result;
use crate::time::Timestamp;

const MAGIC: [u8; 4] = *b"snp1";
/// Magic, key check value, and the beginning of their SHA-256: a damaged check value is none, not one of another key.
const PREFIX_BYTES: usize = 4 + 8 + 8;

/// Whether a snapshot lies beside the log, in whatever state.
///
/// # Errors
/// The system's.
pub(super) fn is_there(files: &Files) -> Result<bool> {
    Ok(exists(&files.snapshot())?)
}

/// Whether a snapshot lies beside the log that was made under another key.
///
/// # Errors
/// The system's.
pub(super) fn is_of_another(files: &Files, key: &Key) -> Result<bool> {
    let prefix = read_small(&files.snapshot(), PREFIX_BYTES as u64)?;
    Ok(prefix.is_some_and(|bytes| check_of(&bytes).is_some_and(|check| check != key.check())))
}

fn prefix(key: &Key) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    bytes.extend(key.check());
    bytes.extend_from_slice(&Sha256::digest(&bytes)[..8]);
    bytes
}

/// The key check value of an undamaged prefix.
fn check_of(bytes: &[u8]) -> Option<[u8; 8]> {
    let (told, digest) = bytes.get(..PREFIX_BYTES)?.split_at(12);
    let is_undamaged = told.starts_with(&MAGIC) && Sha256::digest(told)[..8] == *digest;
    is_undamaged.then(|| std::array::from_fn(|n| told[4 + n]))
}

impl Store {
    /// The key under which the snapshot is sealed; `None` in memory, where there is none.
    pub(crate) fn snapshot_key(&self) -> Option<[u8; 32]> {
        self.session.key().map(Key::of_snapshot)
    }

    /// Whether a snapshot lies beside the log, in whatever state.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn has_snapshot(&self) -> Result<bool> {
        self.session.files().map_or(Ok(false), is_there)
    }

    /// The snapshot's bytes; `None` if there is none of this log's key.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn snapshot(&self) -> Result<Option<Vec<u8>>> {
        let (Some(files), Some(key)) = (self.session.files(), self.session.key()) else { return Ok(None) };
        let Some(mut bytes) = read_small(&files.snapshot(), MAX_SNAPSHOT_BYTES)? else { return Ok(None) };
        if check_of(&bytes) != Some(key.check()) {
            return Ok(None);
        }
        bytes.drain(..PREFIX_BYTES);
        Ok(Some(bytes))
    }

    /// Writes the snapshot so that a power cut leaves the last one or this one.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io).
    pub(crate) fn save_snapshot(&self, bytes: &[u8]) -> Result<()> {
        let (Some(files), Some(key)) = (self.session.files(), self.session.key()) else { return Ok(()) };
        files.write_whole(&files.snapshot(), &[prefix(key).as_slice(), bytes].concat())
    }

    /// Whether nothing was ever stored: no event, no checkpoint, no control, not even one that was undone, nothing to be sent.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient), [`Error::Corrupt`](crate::Error::Corrupt).
    pub(crate) fn is_pristine(&self) -> Result<bool> {
        self.session.read(|connection| {
            Ok(connection.query_row(
                "SELECT NOT EXISTS (SELECT 1 FROM log) AND NOT EXISTS (SELECT 1 FROM checkpoint)
                 AND NOT EXISTS (SELECT 1 FROM sqlite_sequence)
                 AND NOT EXISTS (SELECT 1 FROM fact WHERE name = ?1)",
                [facts::SEALED],
                |row| row.get(0),
            )?)
        })
    }

    /// Begins a pristine log with what a snapshot knew. It is not whole then: a back-fill must not learn from nothing.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub(crate) fn restore(
        &mut self,
        habits: &[u8],
        decided: &[(Timestamp, Control)],
        tokens: &[[u8; TOKEN]],
    ) -> Result<()> {
        self.durably(|connection| {
            add_tombstones(connection, tokens)?;
            checkpoint::save(connection, Seq::NONE, habits)?;
            facts::set(connection, facts::PARTIAL, facts::GONE)?;
            decided.iter().try_for_each(|(at, control)| controls::add(connection, *at, control).map(drop))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_tells_its_key_and_a_damaged_one_tells_none() {
        let key = Key::new([1; 32], [2; 16]);
        let bytes = prefix(&key);
        assert_eq!((bytes.len(), check_of(&bytes)), (PREFIX_BYTES, Some(key.check())));
        for bit in 0..8 * bytes.len() {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(check_of(&damaged), None);
        }
        assert_eq!(check_of(&bytes[..PREFIX_BYTES - 1]), None);
    }
}
