//! From a fetched bundle to the one that answers, and back.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use foretap_core::sync::{GivenBack, Outcome, Reason, Role, SyncError};
use foretap_core::{Bundle, Conclusion, Engine, ModelChoice, Options, Request, SyncOptions, SyncStartError};

use super::phone::{LENIENT, Phone, alike, for_everyone, now, repository, routine, strict, times};
use super::repository::{CHANNEL, ROOT, Repository, key, root, root_file, signed, sum};

fn shipped_version() -> String {
    Bundle::shipped().expect("valid").manifest().version.clone()
}

#[test]
fn a_bundle_is_fetched_rehearsed_tried_and_proven() {
    let new = alike("9.0.0");
    let mut phone = Phone::with_past(120);
    assert_eq!(phone.version(), shipped_version());
    let (outcome, fetched, synced) = phone.syncs(&repository(2, &[&new], Some(&new), strict(50)));
    assert_eq!((outcome, fetched.len(), synced.is_changed), (Outcome::Fetched, 4, false));
    assert_eq!(phone.version(), shipped_version(), "the one before answers while the new one is rehearsed");
    let rehearsed = synced.rehearsal.expect("to be rehearsed").run(&|| 0);
    assert!(rehearsed.tally().answers[0] >= 190, "{:?}", rehearsed.tally());
    assert_eq!(rehearsed.tally().before, rehearsed.tally().hits, "it answers alike");
    assert_eq!(phone.concludes(rehearsed), Conclusion::Activated);
    assert_eq!((phone.version(), phone.active()), ("9.0.0".to_owned(), Some(sum(&new))));
    let again = repository(2, &[&new], Some(&new), strict(50));
    assert_eq!(phone.runs(&again), (Outcome::UpToDate, None), "nothing was opened since");
    phone.lives(&routine(2, 1, 20));
    assert_eq!(phone.runs(&again), (Outcome::UpToDate, Some(Conclusion::GoesOn)), "not opened twice with it");
    phone.reopen();
    phone.reopen();
    assert_eq!(phone.version(), "9.0.0");
    assert!(phone.engine().sync_status().expect("reads").is_on_trial);
    assert_eq!(phone.runs(&again), (Outcome::UpToDate, Some(Conclusion::Proven)));
    assert!(!phone.engine().sync_status().expect("reads").is_on_trial);
    phone.reopen();
    assert_eq!((phone.version(), phone.active()), ("9.0.0".to_owned(), Some(sum(&new))));
}

#[test]
fn one_that_loses_in_the_rehearsal_never_answers_and_is_not_fetched_again() {
    let worse = times("6.6.6", -4.0);
    let mut phone = Phone::with_past(120);
    let (_, _, synced) = phone.syncs(&repository(2, &[&worse], Some(&worse), strict(50)));
    let rehearsed = synced.rehearsal.expect("to be rehearsed").run(&|| 0);
    let tally = *rehearsed.tally();
    assert!(tally.hits.iter().sum::<u64>() < tally.before.iter().sum(), "{tally:?}");
    assert_eq!(rehearsed.refused(), None, "it loads, and answers in time");
    assert_eq!(phone.concludes(rehearsed), Conclusion::GivenBack(Reason::Rehearsal));
    assert_eq!(phone.version(), shipped_version());
    let given = [GivenBack { sha256: sum(&worse), reason: Reason::Rehearsal }];
    assert_eq!(phone.engine().sync_status().expect("reads").given_back, given);
    let (outcome, fetched, synced) = phone.syncs(&repository(3, &[&worse], Some(&worse), strict(50)));
    assert_eq!((outcome, fetched.len()), (Outcome::GivenBack, 3));
    assert!(synced.rehearsal.is_none());
}

#[test]
fn one_that_loses_on_trial_gives_way_to_the_one_before() {
    let (good, worse) = (alike("2.0.0"), times("6.6.6", -4.0));
    let mut phone = Phone::with_past(120);
    assert_eq!(phone.runs(&repository(2, &[&good], Some(&good), strict(50))).1, Some(Conclusion::Activated));
    phone.lives(&routine(2, 1, 40));
    phone.reopen();
    phone.reopen();
    let next = repository(3, &[&good, &worse], Some(&worse), strict(1_000));
    // The trial of the first was not concluded when the second came; it is the one that answers and stays so far.
    assert_eq!(phone.runs(&repository(2, &[&good], Some(&good), strict(50))).1, Some(Conclusion::Proven));
    assert_eq!(phone.runs(&next).1, Some(Conclusion::Activated), "too few answers to judge");
    assert_eq!(phone.version(), "6.6.6");
    phone.lives(&routine(3, 6, 80));
    let release = for_everyone(4, &[&good, &worse], Some(&worse), strict(20));
    assert_eq!(
        phone.runs(&Repository::of(4, &release)).1,
        Some(Conclusion::GoesOn),
        "the rule it was tried under counts"
    );
    assert_eq!(phone.version(), "6.6.6");
    // Under a rule that judges, the same bundle from the start:
    let mut other = Phone::with_past(6);
    assert_eq!(other.runs(&repository(2, &[&worse], Some(&worse), strict(40))).1, Some(Conclusion::Activated));
    other.lives(&routine(3, 1, 80));
    let (outcome, conclusion) = other.runs(&repository(2, &[&worse], Some(&worse), strict(40)));
    assert_eq!((outcome, conclusion), (Outcome::UpToDate, Some(Conclusion::GivenBack(Reason::Trial))));
    assert_eq!((other.version(), other.active()), (shipped_version(), None));
}

