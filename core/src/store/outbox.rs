//! What the person allows to be sent, what waits to be sent, and what is to be taken back.

use rusqlite::{Connection, OptionalExtension, Row, params};
use sha2::{Digest, Sha256};

use super::Store;
use super::facts;
use super::files::{Files, read_small, remove};
#[cfg(doc)]
use crate::error::Error;
use crate::error::Result;

/// The length of an erasure token.
pub(super) const TOKEN: usize = 32;
/// The most bytes of the file of tokens that an erasure leaves: far more weeks than are remembered.
const MAX_ERASURES_BYTES: u64 = 64 << 10;

/// What is allowed, and how far it was carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedConsent {
    /// Reports of a day.
    pub reports: bool,
    /// Samples of an unlock.
    pub samples: bool,
    /// What all names come from.
    pub secret: [u8; 32],
    /// The newest local day of which nothing is to be reported any more.
    pub reported_day: i64,
    /// How many batches were sealed.
    pub sealed: u64,
}

/// A sample that is not sealed yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSample {
    /// The local day.
    pub day: i64,
    /// The sample.
    pub bytes: Vec<u8>,
}

/// A batch that no server has taken yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedBatch {
    /// Its name.
    pub id: [u8; 16],
    /// The local day on which it was sealed.
    pub sealed_day: i64,
    /// What is sent.
    pub bytes: Vec<u8>,
}

/// A week under whose names something was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedWeek {
    /// Its number.
    pub week: u32,
    /// The newest day of it that something was sealed of.
    pub day: i64,
    /// How many samples it has.
    pub samples: u32,
}

/// What a sealing leaves.
#[derive(Debug, Clone, Copy)]
pub struct Sealing<'a> {
    /// What is allowed, with how far it was carried out now.
    pub consent: &'a SavedConsent,
    /// New batches.
    pub batches: &'a [SavedBatch],
    /// The weeks that they have something of, as they are now.
    pub weeks: &'a [SavedWeek],
    /// Samples up to this day are sealed, or too old.
    pub until_day: i64,
    /// Samples after this day are of a clock that was ahead.
    pub from_day: i64,
    /// Batches sealed before this day are dropped.
    pub oldest_batch: i64,
    /// As is all but the newest so many bytes of them.
    pub most_bytes: u64,
    /// Weeks whose newest day is before this one are forgotten.
    pub oldest_week_day: i64,
}

