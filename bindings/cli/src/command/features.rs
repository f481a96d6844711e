//! `foretap features`: what is known at one moment of a log, in readable names.

use foretap_cli::explain::{Moments, explain};
use foretap_core::habits::Moment;

use super::output;
use super::source::Source;
use crate::failure::Failure;

/// Shows what the core knows of every candidate at one moment of a log, in readable names. The matrix names the person's
/// items: it is printed here and goes nowhere.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Prints one moment's matrix in readable names.
    #[arg(long, required = true)]
    explain: bool,
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
  foretap features month.csv.gz --explain                     the last unlock of the log
  foretap features month.csv.gz --explain --before 100        the last unlock before the hundredth opening
  foretap features phone.txt --explain --moment next --rows 5";

/// Runs the command.
///
/// # Errors
/// If the log cannot be used, or has no such user or moment.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let log = arguments.source.read()?;
    let user = match &arguments.user {
        Some(name) => log.users.iter().find(|user| user.user == *name).ok_or_else(|| {
            let known = log.users.iter().map(|user| user.user.as_str()).take(5).collect::<Vec<_>>().join(", ");
            let more = if log.users.len() > 5 { ", ..." } else { "" };
            Failure::Argument(format!("{}: nobody is called {name}; known: {known}{more}", log.name))
        })?,
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
