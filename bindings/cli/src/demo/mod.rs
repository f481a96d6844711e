//! The demo: a simulated month on an encrypted log, then the last day's unlocks as the phone would have met them.

mod text;

use std::path::Path;
use std::time::Instant;

use foretap_core::habits::Moment;
use foretap_core::{
    Context, Engine, Event, EventKind, Item, Key, Network, Options, PlaceLabel, Ranking, Request, Timestamp,
};

use crate::latency::Latency;
use crate::simulate::{self, Simulation};

pub use text::text;

/// An unlock of the last day.
#[derive(Debug, Clone)]
pub struct Unlock {
    /// When.
    pub at: Timestamp,
    /// What the place means, if the habits know.
    pub label: Option<PlaceLabel>,
    /// The network.
    pub network: Option<Network>,
    /// What was predicted.
    pub ranking: Ranking,
    /// The item that was on the screen already.
    pub resumed: Option<Item>,
    /// What the person opened; `None` if they only looked at what was there.
    pub opened: Option<Item>,
}

impl Unlock {
    /// The place from 1 of what was opened among the predictions.
    #[must_use]
    pub fn hit(&self) -> Option<usize> {
        let opened = self.opened.as_ref()?;
        self.ranking.predictions.iter().position(|p| p.item == *opened).map(|place| place + 1)
    }
}

/// What the demo saw.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The seed of the simulated person.
    pub seed: u64,
    /// Events before the last day.
    pub learned: usize,
    /// Openings before the last day.
    pub openings: u64,
    /// Seconds that storing and learning them took.
    pub learned_s: f64,
    /// Events of the last day.
    pub events: usize,
    /// Microseconds of each `record` of the last day.
    pub record_us: Vec<f64>,
    /// The last day's unlocks.
    pub unlocks: Vec<Unlock>,
    /// Size of the encrypted log in bytes.
    pub log_bytes: u64,
    /// Milliseconds to open the log and predict.
    pub reopened_ms: f64,
}

impl Demo {
    /// Unlocks after which something was opened.
    pub fn judged(&self) -> impl Iterator<Item = &Unlock> {
        self.unlocks.iter().filter(|unlock| unlock.opened.is_some())
    }

    /// In how many of them it was among the first `k`, in percent.
    #[must_use]
    pub fn hit_rate(&self, k: usize) -> f64 {
        let hits = self.judged().filter(|unlock| unlock.hit().is_some_and(|place| place <= k)).count();
        100.0 * hits as f64 / self.judged().count().max(1) as f64
    }

    /// How long the predictions took that were computed at the unlock.
    #[must_use]
    pub fn latency(&self) -> Latency {
        let mut latency = Latency::default();
        let fresh = self.unlocks.iter().filter(|unlock| !unlock.ranking.is_prepared);
        fresh.for_each(|unlock| latency.add(unlock.ranking.stages.in_order_ns()));
        latency
    }
}

/// Runs the demo with a log in `folder`. `day_passed` hears of every day.
///
/// # Errors
/// As [`Engine::open`] and [`Engine::record`].
pub fn run(folder: &Path, seed: u64, days: u32, mut day_passed: impl FnMut()) -> foretap_core::Result<Demo> {
    let options = simulate::Options { days, ..simulate::Options::default() };
    let events: Vec<Event> = Simulation::new(seed, options)?.collect();
    let last_day = options.first_day + i64::from(days) - 1;
    let (before, today) = events.split_at(events.partition_point(|event| event.at.day() < last_day));

    let path = folder.join("foretap.db");
    // A demo's key guards simulated data in a folder that is removed; a phone's comes from its keystore.
    let key = || Key::new([0x5e; 32], [0xed; 16]);
    let mut engine = Engine::open(&path, &key(), Options::default())?;
    let begun = Instant::now();
    for day in before.chunk_by(|a, b| a.at.day() == b.at.day()) {
        engine.record_all(day)?;
        day_passed();
    }
    let learned_s = begun.elapsed().as_secs_f64();
    engine.checkpoint()?;
    let openings = engine.habits().openings();
    drop(engine);

    let begun = Instant::now();
    let clock = move || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
    let mut engine = Engine::open(&path, &key(), Options::default())?;
    if let Some(first) = today.first() {
        let _ = engine.predict(&Request::unlock(first.at), &clock);
    }
    let reopened_ms = begun.elapsed().as_secs_f64() * 1e3;

    let mut record_us = Vec::new();
    let mut unlocks: Vec<Unlock> = Vec::new();
    for event in today {
        let started = Instant::now();
        engine.record(event)?;
        record_us.push(started.elapsed().as_secs_f64() * 1e6);
        match &event.kind {
            // The screen goes off: the next unlock's ranking is computed ahead.
            EventKind::Lock => engine.prepare(Request::unlock(event.at).in_context(event.context.clone()), &clock)?,
            EventKind::Unlock => unlocks.push(unlocked(&engine, event.at, &event.context, &clock)),
            EventKind::Launch(item) => {
                if let Some(unlock) = unlocks.last_mut()
                    && unlock.opened.is_none()
                    && unlock.resumed.as_ref() != Some(item)
                {
                    unlock.opened = Some(item.clone());
                }
            }
            _ => {}
        }
    }
    day_passed();
    engine.checkpoint()?;
    let log_bytes = engine.stats()?.bytes;
    let (learned, events) = (before.len(), today.len());
    Ok(Demo { seed, learned, openings, learned_s, events, record_us, unlocks, log_bytes, reopened_ms })
}

fn unlocked(engine: &Engine, at: Timestamp, context: &Context, clock: &dyn Fn() -> u64) -> Unlock {
    let ranking = engine.predict(&Request::at(Moment::Unlock, at).in_context(context.clone()), clock);
    let resumed = engine.habits().last_three()[0].cloned();
    let label = engine.habits().place_label(context);
    Unlock { at, label, network: context.network, ranking, resumed, opened: None }
}
