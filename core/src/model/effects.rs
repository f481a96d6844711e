//! What a model went by: its correction, less its correction of the same candidate with the features of a topic made average.

use ndarray::{Array1, Array2, ArrayView2, Axis};

use super::{Model, RunError};
use crate::features::{FEATURE_TOPICS, topics};
use crate::habits::MAX_CORRECTION;

/// What the features of each topic add to the correction of a candidate, in nats, in the order of [`FEATURE_TOPICS`].
pub type Effects = [f64; FEATURE_TOPICS.len()];

impl Model {
    /// The effects of the topics on some rows of a matrix, whose corrections were `corrections`. `weights` say how much
    /// each row of the matrix counts in the average that stands in for a topic.
    ///
    /// # Errors
    /// As [`Model::infer`].
    pub fn effects(
        &self,
        matrix: ArrayView2<'_, f32>,
        corrections: &[f32],
        weights: &[f64],
        rows: &[usize],
    ) -> Result<Vec<Effects>, RunError> {
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
        let without = self.infer(removed.view())?;
        let cut = |correction: f32| f64::from(correction).clamp(-MAX_CORRECTION, MAX_CORRECTION);
        let effects = rows
            .iter()
            .zip(without.chunks_exact(count))
            .map(|(&row, without)| std::array::from_fn(|topic| cut(corrections[row]) - cut(without[topic])));
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
