//! The mixer: an online log-linear mixture of the experts, one set of weights per moment, learned on the phone.

use serde::{Deserialize, Serialize};

use super::experts::{EXPERTS, Expert, LogProbabilities};
use super::start_weights::StartWeights;
use super::statistics::Moment;

/// Step size of the weights.
pub const RATE: f64 = 0.05;
/// Squared gradients taken as seen before the first one: how much the start weights are trusted.
const FIRST_SQUARES: f64 = 20.0;
/// No expert may count against itself more than this.
const MIN_WEIGHT: f64 = -0.5;

/// The weights and what AdaGrad remembers of their gradients.
///
/// A candidate's score is the weighted sum of the experts' log-probabilities; a softmax over the candidates makes it a
/// probability. After each opening the weights move up the gradient of the log-likelihood (AdaGrad, Duchi 2011).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mixer {
    weights: [[f64; EXPERTS]; 3],
    squares: [[f64; EXPERTS]; 3],
    rate: f64,
}

impl Mixer {
    /// A mixer that starts from these weights and learns at `rate` ([`RATE`] unless an evaluation compares).
    #[must_use]
    pub fn new(start: &StartWeights, rate: f64) -> Self {
        Self { weights: *start.weights(), squares: [[FIRST_SQUARES; EXPERTS]; 3], rate }
    }

    /// A mixer that goes on from what another one had learned, `[moment][expert]`.
    pub(super) const fn resumed(weights: [[f64; EXPERTS]; 3], squares: [[f64; EXPERTS]; 3], rate: f64) -> Self {
        Self { weights, squares, rate }
    }

    /// What AdaGrad remembers, `[moment][expert]`.
    pub(super) const fn squares(&self) -> &[[f64; EXPERTS]; 3] {
        &self.squares
    }

    /// The weights as they are now, `[moment][expert]`.
    #[must_use]
    pub const fn weights(&self) -> &[[f64; EXPERTS]; 3] {
        &self.weights
    }

    /// The candidates' log-probabilities (natural logarithm; they sum to one as probabilities).
    #[must_use]
    pub fn log_mix(&self, moment: Moment, log_p: &LogProbabilities) -> Vec<f64> {
        mixed(&self.weights[moment.row()], log_p)
    }

    /// The same where some experts are not heard.
    pub(super) fn log_mix_without(&self, unheard: &[Expert], moment: Moment, log_p: &LogProbabilities) -> Vec<f64> {
        let mut weights = self.weights[moment.row()];
        for &expert in unheard {
            weights[expert as usize] = 0.0;
        }
        mixed(&weights, log_p)
    }

    /// Learns that `target` was opened, where the mixer had said `log_mix`.
    pub fn learn(&mut self, moment: Moment, log_p: &LogProbabilities, log_mix: &[f64], target: usize) {
        let gradient = gradient(|place| log_p[place], log_mix, target);
        let weights = self.weights[moment.row()].iter_mut();
        for ((weight, squares), g) in weights.zip(&mut self.squares[moment.row()]).zip(gradient) {
            climb(weight, squares, g, self.rate);
            *weight = weight.max(MIN_WEIGHT);
        }
    }
}

fn mixed(weights: &[f64; EXPERTS], log_p: &LogProbabilities) -> Vec<f64> {
    log_softmax(log_p.iter().map(|row| row.iter().zip(weights).map(|(p, w)| p * w).sum()).collect())
}

/// The gradient of the target's log-probability by the weights of a softmax whose scores are weighted sums of `inputs`.
pub(super) fn gradient<const N: usize>(inputs: impl Fn(usize) -> [f64; N], log_p: &[f64], target: usize) -> [f64; N] {
    let mut gradient = inputs(target);
    for (place, log_p) in log_p.iter().enumerate() {
        let p = log_p.exp();
        for (g, input) in gradient.iter_mut().zip(inputs(place)) {
            *g -= p * input;
        }
    }
    gradient
}

/// One step of AdaGrad up the gradient of a weight.
pub(super) fn climb(weight: &mut f64, squares: &mut f64, gradient: f64, rate: f64) {
    *squares += gradient * gradient;
    *weight += rate * gradient / squares.sqrt();
}

/// Logarithms of a softmax, in place. NaN cannot come in: experts are finite and weights bounded below.
pub(super) fn log_softmax(mut scores: Vec<f64>) -> Vec<f64> {
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let log_sum = highest + scores.iter().map(|s| (s - highest).exp()).sum::<f64>().ln();
    scores.iter_mut().for_each(|s| *s -= log_sum);
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two candidates; expert 0 knows, expert 1 says the opposite, the others say nothing.
    fn moment(right: usize) -> LogProbabilities {
        let mut log_p = vec![[0.5_f64.ln(); EXPERTS]; 2];
        log_p[right][0] = 0.9_f64.ln();
        log_p[1 - right][0] = 0.1_f64.ln();
        log_p[right][1] = 0.1_f64.ln();
        log_p[1 - right][1] = 0.9_f64.ln();
        log_p
    }

    #[test]
    fn the_expert_that_is_right_gains_and_the_one_that_is_wrong_loses() {
        let mut mixer = Mixer::new(&StartWeights::neutral(), RATE);
        for turn in 0..2_000 {
            let log_p = moment(turn % 2);
            let log_mix = mixer.log_mix(Moment::Next, &log_p);
            mixer.learn(Moment::Next, &log_p, &log_mix, turn % 2);
        }
        let [next, unlock, _] = mixer.weights();
        assert!(next[0] > 0.5 && next[1] < 0.0, "{next:?}");
        assert!((next[2] - 0.1).abs() < 1e-9, "an expert that says nothing keeps its weight");
        assert_eq!(unlock, &StartWeights::neutral().weights()[1], "other moments are not touched");
        let p = mixer.log_mix(Moment::Next, &moment(1));
        assert!((p.iter().map(|l| l.exp()).sum::<f64>() - 1.0).abs() < 1e-12 && p[1] > p[0]);
    }

    #[test]
    fn no_weight_falls_below_the_bound() {
        let mut mixer = Mixer::new(&StartWeights::neutral(), 1.0);
        for _ in 0..1_000 {
            let log_p = moment(0);
            let log_mix = mixer.log_mix(Moment::Next, &log_p);
            mixer.learn(Moment::Next, &log_p, &log_mix, 1);
        }
        assert_eq!(mixer.weights()[0][0], MIN_WEIGHT);
    }
}
