//! A process that writes a log is killed at any moment; every event it was told is stored is there, once and in order.
//! `FORETAP_FAULTS` multiplies the 60 kills.
#![cfg(unix)]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use foretap_core::store::{Opened, Store, StoreOptions};
use foretap_core::{Engine, Options, Request};
use foretap_faults::{Draw, factor, sample};

/// Kills of a usual run, over both modes.
const KILLS: usize = 60;

/// Lets a writer run for a while, kills it, and returns the last number that it acknowledged.
fn write_and_kill(mode: &str, path: &Path, after: Duration) -> Option<i64> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_log-writer"))
        .arg(mode)
        .arg(path)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the writer starts");
    let mut output = child.stdout.take().expect("piped");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        output.read_to_string(&mut text).expect("digits");
        text
    });
    std::thread::sleep(after);
    assert!(child.try_wait().expect("asks").is_none(), "the writer ends only when it is killed");
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    // A line without its end was cut by the kill and acknowledges nothing.
    let text = reader.join().expect("reads");
    text.rsplit_once('\n').and_then(|(whole, _)| whole.lines().last()).map(|line| line.parse().expect("a number"))
}

fn check(path: &Path, acknowledged: i64) -> i64 {
    let (store, opened) = Store::open(path, &sample::key(), &StoreOptions::default()).expect("opens");
    assert!(matches!(opened, Opened::Created | Opened::Existing), "{opened:?}");
    let mut newest = 0;
    store
        .replay(None, &mut |seq, event| {
            newest += 1;
            assert_eq!(seq.number(), newest, "each once, in order");
            assert_eq!(*event, sample::event(newest));
        })
        .expect("reads");
    assert!(newest >= acknowledged, "{acknowledged} was acknowledged, {newest} is the newest");
    if let Some((upto, bytes)) = store.checkpoint().expect("reads") {
        assert!(upto.number() <= newest);
        assert_eq!(bytes, sample::checkpoint(upto.number()));
    }
    newest
}

#[test]
fn every_acknowledged_event_survives_a_kill() {
    let mut draw = Draw::new(9);
    for mode in ["append", "mixed"] {
        let kills = KILLS / 2 * factor();
        let folder = tempfile::tempdir().expect("temporary folder");
        let path = folder.path().join("log.db");
        let (mut acknowledged, mut unacknowledged, mut idle) = (0, 0, 0);
        for _ in 0..kills {
            // Some kills come while the log is still being opened.
            let after = Duration::from_micros(draw.below(60_000) as u64);
            let last = write_and_kill(mode, &path, after);
            idle += usize::from(last.is_none());
            acknowledged = last.unwrap_or(acknowledged);
            let newest = check(&path, acknowledged);
            unacknowledged += newest - acknowledged;
            acknowledged = newest;
        }
        println!(
            "{mode}: kills {kills} ({idle} before the first event), events {acknowledged}, lost 0, stored unacknowledged \
             {unacknowledged}"
        );
    }
}

/// After each kill the engine that is opened must be, bit for bit, the one that never died.
#[test]
fn habits_and_rankings_survive_a_kill_bit_for_bit() {
    let mut draw = Draw::new(10);
    let kills = KILLS / 2 * factor();
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    let mut immortal = Engine::in_memory(Options::default()).expect("memory");
    let (mut lived, mut acknowledged) = (0, 0);
    for _ in 0..kills {
        let after = Duration::from_micros(draw.below(200_000) as u64);
        acknowledged = write_and_kill("engine", &path, after).unwrap_or(acknowledged);
        let engine = Engine::open(&path, &sample::key(), Options::default()).expect("opens");
        let newest = i64::try_from(engine.stats().expect("reads").events).expect("few");
        assert!(newest >= acknowledged, "{acknowledged} was acknowledged, {newest} is the newest");
        for number in lived + 1..=newest {
            immortal.record(&sample::habit(number)).expect("stored");
        }
        (lived, acknowledged) = (newest, newest);
        assert!(engine.habits().to_checkpoint() == immortal.habits().to_checkpoint(), "after event {newest}");
        let request = Request::unlock(sample::habit(newest + 3).at).limited_to(64).expect("64");
        assert_eq!(engine.predict(&request, &|| 0), immortal.predict(&request, &|| 0));
    }
    println!("engine: kills {kills}, events {lived}, lost 0, habits and rankings equal bit for bit");
}
