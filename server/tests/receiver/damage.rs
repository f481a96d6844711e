//! A disk that changes bytes or is full: what it costs is seen, and nothing else is lost.

use std::fs;

use crate::support::process::data;
use crate::support::{Phone, Process, beside_others, files};

#[test]
fn a_damaged_record_costs_one_batch_is_counted_and_may_come_again() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let options = ["--seal-after", "1", "--seal-min-batches", "4"];
    let sent: Vec<_> = (0..3).map(|phone| Phone::new(phone).batch(0, 0, 2)).collect();
    let mut server = Process::start(folder.path(), &options, &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    for sealed in &sent {
        assert_eq!(client.upload(sealed).expect("an answer").status, 202);
    }
    server.kill();
    let segment = data(folder.path()).join("journal/00000001.segment");
    let mut bytes = fs::read(&segment).expect("there");
    let at = bytes.windows(sent[1].body.len()).position(|window| window == sent[1].body).expect("journalled");
    bytes[at + 60] ^= 1;
    // And what a write that was cut off leaves.
    bytes.extend_from_slice(&[0xf7, 0xc1, 0xfe, 0x0a, 1, 9, 9]);
    fs::write(&segment, bytes).expect("writable");

    let server = Process::start(folder.path(), &options, &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    let metrics = String::from_utf8(client.get("/metrics").expect("an answer").body).expect("text");
    assert!(
        metrics.contains("foretap_journal_damaged_total 1\n") && metrics.contains("foretap_lost_batches_total 1\n")
    );
    assert_eq!(fs::read_dir(data(folder.path()).join("journal/damaged")).expect("there").count(), 1, "set aside");
    let statuses: Vec<u16> = sent.iter().map(|sealed| client.upload(sealed).expect("an answer").status).collect();
    assert_eq!(statuses, [200, 202, 200]);
    assert_eq!(client.upload(&Phone::new(3).batch(0, 0, 2)).expect("an answer").status, 202);
    server.settle(folder.path());
    assert_eq!(files::pseudonyms(folder.path(), "samples").len(), 8);
    // Nobody can tell whose rows damaged bytes hold: they go with the next erasure.
    assert_eq!(client.erase(Phone::new(9).token().bytes()).expect("an answer").status, 202);
    server.settle(folder.path());
    assert_eq!(fs::read_dir(data(folder.path()).join("journal/damaged")).expect("there").count(), 0);
}

#[test]
fn a_file_that_is_no_segment_is_left_alone() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    Process::start(folder.path(), &[], &[]).expect("it starts").kill();
    let segment = data(folder.path()).join("journal/00000001.segment");
    fs::write(&segment, b"something else").expect("writable");
    assert!(Process::start(folder.path(), &[], &[]).is_none(), "it says so and ends");
    assert_eq!(fs::read(&segment).expect("there"), b"something else");
    let said = fs::read_to_string(folder.path().join("stderr")).expect("it said something");
    assert!(said.contains("is no segment"), "{said}");
}

#[test]
fn on_a_full_disk_what_cannot_be_written_is_refused_and_nothing_that_was_taken_is_lost() {
    let _machine = beside_others();
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start_with_full_disk(folder.path(), &[], 128).expect("it starts");
    let sent: Vec<_> = (0..120).map(|phone| Phone::new(phone).batch(0, 0, 20)).collect();
    let mut client = server.connect().expect("a connection");
    let statuses: Vec<u16> = sent.iter().map(|sealed| client.upload(sealed).expect("an answer").status).collect();
    let taken = statuses.iter().filter(|status| **status == 202).count();
    println!("full disk: {taken} of {} batches taken, the others refused for now", sent.len());
    assert!((5..115).contains(&taken), "{taken}");
    assert!(statuses.iter().all(|status| matches!(status, 202 | 503)), "{statuses:?}");
    let metrics = String::from_utf8(client.get("/metrics").expect("an answer").body).expect("text");
    let failures = metrics.lines().find_map(|line| line.strip_prefix("foretap_journal_failures_total ")?.parse().ok());
    assert!(failures.is_some_and(|count: u32| count > 0), "an alarm: {failures:?}");
    server.kill();

    let server = Process::start(folder.path(), &["--seal-after", "1"], &[]).expect("it starts");
    let mut client = server.connect().expect("a connection");
    for (sealed, status) in sent.iter().zip(statuses) {
        let now = client.upload(sealed).expect("an answer").status;
        assert_eq!(now, if status == 202 { 200 } else { 202 }, "what was refused comes again, once");
    }
    server.settle(folder.path());
    assert_eq!(files::pseudonyms(folder.path(), "samples").len(), 20 * sent.len());
}
