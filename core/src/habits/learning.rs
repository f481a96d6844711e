//! What habits learn from each opening: the mixer's weights, recency ranks, the gate and the confidence.

mod former;

use serde::{Deserialize, Serialize};

use super::confidence::{Confidence, likeliest};
use super::corrector::{Corrector, changes};
use super::experts::{EXPERTS, Expert, LogProbabilities};
use super::gate::Gate;
use super::items::ItemIndex;
use super::mixer::{Mixer, RATE, log_softmax};
use super::notifications::NOTICE_FEATURES;
use super::returns::{BUCKETS, Returns};
use super::scorecard::{Outcome, Sight};
use super::start_weights::{RANKS, StartWeights};
use super::statistics::Moment;

pub(super) use former::FormerLearning;

/// How many openings the shipped recency ranks count for.
const FIRST_RANKS: f64 = 30.0;
/// How much of the share of hits each further opening leaves.
const HITS_KEPT: f64 = 0.98;
/// The share of hits before anything is known.
const FIRST_HITS: f64 = 0.4;

/// What the experts, the model and the notifications say at a moment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The moment.
    pub moment: Moment,
    /// The candidates, the most recent first, then the most frequent of the rest.
    pub candidates: Vec<ItemIndex>,
    /// What each expert says of each candidate.
    pub log_p: LogProbabilities,
    /// How long each candidate had lain unused, as a bucket of [`Returns`].
    pub(super) unused: Vec<u8>,
    /// Each candidate's notifications, as `Notices::features`.
    pub notices: Vec<[f64; NOTICE_FEATURES]>,
    /// What the model changes in each candidate's log-probability under the mixer; `None` where no model answered.
    pub changes: Option<Vec<f64>>,
}

impl Evidence {
    /// Takes a model's corrections of the shortlist in; those that are no answer (not one for each place, or not finite)
    /// change nothing.
    pub(super) fn correct(&mut self, log_mix: &[f64], places: &[usize], corrections: &[f32]) {
        self.changes = changes(log_mix, places, corrections);
    }

    /// What the model changes for one candidate.
    #[must_use]
    pub fn change(&self, place: usize) -> f64 {
        self.changes.as_ref().map_or(0.0, |changes| changes[place])
    }
}

/// What the learned weights make of the evidence: natural logarithms of probabilities, in the candidates' order.
#[derive(Debug, Clone, PartialEq)]
pub struct Belief {
    /// The mixer alone.
    pub log_mix: Vec<f64>,
    /// With the model and the notifications, as far as this phone trusts them.
    pub log_gate: Vec<f64>,
    /// The same, as sure of the likeliest candidate as this phone has shown it may be.
    pub log_p: Vec<f64>,
}

/// What spoke for a candidate, in nats of its score, against the mean over the belief.
#[derive(Debug, Clone, PartialEq)]
pub struct Contributions {
    /// By expert, in the order of `Expert::ALL`.
    pub experts: [f64; EXPERTS],
    /// The model.
    pub model: f64,
    /// All notification features together.
    pub notices: f64,
}

/// Everything that is learned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Learning {
    mixer: Mixer,
    gates: [Gate; 3],
    confidences: [Confidence; 3],
    recency_ranks: [Vec<f64>; 3],
    returns: Returns,
    /// How often the mixer's first candidate was the one, decayed.
    hits: [f64; 3],
    /// The model that the gates know.
    model: Option<[u8; 32]>,
    /// A session began with the item that was in front: what the person went there for is still to come.
    deferred: Option<(Evidence, Sight)>,
}

impl Learning {
    pub(super) fn new(start: &StartWeights) -> Self {
        Self {
            mixer: Mixer::new(start, RATE),
            gates: std::array::from_fn(|_| Gate::new()),
            confidences: std::array::from_fn(|_| Confidence::new()),
            recency_ranks: start.recency_ranks().map(|row| row.iter().map(|share| share * FIRST_RANKS).collect()),
            returns: Returns::default(),
            hits: [FIRST_HITS; 3],
            model: None,
            deferred: None,
        }
    }

