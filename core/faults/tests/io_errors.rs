//! The disk refuses any one request, or all after it: the call says so in a typed error, nothing is set aside, and when
//! the disk is well again the log is what it was or what the call made of it. `FORETAP_FAULTS` multiplies the
//! 1,200 cases.

use std::path::Path;

use foretap_core::config::Retention;
use foretap_core::store::{Opened, Store, StoreOptions};
use foretap_core::{Error, Event, Result};
use foretap_faults::sample::{checkpoint, event, key};
use foretap_faults::{Files, Mount, Reason, Refusal, factor};

/// Cases of a usual run.
const CASES: usize = 1_200;

/// A call on the log.
#[derive(Debug, Clone, Copy)]
enum Step {
    Append(i64),
    AppendAll(i64, i64),
    Save,
    Purge,
    Backfill(i64, i64),
    Reopen,
}

/// A short life with everything in it.
fn steps() -> Vec<Step> {
    let mut steps = vec![Step::AppendAll(0, 150), Step::Save];
    steps.extend((5_000..5_110).map(Step::Append));
    steps.extend([Step::Save, Step::Reopen, Step::Purge, Step::Append(5_110), Step::Backfill(4_900, 4_920)]);
    steps.extend([Step::Reopen, Step::Append(5_111), Step::AppendAll(5_112, 5_130)]);
    steps
}

#[derive(Debug, PartialEq)]
struct State {
    events: Vec<(i64, Event)>,
    checkpoint: Option<Vec<u8>>,
}

fn state(store: &Store) -> Result<State> {
    let mut events = Vec::new();
    store.replay(None, &mut |seq, event| events.push((seq.number(), event.clone())))?;
    Ok(State { events, checkpoint: store.checkpoint()?.map(|(_, bytes)| bytes) })
}

/// The log, or `None` when it is closed and waits to be opened again.
struct Session<'a> {
    path: &'a Path,
    options: StoreOptions,
    store: Option<Store>,
}

impl Session<'_> {
    fn open(&mut self) -> Result<&mut Store> {
        if self.store.is_none() {
            let (store, opened) = Store::open(self.path, &key(), &self.options)?;
            assert!(!matches!(opened, Opened::SetAside { .. }), "a refusal is no damage");
            self.store = Some(store);
        }
        Ok(self.store.as_mut().expect("it was just opened"))
    }

    fn take(&mut self, step: Step) -> Result<()> {
        if matches!(step, Step::Reopen) {
            self.store = None;
        }
        let store = self.open()?;
        match step {
            Step::Append(n) => drop(store.append(&event(n))?),
            Step::AppendAll(from, to) => drop(store.append_all(&(from..to).map(event).collect::<Vec<_>>())?),
            Step::Save => {
                let mut newest = None;
                store.replay(None, &mut |seq, _| newest = Some(seq))?;
                let newest = newest.expect("events were appended before");
                store.save_checkpoint(newest, &checkpoint(newest.number()))?;
            }
            Step::Purge => drop(store.purge()?),
            Step::Backfill(from, to) => {
                let events: Vec<_> = (from..to).map(event).collect();
                store.backfill(&events, |history| {
                    let mut seen = 0;
                    history.replay(&mut |_, _| seen += 1)?;
                    Ok(checkpoint(seen))
                })?;
            }
            Step::Reopen => {}
        }
        Ok(())
    }
}

/// Whether an error is one that a later try can pass.
fn is_passing(error: &Error) -> bool {
    matches!(error, Error::Transient { .. } | Error::Io(_))
}

