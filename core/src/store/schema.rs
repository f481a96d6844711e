//! The numbered migrations that bring a log to the newest schema.

use rusqlite::{Connection, TransactionBehavior};

use super::Store;
use crate::error::{Error, Result};

impl Store {
    /// Every table of the schema with its columns, in the order of the schema: for the inventory of what is stored.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn columns(&self) -> Result<Vec<(String, String)>> {
        self.session.read(columns)
    }
}

/// Every migration in order; the n-th (from 1) makes schema n. A released file is never edited.
const MIGRATIONS: [&str; 4] = [
    include_str!("../../migrations/0001_log.sql"),
    include_str!("../../migrations/0002_controls.sql"),
    include_str!("../../migrations/0003_sync.sql"),
    include_str!("../../migrations/0004_upload.sql"),
];

/// The newest schema that this library reads.
#[expect(clippy::cast_possible_truncation, reason = "a handful of migrations")]
pub(super) const NEWEST: u32 = MIGRATIONS.len() as u32;

/// The schema of what exports hold. Schemas 3 and 4 are about models and uploads, none of which is in an export: a library that
/// reads schema 2 reads such an export.
pub(crate) const EXPORTED: u32 = 2;

/// The schema of a file; 0 for a new one.
///
/// # Errors
/// [`Error::NewerSchema`] if this library is too old for it; SQLite's errors.
pub(super) fn version(connection: &Connection) -> Result<u32> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let found = u32::try_from(found).map_err(|_| Error::Corrupt)?;
    if found > NEWEST {
        return Err(Error::NewerSchema { found, supported: NEWEST });
    }
    Ok(found)
}

/// Applies the migrations after schema `from`, each in its own transaction: a power cut leaves one schema or the next.
///
/// # Errors
/// SQLite's errors; nothing of the failing migration stays.
pub(super) fn migrate(connection: &mut Connection, from: u32) -> Result<()> {
    for (version, sql) in (1_u32..).zip(MIGRATIONS).skip_while(|(version, _)| *version <= from) {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute_batch(sql)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

/// Every table with its columns; SQLite's own are left out.
///
/// # Errors
/// SQLite's errors.
pub(super) fn columns(connection: &Connection) -> Result<Vec<(String, String)>> {
    let mut statement = connection.prepare(
        "SELECT t.name, c.name FROM pragma_table_list AS t JOIN pragma_table_info(t.name) AS c
         WHERE t.schema = 'main' AND t.name NOT GLOB 'sqlite_*' ORDER BY t.name, c.cid",
    )?;
    let found = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<Vec<_>, _>>()?)
}
