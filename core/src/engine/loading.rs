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

/// Loads the model that is to answer, and what a person without history starts from: the host's own choice, or the newest
/// bundle that sync brought and that loads, or the one that ships.
///
/// # Errors
/// As [`Store::slots`]. A bundle that is refused is no error.
pub(super) fn open(store: &mut Store, choice: &ModelChoice) -> Result<(ModelState, StartWeights)> {
    if *choice != ModelChoice::Shipped || !store.is_on_disk() {
        return Ok(ModelState::of(choice));
    }
    let mut slots = store.slots()?;
    of_slots(store, &mut slots, true)
}

/// Loads the first bundle of the slots that loads, and gives those before it back; `is_start`: the log is being opened.
///
/// # Errors
/// As [`Store::bundle`].
pub(super) fn of_slots(store: &mut Store, slots: &mut Slots, is_start: bool) -> Result<(ModelState, StartWeights)> {
    for sum in slots.in_order() {
        let Some(sum) = sum else { break };
        match fetched(store, &sum, is_start)? {
            Ok((model, start_weights)) => return Ok((ModelState::Active(model), start_weights)),
            Err(Some(reason)) => give_back(store, slots, sum, reason),
            Err(None) => {}
        }
    }
    shipped(store)
}

/// Loads a bundle that sync brought, under the guard; `Err(None)`: not now.
fn fetched(
    store: &mut Store,
    sum: &Sum,
    is_start: bool,
) -> Result<std::result::Result<(Model, StartWeights), Option<Reason>>> {
    if store.load_attempts(Some(sum))? >= MAX_LOAD_ATTEMPTS {
        return Ok(Err(Some(Reason::Crashed)));
    }
    let Some(file) = store.bundle(sum)? else { return Ok(Err(Some(Reason::Unusable))) };
    // Where nothing can be written there is no guard, and nothing is loaded that needs one.
    if store.begin_load(Some(sum)).is_err() {
        return Ok(Err(None));
    }
    let loaded = load(&file).map_err(|refused| Some(reason_of(&refused)));
    // What stays written down is struck out at the next opening that goes well.
    let _ = store.end_load(Some(sum), is_start);
    Ok(loaded)
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
fn shipped(store: &mut Store) -> Result<(ModelState, StartWeights)> {
    let attempts = store.load_attempts(None)?;
    // A guard that cannot be written is no reason to leave out what every test has loaded.
    let _ = store.begin_load(None);
    let is_pause =
        attempts >= MAX_LOAD_ATTEMPTS && !(attempts - MAX_LOAD_ATTEMPTS + 1).is_multiple_of(SHIPPED_PAUSE_STARTS);
    if is_pause {
        let start_weights = Bundle::shipped().map_or_else(|_| StartWeights::default(), |b| b.start_weights().clone());
        return Ok((ModelState::Refused(BundleError::Crashed), start_weights));
    }
    let loaded = ModelState::of(&ModelChoice::Shipped);
    let _ = store.end_load(None, false);
    Ok(loaded)
}
