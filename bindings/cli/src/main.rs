//! `foretap`: the command line.

mod command;
mod failure;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Foretap predicts which app a person opens next, on the phone alone. This tool plays logs back against it.
#[derive(Parser)]
#[command(name = "foretap", version, after_help = EXAMPLES, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Bundle(command::bundle::Arguments),
    Demo(command::demo::Arguments),
    Features(command::features::Arguments),
    Groups(command::groups::Arguments),
    Health(command::health::Arguments),
    Judge(command::judge::Arguments),
    Lake(command::lake::Arguments),
    Log(command::log::Arguments),
    Replay(command::replay::Arguments),
    Repository(command::repository::Arguments),
    Slots(command::slots::Arguments),
    Sync(command::sync::Arguments),
    Upload(command::upload::Arguments),
    Weights(command::weights::Arguments),
}

const EXAMPLES: &str = "Examples:
  foretap demo --report demo.html                    a simulated person's month, and what is predicted on its last day
  foretap replay month.csv.gz --report month.html    how good predictions would have been, with charts
  foretap health month.csv.gz                        whether predictions are still good at the log's end, and what drifts
  adb shell dumpsys usagestats > phone.txt           the log of your own phone (developer options needed) ...
  foretap replay phone.txt --utc-offset-min 60       ... played back

`foretap help <command>` tells more. Exit code 2: a bad log, bundle or argument; 3: a server that `sync` or `upload`
needs was not reached or not believed; 1: anything else.";

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Bundle(arguments) => command::bundle::run(&arguments),
        Command::Demo(arguments) => command::demo::run(&arguments),
        Command::Features(arguments) => command::features::run(&arguments),
        Command::Groups(arguments) => command::groups::run(&arguments),
        Command::Health(arguments) => command::health::run(&arguments),
        Command::Judge(arguments) => command::judge::run(&arguments),
        Command::Lake(arguments) => command::lake::run(&arguments),
        Command::Log(arguments) => command::log::run(&arguments),
        Command::Replay(arguments) => command::replay::run(&arguments),
        Command::Repository(arguments) => command::repository::run(&arguments),
        Command::Slots(arguments) => command::slots::run(&arguments),
        Command::Sync(arguments) => command::sync::run(&arguments),
        Command::Upload(arguments) => command::upload::run(&arguments),
        Command::Weights(arguments) => command::weights::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("foretap: {failure}");
            failure.exit_code()
        }
    }
}
