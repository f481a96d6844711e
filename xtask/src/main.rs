//! The one door for developers: `cargo xtask demo`, `test`, `lint`, `isolation`, `accuracy`, `weights`.

mod accuracy;
mod cargo;
mod data;
mod demo;
mod failure;
mod isolation;
mod lint;
mod openssl;
mod step;
mod tally;
mod test;
mod weights;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cargo::Cargo;
use crate::isolation::SourceScan;

/// Foretap's developer commands.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds the command line from source and shows the demo; what follows is handed to `foretap demo`.
    Demo(demo::Arguments),
    /// Runs every test that can run here; the last line is the sum of all runners.
    Test(test::Arguments),
    /// Formatting, clippy, documentation, isolation and, where installed, cargo-deny.
    Lint,
    /// Proves that nothing in the core's dependency tree opens a socket.
    Isolation,
    /// Replays the real logs, prints the tables and writes target/accuracy*.json.
    Accuracy,
    /// Fits the start weights and writes core/data/start_weights.tsv.
    Weights,
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let outcome = Cargo::find().and_then(|cargo| match command {
        Command::Demo(arguments) => demo::run(&cargo, &arguments),
        Command::Test(arguments) => test::run(&cargo, &arguments),
        Command::Lint => lint::run(&cargo),
        Command::Isolation => isolation::run(&cargo, SourceScan::Here),
        Command::Accuracy => accuracy::run(&cargo),
        Command::Weights => weights::run(&cargo),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
