//! The habits' checkpoint: bytes the store does not look into, and the arrival number they are valid up to.

use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use super::Seq;
use crate::error::{Error, Result};

/// Puts the checkpoint in place of the last one, inside the caller's transaction.
///
/// # Errors
/// SQLite's errors.
pub(super) fn save(connection: &Connection, upto: Seq, bytes: &[u8]) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO checkpoint (id, upto, digest, bytes) VALUES (1, ?1, ?2, ?3)
             ON CONFLICT (id) DO UPDATE SET upto = excluded.upto, digest = excluded.digest, bytes = excluded.bytes",
        )?
        .execute(params![upto.0, Sha256::digest(bytes).as_slice(), bytes])?;
    Ok(())
}

/// The checkpoint, if one was saved.
///
/// # Errors
/// [`Error::Corrupt`] if its bytes are not those that were saved: a damaged page in the middle of a large value reads
/// as zeros, and SQLite has no checksum of its own that would tell. SQLite's errors.
pub(super) fn load(connection: &Connection) -> Result<Option<(Seq, Vec<u8>)>> {
    let found: Option<(i64, Vec<u8>, Vec<u8>)> = connection
        .prepare_cached("SELECT upto, digest, bytes FROM checkpoint")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((upto, digest, bytes)) = found else { return Ok(None) };
    if Sha256::digest(&bytes).as_slice() != digest {
        return Err(Error::Corrupt);
    }
    Ok(Some((Seq(upto), bytes)))
}

/// The arrival number of the checkpoint, if one was saved.
///
/// # Errors
/// SQLite's errors.
pub(super) fn upto(connection: &Connection) -> Result<Option<Seq>> {
    let upto: Option<i64> =
        connection.prepare_cached("SELECT upto FROM checkpoint")?.query_row([], |row| row.get(0)).optional()?;
    Ok(upto.map(Seq))
}
