//! `foretap weights`: learns the start weights that the core ships.

use std::path::{Path, PathBuf};

use foretap_cli::replay::{FOLDS, MIN_OPENINGS, ROUNDS, learn_folds, learn_from_all, most_events_played};
use foretap_core::Event;
use foretap_core::habits::StartWeights;

use super::chosen::{groups, split};
use super::output;
use super::progress::Progress;
use super::source::Source;
use crate::failure::Failure;

/// Learns start weights, what people have in common, from everyone in a log; the same log gives the same bytes.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    source: Source,
    /// Where the table goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A folder for five more tables, fold_0.tsv to fold_4.tsv, each learned without a fifth of the users; with --groups
    /// one for each group.
    #[arg(long, value_name = "DIR")]
    folds: Option<PathBuf>,
    /// Holds each group of this table (`foretap groups`) out in place of fifths: group_htc.tsv is learned without htc.
    #[arg(long, value_name = "GROUPS.tsv", requires = "folds")]
    groups: Option<PathBuf>,
}

const EXAMPLES: &str = "Examples:
  foretap weights phones.csv.gz --out start_weights.tsv
  foretap weights phones.csv.gz --out all.tsv --folds folds && foretap replay phones.csv.gz --weights folds
  foretap weights phones.csv.gz --out all.tsv --folds folds --groups makers.tsv";

/// Runs the command.
///
/// # Errors
/// If the log cannot be used or teaches nothing, or a file cannot be written.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    output::check(&arguments.out, &[arguments.source.path()])?;
    let quiet = arguments.source.quiet;
    let log = arguments.source.read()?;
    let groups = groups(arguments.groups.as_deref(), &log)?;
    let split = split(groups.as_ref(), &log);
    let people: Vec<&[Event]> = log.users.iter().map(|user| user.events.as_slice()).collect();
    let count: u64 = people.iter().map(|events| events.len() as u64).sum();
    let command = format!("foretap weights {}", log.name);
    let learned = {
        let bar = Progress::new("learning from everyone", count * ROUNDS as u64, quiet);
        learn_from_all(&people, &log.sha256, &|| bar.event())
    };
    if learned.learned_on().is_empty() {
        let why = format!("nobody in {} has the {MIN_OPENINGS} openings that it takes to learn from", log.name);
        return Err(Failure::Argument(why));
    }
    let what = format!("Start weights, learned in {ROUNDS} rounds from everyone with {MIN_OPENINGS} openings or more.");
    output::write(&arguments.out, &file(&what, &command, &learned))?;
    if let Some(folder) = &arguments.folds {
        std::fs::create_dir_all(folder).map_err(Failure::output(folder))?;
        let bar = Progress::new("learning without each fold", most_events_played(count, split.count() as u64), quiet);
        let folds = learn_folds(&people, &split, &log.sha256, &|| bar.event());
        for (fold, (learned, word)) in folds.iter().zip(split.words()).enumerate() {
            let what = match &groups {
                None => format!("{what} Without user {fold} of each {FOLDS} in the order of names, from 0."),
                Some(groups) => format!("{what} Without the users of group {}.", groups.names()[fold]),
            };
            let command = format!("{command} --folds{}", if groups.is_some() { " --groups" } else { "" });
            output::write(&folder.join(format!("{word}.tsv")), &file(&what, &command, learned))?;
        }
    }
    if quiet { Ok(()) } else { output::print(&format!("{}: written\n", Path::new(&arguments.out).display())) }
}

fn file(what: &str, command: &str, learned: &StartWeights) -> String {
    format!("# {what}\n# Made by: {command}\n# moment, expert or rank, weight or share\n{learned}")
}
