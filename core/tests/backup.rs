//! What a person takes along: exports that go on bit for bit, name nothing that was excluded and refuse every change; and
//! the snapshot that is left when a log goes.

mod lives;

use std::io::Read;
use std::path::{Path, PathBuf};

use aead_stream::{NewStream, StreamBE32, StreamPrimitive};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305};
use foretap_core::control::SealedItem;
use foretap_core::habits::Habits;
use foretap_core::store::Store;
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{
    BackupError, Battery, Bundle, Context, Control, Engine, Error, Event, EventKind, Imported, Item, Key, Model,
    ModelChoice, Opened, Options, PlaceLabel, Request, Retention, Secret, StoreOptions, Timestamp, Token,
};
use hmac::{Hmac, Mac};
use lives::Random;
use sha2::Sha256;

const SECRET: Secret<'_> = Secret::Key(&[7; 32]);
const ENTROPY: [u8; 32] = [9; 32];

/// A life's events in order of arrival: late ones, and a clock that is set back and far ahead now and then.
fn life(seed: u64, items: u64, events: usize) -> Vec<Event> {
    let mut random = Random(seed);
    let mut now_ms = 1_700_000_000_000;
    let event = |_| {
        now_ms += [1, 500, 30 * SECOND_MS, 301 * SECOND_MS, HOUR_MS, 9 * HOUR_MS][random.place(6)];
        now_ms += [0, 0, 0, -2 * DAY_MS, 9 * DAY_MS][random.place(5) * usize::from(random.below(90) == 0)];
        let late_ms = if random.below(9) == 0 { i64::try_from(random.below(86_400_000)).expect("small") } else { 0 };
        let at = Timestamp::new(now_ms - late_ms, [0, 60, -300][random.place(3)]).expect("in range");
        let number = random.below(items).min(random.below(items));
        let profile = if random.below(9) == 0 { 10 } else { 0 };
        let item = Item::in_profile(&format!("item {number}"), profile).expect("valid");
        let surface = Token::new("main").expect("valid");
        let kind = match random.below(20) {
            0..10 => EventKind::Launch(item),
            10 => EventKind::Close(item),
            11 | 12 => EventKind::Unlock,
            13 => EventKind::Lock,
            14 => EventKind::Home,
            15 => EventKind::Notification(item),
            16 => EventKind::NotificationCleared(item),
            17 => EventKind::Impression { item, surface, position: 1, propensity: None },
            18 => EventKind::Install(item),
            _ => EventKind::Uninstall(item),
        };
        let token = |what: &str, n: u64| Some(Token::new(&format!("{what} {n}")).expect("valid"));
        let context = Context {
            place: token("place", random.below(5)),
            label: (random.below(5) == 0).then_some(PlaceLabel::Work),
            access_point: token("access point", random.below(5)),
            battery: Some(Battery::ALL[random.place(4)]),
            ..Context::default()
        };
        let event = Event::new(at, kind).in_context(context);
        if random.below(4) == 0 { event.from_slot(Token::new("row").expect("valid"), 2) } else { event }
    };
    (0..events).map(event).collect()
}

fn item(name: &str) -> Item {
    Item::new(name).expect("valid")
}

/// A moment after every event of a life.
fn later(minutes: i64) -> Timestamp {
    Timestamp::new(1_900_000_000_000 + 60_000 * minutes, 60).expect("valid")
}

/// A folder with a log in it.
struct Place {
    folder: tempfile::TempDir,
    options: Options,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder"), options: Options::default() }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    fn beside(&self, suffix: &str) -> PathBuf {
        self.folder.path().join(format!("log.db{suffix}"))
    }

    fn key() -> Key {
        Key::new([3; 32], [4; 16])
    }

    fn engine(&self) -> Engine {
        Engine::open(&self.path(), &Self::key(), self.options.clone()).expect("opens")
    }

    /// The log without its engine, which has to be closed.
    fn store(&self) -> Store {
        Store::open(&self.path(), &Self::key(), &self.options.store).expect("opens").0
    }

    fn decide(&self, controls: &[Control]) {
        let mut store = self.store();
        for (minutes, control) in (0..).zip(controls) {
            store.add_control(later(minutes), control).expect("stored");
        }
    }

    fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        self.store().replay(None, &mut |_, event| events.push(event.clone())).expect("reads");
        events
    }

    fn controls(&self) -> Vec<(Timestamp, Control)> {
        self.store().controls().expect("reads").into_iter().map(|found| (found.at, found.control)).collect()
    }
}

