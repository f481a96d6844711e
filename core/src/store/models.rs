//! Whom model sync trusts, the bundles that it brought, and how often loading one was begun.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Seq, Store, log};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::sync::{GivenBack, Reason, Slots, StopRule, StoredTrust, Sum, Trial, Trust, digest};

/// The numbers of the slots, as stored.
const GOOD: i64 = 1;
const TRIAL: i64 = 2;
const STANDBY: i64 = 3;
/// The sum under which attempts to load the bundle that ships are counted.
const SHIPPED: &[u8] = &[];

/// The signed files that are trusted, as they were stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedTrust {
    /// The channel that was followed.
    pub channel: String,
    /// The root's file.
    pub root: Vec<u8>,
    /// The timestamp's; empty: none.
    pub timestamp: Vec<u8>,
    /// The release's; empty: none.
    pub release: Vec<u8>,
    /// The highest version of a release that was named.
    pub named: u64,
    /// The latest moment that a trusted file was signed at, seconds since 1970.
    pub signed_s: i64,
}

impl SavedTrust {
    /// What is stored of this trust.
    #[must_use]
    pub fn of(trust: &Trust) -> Self {
        let files = trust.to_store();
        Self {
            channel: trust.channel().to_owned(),
            root: files.root.to_vec(),
            timestamp: files.timestamp.to_vec(),
            release: files.release.to_vec(),
            named: files.named,
            signed_s: files.signed_s,
        }
    }

    /// The files, for [`Trust::stored`].
    #[must_use]
    pub fn files(&self) -> StoredTrust<'_> {
        StoredTrust {
            root: &self.root,
            timestamp: &self.timestamp,
            release: &self.release,
            named: self.named,
            signed_s: self.signed_s,
        }
    }
}

impl Store {
    /// Whom model sync trusts; `None` before its first run.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn trust(&self) -> Result<Option<SavedTrust>> {
        self.session.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT channel, root, timestamp, release, named, signed_s FROM trust WHERE id = 1")?;
            Ok(statement.query_row([], saved_trust).optional()?)
        })
    }

    /// What the bundles that sync brought are to this phone.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn slots(&self) -> Result<Slots> {
        self.session.read(read_slots)
    }

    /// The file of a bundle; `None` if it is not here, or not the file that was stored: another can be fetched, which is no
    /// reason to set the log aside.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn bundle(&self, sha256: &Sum) -> Result<Option<Vec<u8>>> {
        self.session.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT bytes FROM bundle WHERE sha256 = ?1")?;
            let found: Option<Vec<u8>> = statement.query_row([sha256.as_slice()], |row| row.get(0)).optional()?;
            Ok(found.filter(|bytes| digest(bytes) == *sha256))
        })
    }

    /// Stores trust and slots, and the file of a bundle that is new in one of them, all in one transaction that survives a
    /// power cut when this returns. Files of bundles that no slot names are deleted.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn save_sync(&mut self, trust: Option<&Trust>, slots: &Slots, new: Option<(&Sum, &[u8])>) -> Result<()> {
        self.durably(|connection| {
            if let Some(trust) = trust {
                write_trust(connection, trust)?;
            }
            if let Some((sha256, bytes)) = new {
                let sql = "INSERT INTO bundle (sha256, bytes) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
                connection.prepare_cached(sql)?.execute(params![sha256.as_slice(), bytes])?;
            }
            write_slots(connection, slots)
        })
    }

    /// How often loading a bundle was begun since it was last ended; `None`: the bundle that ships.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn load_attempts(&self, sha256: Option<&Sum>) -> Result<u32> {
        self.session.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT count FROM attempt WHERE sha256 = ?1")?;
            Ok(statement.query_row([key(sha256)], |row| row.get(0)).optional()?.unwrap_or(0))
        })
    }

    /// Counts that loading a bundle begins. Survives the end of the process, which is what it is for.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn begin_load(&mut self, sha256: Option<&Sum>) -> Result<()> {
        self.session.write(|connection| {
            let sql = "INSERT INTO attempt (sha256, count) VALUES (?1, 1)
                       ON CONFLICT (sha256) DO UPDATE SET count = count + 1";
            connection.prepare_cached(sql)?.execute([key(sha256)])?;
            Ok(())
        })
    }

    /// Loading a bundle has ended, well or with a refusal. Where it is on trial and the log was opened with it, its starts
    /// are counted.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn end_load(&mut self, sha256: Option<&Sum>, is_start: bool) -> Result<()> {
        self.session.write(|connection| {
            connection.prepare_cached("DELETE FROM attempt WHERE sha256 = ?1")?.execute([key(sha256)])?;
            if let (Some(sha256), true) = (sha256, is_start) {
                let sql = "UPDATE slot SET starts = starts + 1 WHERE role = ?1 AND sha256 = ?2";
                connection.prepare_cached(sql)?.execute(params![TRIAL, sha256.as_slice()])?;
            }
            Ok(())
        })
    }

    /// The newest events in order of arrival, at most so many, with their numbers.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn newest_events(&self, most: u32) -> Result<Vec<(Seq, Event)>> {
        self.session.read(|connection| {
            let after = log::before_newest(connection, most)?;
            let mut events = Vec::new();
            log::by_arrival(connection, after, &mut |seq, event| events.push((seq, event.clone())))?;
            Ok(events)
        })
    }

    /// The secret under which this phone draws its part of a rollout. A log in memory draws as one with a key of zeros.
    pub(crate) fn rollout_secret(&self) -> [u8; 32] {
        self.session.key().map_or([0; 32], super::Key::of_rollouts)
    }

    /// Whether the log outlives this process.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.session.files().is_some()
    }
}

