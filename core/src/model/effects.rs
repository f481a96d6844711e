//! What a model went by: its correction, less its correction of the same candidate with the features of a topic made average.
//! The sequence model reads no features and counts as no topic: ranks, gaps and hours are one to it, and no sentence says
//! what it went by.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{Model, Reading, RunError};
use crate::features::{FEATURE_TOPICS, topics};
use crate::habits::MAX_CORRECTION;

/// What the features of each topic add to the correction of a candidate, in nats, in the order of [`FEATURE_TOPICS`].
pub type Effects = [f64; FEATURE_TOPICS.len()];

impl Model {
    /// The effects of the topics on some rows of a reading, whose corrections were `corrections`. `weights` say how much
    /// each row counts in the average that stands in for a topic.
    ///
    /// # Errors
    /// As [`Model::infer`].
    pub fn effects(
        &self,
        reading: &Reading,
        corrections: &[f32],
        weights: &[f64],
        rows: &[usize],
    ) -> Result<Vec<Effects>, RunError> {
        let matrix = reading.features.view();
        let average = average(matrix, weights);
        let topics = topics();
        let count = FEATURE_TOPICS.len();
        let mut removed = Array2::zeros((rows.len() * count, matrix.ncols()));
        for (&row, mut variants) in rows.iter().zip(removed.axis_chunks_iter_mut(Axis(0), count)) {
            for (topic, mut variant) in FEATURE_TOPICS.into_iter().zip(variants.rows_mut()) {
                variant.assign(&matrix.row(row));
                for ((value, average), of_column) in variant.iter_mut().zip(&average).zip(topics) {
                    if of_column == Some(topic) {
                        *value = *average;
                    }
                }
            }
        }
        let all = self.ensemble.weights(reading);
        let log_mix: Vec<f32> = rows.iter().flat_map(|&row| [reading.log_mix[row]; FEATURE_TOPICS.len()]).collect();
        let without = self.ensemble.of_features(all, removed.view(), &log_mix)?;
        // What the sequence model adds stays, whatever the features are.
        let stays = self.ensemble.of_sequence(all, reading);
        let cut = |correction: f32| f64::from(correction).clamp(-MAX_CORRECTION, MAX_CORRECTION);
        let effects = rows.iter().zip(without.chunks_exact(count)).map(|(&row, without)| {
            std::array::from_fn(|topic| cut(corrections[row]) - cut(without[topic] + stays[row]))
        });
        Ok(effects.collect())
    }
}

/// The weighted mean of each column.
#[expect(clippy::cast_possible_truncation, reason = "a feature is a float of 32 bits")]
fn average(matrix: ArrayView2<'_, f32>, weights: &[f64]) -> Array1<f32> {
    let all: f64 = weights.iter().sum();
    let share = |weight: &f64| (weight / all) as f32;
    let mut average = Array1::zeros(matrix.ncols());
    for (row, weight) in matrix.rows().into_iter().zip(weights) {
        average.scaled_add(share(weight), &row);
    }
    average
}
