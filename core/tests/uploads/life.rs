use std::collections::BTreeSet;

use foretap_core::config::{BATCH_DAYS, OUTBOX_DAYS, SAMPLES_A_DAY};
use foretap_core::habits::Moment;
use foretap_core::time::{DAY_MS, HOUR_MS};
use foretap_core::upload::{Batch, QUESTIONS, Step, Week};
use foretap_core::{Control, Item};

use super::*;

#[test]
fn nothing_is_drawn_sealed_or_sent_without_consent() {
    let mut engine = engine();
    lived(&mut engine, monday(), 5, 12);
    assert_eq!(engine.consent(), Consent::NONE);
    assert_eq!(engine.seal_uploads(monday().plus_ms(6 * DAY_MS)).expect("sealed").batches, 0);
    assert!(engine.outbox().expect("reads").is_empty() && sent(&mut engine).is_empty());
    // What was before is not sent later either.
    engine.set_consent(BOTH, monday().plus_ms(5 * DAY_MS + HOUR_MS), [1; 32]).expect("stored");
    assert_eq!(engine.seal_uploads(monday().plus_ms(5 * DAY_MS + 2 * HOUR_MS)).expect("sealed").batches, 0);
}

#[test]
fn days_that_are_over_are_sealed_once_and_sent_once() {
    let mut engine = engine();
    lived(&mut engine, monday(), 3, 12);
    engine.set_consent(BOTH, monday().plus_ms(3 * DAY_MS), [1; 32]).expect("stored");
    lived(&mut engine, monday().plus_ms(3 * DAY_MS), 3, 12);
    // The first of the three is the day of the decision: it has samples and no report. The last one is not over.
    let now = monday().plus_ms(5 * DAY_MS + 20 * HOUR_MS);
    let sealed = engine.seal_uploads(now).expect("sealed");
    let a_day = usize::try_from(SAMPLES_A_DAY).expect("few");
    assert_eq!((sealed.batches, sealed.reports, sealed.samples), (1, 1, 2 * a_day));
    assert_eq!(engine.seal_uploads(now).expect("sealed").batches, 0);
    let [batch] = &outbox(&engine)[..] else { panic!("one") };
    assert_eq!(batch.library, env!("CARGO_PKG_VERSION"));
    assert!(batch.samples.iter().all(|sample| sample.moment != Moment::Next && sample.opened != sample.other));
    assert_eq!(batch.reports[0].week, Week::of(now));
    let names: BTreeSet<_> = batch.samples.iter().map(|sample| sample.pseudonym).collect();
    assert_eq!(names.len(), batch.samples.len(), "a name for each");

    // A run that is cut off sends the same bytes again; one that ends does not.
    let mut upload = engine.begin_upload().expect("reads");
    let Step::Post { path, id, body } = upload.step() else { panic!("a batch") };
    assert_eq!((path, id), ("v1/batches", *batch.id.bytes()));
    upload.failed();
    assert_eq!(upload.step(), Step::Done);
    let delivered = engine.end_upload(upload).expect("stored");
    assert_eq!((delivered.batches.len(), delivered.left), (0, 1));
    assert_eq!(sent(&mut engine), [("v1/batches".to_owned(), body)]);
    assert!(sent(&mut engine).is_empty() && engine.outbox().expect("reads").is_empty());
    // The day that was not over comes with the next.
    let later = engine.seal_uploads(now.plus_ms(DAY_MS)).expect("sealed");
    assert_eq!((later.batches, later.reports, later.samples), (1, 1, a_day));
}

#[test]
fn what_a_server_refuses_is_not_offered_again() {
    let mut engine = engine();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 2, 9);
    engine.seal_uploads(monday().plus_ms(3 * DAY_MS)).expect("sealed");
    let mut upload = engine.begin_upload().expect("reads");
    upload.answered(Reply::Refused);
    let delivered = engine.end_upload(upload).expect("stored");
    assert_eq!((delivered.refused.len(), delivered.left), (1, 0));
    assert!(engine.outbox().expect("reads").is_empty());
}