fn exported(engine: &mut Engine) -> Vec<u8> {
    let mut bytes = Vec::new();
    let told = engine.export(&mut bytes, &SECRET, ENTROPY).expect("exports");
    assert_eq!(told.bytes, bytes.len() as u64);
    bytes
}

fn import(engine: &mut Engine, mut bytes: &[u8]) -> Result<Imported, Error> {
    engine.import(&mut bytes, &SECRET)
}

/// What is in an export under [`SECRET`], read by another program than the core: the format as it is written down.
fn opened(export: &[u8]) -> Vec<u8> {
    let (header, mut sealed) = export.split_at(42);
    assert_eq!(header[..10], *b"FTEXPORT\x01\x01");
    let derived = |domain: &[u8]| -> [u8; 32] {
        let mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("a key");
        mac.chain_update(domain).chain_update(&header[10..]).finalize().into_bytes().into()
    };
    let nonce: [u8; 19] = derived(b"foretap/export/1|nonce|")[..19].try_into().expect("19");
    let cipher = XChaCha20Poly1305::new(&derived(b"foretap/export/1|key|").into());
    let stream = StreamBE32::from_aead(cipher, &nonce.into());
    let mut packed = Vec::new();
    for position in 0.. {
        let chunk = &sealed[..sealed.len().min(65_536 + 16)];
        sealed = &sealed[chunk.len()..];
        let payload = chacha20poly1305::aead::Payload { msg: chunk, aad: header };
        packed.extend(stream.decrypt(position, sealed.is_empty(), payload).expect("untouched"));
        if sealed.is_empty() {
            break;
        }
    }
    zstd::stream::decode_all(packed.as_slice()).expect("unpacks")
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()))
}

#[test]
fn an_import_goes_on_where_the_export_stopped_bit_for_bit() {
    for (seed, items, events, is_purged) in
        [(1, 9, 700, false), (2, 40, 900, true), (3, 5, 800, true), (4, 1_500, 2_600, false), (5, 3, 0, false)]
    {
        let mut place = Place::new();
        place.options.store.retention = Retention { max_days: 20, max_bytes: u64::MAX, keep_at_least: 50 };
        let mut engine = place.engine();
        let life = life(seed, items, events + 60);
        engine.record_all(&life[..events]).expect("stored");
        assert_eq!(is_purged && engine.maintain().expect("purged") > 0, is_purged, "seed {seed}");
        drop(engine);
        place.decide(&[Control::Pin { item: item("item 1"), position: 2 }, Control::HalfLife { item: None, days: 9 }]);
        let mut engine = place.engine();
        let export = exported(&mut engine);

        let elsewhere = Place { options: place.options.clone(), ..Place::new() };
        let mut other = elsewhere.engine();
        let told = import(&mut other, &export).expect("imports");
        let is_new = engine.stats().expect("reads");
        assert_eq!((told.added, told.known, told.left_out, told.on_top), (is_new.events, 0, 0, 0));
        assert_eq!(other.habits().to_checkpoint(), engine.habits().to_checkpoint(), "seed {seed}");
        assert!(other.habits().is_sound());
        assert_eq!(other.stats().expect("reads").purged, is_new.purged);
        assert_eq!(exported(&mut other), export, "the same again");
        drop((engine, other));
        assert_eq!(elsewhere.events(), place.events());
        assert_eq!(elsewhere.controls(), place.controls());
        assert_eq!(elsewhere.store().is_whole().expect("reads"), !is_purged);

        let (mut engine, mut other) = (place.engine(), elsewhere.engine());
        for event in &life[events..] {
            assert_eq!(engine.record(event).expect("stored"), other.record(event).expect("stored"));
        }
        assert_eq!(other.habits().to_checkpoint(), engine.habits().to_checkpoint(), "and it goes on: seed {seed}");
    }
}