#[test]
fn a_refused_request_is_a_passing_error_and_costs_nothing() {
    let mount = Mount::new("io-errors");
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    let retention = Retention { max_days: 1, max_bytes: u64::MAX, keep_at_least: 5 };
    let options = StoreOptions { wal_pages: 16, retention, vfs: Some(mount.name()), ..StoreOptions::default() };
    let session = || Session { path: &path, options: options.clone(), store: None };
    let clean_up = || {
        mount.disk().replace(Files::new());
        for mark in ["log.db.suspect", "log.db.erasing"] {
            std::fs::remove_file(folder.path().join(mark)).unwrap_or(());
        }
    };

    // Without a refusal: the states, and how many requests there are to refuse.
    let mut well = session();
    let mut states = vec![state(well.open().expect("opens")).expect("reads")];
    for step in steps() {
        well.take(step).expect("a disk that is well");
        states.push(state(well.open().expect("open")).expect("reads"));
    }
    drop(well);
    clean_up();
    mount.disk().plan(None);
    let mut well = session();
    steps().into_iter().for_each(|step| well.take(step).expect("a disk that is well"));
    drop(well);
    let requests = mount.disk().requests();

    let cases = CASES * factor();
    let (mut refused, mut retried) = (0, 0);
    for case in 0..cases {
        let reason = [Reason::Broken, Reason::Full][case % 2];
        let is_lasting = case / 2 % 2 == 0;
        let after = case * requests / cases;
        clean_up();
        mount.disk().plan(Some(Refusal { after, reason, is_lasting }));
        let mut ill = session();
        let mut done = 0;
        for step in steps() {
            let mut answer = ill.take(step);
            if let Err(error) = &answer {
                refused += 1;
                let first = format!("{error:?}");
                assert!(is_passing(error), "case {case}, request {after}, {step:?}: {error:?}");
                if !is_lasting {
                    // The disk is well again: the same call on the same log succeeds.
                    retried += 1;
                    answer = ill.take(step);
                    assert!(
                        answer.is_ok(),
                        "case {case}, request {after}, {reason:?}, {step:?} again: {answer:?} after {first}"
                    );
                }
            }
            if answer.is_err() {
                break;
            }
            done += 1;
        }
        drop(ill);
        mount.disk().plan(None);
        let mut after_all = session();
        let found = state(after_all.open().expect("opens")).expect("reads");
        let is_known = found == states[done] || states.get(done + 1).is_some_and(|next| found == *next);
        assert!(is_known, "case {case}, request {after}, {reason:?}: {} events after {done} steps", found.events.len());
        assert!(after_all.open().expect("open").append(&event(1_000_000)).expect("the log goes on").is_some());
    }
    println!(
        "refusals: {cases} cases over {requests} requests, {refused} calls refused, {retried} of them tried again"
    );
}

#[test]
fn a_suspected_log_is_not_set_aside_because_a_read_failed() {
    let mount = Mount::new("suspected");
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    let options = StoreOptions { vfs: Some(mount.name()), ..StoreOptions::default() };
    let open = || Store::open(&path, &key(), &options);
    let (mut store, _) = open().expect("opens");
    let seqs = store.append_all(&(0..2_000).map(event).collect::<Vec<_>>()).expect("appends");
    store.save_checkpoint(seqs[1_999].expect("new"), &checkpoint(2_000)).expect("saves");
    drop(store);
    let suspect = folder.path().join("log.db.suspect");
    let mut refused = 0;
    for after in 0.. {
        std::fs::write(&suspect, b"").expect("writes");
        mount.disk().plan(Some(Refusal { after, reason: Reason::Broken, is_lasting: after % 2 == 0 }));
        let opened = open();
        let requests = mount.disk().requests();
        mount.disk().plan(None);
        match opened {
            Ok((_, opened)) => assert_eq!(opened, Opened::Existing),
            Err(error) => {
                assert!(is_passing(&error), "request {after}: {error:?}");
                assert!(suspect.exists(), "the suspicion stays until the whole log was read");
                refused += 1;
            }
        }
        if requests < after {
            break;
        }
    }
    println!("suspected: {refused} opens refused");
    assert!(refused > 10);
    assert!(matches!(open(), Ok((_, Opened::Existing))));
    assert!(!suspect.exists());
}