fn key(sha256: Option<&Sum>) -> &[u8] {
    sha256.map_or(SHIPPED, |sum| sum.as_slice())
}

fn saved_trust(row: &Row<'_>) -> rusqlite::Result<SavedTrust> {
    Ok(SavedTrust {
        channel: row.get(0)?,
        root: row.get(1)?,
        timestamp: row.get(2)?,
        release: row.get(3)?,
        named: row.get::<_, i64>(4)?.cast_unsigned(),
        signed_s: row.get(5)?,
    })
}

fn write_trust(connection: &Connection, trust: &Trust) -> Result<()> {
    let files = trust.to_store();
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO trust (id, channel, root, timestamp, release, named, signed_s)
             VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            trust.channel(),
            files.root,
            files.timestamp,
            files.release,
            files.named.cast_signed(),
            files.signed_s
        ])?;
    Ok(())
}

fn read_slots(connection: &Connection) -> Result<Slots> {
    let mut slots = Slots::default();
    let mut statement = connection.prepare_cached(
        "SELECT role, sha256, since_seq, since_s, starts, least_answers, most_lost, answer_us FROM slot",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stop = StopRule { least_answers: row.get(5)?, most_lost: row.get(6)? };
        let trial = Trial {
            sha256: row.get(1)?,
            since_seq: row.get(2)?,
            since_s: row.get(3)?,
            starts: row.get(4)?,
            stop,
            answer_us: row.get(7)?,
        };
        match row.get(0)? {
            GOOD => slots.good = Some(trial.sha256),
            TRIAL => slots.trial = Some(trial),
            STANDBY => slots.standby = Some(trial),
            _ => return Err(Error::Corrupt),
        }
    }
    let mut statement = connection.prepare_cached("SELECT sha256, reason FROM given_back ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(1)?;
        let reason = Reason::ALL.into_iter().find(|reason| number_of(*reason) == number).ok_or(Error::Corrupt)?;
        slots.given_back.push(GivenBack { sha256: row.get(0)?, reason });
    }
    Ok(slots)
}

fn write_slots(connection: &Connection, slots: &Slots) -> Result<()> {
    connection.prepare_cached("DELETE FROM slot")?.execute([])?;
    let none = StopRule { least_answers: 0, most_lost: 0 };
    let good = slots.good.map(|sha256| Trial { sha256, since_seq: 0, since_s: 0, starts: 0, stop: none, answer_us: 0 });
    for (role, trial) in [(GOOD, good), (TRIAL, slots.trial), (STANDBY, slots.standby)] {
        let Some(trial) = trial else { continue };
        connection
            .prepare_cached(
                "INSERT INTO slot (role, sha256, since_seq, since_s, starts, least_answers, most_lost, answer_us)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                role,
                trial.sha256.as_slice(),
                trial.since_seq,
                trial.since_s,
                trial.starts,
                trial.stop.least_answers,
                trial.stop.most_lost,
                trial.answer_us
            ])?;
    }
    connection.prepare_cached("DELETE FROM given_back")?.execute([])?;
    for given in &slots.given_back {
        let sql = "INSERT INTO given_back (sha256, reason) VALUES (?1, ?2)";
        connection.prepare_cached(sql)?.execute(params![given.sha256.as_slice(), number_of(given.reason)])?;
    }
    let unnamed = "sha256 NOT IN (SELECT sha256 FROM slot)";
    connection.prepare_cached(&format!("DELETE FROM bundle WHERE {unnamed}"))?.execute([])?;
    connection.prepare_cached(&format!("DELETE FROM attempt WHERE {unnamed} AND sha256 != x''"))?.execute([])?;
    Ok(())
}

/// The number of a reason, as stored: never given to another meaning.
const fn number_of(reason: Reason) -> i64 {
    match reason {
        Reason::Crashed => 1,
        Reason::Unusable => 2,
        Reason::Slow => 3,
        Reason::Rehearsal => 4,
        Reason::Trial => 5,
    }
}