#[test]
fn a_passphrase_locks_an_export_as_a_key_does() {
    let mut engine = Engine::in_memory(Options::default()).expect("opens");
    engine.record_all(&life(6, 9, 50)).expect("stored");
    let words = Secret::Passphrase("correct horse battery");
    let mut export = Vec::new();
    engine.export(&mut export, &words, ENTROPY).expect("exports");
    let mut other = Engine::in_memory(Options::default()).expect("opens");
    let wrong = other.import(&mut export.as_slice(), &Secret::Passphrase("correct horse batteri"));
    assert!(matches!(wrong, Err(Error::Backup(BackupError::WrongSecret))), "{wrong:?}");
    other.import(&mut export.as_slice(), &words).expect("imports");
    assert_eq!(other.habits().to_checkpoint(), engine.habits().to_checkpoint());
    let short = engine.export(&mut Vec::new(), &Secret::Passphrase("horse"), ENTROPY);
    assert!(matches!(short, Err(Error::Backup(BackupError::Passphrase { .. }))), "{short:?}");
}

#[test]
fn what_was_here_is_learned_on_top_and_the_same_import_again_changes_nothing() {
    let life = life(11, 12, 1_200);
    let source = Place::new();
    let mut engine = source.engine();
    engine.record_all(&life[..800]).expect("stored");
    let export = exported(&mut engine);
    drop(engine);

    let here = Place::new();
    let mut engine = here.engine();
    let older = Event::launch(life[0].at.plus_ms(-90 * DAY_MS), item("from long ago"));
    // Something of the export's past, and something of its future: in another order than the export's.
    let mine = [std::slice::from_ref(&older), &life[600..1_200], &life[100..150]].concat();
    engine.record_all(&mine).expect("stored");
    let before = here.path().exists().then(|| engine.stats().expect("reads").events).expect("a file");
    drop(engine);
    here.decide(&[Control::Promote(item("item 1"))]);
    let mut engine = here.engine();
    let told = import(&mut engine, &export).expect("imports");
    let habits = engine.habits().to_checkpoint();
    let again = import(&mut engine, &export).expect("imports");
    assert_eq!(again, Imported { added: 0, known: told.added + told.known, ..told });
    assert_eq!(engine.habits().to_checkpoint(), habits);
    drop(engine);

    let imported = source.events();
    let on_top: Vec<Event> = mine.iter().filter(|event| !imported.contains(event)).cloned().collect();
    assert_eq!(told.known + told.on_top, before);
    assert_eq!(here.events(), [imported, on_top.clone()].concat(), "the import's first, then what was here");
    assert_eq!(here.controls(), [(later(0), Control::Promote(item("item 1")))]);
    let mut newest = 0;
    here.store().replay(None, &mut |seq, _| newest = seq.number()).expect("reads");
    let all = i64::try_from(before + told.added).expect("small");
    assert!(newest <= 3 * all, "numbers do not run away: {newest} after two imports of {all} events in all");

    let model = Model::load(&Bundle::shipped().expect("a bundle")).expect("a model");
    let mut expected = Habits::from_checkpoint(&source.engine().habits().to_checkpoint()).expect("a checkpoint");
    let newest = expected.newest();
    for event in &on_top {
        if Some(event.at) < newest { expected.apply_late(event) } else { expected.apply(event, Some(&model)) }
    }
    assert_eq!(here.engine().habits().to_checkpoint(), expected.to_checkpoint());
}