impl Store {
    /// What is allowed; `None`: nothing.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn consent(&self) -> Result<Option<SavedConsent>> {
        self.session.read(|connection| {
            let sql = "SELECT reports, samples, secret, reported_day, sealed FROM consent WHERE id = 1";
            Ok(connection.prepare_cached(sql)?.query_row([], saved_consent).optional()?)
        })
    }

    /// Changes what is allowed. Where something is taken back (`is_anew`), nothing of what waited stays, and `tombstones` are
    /// what is to be erased elsewhere. All in one transaction that survives a power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn save_consent(
        &mut self,
        consent: Option<&SavedConsent>,
        is_anew: bool,
        tombstones: &[[u8; TOKEN]],
    ) -> Result<()> {
        self.durably(|connection| {
            if is_anew {
                connection.execute_batch("DELETE FROM sample; DELETE FROM outbox; DELETE FROM upload_week;")?;
            }
            add_tombstones(connection, tombstones)?;
            match consent {
                Some(consent) => write_consent(connection, consent),
                None => Ok(connection.execute("DELETE FROM consent", []).map(drop)?),
            }
        })
    }

    /// Keeps a sample, and of its day only those with the `most` smallest draws.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn keep_sample(&mut self, sample: &SavedSample, draw: u64, most: u32) -> Result<()> {
        self.session.write(|connection| {
            // The order of unsigned numbers, as signed ones.
            let draw = (draw ^ (1 << 63)).cast_signed();
            let kept: u32 = connection
                .prepare_cached("SELECT count(*) FROM sample WHERE day = ?1 AND draw <= ?2")?
                .query_row(params![sample.day, draw], |row| row.get(0))?;
            if kept >= most {
                return Ok(());
            }
            connection
                .prepare_cached("INSERT INTO sample (day, draw, bytes) VALUES (?1, ?2, ?3)")?
                .execute(params![sample.day, draw, sample.bytes])?;
            connection
                .prepare_cached(
                    "DELETE FROM sample WHERE id IN
                     (SELECT id FROM sample WHERE day = ?1 ORDER BY draw LIMIT -1 OFFSET ?2)",
                )?
                .execute(params![sample.day, most])?;
            Ok(())
        })
    }

    /// The samples of the days from `from_day` to `until_day`, both among them, in order of days.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn samples(&self, from_day: i64, until_day: i64) -> Result<Vec<SavedSample>> {
        self.session.read(|connection| {
            let sql = "SELECT day, bytes FROM sample WHERE day BETWEEN ?1 AND ?2 ORDER BY day, draw";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement
                .query_map([from_day, until_day], |row| Ok(SavedSample { day: row.get(0)?, bytes: row.get(1)? }))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Stores what was sealed, and drops what it was sealed from and what is too old, all in one transaction that survives a
    /// power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn save_sealing(&mut self, sealing: &Sealing<'_>) -> Result<()> {
        self.durably(|connection| {
            write_consent(connection, sealing.consent)?;
            for batch in sealing.batches {
                let digest = Sha256::digest(&batch.bytes);
                connection
                    .prepare_cached("INSERT INTO outbox (id, sealed_day, digest, bytes) VALUES (?1, ?2, ?3, ?4)")?
                    .execute(params![batch.id.as_slice(), batch.sealed_day, digest.as_slice(), batch.bytes])?;
            }
            if !sealing.batches.is_empty() {
                facts::set(connection, facts::SEALED, 1)?;
            }
            for week in sealing.weeks {
                connection
                    .prepare_cached("INSERT OR REPLACE INTO upload_week (week, day, samples) VALUES (?1, ?2, ?3)")?
                    .execute(params![week.week, week.day, week.samples])?;
            }
            connection
                .prepare_cached("DELETE FROM sample WHERE day <= ?1 OR day >= ?2")?
                .execute([sealing.until_day, sealing.from_day])?;
            connection.prepare_cached("DELETE FROM outbox WHERE sealed_day < ?1")?.execute([sealing.oldest_batch])?;
            connection.prepare_cached("DELETE FROM upload_week WHERE day < ?1")?.execute([sealing.oldest_week_day])?;
            drop_beyond(connection, sealing.most_bytes)
        })
    }

    /// The batches that no server has taken yet, the oldest first.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]. A batch that is not the bytes that were sealed is not among them: what a person
    /// was shown is what is sent, or nothing is.
    pub fn outbox(&self) -> Result<Vec<SavedBatch>> {
        self.session.read(|connection| {
            let sql = "SELECT id, sealed_day, digest, bytes FROM outbox ORDER BY rowid";
            let mut statement = connection.prepare_cached(sql)?;
            let found = statement.query_map([], |row| {
                let digest: Vec<u8> = row.get(2)?;
                Ok((digest, SavedBatch { id: row.get(0)?, sealed_day: row.get(1)?, bytes: row.get(3)? }))
            })?;
            let found: Vec<(Vec<u8>, SavedBatch)> = found.collect::<Result<_, _>>()?;
            let whole = found.into_iter().filter(|(digest, batch)| Sha256::digest(&batch.bytes).as_slice() == digest);
            Ok(whole.map(|(_, batch)| batch).collect())
        })
    }

    /// The weeks under whose names something was sealed.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn upload_weeks(&self) -> Result<Vec<SavedWeek>> {
        self.session.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT week, day, samples FROM upload_week ORDER BY week")?;
            let found = statement
                .query_map([], |row| Ok(SavedWeek { week: row.get(0)?, day: row.get(1)?, samples: row.get(2)? }))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// The tokens of weeks that are to be erased elsewhere.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn tombstones(&self) -> Result<Vec<[u8; TOKEN]>> {
        self.session.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT token FROM tombstone ORDER BY token")?;
            let found = statement.query_map([], |row| row.get(0))?;
            Ok(found.collect::<Result<_, _>>()?)
        })
    }

    /// Drops batches and tokens that a server has dealt with. It survives a power cut when this returns.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn drop_delivered(&mut self, batches: &[[u8; 16]], tombstones: &[[u8; TOKEN]]) -> Result<()> {
        self.durably(|connection| {
            for id in batches {
                connection.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id.as_slice()])?;
            }
            for token in tombstones {
                connection.prepare_cached("DELETE FROM tombstone WHERE token = ?1")?.execute([token.as_slice()])?;
            }
            Ok(())
        })
    }

    /// Leaves the tokens of what was sent beside the log, for the erasure that follows: whoever opens the next log at this path
    /// sends them. They name rows on a server and say nothing of what is in them.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn leave_erasures(&self, tokens: &[[u8; TOKEN]]) -> Result<()> {
        match self.session.files() {
            Some(files) if !tokens.is_empty() => files.write_whole(&files.erasures(), &tokens.concat()),
            _ => Ok(()),
        }
    }

    /// Takes in tokens of what an earlier log here had sent.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub(crate) fn add_erasures(&mut self, tokens: &[[u8; TOKEN]]) -> Result<()> {
        if tokens.is_empty() { Ok(()) } else { self.durably(|connection| add_tombstones(connection, tokens)) }
    }

    /// Takes the tokens in that an erasure left beside this log's path; whether there were any. Once they would outlive this log too,
    /// [`Self::drop_left_erasures`] removes them there.
    ///
    /// # Errors
    /// As [`Self::append`]; [`Error::Io`].
    pub(crate) fn take_erasures(&mut self) -> Result<bool> {
        let Some(bytes) = self.session.files().map_or(Ok(None), left)? else { return Ok(false) };
        let (tokens, _) = bytes.as_chunks::<TOKEN>();
        self.add_erasures(tokens)?;
        Ok(true)
    }

    /// Removes the tokens that an erasure left beside this log's path.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub(crate) fn drop_left_erasures(&self) -> Result<()> {
        self.session.files().map_or(Ok(()), |files| Ok(remove(&files.erasures())?))
    }
}

