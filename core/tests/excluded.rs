//! Excluded items leave no trace: over a thousand random lives, canaries in their names are in no ranking, reason, report,
//! export or snapshot.

mod lives;

use foretap_core::{
    Control, Engine, Event, EventKind, Item, Key, ModelChoice, Moment, Options, Request, Secret, Timestamp, Token,
};
use lives::{CALM, Oddities, Random, UNPUNCTUAL, WILD, life};

const CANARY: &str = "canary-yellow-4711";

fn holds_canary(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

/// The same life where the first three items, and everything in the second profile, have the canary in their names.
fn with_canaries(events: Vec<Event>) -> Vec<Event> {
    let renamed = |item: Item| {
        let is_hidden = ["item 0", "item 1", "item 2"].contains(&item.id()) || item.profile() == 10;
        let name = if is_hidden { format!("{CANARY} {}", item.id()) } else { item.id().to_owned() };
        Item::in_profile(&name, item.profile()).expect("valid")
    };
    let with = |event: Event| {
        let kind = match event.kind {
            EventKind::Launch(item) => EventKind::Launch(renamed(item)),
            EventKind::Close(item) => EventKind::Close(renamed(item)),
            EventKind::Notification(item) => EventKind::Notification(renamed(item)),
            EventKind::NotificationCleared(item) => EventKind::NotificationCleared(renamed(item)),
            EventKind::Impression { item, surface, position, propensity } => {
                EventKind::Impression { item: renamed(item), surface, position, propensity }
            }
            EventKind::Dismiss { item, surface } => EventKind::Dismiss { item: renamed(item), surface },
            EventKind::Install(item) => EventKind::Install(renamed(item)),
            EventKind::Uninstall(item) => EventKind::Uninstall(renamed(item)),
            kind @ (EventKind::Unlock | EventKind::Lock | EventKind::Home) => kind,
        };
        Event { kind, ..event }
    };
    events.into_iter().map(with).collect()
}

fn canaries(profile: u32) -> Vec<Item> {
    (0..3).map(|n| Item::in_profile(&format!("{CANARY} item {n}"), profile).expect("valid")).collect()
}

/// Hides every canary: one excluded, one never learned, one excluded and pinned and promoted, a profile hidden.
fn hide(engine: &mut Engine, at: Timestamp) {
    let [a, b, c] = canaries(0).try_into().expect("three");
    for control in [
        Control::Exclude(a),
        Control::NeverLearn(b),
        Control::Pin { item: c.clone(), position: 0 },
        Control::Promote(c.clone()),
        Control::Exclude(c),
        Control::HideProfile(10),
    ] {
        engine.decide(at, control).expect("decided");
    }
}

/// Everything that the engine says at its end, as text and bytes.
fn said(engine: &mut Engine, random: &mut Random, now: Timestamp) -> Vec<Vec<u8>> {
    let mut said = Vec::new();
    let surface = Token::new("main").expect("valid");
    let named: Vec<Item> = canaries(0).into_iter().chain(canaries(10)).collect();
    for moment in Moment::ALL {
        let request = Request::at(moment, now).limited_to(64).expect("64").on_surface(surface.clone());
        let explored = request.clone().exploring(1.0, random.below(1 << 40)).expect("valid");
        let within = request.clone().within([named.clone(), vec![Item::new("item 5").expect("valid")]].concat());
        for request in [request, explored, within.expect("few")] {
            let ranking = engine.predict(&request, &|| 0);
            said.push(format!("{:?} {:?}", ranking.predictions, ranking.impressions(now)).into_bytes());
        }
    }
    let health = engine.health(now).expect("reads");
    said.push(format!("{health} {health:?} {engine:?} {:?}", engine.habits()).into_bytes());
    said.push(format!("{:?}", engine.stats().expect("reads")).into_bytes());
    said
}

/// What a phone that takes the export in holds in its habits, and what it exports in turn.
fn taken_in(export: &[u8], secret: &Secret<'_>, now: Timestamp, random: &mut Random) -> Vec<Vec<u8>> {
    let mut other = Engine::in_memory(Options { model: ModelChoice::Off, ..Options::default() }).expect("memory");
    other.import(&mut &*export, secret).expect("imports");
    let mut held = vec![other.habits().to_checkpoint()];
    held.extend(said(&mut other, random, now));
    // What was hidden stays hidden when it shows up.
    for (n, item) in (1..).zip(canaries(0).into_iter().chain(canaries(10))) {
        other.record(&Event::launch(now.plus_ms(n), item)).expect("taken");
    }
    held.extend(said(&mut other, random, now.plus_ms(100)));
    held
}

#[test]
fn canaries_of_hidden_items_are_in_no_output_over_a_thousand_lives() {
    let secret = Secret::Key(&[5; 32]);
    for seed in 0..1_000_u64 {
        let oddities: Oddities = [CALM, UNPUNCTUAL, WILD][usize::try_from(seed % 3).expect("small")];
        let mut random = Random(seed);
        let model = if seed % 50 == 0 { ModelChoice::Shipped } else { ModelChoice::Off };
        let mut engine = Engine::in_memory(Options { model, ..Options::default() }).expect("memory");
        let events = with_canaries(life(seed, oddities, 90));
        let decided_at = usize::try_from(random.below(90)).expect("small");
        engine.record_all(&events[..decided_at]).expect("stored");
        hide(&mut engine, events[decided_at].at);
        engine.record_all(&events[decided_at..]).expect("stored");
        let now = engine.habits().newest().unwrap_or(events[89].at);
        for text in said(&mut engine, &mut random, now) {
            assert!(!holds_canary(&text), "life {seed}: {}", String::from_utf8_lossy(&text));
        }
        let mut export = Vec::new();
        engine.export(&mut export, &secret, [seed.to_le_bytes(); 4].concat().try_into().expect("32")).expect("exports");
        assert!(!holds_canary(&export));
        for held in taken_in(&export, &secret, now, &mut random) {
            assert!(!holds_canary(&held), "life {seed}, imported: {}", String::from_utf8_lossy(&held));
        }
    }
    assert!(holds_canary(format!("{:?}", canaries(0)).as_bytes()), "the scan finds what is there");
}

#[test]
fn nothing_about_what_is_never_to_be_learned_lies_in_a_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let mut engine = Engine::open(&path, &Key::new([1; 32], [2; 16]), Options::default()).expect("opens");
    let events = with_canaries(life(3, CALM, 300));
    for item in canaries(0) {
        engine.decide(events[0].at, Control::NeverLearn(item)).expect("decided");
    }
    engine.decide(events[0].at, Control::HideProfile(10)).expect("decided");
    engine.record_all(&events).expect("stored");
    assert!(!holds_canary(&engine.habits().to_checkpoint()), "the habits do not know it");
    engine.maintain().expect("tidied");
    for file in std::fs::read_dir(folder.path()).expect("reads") {
        assert!(!holds_canary(&std::fs::read(file.expect("reads").path()).expect("reads")));
    }
}
