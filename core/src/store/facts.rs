//! Numbers about the log itself.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// How many events retention has deleted, ever.
pub(super) const PURGED: &str = "purged";
/// 1 where the log began with habits that learned from events it never had.
pub(super) const PARTIAL: &str = "partial";
/// 1 where something was sealed to be sent, or tokens of what was sent were taken in.
pub(super) const SEALED: &str = "sealed";
/// The time of the events when the damaged log in quarantine was first seen, in milliseconds.
pub(super) const QUARANTINED_AT: &str = "quarantined_at_ms";

/// The number of a name.
///
/// # Errors
/// SQLite's errors.
pub(super) fn read(connection: &Connection, name: &str) -> Result<Option<i64>> {
    Ok(connection
        .prepare_cached("SELECT value FROM fact WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

/// Whether the habits learned from nothing but what the log has.
///
/// # Errors
/// SQLite's errors.
pub(super) fn is_whole(connection: &Connection) -> Result<bool> {
    Ok(read(connection, PURGED)?.is_none() && read(connection, PARTIAL)?.is_none())
}

/// Whether all that is missing are events of hidden items, which an export had left out.
///
/// # Errors
/// SQLite's errors.
pub(super) fn is_whole_but_for_hidden(connection: &Connection) -> Result<bool> {
    Ok(read(connection, PURGED)?.is_none() && read(connection, PARTIAL)? == Some(LEFT_OUT))
}

/// The value of [`PARTIAL`] where events are gone.
pub(super) const GONE: i64 = 1;
/// The value of [`PARTIAL`] where events of hidden items were left out of an export that came in.
pub(super) const LEFT_OUT: i64 = 2;

/// Sets a number.
///
/// # Errors
/// SQLite's errors.
pub(super) fn set(connection: &Connection, name: &str, value: i64) -> Result<()> {
    forget(connection, name)?;
    add(connection, name, value)
}

/// Adds to a number that starts at 0.
///
/// # Errors
/// SQLite's errors.
pub(super) fn add(connection: &Connection, name: &str, value: i64) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO fact (name, value) VALUES (?1, ?2)
             ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
        )?
        .execute(params![name, value])?;
    Ok(())
}

/// Forgets a number.
///
/// # Errors
/// SQLite's errors.
pub(super) fn forget(connection: &Connection, name: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM fact WHERE name = ?1")?.execute([name])?;
    Ok(())
}
