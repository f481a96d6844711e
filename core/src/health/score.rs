//! How good predictions were, beside simple rules.

use serde::{Serialize, Serializer};

use crate::habits::{MEASURED_RULES, MomentTotals, Rule};

/// How good predictions were in some days: of all opened before, as if every question had been asked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Score {
    /// How many questions were answered.
    pub questions: u64,
    /// The rates; `None` of no question.
    pub rates: Option<Rates>,
}

/// Shares of questions, 0..=1.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Rates {
    /// What was predicted.
    pub foretap: HitRate,
    /// The mixer alone.
    pub mixer: HitRate,
    /// Each of [`MEASURED_RULES`].
    pub rules: [RuleRate; MEASURED_RULES.len()],
    /// The rule with most hits among the first three, chosen after the fact.
    #[serde(serialize_with = "rule")]
    pub best_rule: Rule,
    /// The share of hits among the first three by which predictions are ahead of that rule; below 0 where it is better.
    pub ahead: f64,
    /// The mean probability of the first prediction less the share of times that it was right: above 0 where predictions
    /// are too sure.
    pub calibration_error: f64,
}

/// How often what was opened was shown.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct HitRate {
    /// First.
    pub at_1: f64,
    /// Among the first three.
    pub at_3: f64,
}

/// A rule and how good it would have been.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RuleRate {
    /// The rule.
    #[serde(serialize_with = "rule")]
    pub rule: Rule,
    /// Its hit rate.
    #[serde(flatten)]
    pub rate: HitRate,
}

impl Score {
    pub(super) fn of(totals: &MomentTotals) -> Self {
        Self { questions: totals.answered(), rates: Rates::of(totals) }
    }
}

impl Rates {
    fn of(totals: &MomentTotals) -> Option<Self> {
        let mean_first = totals.mean_first()?;
        let questions = totals.answered() as f64;
        let rate =
            |[first, third]: [u64; 2]| HitRate { at_1: first as f64 / questions, at_3: third as f64 / questions };
        let foretap = rate(totals.hits());
        let rules = std::array::from_fn(|n| RuleRate { rule: MEASURED_RULES[n], rate: rate(totals.rules[n]) });
        let better = |best: RuleRate, next: RuleRate| if next.rate.at_3 > best.rate.at_3 { next } else { best };
        let best = rules.into_iter().reduce(better)?;
        Some(Self {
            foretap,
            mixer: rate(totals.mixer),
            rules,
            best_rule: best.rule,
            ahead: foretap.at_3 - best.rate.at_3,
            calibration_error: mean_first - foretap.at_1,
        })
    }

    /// The best rule's hit rate.
    #[must_use]
    pub fn best(&self) -> HitRate {
        let best = self.rules.iter().find(|rule| rule.rule == self.best_rule);
        best.map_or(HitRate { at_1: 0.0, at_3: 0.0 }, |rule| rule.rate)
    }
}

fn rule<S: Serializer>(rule: &Rule, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(rule.name())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_what_one_finds_by_hand_and_the_best_rule_is_the_one_with_most_among_three() {
        let totals = MomentTotals {
            ranks: [50, 20, 10, 8, 6, 4, 2],
            mixer: [45, 81],
            rules: [[10, 60], [30, 70], [40, 70], [60, 69]],
            first_sum: 550_000,
            ..MomentTotals::default()
        };
        let score = Score::of(&totals);
        let rates = score.rates.expect("a hundred questions");
        assert_eq!((score.questions, rates.foretap), (100, HitRate { at_1: 0.5, at_3: 0.8 }));
        assert_eq!((rates.mixer, rates.best_rule), (HitRate { at_1: 0.45, at_3: 0.81 }, Rule::Mru));
        assert_eq!(rates.best(), HitRate { at_1: 0.3, at_3: 0.7 }, "of equal ones the first");
        assert!((rates.ahead - 0.1).abs() < 1e-12 && (rates.calibration_error - 0.05).abs() < 1e-12);
        assert_eq!(Score::of(&MomentTotals::default()), Score { questions: 0, rates: None });
    }
}