#[test]
fn controls_of_both_count_once_each_in_the_order_in_which_they_were_made() {
    let source = Place::new();
    source.decide(&[
        Control::Promote(item("a")),
        Control::Exclude(item("secret")),
        Control::HideProfile(10),
        Control::HalfLife { item: None, days: 3 },
    ]);
    let export = exported(&mut source.engine());
    let here = Place::new();
    here.decide(&[Control::Promote(item("a")), Control::Promote(item("b")), Control::Exclude(item("secret"))]);
    let mut engine = here.engine();
    for _ in 0..2 {
        assert_eq!(import(&mut engine, &export).expect("imports").controls, 5);
    }
    drop(engine);
    let found: Vec<_> = here.controls().into_iter().map(|(_, control)| control).collect();
    let expected = [
        Control::Promote(item("a")),
        Control::Promote(item("b")),
        Control::HideProfile(10),
        Control::Exclude(item("secret")),
        Control::HalfLife { item: None, days: 3 },
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_excluded_item_leaves_no_trace() {
    const CANARY: &str = "canary-yellow-4711";
    let canary = |n: u32| Item::in_profile(&format!("{CANARY}-{n}"), if n == 2 { 10 } else { 0 }).expect("valid");
    let place = Place::new();
    let mut engine = place.engine();
    let mut events = life(21, 12, 600);
    let canaries: Vec<Event> = (0..90_i64)
        .flat_map(|n| {
            let (at, item) = (later(20 * n), canary(u32::try_from(n % 3).expect("small")));
            let surface = Token::new("main").expect("valid");
            [
                Event::unlock(at),
                Event::launch(at.plus_ms(1), item.clone()),
                Event::new(at.plus_ms(2), EventKind::Notification(item.clone())),
                Event::new(at.plus_ms(3), EventKind::Dismiss { item, surface }),
                Event::launch(at.plus_ms(4), Item::new("item 1").expect("valid")),
            ]
        })
        .collect();
    events.extend(canaries);
    engine.record_all(&events).expect("stored");
    // One of them is in front, deferred evidence and all.
    engine.record(&Event::launch(later(10_000), canary(0))).expect("stored");
    drop(engine);
    place.decide(&[
        Control::Exclude(canary(0)),
        Control::NeverLearn(canary(1)),
        Control::HideProfile(10),
        Control::Pin { item: canary(0), position: 0 },
        Control::Promote(canary(2)),
        Control::Promote(item("item 1")),
    ]);
    let mut engine = place.engine();
    let export = exported(&mut engine);
    let payload = opened(&export);
    assert!(holds(&payload, "item 1") && !holds(&payload, CANARY) && !holds(&export, CANARY));
    assert!(!holds(&export, "item 1"), "and nothing else is readable either");

    let elsewhere = Place::new();
    let mut other = elsewhere.engine();
    import(&mut other, &export).expect("imports");
    assert!(other.habits().is_sound() && other.habits().openings() > 100);
    assert!((0..3).all(|n| other.habits().find(&canary(n)).is_none() && engine.habits().find(&canary(n)).is_some()));
    let ranking = other.predict(&Request::unlock(later(11_000)), &|| 0);
    assert!(ranking.predictions.iter().any(|prediction| prediction.item == item("item 1")));
    assert_eq!(exported(&mut other), export, "what was sealed stays sealed");
    other.record_all(&life(22, 30, 200)).expect("it goes on");
    drop((engine, other));
    let is_canary =
        |event: &Event| event.kind.item().is_some_and(|item| item.profile() == 10 || item.id().contains(CANARY));
    let kept: Vec<Event> = place.events().into_iter().filter(|event| !is_canary(event)).collect();
    assert_eq!(elsewhere.events()[..kept.len()], kept);
    let seal = |control: &Control, n: u32, never: bool| match control {
        Control::Sealed { is_never_learn, item } => *is_never_learn == never && item.is(&canary(n)),
        _ => false,
    };
    let controls: Vec<Control> = elsewhere.controls().into_iter().map(|(_, control)| control).collect();
    assert!(seal(&controls[0], 0, false) && seal(&controls[1], 1, true));
    assert_eq!(controls[2..], [Control::HideProfile(10), Control::Promote(item("item 1"))]);
}

#[test]
fn what_is_not_to_be_learned_here_does_not_come_in() {
    let source = Place::new();
    let mut engine = source.engine();
    let unwanted = item("item 1");
    engine.record_all(&life(31, 6, 400)).expect("stored");
    let export = exported(&mut engine);
    drop(engine);
    let here = Place::new();
    here.decide(&[
        Control::Sealed { is_never_learn: true, item: SealedItem::of(&unwanted, [1; 16]) },
        Control::HideProfile(10),
        Control::Exclude(item("item 0")),
    ]);
    let mut engine = here.engine();
    let told = import(&mut engine, &export).expect("imports");
    assert!(told.left_out > 10 && told.added + told.left_out == source.events().len() as u64);
    assert!(engine.habits().find(&unwanted).is_none() && engine.habits().find(&item("item 0")).is_some());
    drop(engine);
    assert!(here.events().iter().all(|event| event.kind.item().is_none_or(|i| *i != unwanted && i.profile() == 0)));
}

/// Every released format stays readable. `FORETAP_REWRITE_VECTORS=1` writes the kept file anew; after a release that is
/// never right: a new format gets a new file, and a reader for the old one.
#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_export_is_read() {
    let words = Secret::Passphrase("correct horse battery");
    let kept = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/format-1.export");
    let place = Place::new();
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        place.engine().record_all(&life(101, 9, 150)).expect("stored");
        place.decide(&[Control::Exclude(item("item 1")), Control::HideProfile(10), Control::Promote(item("item 2"))]);
        let mut bytes = Vec::new();
        place.engine().export(&mut bytes, &words, ENTROPY).expect("exports");
        std::fs::write(&kept, bytes).expect("writable");
    }
    let export = std::fs::read(kept).expect("kept with the sources");
    let here = Place::new();
    let mut engine = here.engine();
    let told = engine.import(&mut export.as_slice(), &words).expect("of a released format");
    assert!(told.added > 90 && told.controls == 3, "{told:?}");
    assert!(engine.habits().openings() > 30 && engine.habits().find(&item("item 1")).is_none());
    drop(engine);
    let found: Vec<Control> = here.controls().into_iter().map(|(_, control)| control).collect();
    assert!(matches!(&found[0], Control::Sealed { is_never_learn: false, item: sealed } if sealed.is(&item("item 1"))));
    assert_eq!(found[1..], [Control::HideProfile(10), Control::Promote(item("item 2"))]);
}