#[test]
fn a_revoked_bundle_is_used_no_longer_even_where_nothing_replaces_it() {
    let (first, second) = (alike("2.0.0"), alike("3.0.0"));
    let mut phone = Phone::with_past(60);
    phone.runs(&repository(2, &[&first], Some(&first), LENIENT));
    phone.lives(&routine(2, 1, 40));
    (0..2).for_each(|_| phone.reopen());
    assert_eq!(phone.runs(&repository(2, &[&first], Some(&first), LENIENT)).1, Some(Conclusion::Proven));
    phone.runs(&repository(3, &[&first, &second], Some(&second), LENIENT));
    assert_eq!(phone.version(), "3.0.0");
    let mut revoking = for_everyone(4, &[&first], None, LENIENT);
    revoking.rollout.segments.clear();
    revoking.revoked = vec![sum(&second)];
    let (_, _, synced) = phone.syncs(&Repository::of(4, &revoking));
    assert!(synced.is_changed);
    assert_eq!((phone.version(), phone.active()), ("2.0.0".to_owned(), Some(sum(&first))));
    revoking.version = 5;
    revoking.revoked.push(sum(&first));
    phone.syncs(&Repository::of(5, &revoking));
    assert_eq!((phone.version(), phone.active()), (shipped_version(), None));
}

#[test]
fn a_rollback_to_the_last_known_good_fetches_nothing_and_counts_at_once() {
    let (good, new) = (alike("2.0.0"), alike("3.0.0"));
    let mut phone = Phone::with_past(60);
    phone.runs(&repository(2, &[&good], Some(&good), LENIENT));
    phone.lives(&routine(2, 1, 40));
    (0..2).for_each(|_| phone.reopen());
    phone.runs(&repository(2, &[&good], Some(&good), LENIENT));
    phone.runs(&repository(3, &[&good, &new], Some(&new), LENIENT));
    assert_eq!(phone.version(), "3.0.0");
    let (outcome, fetched, synced) = phone.syncs(&repository(4, &[&good, &new], Some(&good), LENIENT));
    assert_eq!((outcome, fetched.len()), (Outcome::Fetched, 3), "root, timestamp, release");
    assert!(synced.is_changed && synced.rehearsal.is_none());
    assert_eq!(phone.version(), "2.0.0");
    assert_eq!(phone.runs(&repository(5, &[&good], None, LENIENT)).0, Outcome::Withdrawn);
    assert_eq!((phone.version(), phone.active()), (shipped_version(), None));
    let shipped = Bundle::shipped_file();
    let (outcome, fetched, _) = phone.syncs(&repository(6, &[shipped], Some(shipped), LENIENT));
    assert_eq!((outcome, fetched.len(), phone.active()), (Outcome::Fetched, 3, None), "the one that ships, by its sum");
}

#[test]
fn a_bundle_that_was_fetched_and_not_rehearsed_is_not_fetched_again() {
    let new = alike("2.0.0");
    let repository = repository(2, &[&new], Some(&new), strict(50));
    let mut phone = Phone::with_past(60);
    let (_, fetched, synced) = phone.syncs(&repository);
    assert_eq!(fetched.len(), 4);
    phone.engine().postpone(&synced.rehearsal.expect("to be rehearsed")).expect("stores");
    phone.reopen();
    assert_eq!(phone.version(), shipped_version());
    let (outcome, fetched, synced) = phone.syncs(&repository);
    assert_eq!(
        (outcome, fetched.len()),
        (Outcome::Fetched, 2),
        "root and timestamp: the release is here, and the bundle"
    );
    // The process ends in the rehearsal, twice.
    drop(synced);
    phone.reopen();
    assert!(phone.syncs(&repository).2.rehearsal.is_some());
    phone.reopen();
    assert!(phone.syncs(&repository).2.rehearsal.is_none());
    let given = phone.engine().sync_status().expect("reads").given_back;
    assert_eq!(given, [GivenBack { sha256: sum(&new), reason: Reason::Crashed }]);
}

