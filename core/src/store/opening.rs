//! Opening a log, in every state that its files can be in.

use std::path::PathBuf;

use rusqlite::Connection;

use super::connection::{self, Probe};
use super::files::{Files, exists, remove};
use super::log;
use super::seal::Seal;
use super::{Key, Opened, StoreOptions, snapshot};
use crate::error::{Error, Result};

/// Opens the log or makes a new one, and says how often damaged ones were set aside so far.
///
/// # Errors
/// As `Store::open`.
pub(super) fn open(files: &Files, key: &Key, options: &StoreOptions) -> Result<(Connection, Opened, u32)> {
    if exists(&files.erasing())? {
        files.scrub_all()?;
    }
    files.check_ordinary()?;
    let seal = known(files, key, options)?;
    files.drop_half_written()?;
    let mut looked = whole(files, key, options, exists(&files.suspect())?);
    if matches!(looked, Err(Error::Corrupt | Error::Storage(_))) {
        // A read that failed can look like damage to SQLCipher and to every page after it, and damage now and then like an
        // error without a name. Damage shows twice.
        looked = whole(files, key, options, true);
    }
    match looked {
        Ok((connection, true)) if snapshot::is_there(files)? => {
            let seal = seal.after_reset();
            seal.write(files)?;
            remove(&files.suspect())?;
            Ok((connection, Opened::Vanished { restored: false }, seal.resets))
        }
        Ok((connection, is_new)) => {
            remove(&files.suspect())?;
            Ok((connection, if is_new { Opened::Created } else { Opened::Existing }, seal.resets))
        }
        Err(Error::Corrupt) => {
            let seal = seal.after_reset();
            seal.write(files)?;
            let quarantine = files.set_aside()?;
            remove(&files.suspect())?;
            let (connection, _) = connection::open(&files.database, key, options)?;
            Ok((connection, Opened::SetAside { quarantine, restored: false }, seal.resets))
        }
        Err(error) => Err(error),
    }
}

/// Settles whether the key is the log's. Nothing is changed before that is known; after it the file tells it.
fn known(files: &Files, key: &Key, options: &StoreOptions) -> Result<Seal> {
    let found = Seal::read(files)?;
    if let Some(seal) = found.filter(|seal| seal.is_of(key)) {
        return Ok(seal);
    }
    let seal = match (connection::probe(&files.database, key, options)?, found) {
        // The key decrypts the log, whatever the file says: it is the file that is wrong or missing.
        (Probe::Ours, Some(seal)) => seal.resealed(key),
        // Nothing is left but a snapshot, and it says whose it is.
        (Probe::Empty, None) if snapshot::is_of_another(files, key)? => return Err(Error::KeyMismatch),
        (Probe::Ours | Probe::Empty, None) => Seal::new(key),
        (Probe::Foreign, _) | (Probe::Empty, Some(_)) => return Err(Error::KeyMismatch),
    };
    seal.write(files)?;
    Ok(seal)
}

/// Opens the database and reads a little of everything, or all of it.
fn whole(files: &Files, key: &Key, options: &StoreOptions, all_of_it: bool) -> Result<(Connection, bool)> {
    let (connection, is_new) = connection::open(&files.database, key, options)?;
    log::touch(&connection).map_err(|error| match error {
        // A table or column is missing although the schema's number is right.
        Error::Storage(_) => Error::Corrupt,
        error => error,
    })?;
    if all_of_it {
        connection::check_whole(&connection)?;
    }
    Ok((connection, is_new))
}

/// Where a damaged log lies, if one was set aside.
///
/// # Errors
/// The system's.
pub(super) fn quarantine(files: &Files) -> Result<Option<PathBuf>> {
    let slot = files.quarantine();
    Ok(exists(&slot)?.then_some(slot))
}