#[test]
fn a_level_is_its_own() {
    for consent in [Consent { reports: true, samples: false }, Consent { reports: false, samples: true }] {
        let mut engine = engine();
        engine.set_consent(consent, monday(), [1; 32]).expect("stored");
        lived(&mut engine, monday(), 3, 9);
        let sealed = engine.seal_uploads(monday().plus_ms(3 * DAY_MS)).expect("sealed");
        assert_eq!((sealed.reports > 0, sealed.samples > 0), (consent.reports, consent.samples));
        // One that comes to it changes no name and reports no day before.
        engine.set_consent(BOTH, monday().plus_ms(3 * DAY_MS), [2; 32]).expect("stored");
        let before = outbox(&engine);
        lived(&mut engine, monday().plus_ms(3 * DAY_MS), 2, 9);
        let sealed = engine.seal_uploads(monday().plus_ms(5 * DAY_MS)).expect("sealed");
        assert_eq!((sealed.reports, sealed.samples > 0), (if consent.reports { 2 } else { 1 }, true));
        let all = outbox(&engine);
        assert_eq!(all[0], before[0]);
        if consent.reports {
            assert_eq!(all[0].reports[0].pseudonym, all[1].reports[0].pseudonym, "the same week");
        }
    }
}

#[test]
fn one_unlock_of_a_session_and_four_of_a_day_are_drawn_from_all_of_them() {
    let mut parts = BTreeSet::new();
    for seed in 0..20 {
        let mut engine = engine();
        engine.set_consent(BOTH, monday(), [seed; 32]).expect("stored");
        lived(&mut engine, monday(), 1, 3);
        let few = engine.seal_uploads(monday().plus_ms(2 * DAY_MS)).expect("sealed");
        assert!(few.samples <= 3, "no more than sessions: {}", few.samples);
        lived(&mut engine, monday().plus_ms(2 * DAY_MS), 1, 40);
        engine.seal_uploads(monday().plus_ms(3 * DAY_MS)).expect("sealed");
        let many = &outbox(&engine)[1];
        assert_eq!(many.samples.len(), usize::try_from(SAMPLES_A_DAY).expect("few"));
        parts.extend(many.samples.iter().map(|sample| (sample.part_of_day, sample.moment as u8)));
    }
    assert_eq!(parts.len(), 6, "from 7 to 20 o'clock, both moments: {parts:?}");
}

#[test]
fn what_the_person_hides_is_in_no_sample() {
    let samples = |hidden: &[&str]| {
        let mut engine = engine();
        lived(&mut engine, monday(), 3, 12);
        for name in hidden {
            let control = Control::Exclude(Item::new(name).expect("valid"));
            engine.decide(monday().plus_ms(3 * DAY_MS), control).expect("stored");
        }
        engine.set_consent(BOTH, monday().plus_ms(3 * DAY_MS), [1; 32]).expect("stored");
        lived(&mut engine, monday().plus_ms(3 * DAY_MS), 4, 30);
        engine.seal_uploads(monday().plus_ms(8 * DAY_MS)).expect("sealed").samples
    };
    assert_eq!(samples(&[]), 16);
    assert!(samples(&["maps", "music", "news", "bank"]) > 0);
    assert_eq!(samples(&["mail", "maps", "music", "news", "clock", "bank"]), 0, "one alone has no other beside it");
    assert_eq!(samples(&["mail", "maps", "music", "news", "chat", "clock", "bank"]), 0);
}

#[test]
fn a_batch_has_seven_days_and_old_ones_go() {
    let mut engine = engine();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 12, 9);
    let sealed = engine.seal_uploads(monday().plus_ms(12 * DAY_MS)).expect("sealed");
    assert_eq!((sealed.batches, sealed.reports), (2, 11));
    assert!(outbox(&engine).iter().all(|batch| batch.reports.len() <= BATCH_DAYS));
    assert_eq!(outbox(&engine).len(), 2);
    engine.seal_uploads(monday().plus_ms((12 + OUTBOX_DAYS) * DAY_MS)).expect("sealed");
    assert_eq!(outbox(&engine).len(), 4, "fourteen empty days in two more");
    engine.seal_uploads(monday().plus_ms((13 + OUTBOX_DAYS) * DAY_MS)).expect("sealed");
    assert_eq!(outbox(&engine).len(), 3, "the two that nobody took are gone, a day has come");
}

