//! Which bundles a phone has, what each is to it, and when it gives one back.
//!
//! A bundle that was fetched waits in the standby slot until it was rehearsed on the phone's own log, then answers on trial
//! beside the last one that proved itself, and is promoted or given back. Nothing here reads a file or a clock.

use super::rollout::StopRule;
use super::session::{End, Outcome};
use super::trust::digest;
use crate::config::{MAX_GIVEN_BACK, PROVEN_ANSWERS, PROVEN_S, PROVEN_STARTS};

/// The SHA-256 sum of a bundle's file.
pub type Sum = [u8; 32];

/// The bundles of a phone that sync brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Slots {
    /// The last that proved itself; `None`: the one that the library ships.
    pub good: Option<Sum>,
    /// The one on trial, which answers.
    pub trial: Option<Trial>,
    /// The one that waits to be rehearsed.
    pub standby: Option<Trial>,
    /// Those that were tried and given back, the oldest first; at most [`MAX_GIVEN_BACK`], beyond which the oldest are forgotten.
    pub given_back: Vec<GivenBack>,
}

/// A bundle that has to prove itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trial {
    /// Its sum.
    pub sha256: Sum,
    /// The arrival number of the newest event when its trial began; 0: there was none.
    pub since_seq: i64,
    /// When that was, seconds since 1970.
    pub since_s: i64,
    /// How often it was loaded by opening the log since.
    pub starts: u32,
    /// When it is given back.
    pub stop: StopRule,
    /// The most microseconds that its median answer may take; 0: no limit but the library's own.
    pub answer_us: u32,
}

/// A bundle that was tried and given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenBack {
    /// Its sum.
    pub sha256: Sum,
    /// Why.
    pub reason: Reason,
}

/// Why a bundle was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// The process ended while it was loaded, more than once.
    Crashed,
    /// It is no bundle that this library runs, or it does not answer as it must.
    Unusable,
    /// Its answers take too long.
    Slow,
    /// On what was opened before it came, it hit less often than the one before.
    Rehearsal,
    /// On what was opened since it answered, it hit less often than the one before would have.
    Trial,
}

impl Reason {
    /// Every reason, in the order of their numbers.
    pub const ALL: [Self; 5] = [Self::Crashed, Self::Unusable, Self::Slow, Self::Rehearsal, Self::Trial];

    /// A lower-case word for tables and machines.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Crashed => "crashed",
            Self::Unusable => "unusable",
            Self::Slow => "slow",
            Self::Rehearsal => "rehearsal",
            Self::Trial => "trial",
        }
    }
}

/// How two bundles did on the same openings, for each of the three moments: how many were answered, and how often what was
/// opened was among the first three.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Answers.
    pub answers: [u64; 3],
    /// Hits of the bundle that proved itself.
    pub before: [u64; 3],
    /// Hits of the one that has to.
    pub hits: [u64; 3],
}

impl Tally {
    /// Whether each moment that has answers has enough of them to say something.
    #[must_use]
    pub fn is_even(&self) -> bool {
        self.answers.iter().all(|answers| *answers == 0 || *answers >= u64::from(PROVEN_ANSWERS))
    }

    /// The answers of the moment that has most of them.
    #[must_use]
    pub fn most_answers(&self) -> u64 {
        self.answers.into_iter().max().unwrap_or(0)
    }
}

impl StopRule {
    /// Whether a bundle loses too much to be kept, at one of the moments or over all of them.
    #[must_use]
    pub fn is_lost(&self, tally: &Tally) -> bool {
        let all = [tally.answers, tally.before, tally.hits].map(|counts| counts.iter().sum());
        let moments = (0..3).map(|moment| [tally.answers[moment], tally.before[moment], tally.hits[moment]]);
        moments.chain([all]).any(|[answers, before, hits]: [u64; 3]| {
            let lost = before.saturating_sub(hits);
            answers >= u64::from(self.least_answers)
                && u128::from(lost) * 10_000 > u128::from(self.most_lost) * u128::from(answers)
        })
    }
}

/// What a trial has come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// There is too little to go by yet.
    GoesOn,
    /// It is as good as the one before, and becomes the one that others have to beat.
    Proven,
    /// It is given back.
    Lost,
}

/// What a rehearsal showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shown {
    /// The bundle that was rehearsed.
    pub trial: Trial,
    /// Whether it has not answered yet.
    pub is_first: bool,
    /// Why it cannot go on, whatever it hits.
    pub refused: Option<Reason>,
    /// How it did.
    pub tally: Tally,
}

/// What a rehearsal led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// The bundle answers now, on trial.
    Activated,
    /// It goes on answering on trial.
    GoesOn,
    /// It has proved itself.
    Proven,
    /// It was given back, and the one before answers.
    GivenBack(Reason),
    /// Another run made something else of it meanwhile.
    Overtaken,
}

