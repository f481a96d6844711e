//! Which start weights and which model a log is played with.

use std::path::PathBuf;

use foretap_cli::logs::Log;
use foretap_cli::replay::{ModelSource, Start, StartChoice, most_events_played};
use foretap_core::Event;

use super::progress::Progress;
use crate::failure::Failure;

/// What was learned from other people.
#[derive(Debug, clap::Args)]
pub(crate) struct Chosen {
    /// The start weights: auto, shipped, neutral, leave-user-out, a table, or a folder with fold_0.tsv to fold_4.tsv.
    ///
    /// What is learned from other people's phones. `leave-user-out` learns it now, for each fifth of the users from the
    /// others; `auto` does that for the log that the shipped weights were learned on, and takes the shipped ones else.
    #[arg(long, value_name = "WEIGHTS", default_value = "auto")]
    weights: StartChoice,
    /// The model of this bundle, and its start weights; the shipped one by default, none on the log it was learned on.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["folds", "no_model"])]
    bundle: Option<PathBuf>,
    /// For each fifth of the users the bundle fold_0.bundle to fold_4.bundle of this folder, learned from the others.
    #[arg(long, value_name = "DIR", conflicts_with = "no_model")]
    folds: Option<PathBuf>,
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
        let bar = Progress::new("learning start weights", most_events_played(count), quiet);
        Ok(Start::find(&self.weights, &self.model(), log, &events, self.allow_seen, &|| bar.event())?)
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
