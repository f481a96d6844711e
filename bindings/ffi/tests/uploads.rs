//! Uploads, called as bindings call them.

use std::sync::Arc;

use foretap_core::time::{DAY_MS, HOUR_MS};
use foretap_core::upload::{Batch, Consent, ErasureToken};
use foretap_core::{Event, EventKind, Item, Timestamp};
use foretap_ffi::{EngineHandle, EngineOptions, ForetapError, UploadPost, UploadReply, UploadReport, open_in_memory};

const BOTH: Consent = Consent { reports: true, samples: true };

/// Monday 2026-11-30, midnight, and so many days later.
fn day(days: i64) -> Timestamp {
    Timestamp::new((20_787 + days) * DAY_MS, 0).expect("valid")
}

/// An engine whose person allowed both and lived for three days.
fn lived() -> Arc<EngineHandle> {
    let engine = open_in_memory(EngineOptions::default()).expect("opens");
    engine.set_consent(BOTH, day(0), vec![1; 32]).expect("stored");
    let mut events = Vec::new();
    for days in 0..3 {
        for session in 0..12 {
            let at = day(days).plus_ms(7 * HOUR_MS + session * HOUR_MS);
            let name = ["mail", "maps", "music"][usize::try_from(session % 3).expect("few")];
            events.push(Event::new(at, EventKind::Unlock));
            events.push(Event::launch(at.plus_ms(2_000), Item::new(name).expect("valid")));
        }
    }
    engine.record_all(events).expect("stored");
    engine
}

/// A run against a server that says `reply` to everything; what it was sent.
fn sent(engine: &Arc<EngineHandle>, reply: UploadReply) -> (Vec<UploadPost>, UploadReport) {
    let run = Arc::clone(engine).begin_upload().expect("begins");
    let mut posts = Vec::new();
    while let Some(post) = run.post().expect("goes on") {
        assert!(run.post().expect("goes on").as_ref() == Some(&post), "the same until it is answered");
        posts.push(post);
        run.answered(reply).expect("told");
    }
    let report = run.end().expect("ends");
    assert!(matches!(run.end(), Err(ForetapError::Closed)), "once");
    assert!(run.post().expect("over").is_none());
    (posts, report)
}

#[test]
fn what_is_shown_is_what_is_sent_and_is_sent_once() {
    let engine = lived();
    assert_eq!(engine.consent().expect("open"), BOTH);
    let sealed = engine.seal_uploads(day(3)).expect("sealed");
    assert_eq!((sealed.batches, sealed.reports), (1, 2));
    assert!(sealed.samples > 0);
    let [waiting] = &engine.outbox().expect("reads")[..] else { panic!("one") };
    let batch = Batch::open(&waiting.bytes).expect("a batch");
    assert_eq!((&waiting.text, &waiting.id), (&batch.to_string(), &batch.id.to_string()));

    let cut = Arc::clone(&engine).begin_upload().expect("begins");
    let tried = cut.post().expect("goes on").expect("a batch");
    cut.failed().expect("told");
    assert!(cut.post().expect("over").is_none());
    assert_eq!(cut.end().expect("ends"), UploadReport { taken: 0, refused: 0, erasures: 0, left: 1 });
    let (posts, report) = sent(&engine, UploadReply::Taken);
    assert_eq!(report, UploadReport { taken: 1, refused: 0, erasures: 0, left: 0 });
    assert!(posts == [tried]);
    assert_eq!((posts[0].path.as_str(), &posts[0].id, &posts[0].body), ("v1/batches", &waiting.id, &waiting.bytes));
    assert!(sent(&engine, UploadReply::Taken).0.is_empty() && engine.outbox().expect("reads").is_empty());
}

#[test]
fn what_is_refused_is_not_offered_again_and_what_is_taken_back_is_erased() {
    let engine = lived();
    engine.seal_uploads(day(3)).expect("sealed");
    let (_, report) = sent(&engine, UploadReply::Refused);
    assert_eq!(report, UploadReport { taken: 0, refused: 1, erasures: 0, left: 0 });
    assert!(engine.outbox().expect("reads").is_empty());
    engine.seal_uploads(day(4)).expect("sealed");
    engine.set_consent(Consent::NONE, day(4), vec![2; 32]).expect("stored");
    assert!(engine.outbox().expect("reads").is_empty(), "what waits goes");
    let (posts, report) = sent(&engine, UploadReply::Taken);
    assert_eq!(report, UploadReport { taken: 0, refused: 0, erasures: 1, left: 0 });
    assert_eq!(posts[0].path, "v1/erasures");
    ErasureToken::parse(&posts[0].body).expect("a token");
}

#[test]
fn entropy_of_another_length_changes_nothing_and_a_closed_engine_says_so() {
    let engine = open_in_memory(EngineOptions::default()).expect("opens");
    for length in [0, 31, 33] {
        let refused = engine.set_consent(BOTH, day(0), vec![1; length]);
        assert!(matches!(refused, Err(ForetapError::InvalidArgument(_))));
    }
    assert_eq!(engine.consent().expect("open"), Consent::NONE);
    let run = Arc::clone(&engine).begin_upload().expect("begins");
    engine.shut().expect("closes");
    assert!(matches!(run.end(), Err(ForetapError::Closed)));
    assert!(matches!(engine.outbox(), Err(ForetapError::Closed)));
    assert!(matches!(Arc::clone(&engine).begin_upload().err(), Some(ForetapError::Closed)));
}
