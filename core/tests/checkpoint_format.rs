//! A checkpoint that a released version wrote is read by every later one. `FORETAP_REWRITE_VECTORS=1` writes the kept file
//! anew; after a release that is never right: a new format gets a new file, and a reader for the old one.

use std::path::PathBuf;

use foretap_core::habits::{Habits, StartWeights};
use foretap_core::{Audio, Battery, Context, Event, EventKind, Item, Network, Timestamp, Token};

fn kept() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/checkpoint-1.postcard")
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

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_checkpoint_reads_and_goes_on_learning() {
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        let mut habits = Habits::new(&StartWeights::neutral());
        life().iter().for_each(|event| habits.apply(event, None));
        std::fs::write(kept(), habits.to_checkpoint()).expect("writable");
    }
    let bytes = std::fs::read(kept()).expect("kept with the sources");
    let mut habits = Habits::from_checkpoint(&bytes).expect("of a released format");
    assert_eq!(habits.to_checkpoint(), bytes, "nothing is lost by reading");
    assert!(habits.openings() > 100 && habits.find(&Item::new("new 10").expect("valid")).is_some());
    let after = life()[399].at.plus_ms(1);
    habits.apply(&Event::launch(after, Item::new("item 1").expect("valid")), None);
    assert_eq!(habits.newest(), Some(after));
}
