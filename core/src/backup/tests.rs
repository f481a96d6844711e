//! Tests of the codec: what goes in comes out, and nothing else does.

use super::chunks::{CHUNK_BYTES, TAG_BYTES};
use super::*;
use crate::error::{BackupError, Error};
use crate::event::{Context, Event, EventKind, Item, Propensity, Token};

const KEY: Secret<'_> = Secret::Key(&[7; 32]);
const HEADER_BYTES: usize = 8 + 2 + 32;

fn at(n: u64) -> Timestamp {
    Timestamp::new(1_700_000_000_000 + i64::try_from(n).expect("small") * 60_000, -90).expect("valid")
}

fn item(n: u64) -> Item {
    Item::in_profile(&format!("item {n}"), u32::try_from(n % 3).expect("small")).expect("valid")
}

/// One event of each kind, in turn, with everything that an event can have.
fn event(n: u64) -> Event {
    let token = |what: &str| Token::new(&format!("{what} {n}")).expect("valid");
    let surface = token("surface");
    let position = u8::try_from(n % 7).expect("small");
    let kind = match n % 12 {
        0 | 1 => EventKind::Launch(item(n)),
        2 => EventKind::Close(item(n)),
        3 => EventKind::Unlock,
        4 => EventKind::Lock,
        5 => EventKind::Home,
        6 => EventKind::Notification(item(n)),
        7 => EventKind::NotificationCleared(item(n)),
        8 => EventKind::Impression { item: item(n), surface, position, propensity: Some(Propensity::nearest(0.25)) },
        9 => EventKind::Dismiss { item: item(n), surface },
        10 => EventKind::Install(item(n)),
        _ => EventKind::Uninstall(item(n)),
    };
    let context = Context {
        place: Some(token("place")),
        label: Some(crate::PlaceLabel::Work),
        network: Some(crate::Network::FiveG),
        access_point: Some(token("access point")),
        battery: Some(crate::Battery::Low),
        audio: Some(crate::Audio::Car),
    };
    let event = Event::new(at(n), kind);
    let event = if n.is_multiple_of(2) { event.in_context(context) } else { event };
    if n % 12 == 1 { event.from_slot(token("row"), position) } else { event }
}

/// One control of each kind.
fn controls() -> Vec<Decided> {
    use crate::control::{SealedItem, SnoozeEnd};
    let all = [
        Control::Exclude(item(1)),
        Control::Snooze { item: item(2), until: SnoozeEnd::At(at(9)) },
        Control::Snooze { item: item(2), until: SnoozeEnd::Frequent },
        Control::NeverLearn(item(3)),
        Control::Pin { item: item(4), position: 63 },
        Control::Promote(item(5)),
        Control::HalfLife { item: Some(item(6)), days: 3_650 },
        Control::HalfLife { item: None, days: 1 },
        Control::PauseLearning { until: Some(at(3)) },
        Control::PauseLearning { until: None },
        Control::HideProfile(u32::MAX),
        Control::Sealed { is_never_learn: true, item: SealedItem::of(&item(7), [1; 16]) },
        Control::Sealed { is_never_learn: false, item: SealedItem::of(&item(8), [2; 16]) },
    ];
    (0..).zip(all).map(|(n, control)| (at(n), control)).collect()
}

fn head(events: u64, habits: Vec<u8>) -> Head {
    Head { events, has_left_out: true, purged: 3, ..Head::of_habits(habits) }
}

fn write(secret: &Secret<'_>, limits: Limits, head: Head, controls: &[Decided]) -> Result<Vec<u8>, Error> {
    let (mut bytes, events) = (Vec::new(), head.events);
    let mut writer = Writer::new(&mut bytes, secret, [9; 32], limits, head, controls)?;
    (0..events).try_for_each(|n| writer.event(&event(n)))?;
    let written = writer.finish()?;
    assert_eq!(written, bytes.len() as u64);
    Ok(bytes)
}

fn read(secret: &Secret<'_>, limits: Limits, mut bytes: &[u8]) -> Result<(Head, Vec<Decided>, Vec<Event>), Error> {
    let mut reader = Reader::new(&mut bytes, secret, limits)?;
    let mut events = Vec::new();
    while let Some(event) = reader.event()? {
        events.push(event);
    }
    Ok((reader.head().clone(), reader.controls().to_vec(), events))
}

