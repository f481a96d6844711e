//! How sure to be of the likeliest candidate: learned from whether it was the one.

use serde::{Deserialize, Serialize};

use super::corrector::Calibration;
use super::mixer::{climb, log_softmax};

/// Step size.
const RATE: f64 = 0.02;
/// Squared gradients taken as seen before the first one.
const FIRST_SQUARES: f64 = 10.0;
/// The likeliest stays ahead by this much at least, in nats.
const MARGIN: f64 = 1e-9;
const MAX_TOP: f64 = 2.0;
const MAX_SLOPE: f64 = 1.0;

/// Adds to the score of the likeliest candidate: a constant, and a multiple of its log-probability. Likelihood is highest
/// where its mean probability is the share of times that it was right, so learning by likelihood calibrates it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Confidence {
    weights: [f64; 2],
    squares: [f64; 2],
}

impl Confidence {
    pub(super) const fn new() -> Self {
        Self { weights: [0.0; 2], squares: [FIRST_SQUARES; 2] }
    }

    /// Another model with a calibration of its own.
    pub(super) fn adopt(&mut self, calibration: &Calibration) {
        *self = Self { weights: [calibration.top.into(), calibration.slope.into()], ..Self::new() };
    }

    /// The log-probabilities made as sure as they should be, in the same order of likelihood.
    pub(super) fn calibrated(&self, log_gate: &[f64]) -> Vec<f64> {
        let mut log_p = log_gate.to_vec();
        let Some(top) = likeliest(log_gate) else { return log_p };
        let second = log_gate.iter().enumerate().filter(|(place, _)| *place != top).map(|(_, l)| *l).reduce(f64::max);
        let added = self.weights[0] + self.weights[1] * log_gate[top];
        log_p[top] += added.max(second.map_or(0.0, |second| second - log_gate[top] + MARGIN));
        log_softmax(log_p)
    }

    /// Learns that `target` was opened, `None` if it was no candidate.
    pub(super) fn learn(&mut self, log_gate: &[f64], log_p: &[f64], target: Option<usize>) {
        let Some(top) = likeliest(log_gate) else { return };
        let error = if target == Some(top) { 1.0 } else { 0.0 } - log_p[top].exp();
        for ((weight, squares), input) in self.weights.iter_mut().zip(&mut self.squares).zip([1.0, log_gate[top]]) {
            climb(weight, squares, error * input, RATE);
        }
        self.weights[0] = self.weights[0].clamp(-MAX_TOP, MAX_TOP);
        self.weights[1] = self.weights[1].clamp(-MAX_SLOPE, MAX_SLOPE);
    }
}

/// The likeliest place; the first of equal ones.
pub(super) fn likeliest(log_p: &[f64]) -> Option<usize> {
    (0..log_p.len()).reduce(|best, next| if log_p[next] > log_p[best] { next } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_become_what_they_promise_and_keep_their_order() {
        for (shown, right_in_ten) in [(0.4_f64, 7), (0.6, 4)] {
            let log_gate = [shown, 0.3, 0.7 - shown].map(|p: f64| p.max(1e-3).ln());
            let log_gate = log_softmax(log_gate.to_vec());
            let mut confidence = Confidence::new();
            for turn in 0..20_000 {
                let log_p = confidence.calibrated(&log_gate);
                confidence.learn(&log_gate, &log_p, Some(if turn % 10 < right_in_ten { 0 } else { 1 }));
            }
            let p = confidence.calibrated(&log_gate)[0].exp();
            assert!((p - f64::from(right_in_ten) / 10.0).abs() < 0.04, "{shown}: {p}");
        }
        let mut unsure = Confidence::new();
        let log_gate = [0.5_f64, 0.45, 0.05].map(f64::ln);
        for _ in 0..5_000 {
            let log_p = unsure.calibrated(&log_gate);
            unsure.learn(&log_gate, &log_p, None);
        }
        let log_p = unsure.calibrated(&log_gate);
        assert!(log_p[0] >= log_p[1] && log_p[1] > log_p[2], "{log_p:?}");
        assert!((log_p.iter().map(|l| l.exp()).sum::<f64>() - 1.0).abs() < 1e-12);
    }
}
