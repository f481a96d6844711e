//! What gave the rankings, and how long they took.

use serde::Serialize;

use super::durations::Durations;
use super::telemetry::Telemetry;
use crate::ranking::AnsweredBy;

/// What gave the rankings, in numbers of rankings since the log was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// The host's order: nothing was opened yet.
    pub host_order: u64,
    /// The mixer.
    pub mixer: u64,
    /// The model.
    pub model: u64,
    /// Those of all of them that were prepared ahead.
    pub prepared: u64,
}

/// How long rankings took since the log was made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// All stages, of the rankings that were computed when they were asked for.
    pub total: Quantiles,
    /// Their finding of candidates.
    pub retrieval: Quantiles,
    /// Their statistics, experts and the model's features.
    pub features: Quantiles,
    /// Their model and mixing.
    pub inference: Quantiles,
    /// Their ordering, reasons and names.
    pub formatting: Quantiles,
    /// Finding rankings that were prepared ahead.
    pub prepared: Quantiles,
    /// The histogram of `total`, by powers of two; filled bins only.
    pub octaves: Vec<Octave>,
}

/// Quantiles of a histogram, at most a tenth off; `None` of none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Quantiles {
    /// How many durations there are.
    pub count: u64,
    /// The median, in nanoseconds.
    pub p50_ns: Option<u64>,
    /// What 95 % do not exceed, in nanoseconds.
    pub p95_ns: Option<u64>,
    /// What 99 % do not exceed, in nanoseconds.
    pub p99_ns: Option<u64>,
}

/// A bin of a histogram.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Octave {
    /// Where it begins, in nanoseconds.
    pub from_ns: u64,
    /// Where the next one begins.
    pub below_ns: u64,
    /// How many rankings lie in it.
    pub rankings: u64,
}

impl Answers {
    pub(super) fn of(telemetry: &Telemetry) -> Self {
        Self {
            host_order: telemetry.answered(AnsweredBy::HostOrder),
            mixer: telemetry.answered(AnsweredBy::Mixer),
            model: telemetry.answered(AnsweredBy::Model),
            prepared: telemetry.prepared().count(),
        }
    }
}

impl Latency {
    pub(super) fn of(telemetry: &Telemetry) -> Self {
        let [retrieval, features, inference, formatting] = telemetry.stages().each_ref().map(Quantiles::of);
        let octave = |(from_ns, below_ns, rankings)| Octave { from_ns, below_ns, rankings };
        Self {
            total: Quantiles::of(telemetry.total()),
            retrieval,
            features,
            inference,
            formatting,
            prepared: Quantiles::of(telemetry.prepared()),
            octaves: telemetry.total().octaves_ns().into_iter().map(octave).collect(),
        }
    }
}

impl Quantiles {
    fn of(durations: &Durations) -> Self {
        let [p50_ns, p95_ns, p99_ns] = [0.5, 0.95, 0.99].map(|share| durations.quantile_ns(share));
        Self { count: durations.count(), p50_ns, p95_ns, p99_ns }
    }
}
