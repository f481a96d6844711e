//! A run of model sync, called as bindings call it.

#[path = "../../../core/tests/lives/mod.rs"]
mod lives;
#[path = "../../../core/tests/members/mod.rs"]
mod members;
#[path = "../../../core/tests/sync/phone.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod phone;
#[path = "../../../core/tests/sync/repository.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod repository;

use std::sync::Arc;

use foretap_core::Bundle;
use foretap_ffi::{
    EngineHandle, EngineOptions, ForetapError, ModelFile, RequestParts, SyncConclusion, SyncEnding, SyncParts, SyncRun,
    SyncTask, open_in_memory,
};
use phone::{LENIENT, alike, now, repository as serving, routine, times};
use repository::{CHANNEL, Repository, root, root_file};

fn engine() -> Arc<EngineHandle> {
    let engine = open_in_memory(EngineOptions::default()).expect("opens");
    engine.record_all(routine(1, -10, 100)).expect("stored");
    engine
}

fn parts() -> SyncParts {
    SyncParts { root: root_file(&root(1)), channel: CHANNEL.to_owned(), segments: Vec::new() }
}

/// Carries a run out up to its end.
fn serve(run: &SyncRun, repository: &Repository) -> usize {
    let mut fetched = 0;
    while let SyncTask::Fetch { path, max_bytes } = run.task().expect("goes on") {
        fetched += 1;
        match repository.files.get(&path) {
            None => run.absent(true).expect("told"),
            Some(file) => {
                assert!(file.len() as u64 <= max_bytes);
                if file.chunks(1_000).all(|chunk| run.received(chunk.to_vec()).expect("taken")) {
                    run.completed().expect("told");
                }
            }
        }
    }
    fetched
}

fn question() -> RequestParts {
    RequestParts {
        moment: foretap_core::Moment::Unlock,
        now: now(),
        context: foretap_core::Context::default(),
        surface: None,
        limit: None,
        candidates: None,
        move_cost: None,
        exploration: None,
    }
}

#[test]
fn a_run_leaves_another_model_and_the_next_one_nothing_to_do() {
    let new = alike("2.0.0");
    let (engine, repository) = (engine(), serving(2, &[&new], Some(&new), LENIENT));
    let run = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    assert_eq!(serve(&run, &repository), 4);
    assert_eq!(run.task().expect("over"), SyncTask::Finish);
    let report = run.finish(now()).expect("ends");
    assert_eq!((report.ending, report.conclusion), (SyncEnding::Fetched, Some(SyncConclusion::Activated)));
    assert!(report.model_changed && report.refusal.is_none() && report.release == Some(2));
    let name = Bundle::shipped().expect("valid").manifest().name.clone();
    assert_eq!(report.model, Some(format!("{name} 2.0.0")));
    assert!(!engine.predict(question()).expect("open").predictions.is_empty());
    assert!(matches!(run.finish(now()), Err(ForetapError::Closed)), "once");
    assert!(!run.received(vec![1]).expect("nothing is wanted any more"));
    let again = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    assert_eq!(serve(&again, &repository), 2);
    let report = again.finish(now()).expect("ends");
    assert_eq!((report.ending, report.model_changed, report.conclusion), (SyncEnding::UpToDate, false, None));
}

#[test]
fn what_is_worse_is_given_back_and_what_is_forged_is_refused_in_words() {
    let worse = times("6.6.6", -4.0);
    let engine = engine();
    let stop = phone::strict(50);
    let run = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    serve(&run, &serving(2, &[&worse], Some(&worse), stop));
    let report = run.finish(now()).expect("ends");
    assert_eq!((report.conclusion, report.model_changed), (Some(SyncConclusion::GivenBack), false));
    let mut forged = serving(3, &[&worse], None, stop);
    forged.files.get_mut("timestamp").expect("there")[60] ^= 1;
    let run = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    serve(&run, &forged);
    let report = run.finish(now()).expect("ends");
    assert_eq!((report.ending, report.release), (SyncEnding::Refused, Some(2)));
    assert!(report.refusal.is_some_and(|words| words.contains("timestamp")));
}

#[test]
fn a_run_that_is_cancelled_keeps_what_it_fetched() {
    let new = alike("2.0.0");
    let (engine, repository) = (engine(), serving(2, &[&new], Some(&new), LENIENT));
    let run = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    serve(&run, &repository);
    run.cancel().expect("stored");
    run.cancel().expect("nothing to do");
    assert!(matches!(run.finish(now()), Err(ForetapError::Closed)));
    let run = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    assert_eq!(serve(&run, &repository), 2, "the bundle is here");
    assert_eq!(run.finish(now()).expect("ends").conclusion, Some(SyncConclusion::Activated));
    let lost = Arc::clone(&engine).begin_sync(parts(), now()).expect("begins");
    lost.absent(false).expect("told");
    assert_eq!(lost.finish(now()).expect("ends").ending, SyncEnding::Unreachable);
}

#[test]
fn a_root_that_is_none_and_an_engine_with_its_own_model_are_told_apart_from_a_closed_one() {
    let refused = |engine: Arc<EngineHandle>, parts| engine.begin_sync(parts, now()).err();
    let no_root = SyncParts { root: vec![1, 2, 3], ..parts() };
    assert!(matches!(refused(engine(), no_root), Some(ForetapError::InvalidArgument(_))));
    let options = EngineOptions { model: Some(ModelFile::Off), ..EngineOptions::default() };
    let own = open_in_memory(options).expect("opens");
    assert!(matches!(refused(own, parts()), Some(ForetapError::InvalidArgument(_))));
    let closed = engine();
    let run = Arc::clone(&closed).begin_sync(parts(), now()).expect("begins");
    closed.shut().expect("closes");
    assert!(matches!(refused(closed, parts()), Some(ForetapError::Closed)));
    assert!(matches!(run.finish(now()), Err(ForetapError::Closed)));
}
