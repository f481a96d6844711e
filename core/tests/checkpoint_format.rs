//! A checkpoint that a released version wrote is read by every later one. `FORETAP_REWRITE_VECTORS=1` writes the file of
//! the newest format anew; after a release that is never right: a new format gets a new file, and a reader for the old one.

use std::path::PathBuf;

use foretap_core::habits::{Expert, Habits, Moment, PAST, Past, Query, StartWeights};
use foretap_core::{Audio, Battery, Context, Event, EventKind, Item, Network, Timestamp, Token};

/// The newest format.
const NEWEST: u8 = 3;

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
        assert_eq!(Habits::from_checkpoint(&written).as_ref(), Some(&habits));
        assert_eq!(written == bytes, format == NEWEST, "the newest format gives the same bytes");
        assert!(habits.openings() > 100 && habits.find(&Item::new("new 10").expect("valid")).is_some());
        let after = life()[399].at.plus_ms(1);
        habits.apply(&Event::launch(after, Item::new("item 1").expect("valid")), None);
        assert_eq!(habits.newest(), Some(after));
    }
}

/// What habits say of every candidate at the end of the life, without what only the newest format keeps.
fn said(habits: &Habits) -> String {
    let (now, context) = (life()[399].at, Context::default());
    let mut statistics = habits.statistics(&Query { moment: Moment::Unlock, now, context: &context }, &[]);
    statistics.candidates.iter_mut().for_each(|candidate| candidate.soon = 0.0);
    format!("{:?} {:?}", statistics.scene, statistics.candidates)
}

fn past(habits: &Habits) -> Past {
    let (now, context) = (life()[399].at, Context::default());
    habits.statistics(&Query { moment: Moment::Unlock, now, context: &context }, &[]).past
}

#[test]
fn a_checkpoint_of_format_1_knows_all_but_the_last_openings() {
    let ((_, first), (_, second)) = (read(1), read(2));
    assert_eq!(past(&first).bytes(), [0; 3 * PAST]);
    assert_ne!(past(&second).openings[0].rank, 0);
    assert_eq!((past(&first).gap, past(&first).time), (past(&second).gap, past(&second).time));
    assert_eq!(first.scorecard(), second.scorecard());
    assert_eq!(said(&first), said(&second));
}

#[test]
fn a_checkpoint_of_22_experts_keeps_what_they_learned_and_the_two_that_came_begin() {
    let came = [Expert::Return, Expert::Soon];
    let (start, (_, newest)) = (StartWeights::default(), read(NEWEST));
    for format in [1, 2] {
        let (bytes, habits) = read(format);
        assert_eq!(said(&habits), said(&newest), "the same life");
        assert_eq!(habits.openings(), newest.openings());
        for (weights, start) in habits.mixer().weights().iter().zip(start.weights()) {
            let mut kept = Vec::new();
            for expert in Expert::ALL {
                let weight = weights[expert as usize];
                match came.contains(&expert) {
                    true => assert_eq!(weight, start[expert as usize]),
                    false => kept.extend(weight.to_le_bytes()),
                }
            }
            assert!(bytes.windows(kept.len()).any(|there| there == kept), "as they are in the file");
        }
    }
}