#[test]
fn a_slow_bundle_is_given_back_by_the_librarys_limit_and_by_its_releases() {
    let new = alike("2.0.0");
    for (answer_us, step_us, is_slow) in [(0, 1_000, false), (0, 2_001, true), (100, 100, false), (100, 101, true)] {
        let mut release = for_everyone(2, &[&new], Some(&new), strict(50));
        release.models[0].answer_us = answer_us;
        let mut repository = Repository::of(2, &release);
        repository.add("bundle", &new);
        let mut phone = Phone::with_past(60);
        let ticks = std::cell::Cell::new(0_u64);
        let clock = || {
            ticks.set(ticks.get() + 1_000 * step_us);
            ticks.get()
        };
        let rehearsed = phone.syncs(&repository).2.rehearsal.expect("to be rehearsed").run(&clock);
        assert_eq!(rehearsed.answer_ns(), 1_000 * step_us);
        let expected = if is_slow { Conclusion::GivenBack(Reason::Slow) } else { Conclusion::Activated };
        assert_eq!(phone.concludes(rehearsed), expected, "{answer_us} {step_us}");
    }
}

#[test]
fn a_rehearsal_that_another_run_overtook_changes_nothing() {
    let (one, other) = (alike("2.0.0"), alike("3.0.0"));
    let mut phone = Phone::with_past(60);
    let late = phone.syncs(&repository(2, &[&one], Some(&one), LENIENT)).2.rehearsal.expect("to be rehearsed");
    assert_eq!(phone.runs(&repository(3, &[&other], Some(&other), LENIENT)).1, Some(Conclusion::Activated));
    assert_eq!(phone.concludes(late.run(&|| 0)), Conclusion::Overtaken);
    assert_eq!(phone.version(), "3.0.0");
}

#[test]
fn what_is_trusted_survives_the_process_and_a_refusal_leaves_it_to_the_byte() {
    let new = alike("2.0.0");
    let mut phone = Phone::with_past(30);
    phone.runs(&repository(7, &[&new], Some(&new), LENIENT));
    phone.reopen();
    assert_eq!(phone.engine().sync_status().expect("reads").release, Some((CHANNEL.to_owned(), 7)));
    let before = phone.engine().sync_status().expect("reads");
    let (outcome, ..) = phone.syncs(&repository(6, &[&new], Some(&new), LENIENT));
    assert!(matches!(outcome, Outcome::Refused(SyncError::Version { .. })), "{outcome:?}");
    assert_eq!((phone.engine().sync_status().expect("reads"), phone.version()), (before, "2.0.0".to_owned()));
}

#[test]
fn a_newer_root_of_the_host_counts_at_once_and_one_of_another_product_begins_anew() {
    let new = alike("2.0.0");
    let mut phone = Phone::with_past(30);
    phone.runs(&repository(7, &[&new], Some(&new), LENIENT));
    let mut later = root(2);
    later.floor = 9;
    let both: Vec<_> = [1, 2].map(|number| key(ROOT, number)).into_iter().collect();
    let later_file = signed(Role::Root, &later.payload(), &both);
    let begin = |phone: &mut Phone, file: &[u8]| {
        let session = phone.engine().begin_sync(&SyncOptions { root: file, channel: CHANNEL, segments: &[] }, now());
        session.expect("begins").end().trust
    };
    let trust = begin(&mut phone, &later_file);
    assert_eq!((trust.root().version, trust.root().floor), (2, 9));
    let mut other = root(1);
    "another".clone_into(&mut other.product);
    let trust = begin(&mut phone, &root_file(&other));
    assert_eq!((trust.root().product.as_str(), trust.release()), ("another", None));
}

#[test]
fn a_host_that_chose_its_own_model_or_gives_no_root_is_told_so() {
    let engine = Engine::in_memory(Options { model: ModelChoice::Off, ..Options::default() }).expect("memory");
    let file = root_file(&root(1));
    let options = SyncOptions { root: &file, channel: CHANNEL, segments: &[] };
    assert!(matches!(engine.begin_sync(&options, now()), Err(SyncStartError::OwnModel)));
    let engine = Engine::in_memory(Options::default()).expect("memory");
    let (long, longest) = ("a".repeat(65), "a".repeat(64));
    assert!(engine.begin_sync(&SyncOptions { channel: &longest, ..options }, now()).is_ok());
    for wrong in [
        SyncOptions { root: b"no root", ..options },
        SyncOptions { root: &file[1..], ..options },
        SyncOptions { channel: "", ..options },
        SyncOptions { channel: "Stable", ..options },
        SyncOptions { channel: &long, ..options },
    ] {
        assert!(matches!(engine.begin_sync(&wrong, now()), Err(SyncStartError::Root(_))));
    }
}

