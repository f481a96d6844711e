//! How long it takes from a closed log to a first ranking.

use foretap_core::Request;

use crate::Result;
use crate::log_file::{AFTER_CHECKPOINT, LogFile};
use crate::peer::Launcher;
use crate::report::Figure;
use crate::stopwatch::{Stopwatch, Times};
use crate::workload::Workload;

/// Added to the start of a launcher, which has some 500 ms until its first frame.
const AT_MOST_NS: u64 = 40_000_000;

/// Opens a log that was closed, and one that a killed process left, and asks; by turns with the launcher's query.
///
/// # Errors
/// The engine's and SQLite's.
///
/// # Panics
/// If a first ranking is empty.
pub fn open(workload: &Workload, log: &LogFile, runs: usize) -> Result<Vec<Figure>> {
    let (recorded, after) = workload.next.split_at(AFTER_CHECKPOINT);
    let killed = log.killed_after(recorded)?;
    let closed = (log, &workload.next[0], "open to first prediction, after a checkpoint".to_owned());
    let name = format!("open to first prediction, {AFTER_CHECKPOINT} events later");
    let stopwatch = Stopwatch::new();
    let mut figures = Vec::new();
    for (log, next, name) in [closed, (&killed, &after[0], name)] {
        let request = Request::unlock(next.at).in_context(next.context.clone());
        let [mut ours, mut peers] = [const { Times::new() }; 2];
        for _ in 0..runs {
            // A log is copied for each run: opening it moves the write-ahead log into the database.
            let (file, other) = (log.copy()?, log.copy()?);
            let (first, engine) = stopwatch.time(&mut ours, || {
                let engine = file.engine()?;
                Ok::<_, Box<dyn std::error::Error>>((engine.predict(&request, &|| 0), engine))
            })?;
            assert_eq!(first.predictions.len(), 5);
            let (shown, launcher) = stopwatch.time(&mut peers, || {
                let launcher = Launcher::open(&other.path())?;
                Ok::<_, Box<dyn std::error::Error>>((launcher.frecency(next.at)?, launcher))
            })?;
            assert_eq!(shown.len(), 5);
            // Closing, which moves the write-ahead log into the database, is not timed.
            drop((engine, launcher));
        }
        let peer = Figure::of_times("  SQL: open and decayed counts of 7 days", &peers);
        figures.push(Figure::of_times(&name, &ours).within("max", AT_MOST_NS).beside(&peer));
        figures.push(peer);
    }
    Ok(figures)
}
