//! Which model a host wants, and what became of it.

use super::{Bundle, Model};
use crate::error::BundleError;
use crate::habits::{Corrector, StartWeights};

/// Which model corrects the statistics.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum ModelChoice {
    /// The one that is compiled in.
    #[default]
    Shipped,
    /// That of a bundle, by the bytes of its file. Where it cannot be used the statistics answer alone, and
    /// [`ModelState`] says why.
    Bundle(Vec<u8>),
    /// None: the statistics alone.
    Off,
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
        let bundle = match choice {
            ModelChoice::Shipped => Bundle::shipped(),
            ModelChoice::Bundle(bytes) => Bundle::parse(bytes),
            ModelChoice::Off => return (Self::Off, StartWeights::default()),
        };
        match bundle.and_then(|bundle| Ok((Model::load(&bundle)?, bundle))) {
            Ok((model, bundle)) => (Self::Active(model), bundle.start_weights().clone()),
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
