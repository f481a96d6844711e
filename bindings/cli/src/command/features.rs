//! `foretap features`: what is known at the moments of a log, for people to read or for training.

use std::path::{Path, PathBuf};

use foretap_cli::explain::{Moments, explain};
use foretap_cli::replay::{Start, StartChoice};
use foretap_cli::training;
use foretap_core::Event;
use foretap_core::habits::Moment;

use super::chosen::{groups, split};
use super::output;
use super::progress::Progress;
use super::source::{Source, find};
use crate::failure::Failure;

/// Writes what a model is trained on, or shows what the core knows of every candidate at one moment.
///
/// The features file holds the mixer's shortlist of each chosen question with the model's features: no item, no place and
/// no date, but the time of day. What `--explain` prints names the person's items; it is printed here and goes nowhere.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Prints one moment's matrix in readable names.
    #[arg(long, required_unless_present = "out", conflicts_with_all = ["out", "weights", "training_queries"])]
    explain: bool,
    /// Writes a features file (Parquet) of everyone: the questions to train on, and those that the protocol scores.
    #[arg(long, value_name = "FILE.parquet", conflicts_with_all = ["user", "moment", "before", "rows"])]
    out: Option<PathBuf>,
    /// The start weights under which the log is played for the features file: shipped, neutral or a table.
    #[arg(long, value_name = "WEIGHTS", default_value = "shipped")]
    weights: StartChoice,
    /// Makes each group of this table (`foretap groups`) a fold of people; by default it is every fifth person.
    #[arg(long, value_name = "GROUPS.tsv", requires = "out")]
    groups: Option<PathBuf>,
    /// At most this many questions of each person and kind of moment to train on, evenly thinned.
    #[arg(long, value_name = "N", default_value_t = 1_200)]
    training_queries: usize,
    /// Whose log; the first in it by default.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
    /// Which kind of moment.
    #[arg(long, value_name = "MOMENT", default_value = "unlock", value_parser = ["next", "unlock", "unlock_or_resume"])]
    moment: String,
    /// The last moment before this opening, counted from 0; of the whole log by default.
    #[arg(long, value_name = "N")]
    before: Option<u64>,
    /// How many candidates to show, the likeliest first.
    #[arg(long, value_name = "N", default_value_t = 10)]
    rows: usize,
}

const EXAMPLES: &str = "Examples:
  foretap features phones.csv.gz --out all.parquet             what `foretap-models prepare` reads
  foretap features phones.csv.gz --out f0.parquet --weights folds/fold_0.tsv
  foretap features month.csv.gz --explain                     the last unlock of the log
  foretap features month.csv.gz --explain --before 100        the last unlock before the hundredth opening
  foretap features phone.txt --explain --moment next --rows 5";

/// Runs the command.
///
/// # Errors
/// If the log cannot be used, or has no such user or moment.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    if let Some(path) = &arguments.out {
        return write(arguments, path);
    }
    let log = arguments.source.read()?;
    let user = match &arguments.user {
        Some(name) => find(&log, name)?,
        None => log.users.first().ok_or_else(|| Failure::Argument(format!("{}: nobody is in it", log.name)))?,
    };
    let moment = Moment::ALL.into_iter().find(|moment| moment.name() == arguments.moment);
    let moment = moment.expect("clap checked the word");
    let wanted = Moments { moment, before: arguments.before.unwrap_or(u64::MAX) };
    let Some(text) = explain(&user.events, wanted, arguments.rows) else {
        let why = format!("{}: {} has no such moment with anything to offer", log.name, user.user);
        return Err(Failure::Argument(why));
    };
    output::print(&format!("{} of {}\n{text}", user.user, log.name))
}

/// Writes the features file.
fn write(arguments: &Arguments, path: &Path) -> Result<(), Failure> {
    output::check(path, &[arguments.source.path()])?;
    let quiet = arguments.source.quiet;
    let log = arguments.source.read()?;
    let start = Start::table(&arguments.weights)?;
    let split = split(groups(arguments.groups.as_deref(), &log)?.as_ref(), &log);
    let people: Vec<&[Event]> = log.users.iter().map(|user| user.events.as_slice()).collect();
    let count: u64 = people.iter().map(|events| events.len() as u64).sum();
    let queries = {
        let bar = Progress::new("writing features", 2 * count, quiet);
        training::write(path, &log.sha256, &people, &split, &start, arguments.training_queries, &|| bar.event())?
    };
    if quiet {
        Ok(())
    } else {
        output::print(&format!("{}: {queries} queries, {} people\n", path.display(), people.len()))
    }
}
