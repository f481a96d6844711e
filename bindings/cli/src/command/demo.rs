//! `foretap demo`: a simulated month, then the last day's unlocks as the phone would have met them.

use foretap_cli::demo;

use super::output;
use super::progress::Progress;
use crate::failure::Failure;

/// Lives through a simulated month (work days, week-ends, commutes, notifications, new apps) with an encrypted log in a
/// temporary folder, then shows the last day: at each unlock what was predicted, what was opened, and why.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which person; the same number gives the same month and the same predictions.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many days to live through.
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(2..=366))]
    days: u32,
    /// Prints nothing but errors.
    #[arg(long)]
    quiet: bool,
}

const EXAMPLES: &str = "Examples:
  foretap demo                  the month of person 1
  foretap demo --seed 7         another person
  foretap demo --days 3         how it begins";

/// Runs the command.
///
/// # Errors
/// If the temporary folder or the log in it cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let folder = tempfile::tempdir().map_err(Failure::output(&std::env::temp_dir()))?;
    let demo = {
        let bar = Progress::new("living through the month", u64::from(arguments.days), arguments.quiet);
        demo::run(folder.path(), arguments.seed, arguments.days, || bar.event())?
    };
    if arguments.quiet { Ok(()) } else { output::print(&demo::text(&demo)) }
}
