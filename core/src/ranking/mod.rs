//! The ranking: which items are shown, in which order, how likely each is, and why.

mod controls;
mod exploration;
mod reason;
mod request;
mod row;
mod sentence;
mod slots;

pub use controls::Controls;
pub use exploration::Exploration;
pub use reason::{Reason, ReasonCode};
pub use request::Request;
pub use sentence::Language;

use std::collections::BTreeSet;

use row::Slot;

use crate::event::{Event, EventKind, Item, Propensity, Token};
use crate::habits::{Belief, Contributions, Habits, Moment, Query, Statistics};
use crate::model::{Effects, Model, Reading};
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
    /// The row, slot by slot. At first the likeliest item leads, and equal ones are ordered by last use, then by the host's
    /// order; once a row was shown ([`Self::impressions`] recorded), an item moves only where the gain exceeds the cost of
    /// moving. Pinned items stand at their places.
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
pub fn rank(
    habits: &Habits,
    model: Option<&Model>,
    controls: &Controls,
    request: &Request,
    clock_ns: &dyn Fn() -> u64,
) -> Ranking {
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
        let reading = Reading::of(&statistics, &asked);
        (model, asked.places, reading)
    });
    let described = clock_ns();

    let corrected = asked.and_then(|(model, places, reading)| {
        let corrections = model.infer(&reading).ok()?;
        habits.correct(&mut evidence, &places, &corrections);
        evidence.changes.is_some().then_some(Corrected { model, places, reading, corrections })
    });
    let belief = habits.believe(&evidence);
    let inferred = clock_ns();

    let contributions = habits.contributions(&evidence, &belief);
    let offers = row::offers(habits, controls, request, &statistics, &belief, &unopened);
    let shown = row::row(habits, controls, request, offers);
    let effects = corrected.as_ref().map(|corrected| corrected.effects(habits, &belief, request, &shown));
    let predictions = shown
        .iter()
        .enumerate()
        .map(|(place, slot)| Prediction {
            item: slot.offer.item.clone(),
            probability: slot.offer.probability,
            reasons: {
                let effects = effects.as_ref().and_then(|effects| effects[place]);
                reasons(habits, controls, request, slot, &statistics, &contributions, effects)
            },
            propensity: slot.propensity,
        })
        .collect();
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

/// What a model was asked and what it said.
struct Corrected<'a> {
    model: &'a Model,
    places: Vec<usize>,
    reading: Reading,
    corrections: Vec<f32>,
}

impl Corrected<'_> {
    /// What each group of features adds to the score of the shown items that the model looked at, as far as this phone
    /// trusts it.
    fn effects(&self, habits: &Habits, belief: &Belief, request: &Request, shown: &[Slot<'_>]) -> Vec<Option<Effects>> {
        let weights: Vec<f64> = self.places.iter().map(|&place| belief.log_gate[place].exp()).collect();
        let row_of = |slot: &Slot<'_>| {
            slot.offer.candidate.and_then(|candidate| self.places.iter().position(|&place| place == candidate))
        };
        let rows_of: Vec<Option<usize>> = shown.iter().map(row_of).collect();
        let rows: Vec<usize> = rows_of.iter().copied().flatten().collect();
        let Ok(effects) = self.model.effects(&self.reading, &self.corrections, &weights, &rows) else {
            return vec![None; shown.len()];
        };
        let trust = habits.trust(request.moment);
        let mut effects = effects.into_iter().map(|effects| effects.map(|effect| trust * effect));
        rows_of.into_iter().map(|row| row.and_then(|_| effects.next())).collect()
    }
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

/// Why an item is in the row: what the person decided first, then what spoke for it.
fn reasons(
    habits: &Habits,
    controls: &Controls,
    request: &Request,
    slot: &Slot<'_>,
    statistics: &Statistics<'_>,
    contributions: &[Contributions],
    effects: Option<Effects>,
) -> Vec<Reason> {
    let offer = &slot.offer;
    let last_used = offer.candidate.and_then(|place| statistics.candidates[place].last_used);
    let mut reasons = Vec::new();
    if controls.is_pinned(offer.item) {
        reasons.push(Reason { code: ReasonCode::Pinned, weight: 0.0 });
    }
    if controls.is_promoted(offer.item) {
        reasons.push(Reason { code: ReasonCode::Promoted, weight: controls.shift(offer.item, None, request.now) });
    }
    if slot.is_explored {
        reasons.push(Reason { code: ReasonCode::Explored, weight: 0.0 });
    }
    let Some(place) = offer.candidate else {
        if reasons.is_empty() {
            reasons.push(Reason { code: ReasonCode::NeverOpened, weight: 0.0 });
        }
        return reasons;
    };
    let candidate = &statistics.candidates[place];
    let current = habits.current().map(|index| habits.item(index));
    let current = current.filter(|item| *item != offer.item && !controls.is_unnamed(item));
    let situation = reason::Situation {
        now: request.now,
        context: &request.context,
        label: habits.place_label(&request.context),
        current: current.cloned(),
        waiting: candidate.notices.waiting,
        last_used,
        openings: candidate.counts.total,
    };
    reasons.extend(reason::explain(&contributions[place], effects, &situation));
    reasons
}
