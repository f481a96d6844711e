//! A model update under power cuts and kills: whatever happens in it, a verified model answers afterwards.
//! `FORETAP_FAULTS` multiplies the 1,500 cuts.
#![cfg(unix)]

#[path = "../../tests/lives/mod.rs"]
mod lives;
#[path = "../../tests/members/mod.rs"]
mod members;
#[path = "../../tests/sync/phone.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod phone;
#[path = "../../tests/sync/repository.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod repository;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use foretap_core::store::{Store, StoreOptions};
use foretap_core::sync::{Reason, Slots, StopRule, Sum};
use foretap_core::{Engine, Options, Request, SyncOptions, SyncStatus};
use foretap_faults::{Draw, Files, Mount, Operation, cut_everywhere, factor, sample};
use members::{Made, weights};
use phone::{LENIENT, alike, for_everyone, now, repository as serving, routine, strict};
use repository::{CHANNEL, Repository, root, root_file, sum};

/// Cuts of a usual run.
const CUTS: usize = 1_500;

/// What an update may change: which files are trusted, what the bundles are to the phone, and the model that answers.
#[derive(Debug, Clone, PartialEq)]
struct State {
    status: SyncStatus,
    standby: Option<Sum>,
    version: Option<String>,
}

struct Bench {
    mount: Mount,
    folder: tempfile::TempDir,
    /// After how many operations of the disk each call returned, and what was so from then on.
    states: Vec<(usize, State)>,
}

impl Bench {
    fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    fn store_options(&self) -> StoreOptions {
        StoreOptions { vfs: Some(self.mount.name()), wal_pages: 16, ..StoreOptions::default() }
    }

    fn open(&self) -> foretap_core::Result<Engine> {
        Engine::open(&self.path(), &sample::key(), Options { store: self.store_options(), ..Options::default() })
    }

    /// What is so, once nothing has the log open.
    fn state(&self, engine: Engine) -> State {
        let version = engine.model().active().map(|model| model.version().to_owned());
        let status = engine.sync_status().expect("reads");
        drop(engine);
        let (store, _) = Store::open(&self.path(), &sample::key(), &self.store_options()).expect("opens");
        State { status, standby: store.slots().expect("reads").standby.map(|standby| standby.sha256), version }
    }

    fn done(&mut self, engine: &Engine, standby: Option<Sum>) {
        let version = engine.model().active().map(|model| model.version().to_owned());
        let status = engine.sync_status().expect("reads");
        self.states.push((self.mount.disk().record().len(), State { status, standby, version }));
    }

    fn syncs(&mut self, engine: &mut Engine, repository: &Repository, standby: Option<&[u8]>) {
        let first = root_file(&root(1));
        let options = SyncOptions { root: &first, channel: CHANNEL, segments: &[] };
        let mut session = engine.begin_sync(&options, now()).expect("begins");
        repository.serve(&mut session, 4_096);
        let synced = engine.end_sync(session).expect("ends");
        self.done(engine, standby.map(sum));
        if let Some(rehearsal) = synced.rehearsal {
            engine.conclude(rehearsal.run(&|| 0), now()).expect("concludes");
            self.done(engine, None);
        }
    }
}

/// An update that proves itself, one that is given back, one that is revoked while it answers.
fn live(bench: &mut Bench) -> Vec<(String, Operation)> {
    let (first, second, bad) = (alike("2.0.0"), alike("3.0.0"), vec![7; 20_000]);
    bench.mount.disk().replace(Files::new());
    let mut engine = bench.open().expect("opens");
    bench.done(&engine, None);
    bench.states[0].0 = 0;
    engine.record_all(&routine(1, -4, 24)).expect("records");
    bench.syncs(&mut engine, &serving(2, &[&first], Some(&first), LENIENT), Some(&first));
    engine.record_all(&routine(2, 1, 24)).expect("records");
    for _ in 0..2 {
        drop(engine);
        engine = bench.open().expect("opens");
    }
    bench.syncs(&mut engine, &serving(2, &[&first], Some(&first), LENIENT), None);
    bench.syncs(&mut engine, &serving(3, &[&first, &bad], Some(&bad), strict(10)), Some(&bad));
    bench.syncs(&mut engine, &serving(4, &[&first, &second], Some(&second), LENIENT), Some(&second));
    let mut revoking = for_everyone(5, &[&first], None, LENIENT);
    revoking.rollout.segments.clear();
    revoking.revoked = vec![sum(&second)];
    bench.syncs(&mut engine, &Repository::of(5, &revoking), None);
    let versions: Vec<_> = bench.states.iter().filter_map(|(_, state)| state.version.clone()).collect();
    assert!(versions.iter().any(|version| version == "3.0.0"), "{versions:?}");
    assert_eq!(versions.last().map(String::as_str), Some("2.0.0"));
    bench.mount.disk().record().to_vec()
}

