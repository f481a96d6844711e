//! Model sync on an engine: a run begins with what the phone trusts and has, and ends with what it is to trust and to have.
//!
//! Whoever runs it has the network. A bundle that came is first rehearsed on the phone's own log, away from the engine, which
//! answers meanwhile with the one before; then it answers on trial, and later runs promote it or give it back.

use super::Engine;
use super::loading;
use super::rehearsal::{Rehearsal, Rehearsed};
use crate::config::{MAX_LOAD_ATTEMPTS, REHEARSAL_EVENTS};
use crate::error::{Error, Result};
use crate::features::schema_hash;
use crate::habits::StartWeights;
use crate::model::{Bundle, FORMAT, ModelState};
use crate::store::{SavedTrust, Seq};
use crate::sync::{
    Conclusion, GivenBack, Outcome, Reason, Session, Slots, Start, Step, StoredTrust, Sum, SyncError, Trial, Trust,
};
use crate::time::Timestamp;

/// Whom to believe, and what to follow.
#[derive(Debug, Clone, Copy)]
pub struct SyncOptions<'a> {
    /// The file of the first root, as it ships with the host. A later one, in a later version of the host, counts at once.
    pub root: &'a [u8],
    /// Which releases to follow, as `stable`; 1 to 64 bytes.
    pub channel: &'a str,
    /// The segments that this phone belongs to.
    pub segments: &'a [String],
}

/// Why a run cannot begin.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncStartError {
    /// The root that came with the host cannot be used.
    #[error("the repository's first root cannot be used: {0}")]
    Root(#[from] SyncError),
    /// The host chose a model, or none, in whose place no other comes.
    #[error("the host chose its own model, which sync does not replace")]
    OwnModel,
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] Error),
}

/// What a run came to.
#[derive(Debug)]
pub struct Synced {
    /// How it ended.
    pub outcome: Outcome,
    /// Whether another bundle answers now than before: one was revoked or withdrawn.
    pub is_changed: bool,
    /// What is to be rehearsed, for [`Engine::conclude`]; or for [`Engine::postpone`], where there is no time for it.
    pub rehearsal: Option<Rehearsal>,
}

/// What sync made of this phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncStatus {
    /// The version of the newest release that is trusted, and its channel.
    pub release: Option<(String, u64)>,
    /// The bundle that answers; `None`: the one that the library ships.
    pub active: Option<Sum>,
    /// Whether it is on trial.
    pub is_on_trial: bool,
    /// Bundles that were tried and given back, the oldest first.
    pub given_back: Vec<GivenBack>,
}

impl Engine {
    /// Begins a run at `now`, which counts for all of it. The session is carried out without this engine.
    ///
    /// ```no_run
    /// # use foretap_core::sync::{Absence, Step};
    /// # use foretap_core::{Engine, Options, SyncOptions, Timestamp};
    /// # fn fetch(path: &str) -> Option<Vec<u8>> { None }
    /// # fn sync(engine: &mut Engine, root: &[u8], now: Timestamp, clock_ns: &dyn Fn() -> u64)
    /// #     -> Result<(), Box<dyn std::error::Error>> {
    /// let mut session = engine.begin_sync(&SyncOptions { root, channel: "stable", segments: &[] }, now)?;
    /// while let Step::Fetch { path, .. } = session.step() {
    ///     match fetch(&path) {
    ///         Some(bytes) if session.received(&bytes) => session.completed(),
    ///         Some(_) => {} // too long; the session knows
    ///         None => session.absent(Absence::NotFound),
    ///     }
    /// }
    /// let synced = engine.end_sync(session)?;
    /// if let Some(rehearsal) = synced.rehearsal {
    ///     let rehearsed = rehearsal.run(clock_ns); // a second or two, without the engine
    ///     engine.conclude(rehearsed, now)?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`SyncStartError`].
    pub fn begin_sync(&self, options: &SyncOptions<'_>, now: Timestamp) -> Result<Session, SyncStartError> {
        if !self.may_sync {
            return Err(SyncStartError::OwnModel);
        }
        let trust = trusted(self.store.trust()?, options)?;
        let slots = self.store.slots()?;
        let mut bundles = Vec::new();
        for sum in slots.active().into_iter().chain(slots.kept()) {
            if let Some(file) = self.store.bundle(&sum)?.filter(|file| !bundles.contains(file)) {
                bundles.push(file);
            }
        }
        bundles.push(Bundle::shipped_file().to_vec());
        Ok(Session::new(Start {
            trust,
            device_s: now.at_ms() / 1_000,
            secret: &self.store.rollout_secret(),
            segments: options.segments.to_vec(),
            feature_schema: schema_hash(),
            format: u32::from(FORMAT),
            bundles,
            active: slots.active(),
            given_back: slots.given_back.iter().map(|given| given.sha256).collect(),
        }))
    }

    /// Ends a run, however far it came: stores what is trusted now, goes back to an earlier bundle where the active one is to
    /// be used no longer, and says what is to be rehearsed.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]: what was stored before stays, and answers.
    pub fn end_sync(&mut self, mut session: Session) -> Result<Synced> {
        let outcome = match session.step() {
            Step::Done(outcome) => outcome,
            Step::Fetch { .. } => Outcome::Unreachable,
        };
        let end = session.end();
        let stored = self.store.slots()?;
        let mut slots = stored.clone();
        slots.settle(&outcome, &end, &Bundle::shipped_sum());
        // A bundle that came waits, or it is one that is here already.
        let new = slots.standby.as_ref().map(|standby| &standby.sha256).zip(end.fetched.as_deref());
        if slots != stored || self.store.trust()?.as_ref() != Some(&SavedTrust::of(&end.trust)) {
            self.store.save_sync(Some(&end.trust), &slots, new)?;
        }
        // What answers, not what was stored: a change that failed half-way is made good now.
        let is_changed = slots.active() != self.answering;
        if is_changed {
            self.change_bundle(&mut slots)?;
        }
        let rehearsal = match (&outcome, slots.standby) {
            (Outcome::Fetched, Some(standby)) => self.rehearsal_of_standby(&mut slots, standby)?,
            _ => self.rehearsal_of_trial(&slots)?,
        };
        Ok(Synced { outcome, is_changed, rehearsal })
    }

