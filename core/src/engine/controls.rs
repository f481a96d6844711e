//! The person's decisions: made, listed, undone, and kept to.

use super::Engine;
use crate::config::MAX_CONTROLS;
use crate::control::{Control, ControlId, Decision};
use crate::error::{Error, Result};
use crate::event::{Event, EventKind};
use crate::habits::Habits;
use crate::ranking::Controls;
use crate::store::Store;
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
    /// [`Error::OutOfRange`] for a number outside its range, a pause that is over, or beyond [`MAX_CONTROLS`] decisions;
    /// [`Error::Transient`], [`Error::Corrupt`]: nothing changed.
    pub fn decide(&mut self, at: Timestamp, control: Control) -> Result<ControlId> {
        control.check()?;
        if matches!(control, Control::Paused { .. }) {
            return Err(Error::OutOfRange { what: "pause", limit: "one that is not over" });
        }
        if let Some(decision) = self.controls.in_force(at).find(|decision| decision.control == control) {
            return Ok(decision.id);
        }
        if self.controls.decisions().len() >= MAX_CONTROLS {
            self.forget_ended(at.at_ms())?;
        }
        if self.controls.decisions().len() >= MAX_CONTROLS {
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
        let Some(decision) = self.controls.in_force(now).find(|decision| decision.id == id) else { return Ok(false) };
        match decision.control {
            Control::PauseLearning { .. } if now > decision.at => {
                self.store.replace_control(id, decision.at, &Control::Paused { until: now })?;
            }
            _ => {
                // An import can have brought the same decision again.
                let is_same = |other: &&Decision| other.control == decision.control;
                let same: Vec<ControlId> = self.controls.decisions().iter().filter(is_same).map(|d| d.id).collect();
                self.store.remove_controls(&same)?;
            }
        }
        self.reload_controls()?;
        self.snapshot_decisions();
        Ok(true)
    }

    /// The decisions in force at `now`, in the order in which they were made; of each kind about each item the last one.
    #[must_use]
    pub fn decisions(&self, now: Timestamp) -> Vec<&Decision> {
        self.controls.in_force(now).collect()
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
        self.controls = controls_of(&self.store, &self.habits)?;
        self.prepared = None;
        Ok(())
    }

    /// Whether the decisions allow an event to be stored that is told as it happens; of the past as `backfill` tells it
    /// where `is_past`.
    pub(super) fn may_learn(&mut self, event: &Event, is_past: bool) -> bool {
        if self.controls.is_empty() {
            return true;
        }
        if let Some(item) = event.kind.item() {
            for id in self.controls.meet(item) {
                // What cannot be stored now is found out again at the next opening.
                let _ = self.store.name_control(id, item);
            }
        }
        if is_past { self.controls.learns_of_the_past(event) } else { self.controls.learns(event) }
    }

    /// Ends the snoozes of items that are frequent again. Those whose end cannot be stored now end at a later opening.
    pub(super) fn end_snoozes(&mut self, event: &Event) {
        if !self.controls.is_empty() && matches!(event.kind, EventKind::Launch(_)) {
            self.end_snoozes_at(event.at);
        }
    }

    /// The same after many openings.
    pub(super) fn end_snoozes_at(&mut self, now: Timestamp) {
        let ended = self.controls.ended_by_openings(&self.habits, now);
        if !ended.is_empty() && self.store.remove_controls(&ended).is_ok() {
            let _ = self.reload_controls();
        }
    }

    /// Removes decisions that ran out: snoozes, and pauses that lie further back than events are kept.
    pub(super) fn forget_ended(&mut self, now_ms: i64) -> Result<()> {
        let ended = self.controls.ended_by_time(now_ms, i64::from(self.retention_days) * DAY_MS);
        if ended.is_empty() {
            return Ok(());
        }
        self.store.remove_controls(&ended)?;
        self.reload_controls()
    }
}

/// The decisions in a log, with the names that its habits know.
pub(super) fn controls_of(store: &Store, habits: &Habits) -> Result<Controls> {
    Ok(Controls::new(store.controls()?, habits.items().map(|(_, item)| item)))
}
