//! The members of a bundle beside its graph, and how much each counts.

use super::sequence::Sequence;
use super::trees::Trees;
use super::wire;
use crate::error::BundleError;
use crate::habits::Moment;

/// What a bundle of format 2 has besides its graph.
#[derive(Debug, Clone, PartialEq)]
pub struct Members {
    /// How much each member counts, in the order of [`Moment::ALL`].
    pub weights: [Weights; 3],
    /// Gradient-boosted trees over the features.
    pub trees: Option<Trees>,
    /// A Transformer over the last openings.
    pub sequence: Option<Sequence>,
    /// Which questions are answered by fewer members; none are where there is no router.
    pub router: Option<Router>,
}

/// The factor of each member's corrections, -4..=4; a member of factor 0 is not asked.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weights {
    /// The graph's: an MLP over the features.
    pub mlp: f32,
    /// The trees'.
    pub trees: f32,
    /// The sequence model's.
    pub sequence: f32,
}

/// Sends simple questions to cheap members.
#[derive(Debug, Clone, PartialEq)]
pub struct Router {
    /// A question is simple where the mixer's first candidate is more than this many nats before its second, 0..=1000, in
    /// the order of [`Moment::ALL`].
    pub certainty: [f32; 3],
    /// How much each member counts at a simple question.
    pub weights: [Weights; 3],
}

impl Members {
    /// The members of a message, if each is what it must be, for a graph of that many features.
    pub(super) fn check(found: wire::Members, features: usize) -> Result<Self, BundleError> {
        let trees = found.trees.map(Trees::of_wire);
        let sequence = found.sequence.map(Sequence::of_wire);
        if trees.is_none() && sequence.is_none() {
            return Err(BundleError::Field { field: "members", limit: "trees, a sequence model or both" });
        }
        trees.as_ref().map_or(Ok(()), |trees| trees.check(features))?;
        sequence.as_ref().map_or(Ok(()), Sequence::check)?;
        let weights = |field, found: Vec<wire::Weights>| {
            let found = <[wire::Weights; 3]>::try_from(found);
            let found = found.map_err(|_| BundleError::Field { field, limit: "three, one for each moment" })?;
            for weights in &found {
                if ![weights.mlp, weights.trees, weights.sequence].iter().all(|w| (-4.0..=4.0).contains(w)) {
                    return Err(BundleError::Field { field, limit: "numbers from -4 to 4" });
                }
                if (trees.is_none() && weights.trees != 0.0) || (sequence.is_none() && weights.sequence != 0.0) {
                    return Err(BundleError::Field { field, limit: "0 for a member that is not there" });
                }
            }
            Ok(found.map(|w| Weights { mlp: w.mlp, trees: w.trees, sequence: w.sequence }))
        };
        let router = found.router.map(|router| {
            let field = "members.router.certainty";
            let certainty = <[f32; 3]>::try_from(router.certainty);
            let certainty = certainty.map_err(|_| BundleError::Field { field, limit: "three, one for each moment" })?;
            if !certainty.iter().all(|nats| (0.0..=1_000.0).contains(nats)) {
                return Err(BundleError::Field { field, limit: "numbers from 0 to 1000" });
            }
            Ok(Router { certainty, weights: weights("members.router.weights", router.weights)? })
        });
        Ok(Self { weights: weights("members.weights", found.weights)?, router: router.transpose()?, trees, sequence })
    }

    pub(super) fn to_wire(&self) -> wire::Members {
        let weights = |weights: &[Weights; 3]| {
            let of_moment = |w: &Weights| wire::Weights { mlp: w.mlp, trees: w.trees, sequence: w.sequence };
            weights.iter().map(of_moment).collect()
        };
        wire::Members {
            weights: weights(&self.weights),
            trees: self.trees.as_ref().map(Trees::to_wire),
            sequence: self.sequence.as_ref().map(Sequence::to_wire),
            router: self
                .router
                .as_ref()
                .map(|router| wire::Router { certainty: router.certainty.to_vec(), weights: weights(&router.weights) }),
        }
    }

    /// Whether fewer members answer a question at a moment that the mixer is so certain of.
    pub(super) fn is_simple(&self, moment: Moment, certainty: f32) -> bool {
        self.router.as_ref().is_some_and(|router| certainty > router.certainty[moment as usize])
    }

    /// How much each member counts at such a question.
    pub(super) fn weights(&self, moment: Moment, certainty: f32) -> Weights {
        match &self.router {
            Some(router) if self.is_simple(moment, certainty) => router.weights[moment as usize],
            _ => self.weights[moment as usize],
        }
    }
}

#[cfg(test)]
mod tests;
