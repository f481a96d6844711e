//! Which events are deleted, and when. There is no clock here: "now" is what the newest events say it is.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::connection::PAGE_BYTES;
use super::{Seq, checkpoint, facts, log};
use crate::config::{MEDIAN_EVENTS, Retention};
use crate::error::Result;
use crate::time::DAY_MS;

/// Deletes what is too old or too much, in one transaction, and gives the space back. Returns the events deleted.
///
/// # Errors
/// SQLite's errors; then nothing was deleted, or everything was and the space is given back later.
pub(super) fn purge(connection: &mut Connection, retention: &Retention) -> Result<u64> {
    // Items and tokens are removed by what the log no longer names; checking each against the log again would read
    // the whole log for each.
    connection.pragma_update(None, "foreign_keys", false)?;
    let deleted = delete(connection, retention);
    connection.pragma_update(None, "foreign_keys", true)?;
    let deleted = deleted?;
    if deleted > 0 {
        give_back(connection)?;
    }
    Ok(deleted)
}

/// The median time of the newest arrivals, in milliseconds; `None` for an empty log.
///
/// # Errors
/// SQLite's errors.
pub(super) fn now_ms(connection: &Connection) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT at_ms FROM log ORDER BY seq DESC LIMIT ?1")?;
    let mut times = statement.query_map([MEDIAN_EVENTS], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    times.sort_unstable();
    Ok(times.get(times.len() / 2).copied())
}

fn delete(connection: &mut Connection, retention: &Retention) -> Result<u64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let Some(limits) = Limits::of(&transaction, retention)? else { return Ok(0) };
    let mut deleted = limits.delete_aged(&transaction)?;
    while used_bytes(&transaction)? > retention.max_bytes {
        match limits.delete_oldest_tenth(&transaction)? {
            0 => break,
            more => deleted += more,
        }
    }
    if deleted > 0 {
        transaction.execute_batch(
            "DELETE FROM item WHERE id NOT IN (SELECT item FROM log WHERE item IS NOT NULL);
             DELETE FROM token WHERE id NOT IN (
                 SELECT surface FROM log WHERE surface IS NOT NULL
                 UNION SELECT place FROM log WHERE place IS NOT NULL
                 UNION SELECT access_point FROM log WHERE access_point IS NOT NULL);",
        )?;
        facts::add(&transaction, facts::PURGED, i64::try_from(deleted).unwrap_or(i64::MAX))?;
    }
    transaction.commit()?;
    Ok(deleted)
}

/// What may be deleted at all.
struct Limits {
    /// Up to this arrival: the habits have counted it, and it is not the newest, whose number must not be given again.
    upto: Seq,
    /// Before this time: the newest events stay, however many the retention says.
    floor_ms: i64,
    /// Before this time events are too old.
    cutoff_ms: i64,
}

impl Limits {
    /// `None` if nothing may be deleted.
    fn of(connection: &Connection, retention: &Retention) -> Result<Option<Self>> {
        let (Some(counted), Some(newest)) = (checkpoint::upto(connection)?, log::newest(connection)?) else {
            return Ok(None);
        };
        let Some(now_ms) = now_ms(connection)? else { return Ok(None) };
        let floor_ms = match i64::try_from(retention.keep_at_least) {
            Ok(0) => Some(i64::MAX),
            Ok(kept) => connection
                .prepare_cached("SELECT at_ms FROM log ORDER BY at_ms DESC LIMIT 1 OFFSET ?1")?
                .query_row([kept - 1], |row| row.get(0))
                .optional()?,
            Err(_) => None,
        };
        Ok(floor_ms.map(|floor_ms| Self {
            upto: counted.min(Seq(newest.0 - 1)),
            floor_ms,
            cutoff_ms: now_ms - i64::from(retention.max_days) * DAY_MS,
        }))
    }

    fn delete_aged(&self, connection: &Connection) -> Result<u64> {
        let deleted = connection
            .prepare_cached("DELETE FROM log WHERE at_ms < ?1 AND seq <= ?2")?
            .execute(params![self.cutoff_ms.min(self.floor_ms), self.upto.0])?;
        Ok(deleted as u64)
    }

    fn delete_oldest_tenth(&self, connection: &Connection) -> Result<u64> {
        let events: i64 = connection.query_row("SELECT count(*) FROM log", [], |row| row.get(0))?;
        let deleted = connection
            .prepare_cached(
                "DELETE FROM log WHERE seq IN (
                     SELECT seq FROM log WHERE at_ms < ?1 AND seq <= ?2 ORDER BY at_ms, seq LIMIT ?3)",
            )?
            .execute(params![self.floor_ms, self.upto.0, (events / 10).max(1)])?;
        Ok(deleted as u64)
    }
}

/// The size of the database in bytes.
///
/// # Errors
/// SQLite's errors.
pub(super) fn file_bytes(connection: &Connection) -> Result<u64> {
    bytes_of(connection, "PRAGMA page_count")
}

/// The size of the pages in use, without those that were freed and can be given back.
fn used_bytes(connection: &Connection) -> Result<u64> {
    Ok(file_bytes(connection)?.saturating_sub(bytes_of(connection, "PRAGMA freelist_count")?))
}

fn bytes_of(connection: &Connection, pages: &str) -> Result<u64> {
    let pages: i64 = connection.query_row(pages, [], |row| row.get(0))?;
    Ok(u64::try_from(pages).unwrap_or(0).saturating_mul(PAGE_BYTES))
}

/// Gives freed pages back to the file system and empties the write-ahead log, which still holds what they held.
fn give_back(connection: &Connection) -> Result<()> {
    let mut statement = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    drop(rows);
    empty_wal(connection).map(drop)
}

/// Copies the write-ahead log into the database and cuts it to nothing; `false` if another connection kept it from
/// doing so, and the log is emptied later.
///
/// # Errors
/// SQLite's errors.
pub(super) fn empty_wal(connection: &Connection) -> Result<bool> {
    let is_busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(is_busy == 0)
}