impl Trial {
    /// What the openings since it began come to, at `now_s` seconds since 1970.
    #[must_use]
    pub fn verdict(&self, tally: &Tally, now_s: i64) -> Verdict {
        let needed = u64::from(self.stop.least_answers.max(PROVEN_ANSWERS));
        let is_settled = self.starts >= PROVEN_STARTS || now_s.saturating_sub(self.since_s) >= PROVEN_S;
        if self.stop.is_lost(tally) {
            Verdict::Lost
        } else if tally.most_answers() >= needed && tally.is_even() && is_settled {
            Verdict::Proven
        } else {
            Verdict::GoesOn
        }
    }
}

impl Slots {
    /// The bundle that answers; `None`: the one that the library ships.
    #[must_use]
    pub fn active(&self) -> Option<Sum> {
        self.trial.map(|trial| trial.sha256).or(self.good)
    }

    /// What is tried when a log is opened, one after the other; `None`: the bundle that the library ships.
    pub fn in_order(&self) -> impl Iterator<Item = Option<Sum>> + use<> {
        let trial = self.trial.map(|trial| trial.sha256);
        [trial, self.good].into_iter().flatten().map(Some).chain([None])
    }

    /// The bundles that must be kept.
    pub fn kept(&self) -> impl Iterator<Item = Sum> + use<> {
        let (trial, standby) = (self.trial.map(|trial| trial.sha256), self.standby.map(|standby| standby.sha256));
        [self.good, trial, standby].into_iter().flatten()
    }

    /// What a run leaves: a bundle that came waits, unless it is the one that proved itself or the one that `shipped`; those
    /// that were revoked or withdrawn are gone.
    pub fn settle(&mut self, outcome: &Outcome, end: &End, shipped: &Sum) {
        let release = end.trust.release();
        let is_revoked = |sum: &Sum| release.is_some_and(|release| release.is_revoked(sum));
        if end.is_withdrawn {
            self.withdraw();
        }
        self.forget(&is_revoked);
        match end.fetched.as_deref().map(digest) {
            Some(sum) if sum == *shipped => self.withdraw(),
            Some(sum) if self.good == Some(sum) => (self.trial, self.standby) = (None, None),
            Some(sha256) => {
                self.standby = release.and_then(|release| {
                    let (stop, answer_us) = (release.rollout.stop, release.model(&sha256)?.answer_us);
                    Some(Trial { sha256, since_seq: 0, since_s: 0, starts: 0, stop, answer_us })
                });
            }
            None if matches!(outcome, Outcome::Unreachable | Outcome::Refused(_)) => {}
            None => self.standby = None,
        }
    }

    /// What a rehearsal leaves, at `now_s` and after event `since_seq`.
    pub fn conclude(&mut self, shown: &Shown, since_seq: i64, now_s: i64) -> Conclusion {
        let sum = shown.trial.sha256;
        let place = if shown.is_first { self.standby } else { self.trial };
        let conclusion = match (place, shown.refused, shown.is_first) {
            (place, ..) if place.is_none_or(|trial| trial.sha256 != sum) => Conclusion::Overtaken,
            (_, Some(reason), _) => Conclusion::GivenBack(reason),
            (_, None, true) if shown.trial.stop.is_lost(&shown.tally) => Conclusion::GivenBack(Reason::Rehearsal),
            (_, None, true) => Conclusion::Activated,
            (_, None, false) => match shown.trial.verdict(&shown.tally, now_s) {
                Verdict::GoesOn => Conclusion::GoesOn,
                Verdict::Proven => Conclusion::Proven,
                Verdict::Lost => Conclusion::GivenBack(Reason::Trial),
            },
        };
        match conclusion {
            Conclusion::Activated => self.begin_trial(since_seq, now_s),
            Conclusion::Proven => self.promote(),
            Conclusion::GivenBack(reason) => self.give_back(sum, reason),
            Conclusion::GoesOn | Conclusion::Overtaken => {}
        }
        conclusion
    }

    /// The bundle in the standby slot begins its trial, after event `since_seq`, at `now_s`.
    pub fn begin_trial(&mut self, since_seq: i64, now_s: i64) {
        if let Some(standby) = self.standby.take() {
            self.trial = Some(Trial { since_seq, since_s: now_s, starts: 0, ..standby });
        }
    }

    /// The bundle on trial has proved itself.
    pub fn promote(&mut self) {
        if let Some(trial) = self.trial.take() {
            self.good = Some(trial.sha256);
        }
    }

    /// Gives a bundle back, and remembers why.
    pub fn give_back(&mut self, sha256: Sum, reason: Reason) {
        self.forget(&|sum| *sum == sha256);
        self.given_back.retain(|given| given.sha256 != sha256);
        self.given_back.push(GivenBack { sha256, reason });
        let beyond = self.given_back.len().saturating_sub(MAX_GIVEN_BACK);
        self.given_back.drain(..beyond);
    }

    /// Goes back to the bundle that the library ships.
    pub fn withdraw(&mut self) {
        self.forget(&|_| true);
    }

    /// Empties the slots of those bundles.
    pub fn forget(&mut self, which: &dyn Fn(&Sum) -> bool) {
        self.good = self.good.filter(|sum| !which(sum));
        self.trial = self.trial.filter(|trial| !which(&trial.sha256));
        self.standby = self.standby.filter(|standby| !which(&standby.sha256));
    }
}

#[cfg(test)]
mod tests;