#[test]
fn a_power_cut_anywhere_in_an_update_leaves_the_model_before_or_the_one_after() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut bench = Bench { mount: Mount::new("update"), folder, states: Vec::new() };
    let record = live(&mut bench);
    let seal = std::fs::read(bench.path().with_extension("db.kcv")).expect("it lies beside");
    let cuts = cut_everywhere(&record, CUTS * factor(), &mut Draw::new(3), |n, damage, files| {
        bench.mount.disk().replace(files);
        for beside in ["log.db.suspect", "log.db.erasing", "log.db.snapshot"] {
            std::fs::remove_file(bench.folder.path().join(beside)).unwrap_or(());
        }
        std::fs::write(bench.path().with_extension("db.kcv"), &seal).expect("writes");
        let engine = bench.open().unwrap_or_else(|error| panic!("{damage:?} at {n}: {error}"));
        if engine.habits().openings() > 0 {
            let ranking = engine.predict(&Request::unlock(now()), &|| 0);
            assert!(ranking.model.is_some(), "{damage:?} at {n}: the statistics answered alone");
        }
        let found = bench.state(engine);
        // The last call that had returned, and one more that may have been under way.
        let returned = bench.states.partition_point(|(operations, _)| *operations <= n) - 1;
        let reached = &bench.states[returned..bench.states.len().min(returned + 2)];
        assert!(reached.iter().any(|(_, state)| *state == found), "{damage:?} at {n}: {found:?} of {reached:?}");
    });
    println!("update: {} operations, {} states, cuts {cuts}, lost 0", record.len(), bench.states.len());
    assert!(cuts >= CUTS);
}

/// A bundle that takes as long to load as one can: its golden vectors ask every member.
fn laborious(version: &str) -> Vec<u8> {
    let mut parts = Made::new(1).parts([weights(1.0, 0.0, 0.0); 3], None);
    version.clone_into(&mut parts.manifest.version);
    parts.pack().expect("packs")
}

/// Opens the log in a process of its own and kills that after a while, or once the engine is open; returns how long that
/// took, if it came to it.
fn open_and_kill(path: &Path, after: Option<Duration>) -> Option<Duration> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_log-writer"))
        .args(["open".as_ref(), path.as_os_str()])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the process starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    assert_eq!(lines.next().expect("a line").expect("digits"), "0");
    let began = Instant::now();
    let is_open = match after {
        Some(after) => {
            std::thread::sleep(after);
            child.kill().expect("SIGKILL");
            lines.next().is_some()
        }
        None => lines.next().is_some(),
    };
    let took = began.elapsed();
    child.kill().expect("SIGKILL");
    child.wait().expect("ends");
    is_open.then_some(took)
}

#[test]
fn a_process_that_dies_twice_while_a_bundle_is_loaded_comes_back_with_the_one_before() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    let (good, fatal) = (laborious("2.0.0"), laborious("6.6.6"));
    drop(Engine::open(&path, &sample::key(), Options::default()).expect("opens"));
    let store = || Store::open(&path, &sample::key(), &StoreOptions::default()).expect("opens").0;
    let mut draw = Draw::new(5);
    let mut kills = 0;
    // How long an opening takes here and now: kills are drawn around the part of it in which the bundle is loaded.
    let usual = open_and_kill(&path, None).expect("it opens").max(Duration::from_millis(1));
    // What is killed is the loading of the bundle on trial, then that of the one before it, then that of the one that ships.
    let on_trial = {
        let mut slots = Slots { standby: None, ..Slots::default() };
        for file in [&good, &fatal] {
            slots.good = slots.active();
            slots.trial = Some(foretap_core::sync::Trial {
                sha256: sum(file),
                since_seq: 0,
                since_s: 0,
                starts: 0,
                stop: StopRule { least_answers: 1_000, most_lost: 0 },
                answer_us: 0,
            });
            store().save_sync(None, &slots, Some((&sum(file), file))).expect("stores");
        }
        slots
    };
    assert_eq!(on_trial.in_order().collect::<Vec<_>>(), [Some(sum(&fatal)), Some(sum(&good)), None]);
    for (file, before) in [(Some(&fatal), Some("2.0.0")), (Some(&good), Some("shipped")), (None, None)] {
        let loading = file.map(|file| sum(file));
        let mut attempts = 0;
        while attempts < 2 {
            let after = usual.mul_f64(0.4 + draw.below(1_000) as f64 / 1_000.0);
            let opened = open_and_kill(&path, Some(after));
            kills += 1;
            assert!(kills < 2_000, "no kill fell into the loading");
            attempts = store().load_attempts(loading.as_ref()).expect("reads");
            assert!(opened.is_none() || attempts == 0, "an engine that is open has struck out what it loaded");
        }
        let engine = Engine::open(&path, &sample::key(), Options::default()).expect("opens");
        let version = engine.model().active().map(|model| model.version().to_owned());
        match before {
            Some("shipped") => assert!(version.is_some_and(|version| version != "2.0.0" && version != "6.6.6")),
            before => assert_eq!(version.as_deref(), before),
        }
        let given = engine.sync_status().expect("reads").given_back;
        if let Some(loading) = loading {
            assert_eq!(given.last().map(|given| (given.sha256, given.reason)), Some((loading, Reason::Crashed)));
        }
        drop(engine);
    }
    // The statistics answered alone; some openings later the bundle that ships is tried again.
    let mut openings = 1;
    while Engine::open(&path, &sample::key(), Options::default()).expect("opens").model().active().is_none() {
        openings += 1;
        assert!(openings < 64, "it is never tried again");
    }
    println!(
        "loading: kills {kills}, two of them in each of three loadings; the one that ships again after {openings} openings"
    );
    assert_eq!(store().load_attempts(None).expect("reads"), 0);
}
