//! The engine's health, and the counts that are no function of the log.

use std::cell::{Cell, RefCell};

use super::Engine;
use crate::error::Result;
use crate::health::{Health, Telemetry};
use crate::ranking::Ranking;
use crate::store::Store;
use crate::time::Timestamp;

/// The store's name of the telemetry.
const REPORT: &str = "telemetry";

/// Counts rankings as they are given.
#[derive(Debug)]
pub(super) struct Meter {
    telemetry: RefCell<Telemetry>,
    /// Whether the store has all of it.
    is_saved: Cell<bool>,
}

impl Meter {
    /// Goes on from what was saved. Bytes of another version are dropped: they hold nothing that a person misses.
    pub(super) fn load(store: &Store) -> Result<Self> {
        let saved = store.report(REPORT)?.and_then(|bytes| Telemetry::from_bytes(&bytes));
        Ok(Self { telemetry: RefCell::new(saved.unwrap_or_default()), is_saved: Cell::new(true) })
    }

    /// Counts a ranking on its way to the host.
    pub(super) fn counted(&self, ranking: Ranking) -> Ranking {
        self.telemetry.borrow_mut().count(&ranking);
        self.is_saved.set(false);
        ranking
    }

    /// Saves what was counted since the last time.
    pub(super) fn save(&self, store: &mut Store) -> Result<()> {
        if !self.is_saved.get() {
            store.save_report(REPORT, &self.telemetry.borrow().to_bytes())?;
            self.is_saved.set(true);
        }
        Ok(())
    }
}

impl Engine {
    /// How the log, its habits and its predictions are at `now`. Reads numbers about the log; changes nothing.
    ///
    /// Rankings are counted in memory and saved with the habits: those given since the last [`Self::checkpoint`] or
    /// [`Self::maintain`] are not in the report after a crash.
    ///
    /// ```
    /// # use foretap_core::{Engine, Event, Item, Options, Request, Timestamp};
    /// let mut engine = Engine::in_memory(Options::default())?;
    /// let now = Timestamp::new(1_700_000_000_000, 60)?;
    /// for (n, app) in ["mail", "maps", "mail"].into_iter().enumerate() {
    ///     engine.record(&Event::launch(now.plus_ms(60_000 * n as i64), Item::new(app)?))?;
    /// }
    /// let _ = engine.predict(&Request::next(now.plus_ms(200_000)), &|| 0);
    /// let health = engine.health(now.plus_ms(200_000))?;
    /// assert_eq!((health.log.events, health.habits.items, health.answers.model), (3, 2, 1));
    /// println!("{health}");
    /// # Ok::<(), foretap_core::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::stats`].
    pub fn health(&self, now: Timestamp) -> Result<Health> {
        let telemetry = self.meter.telemetry.borrow();
        Ok(Health::of(now, (&self.stats()?, &self.opened), &self.habits, &self.model, &telemetry))
    }
}
