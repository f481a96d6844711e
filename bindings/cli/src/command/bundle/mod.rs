//! `foretap bundle`: model bundles.

mod inspect;
mod pack;
mod verify;

use clap::Subcommand;

use crate::failure::Failure;

/// Packs, shows and checks model bundles: the one file that a trained model ships as.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Pack(pack::Arguments),
    Inspect(inspect::Arguments),
    Verify(verify::Arguments),
}

const EXAMPLES: &str = "Examples:
  foretap bundle pack parts --out mlp.bundle    from the folder that training wrote
  foretap bundle inspect mlp.bundle             what is in it
  foretap bundle verify mlp.bundle              whether it can be used";

/// Runs the command.
///
/// # Errors
/// If a file cannot be read or written, or is not what it must be.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Pack(arguments) => pack::run(arguments),
        Command::Inspect(arguments) => inspect::run(arguments),
        Command::Verify(arguments) => verify::run(arguments),
    }
}
