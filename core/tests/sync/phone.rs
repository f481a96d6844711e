//! A phone with a log of its own, and bundles for it.

use std::path::PathBuf;

use foretap_core::features::schema_hash;
use foretap_core::model::{BundleParts, FORMAT};
use foretap_core::sync::{Arm, ModelEntry, Outcome, Release, Segment, StopRule, Sum};
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{
    Bundle, Conclusion, Engine, Event, EventKind, Item, Key, Options, Rehearsed, Request, SyncOptions, Synced,
    Timestamp,
};

use super::repository::{CHANNEL, NOW_S, Repository, release, root, root_file, sum};
use crate::lives::Random;
use crate::members::{Made, weights};

/// When phones synchronise.
pub(crate) fn now() -> Timestamp {
    Timestamp::new(NOW_S * 1_000, 60).expect("in range")
}

/// The parts of the bundle that ships.
pub(crate) fn shipped_parts() -> BundleParts {
    let shipped = Bundle::shipped().expect("valid");
    BundleParts {
        manifest: shipped.manifest().clone(),
        onnx: shipped.onnx().to_vec(),
        calibration: *shipped.calibration(),
        start_weights: shipped.start_weights().to_string(),
        golden: shipped.golden().to_vec(),
        members: None,
    }
}

/// A bundle that answers as the one that ships, under another version.
pub(crate) fn alike(version: &str) -> Vec<u8> {
    let mut parts = shipped_parts();
    version.clone_into(&mut parts.manifest.version);
    parts.pack().expect("packs")
}

/// A bundle whose corrections are those of the one that ships times `factor`.
pub(crate) fn times(version: &str, factor: f32) -> Vec<u8> {
    let mut parts = Made::new(1).parts([weights(factor, 0.0, 0.0); 3], None);
    version.clone_into(&mut parts.manifest.version);
    parts.pack().expect("packs")
}

pub(crate) fn entry(file: &[u8]) -> ModelEntry {
    ModelEntry {
        name: "model".to_owned(),
        sha256: sum(file),
        bytes: file.len(),
        feature_schema: schema_hash(),
        format: u32::from(FORMAT),
        deltas: Vec::new(),
        answer_us: 0,
    }
}

/// A release that gives everyone the first of these files; `None`: the bundle that ships.
pub(crate) fn for_everyone(version: u64, files: &[&[u8]], model: Option<&[u8]>, stop: StopRule) -> Release {
    let mut release = release(version);
    release.models = files.iter().map(|file| entry(file)).collect();
    let arm = Arm { name: "all".to_owned(), first: 0, share: 10_000, model: model.map(sum) };
    release.rollout.segments = vec![Segment { name: String::new(), arms: vec![arm] }];
    release.rollout.stop = stop;
    release
}

/// Nothing may be lost after this many answers.
pub(crate) const fn strict(least_answers: u32) -> StopRule {
    StopRule { least_answers, most_lost: 0 }
}

/// Whatever is lost is taken.
pub(crate) const LENIENT: StopRule = StopRule { least_answers: 20, most_lost: 10_000 };

/// A routine: after each unlock one of three chains of items, by the hour, with a stray one in six.
pub(crate) fn routine(seed: u64, first_day: i64, unlocks: usize) -> Vec<Event> {
    const CHAINS: [[&str; 3]; 3] =
        [["mail", "calendar", "maps"], ["chat", "news", "music"], ["video", "chat", "clock"]];
    const STRAYS: [&str; 5] = ["bank", "camera", "photos", "notes", "weather"];
    let mut random = Random(seed);
    let mut events = Vec::new();
    for unlock in 0..unlocks {
        let (day, hour) = (first_day + unlock as i64 / 12, 8 + unlock as i64 % 12);
        let at_ms = NOW_S * 1_000 + day * DAY_MS + hour * HOUR_MS + random.ms(20 * 60 * SECOND_MS);
        let at = |seconds: i64| Timestamp::new(at_ms + seconds * SECOND_MS, 60).expect("in range");
        events.push(Event::new(at(0), EventKind::Unlock));
        let chain = CHAINS[usize::try_from(hour).expect("an hour") / 4 % 3];
        for (step, usual) in chain.into_iter().enumerate() {
            let name = if random.is_one_in(6) { random.pick(&STRAYS) } else { usual };
            events.push(Event::launch(at(5 + 60 * step as i64), Item::new(name).expect("a name")));
        }
        events.push(Event::new(at(300), EventKind::Lock));
    }
    events
}

