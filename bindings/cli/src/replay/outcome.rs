//! Everything that a replay has to say, before it is written as a table, as JSON or as a page.

use super::by_group::{GroupVerdict, by_group};
use super::playback::Playback;
use super::start::Start;
use super::task::Task;
use super::verdict::Verdict;
use crate::groups::Groups;
use crate::latency::Latency;
use crate::logs::{Format, Log, Problems};

/// What a replay found.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The log's name.
    pub log: String,
    /// SHA-256 of the log, in hex.
    pub sha256: String,
    /// How the log is written.
    pub format: Format,
    /// What became of its rows.
    pub problems: Problems,
    /// How many people are in it.
    pub users: usize,
    /// How many openings, repeats merged.
    pub openings: u64,
    /// Which start weights were used.
    pub weights: String,
    /// Which model, if any.
    pub model: Option<String>,
    /// Whether these were learned on the people of this log.
    pub is_seen: bool,
    /// Whether notifications were left out.
    pub without_notifications: bool,
    /// The seed of the intervals.
    pub seed: u64,
    /// Every task, in order.
    pub verdicts: Vec<Verdict>,
    /// Every task in every group that was held out together; none without groups.
    pub groups: Vec<GroupVerdict>,
    /// How long predictions took.
    pub latency: Latency,
}

impl Outcome {
    /// Judges a playback of a log.
    #[must_use]
    pub fn of(log: Log, start: &Start, playback: Playback, without_notifications: bool, seed: u64) -> Self {
        Self {
            users: playback.people.len(),
            openings: playback.openings(),
            verdicts: Task::ALL.map(|task| Verdict::of(task, &playback.people, start.model.is_some(), seed)).into(),
            groups: Vec::new(),
            latency: playback.latency,
            log: log.name,
            sha256: log.sha256,
            format: log.format,
            problems: log.problems,
            weights: start.name.clone(),
            model: start.model.clone(),
            is_seen: start.is_seen,
            without_notifications,
            seed,
        }
    }
    /// Judges each of these groups on its own as well.
    #[must_use]
    pub fn in_groups(mut self, groups: &Groups) -> Self {
        self.groups = by_group(&self.verdicts, groups, self.seed);
        self
    }
}
