//! `foretap groups`: which people of a log are alike, so that they can be held out together.

use std::path::PathBuf;

use foretap_cli::groups::{Groups, GroupsError, maker, season};
use foretap_cli::logs::UserLog;

use super::output;
use super::source::Source;
use crate::failure::Failure;

/// Groups the people of a log by the maker of their phone or the season of their log.
///
/// A model that is judged on groups it never saw says how it will do on phones unlike those it knows. Groups of fewer than
/// three people become one, `other`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// What makes people alike.
    ///
    /// maker: who made the phone, by the home screen that the log shows most often (UbiqLog, and home rows of the plain CSV
    /// that name it). season: spring, summer, autumn or winter of the northern half of the earth, in the middle of the log.
    #[arg(long, value_enum)]
    by: By,
    /// Where the table goes.
    #[arg(long, value_name = "FILE.tsv")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum By {
    Maker,
    Season,
}

const EXAMPLES: &str = "Examples:
  foretap groups phones.csv.gz --by maker --out makers.tsv
  foretap weights phones.csv.gz --out all.tsv --folds folds --groups makers.tsv
  foretap replay phones.csv.gz --weights folds --groups makers.tsv --no-model";

/// Runs the command.
///
/// # Errors
/// If the log cannot be used, everyone is of one group, or the table cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[arguments.source.path()])?;
    let log = arguments.source.read()?;
    let word = match arguments.by {
        By::Maker => maker,
        By::Season => season,
    };
    let row = |user: &UserLog| (user.user.clone(), word(user).to_owned());
    let groups = Groups::of(&log.users.iter().map(row).collect::<Vec<_>>());
    let groups = groups.map_err(|fault| GroupsError { path: arguments.source.path().to_owned(), fault })?;
    output::write(&arguments.out, &groups.to_string())?;
    if arguments.source.quiet {
        return Ok(());
    }
    let sizes = groups.names().iter().zip(groups.sizes()).map(|(name, size)| format!("{name} {size}"));
    output::print(&format!("{}: {}\n", arguments.out.display(), sizes.collect::<Vec<_>>().join(", ")))
}