fn left(files: &Files) -> Result<Option<Vec<u8>>> {
    read_small(&files.erasures(), MAX_ERASURES_BYTES)
}

pub(super) fn add_tombstones(connection: &Connection, tokens: &[[u8; TOKEN]]) -> Result<()> {
    if !tokens.is_empty() {
        facts::set(connection, facts::SEALED, 1)?;
    }
    for token in tokens {
        connection
            .prepare_cached("INSERT INTO tombstone (token) VALUES (?1) ON CONFLICT DO NOTHING")?
            .execute([token.as_slice()])?;
    }
    Ok(())
}

fn saved_consent(row: &Row<'_>) -> rusqlite::Result<SavedConsent> {
    Ok(SavedConsent {
        reports: row.get(0)?,
        samples: row.get(1)?,
        secret: row.get(2)?,
        reported_day: row.get(3)?,
        sealed: row.get::<_, i64>(4)?.cast_unsigned(),
    })
}

fn write_consent(connection: &Connection, consent: &SavedConsent) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO consent (id, reports, samples, secret, reported_day, sealed)
             VALUES (1, ?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            consent.reports,
            consent.samples,
            consent.secret.as_slice(),
            consent.reported_day,
            consent.sealed.cast_signed()
        ])?;
    Ok(())
}

/// Drops the oldest batches while all of them have more bytes than this.
fn drop_beyond(connection: &Connection, most_bytes: u64) -> Result<()> {
    let mut statement = connection.prepare_cached("SELECT rowid, length(bytes) FROM outbox ORDER BY rowid DESC")?;
    let sizes: Vec<(i64, u64)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned())))?
        .collect::<Result<_, _>>()?;
    let mut sum = 0;
    for (rowid, bytes) in sizes {
        sum += bytes;
        if sum > most_bytes {
            connection.prepare_cached("DELETE FROM outbox WHERE rowid <= ?1")?.execute([rowid])?;
            break;
        }
    }
    Ok(())
}
