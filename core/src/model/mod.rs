//! The model: a bundle of a small graph and what belongs to it, which corrects the mixer's shortlist.

mod bundle;
mod calibration;
mod choice;
mod clip;
mod dense;
mod effects;
mod golden;
mod graph;
mod manifest;
mod parts;
mod runner;
mod wire;

pub use bundle::{Bundle, FORMAT};
pub use choice::{ModelChoice, ModelState};
pub use effects::Effects;
pub use foretap_int8::Path;
pub use golden::Golden;
pub use graph::GraphError;
pub use manifest::{Arithmetic, Manifest};
pub use parts::BundleParts;
pub use runner::{RunError, Runner};

use ndarray::ArrayView2;

use crate::error::BundleError;
use crate::features::{FEATURES, features, schema_hash};
use crate::habits::{Calibration, Corrector, SHORTLIST, Shortlisted, Statistics};

/// A model that was loaded from a bundle, and answered its golden vectors as it must.
///
/// It holds no item, knows no person and keeps nothing between two questions.
///
/// ```
/// use foretap_core::model::{Bundle, Model};
/// let model = Model::load(&Bundle::shipped()?)?;
/// assert_eq!(model.name(), "ubiqlog-mlp");
/// # Ok::<(), foretap_core::BundleError>(())
/// ```
#[derive(Debug)]
pub struct Model {
    id: [u8; 32],
    name: String,
    version: String,
    calibration: [Calibration; 3],
    runner: Runner,
}

impl Model {
    /// Loads the model of a bundle. Nothing but listed operators is built, and nothing that does not answer the bundle's
    /// golden vectors is used.
    ///
    /// # Errors
    /// [`BundleError::WrongSchema`] if it reads other features, [`BundleError::Graph`] if the graph is refused,
    /// [`BundleError::Golden`] if it does not answer as it must.
    pub fn load(bundle: &Bundle) -> Result<Self, BundleError> {
        let manifest = bundle.manifest();
        let expected = schema_hash();
        if manifest.feature_schema != expected || manifest.features != FEATURES || manifest.shortlist != SHORTLIST {
            return Err(BundleError::WrongSchema { found: manifest.feature_schema, expected });
        }
        let runner = Runner::load(bundle.onnx(), FEATURES)
            .map_err(|refused| BundleError::Graph { reason: refused.to_string() })?;
        for (vector, golden) in bundle.golden().iter().enumerate() {
            golden.check(vector, manifest.arithmetic, &runner)?;
        }
        Ok(Self {
            id: bundle.id(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            calibration: *bundle.calibration(),
            runner,
        })
    }

    /// The model's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The model's version.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// One correction in nats for each row, `[place in the shortlist][feature]`.
    ///
    /// # Errors
    /// If the rows have another width, or the graph does not run.
    pub fn infer(&self, rows: ArrayView2<'_, f32>) -> Result<Vec<f32>, RunError> {
        self.runner.run(rows)
    }
}

impl Corrector for Model {
    fn id(&self) -> [u8; 32] {
        self.id
    }

    fn calibration(&self) -> &[Calibration; 3] {
        &self.calibration
    }

    fn correct(&self, statistics: &Statistics<'_>, asked: &Shortlisted<'_>) -> Option<Vec<f32>> {
        self.infer(features(statistics, asked).view()).ok()
    }
}
