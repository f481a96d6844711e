//! What a run of sync came to, for people and for machines.

use std::fmt;

use foretap_core::sync::{Outcome, Tally};
use foretap_core::{Conclusion, Moment, SyncStatus};
use serde_json::{Value, json};

use crate::hex::hex;
use crate::transport::FetchError;

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    /// How it ended.
    pub outcome: Outcome,
    /// The last file that did not come, and why.
    pub problem: Option<(String, FetchError)>,
    /// What came, in the order in which it did.
    pub fetched: Vec<Fetched>,
    /// What became of the bundle that came, or of the one on trial.
    pub rehearsal: Option<Rehearsal>,
    /// What sync made of the phone so far.
    pub status: SyncStatus,
    /// Name and version of the model that answers; `None`: the statistics answer alone.
    pub model: Option<String>,
}

/// A file of which bytes came, whatever was made of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Below the repository's address.
    pub path: String,
    /// How many bytes came.
    pub bytes: usize,
}

/// A bundle beside the one before it on the phone's own log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehearsal {
    /// How either did.
    pub tally: Tally,
    /// The median time of the bundle's answers, in nanoseconds.
    pub answer_ns: u64,
    /// What it led to.
    pub conclusion: Conclusion,
}

impl Report {
    /// Why the repository was not read to its end: it was not reached, or not believed.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        match (&self.outcome, &self.problem) {
            (Outcome::Refused(refusal), _) => Some(format!("the repository is refused: {refusal}")),
            (Outcome::Unreachable, Some((path, error))) => Some(format!("{path}: {error}")),
            (Outcome::Unreachable, None) => Some("the repository cannot be reached".to_owned()),
            _ => None,
        }
    }

    /// The whole as one object: lengths in bytes, times in microseconds, `null` for what there was not.
    #[must_use]
    pub fn json(&self) -> Value {
        let refusal = match &self.outcome {
            Outcome::Refused(refusal) => Some(refusal.to_string()),
            _ => None,
        };
        let file = |file: &Fetched| json!({ "path": file.path, "bytes": file.bytes });
        let (conclusion, reason) = self.rehearsal.map_or((None, None), |rehearsal| words(rehearsal.conclusion));
        json!({
            "outcome": name(&self.outcome),
            "refusal": refusal,
            "fetched": self.fetched.iter().map(file).collect::<Vec<_>>(),
            "bytes": self.bytes(),
            "release": self.status.release.as_ref().map(|(_, version)| version),
            "conclusion": conclusion,
            "reason": reason,
            "tally": self.rehearsal.map(|rehearsal| tally(&rehearsal.tally)),
            "answer_us": self.rehearsal.map(|rehearsal| rehearsal.answer_ns / 1_000),
            "active": self.status.active.map(|sum| hex(&sum)),
            "on_trial": self.status.is_on_trial,
            "model": self.model,
        })
    }

    fn bytes(&self) -> usize {
        self.fetched.iter().map(|file| file.bytes).sum()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.fetched {
            let kind = file.path.split('/').next().unwrap_or_default();
            writeln!(f, "{:<11} {kind:<9} {:>7} bytes", "fetched", file.bytes)?;
        }
        writeln!(f, "{:<11} {} bytes in {} files", "together", self.bytes(), self.fetched.len())?;
        let release = self.status.release.as_ref();
        let release = release.map_or(String::new(), |(channel, version)| format!(" (release {version} of {channel})"));
        writeln!(f, "{:<11} {}{release}", "outcome", name(&self.outcome))?;
        if let Some(rehearsal) = self.rehearsal {
            let tally = rehearsal.tally;
            for (n, moment) in Moment::ALL.into_iter().enumerate().filter(|(n, _)| tally.answers[*n] > 0) {
                let (answers, hits, before) = (tally.answers[n], tally.hits[n], tally.before[n]);
                writeln!(
                    f,
                    "{:<11} {}: {hits} hits in {answers} answers, {before} before",
                    "rehearsal",
                    moment.name()
                )?;
            }
            writeln!(f, "{:<11} {} us (median)", "answer", rehearsal.answer_ns / 1_000)?;
            let (conclusion, reason) = words(rehearsal.conclusion);
            let reason = reason.map_or(String::new(), |reason| format!(" ({reason})"));
            writeln!(f, "{:<11} {}{reason}", "conclusion", conclusion.unwrap_or_default())?;
        }
        let model = self.model.as_deref().unwrap_or("none, the statistics alone");
        let bundle = self.status.active.map_or_else(|| "the shipped bundle".to_owned(), |sum| hex(&sum));
        let trial = if self.status.is_on_trial { ", on trial" } else { "" };
        writeln!(f, "{:<11} {model} ({bundle}{trial})", "answers now")
    }
}

const fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::UpToDate => "up_to_date",
        Outcome::Withdrawn => "withdrawn",
        Outcome::Fetched => "fetched",
        Outcome::Unusable => "unusable",
        Outcome::GivenBack => "given_back",
        Outcome::Unreachable => "unreachable",
        Outcome::Refused(_) => "refused",
    }
}

/// A conclusion, and the reason where it has one.
const fn words(conclusion: Conclusion) -> (Option<&'static str>, Option<&'static str>) {
    match conclusion {
        Conclusion::Activated => (Some("activated"), None),
        Conclusion::GoesOn => (Some("goes_on"), None),
        Conclusion::Proven => (Some("proven"), None),
        Conclusion::GivenBack(reason) => (Some("given_back"), Some(reason.code())),
        Conclusion::Overtaken => (Some("overtaken"), None),
    }
}

/// For each moment: answers, hits of the bundle before, and hits of the one that was rehearsed.
fn tally(tally: &Tally) -> Value {
    let of_moment = |(n, moment): (usize, Moment)| {
        let counts = json!({ "answers": tally.answers[n], "before": tally.before[n], "hits": tally.hits[n] });
        (moment.name().to_owned(), counts)
    };
    Value::Object(Moment::ALL.into_iter().enumerate().map(of_moment).collect())
}

#[cfg(test)]
mod tests;
