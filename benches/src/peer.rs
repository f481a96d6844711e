//! The peers: what a launcher would do without Foretap, with the same encrypted SQLite and the same settings.

use std::path::Path;

use foretap_core::{Event, Item, Timestamp, Token};
use rusqlite::{Connection, OpenFlags, params};

use crate::Result;
use crate::log_file::KEY;
use crate::workload::opened;

/// How many items a launcher shows.
const SHOWN: i64 = 5;
const WEEK_MS: i64 = 7 * foretap_core::time::DAY_MS;

/// The five items with the most openings of the last week, an opening counting the less the older it is. The index by
/// time and kind holds all that it reads, so it touches no row of the log.
const FRECENCY: &str = "
    SELECT name, score FROM (
        SELECT ifnull(item, 0) AS id, sum(86400000.0 / (86400000 + ?1 - at_ms)) AS score
        FROM log WHERE at_ms > ?2 AND kind = 1 GROUP BY ifnull(item, 0)
    ) JOIN item USING (id) ORDER BY score DESC LIMIT ?3";

/// The five items opened most often, ever.
const COUNTS: &str = "
    SELECT name, times FROM (
        SELECT ifnull(item, 0) AS id, count(*) AS times FROM log WHERE kind = 1 GROUP BY ifnull(item, 0)
    ) JOIN item USING (id) ORDER BY times DESC LIMIT ?1";

/// A launcher that keeps the same log and asks it by SQL.
#[derive(Debug)]
pub struct Launcher(Connection);

impl Launcher {
    /// Opens a log that Foretap wrote.
    ///
    /// # Errors
    /// SQLite's.
    pub fn open(path: &Path) -> Result<Self> {
        connect(path).map(Self)
    }

    /// Stores an event as Foretap's schema has it; only what the questions below read.
    ///
    /// # Errors
    /// SQLite's.
    pub fn append(&self, event: &Event) -> Result<()> {
        let Some(item) = opened(event) else { return Ok(()) };
        self.0
            .prepare_cached("INSERT INTO item (name, profile) VALUES (?1, ?2) ON CONFLICT DO NOTHING")?
            .execute(params![item.id(), item.profile()])?;
        self.0
            .prepare_cached(
                "INSERT INTO log (at_ms, utc_offset_min, kind, item)
                 SELECT ?1, ?2, 1, id FROM item WHERE name = ?3 AND profile = ?4 ON CONFLICT DO NOTHING",
            )?
            .execute(params![event.at.at_ms(), event.at.utc_offset_min(), item.id(), item.profile()])?;
        Ok(())
    }

    /// The decayed counts of the last week.
    ///
    /// # Errors
    /// SQLite's.
    pub fn frecency(&self, now: Timestamp) -> Result<Vec<(String, f64)>> {
        let mut statement = self.0.prepare_cached(FRECENCY)?;
        let rows = statement.query_map([now.at_ms(), now.at_ms() - WEEK_MS, SHOWN], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The plain counts of everything.
    ///
    /// # Errors
    /// SQLite's.
    pub fn counts(&self) -> Result<Vec<(String, f64)>> {
        let mut statement = self.0.prepare_cached(COUNTS)?;
        let rows = statement.query_map([SHOWN], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A table with nothing but the row: no index, no names, no checks. The least that storing an event can cost.
#[derive(Debug)]
pub struct BareTable(Connection);

/// An event as eleven numbers.
pub type Row = [Option<i64>; 11];

impl BareTable {
    /// Makes the table and fills it in one transaction.
    ///
    /// # Errors
    /// SQLite's.
    pub fn create(path: &Path, rows: impl Iterator<Item = Row>) -> Result<Self> {
        let mut connection = connect(path)?;
        connection.execute_batch(
            "CREATE TABLE log (
                 seq INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, utc_offset_min INTEGER NOT NULL, kind INTEGER NOT NULL,
                 item INTEGER, surface INTEGER, position INTEGER, place INTEGER, label INTEGER, network INTEGER,
                 access_point INTEGER, battery INTEGER
             ) STRICT",
        )?;
        let transaction = connection.transaction()?;
        for row in rows {
            insert(&transaction, &row)?;
        }
        transaction.commit()?;
        Ok(Self(connection))
    }

    /// Stores a row in a transaction of its own.
    ///
    /// # Errors
    /// SQLite's.
    pub fn append(&self, row: &Row) -> Result<()> {
        insert(&self.0, row)
    }

    /// How many rows it holds.
    ///
    /// # Errors
    /// SQLite's.
    pub fn rows(&self) -> Result<u64> {
        let rows: i64 = self.0.query_row("SELECT count(*) FROM log", [], |row| row.get(0))?;
        Ok(u64::try_from(rows)?)
    }
}

fn insert(connection: &Connection, row: &Row) -> Result<()> {
    connection
        .prepare_cached(
            "INSERT INTO log (at_ms, utc_offset_min, kind, item, surface, position, place, label, network, access_point,
             battery) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(rusqlite::params_from_iter(row))?;
    Ok(())
}

/// Numbers for the names in events, so that an event is a row.
#[derive(Debug, Default)]
pub struct Numbers {
    items: std::collections::HashMap<Item, i64>,
    tokens: std::collections::HashMap<Token, i64>,
}

impl Numbers {
    /// The event as a row of numbers, as long as Foretap's.
    pub fn row(&mut self, event: &Event) -> Row {
        let items = i64::try_from(self.items.len()).unwrap_or(i64::MAX);
        let item = event.kind.item().map(|item| *self.items.entry(item.clone()).or_insert(items + 1));
        let mut token = |token: Option<&Token>| {
            let tokens = i64::try_from(self.tokens.len()).unwrap_or(i64::MAX);
            token.map(|token| *self.tokens.entry(token.clone()).or_insert(tokens + 1))
        };
        let context = &event.context;
        let (at, offset) = (event.at.at_ms(), i64::from(event.at.utc_offset_min()));
        let (place, access_point) = (token(context.place.as_ref()), token(context.access_point.as_ref()));
        let label = context.label.map(|label| label as i64);
        let (network, battery) = (context.network.map(|n| n as i64), context.battery.map(|b| b as i64));
        [Some(at), Some(offset), Some(1), item, None, None, place, label, network, access_point, battery]
    }
}

/// A connection with the settings of Foretap's store that cost or save time.
fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
    connection.pragma_update(None, "key", format!("x'{}{}'", hex(&KEY.0), hex(&KEY.1)))?;
    connection.execute_batch(
        "PRAGMA cipher_compatibility = 4; PRAGMA cipher_hmac_algorithm = HMAC_SHA256; PRAGMA cell_size_check = ON;
         PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;
         PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 1000; PRAGMA synchronous = NORMAL",
    )?;
    Ok(connection)
}
