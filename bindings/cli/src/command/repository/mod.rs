//! `foretap repository`: what a publisher of models does besides signing.

mod delta;
mod encode;
mod seal;
mod show;

use clap::Subcommand;
use foretap_core::sync::Role;

use crate::failure::Failure;

/// Writes what is to be signed, puts signatures to it, shows signed files, makes deltas: the parts of a repository of models,
/// which `foretap sync` and phones fetch from. Keys stay with whoever signs.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Encode(encode::Arguments),
    Seal(seal::Arguments),
    Show(show::Arguments),
    Delta(delta::Arguments),
}

const EXAMPLES: &str = "Examples:
  foretap repository encode release release.json --out release.to-sign
  foretap repository seal release.to-sign --signature $KEY:$SIGNATURE --out release.signed
  foretap repository show release.signed
  foretap repository delta old.bundle new.bundle --out new.delta

A repository is a folder of static files: timestamp, root/N, release/SHA-256, bundle/SHA-256 and delta/SHA-256, each sum that
of the file itself.";

/// Runs the command.
///
/// # Errors
/// If a file cannot be read or written, or is not what it must be.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.command {
        Command::Encode(arguments) => encode::run(arguments),
        Command::Seal(arguments) => seal::run(arguments),
        Command::Show(arguments) => show::run(arguments),
        Command::Delta(arguments) => delta::run(arguments),
    }
}

/// The kind of signed file with this name.
fn role(name: &str) -> Result<Role, String> {
    let found = Role::ALL.into_iter().find(|role| role.name() == name);
    found.ok_or_else(|| "must be root, release or timestamp".to_owned())
}
