//! A checkpoint that a released version wrote is read by every later one. `FORETAP_REWRITE_VECTORS=1` writes the file of
//! the newest format anew; after a release that is never right: a new format gets a new file, and a reader for the old one.

use std::path::PathBuf;

use foretap_core::habits::{Habits, Moment, PAST, Query, StartWeights};
use foretap_core::{Audio, Battery, Context, Event, EventKind, Item, Network, Timestamp, Token};

/// The newest format.
const NEWEST: u8 = 2;

fn kept(format: u8) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/vectors/checkpoint-{format}.postcard"))
}

/// A short life that leaves something in every table.
fn life() -> Vec<Event> {
    let item = |n: i64| Item::in_profile(&format!("item {}", n * n % 11), u32::from(n % 5 == 0)).expect("valid");
    let surface = || Token::new("main").expect("valid");
    (0..400)
        .map(|n| {
            let at = Timestamp::new(1_700_000_000_000 + n * 617_000, 60).expect("valid");
            let kind = match n % 12 {
                0 | 6 => EventKind::Unlock,
                1 | 2 | 7 | 8 => EventKind::Launch(item(n)),
                3 => EventKind::Notification(item(n)),
                4 => EventKind::Close(item(n - 2)),
                5 | 11 => EventKind::Lock,
                9 => EventKind::Impression { item: item(n), surface: surface(), position: 1, propensity: None },
                _ => EventKind::Install(Item::new(&format!("new {n}")).expect("valid")),
            };
            let place = Some(Token::new(&format!("place {}", n / 9 % 3)).expect("valid"));
            let (network, battery) =
                (Some(Network::Wifi), Some(Battery::from_percent(u8::try_from(n % 100).expect("below 100"), false)));
            let audio = Some(Audio::ALL[usize::try_from(n % 4).expect("below 4")]);
            Event::new(at, kind).in_context(Context { place, network, battery, audio, ..Context::default() })
        })
        .collect()
}

fn read(format: u8) -> (Vec<u8>, Habits) {
    let bytes = std::fs::read(kept(format)).expect("kept with the sources");
    let habits = Habits::from_checkpoint(&bytes).expect("of a released format");
    assert_eq!(bytes[0], format);
    (bytes, habits)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_checkpoints_read_and_go_on_learning() {
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        let mut habits = Habits::new(&StartWeights::neutral());
        life().iter().for_each(|event| habits.apply(event, None));
        std::fs::write(kept(NEWEST), habits.to_checkpoint()).expect("writable");
    }
    for format in 1..=NEWEST {
        let (bytes, mut habits) = read(format);
        assert!(habits.is_sound());
        let written = habits.to_checkpoint();
        assert_eq!(written[0], NEWEST);
        assert!(written[1..].starts_with(&bytes[1..]), "nothing is lost by reading format {format}");
        assert!(habits.openings() > 100 && habits.find(&Item::new("new 10").expect("valid")).is_some());
        let after = life()[399].at.plus_ms(1);
        habits.apply(&Event::launch(after, Item::new("item 1").expect("valid")), None);
        assert_eq!(habits.newest(), Some(after));
    }
}

#[test]
fn a_checkpoint_of_format_1_knows_all_but_the_last_openings() {
    let (_, first) = read(1);
    let (bytes, second) = read(NEWEST);
    assert_eq!(second.to_checkpoint(), bytes, "the same bytes");
    let past = |habits: &Habits| {
        let (now, context) = (life()[399].at, Context::default());
        habits.statistics(&Query { moment: Moment::Unlock, now, context: &context }, &[]).past
    };
    assert_eq!(past(&first).bytes(), [0; 3 * PAST]);
    assert_ne!(past(&second).openings[0].rank, 0);
    assert_eq!((past(&first).gap, past(&first).time), (past(&second).gap, past(&second).time));
    assert_eq!(first.scorecard(), second.scorecard());
}
