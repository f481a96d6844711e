//! `foretap health`: whether predictions are still good, and what they rest on.

use std::path::PathBuf;

use foretap_cli::bundle;
use foretap_cli::health::{HealthError, is_seen, of_database, of_events};
use foretap_core::{Health, ModelChoice, Timestamp};
use serde_json::{Value, json};

use super::output;
use super::progress::Progress;
use super::source::{Source, find};
use crate::failure::Failure;

/// Prints how a log, its habits and its predictions are: size, age, resets, hit rates of the last 7 and 30 days beside
/// simple rules, drift, what answered and how long it took.
///
/// A log in a file is played through an engine that predicts at each unlock. A phone's own encrypted log is opened in a
/// copy: nothing is recorded, and the file is not changed. No app and no place is in the report.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES, override_usage = USAGE)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Option<Source>,
    /// Whose log; everyone's by default.
    #[arg(long, value_name = "NAME", conflicts_with = "db")]
    user: Option<String>,
    /// A phone's own encrypted log.
    #[arg(
        long,
        value_name = "FILE",
        requires = "key_file",
        conflicts_with = "Source",
        required_unless_present = "log"
    )]
    db: Option<PathBuf>,
    /// The key and the salt of the encrypted log: 48 bytes in hexadecimal digits.
    #[arg(long, value_name = "FILE", requires = "db")]
    key_file: Option<PathBuf>,
    /// The model of this bundle instead of the shipped one.
    #[arg(long, value_name = "FILE", conflicts_with = "no_model")]
    bundle: Option<PathBuf>,
    /// The statistics alone.
    #[arg(long)]
    no_model: bool,
    /// The moment of the report, in UTC epoch milliseconds; by default the newest event's.
    #[arg(long, value_name = "MS", allow_negative_numbers = true, value_parser = clap::value_parser!(i64).range(0..=Timestamp::MAX_MS))]
    now: Option<i64>,
    /// Prints JSON: shares from 0 to 1, times in nanoseconds.
    #[arg(long)]
    json: bool,
}

const USAGE: &str = "foretap health [OPTIONS] <LOG>
       foretap health [OPTIONS] --db <FILE> --key-file <FILE>";

const EXAMPLES: &str = "Examples:
  foretap health month.csv.gz                         everyone's report at the end of a log
  foretap health phones.csv.gz --user anna --json     one person's, for machines
  foretap health phone.txt --utc-offset-min 60 --no-model
  foretap health --db foretap.db --key-file key.hex   a phone's own log, which is not changed";

/// Runs the command.
///
/// # Errors
/// If the log, its key or the bundle cannot be used, or there is no such user.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let model = match &arguments.bundle {
        Some(path) => ModelChoice::Bundle(bundle::read_bytes(path)?),
        None if arguments.no_model => ModelChoice::Off,
        None => ModelChoice::Shipped,
    };
    match (&arguments.source, &arguments.db, &arguments.key_file) {
        (Some(source), ..) => played(arguments, source, &model),
        (None, Some(db), Some(key_file)) => {
            let health = of_database(db, key_file, &model, arguments.now)?;
            output::print(&if arguments.json {
                text(&json!({ "log": db.display().to_string(), "health": value(&health) }))
            } else {
                format!("{}\n\n{health}", db.display())
            })
        }
        _ => Err(Failure::Argument("a log, or --db and --key-file, is needed".to_owned())),
    }
}

/// The reports of a log's users.
fn played(arguments: &Arguments, source: &Source, model: &ModelChoice) -> Result<(), Failure> {
    let log = source.read()?;
    let users = match &arguments.user {
        Some(name) => std::slice::from_ref(find(&log, name)?),
        None => &log.users,
    };
    let count: u64 = users.iter().map(|user| user.events.len() as u64).sum();
    let reports = {
        let bar = Progress::new("living through the log", count, source.quiet);
        let report = |user: &foretap_cli::logs::UserLog| {
            let health = of_events(&user.events, model, arguments.now, || bar.event())?;
            Ok(health.map(|health| (user.user.clone(), health)))
        };
        users.iter().filter_map(|user| report(user).transpose()).collect::<Result<Vec<_>, Failure>>()?
    };
    let is_seen = is_seen(model, &log.sha256);
    if source.quiet {
        return Ok(());
    }
    output::print(&if arguments.json {
        let user = |(user, health): &(String, Health)| json!({ "user": user, "health": value(health) });
        let users: Vec<Value> = reports.iter().map(user).collect();
        text(&json!({ "log": log.name, "sha256": log.sha256, "model_learned_on_this_log": is_seen, "users": users }))
    } else {
        let note =
            if is_seen { "The model learned on this very log: its hit rates here tell nothing.\n\n" } else { "" };
        let report = |(user, health): &(String, Health)| format!("{user} of {}\n\n{health}", log.name);
        let reports: Vec<String> = reports.iter().map(report).collect();
        format!("{note}{}", reports.join("\n\n"))
    })
}

fn value(health: &Health) -> Value {
    serde_json::to_value(health).expect("a report is plain fields")
}

fn text(value: &Value) -> String {
    format!("{value:#}\n")
}

impl From<HealthError> for Failure {
    fn from(error: HealthError) -> Self {
        match error {
            HealthError::NoFolder(source) => Self::output(&std::env::temp_dir())(source),
            error => Self::Argument(error.to_string()),
        }
    }
}
