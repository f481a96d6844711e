//! `foretap repository delta`: the shorter way from one bundle to another.

use std::path::PathBuf;

use foretap_cli::repository;

use crate::command::output;
use crate::failure::Failure;

/// Makes the delta from one bundle to another, and prints a line of JSON about it: both sums, its length, that of the new
/// bundle, and the share that the one is of the other. It is carried out once before it is written.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The bundle that phones have.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The bundle that they are to have.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Where the delta goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const EXAMPLES: &str = "Examples:
  foretap repository delta old.bundle new.bundle --out new.delta";

/// Runs the command.
///
/// # Errors
/// If a bundle cannot be read, no delta leads to the new one, or it cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[&arguments.old, &arguments.new])?;
    let made = repository::delta(&arguments.old, &arguments.new)?;
    output::write(&arguments.out, &made.file)?;
    output::print(&format!("{}\n", made.json()))
}
