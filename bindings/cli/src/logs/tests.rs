//! Whole files: detection, errors with path and line, and the real logs where they are at hand.

use std::path::PathBuf;

use foretap_core::EventKind;
use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Result<Log, LogError> {
    Log::from_bytes("some/log.csv.gz".as_ref(), bytes.to_vec(), Reading::default())
}

/// A file of the shared logs, or `None` (and a word about it) where they are not at hand.
fn shared(file: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("FORETAP_DATA").map_or(root, PathBuf::from).join(file);
    let found = path.exists().then_some(path);
    if found.is_none() {
        println!("skipped: {file}");
    }
    found
}

fn launches(user: &UserLog) -> usize {
    user.events.iter().filter(|e| matches!(e.kind, EventKind::Launch(_))).count()
}

#[test]
fn ubiqlog_has_its_33_phones_and_every_app_row() {
    let Some(path) = shared("ubiqlog.tsv.gz") else { return };
    let log = Log::read(&path, None).expect("good");
    assert_eq!((log.format, log.users.len(), log.name.as_str()), (Format::Ubiqlog, 33, "ubiqlog"));
    assert_eq!((log.problems.rows, log.problems.unused, log.problems.bad), (221_431, 46_700, 0));
    assert_eq!(log.users.iter().map(launches).sum::<usize>(), 174_731);
    let u22 = log.users.iter().find(|u| u.user == "u22").expect("there");
    assert_eq!((launches(u22), u22.events.len()), (26_720, 2 * 26_720));
    assert!(log.users.iter().all(|u| u.events.is_sorted_by_key(|e| e.at.at_ms())));
    // The same rolling sum as pandas finds over the sorted rows, so that order and times agree with it as well.
    let sum = log.users.iter().flat_map(|u| &u.events).fold(0_i128, |sum, e| {
        let item = e.kind.item().map_or(0, |i| i.id().chars().count());
        let is_launch = matches!(e.kind, EventKind::Launch(_));
        let word = 2 * e.at.at_ms() / 1_000 + i64::from(is_launch);
        (sum * 1_000_003 + i128::from(word) + 7 * item as i128) % ((1 << 61) - 1)
    });
    assert_eq!(sum, 1_329_343_618_575_683_776);
}

#[test]
fn the_two_phones_have_their_unlocks_and_notifications() {
    let Some(path) = shared("two_phones_2019.csv.gz") else { return };
    let log = Log::read(&path, None).expect("good");
    assert_eq!((log.format, log.problems.rows, log.problems.bad), (Format::Plain, 39_500, 0));
    let count = |u: &UserLog, kind: &EventKind| u.events.iter().filter(|e| e.kind == *kind).count();
    let seen: Vec<_> =
        log.users.iter().map(|u| (launches(u), count(u, &EventKind::Unlock), count(u, &EventKind::Lock))).collect();
    assert_eq!(seen, [(7_228, 2_213, 2_626), (4_209, 2_447, 3_850)]);
}

#[test]
fn the_day_of_usage_events_is_read() {
    let Some(path) = shared("usage_events_one_day.csv") else { return };
    let log = Log::read(&path, None).expect("good");
    assert_eq!((log.format, log.users.len()), (Format::UsageEvents, 1));
    assert_eq!((log.problems.rows, log.problems.bad), (3_426, 0));
    let count = |kind: &EventKind| log.users[0].events.iter().filter(|e| e.kind == *kind).count();
    assert_eq!((count(&EventKind::Unlock), count(&EventKind::Lock), count(&EventKind::Home)), (54, 67 + 53, 133));
}

#[test]
fn errors_name_path_and_line() {
    for (bytes, shown) in [
        (&b""[..], "some/log.csv.gz:1: the file is empty"),
        (b"\x1f\x8b\x08", "some/log.csv.gz:1: the gzip stream is cut off"),
        (b"name,age\nx,5\n", "some/log.csv.gz:1: no known log format"),
        (
            b"kind,at_ms\n",
            "some/log.csv.gz:1: not the header of a plain log: missing column user, utc_offset_min, item",
        ),
        (b"a\nb\0", "some/log.csv.gz:2: binary data"),
        (b"a\nb\n\xe9", "some/log.csv.gz:3: not UTF-8"),
    ] {
        let error = read(bytes).expect_err(shown).to_string();
        assert!(error.starts_with(shown), "{error}");
    }
    let missing = Log::read("does/not/exist".as_ref(), None).expect_err("missing");
    assert!(matches!(missing.fault, Fault::Unreadable(_)));
}

#[test]
fn a_given_format_overrides_detection() {
    let bytes = b"1571151207258,Chat,1,\n".to_vec();
    let reading = Reading { format: Some(Format::Plain), ..Reading::default() };
    assert!(matches!(Log::from_bytes("x".as_ref(), bytes, reading), Err(LogError { fault: Fault::Header { .. }, .. })));
}

#[test]
fn the_digest_is_of_the_file_as_it_lies_there() {
    let log = read(b"1571151207258,Chat,1,\n").expect("good");
    assert_eq!(log.sha256.len(), 64);
    assert_eq!(log.name, "log");
}

/// Bytes that look a little like a log.
fn nearly_a_log() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        Just("user,at_ms,utc_offset_min,kind,item".to_owned()),
        Just("user\tstart\tend\tapp\tkind\tplace\tcity\twifi".to_owned()),
        Just("user_id\tsession_id\ttimestamp\tapp_name\tevent_type".to_owned()),
        Just("{\"buckets\":{\"a\":{\"type\":\"currentwindow\",\"events\":[{\"timestamp\":\"".to_owned()),
        Just("time=\"2026-01-31 12:34:56\" type=ACTIVITY_RESUMED package=".to_owned()),
        "[0-9]{1,20}",
        "[,\t\n\"{}\\[\\]:=-]{1,3}",
        "\\PC{0,5}",
    ];
    prop::collection::vec(word, 0..12).prop_map(|words| words.concat().into_bytes())
}

proptest! {
    #[test]
    fn no_bytes_make_any_loader_panic(
        bytes in prop_oneof![prop::collection::vec(any::<u8>(), 0..200), nearly_a_log()],
        offset in -2_000_i16..2_000,
    ) {
        for format in Format::ALL.map(Some).into_iter().chain([None]) {
            let reading = Reading { format, utc_offset_min: offset };
            let _ = Log::from_bytes("x".as_ref(), bytes.clone(), reading);
        }
    }
}