#[test]
fn a_clock_that_was_ahead_reports_no_day_twice_and_keeps_no_sample_for_years() {
    let mut engine = engine();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 2, 9);
    lived(&mut engine, monday().plus_ms(3_650 * DAY_MS), 1, 9);
    engine.seal_uploads(monday().plus_ms(3_651 * DAY_MS)).expect("sealed");
    let ahead = outbox(&engine).len();
    assert!(sent(&mut engine).len() == ahead && ahead > 0);
    // Back in time: a week later a day is a day again.
    lived(&mut engine, monday().plus_ms(2 * DAY_MS), 9, 9);
    engine.seal_uploads(monday().plus_ms(11 * DAY_MS)).expect("sealed");
    let samples: usize = outbox(&engine).iter().map(|batch| batch.samples.len()).sum();
    assert!(samples > 0);
    engine.seal_uploads(monday().plus_ms(12 * DAY_MS)).expect("sealed");
    lived(&mut engine, monday().plus_ms(12 * DAY_MS), 2, 9);
    let sealed = engine.seal_uploads(monday().plus_ms(14 * DAY_MS)).expect("sealed");
    assert_eq!(sealed.reports, 2);
}

#[test]
fn the_same_life_with_the_same_random_numbers_sends_the_same_bytes() {
    let life = |entropy| {
        let mut engine = engine();
        engine.set_consent(BOTH, monday(), entropy).expect("stored");
        lived(&mut engine, monday(), 6, 9);
        engine.seal_uploads(monday().plus_ms(6 * DAY_MS)).expect("sealed");
        sent(&mut engine)
    };
    assert_eq!(life([1; 32]), life([1; 32]));
    assert_ne!(life([1; 32]), life([2; 32]));
}

#[test]
fn the_noise_is_there_and_is_drawn_once() {
    let mut engine = engine();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 60, 9);
    let mut given = vec![BTreeSet::new(); QUESTIONS.len()];
    for day in 1..=60 {
        engine.seal_uploads(monday().plus_ms(day * DAY_MS)).expect("sealed");
        for (_, body) in sent(&mut engine) {
            for report in Batch::open(&body).expect("a batch").reports {
                for (given, answer) in given.iter_mut().zip(report.answers) {
                    given.insert(answer);
                }
            }
        }
    }
    for (given, question) in given.iter().zip(&QUESTIONS) {
        assert_eq!(given.len(), question.answers.len(), "{question}");
    }
}

#[test]
fn a_batch_that_is_not_what_was_sealed_is_neither_shown_nor_sent() {
    let mut engine = engine();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 3, 9);
    engine.seal_uploads(monday().plus_ms(3 * DAY_MS)).expect("sealed");
    let waiting = engine.outbox().expect("reads").remove(0);
    let shown = Batch::open(&waiting.bytes).expect("a batch").to_string();
    assert!(shown.contains(&waiting.id.to_string()) && shown.contains("mix_log_p"));
    for place in [0, 9, 20, waiting.bytes.len() / 2, waiting.bytes.len() - 1] {
        let mut bytes = waiting.bytes.clone();
        bytes[place] ^= 1;
        assert!(Batch::open(&bytes).is_err(), "byte {place}");
    }
}

#[test]
fn consent_and_what_waits_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = || opened(&path, 3);
    let mut engine = open();
    engine.set_consent(BOTH, monday(), [1; 32]).expect("stored");
    lived(&mut engine, monday(), 2, 9);
    drop(engine);
    let mut engine = open();
    assert_eq!(engine.consent(), BOTH);
    engine.seal_uploads(monday().plus_ms(2 * DAY_MS)).expect("sealed");
    let before = engine.outbox().expect("reads");
    drop(engine);
    let mut engine = open();
    assert_eq!(engine.outbox().expect("reads"), before);
    assert_eq!(sent(&mut engine).len(), 1);
    drop(engine);
    assert!(open().outbox().expect("reads").is_empty());
}
