use std::collections::BTreeSet;

use foretap_core::time::DAY_MS;
use foretap_core::upload::{Batch, ErasureToken, Pseudonym};
use foretap_core::{Engine, Opened};

use super::*;

/// Every name under which these batches were sent.
fn names(sent: &[(String, Vec<u8>)]) -> BTreeSet<Pseudonym> {
    let batches = sent.iter().filter(|(path, _)| path == "v1/batches");
    let batches = batches.map(|(_, body)| Batch::open(body).expect("a batch"));
    batches
        .flat_map(|batch| {
            let reports: Vec<_> = batch.reports.iter().map(|report| report.pseudonym).collect();
            reports.into_iter().chain(batch.samples.into_iter().map(|sample| sample.pseudonym))
        })
        .collect()
}

/// Every name that these erasures cover.
fn erased(sent: &[(String, Vec<u8>)]) -> BTreeSet<Pseudonym> {
    let tokens = sent.iter().filter(|(path, _)| path == "v1/erasures");
    tokens.flat_map(|(_, body)| ErasureToken::parse(body).expect("a token").pseudonyms()).collect()
}

/// Three weeks of somebody who allows both, sent week by week; the fourth waits.
fn three_weeks(engine: &mut Engine) -> BTreeSet<Pseudonym> {
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    let mut all = BTreeSet::new();
    for week in 0..3 {
        lived(engine, monday().plus_ms(7 * week * DAY_MS), 7, 9);
        engine.seal_uploads(monday().plus_ms(7 * (week + 1) * DAY_MS)).expect("sealed");
        let names = names(&sent(engine));
        assert!(all.is_disjoint(&names), "no name lasts longer than its week");
        all.extend(names);
    }
    lived(engine, monday().plus_ms(21 * DAY_MS), 3, 9);
    engine.seal_uploads(monday().plus_ms(24 * DAY_MS)).expect("sealed");
    assert_eq!(engine.outbox().expect("reads").len(), 1);
    all
}

#[test]
fn what_is_taken_back_is_erased_everywhere_and_begins_anew_under_other_names() {
    for left in [Consent::NONE, Consent { reports: true, samples: false }, Consent { reports: false, samples: true }] {
        let mut engine = engine();
        let before = three_weeks(&mut engine);
        engine.set_consent(left, monday().plus_ms(24 * DAY_MS), [2; 32]).expect("stored");
        assert!(engine.outbox().expect("reads").is_empty(), "what waits goes");
        let run = sent(&mut engine);
        assert_eq!(run.len(), 4, "a request for each week");
        assert!(erased(&run).is_superset(&before));
        assert!(sent(&mut engine).is_empty(), "asked once");
        lived(&mut engine, monday().plus_ms(24 * DAY_MS), 3, 9);
        let sealed = engine.seal_uploads(monday().plus_ms(27 * DAY_MS)).expect("sealed");
        assert_eq!((sealed.reports > 0, sealed.samples > 0), (left.reports, left.samples));
        let after = names(&sent(&mut engine));
        assert!(after.is_disjoint(&before) && after.is_disjoint(&erased(&run)));
    }
}

#[test]
fn erasures_are_asked_for_until_the_server_has_them() {
    let mut engine = engine();
    three_weeks(&mut engine);
    engine.set_consent(Consent::NONE, monday().plus_ms(24 * DAY_MS), [2; 32]).expect("stored");
    for left in (0..4).rev() {
        let mut upload = engine.begin_upload().expect("reads");
        upload.answered(Reply::Taken);
        upload.failed();
        assert_eq!(engine.end_upload(upload).expect("stored").left, left);
    }
    // A refusal is none: it is asked for again.
    engine.set_consent(BOTH, monday().plus_ms(24 * DAY_MS), [3; 32]).expect("stored");
    lived(&mut engine, monday().plus_ms(24 * DAY_MS), 2, 9);
    engine.seal_uploads(monday().plus_ms(26 * DAY_MS)).expect("sealed");
    engine.set_consent(Consent::NONE, monday().plus_ms(26 * DAY_MS), [4; 32]).expect("stored");
    let mut upload = engine.begin_upload().expect("reads");
    upload.answered(Reply::Refused);
    assert_eq!(engine.end_upload(upload).expect("stored").left, 1);
    assert_eq!(sent(&mut engine).len(), 1);
}

