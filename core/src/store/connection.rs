//! An SQLCipher connection with every setting that the log relies on.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, ffi};

use super::{Key, StoreOptions, checkpoint, schema};
use crate::config::{BUSY_MS, Durability};
use crate::error::{Error, Result};

/// The size of a page in bytes: that of SQLCipher's format 4, and SQLite's own.
pub(super) const PAGE_BYTES: u64 = 4_096;

/// Opens the file and brings it to the newest schema; `true` if there was nothing in it. The file must be ours:
/// [`probe`] tells.
///
/// # Errors
/// [`Error::Corrupt`], [`Error::NewerSchema`], [`Error::Transient`]; in all of them the file is as it was.
pub(super) fn open(path: &Path, key: &Key, options: &StoreOptions) -> Result<(Connection, bool)> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags, options)?;
    // Until the file is known to be whole and of a schema we read, closing it must not write to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    unlock(&connection, key)?;
    let tables = tables(&connection)?;
    let found = schema::version(&connection)?;
    if (found == 0) != (tables == 0) {
        return Err(Error::Corrupt);
    }
    settle(&mut connection, options, found)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
    Ok((connection, found == 0))
}

/// An unencrypted log in memory with the same schema and settings.
///
/// # Errors
/// SQLite's errors.
pub(super) fn in_memory(options: &StoreOptions) -> Result<Connection> {
    let mut connection = Connection::open_in_memory()?;
    settle(&mut connection, options, 0)?;
    Ok(connection)
}

/// What a look at a file without touching it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Probe {
    /// No file, or an empty one: any key opens it.
    Empty,
    /// The key decrypts it.
    Ours,
    /// The key does not decrypt it, or its first page is damaged.
    Foreign,
}

/// Looks whether the key decrypts the file's first page. Nothing is written, no file is made, no lock is taken.
///
/// # Errors
/// [`Error::Transient`] if the file cannot be read now.
pub(super) fn probe(path: &Path, key: &Key, options: &StoreOptions) -> Result<Probe> {
    if options.vfs.is_none() && std::fs::metadata(path).map_or(true, |m| m.len() == 0) {
        return Ok(Probe::Empty);
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let uri = immutable_uri(path);
    let looked = connect(Path::new(&uri), flags, options).and_then(|connection| {
        unlock(&connection, key)?;
        tables(&connection)
    });
    match looked {
        Ok(0) => Ok(Probe::Empty),
        Ok(_) => Ok(Probe::Ours),
        Err(Error::Corrupt) => Ok(Probe::Foreign),
        Err(Error::Transient { .. }) if options.vfs.is_some() => Ok(Probe::Empty),
        Err(error) => Err(error),
    }
}

/// Reads every page that holds something and compares every index with its table.
///
/// # Errors
/// [`Error::Corrupt`] if anything is wrong; [`Error::Transient`] if it cannot be told because a read failed.
pub(super) fn check_whole(connection: &Connection) -> Result<()> {
    // The check does not look into the bytes of large values; the checkpoint's own digest does.
    let checkpoint = checkpoint::load(connection).map(drop);
    let mut statement = connection.prepare("PRAGMA integrity_check")?;
    let findings = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    // A page that could not be read is a finding like any other, told only by its text.
    let failed = findings.iter().filter_map(|finding| finding.split_once("unable to get the page. error code="));
    for code in failed.filter_map(|(_, code)| code.trim().parse().ok()) {
        let error = Error::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
        if matches!(error, Error::Transient { .. }) {
            return Err(error);
        }
    }
    if findings != ["ok"] {
        return Err(Error::Corrupt);
    }
    checkpoint
}

/// Sets how long a commit waits for the disk.
///
/// # Errors
/// SQLite's errors.
pub(super) fn set_durability(connection: &Connection, durability: Durability) -> Result<()> {
    let value = match durability {
        Durability::Normal => "NORMAL",
        Durability::Full => "FULL",
    };
    Ok(connection.pragma_update(None, "synchronous", value)?)
}

fn connect(path: &Path, flags: OpenFlags, options: &StoreOptions) -> Result<Connection> {
    let connection = match &options.vfs {
        Some(vfs) => Connection::open_with_flags_and_vfs(path, flags, vfs.as_str()),
        None => Connection::open_with_flags(path, flags),
    }?;
    // SQLCipher would write its complaints to the error output or the system log.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    connection.busy_timeout(Duration::from_millis(BUSY_MS))?;
    Ok(connection)
}

/// Gives the key, and pins SQLCipher's format 4: a newer library must not choose another by itself. Its HMAC is SHA-256
/// in place of SHA-512, which phones compute in hardware.
fn unlock(connection: &Connection, key: &Key) -> Result<()> {
    connection.pragma_update(None, "key", key.raw().as_str())?;
    connection.execute_batch("PRAGMA cipher_compatibility = 4; PRAGMA cipher_hmac_algorithm = HMAC_SHA256")?;
    Ok(())
}

/// The first read of the file; page 1 fails its HMAC here if the key is wrong.
fn tables(connection: &Connection) -> Result<i64> {
    Ok(connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?)
}

/// Makes every setting and brings the file to the newest schema.
///
/// # Errors
/// SQLite's errors.
pub(super) fn settle(connection: &mut Connection, options: &StoreOptions, found: u32) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    connection.set_prepared_statement_cache_capacity(32);
    connection.pragma_update(None, "cell_size_check", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "secure_delete", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    if found == 0 {
        // Takes effect only before the first page is written, so it goes before the write-ahead log. On a log that is
        // there it would change nothing, and write and sync page 1 at every open.
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" && mode != "memory" {
        return Err(Error::Storage(rusqlite::Error::InvalidQuery));
    }
    connection.pragma_update(None, "wal_autocheckpoint", options.wal_pages)?;
    connection.pragma_update(None, "journal_size_limit", i64::from(options.wal_pages) * 4_096)?;
    set_durability(connection, options.durability)?;
    schema::migrate(connection, found)
}

/// `file:` URI with `immutable=1`: SQLite then neither locks nor looks for a write-ahead log.
fn immutable_uri(path: &Path) -> String {
    let mut uri = String::from("file:");
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri + "?immutable=1"
}
