//! The direct method's model of rewards: q(item, position) = how likely the position is looked at, times how likely what
//! the habits believe of the item comes true there.

/// An item in a row that was shown, and whether it was opened from there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Observation {
    pub(super) position: usize,
    /// What the habits of that time believed.
    pub(super) probability: f64,
    pub(super) is_opened: bool,
}

/// A model of rewards, fitted on rows that were shown: examination by position, the first being 1 (position-based model,
/// Craswell et al. 2008), times the belief's probability, times a factor for each of its magnitudes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RewardModel {
    examined: Vec<f64>,
    factors: [f64; BINS],
}

impl RewardModel {
    /// Fits both by turns, which climbs the likelihood of counts (iterative proportional fitting). What is hardly
    /// observed stays near what all observations together say.
    pub(super) fn fit(observations: &[Observation]) -> Self {
        let positions = observations.iter().map(|o| o.position + 1).max().unwrap_or(0);
        let ratio = |opened: f64, expected: f64| if expected > 0.0 { opened / expected } else { 0.0 };
        let opened: f64 = observations.iter().map(|o| f64::from(u8::from(o.is_opened))).sum();
        let all = ratio(opened, observations.iter().map(|o| known(o.probability)).sum());
        let mut model = Self { examined: vec![1.0; positions], factors: [all; BINS] };
        for _ in 0..ROUNDS {
            let mut bins = [(PRIOR * all, PRIOR); BINS];
            for o in observations {
                let bin = &mut bins[bin(o.probability)];
                bin.0 += f64::from(u8::from(o.is_opened));
                bin.1 += model.examined[o.position] * known(o.probability);
            }
            model.factors = bins.map(|(opened, expected)| ratio(opened, expected));
            let mut examined = vec![(PRIOR, PRIOR); positions];
            for o in observations {
                examined[o.position].0 += f64::from(u8::from(o.is_opened));
                examined[o.position].1 += model.factors[bin(o.probability)] * known(o.probability);
            }
            let first = examined.first().map_or(1.0, |&(opened, expected)| ratio(opened, expected));
            model.examined = examined.iter().map(|&(opened, expected)| ratio(opened, expected) / first).collect();
        }
        model
    }

    /// How likely an item of this probability is opened from this position.
    pub(super) fn expected(&self, position: usize, probability: f64) -> f64 {
        let examined = self.examined.get(position).or(self.examined.last()).copied().unwrap_or(0.0);
        (examined * self.factors[bin(probability)] * known(probability)).min(1.0)
    }
}

/// A probability that is not nothing: habits know little of what was hardly ever opened.
fn known(probability: f64) -> f64 {
    probability.clamp(LEAST, 1.0)
}

/// Bins of half the probability each.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to BINS")]
fn bin(probability: f64) -> usize {
    (-known(probability).log2() as usize).min(BINS - 1)
}

const BINS: usize = 8;
const LEAST: f64 = 1e-4;
const ROUNDS: usize = 12;
/// Openings that the first guess counts for.
const PRIOR: f64 = 1.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dice::Dice;

    #[test]
    fn examination_and_calibration_are_found_apart() {
        let (mut dice, examined) = (Dice::new(1), [0.9, 0.6, 0.3]);
        let draw = |_| {
            let position = dice.below(3) as usize;
            let probability = dice.between(0.01, 0.9);
            let truth = examined[position] * if probability > 0.5 { 0.5 } else { 0.9 } * probability;
            Observation { position, probability, is_opened: dice.chance(truth) }
        };
        let model = RewardModel::fit(&(0..60_000).map(draw).collect::<Vec<_>>());
        for (position, probability, truth) in [(0, 0.4, 0.324), (2, 0.4, 0.108), (1, 0.8, 0.24), (0, 0.8, 0.36)] {
            let expected = model.expected(position, probability);
            assert!((expected - truth).abs() < 0.15 * truth, "{position} {probability}: {expected} for {truth}");
        }
    }

    #[test]
    fn nothing_observed_and_nothing_opened_expect_nothing() {
        assert_eq!(RewardModel::fit(&[]).expected(0, 0.5), 0.0);
        let unopened = Observation { position: 1, probability: 0.0, is_opened: false };
        assert_eq!(RewardModel::fit(&[unopened; 9]).expected(1, 0.5), 0.0);
    }
}
