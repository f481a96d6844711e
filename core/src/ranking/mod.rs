//! The ranking: which items are shown, in which order, how likely each is, and why.

mod exploration;
mod reason;
mod request;

pub use exploration::Exploration;
pub use reason::{Reason, ReasonCode};
pub use request::Request;

use std::collections::BTreeSet;

use crate::event::{Event, EventKind, Item, Propensity, Token};
use crate::features::features;
use crate::habits::{Belief, Candidate, Contributions, Habits, ItemIndex, Moment, Query};
use crate::model::Model;
use crate::time::Timestamp;

/// A predicted item.
#[derive(Debug, Clone, PartialEq)]
pub struct Prediction {
    /// The item.
    pub item: Item,
    /// How likely it is the one opened next, 0..=1. Over many rankings, of the predictions with 0.3 three in ten come true.
    pub probability: f64,
    /// Why it is here, the strongest reason first; never empty.
    pub reasons: Vec<Reason>,
    /// How likely a ranking for the same request was to show it at this place.
    pub propensity: Propensity,
}

/// What gave the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnsweredBy {
    /// Nothing was opened yet: the host's order.
    HostOrder,
    /// The statistics of this person, mixed by learned weights: there is no model, or it could not answer.
    Mixer,
    /// The same, corrected by the model as far as this phone trusts it.
    Model,
}

impl AnsweredBy {
    /// The word used in tables, as `mixer`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::HostOrder => "host_order",
            Self::Mixer => "mixer",
            Self::Model => "model",
        }
    }
}

/// Nanoseconds of each stage, by the clock that the caller gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StageTimes {
    /// Finding the candidates.
    pub retrieval_ns: u64,
    /// Statistics, experts and the model's features.
    pub features_ns: u64,
    /// The model and the mixing.
    pub inference_ns: u64,
    /// Ordering, reasons, names.
    pub formatting_ns: u64,
}

impl StageTimes {
    /// Retrieval, features, inference, formatting.
    #[must_use]
    pub const fn in_order_ns(self) -> [u64; 4] {
        [self.retrieval_ns, self.features_ns, self.inference_ns, self.formatting_ns]
    }

    /// All stages together.
    #[must_use]
    pub const fn total_ns(self) -> u64 {
        self.retrieval_ns
            .saturating_add(self.features_ns)
            .saturating_add(self.inference_ns)
            .saturating_add(self.formatting_ns)
    }
}

/// An answer to a [`Request`].
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// The likeliest item first, but for what is explored. Equal probabilities are ordered by last use, then by the
    /// host's order.
    pub predictions: Vec<Prediction>,
    /// The moment it is for.
    pub moment: Moment,
    /// Where it is shown, as the request said.
    pub surface: Token,
    /// What gave the answer.
    pub answered_by: AnsweredBy,
    /// Name and version of the model that took part, as `ubiqlog-mlp 1`.
    pub model: Option<String>,
    /// Whether it was computed ahead by `prepare`.
    pub is_prepared: bool,
    /// How long this call took, by stage. A prepared ranking only takes finding and formatting.
    pub stages: StageTimes,
}

impl Ranking {
    /// The events that say this ranking was shown at `at`, to be recorded by the host that showed it.
    #[must_use]
    pub fn impressions(&self, at: Timestamp) -> Vec<Event> {
        let event = |(position, prediction): (u8, &Prediction)| {
            let (item, surface) = (prediction.item.clone(), self.surface.clone());
            Event::new(at, EventKind::Impression { item, surface, position, propensity: Some(prediction.propensity) })
        };
        (0..).zip(&self.predictions).map(event).collect()
    }
}

