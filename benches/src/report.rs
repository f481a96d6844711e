//! Figures beside their budgets and peers, as a table and as JSON.

use serde_json::{Value, json};

use crate::Result;
use crate::quantiles::Quantiles;
use crate::stopwatch::Times;

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds; printed as us or ms.
    Time,
    /// Bytes; printed as MiB.
    Bytes,
}

impl Unit {
    fn text(self, value: u64) -> String {
        match self {
            Self::Time if value < 1_000_000 => format!("{:.1} us", value as f64 / 1e3),
            Self::Time => format!("{:.2} ms", value as f64 / 1e6),
            Self::Bytes => format!("{:.1} MiB", value as f64 / f64::from(1 << 20)),
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::Time => "ns",
            Self::Bytes => "bytes",
        }
    }
}

/// The most that one of a figure's numbers may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Which number, as `p99`.
    pub of: &'static str,
    /// The most it may be.
    pub at_most: u64,
}

/// Something measured.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is; a part of the figure above it begins with two spaces.
    pub name: String,
    /// What the numbers count.
    pub unit: Unit,
    /// How often it was measured.
    pub times: usize,
    /// The numbers by name.
    pub numbers: Vec<(&'static str, u64)>,
    /// The budget, if it has one.
    pub budget: Option<Budget>,
    /// The same of the peers, and how much of a peer's this is.
    pub ratios: Vec<(String, f64)>,
}

impl Figure {
    /// A figure of timed calls. `wall99` is the p99 with the time that other processes had the core.
    ///
    /// # Panics
    /// If nothing was timed.
    #[must_use]
    pub fn of_times(name: &str, times: &Times) -> Self {
        let own = times.own();
        let mut figure = Self::of_quantiles(name, &own);
        figure.numbers.extend([("max", own.max()), ("wall99", times.wall().p99())]);
        figure
    }

    /// A figure of nanoseconds.
    #[must_use]
    pub fn of_quantiles(name: &str, times: &Quantiles) -> Self {
        let numbers = vec![("p50", times.p50()), ("p99", times.p99())];
        Self {
            name: name.to_owned(),
            unit: Unit::Time,
            times: times.count(),
            numbers,
            budget: None,
            ratios: Vec::new(),
        }
    }

    /// With a budget.
    #[must_use]
    pub fn within(self, of: &'static str, at_most: u64) -> Self {
        Self { budget: Some(Budget { of, at_most }), ..self }
    }

    /// With its ratio to a peer, median to median.
    #[must_use]
    pub fn beside(mut self, peer: &Self) -> Self {
        let ratio = self.numbers[0].1 as f64 / peer.numbers[0].1.max(1) as f64;
        self.ratios.push((peer.name.trim().to_owned(), ratio));
        self
    }

    /// Whether a number is over its budget.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.budget.is_some_and(|budget| self.number(budget.of).is_none_or(|number| number > budget.at_most))
    }

    fn number(&self, name: &str) -> Option<u64> {
        self.numbers.iter().find(|(n, _)| *n == name).map(|(_, number)| *number)
    }

    fn line(&self) -> String {
        let numbers: String =
            self.numbers.iter().map(|(name, n)| format!("  {name}{:>10}", self.unit.text(*n))).collect();
        let budget = self.budget.map(|budget| {
            let verdict = if self.is_over() { "OVER" } else { "ok" };
            format!("   {} <= {}  {verdict}", budget.of, self.unit.text(budget.at_most))
        });
        let mut line = format!("{:<46}{:>6}x{numbers}{}", self.name, self.times, budget.unwrap_or_default());
        for (peer, ratio) in &self.ratios {
            line.push_str(&format!("\n      = {ratio:.4} of {peer}"));
        }
        line
    }

    fn json(&self) -> Value {
        let suffix = self.unit.suffix();
        let mut value = json!({ "name": self.name.trim(), "times": self.times });
        for (name, number) in &self.numbers {
            value[format!("{name}_{suffix}")] = json!(number);
        }
        if let Some(budget) = self.budget {
            value["budget"] = json!({ "of": budget.of, "at_most": budget.at_most, "is_over": self.is_over() });
        }
        if !self.ratios.is_empty() {
            value["ratios"] = self.ratios.iter().map(|(peer, ratio)| (peer.clone(), json!(ratio))).collect();
        }
        value
    }
}

/// Everything that one run measured.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// What it was measured on.
    pub about: Vec<String>,
    /// The figures in order.
    pub figures: Vec<Figure>,
}

impl Report {
    /// Adds figures and prints them.
    pub fn show(&mut self, figures: Vec<Figure>) {
        for figure in &figures {
            println!("{}", figure.line());
        }
        println!();
        self.figures.extend(figures);
    }

    /// The figures over their budgets.
    pub fn over(&self) -> impl Iterator<Item = &Figure> {
        self.figures.iter().filter(|figure| figure.is_over())
    }

    /// Writes everything as JSON.
    ///
    /// # Errors
    /// The system's.
    pub fn write(&self, path: &std::path::Path) -> Result<()> {
        let figures: Vec<Value> = self.figures.iter().map(Figure::json).collect();
        let text = serde_json::to_string_pretty(&json!({ "about": self.about, "figures": figures }))?;
        Ok(std::fs::write(path, text + "\n")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure() -> Figure {
        Figure::of_quantiles("predict", &Quantiles::of(vec![1_000, 2_000, 3_000]))
    }

    #[test]
    fn the_budget_itself_is_within_and_one_more_is_over() {
        assert!(!figure().within("p99", 3_000).is_over());
        assert!(figure().within("p99", 2_999).is_over());
        assert!(!figure().within("p50", 2_000).is_over());
        assert!(figure().within("p42", 1 << 40).is_over(), "a number that is missing is not within");
    }

    #[test]
    fn a_line_says_numbers_budget_and_ratio() {
        let line = figure().within("p99", 500_000).beside(&Figure { name: "  SQL".to_owned(), ..figure() }).line();
        for part in ["p50    2.0 us", "p99    3.0 us", "p99 <= 500.0 us  ok", "= 1.0000 of SQL"] {
            assert!(line.contains(part), "{part:?} is missing in {line:?}");
        }
        assert_eq!(figure().within("p99", 1).json()["budget"]["is_over"], true);
    }
}