/// Changes an export in one of the ways that an attacker, a bad card or a cut line can.
fn mutated(random: &mut Random, export: &[u8]) -> Vec<u8> {
    const CHUNK: usize = 65_536 + 16;
    let mut bytes = export.to_vec();
    let place = random.place(bytes.len());
    match random.below(8) {
        0 | 1 => bytes[place] ^= 1 << random.below(8),
        2 => bytes[random.place(42)] ^= 1 << random.below(8),
        3 => bytes.truncate(place),
        4 => bytes.extend((0..=random.below(70_000) % 300).map(|n| n.to_le_bytes()[0])),
        5 => {
            let length = random.place(bytes.len() - place).min(64) + 1;
            bytes[place..place + length].fill(random.below(256).to_le_bytes()[0]);
        }
        6 => {
            let piece = bytes[place..(place + 1 + random.place(40)).min(bytes.len())].to_vec();
            bytes.splice(place..place, piece);
        }
        _ => {
            let chunks = (bytes.len() - 42) / CHUNK;
            if chunks < 2 {
                bytes.remove(place);
            } else {
                let (a, b) = (random.place(chunks), random.place(chunks));
                let from = bytes[42 + a * CHUNK..42 + (a + 1) * CHUNK].to_vec();
                if random.below(2) == 0 {
                    bytes.splice(42 + b * CHUNK..42 + b * CHUNK, from);
                } else {
                    let to: Vec<u8> = bytes.splice(42 + b * CHUNK..42 + (b + 1) * CHUNK, from).collect();
                    bytes.splice(42 + a * CHUNK..42 + (a + 1) * CHUNK, to);
                }
            }
        }
    }
    bytes
}