fn refused(secret: &Secret<'_>, limits: Limits, bytes: &[u8]) -> BackupError {
    match read(secret, limits, bytes) {
        Err(Error::Backup(error)) => error,
        other => panic!("{:?}", other.map(drop)),
    }
}

/// Bytes that do not pack.
fn noise(bytes: usize) -> Vec<u8> {
    let next = |state: &mut u64| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with({
        let mut state = 1;
        move || next(&mut state)
    })
    .take(bytes)
    .collect()
}

#[test]
fn what_is_written_is_read_under_a_key_and_under_a_passphrase() {
    for secret in [KEY, Secret::Passphrase("correct horse")] {
        let written = write(&secret, Limits::default(), head(500, noise(1_000)), &controls()).expect("writes");
        let (found, decided, events) = read(&secret, Limits::default(), &written).expect("reads");
        assert_eq!((found, decided), (head(500, noise(1_000)), controls()));
        assert_eq!(events, (0..500).map(event).collect::<Vec<_>>());
        assert_eq!(write(&secret, Limits::default(), head(500, noise(1_000)), &controls()).expect("writes"), written);
    }
}

#[test]
fn an_export_without_anything_is_one() {
    let written = write(&KEY, Limits::default(), head(0, Vec::new()), &[]).expect("writes");
    assert_eq!(read(&KEY, Limits::default(), &written).expect("reads"), (head(0, Vec::new()), vec![], vec![]));
}

#[test]
fn the_secret_has_to_be_the_right_one() {
    let of_key = write(&KEY, Limits::default(), head(3, Vec::new()), &[]).expect("writes");
    let words = Secret::Passphrase("correct horse");
    let of_words = write(&words, Limits::default(), head(3, Vec::new()), &[]).expect("writes");
    let refused = |secret: &Secret<'_>, bytes| refused(secret, Limits::default(), bytes);
    assert_eq!(refused(&Secret::Key(&[8; 32]), &of_key), BackupError::WrongSecret);
    assert_eq!(refused(&Secret::Passphrase("correct house"), &of_words), BackupError::WrongSecret);
    assert_eq!(refused(&words, &of_key), BackupError::OtherSecret { expected: "key" });
    assert_eq!(refused(&KEY, &of_words), BackupError::OtherSecret { expected: "passphrase" });
    assert!(!format!("{words:?} {KEY:?}").contains("horse"));
}

#[test]
fn passphrases_are_taken_up_to_their_limits() {
    for (bytes, is_valid) in [(7, false), (8, true), (1_024, true), (1_025, false)] {
        let text = "x".repeat(bytes);
        let written = write(&Secret::Passphrase(&text), Limits::default(), head(0, Vec::new()), &[]);
        match written {
            Ok(written) => assert!(is_valid && read(&Secret::Passphrase(&text), Limits::default(), &written).is_ok()),
            Err(error) => assert!(
                !is_valid && matches!(error, Error::Backup(BackupError::Passphrase { min: 8, max: 1_024 })),
                "{error:?}"
            ),
        }
    }
}

