//! What habits learn from each opening: the mixer's weights, recency ranks, notification weights and the confidence.

use serde::{Deserialize, Serialize};

use super::experts::{EXPERTS, Expert, LogProbabilities};
use super::items::ItemIndex;
use super::mixer::{Mixer, RATE, log_softmax};
use super::notifications::NOTICE_FEATURES;
use super::start_weights::StartWeights;
use super::statistics::Moment;

/// Step size of the notification weights: they start from zero and have a month to tell one person from another.
const NOTICE_RATE: f64 = 0.2;
/// How many openings the shipped recency ranks count for.
const FIRST_RANKS: f64 = 30.0;

/// What the experts and the notifications say at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The moment.
    pub moment: Moment,
    /// The candidates, the most recent first, then the most frequent of the rest.
    pub candidates: Vec<ItemIndex>,
    /// What each expert says of each candidate.
    pub log_p: LogProbabilities,
    /// Each candidate's notifications, as `Notices::features`.
    pub notices: Vec<[f64; NOTICE_FEATURES]>,
}

/// What the learned weights make of the evidence: natural logarithms of probabilities, in the candidates' order.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    /// The mixer alone.
    pub log_mix: Vec<f64>,
    /// With notifications, and as confident as this phone has shown it may be.
    pub log_p: Vec<f64>,
}

/// What spoke for a candidate, in nats of its score, against the mean over the belief.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// By expert, in the order of `Expert::ALL`.
    pub experts: [f64; EXPERTS],
    /// All notification features together.
    pub notices: f64,
}

/// A linear layer over the mixer: one weight for its log-probabilities (so it is as sure as it should be), one for each
/// notification feature. All learned on the phone, by the same rule as the mixer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct NoticeWeights {
    weights: [f64; 1 + NOTICE_FEATURES],
    squares: [f64; 1 + NOTICE_FEATURES],
}

/// Everything that is learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Learning {
    mixer: Mixer,
    notices: [NoticeWeights; 3],
    recency_ranks: [Vec<f64>; 3],
    /// A session began with the item that was in front: what the person went there for is still to come.
    deferred: Option<Evidence>,
}

impl Learning {
    pub(super) fn new(start: &StartWeights) -> Self {
        let mut weights = [0.0; 1 + NOTICE_FEATURES];
        weights[0] = 1.0;
        let notices = NoticeWeights { weights, squares: [1.0; 1 + NOTICE_FEATURES] };
        Self {
            mixer: Mixer::new(start, RATE),
            notices: std::array::from_fn(|_| notices.clone()),
            recency_ranks: start.recency_ranks().map(|row| row.iter().map(|share| share * FIRST_RANKS).collect()),
            deferred: None,
        }
    }

    pub(super) fn mixer(&self) -> &Mixer {
        &self.mixer
    }

    /// How often the first, second, ... candidate in order of last use was opened.
    pub(super) fn recency_ranks(&self, moment: Moment) -> &[f64] {
        &self.recency_ranks[moment.row()]
    }

    pub(super) fn believe(&self, evidence: &Evidence) -> Belief {
        let log_mix = self.mixer.log_mix(evidence.moment, &evidence.log_p);
        let weights = &self.notices[evidence.moment.row()].weights;
        let scores = log_mix.iter().zip(&evidence.notices).map(|(log_q, notices)| {
            weights[0] * log_q + notices.iter().zip(&weights[1..]).map(|(n, w)| n * w).sum::<f64>()
        });
        Belief { log_p: log_softmax(scores.collect()), log_mix }
    }

    /// What the mixer would say without knowing network and battery, as probabilities.
    pub(super) fn expect(&self, evidence: &Evidence) -> Vec<(ItemIndex, f64)> {
        let mut log_p = evidence.log_p.clone();
        for row in &mut log_p {
            row[Expert::Network as usize] = 0.0;
            row[Expert::Battery as usize] = 0.0;
        }
        let log_mix = self.mixer.log_mix(evidence.moment, &log_p);
        evidence.candidates.iter().copied().zip(log_mix.iter().map(|log_p| log_p.exp())).collect()
    }