#[test]
fn an_erased_log_keeps_nothing_of_sync() {
    let new = alike("2.0.0");
    let mut phone = Phone::with_past(30);
    phone.runs(&repository(7, &[&new], Some(&new), LENIENT));
    phone.engine.take().expect("open").erase().expect("erases");
    phone.reopen();
    let status = phone.engine().sync_status().expect("reads");
    assert_eq!((status.release, status.active), (None, None));
    assert_eq!(phone.version(), shipped_version());
}

#[test]
#[expect(clippy::disallowed_methods, reason = "threads of a host")]
fn predictions_go_on_while_a_bundle_is_fetched_and_rehearsed() {
    let new = alike("2.0.0");
    let repository = repository(2, &[&new], Some(&new), LENIENT);
    let mut phone = Phone::with_past(60);
    let engine = std::sync::Mutex::new(phone.engine.take().expect("open"));
    let (is_over, answered) = (AtomicBool::new(false), AtomicUsize::new(0));
    let answers = std::thread::scope(|scope| {
        let answering = scope.spawn(|| {
            let mut versions = Vec::new();
            loop {
                // Asked before the answer: one comes after the end in any case.
                let was_over = is_over.load(SeqCst);
                let engine = engine.lock().expect("no panic");
                assert!(!engine.predict(&Request::unlock(now()), &|| 0).predictions.is_empty());
                versions.push(engine.model().active().map(|model| model.version().to_owned()));
                answered.fetch_add(1, SeqCst);
                if was_over {
                    return versions;
                }
            }
        });
        let first = root_file(&root(1));
        let options = SyncOptions { root: &first, channel: CHANNEL, segments: &[] };
        let mut session = engine.lock().expect("no panic").begin_sync(&options, now()).expect("begins");
        repository.serve(&mut session, 64);
        let synced = engine.lock().expect("no panic").end_sync(session).expect("ends");
        let before = answered.load(SeqCst);
        let rehearsed = synced.rehearsal.expect("to be rehearsed").run(&|| 0);
        assert!(answered.load(SeqCst) > before, "nothing was answered during the rehearsal");
        assert_eq!(engine.lock().expect("no panic").conclude(rehearsed, now()).expect("ends"), Conclusion::Activated);
        is_over.store(true, SeqCst);
        answering.join().expect("no panic")
    });
    assert_eq!(answers.last(), Some(&Some("2.0.0".to_owned())));
    assert!(answers.iter().all(Option::is_some), "every answer came from a model");
}

#[test]
fn what_a_release_revokes_and_withdraws_leaves_the_best_of_the_rest() {
    let (first, second) = (alike("2.0.0"), alike("3.0.0"));
    // Whether everyone is sent back to the model that ships; which of the two are revoked; which one answers afterwards.
    for (is_withdrawn, revoked, answers) in [
        (false, vec![], "3.0.0"),
        (false, vec![&first], "3.0.0"),
        (false, vec![&second], "2.0.0"),
        (false, vec![&first, &second], "shipped"),
        (true, vec![], "shipped"),
        (true, vec![&first], "shipped"),
        (true, vec![&second], "shipped"),
        (true, vec![&first, &second], "shipped"),
    ] {
        let mut phone = Phone::with_past(24);
        phone.runs(&repository(2, &[&first], Some(&first), LENIENT));
        phone.lives(&routine(2, 1, 30));
        (0..2).for_each(|_| phone.reopen());
        assert_eq!(phone.runs(&repository(2, &[&first], Some(&first), LENIENT)).1, Some(Conclusion::Proven));
        assert_eq!(phone.runs(&repository(3, &[&second], Some(&second), LENIENT)).1, Some(Conclusion::Activated));
        // One proved itself, the other is on trial.
        let mut last = for_everyone(4, &[], None, LENIENT);
        if !is_withdrawn {
            last.rollout.segments.clear();
        }
        last.revoked = revoked.iter().map(|file| sum(file)).collect();
        let (outcome, _, synced) = phone.syncs(&Repository::of(4, &last));
        let case = format!("withdrawn: {is_withdrawn}, revoked: {}, {outcome:?}", revoked.len());
        let expected = if answers == "shipped" { shipped_version() } else { answers.to_owned() };
        assert_eq!((phone.version(), synced.is_changed), (expected.clone(), answers != "3.0.0"), "{case}");
        phone.reopen();
        assert_eq!(phone.version(), expected, "{case}");
        // What went is not kept: neither as a bundle to go back to nor as one to begin a delta with.
        assert_eq!(phone.active().is_none(), answers == "shipped", "{case}");
    }
}
