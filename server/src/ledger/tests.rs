use super::*;

fn ledger() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Ledger::open(&folder.path().join("ledger.sqlite")).expect("a ledger");
    (folder, ledger)
}

fn batch(n: u8, day: u32, segment: u64) -> Entry {
    Entry::Batch { id: BatchId::new([n; 16]), sum: [n; 32], day: Day(day), segment }
}

#[test]
fn what_came_first_under_an_id_stays() {
    let (_folder, mut ledger) = ledger();
    ledger.record(&[batch(1, 10, 1), batch(2, 10, 1)]).expect("written");
    let again = Entry::Batch { id: BatchId::new([1; 16]), sum: [9; 32], day: Day(11), segment: 2 };
    ledger.record(&[again]).expect("written");
    assert_eq!(ledger.sum_of(&BatchId::new([1; 16])).expect("read"), Some([1; 32]));
    assert_eq!(ledger.sum_of(&BatchId::new([3; 16])).expect("read"), None);
    assert_eq!(ledger.batches_of(1).expect("read").len(), 2);
    assert_eq!(ledger.batches_of(2).expect("read").len(), 0);
}

#[test]
fn batches_are_forgotten_when_their_time_is_over_and_their_rows_are_in_the_lake() {
    let (_folder, mut ledger) = ledger();
    ledger.record(&[batch(1, 10, 1), batch(2, 20, 1), batch(3, 10, 2)]).expect("written");
    ledger.finish_segment(1).expect("written");
    ledger.forget_batches(Day(20)).expect("written");
    let known = |n: u8| ledger.sum_of(&BatchId::new([n; 16])).expect("read").is_some();
    assert_eq!([1, 2, 3].map(known), [false, true, true]);
}

#[test]
fn an_erasure_is_pending_once_and_remembered_for_ever() {
    let (_folder, mut ledger) = ledger();
    let digests = vec![RowDigest([1; 16]), RowDigest([2; 16])];
    ledger.record(&[Entry::Erasure(digests.clone())]).expect("written");
    assert_eq!(ledger.pending_erasures().expect("read"), digests);
    ledger.erasures_done(&digests).expect("written");
    ledger.record(&[Entry::Erasure(digests.clone())]).expect("written");
    assert_eq!(ledger.pending_erasures().expect("read"), []);
    ledger.forget_batches(Day(u32::MAX)).expect("written");
    assert!(ledger.is_erased(&digests[0]).expect("read") && !ledger.is_erased(&RowDigest([3; 16])).expect("read"));
}

#[test]
fn a_number_of_a_segment_is_never_given_twice() {
    let (_folder, mut ledger) = ledger();
    assert_eq!(ledger.next_segment().expect("read"), 1);
    for segment in [1, 2] {
        assert_eq!(ledger.segment(segment).expect("read"), SegmentState::Unknown);
        ledger.close_segment(segment).expect("written");
        assert_eq!(ledger.segment(segment).expect("read"), SegmentState::Closed);
        ledger.finish_segment(segment).expect("written");
        assert_eq!(ledger.segment(segment).expect("read"), SegmentState::Done);
    }
    ledger.forget_segments(u64::MAX).expect("written");
    assert_eq!(ledger.next_segment().expect("read"), 3);
}

#[test]
fn a_ledger_of_another_version_is_left_alone() {
    let (folder, ledger) = ledger();
    ledger.connection.pragma_update(None, "user_version", 2).expect("written");
    drop(ledger);
    let opened = Ledger::open(&folder.path().join("ledger.sqlite"));
    assert!(matches!(opened, Err(LedgerError::OtherVersion { found: 2, supported: 1 })));
}