#[test]
fn chunks_that_are_moved_doubled_dropped_or_added_are_seen() {
    let written = write(&KEY, Limits::default(), head(20, noise(4 * CHUNK_BYTES)), &[]).expect("writes");
    let (header, sealed) = written.split_at(HEADER_BYTES);
    let chunks: Vec<&[u8]> = sealed.chunks(CHUNK_BYTES + TAG_BYTES).collect();
    assert!(chunks.len() >= 4);
    let with = |order: &[usize]| {
        let chunks = order.iter().flat_map(|n| chunks[*n]).copied();
        refused(&KEY, Limits::default(), &header.iter().copied().chain(chunks).collect::<Vec<_>>())
    };
    let last = chunks.len() - 1;
    let all: Vec<usize> = (0..=last).collect();
    assert_eq!(with(&[&[0, 2, 1], &all[3..]].concat()), BackupError::Damaged, "swapped");
    assert_eq!(with(&[&[0, 1, 1], &all[2..]].concat()), BackupError::Damaged, "doubled");
    assert_eq!(with(&[&[0], &all[2..]].concat()), BackupError::Damaged, "one is missing");
    assert_eq!(with(&all[..last]), BackupError::Damaged, "the last is missing");
    assert_eq!(with(&[&all[..], &[last]].concat()), BackupError::Damaged, "the last comes twice");
    assert_eq!(with(&all[1..]), BackupError::WrongSecret, "the first is missing");
    assert_eq!(refused(&KEY, Limits::default(), &[&written[..], b"x"].concat()), BackupError::Damaged);
    assert_eq!(refused(&KEY, Limits::default(), &written[..written.len() - 1]), BackupError::Damaged);
    assert_eq!(refused(&KEY, Limits::default(), header), BackupError::Cut);
    assert_eq!(refused(&KEY, Limits::default(), &written[..HEADER_BYTES - 1]), BackupError::Cut);
    let barely = HEADER_BYTES + 2 * (CHUNK_BYTES + TAG_BYTES) + TAG_BYTES - 1;
    assert_eq!(refused(&KEY, Limits::default(), &written[..barely]), BackupError::Cut);
}

#[test]
fn the_header_is_checked_before_it_is_believed() {
    let words = Secret::Passphrase("correct horse");
    let written = write(&words, Limits::default(), head(0, Vec::new()), &[]).expect("writes");
    let with = |place: usize, bytes: &[u8]| {
        let mut changed = written.clone();
        changed[place..place + bytes.len()].copy_from_slice(bytes);
        refused(&words, Limits::default(), &changed)
    };
    assert_eq!(refused(&KEY, Limits::default(), b""), BackupError::NotAnExport);
    assert_eq!(with(0, b"f"), BackupError::NotAnExport);
    assert_eq!(with(8, &[0]), BackupError::NotAnExport);
    assert_eq!(with(8, &[2]), BackupError::NewerFormat { found: 2, supported: 1 });
    assert!(matches!(with(9, &[3]), BackupError::Field { field: "kind of secret", .. }));
    for (kib, passes, lanes, is_fair) in [
        (7, 1, 1, false),
        (8, 1, 1, true),
        (31, 1, 4, false),
        (32, 16, 4, true),
        (32, 17, 4, false),
        (64, 16, 5, false),
        (65_536, 1, 1, true),
        (65_537, 1, 1, false),
        (8, 0, 1, false),
        (8, 1, 0, false),
    ] {
        let refused = with(10, &[kib, passes, lanes].map(u32::to_le_bytes).concat());
        let is_cost = matches!(refused, BackupError::Field { field: "Argon2id cost", .. });
        assert_eq!(!is_cost, is_fair, "{kib} {passes} {lanes}: {refused:?}");
        assert!(is_cost || refused == BackupError::WrongSecret, "what the export cost to lock is sealed with it");
    }
}

#[test]
fn every_limit_is_kept_by_who_writes_and_by_who_reads() {
    let written = write(&KEY, Limits::default(), head(50, noise(5_000)), &controls()).expect("writes");
    let payload_bytes = {
        let mut payload =
            prost::Message::encode_length_delimited_to_vec(&writer::head_message(head(50, noise(5_000)), &controls()));
        for control in controls() {
            payload.extend(prost::Message::encode_length_delimited_to_vec(&message::of_control(&control)));
        }
        for n in 0..50 {
            payload.extend(prost::Message::encode_length_delimited_to_vec(&message::of_event(&event(n))));
        }
        payload.len() as u64
    };
    let head_bytes = prost::Message::encoded_len(&writer::head_message(head(50, noise(5_000)), &controls()));
    let of = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        limits
    };
    let exact: [(&str, Limits, Limits); 5] = [
        ("bytes", of(&|l| l.bytes = written.len() as u64), of(&|l| l.bytes = written.len() as u64 - 1)),
        ("unpacked bytes", of(&|l| l.payload_bytes = payload_bytes), of(&|l| l.payload_bytes = payload_bytes - 1)),
        ("bytes of a message", of(&|l| l.message_bytes = head_bytes), of(&|l| l.message_bytes = head_bytes - 1)),
        ("events", of(&|l| l.events = 50), of(&|l| l.events = 49)),
        ("controls", of(&|l| l.controls = 13), of(&|l| l.controls = 12)),
    ];
    for (name, within, beyond) in exact {
        assert_eq!(write(&KEY, within, head(50, noise(5_000)), &controls()).expect(name), written);
        assert_eq!(read(&KEY, within, &written).expect(name).2.len(), 50);
        let refused_to_write = write(&KEY, beyond, head(50, noise(5_000)), &controls());
        assert!(
            matches!(refused_to_write, Err(Error::Backup(BackupError::TooLarge { what, .. })) if what == name),
            "{name}: {refused_to_write:?}"
        );
        let refused_to_read = refused(&KEY, beyond, &written);
        assert!(matches!(refused_to_read, BackupError::TooLarge { what, .. } if what == name), "{refused_to_read:?}");
    }
}

