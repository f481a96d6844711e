//! The power is cut after any operation of the store's life; what is left always opens, and holds a state that the log
//! was really in. `FORETAP_FAULTS` multiplies the 6,000 cuts.

use std::path::PathBuf;

use foretap_core::config::{Durability, Retention};
use foretap_core::store::{Key, Opened, Store, StoreOptions};
use foretap_core::{Error, Event};
use foretap_faults::sample::{event, key};
use foretap_faults::{Cut, Damage, Draw, Files, Mount, Operation, factor};

/// Cuts of a usual run.
const CUTS: usize = 6_000;

/// What the log holds at a moment.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    events: Vec<(i64, Event)>,
    checkpoint: Option<(i64, Vec<u8>)>,
}

impl State {
    fn of(store: &Store) -> Result<Self, Error> {
        let mut events = Vec::new();
        store.replay(None, &mut |seq, event| events.push((seq.number(), event.clone())))?;
        Ok(Self { events, checkpoint: store.checkpoint()?.map(|(upto, bytes)| (upto.number(), bytes)) })
    }
}

/// A life of a log: every state it was in, and after which operation of the disk the call that led there returned.
struct Life {
    name: &'static str,
    options: StoreOptions,
    record: Vec<(String, Operation)>,
    states: Vec<(usize, State)>,
    /// The state before which nothing may come back once it is reached: the erased log.
    erased: Option<usize>,
}

/// What is done in a life.
type Steps = fn(&mut Living<'_>, Store);

/// The folder, the disk and the file that lies beside the database on the real disk.
struct Bench {
    mount: Mount,
    folder: tempfile::TempDir,
}

impl Bench {
    fn new(name: &str) -> Self {
        Self { mount: Mount::new(name), folder: tempfile::tempdir().expect("temporary folder") }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("log.db")
    }

    /// Puts the files of a cut in place, and beside them what a fresh start finds on the real disk.
    fn place(&self, files: Files, seal: &[u8]) {
        self.mount.disk().replace(files);
        for mark in ["log.db.suspect", "log.db.erasing"] {
            std::fs::remove_file(self.folder.path().join(mark)).unwrap_or(());
        }
        std::fs::write(self.folder.path().join("log.db.kcv"), seal).expect("writes");
    }
}

/// Lives a life, step by step.
struct Living<'a> {
    bench: &'a Bench,
    life: Life,
    now: State,
}

impl Living<'_> {
    fn done(&mut self) {
        let operations = self.bench.mount.disk().record().len();
        self.life.states.push((operations, self.now.clone()));
    }

    fn append(&mut self, store: &mut Store, n: i64) {
        let seq = store.append(&event(n)).expect("appends").expect("new");
        self.now.events.push((seq.number(), event(n)));
        self.done();
    }

    fn append_all(&mut self, store: &mut Store, numbers: std::ops::Range<i64>) {
        let seqs = store.append_all(&numbers.clone().map(event).collect::<Vec<_>>()).expect("appends");
        self.now.events.extend(seqs.into_iter().zip(numbers).map(|(seq, n)| (seq.expect("new").number(), event(n))));
        self.done();
    }

    /// Closes the log and opens it again, which empties and removes the write-ahead log.
    fn reopen(&self, store: Store) -> Store {
        drop(store);
        let (store, opened) = Store::open(&self.bench.path(), &key(), &self.life.options).expect("opens");
        assert_eq!(opened, Opened::Existing);
        store
    }

    fn save(&mut self, store: &mut Store, bytes: &[u8]) {
        let mut newest = None;
        store.replay(None, &mut |seq, _| newest = Some(seq)).expect("reads");
        let newest = newest.expect("events");
        store.save_checkpoint(newest, bytes).expect("saves");
        self.now.checkpoint = Some((newest.number(), bytes.to_vec()));
        self.done();
    }
}

/// How a log is kept: durability, pages of the write-ahead log, whether the header is in the clear.
type Keeping = (Durability, u32, bool);

fn live(bench: &Bench, name: &'static str, keeping: Keeping, steps: Steps) -> Life {
    let retention = Retention { max_days: 1, max_bytes: u64::MAX, keep_at_least: 20 };
    let (durability, wal_pages, plaintext_header) = keeping;
    let options = StoreOptions { durability, wal_pages, plaintext_header, retention, vfs: Some(bench.mount.name()) };
    bench.mount.disk().replace(Files::new());
    let life = Life { name, options, record: Vec::new(), states: vec![(0, State::default())], erased: None };
    let mut living = Living { bench, life, now: State::default() };
    let (store, opened) = Store::open(&bench.path(), &key(), &living.life.options).expect("opens");
    assert_eq!(opened, Opened::Created);
    steps(&mut living, store);
    living.life.record = bench.mount.disk().record().to_vec();
    living.life
}

