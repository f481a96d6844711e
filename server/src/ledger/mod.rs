//! The ledger: which batches were taken, what was erased, how far the journal's segments are. SQLite, for random access.
//!
//! Its transactions do not wait for the disk: the journal has what they say, and is replayed at the next start. Before a
//! segment is removed, a checkpoint does wait.

mod error;

use std::path::Path;
use std::time::Duration;

use foretap_core::upload::BatchId;
use rusqlite::{Connection, OptionalExtension, params};

use crate::day::Day;
use crate::row_digest::RowDigest;
pub use error::LedgerError;

/// The version of [`schema.sql`](../schema.sql), in the database's `user_version`.
const VERSION: i64 = 1;
const CLOSED: i64 = 1;
const DONE: i64 = 2;

/// What the journal took.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    /// A batch.
    Batch { id: BatchId, sum: [u8; 32], day: Day, segment: u64 },
    /// Digests that are refused from now on.
    Erasure(Vec<RowDigest>),
}

/// How far a segment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SegmentState {
    /// Nothing is known: what is in it may be missing here.
    Unknown,
    /// All of it is known here.
    Closed,
    /// All of it is in the lake.
    Done,
}

/// A connection to the ledger; the journal's thread has one, the background's another.
#[derive(Debug)]
pub(crate) struct Ledger {
    connection: Connection,
}

