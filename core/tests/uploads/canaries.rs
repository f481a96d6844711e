use foretap_core::time::DAY_MS;
use foretap_core::upload::Batch;
use foretap_core::{Context, Event, EventKind, Item, ModelChoice, PseudonymKey, Token};

use super::lives::Random;
use super::*;

const CANARY: &str = "canary4711";
/// How many lives; `FORETAP_LIVES=100000` before a release.
const LIVES: u64 = 1_000;

/// A few days of a random life whose every name is a canary.
fn life(random: &mut Random) -> Vec<Event> {
    let mut at = monday();
    let items = 3 + random.below(30);
    let name = |random: &mut Random, what: &str, of: u64| format!("{CANARY}.{what}.{}", random.below(of));
    (0..150)
        .map(|_| {
            at = at.plus_ms(random.pick(&[2_000, 20_000, 120_000, 1_800_000, 7_200_000]));
            let item = Item::new(&name(random, "item", items)).expect("valid");
            let token = |random: &mut Random, what: &str| Token::new(&name(random, what, 5)).expect("valid");
            let kind = match random.below(10) {
                0..3 => EventKind::Unlock,
                3 => EventKind::Notification(item),
                4 => EventKind::Impression { item, surface: token(random, "surface"), position: 0, propensity: None },
                _ => EventKind::Launch(item),
            };
            let secret = PseudonymKey::new([7; 32]);
            let context = Context {
                place: Some(token(random, "place")),
                access_point: Some(secret.token("bssid", &name(random, "bssid", 3))),
                ..Context::default()
            };
            Event::new(at, kind).in_context(context)
        })
        .collect()
}

/// Whether one of the needles, in lower case, is in these bytes in any case.
fn holds(bytes: &[u8], needles: &[&str]) -> bool {
    // Byte by byte: what is no UTF-8 hides nothing.
    let text: String = bytes.iter().map(|byte| char::from(byte.to_ascii_lowercase())).collect();
    needles.iter().any(|needle| text.contains(needle))
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a number of the test, not of the core")]
fn no_name_is_in_what_is_sent_shown_or_said() {
    let lives = std::env::var("FORETAP_LIVES").ok().and_then(|lives| lives.parse().ok()).unwrap_or(LIVES);
    let (mut batches, mut samples) = (0, 0);
    for seed in 0..lives {
        let mut random = Random(seed);
        // Loading the model takes longer than the life.
        let model = if seed % 16 == 0 { ModelChoice::Shipped } else { ModelChoice::Off };
        let mut engine = Engine::in_memory(Options { model, ..Options::default() }).expect("memory");
        engine.set_consent(BOTH, monday(), [u8::try_from(seed % 251).expect("small"); 32]).expect("stored");
        let events = life(&mut random);
        let end = events[events.len() - 1].at.plus_ms(2 * DAY_MS);
        engine.record_all(&events).expect("stored");
        engine.seal_uploads(end).expect("sealed");
        let secret = PseudonymKey::new([7; 32]);
        let hashed: Vec<String> =
            (0..3).map(|n| secret.token("bssid", &format!("{CANARY}.bssid.{n}")).as_str().to_owned()).collect();
        let needles: Vec<&str> = hashed.iter().map(String::as_str).chain([CANARY]).collect();
        for waiting in engine.outbox().expect("reads") {
            let batch = Batch::open(&waiting.bytes).expect("a batch");
            let unpacked: Vec<u8> = batch.samples.iter().flat_map(foretap_core::upload::Sample::to_bytes).collect();
            let shown = batch.to_string();
            let said = format!("{batch:?} {engine:?} {:?}", engine.begin_upload().expect("reads").delivered());
            for text in [&waiting.bytes, &unpacked, shown.as_bytes(), said.as_bytes()] {
                assert!(!holds(text, &needles), "life {seed}");
            }
            batches += 1;
            samples += batch.samples.len();
        }
    }
    println!("{lives} lives, {batches} batches, {samples} samples: no canary");
    assert!(samples as u64 > 3 * lives);
    let there = [&[0xff][..], CANARY.to_uppercase().as_bytes(), &[0xfe]].concat();
    assert!(holds(&there, &[CANARY]), "the scan finds what is there");
}
