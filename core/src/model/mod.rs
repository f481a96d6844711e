//! The model: a bundle of a small graph, the members that may stand beside it and what belongs to them, which corrects the
//! mixer's shortlist.

mod bundle;
mod calibration;
mod choice;
mod clip;
mod dense;
mod effects;
mod ensemble;
mod golden;
mod graph;
mod manifest;
mod members;
mod parts;
mod reading;
mod runner;
mod sequence;
mod transformer;
mod trees;
mod wire;

pub use bundle::{Bundle, FORMAT};
pub use choice::{ModelChoice, ModelState, load};
pub use effects::Effects;
pub use foretap_int8::Path;
pub use golden::{Golden, MembersGolden};
pub use graph::GraphError;
pub use manifest::{Arithmetic, Manifest};
pub use members::{Members, Router, Weights};
pub use parts::BundleParts;
pub use reading::Reading;
pub use runner::{RunError, Runner};
pub use sequence::Sequence;
pub use trees::Trees;

use ensemble::Ensemble;

use crate::error::BundleError;
use crate::features::{FEATURES, schema_hash};
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
    ensemble: Ensemble,
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
        let ensemble = Ensemble::of(runner, bundle.members());
        for (vector, golden) in bundle.golden().iter().enumerate() {
            golden.check(vector, manifest.arithmetic, &ensemble)?;
        }
        Ok(Self {
            id: bundle.id(),
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            calibration: *bundle.calibration(),
            ensemble,
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

    /// One correction in nats for each candidate that was read: the weighted sum of the members' answers.
    ///
    /// # Errors
    /// If the rows have another width, or the graph does not run.
    pub fn infer(&self, reading: &Reading) -> Result<Vec<f32>, RunError> {
        self.ensemble.answer(reading)
    }

    /// Whether some questions are answered by fewer members.
    #[must_use]
    pub fn has_router(&self) -> bool {
        self.ensemble.has_router()
    }

    /// Whether the router sends this question to fewer members; never where there is none.
    #[must_use]
    pub fn is_simple(&self, reading: &Reading) -> bool {
        self.ensemble.is_simple(reading)
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
        self.infer(&Reading::of(statistics, asked)).ok()
    }
}