/// Ranks: what `Engine::predict` does with its habits, for those who play a log back without storing it. `clock_ns` is a
/// monotonic counter in nanoseconds; the core has none.
#[must_use]
pub fn rank(habits: &Habits, model: Option<&Model>, request: &Request, clock_ns: &dyn Fn() -> u64) -> Ranking {
    let start = clock_ns();
    let within =
        request.candidates.as_ref().map(|items| items.iter().filter_map(|i| habits.find(i)).collect::<Vec<_>>());
    let candidates = habits.candidates(request.moment, within.as_deref());
    let unopened = unopened(habits, request);
    let retrieved = clock_ns();

    let query = Query { moment: request.moment, now: request.now, context: &request.context };
    let statistics = habits.statistics(&query, &candidates);
    let mut evidence = habits.evidence(&statistics, None);
    let asked = model.filter(|_| !candidates.is_empty()).map(|model| {
        let asked = habits.shortlisted(&evidence);
        let matrix = features(&statistics, &asked);
        (model, asked.places, matrix)
    });
    let described = clock_ns();

    if let Some((model, places, matrix)) = asked
        && let Ok(corrections) = model.infer(matrix.view())
    {
        habits.correct(&mut evidence, &places, &corrections);
    }
    let belief = habits.believe(&evidence);
    let inferred = clock_ns();

    let contributions = habits.contributions(&evidence, &belief);
    let likely = Likely::of(habits, &belief, unopened.len());
    let predictions = likely
        .best(request.considered())
        .into_iter()
        .map(|(place, probability)| match place {
            Place::Opened(place) => Prediction {
                item: habits.item(statistics.candidates[place].index).clone(),
                probability,
                reasons: reasons(habits, request, &statistics.candidates[place], &contributions[place]),
                propensity: Propensity::CERTAIN,
            },
            Place::Unopened(place) => Prediction {
                item: unopened[place].clone(),
                probability,
                reasons: vec![Reason { code: ReasonCode::NeverOpened, weight: 0.0 }],
                propensity: Propensity::CERTAIN,
            },
        })
        .collect();
    let predictions = request.explored(predictions);
    let answered_by = match (candidates.is_empty(), &evidence.changes) {
        (true, _) => AnsweredBy::HostOrder,
        (false, None) => AnsweredBy::Mixer,
        (false, Some(_)) => AnsweredBy::Model,
    };
    let model = model.filter(|_| answered_by == AnsweredBy::Model).map(|m| format!("{} {}", m.name(), m.version()));
    let stages = StageTimes {
        retrieval_ns: retrieved.saturating_sub(start),
        features_ns: described.saturating_sub(retrieved),
        inference_ns: inferred.saturating_sub(described),
        formatting_ns: clock_ns().saturating_sub(inferred),
    };
    let surface = request.surface.clone();
    Ranking { predictions, moment: request.moment, surface, answered_by, model, is_prepared: false, stages }
}

/// Items that can be offered although they were never opened: as the host lists them, else in the order of installation.
fn unopened(habits: &Habits, request: &Request) -> Vec<Item> {
    let is_unopened =
        |item: &Item| habits.find(item).is_none_or(|index| !habits.was_opened(index) && !habits.is_gone(index));
    match &request.candidates {
        Some(items) => {
            let mut seen = BTreeSet::new();
            items.iter().filter(|item| is_unopened(item) && seen.insert(*item)).cloned().collect()
        }
        None => habits.never_opened().into_iter().map(|index| habits.item(index).clone()).collect(),
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Opened(usize),
    Unopened(usize),
}

/// Probabilities of opened and of never opened items together.
struct Likely(Vec<(Place, f64)>);

impl Likely {
    /// The chance that something never opened comes next is estimated as Good and Turing do: by the share of openings
    /// that went to items opened once. It is shared out by rank in the host's order.
    fn of(habits: &Habits, belief: &Belief, unopened: usize) -> Self {
        let (once, openings) = habits.opened_once();
        let new = match (unopened, belief.log_p.len()) {
            (0, _) => 0.0,
            (_, 0) => 1.0,
            _ => (once as f64 + 1.0) / (openings as f64 + 2.0),
        };
        let all: f64 = (1..=unopened).map(|rank| 1.0 / rank as f64).sum();
        let opened = belief.log_p.iter().enumerate().map(|(n, log_p)| (Place::Opened(n), (1.0 - new) * log_p.exp()));
        let unopened = (0..unopened).map(|n| (Place::Unopened(n), new / all / (n + 1) as f64));
        Self(opened.chain(unopened).collect())
    }

    /// The `limit` likeliest; equal ones stay in their order.
    fn best(mut self, limit: usize) -> Vec<(Place, f64)> {
        self.0.sort_by(|a, b| b.1.total_cmp(&a.1));
        self.0.truncate(limit);
        self.0
    }
}

fn reasons(
    habits: &Habits,
    request: &Request,
    candidate: &Candidate<'_>,
    contributions: &Contributions,
) -> Vec<Reason> {
    let item = |index: Option<ItemIndex>| index.map(|i| habits.item(i).clone());
    let situation = reason::Situation {
        now: request.now,
        context: &request.context,
        label: habits.place_label(&request.context),
        current: item(habits.current()),
        waiting: candidate.notices.waiting,
        last_used: candidate.last_used,
        openings: candidate.counts.total,
    };
    reason::explain(contributions, &situation)
}
