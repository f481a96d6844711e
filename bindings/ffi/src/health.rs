//! The health report in the figures that a host acts on.

use foretap_core::health::{HitRate, ModelHealth, Quantiles};
use foretap_core::{Health, Moment};

use crate::error::ForetapError;
use crate::options::OpenedLog;

/// How a log, its habits and its predictions are. Numbers only; shares are 0 to 1, times nanoseconds.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct HealthReport {
    /// Events in the log.
    pub events: u64,
    /// The size of the database in bytes, without its write-ahead log.
    pub bytes: u64,
    /// The time of the oldest event, in UTC epoch milliseconds.
    pub oldest_ms: Option<i64>,
    /// The time of the newest event, in UTC epoch milliseconds.
    pub newest_ms: Option<i64>,
    /// Events that retention has deleted, ever.
    pub purged: u64,
    /// How often a damaged log was set aside, or one was gone.
    pub resets: u32,
    /// What opening found.
    pub opened: OpenedLog,
    /// Openings that were learned from.
    pub openings: u64,
    /// Items that were ever opened, of those that are remembered.
    pub items: u64,
    /// Name and version of the model that ranks; `None` where none does.
    pub model: Option<String>,
    /// Why the model was refused, where it was.
    pub model_refused: Option<String>,
    /// Predictions at each moment, in the order of the core.
    pub moments: Vec<MomentReport>,
    /// How long rankings took that were computed when they were asked for.
    pub computed: Quantiles,
    /// How long it took to find those that were prepared ahead.
    pub prepared: Quantiles,
    /// Everything, for people.
    pub text: String,
    /// Everything, for machines: JSON.
    pub json: String,
}

/// How good predictions were at a moment.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct MomentReport {
    /// Which.
    pub moment: Moment,
    /// In the last 7 days.
    pub week: RateReport,
    /// In the last 30 days.
    pub month: RateReport,
    /// How far the model is trusted: 0 not at all, 1 as it says, 1.5 at most; `None` without one.
    pub trust: Option<f64>,
}

/// Hit rates; `None` where nothing was asked.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct RateReport {
    /// How many openings there were to predict.
    pub questions: u64,
    /// How often what was opened was shown.
    pub foretap: Option<HitRate>,
    /// How often the best of the simple rules would have shown it, chosen after the fact.
    pub best_rule: Option<HitRate>,
}

#[uniffi::remote(Record)]
pub struct HitRate {
    pub at_1: f64,
    pub at_3: f64,
}

#[uniffi::remote(Record)]
pub struct Quantiles {
    pub count: u64,
    pub p50_ns: Option<u64>,
    pub p95_ns: Option<u64>,
    pub p99_ns: Option<u64>,
}

impl HealthReport {
    pub(crate) fn of(health: &Health, opened: OpenedLog) -> Result<Self, ForetapError> {
        let json = serde_json::to_string(health);
        let rate = |score: &foretap_core::health::Score| RateReport {
            questions: score.questions,
            foretap: score.rates.as_ref().map(|rates| rates.foretap),
            best_rule: score.rates.as_ref().map(foretap_core::health::Rates::best),
        };
        let (model, model_refused) = match &health.model {
            ModelHealth::Active { name } => (Some(name.clone()), None),
            ModelHealth::Refused { reason } => (None, Some(reason.clone())),
            ModelHealth::Off => (None, None),
        };
        Ok(Self {
            events: health.log.events,
            bytes: health.log.bytes,
            oldest_ms: health.log.oldest_ms,
            newest_ms: health.log.newest_ms,
            purged: health.log.purged,
            resets: health.log.resets,
            opened,
            openings: health.habits.openings,
            items: health.habits.items as u64,
            model,
            model_refused,
            moments: health
                .moments
                .iter()
                .map(|m| MomentReport { moment: m.moment, week: rate(&m.week), month: rate(&m.month), trust: m.trust })
                .collect(),
            computed: health.latency.total,
            prepared: health.latency.prepared,
            text: health.to_string(),
            json: json.map_err(|error| ForetapError::Other(error.to_string()))?,
        })
    }
}
