//! Secure erasure: nothing of the log is left that this library could have overwritten.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, ffi};

use super::connection::set_durability;
use super::files::Files;
use super::retention::empty_wal;
use crate::config::Durability;
use crate::error::{Error, Result, TransientReason};

/// Erases a log on disk: the intent first, so that an erasure that is cut short is finished by the next open; then the
/// rows, overwritten inside the database and its write-ahead log; then the files.
///
/// # Errors
/// [`Error::Transient`] if another connection holds the log, [`Error::Io`]; the next open or erasure goes on.
pub(super) fn with_rows(mut connection: Connection, files: &Files) -> Result<()> {
    files.mark(&files.erasing())?;
    // Overwriting the files under another connection could leave its copy behind. A log that is damaged, or a disk
    // that is full, is no reason not to overwrite them.
    let deleted = delete_rows(&mut connection);
    if matches!(deleted, Err(Error::Transient { reason: TransientReason::Busy, .. })) {
        return deleted;
    }
    drop(connection);
    files.scrub_all()
}

/// Erases a log's files without opening it.
///
/// # Errors
/// [`Error::Io`], [`Error::NotAFile`].
pub(super) fn without_key(database: &Path) -> Result<()> {
    let files = Files::of(database)?;
    files.check_ordinary()?;
    files.scrub_all()
}

/// Deletes every row so that it survives a power cut and nothing of it stays in the database or its write-ahead log.
///
/// # Errors
/// SQLite's errors.
pub(super) fn delete_rows(connection: &mut Connection) -> Result<()> {
    set_durability(connection, Durability::Full)?;
    connection.pragma_update(None, "foreign_keys", false)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "DELETE FROM log; DELETE FROM item; DELETE FROM token; DELETE FROM checkpoint; DELETE FROM fact;
         DELETE FROM control; DELETE FROM report; DELETE FROM trust; DELETE FROM slot; DELETE FROM bundle;
         DELETE FROM given_back; DELETE FROM attempt; DELETE FROM consent; DELETE FROM sample; DELETE FROM outbox;
         DELETE FROM upload_week; DELETE FROM tombstone;",
    )?;
    transaction.commit()?;
    if empty_wal(connection)? { Ok(()) } else { Err(busy().into()) }
}

fn busy() -> rusqlite::Error {
    rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_BUSY), None)
}
