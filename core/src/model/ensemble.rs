//! The members at work: the graph, the trees and the sequence model, each asked where it counts, and their weighted sum.

use ndarray::ArrayView2;

use super::members::{Members, Weights};
use super::reading::Reading;
use super::runner::{RunError, Runner};
use super::sequence::ANSWERS;
use super::transformer::Transformer;
use super::trees::Forest;
use crate::habits::{Moment, Past};

/// A graph and what stands beside it, ready to answer.
#[derive(Debug)]
pub(super) struct Ensemble {
    runner: Runner,
    members: Option<Box<Ready>>,
}

#[derive(Debug)]
struct Ready {
    members: Members,
    forest: Option<Forest>,
    transformer: Option<Transformer>,
}

impl Ensemble {
    pub(super) fn of(runner: Runner, members: Option<&Members>) -> Self {
        let ready = |members: &Members| Ready {
            forest: members.trees.as_ref().map(Forest::of),
            transformer: members.sequence.as_ref().map(Transformer::of),
            // The numbers are in the ready ones.
            members: Members { trees: None, sequence: None, ..members.clone() },
        };
        Self { runner, members: members.map(|members| Box::new(ready(members))) }
    }

    /// How much each member counts at a question.
    pub(super) fn weights(&self, reading: &Reading) -> Weights {
        let alone = Weights { mlp: 1.0, ..Weights::default() };
        self.members.as_ref().map_or(alone, |ready| ready.members.weights(reading.moment, reading.certainty()))
    }

    pub(super) fn has_router(&self) -> bool {
        self.members.as_ref().is_some_and(|ready| ready.members.router.is_some())
    }

    /// Whether fewer members answer.
    pub(super) fn is_simple(&self, reading: &Reading) -> bool {
        let members = self.members.as_ref().map(|ready| &ready.members);
        members.is_some_and(|members| members.is_simple(reading.moment, reading.certainty()))
    }

    /// One correction in nats for each row of the reading.
    pub(super) fn answer(&self, reading: &Reading) -> Result<Vec<f32>, RunError> {
        let weights = self.weights(reading);
        let mut sum = self.of_features(weights, reading.features.view(), &reading.log_mix)?;
        if weights.sequence != 0.0 {
            sum.iter_mut().zip(self.of_sequence(weights, reading)).for_each(|(sum, part)| *sum += part);
        }
        Ok(sum)
    }

    /// The part of the sum that the sequence model gives: one number for each row of the reading.
    pub(super) fn of_sequence(&self, weights: Weights, reading: &Reading) -> Vec<f32> {
        match weights.sequence {
            0.0 => vec![0.0; reading.recency.len()],
            weight => {
                let corrections = self.sequence(&reading.past, reading.moment, &reading.recency);
                corrections.into_iter().map(|correction| weight * correction).collect()
            }
        }
    }

    /// The part of the sum that reads features: one number for each row.
    pub(super) fn of_features(
        &self,
        weights: Weights,
        features: ArrayView2<'_, f32>,
        log_mix: &[f32],
    ) -> Result<Vec<f32>, RunError> {
        self.runner.check(features)?;
        let mut sum = match weights.mlp {
            0.0 => vec![0.0; features.nrows()],
            // Times one leaves every bit as it is.
            weight => self.graph(features)?.into_iter().map(|correction| weight * correction).collect(),
        };
        if weights.trees != 0.0 {
            let scores = self.trees(features, log_mix);
            sum.iter_mut().zip(scores).for_each(|(sum, score)| *sum += weights.trees * score);
        }
        Ok(sum)
    }

    pub(super) fn graph(&self, features: ArrayView2<'_, f32>) -> Result<Vec<f32>, RunError> {
        self.runner.run(features)
    }

    /// The trees' score of each row; nothing where there are none.
    pub(super) fn trees(&self, features: ArrayView2<'_, f32>, log_mix: &[f32]) -> Vec<f32> {
        let forest = self.members.as_ref().and_then(|ready| ready.forest.as_ref());
        forest.map_or_else(Vec::new, |forest| forest.scores(features, log_mix))
    }

    /// The sequence model's correction of candidates at these places in the order of last use; nothing where there is none.
    pub(super) fn sequence(&self, past: &Past, moment: Moment, recency: &[usize]) -> Vec<f32> {
        let transformer = self.members.as_ref().and_then(|ready| ready.transformer.as_ref());
        let of = |transformer: &Transformer| {
            let answers = transformer.answers(past, moment);
            recency.iter().map(|&place| if place < ANSWERS { answers[place] } else { 0.0 }).collect()
        };
        transformer.map_or_else(Vec::new, of)
    }
}
