//! Prints what each member of a hybrid bundle costs: bytes, and the time of one answer.

use std::path::PathBuf;

use clap::Parser;
use foretap_benches::Result;
use foretap_benches::model::Hybrid;
use foretap_benches::report::Report;

/// Measures one answer of each member of a bundle of format 2 to a full shortlist, in turns.
#[derive(Parser)]
struct Arguments {
    /// The bundle, as `foretap bundle pack` wrote it.
    #[arg(value_name = "FILE.bundle")]
    bundle: PathBuf,
    /// Rounds; each member makes one timed call in each.
    #[arg(long, default_value_t = 2_000)]
    rounds: usize,
    /// Writes everything that is printed as JSON, too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let hybrid = Hybrid::read(&arguments.bundle)?;
    let mut report = Report::default();
    report.about.push(hybrid.about());
    if cfg!(debug_assertions) {
        report.about.push("without optimisation: compare nothing".to_owned());
    }
    report.about.iter().for_each(|line| println!("{line}"));
    report.show(hybrid.figures(arguments.rounds)?);
    arguments.json.map_or(Ok(()), |path| report.write(&path))
}
