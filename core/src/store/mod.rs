//! The encrypted log: the only module that knows SQLite.
//!
//! One file holds every event in order of arrival and the checkpoint of what the habits learnt from them. Its pages
//! are encrypted with AES-256 and authenticated (SQLCipher) under a [`Key`] that the host keeps.
//!
//! Beside the database `<db>` lie SQLite's own `<db>-wal` and `<db>-shm`, and
//!
//! | file | what it is |
//! | --- | --- |
//! | `<db>.kcv` | the key check value, which tells a wrong key from a damaged file, and the count of resets |
//! | `<db>.quarantine`, `-wal` | the last damaged log, kept for some days of events ([`Store::purge`]) |
//! | `<db>.snapshot` | habits, controls and tokens of what was sent, sealed under a key that comes from the log's: what is left if the log goes |
//! | `<db>.suspect` | a mark: a part of the log could not be read; the next open checks all of it |
//! | `<db>.erasing` | a mark: an erasure was begun; the next open finishes it |
//! | `<db>.erasures` | tokens of what was sent and is to be erased elsewhere: all that an erasure leaves until the next open |

mod checkpoint;
pub(crate) mod codes;
mod connection;
pub(crate) mod controls;
mod erase;
mod facts;
mod fault;
mod files;
mod key;
mod log;
mod models;
mod opening;
mod outbox;
mod reports;
mod retention;
mod schema;
mod seal;
mod session;
mod snapshot;
mod transfer;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use rusqlite::Connection;

pub use self::key::Key;
pub(crate) use self::key::wipe;
pub use self::models::SavedTrust;
pub use self::outbox::{SavedBatch, SavedConsent, SavedSample, SavedWeek, Sealing};
pub(crate) use self::schema::EXPORTED;
use self::session::Session;
pub(crate) use self::transfer::{Added, Losses};
use crate::config::{Durability, QUARANTINE_DAYS, Retention, WAL_PAGES};
use crate::error::{Error, Result};
use crate::event::Event;
use crate::time::DAY_MS;

/// How a log is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Which events [`Store::purge`] deletes.
    pub retention: Retention,
    /// How safely an event is stored before [`Store::append`] returns.
    pub durability: Durability,
    /// The write-ahead log is copied into the database at this many 4 KiB pages.
    pub wal_pages: u32,
    /// Whether a new log begins with the 32 bytes that every SQLite file begins with, in the clear: they tell its page size
    /// and version, and nothing of what is in it. iOS ends a suspended app that holds a file of an app group unless it
    /// knows it for a database. A log that is there keeps the form that it has.
    pub plaintext_header: bool,
    /// The name of an SQLite file system other than the system's, for fault tests.
    pub vfs: Option<String>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            retention: Retention::default(),
            durability: Durability::default(),
            wal_pages: WAL_PAGES,
            plaintext_header: false,
            vfs: None,
        }
    }
}

/// What [`Store::open`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// There was no log; a new one was made.
    Created,
    /// The log was there.
    Existing,
    /// The log was there, the key is right, and it is damaged. It was moved away and a new one was made.
    SetAside {
        /// Where the damaged log lies now.
        quarantine: PathBuf,
        /// Whether the new one began with what the snapshot beside the log knew. [`Store::open`] alone restores nothing;
        /// [`Engine::open`](crate::Engine::open) does.
        restored: bool,
    },
    /// There was no log any more, though there was a snapshot of one: somebody deleted it. A new one was made.
    Vanished {
        /// As in [`Self::SetAside`]; `false` as well where the snapshot could not be read.
        restored: bool,
    },
}

/// The arrival number of an event: later arrivals have greater numbers, and no number is given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seq(i64);

impl Seq {
    /// Before the first.
    const NONE: Self = Self(0);

    /// The number itself, from 1.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// Numbers about a log. They hold no user data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoreStats {
    /// Events in the log.
    pub events: u64,
    /// The size of the database in bytes, without its write-ahead log.
    pub bytes: u64,
    /// The time of the oldest event, in UTC epoch milliseconds.
    pub oldest_ms: Option<i64>,
    /// The time of the newest event, in UTC epoch milliseconds.
    pub newest_ms: Option<i64>,
    /// Events that retention has deleted, ever.
    pub purged: u64,
    /// How often a damaged log was set aside, or one was gone.
    pub resets: u32,
}