#[test]
fn ten_thousand_changed_exports_are_refused_and_change_nothing() {
    let mut random = Random(41);
    let mut source = Engine::in_memory(Options::default()).expect("opens");
    source.record_all(&life(42, 9, 60)).expect("stored");
    let small = exported(&mut source);
    // Names that do not pack, for more than one chunk: the later ones fail when events are stored already.
    let noise: Vec<Event> = (0..2_600)
        .map(|n| {
            let name: String = (0..8).map(|_| format!("{:016x}", random.below(u64::MAX))).collect();
            Event::new(later(n), EventKind::Install(item(&name)))
        })
        .collect();
    source.record_all(&noise).expect("stored");
    let large = exported(&mut source);
    assert!(small.len() < 20_000 && large.len() > 2 * 65_552, "{} and {} bytes", small.len(), large.len());

    let mut engine = Engine::in_memory(Options::default()).expect("opens");
    engine.record_all(&life(43, 5, 40)).expect("stored");
    let before = (exported(&mut engine), engine.stats().expect("reads"));
    let (mut refused, mut late) = (0, 0);
    for case in 0..10_300 {
        let export = if case % 100 == 99 { &large } else { &small };
        let changed = mutated(&mut random, export);
        if changed == *export {
            continue;
        }
        match import(&mut engine, &changed) {
            Err(Error::Backup(BackupError::Damaged)) => late += 1,
            Err(Error::Backup(_)) => {}
            other => panic!("case {case}: {other:?}"),
        }
        refused += 1;
        if case % 100 >= 98 || case < 100 {
            assert_eq!((exported(&mut engine), engine.stats().expect("reads")), before, "case {case}");
        }
    }
    assert!(refused >= 10_000 && late > 30, "{refused} refused, {late} of them after the first chunk");
    assert_eq!((exported(&mut engine), engine.stats().expect("reads")), before);
    import(&mut engine, &large).expect("the untouched one is taken");
}

#[test]
fn a_reader_that_fails_half_way_changes_nothing_and_a_later_try_succeeds() {
    struct Cable<'a>(&'a [u8]);
    impl Read for Cable<'_> {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(into) {
                Ok(0) => Err(std::io::Error::other("the cable was pulled")),
                read => read,
            }
        }
    }
    let mut source = Engine::in_memory(Options::default()).expect("opens");
    source.record_all(&life(47, 9, 300)).expect("stored");
    let export = exported(&mut source);
    let mut engine = Engine::in_memory(Options::default()).expect("opens");
    engine.record_all(&life(48, 5, 40)).expect("stored");
    let before = exported(&mut engine);
    for length in [0, 8, 41, 42, 60, export.len() / 2, export.len()] {
        let told = engine.import(&mut Cable(&export[..length]), &SECRET);
        assert!(matches!(told, Err(Error::Io(_))), "{length}: {told:?}");
        assert_eq!(exported(&mut engine), before, "{length}");
    }
    import(&mut engine, &export).expect("a later try");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "prints what the decision records say")]
fn sizes_and_times_are_what_the_decision_says() {
    let place = Place::new();
    let mut engine = place.engine();
    let events: Vec<Event> = life(91, 150, 10_000);
    engine.record_all(&events).expect("stored");
    engine.checkpoint().expect("saved");
    let clock = std::time::Instant::now();
    let export = exported(&mut engine);
    let export_ms = clock.elapsed().as_millis();
    let mut other = Place::new().engine();
    let clock = std::time::Instant::now();
    import(&mut other, &export).expect("imports");
    let import_ms = clock.elapsed().as_millis();
    engine.maintain().expect("maintained");
    let snapshot = std::fs::metadata(place.beside(".snapshot")).expect("a snapshot").len();
    let log = engine.stats().expect("reads").bytes;
    println!(
        "10,000 events: log {log} bytes, export {} ({} unpacked), habits {}, snapshot {snapshot}; \
         exported in {export_ms} ms, imported in {import_ms} ms",
        export.len(),
        opened(&export).len(),
        engine.habits().to_checkpoint().len()
    );
    assert!((export.len() as u64) < log, "an export is smaller than the log");
}

#[test]
fn another_secret_and_a_newer_format_are_refused() {
    let mut source = Engine::in_memory(Options::default()).expect("opens");
    source.record_all(&life(51, 9, 60)).expect("stored");
    let mut export = exported(&mut source);
    let mut engine = Engine::in_memory(Options::default()).expect("opens");
    let refused = engine.import(&mut export.as_slice(), &Secret::Key(&[8; 32]));
    assert!(matches!(refused, Err(Error::Backup(BackupError::WrongSecret))), "{refused:?}");
    export[8] = 2;
    let refused = import(&mut engine, &export);
    assert!(matches!(refused, Err(Error::Backup(BackupError::NewerFormat { found: 2, supported: 1 }))), "{refused:?}");
    assert_eq!(engine.stats().expect("reads").events, 0);
}