/// A phone whose log lies in a folder of its own.
pub(crate) struct Phone {
    folder: tempfile::TempDir,
    pub(crate) engine: Option<Engine>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut phone = Self { folder, engine: None };
        phone.reopen();
        phone
    }

    /// One that has lived the days before today.
    pub(crate) fn with_past(unlocks: usize) -> Self {
        let mut phone = Self::new();
        phone.lives(&routine(1, -(unlocks as i64) / 12 - 2, unlocks));
        phone
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    pub(crate) fn key() -> Key {
        Key::new([7; 32], [9; 16])
    }

    pub(crate) fn reopen(&mut self) {
        self.engine = None;
        self.engine = Some(Engine::open(&self.path(), &Self::key(), Options::default()).expect("opens"));
    }

    pub(crate) fn engine(&mut self) -> &mut Engine {
        self.engine.as_mut().expect("open")
    }

    pub(crate) fn lives(&mut self, events: &[Event]) {
        self.engine().record_all(events).expect("records");
    }

    /// The version of the model that answers; empty: the statistics alone.
    pub(crate) fn version(&self) -> String {
        let model = self.engine.as_ref().expect("open").model().active();
        model.map_or_else(String::new, |model| model.version().to_owned())
    }

    pub(crate) fn active(&mut self) -> Option<Sum> {
        self.engine().sync_status().expect("reads").active
    }

    /// A run up to the rehearsal.
    pub(crate) fn syncs(&mut self, repository: &Repository) -> (Outcome, Vec<String>, Synced) {
        let first = root_file(&root(1));
        let options = SyncOptions { root: &first, channel: CHANNEL, segments: &[] };
        let mut session = self.engine().begin_sync(&options, now()).expect("begins");
        let (outcome, fetched) = repository.serve(&mut session, 4_096);
        let synced = self.engine().end_sync(session).expect("ends");
        assert_eq!(synced.outcome, outcome);
        (outcome, fetched, synced)
    }

    /// A whole run; what was rehearsed, and what came of it.
    pub(crate) fn runs(&mut self, repository: &Repository) -> (Outcome, Option<Conclusion>) {
        let (outcome, _, synced) = self.syncs(repository);
        let conclusion = synced.rehearsal.map(|rehearsal| self.concludes(rehearsal.run(&|| 0)));
        (outcome, conclusion)
    }

    pub(crate) fn concludes(&mut self, rehearsed: Rehearsed) -> Conclusion {
        let conclusion = self.engine().conclude(rehearsed, now()).expect("concludes");
        assert!(self.answers(), "a prediction failed right after a switch");
        conclusion
    }

    /// Whether it ranks something, if there is anything to rank.
    pub(crate) fn answers(&mut self) -> bool {
        let engine = self.engine();
        let is_new = engine.habits().openings() == 0;
        let ranking = engine.predict(&Request::unlock(now()), &|| 0);
        is_new || ranking.predictions.iter().all(|p| p.probability.is_finite()) && !ranking.predictions.is_empty()
    }
}

/// A repository with one release and its bundles.
pub(crate) fn repository(version: u64, files: &[&[u8]], model: Option<&[u8]>, stop: StopRule) -> Repository {
    let mut repository = Repository::of(version, &for_everyone(version, files, model, stop));
    files.iter().for_each(|file| repository.add("bundle", file));
    repository
}
