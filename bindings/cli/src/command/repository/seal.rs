//! `foretap repository seal`: a signed file from what was signed and its signatures.

use std::path::PathBuf;

use foretap_cli::repository::{self, Signature};

use crate::command::output;
use crate::failure::Failure;

/// Puts what was signed and signatures together; a signature that is not one of these bytes is refused. Whether there are
/// enough is for whoever reads the file: a root may want signatures of two sets of keys.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The bytes that `encode` wrote.
    #[arg(value_name = "TO_SIGN")]
    to_sign: PathBuf,
    /// A public key and its signature, in hexadecimal digits; as often as there are signatures.
    #[arg(long = "signature", value_name = "KEY:SIGNATURE", required = true)]
    signatures: Vec<Signature>,
    /// Where the signed file goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

const EXAMPLES: &str = "Examples:
  foretap repository seal root.to-sign --signature $KEY_1:$SIGNATURE_1 --signature $KEY_2:$SIGNATURE_2 --out root/1";

/// Runs the command.
///
/// # Errors
/// If the bytes cannot be used, a signature is wrong, or the file cannot be written.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[&arguments.to_sign])?;
    let file = repository::seal(&arguments.to_sign, &arguments.signatures)?;
    output::write(&arguments.out, &file)?;
    output::print(&format!("{}: written, {} bytes\n", arguments.out.display(), file.len()))
}
