//! `foretap bundle verify`: whether a bundle can be used.

use std::path::PathBuf;

use foretap_cli::bundle::{self, FurtherCheck};
use foretap_core::Model;

use crate::command::output;
use crate::failure::Failure;

/// Checks a bundle and prints every check, up to the first that fails. Exit code 0: all is well; 1: a check failed.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The bundle.
    #[arg(value_name = "FILE")]
    bundle: PathBuf,
}

const EXAMPLES: &str = "Examples:
  foretap bundle verify mlp.bundle";

/// What is checked beyond reading the bundle.
const FURTHER: [FurtherCheck; 1] =
    [FurtherCheck { name: "schema, graph and golden vectors", run: |bundle| Model::load(bundle).map(drop) }];

/// Runs the command.
///
/// # Errors
/// If the bundle cannot be read, or a check fails.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let findings = bundle::verify(&bundle::read_bytes(&arguments.bundle)?, &FURTHER);
    let lines: String = findings.iter().map(|finding| format!("{finding}\n")).collect();
    output::print(&lines)?;
    if findings.iter().any(|finding| finding.problem.is_some()) {
        return Err(Failure::Unverified { path: arguments.bundle.clone() });
    }
    Ok(())
}
