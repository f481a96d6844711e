//! The engine: the one place where the log and the pure parts meet.

mod backup;
mod controls;
mod health;
mod learned;
mod loading;
mod rehearsal;
mod sync;
mod uploads;

use std::path::Path;

pub use self::backup::{Exported, Imported};
use self::learned::Learned;
pub use self::rehearsal::{Rehearsal, Rehearsed};
pub use self::sync::{SyncOptions, SyncStartError, SyncStatus, Synced};
pub use self::uploads::{Sealed, Waiting};
use crate::config::{CHECKPOINT_EVENTS, PREPARE_CHECKPOINT_EVENTS, PREPARED_MS, PREPARED_NOTICE_PART};
use crate::error::Result;
use crate::event::{Event, EventKind};
use crate::habits::{Habits, StartWeights};
use crate::model::{ModelChoice, ModelState};
use crate::ranking::{Controls, Ranking, Request, StageTimes, rank};
use crate::store::{Key, Opened, Seq, Store, StoreOptions, StoreStats};
use crate::sync::Sum;
use crate::time::Timestamp;

/// How an engine is opened. `Options::default()` is what a phone wants.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How the log is kept.
    pub store: StoreOptions,
    /// Which model corrects the statistics.
    pub model: ModelChoice,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is stored and counted.
    Stored,
    /// The log has it already; nothing changed.
    Duplicate,
    /// The person decided that it is not to be learned; nothing changed.
    NotLearned,
}

/// Records what a person opens and ranks what comes next.
///
/// One engine owns its log; a host with several threads puts it behind a lock, a host with several processes lets one
/// of them own it. Nothing here reads a clock: the host says when things happen and lends a monotonic counter.
///
/// ```
/// use foretap_core::{Engine, Event, Item, Options, Request, Timestamp};
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("foretap.db");
/// let key = foretap_core::Key::new([7; 32], [9; 16]); // from the platform's keystore
/// let mut engine = Engine::open(&path, &key, Options::default())?;
/// let now = Timestamp::new(1_700_000_000_000, 60)?;
/// for (n, app) in ["mail", "calendar", "mail", "maps"].into_iter().enumerate() {
///     engine.record(&Event::launch(now.plus_ms(60_000 * n as i64), Item::new(app)?))?;
/// }
/// let ranking = engine.predict(&Request::unlock(now.plus_ms(600_000)), &|| 0);
/// assert_eq!(ranking.predictions[0].item.id(), "mail");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Engine {
    store: Store,
    habits: Habits,
    /// Whether the host left the model to this library.
    may_sync: bool,
    /// The bundle that sync brought and that answers, where one does.
    answering: Option<Sum>,
    model: ModelState,
    start_weights: StartWeights,
    opened: Opened,
    /// The newest event that `habits` have taken into account.
    upto: Option<Seq>,
    since_checkpoint: u32,
    /// `record` saves the habits after this many events.
    checkpoint_after: u32,
    prepared: Option<Prepared>,
    controls: Controls,
    retention_days: u16,
    meter: health::Meter,
    allowed: uploads::Allowed,
}

/// A ranking computed ahead.
struct Prepared {
    request: Request,
    ranking: Ranking,
    /// For how long it answers.
    age_ms: i64,
}

