//! Why a log says nothing about other policies.

use super::choice::Policy;

/// Why there is no estimate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Nothing was shown.
    #[error("the log has no impressions: it does not say what was shown")]
    NoImpressions,
    /// No impression has a propensity.
    #[error("no impression of the log has a propensity: what a row that was not shown would have earned is unknown")]
    NoPropensities,
    /// Too little was explored.
    #[error("{rows} rows were open to exploration in this log; an estimate needs {needed}")]
    TooFewExplored {
        /// Rows in which something else could have been shown.
        rows: usize,
        /// How many are needed.
        needed: usize,
    },
    /// All of it was in one session, so nothing says how much it varies.
    #[error("all explored rows are of one session: nothing says how far an estimate can be trusted")]
    OneSession,
    /// A policy that ranks with a model, and there is none.
    #[error("the policy {0} needs a model, and there is none")]
    NoModel(Policy),
}