impl Ledger {
    /// Opens the file; it is made if it is missing.
    pub(crate) fn open(path: &Path) -> Result<Self, LedgerError> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(10))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;",
        )?;
        let transaction = connection.transaction()?;
        match transaction.query_row("PRAGMA user_version", [], |row| row.get(0))? {
            0 => {
                transaction.execute_batch(include_str!("schema.sql"))?;
                let mut name = [0_u8; 16];
                getrandom::fill(&mut name).map_err(LedgerError::Random)?;
                transaction.execute("INSERT INTO about VALUES ('name', ?1)", [name])?;
                transaction.pragma_update(None, "user_version", VERSION)?;
            }
            VERSION => {}
            found => return Err(LedgerError::OtherVersion { found, supported: VERSION }),
        }
        transaction.commit()?;
        Ok(Self { connection })
    }

    /// A random name, given once: parts of the lake are named with it, so that a server that begins anew on a lake that is there
    /// writes over nothing.
    pub(crate) fn name(&self) -> Result<[u8; 16], LedgerError> {
        Ok(self.connection.query_row("SELECT value FROM about WHERE key = 'name'", [], |row| row.get(0))?)
    }

    /// The sum of the bytes that came under this id.
    pub(crate) fn sum_of(&self, id: &BatchId) -> Result<Option<[u8; 32]>, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT sum FROM batch WHERE id = ?1")?;
        Ok(statement.query_row([id.bytes()], |row| row.get(0)).optional()?)
    }

    /// Whether rows with this digest are refused.
    pub(crate) fn is_erased(&self, digest: &RowDigest) -> Result<bool, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT 1 FROM erased WHERE digest = ?1")?;
        Ok(statement.exists([digest.0])?)
    }

    /// Takes down what the journal took, all of it or nothing. What it knows stays as it is.
    pub(crate) fn record(&mut self, entries: &[Entry]) -> Result<(), LedgerError> {
        let transaction = self.connection.transaction()?;
        {
            let mut batch = transaction.prepare_cached("INSERT OR IGNORE INTO batch VALUES (?1, ?2, ?3, ?4)")?;
            let mut erased = transaction.prepare_cached("INSERT OR IGNORE INTO erased VALUES (?1)")?;
            let mut pending = transaction.prepare_cached("INSERT OR IGNORE INTO pending_erasure VALUES (?1)")?;
            for entry in entries {
                match entry {
                    Entry::Batch { id, sum, day, segment } => {
                        batch.execute(params![id.bytes(), sum, day.0, number(*segment)])?;
                    }
                    Entry::Erasure(digests) => {
                        for RowDigest(digest) in digests {
                            // One that had been taken down is erased, or waits to be.
                            if erased.execute([digest])? == 1 {
                                pending.execute([digest])?;
                            }
                        }
                    }
                }
            }
        }
        Ok(transaction.commit()?)
    }

    /// The digests whose rows may still be in the lake.
    pub(crate) fn pending_erasures(&self) -> Result<Vec<RowDigest>, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT digest FROM pending_erasure")?;
        let digests = statement.query_map([], |row| row.get(0).map(RowDigest))?;
        Ok(digests.collect::<Result<_, _>>()?)
    }

    /// No row with these digests is in the lake any more.
    pub(crate) fn erasures_done(&mut self, digests: &[RowDigest]) -> Result<(), LedgerError> {
        let transaction = self.connection.transaction()?;
        {
            let mut done = transaction.prepare_cached("DELETE FROM pending_erasure WHERE digest = ?1")?;
            for digest in digests {
                done.execute([digest.0])?;
            }
        }
        Ok(transaction.commit()?)
    }

    /// The ids that were acknowledged and are in a segment.
    pub(crate) fn batches_of(&self, segment: u64) -> Result<Vec<BatchId>, LedgerError> {
        let mut statement =
            self.connection.prepare_cached("SELECT id FROM batch WHERE segment = ?1 AND segment > 0")?;
        let ids = statement.query_map([number(segment)], |row| row.get(0).map(BatchId::new))?;
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// These batches are in no segment any more: all their rows were erased.
    pub(crate) fn take_out(&mut self, ids: &[BatchId]) -> Result<(), LedgerError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            transaction.execute("UPDATE batch SET segment = 0 WHERE id = ?1", [id.bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    /// Forgets batches that the journal lost, so that they may come again.
    pub(crate) fn forget(&mut self, ids: &[BatchId]) -> Result<(), LedgerError> {
        let transaction = self.connection.transaction()?;
        for id in ids {
            transaction.execute("DELETE FROM batch WHERE id = ?1", [id.bytes()])?;
        }
        Ok(transaction.commit()?)
    }

    /// How far a segment is.
    pub(crate) fn segment(&self, segment: u64) -> Result<SegmentState, LedgerError> {
        let mut statement = self.connection.prepare_cached("SELECT state FROM segment WHERE number = ?1")?;
        let state: Option<i64> = statement.query_row([number(segment)], |row| row.get(0)).optional()?;
        Ok(match state {
            Some(DONE) => SegmentState::Done,
            Some(_) => SegmentState::Closed,
            None => SegmentState::Unknown,
        })
    }

    /// All the batches of a segment are here, on the disk.
    pub(crate) fn close_segment(&mut self, segment: u64) -> Result<(), LedgerError> {
        self.checkpoint()?;
        self.connection.execute("INSERT OR IGNORE INTO segment VALUES (?1, ?2)", [number(segment), CLOSED])?;
        Ok(())
    }

    /// All the rows of a segment are in the lake; on the disk when this returns.
    pub(crate) fn finish_segment(&mut self, segment: u64) -> Result<(), LedgerError> {
        let transaction = self.connection.transaction()?;
        transaction.execute("INSERT OR REPLACE INTO segment VALUES (?1, ?2)", [number(segment), DONE])?;
        transaction.execute("UPDATE batch SET segment = 0 WHERE segment = ?1 AND segment > 0", [number(segment)])?;
        transaction.commit()?;
        self.checkpoint()
    }

    /// The number after that of every segment there has been.
    pub(crate) fn next_segment(&self) -> Result<u64, LedgerError> {
        let highest: i64 =
            self.connection.query_row("SELECT coalesce(max(number), 0) FROM segment", [], |row| row.get(0))?;
        Ok(highest.unsigned_abs() + 1)
    }

    /// Forgets the segments that are gone, but for the last.
    pub(crate) fn forget_segments(&mut self, before: u64) -> Result<(), LedgerError> {
        let highest = "SELECT max(number) FROM segment";
        let statement = format!("DELETE FROM segment WHERE number < ?1 AND state = ?2 AND number < ({highest})");
        self.connection.execute(&statement, [number(before), DONE])?;
        Ok(())
    }

    /// Forgets the batches that came before this day. What was erased is never forgotten.
    pub(crate) fn forget_batches(&mut self, before: Day) -> Result<(), LedgerError> {
        self.connection.execute("DELETE FROM batch WHERE day < ?1 AND segment = 0", [before.0])?;
        Ok(())
    }

    /// Whatever was taken down is on the disk, and no older version of it, when this returns.
    pub(crate) fn checkpoint(&self) -> Result<(), LedgerError> {
        let busy: i64 = self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 { Ok(()) } else { Err(LedgerError::Busy) }
    }
}

/// As SQLite counts.
fn number(segment: u64) -> i64 {
    i64::try_from(segment).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
