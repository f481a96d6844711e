//! Damaged files are opened or set aside, and later damage is told. `FORETAP_FAULTS` multiplies the cases.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use super::*;
use crate::error::Error;

/// Small numbers that only depend on the seed (xorshift64*).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let value = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 32;
        usize::try_from(value).expect("32 bits") % limit.max(1)
    }
}

/// A log's files as bytes.
type Bytes = BTreeMap<OsString, Vec<u8>>;

const EVENTS: i64 = 600;
static HABITS: [u8; 50_000] = [0x77; 50_000];

/// A log of 600 events with a checkpoint; the last hundred in its write-ahead log alone if it was not closed.
fn original(n: u8, is_closed: bool) -> Bytes {
    let place = Place::new();
    let open = || Store::open(&place.path(), &key(n), &StoreOptions::default()).expect("opens").0;
    let mut store = open();
    let seqs = store.append_all(&(0..EVENTS - 100).map(launch).collect::<Vec<_>>()).expect("appends");
    store.save_checkpoint(seqs[300].expect("new"), &HABITS).expect("saves");
    drop(store);
    let mut store = open();
    for second in EVENTS - 100..EVENTS {
        store.append(&launch(second)).expect("appends");
    }
    if is_closed {
        drop(store);
        return bytes(&place);
    }
    bytes(&place)
}

fn bytes(place: &Place) -> Bytes {
    place.files().into_iter().map(|(path, bytes)| (path.file_name().expect("name").to_owned(), bytes)).collect()
}

/// One kind of damage to one file; whether it can put pages of another log in place of ours.
fn damage(files: &mut Bytes, others: &Bytes, twins: &Bytes, draw: &mut Draw) -> &'static str {
    let names: Vec<OsString> =
        ["log.db", "log.db-wal", "log.db-shm"].into_iter().map(Into::into).filter(|n| files.contains_key(n)).collect();
    let victim = files.get_mut(&names[draw.below(names.len())]).expect("chosen of those there");
    let (length, page) = (victim.len(), 4_096.min(victim.len()));
    match draw.below(9) {
        0 => {
            for _ in 0..=draw.below(8) {
                let at = draw.below(length);
                victim[at] ^= 1 << draw.below(8);
            }
            "bit flips"
        }
        1 => {
            victim.truncate(draw.below(length));
            "a truncation"
        }
        2 => {
            let (a, b) = (draw.below(length / page) * page, draw.below(length / page) * page);
            for i in 0..page {
                victim.swap(a + i, b + i);
            }
            "swapped pages"
        }
        3 => {
            let start = draw.below(length / page) * page;
            victim[start..start + page].fill(0);
            "a page of zeros"
        }
        4 => {
            let start = draw.below(length / 512) * 512;
            for byte in victim.iter_mut().skip(start).take(512 * (1 + draw.below(20))) {
                *byte = u8::try_from(draw.below(256)).expect("a byte");
            }
            "sectors of garbage"
        }
        5 => {
            victim.extend(std::iter::repeat_n(0xa5, 1 + draw.below(10_000)));
            "a longer file"
        }
        6 => {
            files.insert("log.db-wal".into(), others[&OsString::from("log.db-wal")].clone());
            "a write-ahead log of another key"
        }
        7 => {
            files.insert("log.db-wal".into(), twins[&OsString::from("log.db-wal")].clone());
            "an older write-ahead log of the same key"
        }
        _ => {
            victim.clear();
            "an empty file"
        }
    }
}

