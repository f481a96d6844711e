//! What fills the rows that a simulated person is shown.

use foretap_core::habits::{Habits, StartWeights};
use foretap_core::ranking::rank;
use foretap_core::{Controls, Event, Item, Propensity, Request, Result};

/// What fills the rows that are shown, and says how likely each item was to be where it is.
pub trait LoggingPolicy {
    /// The row at an unlock, explored with a seed.
    fn row(&mut self, unlock: &Event, seed: u64) -> Vec<(Item, Propensity)>;

    /// The event happened.
    fn learn(&mut self, event: &Event);
}

/// The core's own ranking, without a model, with exploration.
#[derive(Debug, Clone)]
pub struct Ranked {
    habits: Habits,
    limit: usize,
    share: f64,
}

impl Ranked {
    /// Rows of at most `limit` items, this share of them explored, from nothing known but these start weights.
    ///
    /// # Errors
    /// [`foretap_core::Error::OutOfRange`] unless the share is 0 to 1 and the limit one of a [`Request`].
    pub fn new(start: &StartWeights, limit: usize, share: f64) -> Result<Self> {
        Request::unlock(foretap_core::Timestamp::new(0, 0)?).limited_to(limit)?.exploring(share, 0)?;
        Ok(Self { habits: Habits::new(start), limit, share })
    }
}

impl LoggingPolicy for Ranked {
    fn row(&mut self, unlock: &Event, seed: u64) -> Vec<(Item, Propensity)> {
        let request = Request::unlock_or_resume(unlock.at).in_context(unlock.context.clone()).limited_to(self.limit);
        let request =
            request.and_then(|request| request.exploring(self.share, seed)).expect("checked when it was made");
        let ranking = rank(&self.habits, None, &Controls::default(), &request, &|| 0);
        ranking.predictions.into_iter().map(|prediction| (prediction.item, prediction.propensity)).collect()
    }

    fn learn(&mut self, event: &Event) {
        self.habits.apply(event, None);
    }
}
