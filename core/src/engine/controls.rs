//! The person's decisions: made, listed, undone, and kept to.

use super::Engine;
use crate::config::MAX_CONTROLS;
use crate::control::{Control, ControlId, Decision, SnoozeEnd};
use crate::error::{Error, Result};
use crate::event::{Event, EventKind, Item};
use crate::ranking::Controls;
use crate::time::{DAY_MS, Timestamp};

impl Engine {
    /// Makes a decision of the person. It counts at once and survives a power cut when this returns. One that is in force
    /// already is not made again; its number is returned.
    ///
    /// ```
    /// use foretap_core::{Control, Engine, Event, Item, Options, Request, Timestamp};
    /// let mut engine = Engine::in_memory(Options::default())?;
    /// let now = Timestamp::new(1_700_000_000_000, 60)?;
    /// engine.record(&Event::launch(now, Item::new("dating")?))?;
    /// let excluded = engine.decide(now, Control::Exclude(Item::new("dating")?))?;
    /// assert!(engine.predict(&Request::unlock_or_resume(now), &|| 0).predictions.is_empty());
    /// engine.undo(excluded, now)?;
    /// assert_eq!(engine.predict(&Request::unlock_or_resume(now), &|| 0).predictions.len(), 1);
    /// # Ok::<(), foretap_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::OutOfRange`] for a number outside its range, or beyond [`MAX_CONTROLS`] decisions;
    /// [`Error::Transient`], [`Error::Corrupt`]: nothing changed.
    pub fn decide(&mut self, at: Timestamp, control: Control) -> Result<ControlId> {
        control.check()?;
        let decisions = self.controls.decisions();
        let same = decisions.iter().rfind(|decision| is_about_the_same(&decision.control, &control));
        if let Some(decision) = same.filter(|decision| decision.control == control && is_in_force(decision, at)) {
            return Ok(decision.id);
        }
        if decisions.len() >= MAX_CONTROLS {
            return Err(Error::OutOfRange { what: "decisions", limit: "0..=1024" });
        }
        let id = self.store.add_control(at, &control)?;
        self.reload_controls()?;
        self.snapshot_decisions();
        Ok(id)
    }

    /// Undoes a decision; what it stood over counts again. `false` if there is none of that number in force.
    ///
    /// What was not stored while learning was paused, or an item was never to be learned, is not known and stays unknown;
    /// a backfill does not bring back the time of a pause.
    ///
    /// # Errors
    /// [`Error::Transient`], [`Error::Corrupt`]: nothing changed.
    pub fn undo(&mut self, id: ControlId, now: Timestamp) -> Result<bool> {
        let found = self.controls.decisions().iter().find(|decision| decision.id == id);
        let Some(decision) = found.filter(|decision| is_in_force(decision, now)) else { return Ok(false) };
        match decision.control {
            Control::PauseLearning { .. } if now > decision.at => {
                let ended = Control::PauseLearning { until: Some(now) };
                self.store.replace_control(id, decision.at, &ended)?;
            }
            _ => {
                self.store.remove_control(id)?;
            }
        }
        self.reload_controls()?;
        self.snapshot_decisions();
        Ok(true)
    }

    /// The decisions in force at `now`, in the order in which they were made.
    #[must_use]
    pub fn decisions(&self, now: Timestamp) -> Vec<&Decision> {
        self.controls.decisions().iter().filter(|decision| is_in_force(decision, now)).collect()
    }

    /// The same, as rankings use them.
    #[must_use]
    pub const fn controls(&self) -> &Controls {
        &self.controls
    }

    /// A log that is lost must not bring back what the person hid. The decision is stored: where the snapshot cannot be
    /// written now, `maintain` writes it.
    fn snapshot_decisions(&self) {
        let _ = self.save_snapshot();
    }

    /// Reads the decisions anew.
    pub(super) fn reload_controls(&mut self) -> Result<()> {
        self.controls = Controls::new(self.store.controls()?);
        self.prepared = None;
        Ok(())
    }

    /// Turns sealed decisions about an item whose name is known now into what they stand for.
    pub(super) fn unseal(&mut self, item: &Item) -> Result<()> {
        let sealed: Vec<ControlId> = self.controls.sealed(item).collect();
        if sealed.is_empty() {
            return Ok(());
        }
        for id in sealed {
            self.store.name_control(id, item)?;
        }
        self.reload_controls()
    }

    /// Whether the decisions allow the event to be stored.
    pub(super) fn may_learn(&mut self, event: &Event) -> Result<bool> {
        if self.controls.is_empty() {
            return Ok(true);
        }
        if let Some(item) = event.kind.item() {
            self.unseal(item)?;
        }
        Ok(self.controls.learns(event))
    }

    /// Ends the snoozes of items that are frequent again. One whose end cannot be stored now ends at a later opening.
    pub(super) fn end_snoozes(&mut self, event: &Event) {
        if self.controls.is_empty() || !matches!(event.kind, EventKind::Launch(_)) {
            return;
        }
        let ended = self.controls.ended_snoozes(&self.habits, event.at);
        let mut has_changed = false;
        for id in ended {
            has_changed |= self.store.remove_control(id).unwrap_or(false);
        }
        if has_changed && let Ok(decisions) = self.store.controls() {
            self.controls = Controls::new(decisions);
        }
    }

    /// Removes decisions that ran out: snoozes, and pauses that lie further back than events are kept.
    pub(super) fn forget_ended(&mut self) -> Result<()> {
        let Some(now) = self.habits.newest() else { return Ok(()) };
        let kept_ms = i64::from(self.retention_days) * DAY_MS;
        let is_over = |decision: &&Decision| match decision.control {
            Control::Snooze { until: SnoozeEnd::At(end), .. } => end.at_ms() < now.at_ms(),
            Control::PauseLearning { until: Some(end) } => now.at_ms() - end.at_ms() > kept_ms,
            _ => false,
        };
        let over: Vec<ControlId> = self.controls.decisions().iter().filter(is_over).map(|d| d.id).collect();
        for id in &over {
            self.store.remove_control(*id)?;
        }
        if over.is_empty() { Ok(()) } else { self.reload_controls() }
    }
}

/// Whether two decisions are of a kind and about the same thing.
fn is_about_the_same(a: &Control, b: &Control) -> bool {
    let profile = |control: &Control| match control {
        Control::HideProfile(profile) => Some(*profile),
        _ => None,
    };
    a.name() == b.name() && a.item() == b.item() && profile(a) == profile(b)
}

/// Whether it has not run out at `now`.
fn is_in_force(decision: &Decision, now: Timestamp) -> bool {
    match decision.control {
        Control::Snooze { until: SnoozeEnd::At(end), .. } | Control::PauseLearning { until: Some(end) } => {
            now.at_ms() < end.at_ms()
        }
        _ => true,
    }
}
