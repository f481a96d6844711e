//! `foretap bundle pack`: a bundle from its parts.

use std::path::PathBuf;

use foretap_cli::bundle;

use crate::command::output;
use crate::failure::Failure;

/// Packs the parts that training wrote into one bundle; the same parts give the same bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The folder with manifest.json, model.onnx, calibration.json, start_weights.tsv and golden.json.
    #[arg(value_name = "PARTS")]
    parts: PathBuf,
    /// Where the bundle goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const EXAMPLES: &str = "Examples:
  foretap bundle pack parts --out mlp.bundle";

/// Runs the command.
///
/// # Errors
/// If a part is missing or not what it must be, or the bundle cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[])?;
    let bytes = bundle::pack(&arguments.parts)?;
    output::write(&arguments.out, &bytes)?;
    output::print(&format!("{}: written\n", arguments.out.display()))
}
