//! What the log's events taught: read when an engine is opened, and again when nobody knows what state it is in.

use super::{Engine, controls};
use crate::config::CHECKPOINT_EVENTS;
use crate::error::Result;
use crate::habits::{Habits, StartWeights};
use crate::model::ModelState;
use crate::store::{Seq, Store};

impl Engine {
    /// Reads habits and decisions anew from the log, as opening does: for a host that caught a panic in a call on this
    /// engine and does not know how far the call came. What is stored is not changed; a prepared ranking is dropped.
    ///
    /// # Errors
    /// As [`Self::open`]; then nothing was changed.
    pub fn reload(&mut self) -> Result<()> {
        let learned = Learned::read(&self.store, &self.model, &self.start_weights)?;
        let controls = controls::controls_of(&self.store, &learned.habits)?;
        Learned { habits: self.habits, upto: self.upto, since_checkpoint: self.since_checkpoint } = learned;
        (self.controls, self.checkpoint_after, self.prepared) = (controls, CHECKPOINT_EVENTS, None);
        Ok(())
    }
}

/// What the log's events taught.
pub(super) struct Learned {
    pub(super) habits: Habits,
    /// The newest event that they have taken into account.
    pub(super) upto: Option<Seq>,
    /// How many events came after the checkpoint.
    pub(super) since_checkpoint: u32,
}

impl Learned {
    /// Reads the checkpoint and learns from the events after it.
    pub(super) fn read(store: &Store, model: &ModelState, start_weights: &StartWeights) -> Result<Self> {
        let checkpoint = store.checkpoint()?;
        let kept = checkpoint.and_then(|(upto, bytes)| Some((Habits::from_checkpoint(&bytes)?, upto)));
        let (mut habits, mut upto) = match kept {
            Some((habits, upto)) => (habits, Some(upto)),
            None => (Habits::new(start_weights), None),
        };
        if let Some(corrector) = model.corrector() {
            habits.adopt(corrector);
        }
        let mut since_checkpoint = 0;
        store.replay(upto, &mut |seq, event| {
            habits.apply(event, model.corrector());
            upto = Some(seq);
            since_checkpoint += 1;
        })?;
        Ok(Self { habits, upto, since_checkpoint })
    }
}
