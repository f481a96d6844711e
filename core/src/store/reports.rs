//! Counts that are no function of the log, as bytes that the store does not look into.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::Store;
use crate::error::{Error, Result};

impl Store {
    /// Stores a report, bytes that the store does not look into, in place of the last one of its name.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn save_report(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        self.session.write(|connection| save(connection, name, bytes))
    }

    /// The report of a name, if one was saved.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn report(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.session.read(|connection| load(connection, name))
    }
}

/// Puts a report in place of the last one of its name, inside the caller's transaction.
///
/// # Errors
/// SQLite's errors.
pub(super) fn save(connection: &Connection, name: &str, bytes: &[u8]) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO report (name, digest, bytes) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, bytes = excluded.bytes",
        )?
        .execute(params![name, Sha256::digest(bytes).as_slice(), bytes])?;
    Ok(())
}

/// The report of a name, if one was saved.
///
/// # Errors
/// [`Error::Corrupt`] if its bytes are not those that were saved; SQLite's errors.
pub(super) fn load(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>> {
    let found: Option<(Vec<u8>, Vec<u8>)> = connection
        .prepare_cached("SELECT digest, bytes FROM report WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((digest, bytes)) = found else { return Ok(None) };
    if Sha256::digest(&bytes).as_slice() != digest {
        return Err(Error::Corrupt);
    }
    Ok(Some(bytes))
}
