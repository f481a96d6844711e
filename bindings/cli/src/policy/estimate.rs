//! What a policy's rows would have earned, estimated in four ways from rows that another policy showed.
//!
//! The reward of a moment is 1 if an item was opened from its row, else 0. Under the item-position model (Li, Abbasi-
//! Yadkori et al. 2018) what a slot earns depends on its item, its position and the moment, not on the other slots.
//! So each slot in which the policy would have shown what was shown stands for 1 / propensity moments.

use std::collections::BTreeMap;

use super::choice::Policy;
use super::interval::{Estimate, interval};
use super::moment::LoggedMoment;
use super::reward_model::{Observation, RewardModel};

/// What a policy would have earned.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyEstimate {
    /// The policy.
    pub policy: Policy,
    /// The direct method: what the model of rewards expects. It has no interval, for nothing in it says how wrong the
    /// model is.
    pub direct: f64,
    /// Inverse propensity scores. Slots of the policy that were never possible earn nothing in the estimate; the upper end
    /// of its interval lets them earn what the policy's other slots do.
    pub ips: Estimate,
    /// The same, each position divided by the sum of its weights: slots that were never possible earn what the others do.
    pub snips: Estimate,
    /// Doubly robust (Dudik, Langford and Li 2011): the direct method, corrected by the weighted errors of its model where
    /// the policy agrees with what was shown. Slots that were never possible earn what the model says.
    pub doubly_robust: Estimate,
    /// Rewards where the policy agrees with what was shown, unweighted: what one would count without propensities. It is
    /// wrong, because the policies agree where the choice is easy.
    pub naive: f64,
    /// How many moments of the policy's own the matches are worth (Kish): the squared sum of the weights over the sum of
    /// their squares, over the slots of a row.
    pub effective: f64,
    /// The largest weight.
    pub largest_weight: f64,
    /// The share of the policy's slots that the logging policy could never have filled in that way: what is missing from
    /// the mean weight, which is 1 where everything was possible. Itself an estimate; 0 where it would be below.
    pub unsupported: f64,
}

/// One slot of a moment, for one policy.
#[derive(Debug, Clone, Copy)]
struct Slot {
    position: usize,
    /// 1 / propensity where the policy would have shown what was shown, else 0.
    weight: f64,
    reward: f64,
    expected_of_shown: f64,
    /// Of the policy's own item; `None` where it has too few.
    expected: Option<f64>,
}

/// A moment with its cluster. The clusters are numbered from 0 without gaps.
pub(super) type Clustered<'a> = (usize, &'a LoggedMoment);

/// Models of rewards, each fitted without a fold of clusters: what a moment is expected to earn is said by a model that
/// never saw its cluster (cross-fitting, Chernozhukov et al. 2018).
#[derive(Debug)]
pub(super) struct CrossFitted(Vec<RewardModel>);

impl CrossFitted {
    pub(super) fn of(moments: &[Clustered<'_>]) -> Self {
        let observations = |fold: usize| -> Vec<Observation> {
            let others = moments.iter().filter(|(cluster, _)| cluster % FOLDS != fold);
            others.flat_map(|(_, moment)| observed(moment)).collect()
        };
        Self((0..FOLDS).map(|fold| RewardModel::fit(&observations(fold))).collect())
    }

    fn model(&self, cluster: usize) -> &RewardModel {
        &self.0[cluster % FOLDS]
    }
}

fn observed(moment: &LoggedMoment) -> impl Iterator<Item = Observation> + '_ {
    let opened = moment.shown.opened;
    moment.shown.items.iter().zip(&moment.probabilities).enumerate().map(move |(place, (shown, &probability))| {
        Observation { position: usize::from(shown.position), probability, is_opened: opened == Some(place) }
    })
}

