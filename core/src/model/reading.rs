//! Everything a model reads at one question.

use ndarray::Array2;

use crate::features::features;
use crate::habits::{Moment, Past, Shortlisted, Statistics};

/// What a model reads of a shortlist: no item, no place and no date.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The features, `[place in the shortlist][feature]`.
    pub features: Array2<f32>,
    /// The mixer's log-probability of each candidate, the likeliest first.
    pub log_mix: Vec<f32>,
    /// Each candidate's place in the order of last use of all candidates, from 0.
    pub recency: Vec<usize>,
    /// The moment.
    pub moment: Moment,
    /// What was opened before it.
    pub past: Past,
}

impl Reading {
    /// Reads a shortlist.
    #[must_use]
    pub fn of(statistics: &Statistics<'_>, asked: &Shortlisted<'_>) -> Self {
        Self {
            features: features(statistics, asked),
            log_mix: asked.places.iter().map(|&place| single(asked.log_mix[place])).collect(),
            // Candidates stand in the order of last use.
            recency: asked.places.clone(),
            moment: statistics.moment,
            past: statistics.past,
        }
    }

    /// How many nats the mixer's first candidate is before its second; infinite where there is no second.
    #[must_use]
    pub fn certainty(&self) -> f32 {
        match self.log_mix[..] {
            [first, second, ..] => first - second,
            _ => f32::INFINITY,
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a model reads floats of 32 bits")]
fn single(value: f64) -> f32 {
    value as f32
}