/// The log. One connection; share it between threads behind a lock.
///
/// ```
/// use foretap_core::store::{Store, StoreOptions};
/// use foretap_core::{Event, Item, Timestamp};
/// let mut store = Store::in_memory(&StoreOptions::default())?;
/// let event = Event::launch(Timestamp::new(1_700_000_000_000, 60)?, Item::new("com.example.mail")?);
/// let seq = store.append(&event)?;
/// assert_eq!((seq.map(|s| s.number()), store.append(&event)?), (Some(1), None)); // the second is a duplicate
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug)]
pub struct Store {
    session: Session,
    retention: Retention,
    durability: Durability,
    resets: u32,
}

impl Store {
    /// Opens the log at `path`, or makes a new one. The folder must exist.
    ///
    /// A damaged log is set aside and a new one is made ([`Opened::SetAside`]); one with another key never is. Where there is
    /// none, but a snapshot of one, a new one is made as well ([`Opened::Vanished`]).
    ///
    /// # Errors
    /// - [`Error::KeyMismatch`] if the key or salt is not the log's; nothing was changed.
    /// - [`Error::NewerSchema`] if a newer version of this library wrote the log; nothing was changed.
    /// - [`Error::NotAFile`] if a folder, a link or a device lies where a file of the log should.
    /// - [`Error::Damaged`] if the log is damaged and could not be set aside.
    /// - [`Error::Transient`] and [`Error::Io`] if a later try can succeed.
    pub fn open(path: &Path, key: &Key, options: &StoreOptions) -> Result<(Self, Opened), Error> {
        let (session, opened, resets) = Session::open(path, key, options)?;
        Ok((Self { session, retention: options.retention, durability: options.durability, resets }, opened))
    }

    /// A log in memory, unencrypted, with the same schema: for replays and tests.
    ///
    /// # Errors
    /// [`Error::Transient`] if there is no memory for it.
    pub fn in_memory(options: &StoreOptions) -> Result<Self> {
        let session = Session::in_memory(options)?;
        Ok(Self { session, retention: options.retention, durability: options.durability, resets: 0 })
    }

    /// Stores an event. `None` if the log has it already: the same kind, item and surface at the same instant.
    ///
    /// # Errors
    /// [`Error::Transient`] (nothing was stored), [`Error::Corrupt`].
    pub fn append(&mut self, event: &Event) -> Result<Option<Seq>> {
        self.session.write(|connection| log::append(connection, event))
    }

