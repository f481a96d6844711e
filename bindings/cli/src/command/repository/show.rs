//! `foretap repository show`: what a signed file says.

use std::path::PathBuf;

use foretap_cli::repository;

use crate::command::output;
use crate::failure::Failure;

/// Prints a signed file as the JSON that `encode` reads, with its role and the ids of the keys that it says it is signed by.
/// Nothing is verified, but whether a root is signed by its own keys.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// A root, a release or a timestamp.
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

const EXAMPLES: &str = "Examples:
  foretap repository show root/1
  foretap repository show timestamp";

/// Runs the command.
///
/// # Errors
/// If the file cannot be used.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::print(&format!("{:#}\n", repository::show(&arguments.file)?))
}