    /// What spoke for each candidate.
    pub(super) fn contributions(&self, evidence: &Evidence, belief: &Belief) -> Vec<Contributions> {
        let row = evidence.moment.row();
        let (weights, notice_weights) = (&self.mixer.weights()[row], &self.notices[row].weights);
        let added = evidence.log_p.iter().zip(&evidence.notices).map(|(log_p, notices)| Contributions {
            experts: std::array::from_fn(|e| notice_weights[0] * weights[e] * log_p[e]),
            notices: notices.iter().zip(&notice_weights[1..]).map(|(n, w)| n * w).sum(),
        });
        let mut added: Vec<Contributions> = added.collect();
        let mut mean = Contributions { experts: [0.0; EXPERTS], notices: 0.0 };
        for (own, log_p) in added.iter().zip(&belief.log_p) {
            let p = log_p.exp();
            mean.experts.iter_mut().zip(own.experts).for_each(|(mean, own)| *mean += p * own);
            mean.notices += p * own.notices;
        }
        for own in &mut added {
            own.experts.iter_mut().zip(mean.experts).for_each(|(own, mean)| *own -= mean);
            own.notices -= mean.notices;
        }
        added
    }

    /// Learns that `target` was opened.
    pub(super) fn learn(&mut self, evidence: &Evidence, target: ItemIndex) {
        let Some(place) = evidence.candidates.iter().position(|&index| index == target) else { return };
        let belief = self.believe(evidence);
        let row = evidence.moment.row();
        self.mixer.learn(evidence.moment, &evidence.log_p, &belief.log_mix, place);
        self.notices[row].learn(evidence, &belief, place);
        let ranks = &mut self.recency_ranks[row];
        ranks.iter_mut().for_each(|weight| *weight *= 0.995);
        ranks[place] += 1.0;
    }

    /// Keeps the evidence of a session's start until the session shows what the person went for.
    pub(super) fn defer(&mut self, evidence: Evidence) {
        self.deferred = Some(evidence);
    }

    /// Another session began: what the last one was for stays unknown.
    pub(super) fn drop_deferred(&mut self) {
        self.deferred = None;
    }

    /// The session showed what the person went for.
    pub(super) fn learn_deferred(&mut self, target: ItemIndex) {
        if let Some(evidence) = self.deferred.take() {
            self.learn(&evidence, target);
        }
    }
}

impl NoticeWeights {
    fn learn(&mut self, evidence: &Evidence, belief: &Belief, target: usize) {
        let inputs = |place: usize| {
            let mut row = [belief.log_mix[place]; 1 + NOTICE_FEATURES];
            row[1..].copy_from_slice(&evidence.notices[place]);
            row
        };
        let mut gradient = inputs(target);
        for (place, log_p) in belief.log_p.iter().enumerate() {
            let p = log_p.exp();
            for (g, input) in gradient.iter_mut().zip(inputs(place)) {
                *g -= p * input;
            }
        }
        let rates = std::iter::once(RATE).chain([NOTICE_RATE; NOTICE_FEATURES]);
        for (((weight, squares), g), rate) in self.weights.iter_mut().zip(&mut self.squares).zip(gradient).zip(rates) {
            *squares += g * g;
            *weight += rate * g / squares.sqrt();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(waiting: usize) -> Evidence {
        let candidates = (0..3).map(ItemIndex::of_row).collect();
        let mut notices = vec![[0.0; NOTICE_FEATURES]; 3];
        notices[waiting] = [1.0; NOTICE_FEATURES];
        Evidence { moment: Moment::Unlock, candidates, log_p: vec![[(1.0_f64 / 3.0).ln(); EXPERTS]; 3], notices }
    }

    #[test]
    fn a_person_who_follows_notifications_is_followed_and_one_who_does_not_is_not() {
        let shown = |follows: bool| {
            let mut learning = Learning::new(&StartWeights::neutral());
            for turn in 0..120 {
                let opened = if follows { turn % 3 } else { (turn + 1) % 3 };
                learning.learn(&evidence(turn % 3), ItemIndex::of_row(opened));
            }
            learning.believe(&evidence(2)).log_p[2].exp()
        };
        assert!(shown(true) > 0.6 && shown(false) < 0.3, "{} {}", shown(true), shown(false));
    }

    #[test]
    fn deferred_evidence_is_learned_once() {
        let mut learning = Learning::new(&StartWeights::neutral());
        let before = learning.clone();
        learning.defer(evidence(1));
        learning.learn_deferred(ItemIndex::of_row(1));
        let once = learning.clone();
        assert_ne!(before, once);
        learning.learn_deferred(ItemIndex::of_row(1));
        assert_eq!(once, learning);
    }
}
