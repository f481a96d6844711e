//! `foretap bundle inspect`: what is in a bundle.

use std::path::PathBuf;

use foretap_cli::bundle;

use crate::command::output;
use crate::failure::Failure;

/// Shows what is in a bundle; also in one whose model reads other features than this version computes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The bundle.
    #[arg(value_name = "FILE")]
    bundle: PathBuf,
    /// Prints JSON, golden vectors included.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  foretap bundle inspect mlp.bundle
  foretap bundle inspect mlp.bundle --json";

/// Runs the command.
///
/// # Errors
/// If the bundle cannot be read.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = bundle::read(&arguments.bundle)?;
    if arguments.json {
        return output::print(&format!("{:#}\n", bundle::json(&found)));
    }
    output::print(&bundle::table(&found))
}