fn appending(living: &mut Living<'_>, mut store: Store) {
    // 700 fill the write-ahead log of 1,000 pages more than once.
    let events = if living.life.options.wal_pages < 1_000 { 300 } else { 700 };
    for n in 0..events {
        living.append(&mut store, n);
    }
    assert_eq!(State::of(&store).expect("reads"), living.now, "the model is right");
}

fn everything(living: &mut Living<'_>, mut store: Store) {
    living.append_all(&mut store, 0..500);
    living.save(&mut store, &[1; 30_000]);
    store = living.reopen(store);
    for n in 4_000..4_120 {
        living.append(&mut store, n);
    }
    living.save(&mut store, &[2; 40_000]);
    let deleted = store.purge().expect("purges");
    assert_eq!(deleted, 500, "those of two days before");
    living.now.events.drain(..500);
    living.done();
    for n in 4_120..4_150 {
        living.append(&mut store, n);
    }
    let before: Vec<Event> = (3_900..3_960).map(event).collect();
    let added = store.backfill(&before, |_| Ok(vec![3; 35_000])).expect("backfills");
    assert_eq!(added, before.len());
    let from = living.now.events.last().expect("events").0 + 1;
    living.now.events.extend((from..).zip(before));
    living.now.checkpoint = living.now.events.last().map(|&(newest, _)| (newest, vec![3; 35_000]));
    living.done();
    store = living.reopen(store);
    living.append_all(&mut store, 4_150..4_200);
    assert_eq!(State::of(&store).expect("reads"), living.now, "the model is right");
    store.erase().expect("erases");
    living.now = State::default();
    living.done();
    living.life.erased = Some(living.life.states.len() - 1);
}

/// What the cuts of a life came to.
#[derive(Debug, Default)]
struct Count {
    cuts: usize,
    unopenable: usize,
    /// Cuts after which an acknowledged call was gone.
    behind: usize,
    /// The most acknowledged events that one cut lost.
    most_events_lost: usize,
    not_a_state: usize,
}

impl Count {
    fn add(&mut self, other: &Self) {
        self.cuts += other.cuts;
        self.unopenable += other.unopenable;
        self.behind += other.behind;
        self.most_events_lost = self.most_events_lost.max(other.most_events_lost);
        self.not_a_state += other.not_a_state;
    }
}

/// Opens what a cut left and judges it; the operations of the opening, for a second cut in the middle of them.
fn judge(bench: &Bench, life: &Life, cut_at: usize, what: &str, count: &mut Count) -> Vec<(String, Operation)> {
    count.cuts += 1;
    let opened = Store::open(&bench.path(), &key(), &life.options);
    let (mut store, recovered) = match opened.and_then(|(store, opened)| Ok((State::of(&store)?, store, opened))) {
        Ok((state, store, Opened::Created | Opened::Existing)) => (store, state),
        other => {
            count.unopenable += 1;
            println!("{}: {what} at {cut_at}: {other:?}", life.name);
            return Vec::new();
        }
    };
    let record = bench.mount.disk().record().to_vec();
    // The last call that had returned, and one more that may have been under way.
    let returned = life.states.partition_point(|(operations, _)| *operations <= cut_at) - 1;
    let reached = life.states[..life.states.len().min(returned + 2)].iter().rposition(|(_, state)| *state == recovered);
    match reached {
        None => {
            count.not_a_state += 1;
            println!("{}: {what} at {cut_at}: {} events are no state of the log", life.name, recovered.events.len());
        }
        Some(reached) => {
            if reached < returned && life.states[returned].1 != recovered {
                count.behind += 1;
                let lost =
                    life.states[returned].1.events.iter().filter(|event| !recovered.events.contains(event)).count();
                count.most_events_lost = count.most_events_lost.max(lost);
                assert!(
                    life.erased.is_none_or(|erased| returned < erased),
                    "{what} at {cut_at}: erased events came back"
                );
            }
        }
    }
    assert!(store.append(&event(1_000_000)).expect("the log goes on").is_some());
    record
}

fn cut_everywhere(bench: &Bench, life: &Life, cuts: usize, seed: u64) -> Count {
    let mut count = Count::default();
    let mut draw = Draw::new(seed);
    let seal = std::fs::read(bench.path().with_extension("db.kcv")).unwrap_or_else(|_| seal());
    let points = cuts / Damage::ALL.len();
    let mut cut = Cut::default();
    for n in 0..=life.record.len() {
        if let Some((name, operation)) = n.checked_sub(1).map(|done| &life.record[done]) {
            cut.step(name, operation);
        }
        // As many of the points as fall to this operation, evenly.
        let share = |n: usize| n * points / (life.record.len() + 1);
        for _ in share(n)..share(n + 1) {
            for damage in Damage::ALL {
                let files = cut.files(damage, &mut draw);
                bench.place(files.clone(), &seal);
                let record = judge(bench, life, n, &format!("{damage:?}"), &mut count);
                if draw.one_in(10) && !record.is_empty() {
                    let mut again = Cut::from(files);
                    for (name, operation) in &record[..draw.below(record.len())] {
                        again.step(name, operation);
                    }
                    let second = Damage::ALL[draw.below(Damage::ALL.len())];
                    bench.place(again.files(second, &mut draw), &seal);
                    judge(bench, life, n, &format!("{damage:?}, then {second:?}"), &mut count);
                }
            }
        }
    }
    count
}