#[test]
fn other_entropy_gives_other_bytes_of_the_same_length() {
    let mut engine = Engine::in_memory(Options::default()).expect("opens");
    engine.record_all(&life(61, 9, 60)).expect("stored");
    let (first, second) = (exported(&mut engine), exported(&mut engine));
    assert_eq!(first, second);
    let mut other = Vec::new();
    engine.export(&mut other, &SECRET, [10; 32]).expect("exports");
    assert_eq!((opened(&other), other.len()), (opened(&first), first.len()));
    assert!(other[42..].iter().zip(&first[42..]).filter(|(a, b)| a == b).count() < first.len() / 50);
}

/// A maintained log with events, controls and a snapshot; the habits' checkpoint that is in it.
fn maintained() -> (Place, Vec<u8>) {
    let place = Place::new();
    place.decide(&[Control::Promote(item("item 1")), Control::Exclude(item("item 2"))]);
    let mut engine = place.engine();
    engine.record_all(&life(71, 9, 300)).expect("stored");
    engine.maintain().expect("maintained");
    let habits = engine.habits().to_checkpoint();
    drop(engine);
    (place, habits)
}

fn damage(path: &Path) {
    let mut bytes = std::fs::read(path).expect("reads");
    bytes[2_000] ^= 0x10;
    std::fs::write(path, bytes).expect("writes");
}

fn delete(place: &Place) {
    std::fs::remove_file(place.path()).expect("removes");
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(place.beside(suffix));
    }
}

#[test]
fn a_log_that_was_set_aside_or_deleted_goes_on_from_the_snapshot() {
    for is_deleted in [false, true] {
        let (place, habits) = maintained();
        let controls = place.controls();
        if is_deleted {
            delete(&place)
        } else {
            damage(&place.path())
        }
        let mut engine = place.engine();
        let expected = if is_deleted {
            Opened::Vanished { restored: true }
        } else {
            Opened::SetAside { quarantine: place.beside(".quarantine"), restored: true }
        };
        assert_eq!(*engine.opened(), expected);
        assert_eq!(engine.habits().to_checkpoint(), habits);
        let stats = engine.stats().expect("reads");
        assert_eq!((stats.events, stats.resets), (0, 1));
        // The phone's own usage log: nothing is learned from nothing.
        let past = Event::launch(later(-1), item("from the phone's log"));
        assert_eq!(engine.backfill(&[past]).expect("stored"), 1);
        assert!(engine.habits().openings() > 100);
        engine.record(&Event::launch(later(1), item("item 3"))).expect("stored");
        let habits = engine.habits().to_checkpoint();
        drop(engine);
        assert_eq!(place.controls(), controls);
        assert!(!place.store().is_whole().expect("reads"));
        let engine = place.engine();
        assert_eq!((engine.opened(), engine.stats().expect("reads").resets), (&Opened::Existing, 1));
        assert_eq!(engine.habits().to_checkpoint(), habits);
    }
}

#[test]
fn a_restoring_that_was_cut_short_is_made_up_for() {
    let (place, habits) = maintained();
    delete(&place);
    drop(place.store()); // a new log was made, and the phone died
    let engine = place.engine();
    assert_eq!((engine.opened(), engine.habits().to_checkpoint()), (&Opened::Vanished { restored: true }, habits));
    assert_eq!(engine.stats().expect("reads").resets, 1);
}

