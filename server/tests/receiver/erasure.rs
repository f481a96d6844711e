//! After an erasure nothing is left: not in the journal, not in the ledger, not in the lake.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::support::process::data;
use crate::support::{Phone, Process, beside_others, files};

/// Phones whose rows are erased, and whose rows stay.
const ERASED: std::ops::Range<u64> = 0..3;
const KEPT: std::ops::Range<u64> = 3..9;

#[test]
fn erased_rows_are_nowhere_and_never_come_back() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let options = ["--seal-after", "1", "--seal-min-batches", "9"];
    let server = Process::start(folder.path(), &options, &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    // Nine batches for the lake, and some that stay in the journal.
    for phone in ERASED.chain(KEPT) {
        assert_eq!(client.upload(&Phone::new(phone).batch(0, 0, 12)).expect("an answer").status, 202);
    }
    server.settle(folder.path());
    for phone in ERASED.chain(KEPT.take(2)) {
        assert_eq!(client.upload(&Phone::new(phone).batch(1, 12, 8)).expect("an answer").status, 202);
    }
    let has = |phone: u64| remnants(folder.path(), &Phone::new(phone));
    assert!(ERASED.chain(KEPT).all(|phone| has(phone).0 > 0), "the scan finds what is there");
    assert!(ERASED.map(|phone| has(phone).1).sum::<usize>() > 0, "and its bytes");
    let (before, kept) = (rows(folder.path()), KEPT.map(has).collect::<Vec<_>>());

    let start = Instant::now();
    for phone in ERASED {
        let token = Phone::new(phone).token();
        assert_eq!(client.erase(token.bytes()).expect("an answer").status, 202);
        assert_eq!(client.erase(token.bytes()).expect("an answer").status, 200);
    }
    // Refused from the moment of the answer on: known ones, new ones, and what is in one with other rows.
    for phone in ERASED {
        for (n, first) in [(0, 0), (1, 12), (2, 5)] {
            assert_eq!(client.upload(&Phone::new(phone).batch(n, first, 3)).expect("an answer").status, 422);
        }
    }
    while ERASED.map(has).any(|found| found != (0, 0)) {
        assert!(start.elapsed() < Duration::from_secs(30), "{:?}", ERASED.map(has).collect::<Vec<_>>());
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("erasure: {} rows out of journal and lake after {:?}", before - rows(folder.path()), start.elapsed());
    assert_eq!(KEPT.map(has).collect::<Vec<_>>(), kept, "and nothing else is gone");
    assert_eq!(rows(folder.path()), 6 * 13 + 2 * 9);

    // A batch of rows that were erased and rows that were not is taken without the former.
    let mut mixed = Phone::new(20).batch(0, 0, 4).batch;
    mixed.samples.extend(Phone::new(0).batch(5, 20, 4).batch.samples);
    let mixed = crate::support::phone::seal(mixed);
    assert_eq!(client.upload(&mixed).expect("an answer").status, 202);
    assert_eq!(client.upload(&mixed).expect("an answer").status, 200);
    assert_eq!((has(0), rows(folder.path())), ((0, 0), 6 * 13 + 2 * 9 + 5));
}

/// All the rows, in the journal and in the lake.
fn rows(folder: &Path) -> usize {
    let journalled =
        files::journalled(folder).iter().map(|batch| batch.reports.len() + batch.samples.len()).sum::<usize>();
    journalled + files::pseudonyms(folder, "samples").len() + files::pseudonyms(folder, "reports").len()
}

/// How many rows of a phone can be read somewhere, and in how many files the bytes of one of its names, tokens or samples are.
fn remnants(folder: &Path, phone: &Phone) -> (usize, usize) {
    let names: Vec<Vec<u8>> = phone.token().pseudonyms().iter().map(|name| name.bytes().to_vec()).collect();
    let mut readable = 0;
    for batch in files::journalled(folder) {
        let reports = batch.reports.iter().map(|report| report.pseudonym);
        let all = reports.chain(batch.samples.iter().map(|sample| sample.pseudonym));
        readable += all.filter(|name| names.contains(&name.bytes().to_vec())).count();
    }
    for table in ["samples", "reports"] {
        readable += files::pseudonyms(folder, table).iter().filter(|name| names.contains(name)).count();
    }
    let bins = [phone.batch(0, 0, 12), phone.batch(1, 12, 8)].into_iter().flat_map(|sealed| sealed.batch.samples);
    let bins = bins.flat_map(|sample| [sample.opened.to_vec(), sample.other.to_vec()]);
    let hex = names.iter().map(|name| name.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes());
    let token = [phone.token().bytes().to_vec()];
    let needles: Vec<Vec<u8>> = names.iter().cloned().chain(hex).chain(bins).chain(token).collect();
    let files = files::all(&data(folder));
    let has = |bytes: &[u8], needle: &[u8]| {
        let first = needle[0];
        let mut starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first).map(|(at, _)| at);
        starts.any(|at| bytes[at..].starts_with(needle))
    };
    let with_any = files.iter().filter(|(_, bytes)| needles.iter().any(|needle| has(bytes, needle))).count();
    (readable, with_any)
}
