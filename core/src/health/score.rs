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