#[test]
fn a_reader_or_writer_that_fails_is_told_as_such() {
    struct Failing(usize);
    impl std::io::Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
            let given = into.len().min(self.0);
            let header = Header::new(&KEY, [9; 32]).to_bytes();
            let from = header.len() - self.0.min(header.len());
            into[..given].copy_from_slice(&header[from..from + given]);
            self.0 -= given;
            if given > 0 { Ok(given) } else { Err(std::io::Error::other("the card was pulled")) }
        }
    }
    impl std::io::Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken > 0 { Ok(taken) } else { Err(std::io::Error::other("the card is full")) }
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    use super::header::Header;
    for bytes in [0, 5, HEADER_BYTES] {
        let read = Reader::new(&mut Failing(bytes), &KEY, Limits::default()).map(drop);
        assert!(matches!(read, Err(Error::Io(_))), "{read:?}");
        let mut to = Failing(bytes);
        let written = Writer::new(&mut to, &KEY, [9; 32], Limits::default(), head(0, Vec::new()), &[]);
        let written = written.and_then(Writer::finish);
        assert!(matches!(written, Err(Error::Io(_))), "{written:?}");
    }
}

#[test]
fn what_is_sealed_and_is_no_export_is_refused() {
    use super::header::Header;
    use prost::Message;
    use std::io::Write;
    let seal = |payload: &[u8], after: &[u8]| {
        let header = Header::new(&KEY, [9; 32]);
        let key = header.file_key(&KEY).expect("a key");
        let mut bytes = Vec::new();
        let mut chunks = chunks::ChunkWriter::new(&mut bytes, &key, header.to_bytes(), u64::MAX).expect("begins");
        chunks.write_all(&zstd::stream::encode_all(payload, 0).expect("packs")).expect("writes");
        chunks.write_all(after).expect("writes");
        chunks.finish().expect("ends");
        refused(&KEY, Limits::default(), &bytes)
    };
    let message = |head: wire::Head| head.encode_length_delimited_to_vec();
    let good = || wire::Head { schema: crate::store::EXPORTED, ..wire::Head::default() };
    let newer = seal(&message(wire::Head { schema: crate::store::EXPORTED + 1, ..good() }), b"");
    assert!(matches!(newer, BackupError::NewerFormat { .. }), "{newer:?}");
    let undecodable = [
        seal(b"", b""),
        seal(&[0xff; 40], b""),
        seal(&[5, 1], b""),
        seal(&[1, 0xff], b""),
        seal(&message(wire::Head { events: 1, ..good() }), b""),
        seal(&[message(good()), vec![0]].concat(), b""),
        seal(&message(good()), b"x"),
    ];
    for error in undecodable {
        assert!(matches!(error, BackupError::Undecodable { .. }), "{error:?}");
    }
    let one = |event: wire::Event| {
        let head = message(wire::Head { events: 1, ..good() });
        seal(&[head, event.encode_length_delimited_to_vec()].concat(), b"")
    };
    let launch = || message::of_event(&event(0));
    let long = |bytes| Some("x".repeat(bytes));
    let fields = [
        ("event.at", wire::Event { at: None, ..launch() }),
        ("event.at", wire::Event { at: Some(wire::Moment { at_ms: -1, utc_offset_min: 0 }), ..launch() }),
        ("event.at", wire::Event { at: Some(wire::Moment { at_ms: 0, utc_offset_min: 70_000 }), ..launch() }),
        ("event.kind", wire::Event { kind: 99, ..launch() }),
        ("event.kind", wire::Event { item: None, ..launch() }),
        ("event.item", wire::Event { item: Some(wire::Item { id: "x".repeat(257), profile: 0 }), ..launch() }),
        ("event.place", wire::Event { place: long(65), ..launch() }),
        ("event.access_point", wire::Event { access_point: Some(String::new()), ..launch() }),
        ("event.surface", wire::Event { surface: Some("\n".to_owned()), ..launch() }),
        ("event.position", wire::Event { surface: long(1), position: Some(256), ..launch() }),
        ("event.label", wire::Event { label: Some(0), ..launch() }),
        ("event.network", wire::Event { network: Some(7), ..launch() }),
        ("event.battery", wire::Event { battery: Some(5), ..launch() }),
        ("event.audio", wire::Event { audio: Some(-1), ..launch() }),
    ];
    for (name, event) in fields {
        let error = one(event);
        assert!(matches!(error, BackupError::Field { field, .. } if field == name), "{name}: {error:?}");
    }
}