    /// Stores events in one transaction: all of them, or on an error none. For each as [`Self::append`].
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn append_all<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) -> Result<Vec<Option<Seq>>> {
        self.session.write(|connection| events.into_iter().map(|event| log::append(connection, event)).collect())
    }

    /// Visits the events that arrived after `after` (all of them for `None`), in order of arrival.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]; events visited before it were read correctly.
    pub fn replay(&self, after: Option<Seq>, visit: &mut dyn FnMut(Seq, &Event)) -> Result<()> {
        self.session.read(|connection| log::by_arrival(connection, after, visit))
    }

    /// Stores events of the past and, in the same transaction, the checkpoint that `rebuild` makes of the whole log
    /// with them in it. Returns how many were new; if none was, `rebuild` is not called and nothing changes.
    ///
    /// A log that is not whole ([`Self::is_whole`]) cannot give back what purged events taught; the caller decides.
    ///
    /// # Errors
    /// As [`Self::append`], and whatever `rebuild` returns; then nothing was stored.
    pub fn backfill<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a Event>,
        rebuild: impl FnOnce(&History<'_>) -> Result<Vec<u8>>,
    ) -> Result<usize> {
        self.session.write(|connection| {
            let mut added = 0;
            for event in events {
                added += usize::from(log::append(connection, event)?.is_some());
            }
            if let (true, Some(upto)) = (added > 0, log::newest(connection)?) {
                checkpoint::save(connection, upto, &rebuild(&History { connection })?)?;
            }
            Ok(added)
        })
    }

    /// Stores the habits' checkpoint in place of the last one. `bytes` is what they learnt from the events up to and
    /// with `upto`.
    ///
    /// # Errors
    /// As [`Self::append`].
    pub fn save_checkpoint(&mut self, upto: Seq, bytes: &[u8]) -> Result<()> {
        self.session.write(|connection| checkpoint::save(connection, upto, bytes))
    }

    /// The checkpoint and the arrival number it is valid up to.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn checkpoint(&self) -> Result<Option<(Seq, Vec<u8>)>> {
        self.session.read(checkpoint::load)
    }

    /// "Now", as retention sees it: the median time of the newest [`MEDIAN_EVENTS`](crate::config::MEDIAN_EVENTS) arrivals,
    /// in UTC epoch milliseconds.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn now_ms(&self) -> Result<Option<i64>> {
        self.session.read(retention::now_ms)
    }

    /// Deletes the events that [`Retention`] no longer keeps, with the names that only they used, and returns how many.
    ///
    /// "Now" is the median time of the newest [`MEDIAN_EVENTS`](crate::config::MEDIAN_EVENTS) arrivals. An event after
    /// the checkpoint is never deleted: the habits would lose it. The newest arrival is never deleted: its number would
    /// be given again.
    ///
    /// Also removes a quarantined log. The first call after a log was set aside notes the time of the events; a call
    /// when they are [`QUARANTINE_DAYS`] days further removes it.
    ///
    /// # Errors
    /// As [`Self::append`]; [`Error::Io`] if the quarantined log could not be removed.
    pub fn purge(&mut self) -> Result<u64> {
        let retention = self.retention;
        let purged = self.session.change(|connection| retention::purge(connection, &retention))?;
        self.expire_quarantine()?;
        Ok(purged)
    }

    /// Whether every event that the habits learned from is still there: `false` once [`Self::purge`] has deleted one, and
    /// where the log began with a snapshot's habits.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn is_whole(&self) -> Result<bool> {
        self.session.read(facts::is_whole)
    }

    /// Numbers about the log.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn stats(&self) -> Result<StoreStats> {
        self.session.read(|connection| {
            let number = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0));
            Ok(StoreStats {
                events: u64::try_from(number("SELECT count(*) FROM log")?).unwrap_or(0),
                bytes: retention::file_bytes(connection)?,
                oldest_ms: connection.query_row("SELECT min(at_ms) FROM log", [], |row| row.get(0))?,
                newest_ms: connection.query_row("SELECT max(at_ms) FROM log", [], |row| row.get(0))?,
                purged: u64::try_from(facts::read(connection, facts::PURGED)?.unwrap_or(0)).unwrap_or(0),
                resets: self.resets,
            })
        })
    }

    /// Erases the log for good: rows overwritten in the database, then every file of the log overwritten and removed,
    /// a quarantined log and the key check value too. The host should throw the key away as well: flash storage can
    /// keep old blocks that no program can reach.
    ///
    /// # Errors
    /// [`Error::Transient`] if another connection holds the log, [`Error::Io`]. The erasure is then begun: the next
    /// [`Self::open`], [`Self::erase_at`] or erase finishes it.
    pub fn erase(self) -> Result<()> {
        self.session.erase()
    }

    /// Erases the log at `path` without its key; nothing happens if there is none. No [`Store`] may have it open.
    ///
    /// # Errors
    /// [`Error::NotAFile`] if a folder or a link lies there, [`Error::Io`]; the next open or erasure finishes it.
    pub fn erase_at(path: &Path) -> Result<()> {
        erase::without_key(path)
    }

    fn expire_quarantine(&mut self) -> Result<()> {
        let Some(files) = self.session.files().cloned() else { return Ok(()) };
        if opening::quarantine(&files)?.is_none() {
            return Ok(());
        }
        let Some(now_ms) = self.session.read(retention::now_ms)? else { return Ok(()) };
        match self.session.read(|connection| facts::read(connection, facts::QUARANTINED_AT))? {
            None => self.session.write(|connection| facts::add(connection, facts::QUARANTINED_AT, now_ms)),
            Some(since_ms) if now_ms - since_ms >= i64::from(QUARANTINE_DAYS) * DAY_MS => {
                files.scrub_quarantine()?;
                self.session.write(|connection| facts::forget(connection, facts::QUARANTINED_AT))
            }
            Some(_) => Ok(()),
        }
    }
}

/// The whole log as [`Store::backfill`] shows it, with the new events in it.
pub struct History<'a> {
    connection: &'a Connection,
}

impl History<'_> {
    /// Visits every event in order of time; of those of the same millisecond, the first to arrive goes first.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn replay(&self, visit: &mut dyn FnMut(Seq, &Event)) -> Result<()> {
        log::by_time(self.connection, visit)
    }
}