/// The check value of the key, as the store writes it.
fn seal() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    Store::open(&path, &key(), &StoreOptions::default()).expect("opens");
    std::fs::read(path.with_extension("db.kcv")).expect("it lies beside")
}

#[test]
fn a_power_cut_leaves_a_log_that_opens_and_was_once_so() {
    let bench = Bench::new("power-cut");
    let (mut normal, mut full) = (Count::default(), Count::default());
    let lives: [(&str, Keeping, Steps); 6] = [
        ("appends, NORMAL, 8 pages", (Durability::Normal, 8, false), appending),
        ("appends, NORMAL, 1,000 pages", (Durability::Normal, 1_000, false), appending),
        ("appends, FULL, 8 pages", (Durability::Full, 8, false), appending),
        ("everything, NORMAL, 16 pages", (Durability::Normal, 16, false), everything),
        ("everything, FULL, 16 pages", (Durability::Full, 16, false), everything),
        ("everything, FULL, 16 pages, plaintext header", (Durability::Full, 16, true), everything),
    ];
    for (seed, (name, keeping, steps)) in (0..).zip(lives) {
        let life = live(&bench, name, keeping, steps);
        let count = cut_everywhere(&bench, &life, CUTS / 6 * factor(), seed);
        println!("{name}: {} operations, {count:?}", life.record.len());
        if keeping.0 == Durability::Full { &mut full } else { &mut normal }.add(&count);
    }
    let mut all = Count::default();
    all.add(&normal);
    all.add(&full);
    println!("cuts {}", all.cuts);
    println!("unopenable {}", all.unopenable);
    println!("not a state of the log {}", all.not_a_state);
    println!("lost under FULL {}", full.behind);
    println!("most events lost under NORMAL {}", normal.most_events_lost);
    assert!(all.cuts >= CUTS);
    assert_eq!((all.unopenable, all.not_a_state, full.behind), (0, 0, 0));
}

#[test]
fn a_disk_that_lies_about_syncing_is_found_out() {
    let bench = Bench::new("lying-disk");
    bench.mount.disk().start_lying();
    let life = live(&bench, "appends on a lying disk", (Durability::Full, 8, false), appending);
    let mut cut = Cut::default();
    for (name, operation) in &life.record {
        cut.step(name, operation);
    }
    bench.place(cut.files(Damage::Dropped, &mut Draw::new(1)), &seal());
    let mut count = Count::default();
    judge(&bench, &life, life.record.len(), "Dropped", &mut count);
    assert_eq!((count.behind, count.most_events_lost), (1, 300));
}

#[test]
fn a_power_cut_while_an_old_log_is_opened_loses_nothing() {
    // One database of every released schema: opening it migrates it to the newest.
    let released: [(&[u8], bool, usize); 2] = [
        (include_bytes!("../../tests/vectors/schema-1.sqlcipher"), false, 40),
        (include_bytes!("../../tests/vectors/schema-2-plain.sqlcipher"), true, 40),
    ];
    let bench = Bench::new("migration");
    let mut cuts = 0;
    for (bytes, plaintext_header, events) in released {
        let options = StoreOptions { vfs: Some(bench.mount.name()), plaintext_header, ..StoreOptions::default() };
        let open = || Store::open(&bench.path(), &Key::new([1; 32], [0xfe; 16]), &options);
        let start = Files::from([(bench.path().to_string_lossy().into_owned(), bytes.to_vec())]);
        bench.mount.disk().replace(start.clone());
        let (mut store, _) = open().expect("opens");
        store.append(&event(1)).expect("appends");
        drop(store);
        let record = bench.mount.disk().record().to_vec();
        let mut cut = Cut::from(start);
        for n in 0..=record.len() {
            if let Some((name, operation)) = n.checked_sub(1).map(|done| &record[done]) {
                cut.step(name, operation);
            }
            for damage in Damage::ALL {
                bench.mount.disk().replace(cut.files(damage, &mut Draw::new(n as u64)));
                let (store, opened) = open().expect("opens");
                assert_eq!(opened, Opened::Existing, "{damage:?} at {n}");
                let found = State::of(&store).expect("reads");
                assert!([events, events + 1].contains(&found.events.len()), "{damage:?} at {n}");
                assert!(found.checkpoint.is_some(), "{damage:?} at {n}");
                cuts += 1;
            }
        }
    }
    println!("migrations: cuts {cuts}");
}
