//! The weights a person without history starts from: learned from other people's phones, shipped as a small table.

use super::experts::{EXPERTS, Expert};
use super::statistics::Moment;
use crate::error::{Error, Result};

/// One weight per moment and expert, and where they were learned.
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
    learned_on: Vec<String>,
}

impl StartWeights {
    /// No prior knowledge: every expert counts the same.
    #[must_use]
    pub const fn neutral() -> Self {
        Self { weights: [[NEUTRAL; EXPERTS]; 3], learned_on: Vec::new() }
    }

    /// Makes a table of weights, `[moment][expert]`, that were learned on logs with these SHA-256 sums (hex).
    #[must_use]
    pub const fn new(weights: [[f64; EXPERTS]; 3], learned_on: Vec<String>) -> Self {
        Self { weights, learned_on }
    }

    /// Reads the table that [`ToString::to_string`] writes: tab-separated rows `moment expert weight`, rows
    /// `learned_on sha256`, and comments from `#`.
    ///
    /// # Errors
    /// [`Error::BadTable`] with the line, if a row is not understood, not a finite number within -10..=10, or a weight
    /// is missing or there twice.
    pub fn parse(text: &str) -> Result<Self> {
        let bad = |line: usize, reason| Error::BadTable { what: "start weights", line, reason };
        let mut found = [[None; EXPERTS]; 3];
        let mut learned_on = Vec::new();
        for (number, line) in text.lines().enumerate().map(|(n, line)| (n + 1, line)) {
            if line.starts_with('#') || line.trim().is_empty() {
                continue;
            }
            match line.split('\t').collect::<Vec<_>>()[..] {
                ["learned_on", sum] if sum.len() == 64 && sum.bytes().all(|b| b.is_ascii_hexdigit()) => {
                    learned_on.push(sum.to_owned());
                }
                [moment, expert, weight] => {
                    let moment = Moment::ALL.iter().find(|m| m.name() == moment);
                    let moment = moment.ok_or_else(|| bad(number, "unknown moment"))?;
                    let expert = Expert::ALL.iter().position(|e| e.name() == expert);
                    let expert = expert.ok_or_else(|| bad(number, "unknown expert"))?;
                    let weight = weight.parse().ok().filter(|w: &f64| w.abs() <= MAX_WEIGHT);
                    let weight = weight.ok_or_else(|| bad(number, "not a number from -10 to 10"))?;
                    if found[moment.row()][expert].replace(weight).is_some() {
                        return Err(bad(number, "this weight is there twice"));
                    }
                }
                _ => return Err(bad(number, "neither `moment expert weight` nor `learned_on sha256`")),
            }
        }
        let mut weights = [[0.0; EXPERTS]; 3];
        for (row, found) in weights.iter_mut().flatten().zip(found.iter().flatten()) {
            *row = found.ok_or_else(|| bad(text.lines().count(), "a weight is missing"))?;
        }
        Ok(Self { weights, learned_on })
    }

    /// The weights, `[moment][expert]`.
    #[must_use]
    pub const fn weights(&self) -> &[[f64; EXPERTS]; 3] {
        &self.weights
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
        for (moment, row) in Moment::ALL.iter().zip(&self.weights) {
            for (expert, weight) in Expert::ALL.iter().zip(row) {
                writeln!(f, "{}\t{}\t{weight}", moment.name(), expert.name())?;
            }
        }
        Ok(())
    }
}

/// The weight of every expert where nothing is known: twenty of them make a mild product of experts.
const NEUTRAL: f64 = 0.1;
const MAX_WEIGHT: f64 = 10.0;
/// Written by `cargo xtask weights`.
const SHIPPED: &str = include_str!("../../data/start_weights.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_tables_are_refused_with_their_line() {
        let good = StartWeights::neutral().to_string();
        for (bad, at) in [
            (good.replace("next\ttotal\t0.1", "next\ttotal\tNaN"), 1),
            (good.replace("next\ttotal\t0.1", "next\ttotal\t10.5"), 1),
            (good.replace("next\tday\t", "next\tdecade\t"), 3),
            (good.replace("next\tday\t", "later\tday\t"), 3),
            (good.replace("next\tday\t", "next\ttotal\t"), 3),
            (format!("{good}learned_on\tnot a sum\n"), 61),
            (good.lines().skip(1).collect::<Vec<_>>().join("\n"), 59),
        ] {
            let error = StartWeights::parse(&bad).expect_err("bad");
            assert!(matches!(error, Error::BadTable { line, .. } if line == at), "{error}");
        }
    }
}