/// The estimates of the `number`-th policy of these moments.
#[expect(clippy::cast_precision_loss, reason = "numbers of moments")]
pub(super) fn estimate(
    policy: Policy,
    number: usize,
    moments: &[Clustered<'_>],
    models: &CrossFitted,
) -> PolicyEstimate {
    let slots: Vec<(usize, Vec<Slot>)> = moments
        .iter()
        .map(|&(cluster, moment)| (cluster, slots(policy, &moment.offered[number], moment, models.model(cluster))))
        .collect();
    let all = || slots.iter().flat_map(|(_, slots)| slots);
    let largest_weight = all().map(|slot| slot.weight).fold(0.0, f64::max);
    let length = ratio(all().count() as f64, moments.len() as f64);
    let of_moments = |of: &dyn Fn(&Slot) -> f64| -> Vec<(usize, f64)> {
        slots.iter().map(|(cluster, slots)| (*cluster, slots.iter().map(of).sum())).collect()
    };
    let direct = of_moments(&|slot| slot.expected.unwrap_or(0.0));
    let ips = of_moments(&|slot| slot.weight * slot.reward);
    let doubly_robust =
        of_moments(&|slot| slot.expected.unwrap_or(0.0) + slot.weight * (slot.reward - slot.expected_of_shown));
    let positions = Position::all(all(), moments.len());
    let normalised: f64 = positions.values().map(Position::normalised).sum();
    let snips = of_moments(&|slot| positions[&slot.position].influence(slot));
    let snips: Vec<_> = snips.into_iter().map(|(cluster, influence)| (cluster, influence + normalised)).collect();
    let sum = |of: &dyn Fn(&Slot) -> f64| all().map(of).sum::<f64>();
    let [weights, squares] = [sum(&|slot| slot.weight), sum(&|slot| slot.weight * slot.weight)];
    let offered = sum(&|slot| f64::from(u8::from(slot.expected.is_some())));
    let by_ips = interval(mean(&ips), &ips, largest_weight);
    let unsupported_earn = (normalised - by_ips.value).max(0.0);
    PolicyEstimate {
        policy,
        direct: mean(&direct),
        ips: Estimate { high: (by_ips.high + unsupported_earn).min(1.0), ..by_ips },
        snips: interval(normalised, &snips, largest_weight),
        doubly_robust: interval(mean(&doubly_robust), &doubly_robust, largest_weight),
        naive: positions.values().map(Position::naive).sum(),
        effective: ratio(weights * weights, squares * length),
        largest_weight,
        unsupported: if offered > 0.0 { (1.0 - weights / offered).max(0.0) } else { 0.0 },
    }
}

fn slots(policy: Policy, offered: &[super::moment::Offered], moment: &LoggedMoment, model: &RewardModel) -> Vec<Slot> {
    let shown = moment.shown.items.iter().zip(&moment.probabilities).enumerate();
    shown
        .map(|(place, (shown, &probability))| {
            let position = usize::from(shown.position);
            let own = offered.get(position);
            let is_match = own.is_some_and(|own| own.item == shown.item);
            let weight = match (policy, shown.propensity) {
                (Policy::Logged, _) => 1.0,
                (Policy::System(_), Some(propensity)) if is_match => 1.0 / propensity.share(),
                _ => 0.0,
            };
            Slot {
                position,
                weight,
                reward: f64::from(u8::from(moment.shown.opened == Some(place))),
                expected_of_shown: model.expected(position, probability),
                expected: own.map(|own| model.expected(position, own.probability)),
            }
        })
        .collect()
}

fn mean(influences: &[(usize, f64)]) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a number of moments")]
    let count = influences.len() as f64;
    ratio(influences.iter().map(|(_, influence)| influence).sum(), count)
}

/// 0 of nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

/// Sums over the slots at one position.
#[derive(Debug, Default)]
struct Position {
    weights: f64,
    weighted_rewards: f64,
    matches: f64,
    rewards: f64,
    slots: f64,
    moments: f64,
}

impl Position {
    #[expect(clippy::cast_precision_loss, reason = "a number of moments")]
    fn all<'a>(slots: impl Iterator<Item = &'a Slot>, moments: usize) -> BTreeMap<usize, Self> {
        let mut all: BTreeMap<usize, Self> = BTreeMap::new();
        for slot in slots {
            let position = all.entry(slot.position).or_insert(Self { moments: moments as f64, ..Self::default() });
            position.slots += 1.0;
            if slot.weight > 0.0 {
                position.weights += slot.weight;
                position.weighted_rewards += slot.weight * slot.reward;
                position.matches += 1.0;
                position.rewards += slot.reward;
            }
        }
        all
    }

    /// What a moment earns here, by normalised weights. Rows may differ in length.
    fn normalised(&self) -> f64 {
        ratio(self.weighted_rewards, self.weights) * ratio(self.slots, self.moments)
    }

    /// What one slot adds to the error of [`Self::normalised`], times the moments: the derivative of the ratio.
    fn influence(&self, slot: &Slot) -> f64 {
        let error = slot.weight * (slot.reward - ratio(self.weighted_rewards, self.weights));
        ratio(error * self.slots, self.weights)
    }

    fn naive(&self) -> f64 {
        ratio(self.rewards, self.matches) * ratio(self.slots, self.moments)
    }
}

/// How many models of rewards are fitted.
const FOLDS: usize = 5;

#[cfg(test)]
mod tests;
