//! Which bundle answers when a log is opened, and the guard around loading it.
//!
//! A mutated graph can keep its loader busy for good, and no golden vector tells that before it is loaded. So what is about
//! to be loaded is written down first, and struck out afterwards: whoever finds a bundle written down twice passes it by.

use crate::config::{MAX_LOAD_ATTEMPTS, SHIPPED_PAUSE_STARTS};
use crate::error::{BundleError, Result};
use crate::habits::StartWeights;
use crate::model::{Bundle, Model, ModelChoice, ModelState, load};
use crate::store::Store;
use crate::sync::{Reason, Slots, Sum};

/// A model that was loaded, and is written down until it has learned from the log.
pub(super) struct Loaded {
    pub(super) model: ModelState,
    pub(super) start_weights: StartWeights,
    /// Of the bundle that sync brought; `None`: another one.
    pub(super) sum: Option<Sum>,
    is_written_down: bool,
}

impl Loaded {
    fn unguarded((model, start_weights): (ModelState, StartWeights)) -> Self {
        Self { model, start_weights, sum: None, is_written_down: false }
    }

    /// The model has answered for the events after the checkpoint as well: what was written down is struck out. Where that
    /// cannot be stored now it is at the next opening.
    pub(super) fn strike_out(&self, store: &mut Store, is_start: bool) {
        if self.is_written_down {
            let _ = store.end_load(self.sum.as_ref(), is_start);
        }
    }
}

/// Loads the model that is to answer, and what a person without history starts from: the host's own choice, or the newest
/// bundle that sync brought and that loads, or the one that ships.
///
/// # Errors
/// As [`Store::slots`]. A bundle that is refused is no error.
pub(super) fn open(store: &mut Store, choice: &ModelChoice) -> Result<Loaded> {
    if *choice != ModelChoice::Shipped || !store.is_on_disk() {
        return Ok(Loaded::unguarded(ModelState::of(choice)));
    }
    let mut slots = store.slots()?;
    of_slots(store, &mut slots)
}

/// Loads the first bundle of the slots that loads, and gives those before it back.
///
/// # Errors
/// As [`Store::bundle`].
pub(super) fn of_slots(store: &mut Store, slots: &mut Slots) -> Result<Loaded> {
    for sum in slots.in_order() {
        let Some(sum) = sum else { break };
        match fetched(store, &sum)? {
            Ok((model, start_weights)) => {
                let model = ModelState::Active(model);
                return Ok(Loaded { model, start_weights, sum: Some(sum), is_written_down: true });
            }
            Err(Some(reason)) => give_back(store, slots, sum, reason),
            Err(None) => {}
        }
    }
    shipped(store)
}

/// Loads a bundle that sync brought, written down before; `Err(None)`: not now.
fn fetched(store: &mut Store, sum: &Sum) -> Result<std::result::Result<(Model, StartWeights), Option<Reason>>> {
    if store.load_attempts(Some(sum))? >= MAX_LOAD_ATTEMPTS {
        return Ok(Err(Some(Reason::Crashed)));
    }
    let Some(file) = store.bundle(sum)? else { return Ok(Err(Some(Reason::Unusable))) };
    // Where nothing can be written there is no guard, and nothing is loaded that needs one.
    if store.begin_load(Some(sum)).is_err() {
        return Ok(Err(None));
    }
    Ok(load(&file).map_err(|refused| Some(reason_of(&refused))))
}

/// Why a bundle that was refused is given back.
pub(super) fn reason_of(refused: &BundleError) -> Reason {
    if *refused == BundleError::Crashed { Reason::Crashed } else { Reason::Unusable }
}

/// Gives a bundle back. Where that cannot be stored now it is found out again at the next opening.
pub(super) fn give_back(store: &mut Store, slots: &mut Slots, sum: Sum, reason: Reason) {
    slots.give_back(sum, reason);
    let _ = store.save_sync(None, slots, None);
}

/// Loads the bundle that ships. A processor on which that ends the process must not keep a launcher from starting: then the
/// statistics answer alone, and it is tried again some openings later.
fn shipped(store: &mut Store) -> Result<Loaded> {
    let attempts = store.load_attempts(None)?;
    // A guard that cannot be written is no reason to leave out what every test has loaded.
    let _ = store.begin_load(None);
    let is_pause =
        attempts >= MAX_LOAD_ATTEMPTS && !(attempts - MAX_LOAD_ATTEMPTS + 1).is_multiple_of(SHIPPED_PAUSE_STARTS);
    if is_pause {
        let start_weights = Bundle::shipped().map_or_else(|_| StartWeights::default(), |b| b.start_weights().clone());
        return Ok(Loaded::unguarded((ModelState::Refused(BundleError::Crashed), start_weights)));
    }
    Ok(Loaded { is_written_down: true, ..Loaded::unguarded(ModelState::of(&ModelChoice::Shipped)) })
}