#[test]
fn a_damaged_snapshot_is_said_and_is_no_error() {
    let (place, _) = maintained();
    let snapshot = std::fs::read(place.beside(".snapshot")).expect("a snapshot");
    assert!(!holds(&snapshot, "item"));
    for damaged in [&b""[..], &snapshot[..snapshot.len() - 1], &snapshot[..30], &[0; 5_000]] {
        for is_deleted in [false, true] {
            let (place, _) = maintained();
            std::fs::write(place.beside(".snapshot"), damaged).expect("writes");
            if is_deleted {
                delete(&place)
            } else {
                damage(&place.path())
            }
            let mut engine = place.engine();
            let is_said = matches!(
                engine.opened(),
                Opened::Vanished { restored: false } | Opened::SetAside { restored: false, .. }
            );
            assert!(is_said, "{:?}", engine.opened());
            assert_eq!((engine.habits().openings(), engine.stats().expect("reads").resets), (0, 1));
            // A log that knows nothing does not write over it; one that does, does.
            engine.maintain().expect("maintained");
            assert_eq!(std::fs::read(place.beside(".snapshot")).expect("there"), damaged);
            engine.record(&Event::launch(later(1), item("item 3"))).expect("stored");
            engine.maintain().expect("maintained");
            assert!(std::fs::read(place.beside(".snapshot")).expect("there").len() > 100);
        }
    }
}

#[test]
fn a_wrong_key_touches_no_snapshot_and_an_erased_log_leaves_none() {
    let (place, _) = maintained();
    let snapshot = std::fs::read(place.beside(".snapshot")).expect("a snapshot");
    let wrong = || Engine::open(&place.path(), &Key::new([5; 32], [4; 16]), Options::default());
    assert!(matches!(wrong(), Err(Error::KeyMismatch)));
    delete(&place);
    assert!(matches!(wrong(), Err(Error::KeyMismatch)));
    std::fs::remove_file(place.beside(".kcv")).expect("removes");
    assert!(matches!(wrong(), Err(Error::KeyMismatch)), "the snapshot says whose it is");
    assert!(!place.path().exists());
    assert_eq!(std::fs::read(place.beside(".snapshot")).expect("there"), snapshot);
    let engine = place.engine();
    assert_eq!(*engine.opened(), Opened::Vanished { restored: true });
    engine.erase().expect("erased");
    assert_eq!(std::fs::read_dir(place.folder.path()).expect("reads").count(), 0);
    let (place, _) = maintained();
    std::fs::write(place.beside(".snapshot.tmp"), b"half").expect("writes");
    Store::erase_at(&place.path()).expect("erased");
    assert_eq!(std::fs::read_dir(place.folder.path()).expect("reads").count(), 0);
    assert_eq!(*place.engine().opened(), Opened::Created);
}

#[test]
fn an_import_writes_a_snapshot_and_the_same_habits_the_same_one() {
    let (place, habits) = maintained();
    let export = exported(&mut place.engine());
    let here = Place::new();
    let mut engine = here.engine();
    import(&mut engine, &export).expect("imports");
    let snapshot = std::fs::read(here.beside(".snapshot")).expect("a snapshot");
    engine.maintain().expect("maintained");
    assert_eq!(std::fs::read(here.beside(".snapshot")).expect("a snapshot"), snapshot);
    drop(engine);
    delete(&here);
    let engine = here.engine();
    assert_eq!(*engine.opened(), Opened::Vanished { restored: true });
    // `item 2` is excluded: it was not exported.
    assert_ne!(engine.habits().to_checkpoint(), habits);
    assert!(engine.habits().openings() > 100 && engine.habits().find(&item("item 2")).is_none());
}

#[test]
fn a_log_without_a_model_can_be_imported_where_there_is_one() {
    let without = Options { model: ModelChoice::Off, ..Options::default() };
    let mut source = Engine::in_memory(without.clone()).expect("opens");
    source.record_all(&life(81, 9, 200)).expect("stored");
    let export = exported(&mut source);
    let mut same = Engine::in_memory(without).expect("opens");
    import(&mut same, &export).expect("imports");
    assert_eq!(same.habits().to_checkpoint(), source.habits().to_checkpoint());
    let mut engine =
        Engine::in_memory(Options { store: StoreOptions::default(), ..Options::default() }).expect("opens");
    import(&mut engine, &export).expect("imports");
    assert_eq!(engine.habits().openings(), source.habits().openings());
    engine.record_all(&life(82, 9, 50)).expect("stored");
}