    /// Whether every table has its rows, and the evidence that waits one for each candidate.
    pub(super) fn is_sound(&self, rows: usize) -> bool {
        let is_whole = |(evidence, _): &(Evidence, Sight)| {
            let count = evidence.candidates.len();
            let changes = evidence.changes.as_ref().map_or(count, Vec::len);
            let lengths = [evidence.log_p.len(), evidence.notices.len(), evidence.unused.len(), changes];
            count <= RANKS
                && lengths == [count; 4]
                && evidence.unused.iter().all(|&bucket| usize::from(bucket) < BUCKETS)
        };
        self.returns.has_rows(rows)
            && self.recency_ranks.iter().all(|ranks| ranks.len() == RANKS)
            && self.deferred.as_ref().is_none_or(is_whole)
    }

    /// Begins with a model: where it is another one than before, with the trust that it ships.
    pub(super) fn adopt(&mut self, corrector: &dyn Corrector) {
        let id = corrector.id();
        if self.model.replace(id) == Some(id) {
            return;
        }
        // What the model before said of a question that is still open teaches nothing about this one.
        if let Some((deferred, _)) = &mut self.deferred {
            deferred.changes = None;
        }
        for (row, calibration) in corrector.calibration().iter().enumerate() {
            self.gates[row].adopt(calibration);
            self.confidences[row].adopt(calibration);
        }
    }

    pub(super) fn mixer(&self) -> &Mixer {
        &self.mixer
    }

    pub(super) fn trust(&self, moment: Moment) -> f64 {
        self.gates[moment.row()].trust()
    }

    pub(super) fn hit_share(&self, moment: Moment) -> f64 {
        self.hits[moment.row()]
    }

    /// How often the first, second, ... candidate in order of last use was opened.
    pub(super) fn recency_ranks(&self, moment: Moment) -> &[f64] {
        &self.recency_ranks[moment.row()]
    }

    /// When each item is returned to.
    pub(super) const fn returns(&self) -> &Returns {
        &self.returns
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        self.returns.make_room(rows);
    }