#[test]
fn damaged_files_are_opened_or_set_aside_in_two_seconds() {
    #[expect(clippy::disallowed_methods, reason = "how long the test runs, not what the core does")]
    let factor = std::env::var("FORETAP_FAULTS").ok().and_then(|f| f.parse::<u64>().ok()).unwrap_or(1);
    let states = [original(1, true), original(1, false)];
    let others = original(2, false);
    let twins = original(1, false);
    let expected: Vec<Event> = (0..EVENTS).map(launch).collect();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    let mut slowest = Duration::ZERO;
    for case in 0..400 * factor {
        let mut draw = Draw(0x9e37_79b9_7f4a_7c15 ^ (case + 1).wrapping_mul(0xff51_afd7_ed55_8ccd));
        let mut files = states[draw.below(2)].clone();
        let what = damage(&mut files, &others, &twins, &mut draw);
        let place = Place::new();
        for (name, bytes) in &files {
            std::fs::write(place.folder.path().join(name), bytes).expect("writes");
        }
        #[expect(clippy::disallowed_methods, reason = "the test times the core")]
        let started = Instant::now();
        let (mut store, mut opened) = Store::open(&place.path(), &key(1), &StoreOptions::default())
            .unwrap_or_else(|error| panic!("case {case}, {what}: {error:?}"));
        let mut found = Vec::new();
        let read = store
            .replay(None, &mut |_, event| found.push(event.clone()))
            .and_then(|()| store.checkpoint())
            .map(|checkpoint| assert!(checkpoint.is_none_or(|(_, bytes)| bytes == HABITS), "case {case}, {what}"))
            .and_then(|()| store.append(&launch(EVENTS)));
        match &read {
            Ok(_) => {
                assert!(
                    what.starts_with("an older") || expected.starts_with(&found),
                    "case {case}, {what}: not a prefix"
                );
            }
            Err(Error::Corrupt | Error::Transient { .. }) => {
                assert!(store.append(&launch(EVENTS + 1)).is_err(), "case {case}, {what}: damage is remembered");
                drop(store);
                (store, opened) = place.open();
                assert!(matches!(opened, Opened::SetAside { .. }), "case {case}, {what}: {read:?}, then {opened:?}");
            }
            Err(error) => panic!("case {case}, {what}: {error:?}"),
        }
        slowest = slowest.max(started.elapsed());
        if let Opened::SetAside { quarantine, .. } = &opened {
            assert!(quarantine.exists() && store.stats().expect("reads").resets == 1, "case {case}, {what}");
        }
        store.append(&launch(EVENTS + 2)).unwrap_or_else(|error| panic!("case {case}, {what}: {error:?}"));
        *counts
            .entry(if read.is_err() {
                "told while reading"
            } else if opened == Opened::Existing {
                "opened"
            } else {
                "set aside or empty"
            })
            .or_default() += 1;
    }
    println!("damaged files: {counts:?}, slowest {slowest:?}");
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
}

#[test]
fn a_second_damaged_log_takes_the_place_of_the_first_in_quarantine() {
    let place = Place::filled(300);
    for resets in 1..=3 {
        let mut bytes = std::fs::read(place.path()).expect("database");
        bytes[2_000] ^= 0x10;
        std::fs::write(place.path(), &bytes).expect("writes");
        let (store, opened) = place.open();
        let Opened::SetAside { quarantine, .. } = opened else { panic!("{opened:?}") };
        assert_eq!(std::fs::read(quarantine).expect("kept"), bytes);
        assert_eq!((all(&store), store.stats().expect("reads").resets), (vec![], resets));
    }
    assert_eq!(place.open().1, Opened::Existing);
}

#[test]
fn a_log_whose_setting_aside_was_cut_short_begins_anew() {
    // The database is in quarantine already, its write-ahead log is not.
    let place = Place::new();
    for (name, bytes) in original(1, false) {
        std::fs::write(place.folder.path().join(name), bytes).expect("writes");
    }
    std::fs::rename(place.path(), place.beside(".quarantine")).expect("renames");
    let (mut store, opened) = place.open();
    assert_eq!((opened, all(&store)), (Opened::Created, vec![]));
    assert!(store.append(&launch(1)).expect("appends").is_some());
}

#[test]
fn a_suspicion_without_damage_sets_nothing_aside() {
    let place = Place::filled(300);
    std::fs::write(place.beside(".suspect"), b"").expect("writes");
    let (store, opened) = place.open();
    assert_eq!((opened, all(&store).len()), (Opened::Existing, 300));
    assert!(!place.beside(".suspect").exists());
}
