//! An open log's connection, and what it does after a failure.

use std::cell::{Cell, RefCell};
use std::path::Path;

use rusqlite::{Connection, TransactionBehavior, ffi};

use super::files::Files;
use super::{Key, Opened, StoreOptions, connection, erase, opening};
use crate::error::{Error, Result, TransientReason};

/// A connection that is opened anew after a failure that it cannot get over by itself.
pub(super) struct Session {
    connection: RefCell<Connection>,
    health: Cell<Health>,
    /// `None` in memory.
    home: Option<Home>,
}

/// What it takes to open the log again.
struct Home {
    files: Files,
    key: Key,
    options: StoreOptions,
}

/// What the last calls told of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Health {
    Well,
    /// A read or an allocation failed. SQLCipher then takes the page for a forged one and fails every later call on
    /// this connection; a new connection is well.
    Shaken,
    /// A page is not what was written.
    Corrupt,
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("health", &self.health.get()).finish_non_exhaustive()
    }
}

impl Session {
    /// As `Store::open`, and how often damaged logs were set aside so far.
    ///
    /// # Errors
    /// As `Store::open`.
    pub(super) fn open(path: &Path, key: &Key, options: &StoreOptions) -> Result<(Self, Opened, u32)> {
        let files = Files::of(path)?;
        let (connection, opened, resets) = opening::open(&files, key, options)?;
        let home = Home { files, key: key.again(), options: options.clone() };
        Ok((Self::of(connection, Some(home)), opened, resets))
    }

    /// A log in memory.
    ///
    /// # Errors
    /// SQLite's errors.
    pub(super) fn in_memory(options: &StoreOptions) -> Result<Self> {
        Ok(Self::of(connection::in_memory(options)?, None))
    }

    fn of(connection: Connection, home: Option<Home>) -> Self {
        Self { connection: RefCell::new(connection), health: Cell::new(Health::Well), home }
    }

    /// The log's files, if it has any.
    pub(super) fn files(&self) -> Option<&Files> {
        self.home.as_ref().map(|home| &home.files)
    }

    /// The log's key, if it has one.
    pub(super) fn key(&self) -> Option<&Key> {
        self.home.as_ref().map(|home| &home.key)
    }

    /// Reads.
    ///
    /// # Errors
    /// What `body` returns; [`Error::Corrupt`] once damage was met.
    pub(super) fn read<T>(&self, body: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.recover()?;
        let result = body(&self.connection.borrow());
        self.noting(result)
    }

    /// Writes in a transaction that ends with `body`: kept as a whole, or on an error not at all.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn write<T>(&mut self, body: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        self.change(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let value = body(&transaction)?;
            transaction.commit()?;
            Ok(value)
        })
    }

    /// Writes in transactions of `body`'s own.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub(super) fn change<T>(&mut self, body: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        self.recover()?;
        let result = body(self.connection.get_mut());
        self.noting(result)
    }

    /// Erases the log.
    ///
    /// # Errors
    /// As `Store::erase`.
    pub(super) fn erase(self) -> Result<()> {
        match &self.home {
            Some(home) => erase::with_rows(self.connection.into_inner(), &home.files),
            None => Ok(()),
        }
    }

    /// Opens the log anew if the connection is shaken.
    fn recover(&self) -> Result<()> {
        let home = match (self.health.get(), &self.home) {
            (Health::Corrupt, _) => return Err(Error::Corrupt),
            (Health::Shaken, Some(home)) => home,
            (Health::Well, _) | (Health::Shaken, None) => return Ok(()),
        };
        // A visitor of a replay may read; it must not change the connection under the replay.
        let Ok(mut connection) = self.connection.try_borrow_mut() else { return Ok(()) };
        // The old one is closed first, so that the log never has two.
        *connection = Connection::open_in_memory()?;
        let opened = connection::open(&home.files.database, &home.key, &home.options);
        if matches!(opened, Ok(_) | Err(Error::Corrupt)) {
            self.health.set(Health::Well);
        }
        *connection = self.noting(opened)?.0;
        Ok(())
    }

    /// Draws the conclusions from a result. Damage and what may be damage leave a mark, so that the next open looks at
    /// the whole file; on a shaken connection a damaged page only means that the connection is shaken.
    fn noting<T>(&self, result: Result<T>) -> Result<T> {
        match (&result, self.health.get()) {
            (Err(Error::Corrupt | Error::Storage(_)), Health::Shaken) => {
                return Err(Error::Transient {
                    reason: TransientReason::Io,
                    source: rusqlite::Error::SqliteFailure(ffi::Error::new(ffi::SQLITE_IOERR), None),
                });
            }
            (Err(Error::Corrupt), _) => {
                self.health.set(Health::Corrupt);
                self.suspect();
            }
            (Err(Error::Transient { reason: TransientReason::Memory, .. }), _) => {
                // SQLCipher also says this when it will not write after it met a page that it could not decrypt.
                self.health.set(Health::Shaken);
                self.suspect();
            }
            (Err(Error::Transient { reason: TransientReason::Io, .. }), _) => self.health.set(Health::Shaken),
            _ => {}
        }
        result
    }

    fn suspect(&self) {
        if let Some(files) = self.files() {
            // Without the mark the next open looks at a part only; the error at hand matters more.
            let _ = files.mark(&files.suspect());
        }
    }
}