#[test]
fn a_snapshot_is_read_under_its_key_only_and_the_same_is_the_same() {
    let of = |habits, tokens: &[[u8; 32]]| Snapshot { habits, controls: controls(), tokens: tokens.to_vec() };
    let sealed = |snapshot: Snapshot| snapshot.seal(&[1; 32]).expect("writes");
    let bytes = sealed(of(noise(100), &[[7; 32], [8; 32]]));
    assert_eq!(Snapshot::open(&[1; 32], &bytes).expect("reads"), Some(of(noise(100), &[[7; 32], [8; 32]])));
    assert_eq!(sealed(of(noise(100), &[[7; 32], [8; 32]])), bytes);
    let fewer = sealed(of(noise(100), &[[7; 32]]));
    assert_ne!(fewer[10..HEADER_BYTES], bytes[10..HEADER_BYTES]);
    let other = sealed(of(noise(101), &[[7; 32], [8; 32]]));
    assert_ne!(other[10..HEADER_BYTES], bytes[10..HEADER_BYTES], "another content has another salt");
    assert_eq!(Snapshot::open(&[2; 32], &bytes).expect("no error"), None);
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x20;
        assert_eq!(Snapshot::open(&[1; 32], &damaged).expect("no error"), None);
    }
}

#[test]
fn an_item_left_out_is_known_by_name_by_profile_and_by_seal() {
    use crate::control::{ControlId, Decision, SealedItem};
    let decide = |control| Decision { id: ControlId::of(1), at: at(0), control };
    let mail = || Item::new("mail").expect("valid");
    let in_profile = Item::in_profile("mail", 10).expect("valid");
    let of_seal = |is_never_learn| Control::Sealed { is_never_learn, item: SealedItem::of(&mail(), [5; 16]) };
    for (control, in_exports, in_logs) in [
        (Control::Exclude(mail()), true, false),
        (Control::NeverLearn(mail()), true, true),
        (of_seal(false), true, false),
        (of_seal(true), true, true),
        (Control::Promote(mail()), false, false),
        (Control::HideProfile(0), true, true),
        (Control::HideProfile(10), false, false),
    ] {
        let controls = [decide(control)];
        assert_eq!(LeftOut::of_exports(&controls).holds(&mail()), in_exports, "{controls:?}");
        assert_eq!(LeftOut::of_logs(&controls).holds(&mail()), in_logs, "{controls:?}");
    }
    let controls = [
        decide(Control::Exclude(mail())),
        decide(Control::Pin { item: mail(), position: 0 }),
        decide(Control::HideProfile(10)),
        decide(Control::Promote(in_profile)),
        decide(Control::Promote(item(0))),
        decide(of_seal(true)),
    ];
    let found: Vec<Control> = sealed(&controls, &mut LeftOut::of_exports(&controls), [3; 16])
        .into_iter()
        .map(|(_, control)| control)
        .collect();
    assert!(matches!(&found[0], Control::Sealed { is_never_learn: false, item } if item.is(&mail())));
    assert_eq!(found[1..], [Control::HideProfile(10), Control::Promote(item(0)), of_seal(true)]);
}
