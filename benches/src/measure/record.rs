//! How long storing an event and learning from it takes.

use foretap_core::store::{Store, StoreOptions};
use foretap_core::{Key, Recorded};
use tempfile::TempDir;

use crate::Result;
use crate::log_file::{KEY, LogFile};
use crate::peer::{BareTable, Numbers};
use crate::report::Figure;
use crate::stopwatch::{Stopwatch, Times};
use crate::workload::{Workload, opened};

/// `record` may run on the thread that draws.
const AT_MOST_NS: u64 = 300_000;

/// Records events one by one, by turns with a bare table that holds as many rows.
///
/// # Errors
/// The engine's and SQLite's.
///
/// # Panics
/// If an event is not stored, or there are too few.
pub fn record(workload: &Workload, log: &LogFile, events: usize) -> Result<Vec<Figure>> {
    let (ours, folder) = (log.copy()?, TempDir::new()?);
    let mut engine = ours.engine()?;
    let mut numbers = Numbers::default();
    let history = workload.history.iter().map(|event| numbers.row(event));
    let bare = BareTable::create(&folder.path().join("bare.db"), history)?;
    let before = engine.stats()?.events;
    let stopwatch = Stopwatch::new();
    let [mut all, mut launches, mut rest, mut bares] = [const { Times::new() }; 4];
    let mut stored = 0;
    for (n, event) in workload.next[..events].iter().enumerate() {
        let row = numbers.row(event);
        if n % 2 == 0 {
            stopwatch.time(&mut bares, || bare.append(&row))?;
        }
        let is_new = stopwatch.time(&mut all, || engine.record(event))? == Recorded::Stored;
        stored += u64::from(is_new);
        if n % 2 == 1 {
            stopwatch.time(&mut bares, || bare.append(&row))?;
        }
        if opened(event).is_some() { &mut launches } else { &mut rest }.copy_last(&all);
    }
    assert_eq!(engine.stats()?.events, before + stored, "what was stored is in the log");
    assert!(stored as f64 > 0.99 * events as f64, "{stored} of {events} were new");
    assert_eq!(bare.rows()?, (workload.history.len() + events) as u64);
    let bare = Figure::of_times("  SQL: bare insert", &bares);
    Ok(vec![
        Figure::of_times("record", &all).within("p99", AT_MOST_NS).beside(&bare),
        Figure::of_times("  launches", &launches),
        Figure::of_times("  other events", &rest),
        bare,
    ])
}

/// The two halves of `record` apart: storing, and learning.
///
/// # Errors
/// The engine's.
pub fn split(workload: &Workload, log: &LogFile, events: usize) -> Result<Vec<Figure>> {
    let known = log.copy()?.engine()?;
    let mut habits = known.habits().clone();
    let ours = log.copy()?;
    let (mut store, _) = Store::open(&ours.path(), &Key::new(KEY.0, KEY.1), &StoreOptions::default())?;
    let stopwatch = Stopwatch::new();
    let [mut appends, mut applies] = [const { Times::new() }; 2];
    for event in &workload.next[..events] {
        stopwatch.time(&mut appends, || store.append(event))?;
        stopwatch.time(&mut applies, || habits.apply(event, known.model().corrector()));
    }
    let (storing, learning) = (appends.own().sum(), applies.own().sum());
    let share = 100 * learning / (storing + learning).max(1);
    Ok(vec![
        Figure::of_times("record, apart: store", &appends),
        Figure::of_times(&format!("record, apart: learn ({share} % of the time)"), &applies),
    ])
}
