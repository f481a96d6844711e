//! A rehearsal: a bundle and the one before it on the same events of the phone's own log, without the log and its lock.

use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::loading::reason_of;
use crate::config::{MAX_ANSWER_US, MAX_REHEARSAL_NS, REHEARSAL_OPENINGS};
use crate::event::{Event, EventKind};
use crate::habits::{Calibration, Corrector, Habits, Moment, Shortlisted, StartWeights, Statistics};
use crate::model::{Model, load};
use crate::sync::{Reason, Shown, Sum, Tally, Trial};

/// Two bundles, the newest events, and from which of them on hits are counted. It holds what it needs, so the engine answers
/// meanwhile: [`Self::run`] takes a second or two.
#[derive(Clone)]
pub struct Rehearsal {
    pub(super) trial: Trial,
    pub(super) is_first: bool,
    pub(super) file: Vec<u8>,
    pub(super) before: Vec<u8>,
    pub(super) events: Vec<Event>,
    pub(super) judged_from: usize,
}

/// What a rehearsal came to, for [`Engine::conclude`](crate::Engine::conclude).
#[derive(Debug)]
pub struct Rehearsed {
    pub(super) trial: Trial,
    pub(super) is_first: bool,
    pub(super) result: Result<(Model, StartWeights), Reason>,
    tally: Tally,
    answer_ns: u64,
}

impl Rehearsal {
    /// Of a bundle that waits for its trial: the last [`REHEARSAL_OPENINGS`] openings are judged.
    pub(super) fn of_standby(trial: Trial, file: Vec<u8>, before: Vec<u8>, events: Vec<Event>) -> Self {
        let openings = events.iter().enumerate().rev().filter(|(_, event)| is_opening(event));
        let judged_from = openings.take(REHEARSAL_OPENINGS).last().map_or(0, |(place, _)| place);
        Self { trial, is_first: true, file, before, events, judged_from }
    }

    /// Of the one on trial: what came since it answers is judged.
    pub(super) fn of_trial(
        trial: Trial,
        file: Vec<u8>,
        before: Vec<u8>,
        events: Vec<Event>,
        judged_from: usize,
    ) -> Self {
        Self { trial, is_first: false, file, before, events, judged_from }
    }

    /// Plays the events with either bundle. `clock_ns` is a monotonic counter in nanoseconds, from which the time of answers
    /// comes. Needs no engine.
    #[must_use]
    pub fn run(self, clock_ns: &dyn Fn() -> u64) -> Rehearsed {
        let mut tally = Tally::default();
        let mut answer_ns = 0;
        let result = load(&self.file).map_err(|refused| reason_of(&refused)).and_then(|(model, start_weights)| {
            let timed = Timed::new(&model, clock_ns);
            let played = catch_unwind(AssertUnwindSafe(|| self.play(&start_weights, &timed, &timed.is_slow)));
            let hits = played.map_err(|_| Reason::Crashed)?;
            answer_ns = timed.median_ns();
            let most_us = [self.trial.answer_us, MAX_ANSWER_US].into_iter().filter(|us| *us > 0).min().unwrap_or(0);
            if timed.is_slow.get() || answer_ns > 1_000 * u64::from(most_us) {
                return Err(Reason::Slow);
            }
            if timed.failures.get() > 0 {
                return Err(Reason::Unusable);
            }
            // A bundle before it that does not load is no measure: what is compared with is the statistics alone.
            let (before, start) = load(&self.before).map_or((None, start_weights.clone()), |(m, s)| (Some(m), s));
            let before = match &before {
                Some(model) => self.play(&start, model, &Cell::new(false)),
                None => self.play(&start, &Silent, &Cell::new(false)),
            };
            tally = Tally {
                answers: hits.map(|[answers, _]| answers),
                before: before.map(|[_, h]| h),
                hits: hits.map(|[_, h]| h),
            };
            Ok((model, start_weights))
        });
        Rehearsed { trial: self.trial, is_first: self.is_first, result, tally, answer_ns }
    }

