//! The gate: how far this phone trusts the mixer, the model and its notifications, learned from each opening.

use serde::{Deserialize, Serialize};

use super::corrector::Calibration;
use super::learning::{Belief, Evidence};
use super::mixer::{climb, gradient};
use super::notifications::NOTICE_FEATURES;

/// What is weighed: the mixer's log-probability, what the model changes in it, the notification features.
pub(super) const INPUTS: usize = 2 + NOTICE_FEATURES;
const MIXER: usize = 0;
const MODEL: usize = 1;
/// The first of the notification features.
const NOTICES: usize = 2;

/// Step size of the mixer's weight.
const MIXER_RATE: f64 = 0.05;
/// Step size of the model's weight: a model that hurts is turned down within some tens of openings.
const MODEL_RATE: f64 = 0.1;
/// Step size of the notification weights: they start from zero and have a month to tell one person from another.
const NOTICE_RATE: f64 = 0.2;
/// Squared gradients of the model's weight taken as seen before the first one: how much the shipped trust counts for.
const FIRST_SQUARES: f64 = 4.0;
/// The model is never believed more than this much beyond its own word.
const MAX_TRUST: f64 = 1.5;

/// One weight per input and moment, by AdaGrad on the log-likelihood, as the mixer's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Gate {
    weights: [f64; INPUTS],
    squares: [f64; INPUTS],
}

impl Gate {
    pub(super) fn new() -> Self {
        let mut gate = Self { weights: [0.0; INPUTS], squares: [1.0; INPUTS] };
        gate.weights[MIXER] = 1.0;
        gate.adopt(&Calibration::NEUTRAL);
        gate
    }

    /// Another model: what was learned about the one before says nothing about it.
    pub(super) fn adopt(&mut self, calibration: &Calibration) {
        self.weights[MODEL] = f64::from(calibration.trust).min(MAX_TRUST);
        self.squares[MODEL] = FIRST_SQUARES;
    }

    /// The factor of the model's changes: 0 is not at all, 1 as the model says.
    pub(super) const fn trust(&self) -> f64 {
        self.weights[MODEL]
    }

    /// The factor of the mixer's log-probabilities.
    pub(super) const fn mixer_weight(&self) -> f64 {
        self.weights[MIXER]
    }

    /// A candidate's score.
    pub(super) fn score(&self, log_mix: f64, change: f64, notices: &[f64; NOTICE_FEATURES]) -> f64 {
        self.weights[MIXER] * log_mix + self.weights[MODEL] * change + self.of_notices(notices)
    }

    /// What the notifications add to a candidate's score.
    pub(super) fn of_notices(&self, notices: &[f64; NOTICE_FEATURES]) -> f64 {
        notices.iter().zip(&self.weights[NOTICES..]).map(|(n, w)| n * w).sum()
    }

    /// Learns that `target` was opened.
    pub(super) fn learn(&mut self, evidence: &Evidence, belief: &Belief, target: usize) {
        let inputs = |place: usize| {
            let mut row = [0.0; INPUTS];
            row[MIXER] = belief.log_mix[place];
            row[MODEL] = evidence.change(place);
            row[NOTICES..].copy_from_slice(&evidence.notices[place]);
            row
        };
        for (n, g) in gradient(inputs, &belief.log_gate, target).into_iter().enumerate() {
            let rate = match n {
                MIXER => MIXER_RATE,
                MODEL => MODEL_RATE,
                _ => NOTICE_RATE,
            };
            climb(&mut self.weights[n], &mut self.squares[n], g, rate);
        }
        self.weights[MODEL] = self.weights[MODEL].clamp(0.0, MAX_TRUST);
    }
}
