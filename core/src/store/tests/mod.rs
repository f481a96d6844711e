//! Tests of the log as its callers see it.

mod damage;
mod erasure;
mod events;
mod opening;
mod outbox;
mod retention;
mod vectors;

use std::path::PathBuf;

use super::{Key, Opened, Seq, Store, StoreOptions};
use crate::config::Retention;
use crate::event::{Event, Item};
use crate::time::Timestamp;

/// A moment of 2024, `second` seconds after it began.
fn at(second: i64) -> Timestamp {
    Timestamp::new(1_704_067_200_000 + second * 1_000, 60).expect("valid")
}

/// The launch of one of 20 items at second `n`.
fn launch(n: i64) -> Event {
    Event::launch(at(n), Item::new(&format!("com.example.app{}", n % 20)).expect("valid"))
}

fn key(n: u8) -> Key {
    Key::new([n; 32], [n ^ 0xff; 16])
}

/// A folder with a log of key 1 in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("log.db{suffix}"))
    }

    fn open(&self) -> (Store, Opened) {
        self.open_with(&StoreOptions::default())
    }

    fn open_with(&self, options: &StoreOptions) -> (Store, Opened) {
        Store::open(&self.path(), &key(1), options).expect("opens")
    }

    /// A closed log of `events` launches.
    fn filled(events: i64) -> Self {
        let place = Self::new();
        place.open().0.append_all(&(0..events).map(launch).collect::<Vec<_>>()).expect("appends");
        place
    }

    /// Every file of the folder with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files: Vec<_> = std::fs::read_dir(self.folder.path())
            .expect("folder")
            .map(|entry| entry.expect("entry").path())
            .map(|path| (path.clone(), std::fs::read(&path).unwrap_or_default()))
            .collect();
        files.sort();
        files
    }
}

fn all(store: &Store) -> Vec<(Seq, Event)> {
    let mut found = Vec::new();
    store.replay(None, &mut |seq, event| found.push((seq, event.clone()))).expect("reads");
    found
}

fn keeping(max_days: u16, max_bytes: u64, keep_at_least: u64) -> StoreOptions {
    StoreOptions { retention: Retention { max_days, max_bytes, keep_at_least }, ..StoreOptions::default() }
}

/// The answer of a query that has one number.
fn number(store: &Store, sql: &str) -> i64 {
    store.session.read(|connection| Ok(connection.query_row(sql, [], |row| row.get(0))?)).expect("reads")
}
