//! Uploads under power cuts: what the person allowed or took back counts once the call has returned, and what was sealed stays the
//! same bytes until a server has it. `FORETAP_FAULTS` multiplies the 1,500 cuts.
#![cfg(unix)]

use foretap_core::store::StoreOptions;
use foretap_core::time::{DAY_MS, HOUR_MS};
use foretap_core::upload::{Reply, Step};
use foretap_core::{Consent, Engine, Event, EventKind, Item, ModelChoice, Options, Timestamp};
use foretap_faults::{Draw, Files, Mount, Operation, cut_everywhere, factor, sample};

/// Cuts of a usual run.
const CUTS: usize = 1_500;
const BOTH: Consent = Consent { reports: true, samples: true };

/// What is allowed, and everything that a run would send.
#[derive(Debug, Clone, PartialEq)]
struct State {
    consent: Consent,
    outgoing: Vec<(&'static str, Vec<u8>)>,
}

impl State {
    fn of(engine: &Engine) -> Self {
        let mut upload = engine.begin_upload().expect("reads");
        let mut outgoing = Vec::new();
        while let Step::Post { path, body, .. } = upload.step() {
            outgoing.push((path, body));
            upload.answered(Reply::Taken);
        }
        Self { consent: engine.consent(), outgoing }
    }
}

struct Bench {
    mount: Mount,
    folder: tempfile::TempDir,
    /// After how many operations of the disk each call returned, and what was so from then on.
    states: Vec<(usize, State)>,
}

impl Bench {
    fn open(&self) -> foretap_core::Result<Engine> {
        let store = StoreOptions { vfs: Some(self.mount.name()), wal_pages: 16, ..StoreOptions::default() };
        let path = self.folder.path().join("log.db");
        Engine::open(&path, &sample::key(), Options { store, model: ModelChoice::Off })
    }

    fn done(&mut self, engine: &Engine) {
        self.states.push((self.mount.disk().record().len(), State::of(engine)));
    }
}

fn day(number: i64) -> Timestamp {
    Timestamp::new((20_787 + number) * DAY_MS, 0).expect("valid")
}

fn lived(engine: &mut Engine, from: i64, days: i64) {
    for number in from..from + days {
        let mut events = Vec::new();
        for session in 0..9 {
            let at = day(number).plus_ms(8 * HOUR_MS + session * HOUR_MS);
            events.push(Event::new(at, EventKind::Unlock));
            for (n, name) in ["mail", "maps", "music"].into_iter().enumerate() {
                let at = at.plus_ms(1_000 + 60_000 * i64::try_from(n).expect("few"));
                events.push(Event::launch(at, Item::new(name).expect("valid")));
            }
        }
        engine.record_all(&events).expect("stored");
    }
}

/// Both are allowed, two weeks are sent, the third waits, one permission is taken back, then everything.
fn live(bench: &mut Bench) -> Vec<(String, Operation)> {
    bench.mount.disk().replace(Files::new());
    let mut engine = bench.open().expect("opens");
    bench.done(&engine);
    bench.states[0].0 = 0;
    engine.set_consent(BOTH, day(0), [1; 32]).expect("stored");
    bench.done(&engine);
    for week in 0..3 {
        lived(&mut engine, 7 * week, 7);
        engine.seal_uploads(day(7 * week + 7)).expect("sealed");
        bench.done(&engine);
        if week < 2 {
            let mut upload = engine.begin_upload().expect("reads");
            upload.answered(Reply::Taken);
            engine.end_upload(upload).expect("stored");
            bench.done(&engine);
        }
    }
    engine.set_consent(Consent { samples: false, ..BOTH }, day(21), [2; 32]).expect("stored");
    bench.done(&engine);
    lived(&mut engine, 21, 3);
    engine.seal_uploads(day(24)).expect("sealed");
    bench.done(&engine);
    let mut upload = engine.begin_upload().expect("reads");
    (0..2).for_each(|_| upload.answered(Reply::Taken));
    engine.end_upload(upload).expect("stored");
    bench.done(&engine);
    engine.set_consent(Consent::NONE, day(24), [3; 32]).expect("stored");
    bench.done(&engine);
    bench.mount.disk().record().to_vec()
}

#[test]
fn a_power_cut_anywhere_leaves_what_was_allowed_and_sealed_before_or_after_the_call() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let mut bench = Bench { mount: Mount::new("uploads"), folder, states: Vec::new() };
    let record = live(&mut bench);
    let seal_file = bench.folder.path().join("log.db.kcv");
    let seal = std::fs::read(&seal_file).expect("it lies beside");
    let cuts = cut_everywhere(&record, CUTS * factor(), &mut Draw::new(7), |n, damage, files| {
        bench.mount.disk().replace(files);
        for beside in ["log.db.suspect", "log.db.erasing", "log.db.snapshot"] {
            std::fs::remove_file(bench.folder.path().join(beside)).unwrap_or(());
        }
        std::fs::write(&seal_file, &seal).expect("writes");
        let engine = bench.open().unwrap_or_else(|error| panic!("{damage:?} at {n}: {error}"));
        let found = State::of(&engine);
        // The last call that had returned, and one more that may have been under way.
        let returned = bench.states.partition_point(|(operations, _)| *operations <= n) - 1;
        let reached = &bench.states[returned..bench.states.len().min(returned + 2)];
        assert!(reached.iter().any(|(_, state)| *state == found), "{damage:?} at {n}: {:?}", found.consent);
    });
    println!("uploads: {} operations, {} states, cuts {cuts}, lost 0", record.len(), bench.states.len());
    assert!(cuts >= CUTS);
}
