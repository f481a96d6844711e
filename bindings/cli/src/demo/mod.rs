//! The demo: a simulated month on an encrypted log, every unlock predicted as the phone would have met it.

mod html;
mod text;
mod unlock;

use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Instant;

use foretap_core::habits::Rule;
use foretap_core::{Engine, Event, EventKind, Key, Options, Request};

use crate::evaluate::HitRates;
use crate::latency::Latency;
use crate::simulate::{self, Simulation};
use unlock::Open;

pub use html::html;
pub use text::text;
pub use unlock::Unlock;

/// What the demo saw.
#[derive(Debug, Clone)]
pub struct Demo {
    /// The seed of the simulated person.
    pub seed: u64,
    /// How many days.
    pub days: u32,
    /// The first of them, in local days from 1970-01-01.
    pub first_day: i64,
    /// How many events there were.
    pub events: usize,
    /// How many of them were openings.
    pub openings: u64,
    /// Seconds that storing, learning and predicting took.
    pub lived_s: f64,
    /// Microseconds of each `record`.
    pub record_us: Vec<f64>,
    /// Every unlock, in order of time.
    pub unlocks: Vec<Unlock>,
    /// Size of the encrypted log in bytes.
    pub log_bytes: u64,
    /// Milliseconds to open the log and predict, on the morning of the last day.
    pub reopened_ms: f64,
}

impl Demo {
    /// The unlocks of some days, counted from 1.
    #[must_use]
    pub fn unlocks_of(&self, days: RangeInclusive<u32>) -> &[Unlock] {
        let before = |day: u32| self.unlocks.partition_point(|u| u.at.day() - self.first_day + 1 < i64::from(day));
        &self.unlocks[before(*days.start())..before(days.end().saturating_add(1))]
    }

    /// The unlocks of the last day.
    #[must_use]
    pub fn last_day(&self) -> &[Unlock] {
        self.unlocks_of(self.days..=self.days)
    }

    /// The last seven days, or all if they are fewer.
    #[must_use]
    pub fn last_week(&self) -> RangeInclusive<u32> {
        self.days.saturating_sub(6).max(1)..=self.days
    }

    /// The simple rule that had most of all openings among its first 3: chosen after the fact, as none could have been.
    #[must_use]
    pub fn best_rule(&self) -> Rule {
        let hits = |rule: Rule| self.unlocks.iter().filter(|unlock| unlock.by_rule[rule as usize]).count();
        Rule::ALL.into_iter().rev().max_by_key(|&rule| hits(rule)).expect("there are rules")
    }

    /// The microseconds that this share (0..=1) of the `record`s did not exceed; 0 of none.
    #[must_use]
    pub fn record_percentile_us(&self, share: f64) -> f64 {
        let mut values = self.record_us.clone();
        values.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a length")]
        let place = (share * values.len() as f64).ceil() as usize;
        values.get(place.max(1) - 1).copied().unwrap_or_default()
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

/// Unlocks after which another item was opened than the one on the screen.
#[must_use]
pub fn judged(unlocks: &[Unlock]) -> u64 {
    unlocks.iter().filter(|unlock| unlock.opened.is_some()).count() as u64
}

/// The hit rates of those; all 0 if there is none.
#[must_use]
pub fn rates(unlocks: &[Unlock]) -> HitRates {
    let judged = unlocks.iter().filter(|unlock| unlock.opened.is_some());
    let place = |unlock: &Unlock| unlock.hit().and_then(|place| u16::try_from(place).ok()).unwrap_or(0);
    HitRates::of(&judged.map(place).collect::<Vec<_>>()).unwrap_or_default()
}

/// The percentage of those that a rule had among its first 3.
#[must_use]
pub fn hr3_of(rule: Rule, unlocks: &[Unlock]) -> f64 {
    let hits = unlocks.iter().filter(|unlock| unlock.by_rule[rule as usize]).count();
    100.0 * hits as f64 / judged(unlocks).max(1) as f64
}

/// How many rankings were ready before the unlock.
#[must_use]
pub fn prepared(unlocks: &[Unlock]) -> usize {
    unlocks.iter().filter(|unlock| unlock.ranking.is_prepared).count()
}

/// Runs the demo with a log in `folder`. `day_passed` hears of every day.
///
/// # Errors
/// As [`Engine::open`] and [`Engine::record`].
pub fn run(folder: &Path, seed: u64, days: u32, mut day_passed: impl FnMut()) -> foretap_core::Result<Demo> {
    let options = simulate::Options { days, ..simulate::Options::default() };
    let first_day = options.first_day;
    let events: Vec<Event> = Simulation::new(seed, options)?.collect();
    let last_day = first_day + i64::from(days) - 1;
    let (before, today) = events.split_at(events.partition_point(|event| event.at.day() < last_day));

    let path = folder.join("foretap.db");
    // A demo's key guards simulated data in a folder that is removed; a phone's comes from its keystore.
    let key = || Key::new([0x5e; 32], [0xed; 16]);
    let mut life = Life::begin();
    let mut engine = Engine::open(&path, &key(), Options::default())?;
    for day in before.chunk_by(|a, b| a.at.day() == b.at.day()) {
        life.live(&mut engine, day)?;
        day_passed();
    }
    engine.checkpoint()?;
    drop(engine);

    let reopening = Instant::now();
    let mut engine = Engine::open(&path, &key(), Options::default())?;
    if let Some(first) = today.first() {
        let _ = engine.predict(&Request::unlock(first.at), &|| 0);
    }
    let reopened_ms = reopening.elapsed().as_secs_f64() * 1e3;

    life.live(&mut engine, today)?;
    let lived_s = life.begun.elapsed().as_secs_f64();
    day_passed();
    engine.checkpoint()?;
    let (openings, log_bytes) = (engine.habits().openings(), engine.stats()?.bytes);
    let Life { record_us, unlocks, .. } = life;
    let events = events.len();
    Ok(Demo { seed, days, first_day, events, openings, lived_s, record_us, unlocks, log_bytes, reopened_ms })
}

/// The phone in use.
struct Life {
    begun: Instant,
    record_us: Vec<f64>,
    unlocks: Vec<Unlock>,
}

impl Life {
    fn begin() -> Self {
        Self { begun: Instant::now(), record_us: Vec::new(), unlocks: Vec::new() }
    }

    /// Records these events one by one and predicts at every unlock.
    fn live(&mut self, engine: &mut Engine, events: &[Event]) -> foretap_core::Result<()> {
        let begun = self.begun;
        let clock_ns = move || u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX);
        let mut open: Option<Open> = None;
        for event in events {
            let started = Instant::now();
            engine.record(event)?;
            self.record_us.push(started.elapsed().as_secs_f64() * 1e6);
            match &event.kind {
                // The screen goes off: the next unlock's ranking is computed ahead.
                EventKind::Lock => {
                    let request = Request::unlock(event.at).in_context(event.context.clone());
                    engine.prepare(request, &clock_ns)?;
                }
                EventKind::Unlock => {
                    let next = Open::at(engine, event.at, &event.context, &clock_ns);
                    self.unlocks.extend(open.replace(next).map(|last| last.unlock));
                }
                EventKind::Launch(item) => {
                    let answered = open.take_if(|open| open.is_answered_by(item));
                    self.unlocks.extend(answered.map(|open| open.opened(item, engine.habits())));
                }
                _ => {}
            }
        }
        self.unlocks.extend(open.map(|last| last.unlock));
        Ok(())
    }
}
