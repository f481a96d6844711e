//! Prints what recording, predicting, opening and staying in memory cost, each beside its budget and its peers. Ends with
//! 1 if a budget is exceeded.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use foretap_benches::Result;
use foretap_benches::log_file::LogFile;
use foretap_benches::measure::{self, Subject};
use foretap_benches::report::Report;
use foretap_benches::workload::{EVENTS, ITEMS, Workload};

/// Moments at which a ranking is asked for.
const MOMENTS: usize = 3_000;
/// Events that are recorded.
const RECORDED: usize = 10_000;
/// Openings of each log.
const OPENED: usize = 25;

/// Measures the spine of Foretap: record, predict, open, memory.
#[derive(Parser)]
struct Arguments {
    /// Writes everything that is printed as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// What a child process measures.
    #[arg(long, hide = true, requires = "log")]
    memory_of: Option<Subject>,
    #[arg(long, hide = true)]
    log: Option<PathBuf>,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let (Some(subject), Some(log)) = (arguments.memory_of, &arguments.log) {
        measure::in_child(subject, log)?;
        return Ok(ExitCode::SUCCESS);
    }
    let workload = Workload::of_events(EVENTS)?;
    assert_eq!((workload.history.len(), workload.items().len()), (EVENTS, ITEMS));
    let log = LogFile::of(&workload)?;
    let mut report = Report::default();
    report.about.push(workload.summary());
    report.about.push(format!("{:.1} MiB of SQLCipher, WAL, synchronous NORMAL", log.bytes()? as f64 / 1_048_576.0));
    if cfg!(debug_assertions) {
        report.about.push("without optimisation: the budgets are for --release".to_owned());
    }
    report.about.iter().for_each(|line| println!("{line}"));
    println!();
    report.show(measure::predict(&workload, &log, MOMENTS)?);
    report.show(measure::record(&workload, &log, RECORDED)?);
    report.show(measure::split(&workload, &log, RECORDED)?);
    report.show(measure::open(&workload, &log, OPENED)?);
    match measure::memory(&std::env::current_exe()?, &log)? {
        Some(figures) => report.show(figures),
        None => println!("skipped: added memory (no /proc/self/status)\n"),
    }
    if let Some(path) = &arguments.json {
        report.write(path)?;
    }
    let over: Vec<&str> = report.over().map(|figure| figure.name.as_str()).collect();
    if over.is_empty() {
        println!("ok: every budget is kept");
        return Ok(ExitCode::SUCCESS);
    }
    println!("OVER: {}", over.join("; "));
    Ok(ExitCode::FAILURE)
}
