//! Whole files: detection, errors with path and line, and the real logs where they are at hand.

use std::path::PathBuf;

use foretap_core::EventKind;
use proptest::prelude::*;

use std::io::Write as _;

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
        // Past the capture of passing tests: what did not run is said in the open.
        let _ = writeln!(std::io::stdout(), "skipped: {file}");
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
    let closes = log.users[0].events.iter().filter(|e| matches!(e.kind, EventKind::Close(_))).count();
    // Of 585 and 582, without the launcher's 133, the installer's 32 and the system's 4.
    assert_eq!((launches(&log.users[0]), closes), (585 - 169, 582 - 169));
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

/// A little of every format.
const SAMPLES: [&str; 6] = [
    "user,at_ms,utc_offset_min,kind,item,place,network,battery,charging\nann,5,60,launch,\"Mail\",p1,wifi,19,0\n",
    "user\tstart\tend\tapp\tkind\tplace\tcity\twifi\nu00\t5\t9\tcom.mail\tapp\t1\t2\t3\nu00\t9\t9\tcom.home\thome\t\t\t\n",
    "1571151207258,WhatsApp,1,\n1571151207626,WhatsApp,2,\n1571151207999,Android system,18,\n",
    "user=10\n  events\n    time=\"2026-01-31 08:00:01\" type=ACTIVITY_RESUMED package=com.chat class=A flags=0x0\n",
    "user_id\tsession_id\ttimestamp\tapp_name\tevent_type\n0\t1\t2018-01-16 06:01:05\tGmail\tOpened\n",
    "{\"buckets\": {\"w\": {\"type\": \"currentwindow\", \"hostname\": \"pc\", \"events\": [{\"timestamp\": \
     \"2026-01-31T08:00:05.5+01:00\", \"duration\": 5.0, \"data\": {\"app\": \"Code\"}}]}}}",
];

#[test]
fn the_content_tells_the_format() {
    for (format, sample) in Format::ALL.into_iter().zip(SAMPLES) {
        for text in
            [sample.to_owned(), format!("\u{feff}{sample}"), sample.replace('\n', "\r\n"), format!("\n{sample}")]
        {
            let log = read(text.as_bytes()).unwrap_or_else(|e| panic!("{format}: {e}"));
            assert_eq!((log.format, log.problems.bad), (format, 0));
        }
    }
}

#[test]
fn a_file_of_garbage_rows_is_mostly_bad() {
    for (format, sample) in Format::ALL.into_iter().zip(SAMPLES).filter(|(f, _)| *f != Format::ActivityWatch) {
        let garbage = if format == Format::Dumpsys { "time=never type=1\n" } else { "garbage\n" };
        let error = read(format!("{sample}{}", garbage.repeat(9)).as_bytes()).expect_err("mostly bad");
        assert!(matches!(error.fault, Fault::MostlyBad { bad: 9, .. }), "{format}: {error}");
        assert_eq!(error.line, sample.lines().count() as u64 + 1, "{format}");
    }
}

/// A sample of a format with some of its bytes replaced, taken out or doubled.
fn nearly_a_log() -> impl Strategy<Value = Vec<u8>> {
    let edit = (any::<prop::sample::Index>(), 0..4_u8, prop::sample::select(&b"\",\t\n=:{}[]-+9 \xc3\0"[..]));
    (prop::sample::select(&SAMPLES[..]), prop::collection::vec(edit, 0..6)).prop_map(|(sample, edits)| {
        let mut bytes = sample.as_bytes().to_vec();
        for (index, what, byte) in edits {
            let at = index.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => bytes.truncate(at + 1),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                break;
            }
        }
        bytes
    })
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
