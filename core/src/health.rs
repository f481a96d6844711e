//! The health report: whether predictions are still good on this phone, and what they rest on. Numbers only; no item, place
//! or token is ever in it.

mod drift;
mod durations;
mod latency;
mod score;
mod telemetry;
mod text;

use serde::{Serialize, Serializer};

pub use drift::{Band, Drift};
pub use durations::Durations;
pub use latency::{Answers, Latency, Octave, Quantiles};
pub use score::{HitRate, Rates, RuleRate, Score};
pub use telemetry::Telemetry;

use crate::habits::{Habits, Input, Moment};
use crate::model::ModelState;
use crate::store::{Opened, StoreStats};
use crate::time::{DAY_MS, Timestamp};

/// The days that drift is looked for in, and those that they are compared with; together the longer span of hit rates.
const RECENT_DAYS: i64 = 7;
const DAYS: i64 = 30;

/// How a log, its habits and its predictions are. `Display` is a report for people, `Serialize` one for machines; shares
/// are 0..=1, times nanoseconds.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Health {
    /// The log.
    pub log: LogHealth,
    /// What was learned from it.
    pub habits: HabitsHealth,
    /// The model.
    pub model: ModelHealth,
    /// Predictions at each moment, in the order of [`Moment::ALL`].
    pub moments: Vec<MomentHealth>,
    /// What predictions are made from, in the order of [`Input::ALL`].
    pub inputs: Vec<InputHealth>,
    /// What gave the rankings.
    pub answers: Answers,
    /// How long they took.
    pub latency: Latency,
}

/// The log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LogHealth {
    /// Events in it.
    pub events: u64,
    /// The size of the database in bytes, without its write-ahead log.
    pub bytes: u64,
    /// The time of the oldest event, in UTC epoch milliseconds.
    pub oldest_ms: Option<i64>,
    /// The time of the newest event, in UTC epoch milliseconds.
    pub newest_ms: Option<i64>,
    /// Whole days since the oldest event; 0 if its clock was ahead.
    pub age_days: Option<u64>,
    /// Whole days since the newest event; 0 if its clock was ahead.
    pub quiet_days: Option<u64>,
    /// Events that retention has deleted, ever.
    pub purged: u64,
    /// How often a damaged log was set aside.
    pub resets: u32,
    /// What opening found.
    pub found: Found,
}

/// What opening found; [`Opened`] without a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// There was no log.
    Nothing,
    /// The log.
    Log,
    /// A damaged log, which was set aside.
    Damage,
    /// None, where one had been.
    Loss,
}

/// What was learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct HabitsHealth {
    /// Openings, repeats within a session counted once.
    pub openings: u64,
    /// Items that were ever opened, of those that are remembered.
    pub items: usize,
    /// Sessions.
    pub sessions: u64,
}

/// The model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum ModelHealth {
    /// It ranks, as far as this phone trusts it.
    Active {
        /// Its name and version, as in [`Ranking::model`](crate::Ranking::model).
        name: String,
    },
    /// It was refused, and the statistics answer alone.
    Refused {
        /// Why.
        reason: String,
    },
    /// None was wanted.
    Off,
}

/// Predictions at a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MomentHealth {
    /// The moment.
    #[serde(serialize_with = "moment")]
    pub moment: Moment,
    /// How far the model is trusted: 0 not at all, 1 as it says, 1.5 at most; `None` without one.
    pub trust: Option<f64>,
    /// How good predictions were in the last 7 days.
    pub week: Score,
    /// How good predictions were in the last 30 days.
    pub month: Score,
    /// Drift of the probability of the first prediction.
    pub probability: Drift,
    /// Drift of the place that what was opened had.
    pub rank: Drift,
}

/// Drift of something that predictions are made from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct InputHealth {
    /// What.
    #[serde(serialize_with = "input")]
    pub input: Input,
    /// How far it drifted.
    pub drift: Drift,
}

impl Health {
    /// The report at `now`: of a log, of what opening it found, of the habits and the model, and of what was counted
    /// beside the log.
    #[must_use]
    pub fn of(
        now: Timestamp,
        (stats, opened): (&StoreStats, &Opened),
        habits: &Habits,
        model: &ModelState,
        telemetry: &Telemetry,
    ) -> Self {
        let [week, before, month] =
            [0..RECENT_DAYS, RECENT_DAYS..DAYS, 0..DAYS].map(|ages| habits.scorecard().over(now, ages));
        let moments = Moment::ALL.map(|moment| {
            let [week, before, month] = [&week, &before, &month].map(|totals| totals.of(moment));
            MomentHealth {
                moment,
                trust: model.active().map(|_| habits.trust(moment)),
                week: Score::of(week),
                month: Score::of(month),
                probability: Drift::between(&week.firsts, &before.firsts),
                rank: Drift::between(&week.ranks, &before.ranks),
            }
        });
        let inputs = Input::ALL
            .map(|input| InputHealth { input, drift: Drift::between(week.input(input), before.input(input)) });
        Self {
            log: LogHealth::of(now, stats, opened),
            habits: HabitsHealth {
                openings: habits.openings(),
                items: habits.opened_items(),
                sessions: habits.session().1,
            },
            model: ModelHealth::of(model),
            moments: moments.into(),
            inputs: inputs.into(),
            answers: Answers::of(telemetry),
            latency: Latency::of(telemetry),
        }
    }
}

impl LogHealth {
    fn of(now: Timestamp, stats: &StoreStats, opened: &Opened) -> Self {
        let days_since = |ms: i64| u64::try_from((now.at_ms() - ms) / DAY_MS).unwrap_or(0);
        Self {
            events: stats.events,
            bytes: stats.bytes,
            oldest_ms: stats.oldest_ms,
            newest_ms: stats.newest_ms,
            age_days: stats.oldest_ms.map(days_since),
            quiet_days: stats.newest_ms.map(days_since),
            purged: stats.purged,
            resets: stats.resets,
            found: match opened {
                Opened::Created => Found::Nothing,
                Opened::Existing => Found::Log,
                Opened::SetAside { .. } => Found::Damage,
                Opened::Vanished { .. } => Found::Loss,
            },
        }
    }
}

impl ModelHealth {
    fn of(state: &ModelState) -> Self {
        match state {
            ModelState::Active(model) => Self::Active { name: format!("{} {}", model.name(), model.version()) },
            ModelState::Refused(error) => Self::Refused { reason: error.to_string() },
            ModelState::Off => Self::Off,
        }
    }
}

fn moment<S: Serializer>(moment: &Moment, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(moment.name())
}

fn input<S: Serializer>(input: &Input, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(input.name())
}