#[test]
fn an_erased_log_leaves_nothing_but_what_has_the_rest_erased() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = |key| opened(&path, key);
    let mut engine = open(3);
    let before = three_weeks(&mut engine);
    let waiting = engine.outbox().expect("reads").remove(0);
    engine.erase().expect("erased");
    let files: Vec<_> = std::fs::read_dir(folder.path()).expect("reads").map(|f| f.expect("reads").path()).collect();
    assert_eq!(files, [path.with_extension("db.erasures")]);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&files[0]).expect("there").permissions().mode() & 0o777, 0o600, "nobody else's");
    }
    let left = std::fs::read(&files[0]).expect("reads");
    assert_eq!(left.len(), 4 * ErasureToken::BYTES);
    let is_in = |needle: &[u8]| left.windows(needle.len()).any(|window| window == needle);
    assert!(!before.iter().any(|name| is_in(name.bytes())) && !is_in(&waiting.bytes[..40]));
    // The next log at this place, under another key, sends them.
    let mut engine = open(5);
    assert!(!files[0].exists());
    assert_eq!(engine.consent(), Consent::NONE);
    assert!(erased(&sent(&mut engine)).is_superset(&before));
    engine.erase().expect("erased");
    assert_eq!(std::fs::read_dir(folder.path()).expect("reads").count(), 0, "nothing is left to ask for");
}

#[test]
fn of_a_log_that_was_lost_all_that_it_sent_is_erased() {
    for is_deleted in [false, true] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log.db");
        let open = || opened(&path, 3);
        let before = three_weeks(&mut open());
        without_sidecars(&path);
        if is_deleted {
            std::fs::remove_file(&path).expect("removed");
        } else {
            let mut bytes = std::fs::read(&path).expect("reads");
            bytes[2_000] ^= 0x10;
            std::fs::write(&path, bytes).expect("writes");
        }
        let mut engine = open();
        match engine.opened() {
            Opened::Vanished { restored: true } if is_deleted => {}
            Opened::SetAside { restored: true, .. } if !is_deleted => {}
            opened => panic!("{opened:?}"),
        }
        assert_eq!((engine.consent(), engine.outbox().expect("reads").len()), (Consent::NONE, 0));
        let run = sent(&mut engine);
        assert_eq!(run.len(), 4, "a request for each week, and nothing else");
        assert!(erased(&run).is_superset(&before));
        engine.maintain().expect("maintained");
        drop(engine);
        assert!(sent(&mut open()).is_empty(), "asked once");
    }
}

#[test]
fn of_a_lost_log_without_events_the_reports_are_erased_as_well() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = || opened(&path, 3);
    let mut engine = open();
    let reports = Consent { reports: true, samples: false };
    engine.set_consent(reports, monday(), [1; 32]).expect("stored");
    assert_eq!(engine.seal_uploads(monday().plus_ms(3 * DAY_MS)).expect("sealed").reports, 2);
    let before = names(&sent(&mut engine));
    drop(engine);
    assert_eq!(*open().opened(), Opened::Existing, "its own snapshot says nothing of a loss");
    without_sidecars(&path);
    std::fs::remove_file(&path).expect("removed");
    let mut engine = open();
    assert_eq!(*engine.opened(), Opened::Vanished { restored: true });
    assert!(erased(&sent(&mut engine)).is_superset(&before));
}

#[test]
fn tokens_of_an_erased_log_outlive_the_next_log_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let mut engine = opened(&path, 3);
    let before = three_weeks(&mut engine);
    engine.erase().expect("erased");
    drop(opened(&path, 5));
    assert!(!path.with_extension("db.erasures").exists(), "taken in");
    assert_eq!(*opened(&path, 5).opened(), Opened::Existing);
    without_sidecars(&path);
    std::fs::remove_file(&path).expect("removed");
    let mut engine = opened(&path, 5);
    assert!(erased(&sent(&mut engine)).is_superset(&before));
    drop(engine);
    let mut engine = opened(&path, 5);
    assert_eq!(*engine.opened(), Opened::Existing);
    assert!(sent(&mut engine).is_empty(), "asked once");
}

#[test]
fn an_erasure_that_nobody_carried_out_yet_survives_the_next_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = |key| opened(&path, key);
    let mut engine = open(3);
    let before = three_weeks(&mut engine);
    engine.erase().expect("erased");
    let engine = open(5);
    engine.erase().expect("erased");
    assert!(erased(&sent(&mut open(6))).is_superset(&before));
}
