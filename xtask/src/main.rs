//! The one door for developers: `cargo xtask demo`, `test`, `lint`, `isolation`, `accuracy`, `peers`, `bundle`,
//! `kotlin`, `swift`, `sync`, `uploads`, `phone`, `android`.

mod accuracy;
mod android;
mod artifacts;
mod bindings;
mod bundle;
mod cargo;
mod data;
mod demo;
mod failure;
mod files;
mod foretap;
mod isolation;
mod kotlin;
mod lint;
mod openssl;
mod phone;
mod python;
mod served;
mod step;
mod swift;
mod sync;
mod tally;
mod test;
mod uploads;
mod workshop;

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
    /// Trains on the real logs without the people to judge on, replays them, and prints the tables and a verdict.
    ///
    /// Leaves target/accuracy*.json and target/accuracy_summary.txt. Takes most of an hour on two cores, and 7 GB of disk
    /// while it runs. With --split it holds out the phones of one maker, or the logs of one season, at a time. Exit code 1
    /// if a figure is not what is demanded, 2 if a log or python3 >= 3.11 is missing.
    Accuracy(accuracy::Arguments),
    /// Every rule and every learner on UbiqLog in one table, on the same questions to people that none of them saw.
    ///
    /// Leaves target/peers.md and target/peers.json. Learners take hours; one that is done is kept in target/peers/kept. What
    /// follows is handed to `foretap-models peers`, as `--learners mlp lightgbm`; without it there are all learners and the
    /// ensembles that a bundle can hold. 7 GB of disk while it runs. Exit code 2 if the log or python3 >= 3.11 is missing.
    Peers(accuracy::peers::Arguments),
    /// Learns what the core ships anew: core/data/start_weights.tsv and core/data/foretap.bundle.
    ///
    /// The same log gives the same bytes on machines of the same kind. Exit code 2 if the log or python3 >= 3.11 is missing.
    Bundle(bundle::Arguments),
    /// What a machine without a phone can check: types for Android and iOS, and the tests on an emulated ARM processor.
    ///
    /// Installs nothing: what is missing is said and skipped. docs/phones.md lists what to install.
    Phone(phone::Arguments),
    /// Writes the Kotlin bindings to target/kotlin, and builds what the tests load and run, for those who go on with Maven or
    /// an editor.
    Kotlin,
    /// Writes the Swift bindings into bindings/swift/Generated, for those who go on with Xcode or an editor.
    Swift,
    /// Model sync from people to phones in one go: trained, registered, approved, published, fetched by delta over TLS 1.3,
    /// rehearsed, predicted with and rolled back, by the command line, then by the Kotlin and the Swift library.
    ///
    /// Leaves target/sync. Takes some minutes. Exit code 2 if python3 >= 3.11 is missing.
    Sync,
    /// Uploads from people to a retrained model in one go: allowed, used, sealed, shown and sent over TLS 1.3 to the receiver, by the
    /// command line, then by the Kotlin and the Swift library; read from the lake, trained on, and taken back.
    ///
    /// Leaves target/uploads. Takes some minutes. Exit code 2 if python3 >= 3.11 is missing.
    Uploads,
    /// With Android's NDK (ANDROID_NDK_HOME) and Maven: the native libraries in target/jni, and the AAR.
    ///
    /// Exit code 2 if something is missing. docs/phones.md lists the steps.
    Android(android::Arguments),
}

fn main() -> ExitCode {
    let command = Arguments::parse().command;
    let outcome = Cargo::find().and_then(|cargo| match command {
        Command::Demo(arguments) => demo::run(&cargo, &arguments),
        Command::Test(arguments) => test::run(&cargo, &arguments),
        Command::Lint => lint::run(&cargo),
        Command::Isolation => isolation::run(&cargo, SourceScan::Here),
        Command::Accuracy(arguments) => accuracy::run(&cargo, &arguments),
        Command::Peers(arguments) => accuracy::peers::run(&cargo, &arguments),
        Command::Bundle(arguments) => bundle::run(&cargo, &arguments),
        Command::Kotlin => kotlin::generate(&cargo).map(drop),
        Command::Swift => swift::generate(&cargo),
        Command::Sync => sync::run(&cargo),
        Command::Uploads => uploads::run(&cargo),
        Command::Phone(arguments) => phone::run(&cargo, &arguments),
        Command::Android(arguments) => android::run(&cargo, &arguments),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            failure.exit_code()
        }
    }
}
