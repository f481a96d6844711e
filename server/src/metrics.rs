//! What is counted. No label holds anything of a request: each is one of a few words.

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Metric, Registry, Unit};

/// Everything that is counted; `docs/server.md` has the names.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    batches: Family<Label, Counter>,
    erasures: Family<Label, Counter>,
    answers: Family<Status, Counter>,
    lake_rows: Family<Label, Counter>,
    lake_parts: Family<Label, Counter>,
    pub(crate) body_bytes: Counter,
    pub(crate) connections: Gauge,
    pub(crate) connections_refused: Counter,
    pub(crate) queue: Gauge,
    pub(crate) fsync_seconds: Histogram,
    pub(crate) journal_bytes: Counter,
    pub(crate) journal_failures: Counter,
    pub(crate) journal_damaged: Counter,
    pub(crate) lost_batches: Counter,
    pub(crate) segments_waiting: Gauge,
    pub(crate) lake_bytes: Counter,
    pub(crate) lake_failures: Counter,
    pub(crate) erasures_pending: Gauge,
    pub(crate) erased_rows: Counter,
    pub(crate) expired_parts: Counter,
}

/// What became of something, or its kind.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Label {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Status {
    status: u16,
}

impl Metrics {
    /// All at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("foretap");
        let mut to = Registration(&mut registry);
        Self {
            batches: to.with("batches", "Uploads, by what became of them", Family::default()),
            erasures: to.with("erasures", "Requests to erase, by what became of them", Family::default()),
            answers: to.with("answers", "Answers of any kind, by status", Family::default()),
            lake_rows: to.with("lake_rows", "Rows written into the lake, by table", Family::default()),
            lake_parts: to.with("lake_parts", "Parts written into the lake, by table", Family::default()),
            body_bytes: to.bytes("body", "Of bodies that were read"),
            connections: to.with("connections", "Connections now", Gauge::default()),
            connections_refused: to.with("connections_refused", "Connections beyond the most", Counter::default()),
            queue: to.with("journal_queue", "Requests that wait for the journal now", Gauge::default()),
            fsync_seconds: {
                let seconds = Histogram::new(exponential_buckets(0.000_25, 2.0, 15));
                to.0.register_with_unit("journal_fsync", "How long an fsync took", Unit::Seconds, seconds.clone());
                seconds
            },
            journal_bytes: to.bytes("journal", "Appended to the journal"),
            journal_failures: to.with("journal_failures", "Times the journal could not be written", Counter::default()),
            journal_damaged: to.with("journal_damaged", "Damaged places found in the journal", Counter::default()),
            lost_batches: to.with("lost_batches", "Acknowledged batches that damage has cost", Counter::default()),
            segments_waiting: to.with("segments_waiting", "Closed segments not yet in the lake", Gauge::default()),
            lake_bytes: to.bytes("lake", "Written into the lake"),
            lake_failures: to.with(
                "lake_failures",
                "Times the lake could not be brought up to date",
                Counter::default(),
            ),
            erasures_pending: to.with("erasures_pending", "Pseudonyms whose rows may be in the lake", Gauge::default()),
            erased_rows: to.with("erased_rows", "Rows taken out of journal and lake", Counter::default()),
            expired_parts: to.with("expired_parts", "Parts that were too old and went", Counter::default()),
            registry,
        }
    }

    /// An upload came to this.
    pub(crate) fn batch(&self, kind: &'static str) {
        self.batches.get_or_create(&Label { kind }).inc();
    }

    /// A request to erase came to this.
    pub(crate) fn erasure(&self, kind: &'static str) {
        self.erasures.get_or_create(&Label { kind }).inc();
    }

    /// An answer was given.
    pub(crate) fn answer(&self, status: u16) {
        self.answers.get_or_create(&Status { status }).inc();
    }

    /// A part was made.
    pub(crate) fn wrote_part(&self, kind: &'static str, rows: usize, bytes: usize) {
        self.lake_rows.get_or_create(&Label { kind }).inc_by(rows as u64);
        self.lake_parts.get_or_create(&Label { kind }).inc();
        self.lake_bytes.inc_by(bytes as u64);
    }

    /// All of it as OpenMetrics text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        text::encode(&mut text, &self.registry).expect("a string takes whatever is written");
        text
    }
}

/// Where metrics are made known.
struct Registration<'a>(&'a mut Registry);

impl Registration<'_> {
    fn with<M: Metric + Clone>(&mut self, name: &str, help: &str, metric: M) -> M {
        self.0.register(name, help, metric.clone());
        metric
    }

    fn bytes(&mut self, name: &str, help: &str) -> Counter {
        let metric = Counter::default();
        self.0.register_with_unit(name, help, Unit::Bytes, metric.clone());
        metric
    }
}
