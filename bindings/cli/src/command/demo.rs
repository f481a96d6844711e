//! `foretap demo`: a simulated month as the phone would have met it.

use std::path::PathBuf;

use foretap_cli::demo;

use super::output;
use super::progress::Progress;
use crate::failure::Failure;

/// Lives through a simulated month (work days, week-ends, commutes, notifications, new apps) with an encrypted log in a
/// temporary folder, predicting at every unlock, then shows the last day: what was predicted, what was opened, and why.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which person; the same number gives the same month and the same predictions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days to live through.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..=366))]
    days: u32,
    /// Writes a report with charts: one HTML page that needs nothing else.
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
    /// Prints nothing but errors.
    #[arg(long)]
    quiet: bool,
}

const EXAMPLES: &str = "Examples:
  foretap demo                         the month of person 1
  foretap demo --report month.html     with charts of how it learns
  foretap demo --seed 7                another person
  foretap demo --days 3                how it begins";

/// Runs the command.
///
/// # Errors
/// If the temporary folder, the log in it or the report cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    arguments.report.iter().try_for_each(|path| output::check(path, &[]))?;
    let folder = tempfile::tempdir().map_err(Failure::output(&std::env::temp_dir()))?;
    let demo = {
        let bar = Progress::new("living through the month", u64::from(arguments.days), arguments.quiet);
        demo::run(folder.path(), arguments.seed, arguments.days, || bar.event())?
    };
    let mut text = demo::text(&demo);
    if let Some(path) = &arguments.report {
        output::write(path, &demo::html(&demo))?;
        text += &format!("Report with charts: {}\n", path.display());
    }
    if arguments.quiet { Ok(()) } else { output::print(&text) }
}