impl Engine {
    /// Opens the log at `path`, or makes a new one, and brings the habits up to its last event. The folder must exist.
    /// Nothing stops a second engine on the same log; its habits would miss what the first one records.
    ///
    /// [`Self::opened`] tells whether the log was there, new, damaged and set aside, or gone. In the last two cases habits and
    /// controls begin with what the snapshot beside it knew, if there is one ([`Self::maintain`] writes it, and whatever decides or seals
    /// something); nothing may be sent, and the next upload has a server erase what the lost log had sent.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open(path: &Path, key: &Key, options: Options) -> Result<Self> {
        let (mut store, opened) = Store::open(path, key, &options.store)?;
        let opened = backup::restore(&mut store, opened)?;
        Self::of_store(store, opened, &options)
    }

    /// An engine whose log lives in memory and goes with it: for replays and tests.
    ///
    /// # Errors
    /// As [`Store::in_memory`].
    pub fn in_memory(options: Options) -> Result<Self> {
        let store = Store::in_memory(&options.store)?;
        Self::of_store(store, Opened::Created, &options)
    }

    fn of_store(mut store: Store, opened: Opened, options: &Options) -> Result<Self> {
        let loaded = loading::open(&mut store, &options.model)?;
        let Learned { habits, upto, since_checkpoint } = Learned::read(&store, &loaded.model, &loaded.start_weights)?;
        loaded.strike_out(&mut store, true);
        let loading::Loaded { model, start_weights, sum: answering, .. } = loaded;
        let checkpoint_after = CHECKPOINT_EVENTS;
        let meter = health::Meter::load(&store)?;
        let allowed = uploads::Allowed::load(&store)?;
        let controls = controls::controls_of(&store, &habits)?;
        let mut engine = Self {
            store,
            habits,
            may_sync: options.model == ModelChoice::Shipped,
            answering,
            model,
            start_weights,
            opened,
            upto,
            since_checkpoint,
            checkpoint_after,
            prepared: None,
            controls,
            retention_days: options.store.retention.max_days,
            meter,
            allowed,
        };
        engine.take_erasures()?;
        Ok(engine)
    }

    /// What opening found.
    #[must_use]
    pub const fn opened(&self) -> &Opened {
        &self.opened
    }

    /// Stores an event and learns from it. When this returns, the event survives the end of the process.
    ///
    /// Events are told as they happen. History goes to [`Self::backfill`]: here, an event more than
    /// [`LATE_WINDOW_MS`](crate::config::LATE_WINDOW_MS) older than the newest one means that the clock was set back.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient) or [`Error::Corrupt`](crate::Error::Corrupt): the event was not
    /// stored, and predictions go on from what is in memory.
    pub fn record(&mut self, event: &Event) -> Result<Recorded> {
        if !self.may_learn(event, false) {
            return Ok(Recorded::NotLearned);
        }
        let Some(seq) = self.store.append(event)? else { return Ok(Recorded::Duplicate) };
        self.learn(seq, event);
        self.end_snoozes(event);
        self.checkpoint_if_due();
        Ok(Recorded::Stored)
    }

    /// Stores many events in one transaction and learns from them, in the order given; of old ones as [`Self::record`] says.
    ///
    /// # Errors
    /// As [`Self::record`]; then none of them was stored.
    pub fn record_all(&mut self, events: &[Event]) -> Result<Vec<Recorded>> {
        let mut recorded = vec![Recorded::NotLearned; events.len()];
        let mut allowed = Vec::with_capacity(events.len());
        for (place, event) in events.iter().enumerate() {
            if self.may_learn(event, false) {
                allowed.push(place);
            }
        }
        let seqs = self.store.append_all(allowed.iter().map(|&place| &events[place]))?;
        for (place, seq) in allowed.into_iter().zip(seqs) {
            recorded[place] = if seq.is_some() { Recorded::Stored } else { Recorded::Duplicate };
            if let Some(seq) = seq {
                self.learn(seq, &events[place]);
                self.end_snoozes(&events[place]);
            }
        }
        self.checkpoint_if_due();
        Ok(recorded)
    }

    /// Stores events of the past, such as the phone's own usage log at the first start, and returns how many were new.
    ///
    /// While the log is whole, habits are learned again from all of it in order of time, as if every event had come when
    /// it happened. Once events are gone (deleted by retention, or lost with a log that began anew from its snapshot), these
    /// are counted as late ones, and those from between the first opening and the oldest event that is left are not taken: they are counted already.
    ///
    /// # Errors
    /// As [`Self::record`]; then none of them was stored.
    pub fn backfill(&mut self, events: &[Event]) -> Result<usize> {
        let mut allowed = Vec::with_capacity(events.len());
        for event in events {
            if self.may_learn(event, true) {
                allowed.push(event);
            }
        }
        let is_whole = self.store.is_whole()?;
        if !is_whole {
            // What lies between the first opening and the oldest event left, or a restored log's beginning, is counted.
            let counted_ms = self.store.stats()?.oldest_ms.or(self.habits.newest().map(|newest| newest.at_ms() + 1));
            let counted = self.habits.first_opening().map(Timestamp::at_ms).zip(counted_ms);
            allowed.retain(|event| counted.is_none_or(|(from, to)| !(from..to).contains(&event.at.at_ms())));
        }
        let known = self.upto;
        let mut rebuilt = if is_whole { Habits::new(&self.start_weights) } else { self.habits.clone() };
        let corrector = self.model.corrector();
        if let Some(corrector) = corrector {
            rebuilt.adopt(corrector);
        }
        let mut upto = known;
        let added = self.store.backfill(allowed, |history| {
            history.replay(&mut |seq, event| {
                if is_whole {
                    rebuilt.apply(event, corrector);
                } else if Some(seq) > known {
                    rebuilt.apply_late(event);
                }
                upto = upto.max(Some(seq));
            })?;
            Ok(rebuilt.to_checkpoint())
        })?;
        if added > 0 {
            (self.habits, self.upto) = (rebuilt, upto);
            self.checkpoint_after = CHECKPOINT_EVENTS;
            self.since_checkpoint = 0;
            self.prepared = None;
            if let Some(newest) = self.habits.newest() {
                self.end_snoozes_at(newest);
            }
        }
        Ok(added)
    }

    /// Ranks what will be opened next. Never touches the disk. `clock_ns` is a monotonic counter in nanoseconds, from
    /// which the ranking's stage times come.
    ///
    /// An unlock can be recorded before or after it is predicted for, but before the launches that follow it.
    ///
    /// Where [`Self::prepare`] has answered the same question (context, candidates and their order, limit, surface and
    /// exploration all equal) in the same local hour not long ago ([`PREPARED_MS`], sooner after a notification), and
    /// nothing that matters happened since, its ranking is given back and says so.
    #[must_use]
    pub fn predict(&self, request: &Request, clock_ns: &dyn Fn() -> u64) -> Ranking {
        let start = clock_ns();
        self.meter.counted(match &self.prepared {
            Some(Prepared { request: asked, ranking, age_ms }) if asked.answers(request, *age_ms) => {
                let found = clock_ns();
                let mut ranking = ranking.clone();
                ranking.is_prepared = true;
                ranking.stages = StageTimes {
                    retrieval_ns: found.saturating_sub(start),
                    formatting_ns: clock_ns().saturating_sub(found),
                    ..StageTimes::default()
                };
                ranking
            }
            _ => rank(&self.habits, self.model.active(), &self.controls, request, clock_ns),
        })
    }

    /// Computes a ranking ahead, for the next unlock while the screen is off, and saves what was learned if much was.
    ///
    /// # Errors
    /// As [`Self::checkpoint`]; the ranking is prepared all the same.
    pub fn prepare(&mut self, request: Request, clock_ns: &dyn Fn() -> u64) -> Result<()> {
        let ranking = rank(&self.habits, self.model.active(), &self.controls, &request, clock_ns);
        let notice_ms = |posted: Timestamp| (request.now.at_ms() - posted.at_ms()).max(0) / PREPARED_NOTICE_PART;
        let age_ms = self.habits.newest_notification().map_or(PREPARED_MS, |at| notice_ms(at).min(PREPARED_MS));
        // When a snooze ends, something else is offered.
        let age_ms = self.controls.next_snooze_end_ms(request.now).map_or(age_ms, |left_ms| age_ms.min(left_ms - 1));
        self.prepared = Some(Prepared { request, ranking, age_ms });
        if self.since_checkpoint >= PREPARE_CHECKPOINT_EVENTS { self.checkpoint() } else { Ok(()) }
    }

    /// Saves the habits, so that the next opening reads them instead of the events since.
    ///
    /// # Errors
    /// [`Error::Transient`](crate::Error::Transient): nothing is lost, the events are in the log.
    pub fn checkpoint(&mut self) -> Result<()> {
        if let (Some(upto), true) = (self.upto, self.since_checkpoint > 0) {
            self.store.save_checkpoint(upto, &self.habits.to_checkpoint())?;
            self.since_checkpoint = 0;
            self.checkpoint_after = CHECKPOINT_EVENTS;
            self.meter.save(&mut self.store)?;
        }
        Ok(())
    }

    /// Saves the habits, deletes the events that retention no longer keeps, and writes the snapshot that is left if the log
    /// is damaged or deleted. To be called once a day or so. Returns how many were deleted.
    ///
    /// # Errors
    /// As [`Store::purge`]; [`Error::Io`](crate::Error::Io) if the snapshot could not be written, and the last one stays.
    pub fn maintain(&mut self) -> Result<u64> {
        self.checkpoint()?;
        if let Some(now_ms) = self.store.now_ms()? {
            self.forget_ended(now_ms)?;
        }
        self.meter.save(&mut self.store)?;
        let purged = self.store.purge()?;
        self.save_snapshot()?;
        Ok(purged)
    }

    /// Numbers about the log.
    ///
    /// # Errors
    /// As [`Store::stats`].
    pub fn stats(&self) -> Result<StoreStats> {
        self.store.stats()
    }

    /// The model, or why there is none.
    #[must_use]
    pub const fn model(&self) -> &ModelState {
        &self.model
    }

    /// What is known of the person.
    #[must_use]
    pub const fn habits(&self) -> &Habits {
        &self.habits
    }

    /// Erases everything for good; see [`Store::erase`]. Where something was sent, the tokens with which a server is asked to
    /// erase it stay beside the log's path; whoever opens a log there again sends them ([`Self::begin_upload`]).
    ///
    /// # Errors
    /// As [`Store::erase`]. The erasure is begun then: the next open, or [`Store::erase_at`], finishes it.
    pub fn erase(self) -> Result<()> {
        // A log that cannot be read is erased all the same.
        if let Ok(tokens) = self.tokens_to_leave() {
            self.store.leave_erasures(&tokens)?;
        }
        self.store.erase()
    }

    /// The events are safe in the log; a checkpoint that fails is tried again some events later.
    fn checkpoint_if_due(&mut self) {
        if self.since_checkpoint >= self.checkpoint_after && self.checkpoint().is_err() {
            self.checkpoint_after = self.since_checkpoint.saturating_add(PREPARE_CHECKPOINT_EVENTS);
        }
    }

    fn learn(&mut self, seq: Seq, event: &Event) {
        let drawn = self.drawn(event);
        self.habits.apply(event, self.model.corrector());
        self.keep(drawn);
        self.upto = Some(seq);
        self.since_checkpoint += 1;
        // An unlock is what a ranking is prepared for; showing it changes nothing, showing another does.
        let is_neutral = match &event.kind {
            EventKind::Unlock | EventKind::Lock | EventKind::Home | EventKind::Dismiss { .. } => true,
            EventKind::Impression { item, surface, position, .. } => self.prepared.as_ref().is_none_or(|prepared| {
                let shown = prepared.ranking.predictions.get(usize::from(*position));
                prepared.request.surface != *surface || shown.is_some_and(|prediction| prediction.item == *item)
            }),
            _ => false,
        };
        if !is_neutral {
            self.prepared = None;
        }
    }
}

/// Shows no item and no place.
impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("opened", &self.opened).field("habits", &self.habits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
