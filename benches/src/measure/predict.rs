//! How long a ranking takes.

use std::time::Instant;

use foretap_core::AnsweredBy;

use crate::Result;
use crate::log_file::LogFile;
use crate::peer::Launcher;
use crate::quantiles::Quantiles;
use crate::report::Figure;
use crate::stopwatch::{Stopwatch, Times, nanoseconds};
use crate::workload::{Workload, questions};

/// A sixteenth of a frame at 120 Hz.
const AT_MOST_NS: u64 = 500_000;
/// The model and the mixing, by the wall clock that the engine is lent.
const INFERENCE_AT_MOST_NS: u64 = 60_000;
/// The peers, which are much slower, are asked at every so many moments.
const PEERS_EVERY: usize = 10;

/// Lives through the days after the history and asks at this many moments, right before the launch that answers.
///
/// # Errors
/// The engine's and SQLite's.
///
/// # Panics
/// If a ranking is not what a launcher shows, or the days are too few.
pub fn predict(workload: &Workload, log: &LogFile, moments: usize) -> Result<Vec<Figure>> {
    let (ours, peers) = (log.copy()?, log.copy()?);
    let (mut engine, launcher) = (ours.engine()?, Launcher::open(&peers.path())?);
    let zero = Instant::now();
    let clock = || nanoseconds(zero);
    let stopwatch = Stopwatch::new();
    let (mut ours_ns, mut frecencies, mut counts) = (Times::default(), Times::default(), Times::default());
    let mut stages: [Vec<u64>; 4] = Default::default();
    let mut recorded = 0;
    for (n, (launch, request)) in questions(&workload.next).take(moments).enumerate() {
        for event in &workload.next[recorded..launch] {
            engine.record(event)?;
            launcher.append(event)?;
        }
        recorded = launch;
        let ranking = stopwatch.time(&mut ours_ns, || engine.predict(&request, &clock));
        let likely: f64 = ranking.predictions.iter().map(|p| p.probability).sum();
        assert!(
            ranking.predictions.len() == 5
                && ranking.answered_by == AnsweredBy::Model
                && likely > 0.0
                && likely < 1.0 + 1e-9,
            "five of many items"
        );
        assert!(ranking.predictions.iter().all(|p| !p.reasons.is_empty()) && !ranking.is_prepared);
        let took = ranking.stages;
        let parts = [took.retrieval_ns, took.features_ns, took.inference_ns, took.formatting_ns];
        stages.iter_mut().zip(parts).for_each(|(stage, ns)| stage.push(ns));
        if n % PEERS_EVERY == 0 {
            let now = workload.next[launch].at;
            assert_eq!(stopwatch.time(&mut frecencies, || launcher.frecency(now))?.len(), 5);
            assert_eq!(stopwatch.time(&mut counts, || launcher.counts())?.len(), 5);
        }
    }
    assert_eq!(ours_ns.own().count(), moments, "the days after the history have too few launches");
    let frecency = Figure::of_times("  SQL: decayed counts of 7 days", &frecencies);
    let count = Figure::of_times("  SQL: counts of all openings", &counts);
    let whole = Figure::of_times("predict", &ours_ns).within("p99", AT_MOST_NS);
    let mut figures = vec![whole.beside(&frecency).beside(&count)];
    for (name, times) in ["retrieval", "features", "inference", "formatting"].into_iter().zip(stages) {
        let figure = Figure::of_quantiles(&format!("  {name}"), &Quantiles::of(times));
        figures.push(if name == "inference" { figure.within("p99", INFERENCE_AT_MOST_NS) } else { figure });
    }
    figures.extend([frecency, count]);
    Ok(figures)
}
