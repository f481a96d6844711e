//! An SQLCipher connection with every setting that the log relies on.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags, ffi};

use super::files::read_small;
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
    let header = Header::of(path, options)?;
    let mut connection = connect(path, flags, options)?;
    // Until the file is known to be whole and of a schema we read, closing it must not write to it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    unlock(&connection, key, header)?;
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
    start()?;
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
    let looked = Header::of(path, options).and_then(|header| {
        let connection = connect(Path::new(&uri), flags, options)?;
        unlock(&connection, key, header)?;
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

/// Starts SQLite once in this process. By itself it says that it is ready before SQLCipher, which it starts last, is: who
/// opens a file in between is refused.
fn start() -> Result<()> {
    static IS_STARTED: Mutex<bool> = Mutex::new(false);
    let mut is_started = IS_STARTED.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_started {
        drop(Connection::open_in_memory()?);
        *is_started = true;
    }
    Ok(())
}

fn connect(path: &Path, flags: OpenFlags, options: &StoreOptions) -> Result<Connection> {
    start()?;
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
fn unlock(connection: &Connection, key: &Key, header: Header) -> Result<()> {
    connection.pragma_update(None, "key", key.raw().as_str())?;
    connection.execute_batch("PRAGMA cipher_compatibility = 4; PRAGMA cipher_hmac_algorithm = HMAC_SHA256")?;
    if header == Header::Plain {
        connection.pragma_update(None, "cipher_plaintext_header_size", PLAIN_BYTES)?;
    }
    Ok(())
}

/// How many bytes of a file are in the clear where its header is: as many as iOS looks at.
const PLAIN_BYTES: u32 = 32;
/// What every SQLite file that is not encrypted begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// What follows in ours: pages of 4 KiB; the versions to write and to read it, 2 with a write-ahead log and 1 before the
/// log has one; 80 bytes of each page reserved; three fractions that never differ.
const LAYOUTS: [[u8; 8]; 2] = [[0x10, 0, 2, 2, 80, 64, 32, 32], [0x10, 0, 1, 1, 80, 64, 32, 32]];

/// The first bytes of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Header {
    /// The salt, then encrypted.
    Sealed,
    /// As in any SQLite file; SQLCipher has the salt from the key.
    Plain,
}

impl Header {
    /// That of the file, where there is one: the options say it of new ones.
    ///
    /// # Errors
    /// [`Error::Io`] if the file cannot be read; [`Error::Corrupt`] if it begins as no log of ours does: nothing vouches
    /// for these bytes, and SQLite would take some of them for a file that cannot be written.
    fn of(path: &Path, options: &StoreOptions) -> Result<Self> {
        let found = if options.vfs.is_none() { read_small(path, u64::from(PLAIN_BYTES))? } else { None };
        let Some(begins) = found.filter(|bytes| !bytes.is_empty()) else {
            return Ok(if options.plaintext_header { Self::Plain } else { Self::Sealed });
        };
        match begins.strip_prefix(MAGIC) {
            None => Ok(Self::Sealed),
            Some(rest) if LAYOUTS.iter().any(|layout| rest.starts_with(layout)) => Ok(Self::Plain),
            Some(_) => Err(Error::Corrupt),
        }
    }
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