    /// Draws the conclusion from a rehearsal, at `now`: the bundle answers from now on, or is given back.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]: all is as before, and a later run rehearses again.
    pub fn conclude(&mut self, rehearsed: Rehearsed, now: Timestamp) -> Result<Conclusion> {
        let mut slots = self.store.slots()?;
        let (sum, is_first) = (rehearsed.sha256(), rehearsed.is_first);
        // The rehearsal came to its end, whatever becomes of its conclusion.
        let _ = self.store.end_load(Some(&sum), false);
        let since_seq = self.upto.map_or(0, Seq::number);
        let conclusion = slots.conclude(&rehearsed.shown(), since_seq, now.at_ms() / 1_000);
        if matches!(conclusion, Conclusion::Activated | Conclusion::Proven | Conclusion::GivenBack(_)) {
            self.store.save_sync(None, &slots, None)?;
        }
        match (conclusion, rehearsed.result) {
            (Conclusion::Activated, Ok((model, start_weights))) => {
                self.answer_with(ModelState::Active(model), start_weights, Some(sum));
            }
            (Conclusion::GivenBack(_), _) if !is_first => self.change_bundle(&mut slots)?,
            _ => {}
        }
        Ok(conclusion)
    }

    /// Puts a rehearsal off: it did not fail, there was no time for it.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]: it counts as one attempt then.
    pub fn postpone(&mut self, rehearsal: &Rehearsal) -> Result<()> {
        self.store.end_load(Some(&rehearsal.trial.sha256), false)
    }

    /// What sync made of this phone.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`].
    pub fn sync_status(&self) -> Result<SyncStatus> {
        let slots = self.store.slots()?;
        let release = self.store.trust()?.and_then(|saved| {
            let trust = Trust::stored(saved.files(), &saved.channel).ok()?;
            Some((saved.channel.clone(), trust.release()?.version))
        });
        let (active, is_on_trial) = (slots.active(), slots.trial.is_some());
        Ok(SyncStatus { release, active, is_on_trial, given_back: slots.given_back })
    }

    fn rehearsal_of_standby(&mut self, slots: &mut Slots, standby: Trial) -> Result<Option<Rehearsal>> {
        let sum = standby.sha256;
        if self.store.load_attempts(Some(&sum))? >= MAX_LOAD_ATTEMPTS {
            loading::give_back(&mut self.store, slots, sum, Reason::Crashed);
            return Ok(None);
        }
        let Some(file) = self.store.bundle(&sum)? else { return Ok(None) };
        let (before, events) = (self.before(slots.good)?, self.store.newest_events(REHEARSAL_EVENTS)?);
        self.store.begin_load(Some(&sum))?;
        let events = events.into_iter().map(|(_, event)| event).collect();
        Ok(Some(Rehearsal::of_standby(standby, file, before, events)))
    }

    fn rehearsal_of_trial(&self, slots: &Slots) -> Result<Option<Rehearsal>> {
        let Some(trial) = slots.trial else { return Ok(None) };
        let Some(file) = self.store.bundle(&trial.sha256)? else { return Ok(None) };
        let events = self.store.newest_events(REHEARSAL_EVENTS)?;
        let judged_from = events.partition_point(|(seq, _)| seq.number() <= trial.since_seq);
        if judged_from == events.len() {
            return Ok(None);
        }
        let events = events.into_iter().map(|(_, event)| event).collect();
        Ok(Some(Rehearsal::of_trial(trial, file, self.before(slots.good)?, events, judged_from)))
    }

    /// The file of the bundle that another is compared with.
    fn before(&self, sum: Option<Sum>) -> Result<Vec<u8>> {
        let file = sum.map(|sum| self.store.bundle(&sum)).transpose()?.flatten();
        Ok(file.unwrap_or_else(|| Bundle::shipped_file().to_vec()))
    }

    /// Another bundle answers from now on: the first in its slots that loads.
    fn change_bundle(&mut self, slots: &mut Slots) -> Result<()> {
        let loaded = loading::of_slots(&mut self.store, slots)?;
        loaded.strike_out(&mut self.store, false);
        self.answer_with(loaded.model, loaded.start_weights, loaded.sum);
        Ok(())
    }

    fn answer_with(&mut self, model: ModelState, start_weights: StartWeights, answering: Option<Sum>) {
        if let Some(corrector) = model.corrector() {
            self.habits.adopt(corrector);
        }
        (self.model, self.start_weights, self.answering, self.prepared) = (model, start_weights, answering, None);
    }
}

/// What is trusted when a run begins: what was stored, or the host's root where that is newer or of another product.
fn trusted(saved: Option<SavedTrust>, options: &SyncOptions<'_>) -> Result<Trust, SyncError> {
    let first = Trust::first(options.root, options.channel)?;
    let Some(saved) = saved else { return Ok(first) };
    match Trust::stored(saved.files(), options.channel) {
        Ok(stored) if stored.root().product != first.root().product => Ok(first),
        Ok(stored) if stored.root().version >= first.root().version => Ok(stored),
        Ok(_) => Trust::stored(StoredTrust { root: options.root, ..saved.files() }, options.channel),
        Err(_) => Ok(first),
    }
}
