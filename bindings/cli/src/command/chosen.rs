//! Which start weights and which model a log is played with.

use std::path::{Path, PathBuf};

use foretap_cli::groups::{Groups, GroupsError};
use foretap_cli::logs::Log;
use foretap_cli::replay::{ModelSource, Split, Start, StartChoice, Wanted, most_events_played};
use foretap_core::Event;

use super::progress::Progress;
use crate::failure::Failure;

/// What was learned from other people.
#[derive(Debug, clap::Args)]
pub(crate) struct Chosen {
    /// The start weights: auto, shipped, neutral, leave-user-out, a table, or a folder with a table for each fold.
    ///
    /// What is learned from other people's phones. `leave-user-out` learns it now, for each fifth of the users from the
    /// others; `auto` does that for the log that the shipped weights were learned on, and takes the shipped ones else.
    #[arg(long, value_name = "WEIGHTS", default_value = "auto")]
    weights: StartChoice,
    /// The model of this bundle, and its start weights; the shipped one by default, none on the log it was learned on.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folds", "no_model"])]
    bundle: Option<PathBuf>,
    /// For each fifth of the users the bundle fold_0.bundle to fold_4.bundle of this folder, learned from the others; with
    /// --groups for each group one of its name, as group_htc.bundle.
    #[arg(long, value_name = "DIR", conflicts_with = "no_model")]
    folds: Option<PathBuf>,
    /// Holds each group of this table (`foretap groups`) out together, in place of fifths, and judges each on its own.
    #[arg(long, value_name = "GROUPS.tsv")]
    groups: Option<PathBuf>,
    /// The statistics alone.
    #[arg(long)]
    no_model: bool,
    /// Allows weights and models on the very log they were learned on; the tables say so.
    #[arg(long)]
    allow_seen: bool,
}

impl Chosen {
    /// Reads or learns what was chosen.
    ///
    /// # Errors
    /// If it cannot be used, or was learned on this log.
    pub(crate) fn start(&self, log: &Log, quiet: bool) -> Result<Start, Failure> {
        let events: Vec<&[Event]> = log.users.iter().map(|user| user.events.as_slice()).collect();
        let count = events.iter().map(|events| events.len() as u64).sum();
        let split = split(self.groups(log)?.as_ref(), log);
        let most = most_events_played(count, split.count() as u64);
        let bar = Progress::new("learning start weights", most, quiet);
        let (weights, model) = (self.weights.clone(), self.model());
        let wanted = Wanted { weights, model, split, allow_seen: self.allow_seen };
        Ok(Start::find(wanted, log, &events, &|| bar.event())?)
    }

    /// The groups that were chosen, if any.
    ///
    /// # Errors
    /// If they cannot be read, or are of other people.
    pub(crate) fn groups(&self, log: &Log) -> Result<Option<Groups>, Failure> {
        groups(self.groups.as_deref(), log)
    }

    fn model(&self) -> ModelSource {
        match (&self.bundle, &self.folds, self.no_model) {
            (Some(file), ..) => ModelSource::Bundle(file.clone()),
            (_, Some(folder), _) => ModelSource::Folds(folder.clone()),
            (_, _, true) => ModelSource::Off,
            _ => ModelSource::Auto,
        }
    }
}

/// The groups of a table, where one is named.
///
/// # Errors
/// If they cannot be read, or are of other people than the log.
pub(crate) fn groups(path: Option<&Path>, log: &Log) -> Result<Option<Groups>, Failure> {
    let Some(path) = path else { return Ok(None) };
    let groups = Groups::read(path)?;
    groups.check(log).map_err(|fault| GroupsError { path: path.to_owned(), fault })?;
    Ok(Some(groups))
}

/// The folds of a log's people: the groups, or fifths.
pub(crate) fn split(groups: Option<&Groups>, log: &Log) -> Split {
    groups.map_or_else(|| Split::fifths(log.users.len()), Split::groups)
}
