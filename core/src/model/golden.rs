//! Golden vectors: what the model must answer, everywhere the same.

use ndarray::ArrayView2;

use super::manifest::{Arithmetic, Manifest};
use super::runner::Runner;
use super::wire;
use crate::config::{MAX_GOLDEN, MAX_GOLDEN_ROWS};
use crate::error::BundleError;

/// How far a correction may lie from what the bundle says, in nats: processors and runtimes round differently.
const TOLERANCE: f32 = 1e-4;

/// Made-up candidates of one ranking, and the corrections that the model must give them.
#[derive(Debug, Clone, PartialEq)]
pub struct Golden {
    /// How many candidates.
    pub rows: usize,
    /// Their features, one candidate after the other.
    pub features: Vec<f32>,
    /// Their corrections, in nats.
    pub correction: Vec<f32>,
}

impl Golden {
    /// Whether a model answers as it must: every correction within [`TOLERANCE`] and, of integers, in the same order.
    /// Floats that lie closer together than that may be rounded past each other on another processor.
    ///
    /// # Errors
    /// [`BundleError::Golden`] with this vector's number, if it does not.
    pub(super) fn check(&self, vector: usize, arithmetic: Arithmetic, runner: &Runner) -> Result<(), BundleError> {
        let bad = |reason| BundleError::Golden { vector, reason };
        let columns = self.features.len() / self.rows;
        let rows = ArrayView2::from_shape((self.rows, columns), &self.features);
        let rows = rows.map_err(|_| bad("its features are not rows by features"))?;
        let found = runner.run(rows).map_err(|_| bad("the graph does not run"))?;
        let is_close = |(found, expected): (&f32, &f32)| (found - expected).abs() <= TOLERANCE;
        if !found.iter().zip(&self.correction).all(is_close) {
            return Err(bad("the model gives another correction"));
        }
        let order = |corrections: &[f32]| {
            let mut places: Vec<usize> = (0..corrections.len()).collect();
            places.sort_by(|&a, &b| corrections[b].total_cmp(&corrections[a]));
            places
        };
        if arithmetic == Arithmetic::Int8 && order(&found) != order(&self.correction) {
            return Err(bad("the model gives another order"));
        }
        Ok(())
    }

    pub(super) fn to_wire(&self) -> wire::Golden {
        let (features, correction) = (self.features.clone(), self.correction.clone());
        wire::Golden { rows: u32::try_from(self.rows).unwrap_or(u32::MAX), features, correction }
    }
}

/// The vectors, if they fit the manifest and the limits.
pub(super) fn check(found: Vec<wire::Golden>, manifest: &Manifest) -> Result<Vec<Golden>, BundleError> {
    if !(1..=MAX_GOLDEN).contains(&found.len()) {
        return Err(BundleError::Field { field: "golden", limit: "1 to 16 vectors" });
    }
    let (mut vectors, mut all) = (Vec::with_capacity(found.len()), 0);
    for (vector, wire::Golden { rows, features, correction }) in found.into_iter().enumerate() {
        let bad = |reason| Err(BundleError::Golden { vector, reason });
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        if !(1..=manifest.shortlist).contains(&rows) {
            return bad("its rows are none, or more than the shortlist");
        }
        all += rows;
        if all > MAX_GOLDEN_ROWS {
            return bad("with it there are more than 128 rows in all");
        }
        if features.len() != rows * manifest.features {
            return bad("its features are not rows by features");
        }
        if correction.len() != rows {
            return bad("its corrections are not one for each row");
        }
        if !features.iter().chain(&correction).all(|value| value.is_finite()) {
            return bad("a value is not finite");
        }
        vectors.push(Golden { rows, features, correction });
    }
    Ok(vectors)
}
