//! What was learned, as checkpoints had it before two experts came: [`Expert::Return`] and [`Expert::Soon`].

use serde::Deserialize;

use super::super::confidence::Confidence;
use super::super::experts::{EXPERTS, Expert};
use super::super::gate::Gate;
use super::super::items::ItemIndex;
use super::super::mixer::Mixer;
use super::super::notifications::NOTICE_FEATURES;
use super::super::scorecard::Sight;
use super::super::start_weights::StartWeights;
use super::super::statistics::Moment;
use super::Learning;

/// The experts that came.
const CAME: [Expert; 2] = [Expert::Return, Expert::Soon];
/// A number of each expert that there was.
type Row = [f64; EXPERTS - CAME.len()];

/// The fields of `Learning` then, in their order.
#[derive(Deserialize)]
pub(in crate::habits) struct FormerLearning {
    mixer: FormerMixer,
    gates: [Gate; 3],
    confidences: [Confidence; 3],
    recency_ranks: [Vec<f64>; 3],
    hits: [f64; 3],
    model: Option<[u8; 32]>,
    /// Read past: a question that was open when the version changed teaches nothing.
    _deferred: Option<(FormerEvidence, Sight)>,
}

#[derive(Deserialize)]
struct FormerMixer {
    weights: [Row; 3],
    squares: [Row; 3],
    rate: f64,
}

/// The fields of `Evidence` then, in their order.
type FormerEvidence = (Moment, Vec<ItemIndex>, Vec<Row>, Vec<[f64; NOTICE_FEATURES]>, Option<Vec<f64>>);

impl FormerLearning {
    /// The same as it is kept now, for a table of so many items: all that was learned stays, and the experts that came
    /// begin as on a new phone.
    pub(in crate::habits) fn now(self, rows: usize) -> Learning {
        let mut learning = Learning::new(&StartWeights::default());
        learning.mixer = self.mixer.now(&learning.mixer);
        learning.returns.make_room(rows);
        let Self { gates, confidences, recency_ranks, hits, model, .. } = self;
        Learning { gates, confidences, recency_ranks, hits, model, ..learning }
    }
}

impl FormerMixer {
    fn now(self, fresh: &Mixer) -> Mixer {
        let widened = |then: [Row; 3], fresh: &[[f64; EXPERTS]; 3]| {
            std::array::from_fn(|moment| {
                let mut then = then[moment].into_iter();
                std::array::from_fn(|expert| {
                    let kept = if CAME.contains(&Expert::ALL[expert]) { None } else { then.next() };
                    kept.unwrap_or(fresh[moment][expert])
                })
            })
        };
        Mixer::resumed(widened(self.weights, fresh.weights()), widened(self.squares, fresh.squares()), self.rate)
    }
}
