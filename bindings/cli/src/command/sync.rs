//! `foretap sync`: a run of model sync on an encrypted log.

use std::path::PathBuf;
use std::time::Instant;

use foretap_cli::{key_file, sync, transport};
use foretap_core::{Engine, Options, SyncOptions, SyncStartError, Timestamp};

use super::{log, output};
use crate::failure::Failure;

/// Fetches the model that a phone with this log is to have, rehearses it on the log and lets it answer on trial; or judges
/// the one that is on trial. What it does is what a phone does, with the same checks.
///
/// Exit code 0: the repository was read to its end, whatever came of it; 3: it was not reached, or not believed, and nothing of
/// it was taken in that is not right; a model on trial is judged all the same.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The repository: a folder, or https://HOST/PATH/ on a server with TLS 1.3.
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The encrypted log.
    #[arg(long, value_name = "FILE")]
    db: PathBuf,
    /// The key and the salt of the log: 48 bytes in hexadecimal digits.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The first root, with which trust begins; a later one that was fetched counts in its place.
    #[arg(long, value_name = "FILE")]
    root: PathBuf,
    /// Which releases to follow.
    #[arg(long, value_name = "NAME", default_value = "stable")]
    channel: String,
    /// A segment that the phone belongs to; as often as there are some.
    #[arg(long = "segment", value_name = "NAME")]
    segments: Vec<String>,
    /// The time of the run, in seconds since 1970; by default the clock's.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(i64).range(0..=Timestamp::MAX_MS / 1_000))]
    at: Option<i64>,
    /// Certificates as PEM of the only authorities that may vouch for the server; by default those that the system trusts.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Prints JSON: lengths in bytes, times in microseconds.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  foretap sync repository --db me.db --key-file key.hex --root repository/root/1
  foretap sync https://models.example.org/ --db me.db --key-file key.hex --root root.1 --channel beta --segment tablets --json";

/// Runs the command.
///
/// # Errors
/// If the log, its key, the root or the address cannot be used; if the repository was not reached, or not believed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let db = &arguments.db;
    log::must_be_there(db)?;
    let key = key_file::read(&arguments.key_file)?;
    let root = std::fs::read(&arguments.root)
        .map_err(|error| Failure::Argument(format!("{}: cannot be read: {error}", arguments.root.display())))?;
    let transport = transport::to(&arguments.address, arguments.ca_file.as_deref())?;
    let mut engine = Engine::open(db, &key, Options::default())?;
    log::tell_surprise(&engine, db);
    let now = Timestamp::new(arguments.at.map_or_else(log::clock_ms, |at_s| at_s * 1_000), 0)?;
    let options = SyncOptions { root: &root, channel: &arguments.channel, segments: &arguments.segments };
    let session = engine.begin_sync(&options, now).map_err(|error| match error {
        SyncStartError::Log(error) => error.into(),
        error => Failure::Argument(format!("{}: {error}", arguments.root.display())),
    })?;
    let begun = Instant::now();
    let clock_ns = || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let report = sync::run(&mut engine, session, &*transport, now, &clock_ns)?;
    output::print(&if arguments.json { format!("{:#}\n", report.json()) } else { report.to_string() })?;
    report.failure().map_or(Ok(()), |reason| Err(Failure::NotSynced { address: arguments.address.clone(), reason }))
}
