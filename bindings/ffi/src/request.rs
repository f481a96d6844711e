//! The question that a host asks.

use foretap_core::config::MAX_LIMIT;
use foretap_core::{Context, Item, Moment, Request, Timestamp, Token};

use crate::error::ForetapError;

/// A question for a ranking; what is not said is as the core has it.
#[derive(Debug, Clone, PartialEq, uniffi::Record)]
pub struct RequestParts {
    /// What is about to happen.
    pub moment: Moment,
    /// When.
    pub now: Timestamp,
    /// In which surroundings.
    pub context: Context,
    /// Where the ranking is shown; `main` unless said.
    pub surface: Option<Token>,
    /// The most predictions, 1 to 64; 5 unless said.
    pub limit: Option<u32>,
    /// Only of these items, at most 4,096.
    pub candidates: Option<Vec<Item>>,
    /// What it costs that an icon moves, 0 to 1.
    pub move_cost: Option<f64>,
    /// Whether now and then a slot shows something else.
    pub exploration: Option<Exploration>,
}

/// How often a slot is explored.
#[derive(Debug, Clone, Copy, PartialEq, uniffi::Record)]
pub struct Exploration {
    /// The share of rows, 0 to 1.
    pub share: f64,
    /// A random number of the host's, another one for each row.
    pub seed: u64,
}

impl RequestParts {
    /// The same for the core.
    ///
    /// # Errors
    /// [`ForetapError::InvalidArgument`] for a number outside its limits.
    pub(crate) fn of_core(self) -> Result<Request, ForetapError> {
        let Self { moment, now, context, surface, limit, candidates, move_cost, exploration } = self;
        let mut request = Request::at(moment, now).in_context(context);
        if let Some(surface) = surface {
            request = request.on_surface(surface);
        }
        if let Some(limit) = limit {
            request = request.limited_to(usize::try_from(limit).unwrap_or(MAX_LIMIT + 1))?;
        }
        if let Some(candidates) = candidates {
            request = request.within(candidates)?;
        }
        if let Some(cost) = move_cost {
            request = request.with_move_cost(cost)?;
        }
        if let Some(Exploration { share, seed }) = exploration {
            request = request.exploring(share, seed)?;
        }
        Ok(request)
    }
}
