//! The weights a person without history starts from: learned from other people's phones, shipped as a small table.

use super::Habits;
use super::experts::{EXPERTS, Expert};
use super::statistics::Moment;
use crate::config::MAX_CANDIDATES;
use crate::error::{Error, Result};

/// How many places in the order of last use are told apart.
pub const RANKS: usize = MAX_CANDIDATES + 1;

/// One weight per moment and expert, how often each place in the order of last use is opened, and where both were
/// learned.
///
/// ```
/// use foretap_core::habits::StartWeights;
/// let shipped = StartWeights::default();
/// assert_eq!(StartWeights::parse(&shipped.to_string())?, shipped);
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct StartWeights {
    weights: [[f64; EXPERTS]; 3],
    recency_ranks: [[f64; RANKS]; 3],
    learned_on: Vec<String>,
}

impl StartWeights {
    /// No prior knowledge: every expert counts the same.
    #[must_use]
    pub fn neutral() -> Self {
        let ranks: [f64; RANKS] = std::array::from_fn(|rank| (rank as f64 + 1.0).powf(-1.5));
        let all: f64 = ranks.iter().sum();
        Self {
            weights: [Expert::ALL.map(neutral); 3],
            recency_ranks: [ranks.map(|rank| rank / all); 3],
            learned_on: Vec::new(),
        }
    }

    /// What these people's habits have in common: the mean of their weights and of their recency ranks, learned on logs
    /// with these SHA-256 sums (hex). Without any habits it is [`Self::neutral`].
    #[must_use]
    pub fn mean_of(habits: &[&Habits], learned_on: Vec<String>) -> Self {
        if habits.is_empty() {
            return Self::neutral();
        }
        let count = habits.len() as f64;
        let mean = |of: &dyn Fn(&Habits) -> f64| habits.iter().map(|h| of(h)).sum::<f64>() / count;
        let weights = Moment::ALL.map(|m| std::array::from_fn(|e| mean(&|h| h.mixer().weights()[m.row()][e])));
        let recency_ranks = Moment::ALL.map(|m| {
            std::array::from_fn(|rank| mean(&|h| h.recency_ranks(m)[rank] / h.recency_ranks(m).iter().sum::<f64>()))
        });
        Self { weights, recency_ranks, learned_on }
    }

    /// Reads the table that [`ToString::to_string`] writes: tab-separated rows `moment expert weight` and
    /// `moment rank_<n> share`, rows `learned_on sha256`, and comments from `#`.
    ///
    /// # Errors
    /// [`Error::BadTable`] with the line, if a row is not understood, not a finite number within -10..=10, or a weight
    /// is missing or there twice. Of [`Expert::RATIOS`], [`Expert::Return`] and [`Expert::Soon`] weights may be missing, as a
    /// table can be older than the expert: those are neutral.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |line: usize, reason| Error::BadTable { what: "start weights", line, reason };
        let mut found = [[None; EXPERTS + RANKS]; 3];
        let mut learned_on = Vec::new();
        for (number, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line)) {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["learned_on", sum] if sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    learned_on.push(sum.to_owned());
                }
                [moment, name, weight] => {
                    let moment = Moment::ALL.iter().find(|m| m.name() == moment);
                    let moment = moment.ok_or_else(|| bad(number, "unknown moment"))?;
                    let column = column(name).ok_or_else(|| bad(number, "unknown expert or rank"))?;
                    let lowest = if column < EXPERTS { -MAX_WEIGHT } else { f64::MIN_POSITIVE };
                    let weight = weight.parse().ok().filter(|w: &f64| (lowest..=MAX_WEIGHT).contains(w));
                    let weight = weight.ok_or_else(|| bad(number, "not a number in range"))?;
                    if found[moment.row()][column].replace(weight).is_some() {
                        return Err(bad(number, "this weight is there twice"));
                    }
                }
                _ => return Err(bad(number, "neither `moment expert weight` nor `learned_on sha256`")),
            }
        }
        for row in &mut found {
            for expert in Expert::RATIOS.into_iter().chain([Expert::Return, Expert::Soon]) {
                row[expert as usize].get_or_insert(neutral(expert));
            }
        }
        if found.iter().flatten().any(Option::is_none) {
            return Err(bad(text.lines().count(), "a weight is missing"));
        }
        let value = |moment: usize, column: usize| found[moment][column].unwrap_or_default();
        Ok(Self {
            weights: std::array::from_fn(|m| std::array::from_fn(|e| value(m, e))),
            recency_ranks: std::array::from_fn(|m| std::array::from_fn(|r| value(m, EXPERTS + r))),
            learned_on,
        })
    }

    /// The weights, `[moment][expert]`.
    #[must_use]
    pub const fn weights(&self) -> &[[f64; EXPERTS]; 3] {
        &self.weights
    }

    /// The share of openings that went to the first, second, ... candidate, `[moment][rank]`.
    #[must_use]
    pub const fn recency_ranks(&self) -> &[[f64; RANKS]; 3] {
        &self.recency_ranks
    }

    /// SHA-256 sums (hex) of the logs these weights were learned on; they must not be judged on those.
    #[must_use]
    pub fn learned_on(&self) -> &[String] {
        &self.learned_on
    }
}

