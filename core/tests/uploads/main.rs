//! Uploads on an engine: nothing without being asked, what is drawn and sealed, what a person reads, what a server is sent, and
//! what is left when it is taken back.

#[path = "../lives/mod.rs"]
mod lives;

mod canaries;
mod life;
mod taking_back;

use std::path::Path;

use foretap_core::time::{DAY_MS, HOUR_MS};
use foretap_core::upload::{Batch, Reply, Step};
use foretap_core::{Consent, Context, Engine, Event, EventKind, Item, Key, Options, Timestamp, Token};

const BOTH: Consent = Consent { reports: true, samples: true };

/// Monday 2026-11-30, midnight.
fn monday() -> Timestamp {
    Timestamp::new(20_787 * DAY_MS, 0).expect("valid")
}

/// A day of somebody: so many sessions, each with an unlock and three openings.
fn day(start: Timestamp, sessions: i64) -> Vec<Event> {
    let names = ["mail", "maps", "music", "news", "chat", "clock", "bank"];
    let mut events = Vec::new();
    for session in 0..sessions {
        let at = start.plus_ms(7 * HOUR_MS + session * 20 * 60_000);
        events.push(Event::new(at, EventKind::Unlock));
        for n in 0..3 {
            let place = usize::try_from(session * session + 2 * n).expect("positive") % names.len();
            let item = Item::new(names[place]).expect("valid");
            let context = Context { place: Some(Token::new("berlin").expect("valid")), ..Context::default() };
            events.push(Event::launch(at.plus_ms(1_000 + 60_000 * n), item).in_context(context));
        }
        events.push(Event::new(at.plus_ms(240_000), EventKind::Lock));
    }
    events
}

fn lived(engine: &mut Engine, from: Timestamp, days: i64, sessions: i64) {
    for n in 0..days {
        engine.record_all(&day(from.plus_ms(n * DAY_MS), sessions)).expect("stored");
    }
}

/// What the outbox holds, decoded from its bytes.
fn outbox(engine: &Engine) -> Vec<Batch> {
    engine.outbox().expect("reads").iter().map(|waiting| Batch::open(&waiting.bytes).expect("a batch")).collect()
}

/// A run against a server that takes everything; what it was sent, in order.
fn sent(engine: &mut Engine) -> Vec<(String, Vec<u8>)> {
    let mut upload = engine.begin_upload().expect("reads");
    let mut sent = Vec::new();
    while let Step::Post { path, body, .. } = upload.step() {
        sent.push((path.to_owned(), body));
        upload.answered(Reply::Taken);
    }
    assert_eq!(engine.end_upload(upload).expect("stored").left, 0);
    sent
}

/// The log at a path under a key.
fn opened(path: &Path, key: u8) -> Engine {
    Engine::open(path, &Key::new([key; 32], [4; 16]), Options::default()).expect("opens")
}

/// Only the database is left, not what SQLite keeps beside it.
fn without_sidecars(path: &Path) {
    for suffix in ["db-wal", "db-shm"] {
        let _ = std::fs::remove_file(path.with_extension(suffix));
    }
}

fn engine() -> Engine {
    Engine::in_memory(Options::default()).expect("memory")
}