    /// Answers, and hits among the first three, for each moment.
    fn play(&self, start: &StartWeights, corrector: &dyn Corrector, is_over: &Cell<bool>) -> [[u64; 2]; 3] {
        let mut habits = Habits::new(start);
        habits.adopt(corrector);
        for (place, event) in self.events.iter().enumerate() {
            if place == self.judged_from {
                habits.forget_scorecard();
            }
            habits.apply(event, Some(corrector));
            if is_over.get() {
                break;
            }
        }
        let Some(newest) = habits.newest().filter(|_| self.judged_from < self.events.len()) else { return [[0; 2]; 3] };
        let totals = habits.scorecard().over(newest, 0..i64::MAX);
        Moment::ALL.map(|moment| [totals.of(moment).answered(), totals.of(moment).hits()[1]])
    }
}

impl Rehearsed {
    /// The sum of the bundle that was rehearsed.
    #[must_use]
    pub const fn sha256(&self) -> Sum {
        self.trial.sha256
    }

    /// How either bundle did.
    #[must_use]
    pub const fn tally(&self) -> &Tally {
        &self.tally
    }

    /// The median time of its answers, in nanoseconds.
    #[must_use]
    pub const fn answer_ns(&self) -> u64 {
        self.answer_ns
    }

    /// What it showed.
    #[must_use]
    pub fn shown(&self) -> Shown {
        Shown { trial: self.trial, is_first: self.is_first, refused: self.refused(), tally: self.tally }
    }

    /// Why it is to be given back already.
    #[must_use]
    pub fn refused(&self) -> Option<Reason> {
        self.result.as_ref().err().copied()
    }
}

fn is_opening(event: &Event) -> bool {
    matches!(event.kind, EventKind::Launch(_))
}

/// A model whose answers are timed.
struct Timed<'a> {
    model: &'a Model,
    clock_ns: &'a dyn Fn() -> u64,
    times_ns: RefCell<Vec<u64>>,
    sum_ns: Cell<u64>,
    failures: Cell<u64>,
    is_slow: Cell<bool>,
}

impl<'a> Timed<'a> {
    fn new(model: &'a Model, clock_ns: &'a dyn Fn() -> u64) -> Self {
        let (sum_ns, failures, is_slow) = (Cell::new(0), Cell::new(0), Cell::new(false));
        Self { model, clock_ns, times_ns: RefCell::default(), sum_ns, failures, is_slow }
    }

    fn median_ns(&self) -> u64 {
        let mut times = self.times_ns.borrow().clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied().unwrap_or(0)
    }
}

impl Corrector for Timed<'_> {
    fn id(&self) -> [u8; 32] {
        self.model.id()
    }

    fn calibration(&self) -> &[Calibration; 3] {
        self.model.calibration()
    }

    fn correct(&self, statistics: &Statistics<'_>, asked: &Shortlisted<'_>) -> Option<Vec<f32>> {
        let begun = (self.clock_ns)();
        let answer = self.model.correct(statistics, asked);
        let took = (self.clock_ns)().saturating_sub(begun);
        self.times_ns.borrow_mut().push(took);
        self.sum_ns.set(self.sum_ns.get().saturating_add(took));
        self.is_slow.set(self.sum_ns.get() > MAX_REHEARSAL_NS);
        if answer.as_ref().is_none_or(|corrections| corrections.iter().any(|c| !c.is_finite())) {
            self.failures.set(self.failures.get() + 1);
        }
        answer
    }
}

/// No model.
struct Silent;

impl Corrector for Silent {
    fn id(&self) -> [u8; 32] {
        [0; 32]
    }

    fn calibration(&self) -> &[Calibration; 3] {
        &[Calibration::NEUTRAL; 3]
    }

    fn correct(&self, _: &Statistics<'_>, _: &Shortlisted<'_>) -> Option<Vec<f32>> {
        None
    }
}

/// Shows no event.
impl std::fmt::Debug for Rehearsal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rehearsal").field("trial", &self.trial).finish_non_exhaustive()
    }
}