    /// Forgets items. What a session's start was about may be among them.
    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        self.returns.forget(gone);
        self.drop_deferred();
    }

    pub(super) fn believe(&self, evidence: &Evidence) -> Belief {
        let log_mix = self.mixer.log_mix(evidence.moment, &evidence.log_p);
        let gate = &self.gates[evidence.moment.row()];
        let score = |place: usize| gate.score(log_mix[place], evidence.change(place), &evidence.notices[place]);
        let log_gate = log_softmax((0..log_mix.len()).map(score).collect());
        let log_p = self.confidences[evidence.moment.row()].calibrated(&log_gate);
        Belief { log_mix, log_gate, log_p }
    }

    /// What the mixer would say without knowing network, battery and audio, as probabilities.
    pub(super) fn expect(&self, evidence: &Evidence) -> Vec<(ItemIndex, f64)> {
        let log_mix = self.undisturbed(evidence);
        evidence.candidates.iter().copied().zip(log_mix.iter().map(|log_p| log_p.exp())).collect()
    }

    /// The same as log-probabilities.
    pub(super) fn undisturbed(&self, evidence: &Evidence) -> Vec<f64> {
        self.mixer.log_mix_without(&Expert::RATIOS, evidence.moment, &evidence.log_p)
    }

    /// What spoke for each candidate.
    pub(super) fn contributions(&self, evidence: &Evidence, belief: &Belief) -> Vec<Contributions> {
        let row = evidence.moment.row();
        let (weights, gate) = (&self.mixer.weights()[row], &self.gates[row]);
        let added =
            evidence.log_p.iter().zip(&evidence.notices).enumerate().map(|(place, (log_p, notices))| Contributions {
                experts: std::array::from_fn(|e| gate.mixer_weight() * weights[e] * log_p[e]),
                model: gate.trust() * evidence.change(place),
                notices: gate.of_notices(notices),
            });
        let mut added: Vec<Contributions> = added.collect();
        let mut mean = Contributions { experts: [0.0; EXPERTS], model: 0.0, notices: 0.0 };
        for (own, log_p) in added.iter().zip(&belief.log_gate) {
            let p = log_p.exp();
            mean.experts.iter_mut().zip(own.experts).for_each(|(mean, own)| *mean += p * own);
            mean.model += p * own.model;
            mean.notices += p * own.notices;
        }
        for own in &mut added {
            own.experts.iter_mut().zip(mean.experts).for_each(|(own, mean)| *own -= mean);
            own.model -= mean.model;
            own.notices -= mean.notices;
        }
        added
    }

    /// Learns that `target` was opened, and tells how it had been ranked.
    pub(super) fn learn(&mut self, evidence: &Evidence, target: ItemIndex) -> Outcome {
        let belief = self.believe(evidence);
        let row = evidence.moment.row();
        let place = evidence.candidates.iter().position(|&index| index == target);
        let hit = if place.is_some() && place == likeliest(&belief.log_mix) { 1.0 } else { 0.0 };
        self.hits[row] = HITS_KEPT * self.hits[row] + (1.0 - HITS_KEPT) * hit;
        self.confidences[row].learn(&belief.log_gate, &belief.log_p, place);
        let outcome = Outcome::of(place, &belief.log_mix, &belief.log_p);
        let Some(place) = place else { return outcome };
        self.mixer.learn(evidence.moment, &evidence.log_p, &belief.log_mix, place);
        self.gates[row].learn(evidence, &belief, place);
        let ranks = &mut self.recency_ranks[row];
        ranks.iter_mut().for_each(|weight| *weight *= 0.995);
        ranks[place] += 1.0;
        let candidates = evidence.candidates.iter().copied().zip(evidence.unused.iter().copied());
        self.returns.learn(evidence.moment, candidates, place);
        outcome
    }

    /// Keeps the evidence of a session's start until the session shows what the person went for.
    pub(super) fn defer(&mut self, evidence: Evidence, sight: Sight) {
        self.deferred = Some((evidence, sight));
    }

    /// Another session began: what the last one was for stays unknown.
    pub(super) fn drop_deferred(&mut self) {
        self.deferred = None;
    }

    /// The session showed what the person went for; tells how it had been ranked, if that was open.
    pub(super) fn learn_deferred(&mut self, target: ItemIndex) -> Option<(Sight, Outcome)> {
        let (evidence, sight) = self.deferred.take()?;
        let outcome = self.learn(&evidence, target);
        Some((sight, outcome))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits::corrector::{Calibration, Shortlisted};
    use crate::habits::statistics::Statistics;

    fn evidence(waiting: usize) -> Evidence {
        let candidates = (0..3).map(ItemIndex::of_row).collect();
        let mut notices = vec![[0.0; NOTICE_FEATURES]; 3];
        notices[waiting] = [1.0; NOTICE_FEATURES];
        Evidence {
            moment: Moment::Unlock,
            candidates,
            log_p: vec![[(1.0_f64 / 3.0).ln(); EXPERTS]; 3],
            unused: vec![0; 3],
            notices,
            changes: None,
        }
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
        learning.defer(evidence(1), Sight::unseen(Moment::Unlock));
        assert!(learning.learn_deferred(ItemIndex::of_row(1)).is_some());
        let once = learning.clone();
        assert_ne!(before, once);
        assert!(learning.learn_deferred(ItemIndex::of_row(1)).is_none());
        assert_eq!(once, learning);
    }

    /// A model that is nothing but a name and a trust.
    struct Named(u8, [Calibration; 3]);

    impl Corrector for Named {
        fn id(&self) -> [u8; 32] {
            [self.0; 32]
        }

        fn calibration(&self) -> &[Calibration; 3] {
            &self.1
        }

        fn correct(&self, _: &Statistics<'_>, _: &Shortlisted<'_>) -> Option<Vec<f32>> {
            None
        }
    }

    #[test]
    fn another_model_begins_anew_and_is_not_blamed_for_what_the_one_before_said() {
        let trusting = |trust| [Calibration { trust, ..Calibration::NEUTRAL }; 3];
        let mut learning = Learning::new(&StartWeights::neutral());
        learning.adopt(&Named(1, trusting(0.75)));
        let wrong = Evidence { changes: Some(vec![2.0, -2.0, 0.0]), ..evidence(0) };
        learning.learn(&wrong, ItemIndex::of_row(1));
        learning.defer(wrong, Sight::unseen(Moment::Unlock));
        let learned = learning.trust(Moment::Unlock);
        assert!(learned < 0.75);
        learning.adopt(&Named(1, trusting(0.75)));
        assert_eq!(learning.trust(Moment::Unlock), learned, "the same model is known");
        learning.adopt(&Named(2, trusting(2.0)));
        assert_eq!(learning.trust(Moment::Unlock), 1.5, "no more than the gate allows");
        assert!(learning.learn_deferred(ItemIndex::of_row(1)).is_some());
        assert_eq!(learning.trust(Moment::Unlock), 1.5, "what another model said teaches nothing about this one");
    }
}
