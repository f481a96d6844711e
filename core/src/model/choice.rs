//! Which model a host wants, and what became of it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::{Bundle, Model};
use crate::error::BundleError;
use crate::habits::{Corrector, StartWeights};

/// Which model corrects the statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ModelChoice {
    /// The one that is compiled in, or the one that model sync brought in its place.
    #[default]
    Shipped,
    /// That of a bundle, by the bytes of its file. Where it cannot be used the statistics answer alone, and
    /// [`ModelState`] says why.
    Bundle(Vec<u8>),
    /// None: the statistics alone.
    Off,
}

/// Loads the model of a bundle's file, and what a person without history starts from. A panic on the way is a refusal.
///
/// # Errors
/// As [`Bundle::parse`] and [`Model::load`]; [`BundleError::Crashed`].
pub fn load(file: &[u8]) -> Result<(Model, StartWeights), BundleError> {
    let loading = || {
        let bundle = Bundle::parse(file)?;
        Ok((Model::load(&bundle)?, bundle.start_weights().clone()))
    };
    // Nothing that it works on is used after a panic.
    catch_unwind(AssertUnwindSafe(loading)).unwrap_or(Err(BundleError::Crashed))
}

/// What became of the [`ModelChoice`].
#[derive(Debug)]
pub enum ModelState {
    /// It ranks, as far as this phone trusts it.
    Active(Model),
    /// It was refused, and the statistics answer alone.
    Refused(BundleError),
    /// None was wanted.
    Off,
}

impl ModelState {
    /// Loads the chosen model, and finds what a person without history starts from.
    #[must_use]
    pub fn of(choice: &ModelChoice) -> (Self, StartWeights) {
        let loaded = match choice {
            ModelChoice::Shipped => load(Bundle::shipped_file()),
            ModelChoice::Bundle(bytes) => load(bytes),
            ModelChoice::Off => return (Self::Off, StartWeights::default()),
        };
        match loaded {
            Ok((model, start_weights)) => (Self::Active(model), start_weights),
            Err(refused) => (Self::Refused(refused), StartWeights::default()),
        }
    }

    /// The model, if it ranks.
    #[must_use]
    pub const fn active(&self) -> Option<&Model> {
        match self {
            Self::Active(model) => Some(model),
            Self::Refused(_) | Self::Off => None,
        }
    }

    /// The same, as habits ask for it.
    #[must_use]
    pub fn corrector(&self) -> Option<&dyn Corrector> {
        self.active().map(|model| model as &dyn Corrector)
    }
}