impl Default for StartWeights {
    /// The shipped weights.
    fn default() -> Self {
        Self::parse(SHIPPED).expect("the shipped table is read in a test")
    }
}

impl std::fmt::Display for StartWeights {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for sum in &self.learned_on {
            writeln!(f, "learned_on\t{sum}")?;
        }
        for moment in Moment::ALL {
            for (expert, weight) in Expert::ALL.iter().zip(&self.weights[moment.row()]) {
                writeln!(f, "{}\t{}\t{weight}", moment.name(), expert.name())?;
            }
            for (rank, share) in self.recency_ranks[moment.row()].iter().enumerate() {
                writeln!(f, "{}\trank_{}\t{share}", moment.name(), rank + 1)?;
            }
        }
        Ok(())
    }
}

/// The column of an expert or of a rank in the table.
fn column(name: &str) -> Option<usize> {
    Expert::ALL.iter().position(|expert| expert.name() == name).or_else(|| {
        let rank: usize = name.strip_prefix("rank_")?.parse().ok()?;
        (1..=RANKS).contains(&rank).then_some(EXPERTS + rank - 1)
    })
}

fn neutral(expert: Expert) -> f64 {
    if Expert::RATIOS.contains(&expert) { NEUTRAL_RATIO } else { NEUTRAL }
}

/// The weight of every expert where nothing is known: twenty of them make a mild product of experts.
const NEUTRAL: f64 = 0.1;
/// The weight of an expert that says a ratio to what the others expect.
const NEUTRAL_RATIO: f64 = 1.0;
const MAX_WEIGHT: f64 = 10.0;
/// Written by `cargo xtask bundle`.
const SHIPPED: &str = include_str!("../../data/start_weights.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_from_before_an_expert_of_ratios_is_read() {
        let all = StartWeights::neutral();
        for later in ["network", "battery", "audio", "return", "soon"] {
            let older: Vec<String> =
                all.to_string().lines().filter(|line| !line.contains(later)).map(str::to_owned).collect();
            assert_eq!(StartWeights::parse(&older.join("\n")).expect("reads"), all);
        }
    }

    #[test]
    fn bad_tables_are_refused_with_their_line() {
        let good = StartWeights::neutral().to_string();
        let rows = EXPERTS + RANKS;
        for (bad, at) in [
            (good.replace("next\ttotal\t0.1", "next\ttotal\tNaN"), 1),
            (good.replace("next\ttotal\t0.1", "next\ttotal\t10.5"), 1),
            (good.replace("next\tday\t", "next\tdecade\t"), 3),
            (good.replace("next\tday\t", "later\tday\t"), 3),
            (good.replace("next\tday\t", "next\ttotal\t"), 3),
            (format!("{good}learned_on\tnot a sum\n"), 3 * rows + 1),
            (good.replace("unlock\trank_65\t", "unlock\trank_66\t"), 2 * rows),
            (good.replace("next\trank_1\t", "next\trank_1\t-"), EXPERTS + 1),
            (good.lines().skip(1).collect::<Vec<_>>().join("\n"), 3 * rows - 1),
        ] {
            let error = StartWeights::parse(&bad).expect_err("bad");
            assert!(matches!(error, Error::BadTable { line, .. } if line == at), "{error}");
        }
    }
}
