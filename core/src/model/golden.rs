//! Golden vectors: what the model must answer, everywhere the same.

use super::manifest::Manifest;
use super::wire;
use crate::config::{MAX_GOLDEN, MAX_GOLDEN_ROWS};
use crate::error::BundleError;

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
