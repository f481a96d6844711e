//! What a person opened is in the log and in rankings, and nowhere else: not in an error, a debug line, a statistic or a
//! readable byte of a file.

use foretap_core::{
    Context, Engine, Event, EventKind, Item, Key, Options, PseudonymKey, Request, Timestamp, Token, hash_location,
};

const CANARY: &str = "canary-yellow-4711";

fn at(minutes: i64) -> Timestamp {
    Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 60).expect("valid")
}

/// A life full of canaries: in items, places, access points and surfaces.
fn life() -> Vec<Event> {
    let text = |what: &str, n: i64| format!("{CANARY}-{what}-{}", n % 17);
    let token = |what: &str, n: i64| Token::new(&text(what, n)).expect("valid");
    (0..2_000)
        .map(|n| {
            let item = Item::new(&text("item", n)).expect("valid");
            let kind = match n % 6 {
                0 => EventKind::Unlock,
                1 | 2 => EventKind::Launch(item),
                3 => EventKind::Notification(item),
                4 => EventKind::Impression { item, surface: token("surface", n), position: 0, propensity: None },
                _ => EventKind::Dismiss { item, surface: token("surface", n) },
            };
            let context = Context {
                place: Some(token("place", n)),
                access_point: Some(token("access-point", n)),
                ..Context::default()
            };
            Event::new(at(n), kind).in_context(context)
        })
        .collect()
}

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window.eq_ignore_ascii_case(CANARY.as_bytes()))
}

#[test]
fn no_file_of_the_log_holds_a_readable_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let mut engine = Engine::open(&path, &Key::new([3; 32], [4; 16]), Options::default()).expect("opens");
    engine.record_all(&life()).expect("stored");
    let files = || std::fs::read_dir(folder.path()).expect("reads").map(|entry| entry.expect("reads").path());
    let check = || {
        for file in files() {
            assert!(!holds_canary(&std::fs::read(&file).expect("reads")), "{file:?}");
        }
    };
    check();
    engine.checkpoint().expect("saved");
    engine.maintain().expect("purged");
    check();
    drop(engine);
    check();
    assert!(holds_canary(format!("x{CANARY}x").as_bytes()), "the scan finds what is there");
}

#[test]
fn no_error_and_no_debug_line_names_an_item() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let key = || Key::new([3; 32], [4; 16]);
    let mut engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    engine.record_all(&life()).expect("stored");
    let said = [
        format!("{engine:?}"),
        format!("{:?}", engine.habits()),
        format!("{:?}", engine.stats().expect("reads")),
        format!("{:?}", engine.opened()),
        format!("{:?}", engine.predict(&Request::unlock(at(3_000)), &|| 0).stages),
    ];
    drop(engine);
    let wrong_key = Engine::open(&path, &Key::new([5; 32], [4; 16]), Options::default()).expect_err("another key");
    let bad_item = Item::new(&format!("{CANARY}\u{1}")).expect_err("control character");
    let bad_token = Token::new(&CANARY.repeat(9)).expect_err("too long");
    let secret = PseudonymKey::new([9; 32]);
    let bad_place = hash_location(&secret, 91.0, 0.0, foretap_core::Granularity::City).expect_err("beyond the pole");
    let errors = [wrong_key, bad_item, bad_token, bad_place].map(|error| format!("{error} {error:?}"));
    for text in said.iter().chain(&errors) {
        assert!(!holds_canary(text.as_bytes()), "{text}");
    }
}
