//! The figures of a system in a task, out of the JSON of `foretap replay` and `foretap-models evaluate`.

use serde_json::{Value, json};

/// A kind of moment that is scored: its letter, its word where the Python side names it, and its heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Task {
    pub(super) letter: &'static str,
    pub(super) moment: &'static str,
    pub(super) title: &'static str,
}

/// In the order of the tables.
pub(super) const TASKS: [Task; 3] = [
    Task { letter: "A", moment: "next", title: "A next" },
    Task { letter: "B", moment: "unlock_or_resume", title: "B unlock or resume" },
    Task { letter: "C", moment: "unlock", title: "C unlock" },
];

/// What the steps of the command leave behind.
#[derive(Debug, Default)]
pub(super) struct Outcomes {
    /// The replay of UbiqLog with INT8 networks, by seed.
    pub(super) int8: Vec<Value>,
    /// The same at FP32.
    pub(super) fp32: Vec<Value>,
    /// The rankers alone, judged by the Python side, by seed.
    pub(super) ranker: Vec<Value>,
    /// The replay of the two phones with the shipped bundle, notifications included.
    pub(super) two_phones: Value,
}

/// Hit rates of a system in a task and the 95 % interval of HR@3; percent, mean over users.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Figures {
    pub(super) hr1: f64,
    pub(super) hr3: f64,
    pub(super) hr5: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Figures {
    /// Of a replay; `None` where the system was not scored.
    pub(super) fn of_replay(replay: &Value, task: Task, system: &str) -> Option<Self> {
        let score = &replay["tasks"][task.letter][system];
        Self::read(&score["macro"], &score["interval"])
    }

    /// Of what the Python side had judged.
    pub(super) fn of_ranker(judged: &Value, task: Task, system: &str) -> Option<Self> {
        let score = &judged["moments"][task.moment]["systems"][system];
        let interval = &score["interval"]["hr3"];
        Self::read(&score["macro"], &json!({ "low": interval[0], "high": interval[1] }))
    }

    fn read(rates: &Value, interval: &Value) -> Option<Self> {
        let [hr1, hr3, hr5] = ["hr1", "hr3", "hr5"].map(|rate| rates[rate].as_f64());
        let [low, high] = ["low", "high"].map(|end| interval[end].as_f64());
        Some(Self { hr1: hr1?, hr3: hr3?, hr5: hr5?, low: low?, high: high? })
    }
}

/// The figures of all seeds, and their means.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    pub(super) mean: Figures,
    /// Of each seed, percent.
    pub(super) hr3: Vec<f64>,
}

impl Cell {
    /// `None` unless there is something of every seed.
    pub(super) fn of(seeds: &[Value], figures: impl Fn(&Value) -> Option<Figures>) -> Option<Self> {
        let seeds = seeds.iter().map(figures).collect::<Option<Vec<_>>>()?;
        let mean = |of: fn(&Figures) -> f64| mean(seeds.iter().map(of));
        let mean = Figures {
            hr1: mean(|f| f.hr1)?,
            hr3: mean(|f| f.hr3)?,
            hr5: mean(|f| f.hr5)?,
            low: mean(|f| f.low)?,
            high: mean(|f| f.high)?,
        };
        Some(Self { mean, hr3: seeds.iter().map(|seed| seed.hr3).collect() })
    }

    /// For machines.
    pub(super) fn json(&self) -> Value {
        let Figures { hr1, hr3, hr5, low, high } = self.mean;
        let [hr1, hr3, hr5, low, high] = [hr1, hr3, hr5, low, high].map(rounded);
        json!({ "hr1": hr1, "hr3": hr3, "low": low, "high": high, "hr5": hr5, "hr3_of_seeds": self.hr3 })
    }
}

/// A system, with its figures in the order of [`TASKS`].
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) system: String,
    pub(super) cells: [Option<Cell>; 3],
}

impl Row {
    /// The figures of a system in the n-th task.
    pub(super) fn cell<'a>(rows: &'a [Self], system: &str, n: usize) -> Option<&'a Cell> {
        rows.iter().find(|row| row.system == system)?.cells[n].as_ref()
    }
}

/// The mean; `None` of nothing.
pub(super) fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
    (count > 0.0).then(|| sum / count)
}

/// Four decimals, as the replay writes them.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_figures_are_read_and_what_is_not_scored_is_nothing() {
        let replay = json!({ "tasks": { "B": {}, "A": { "model": {
            "macro": { "hr1": 1.0, "hr3": 3.0, "hr4": 4.0, "hr5": 5.0 }, "interval": { "mean": 3.0, "low": 2.0, "high": 4.0 },
        } } } });
        let expected = Figures { hr1: 1.0, hr3: 3.0, hr5: 5.0, low: 2.0, high: 4.0 };
        assert_eq!(Figures::of_replay(&replay, TASKS[0], "model"), Some(expected));
        assert_eq!(Figures::of_replay(&replay, TASKS[0], "foretap"), None);
        assert_eq!(Figures::of_replay(&replay, TASKS[1], "model"), None);
        let judged = json!({ "moments": { "unlock": { "systems": {} }, "next": { "systems": { "lightgbm": {
            "macro": { "hr1": 1.0, "hr3": 3.0, "hr5": 5.0 }, "interval": { "hr1": [0.0, 2.0], "hr3": [2.0, 4.0] },
            "ece": null,
        } } } } });
        assert_eq!(Figures::of_ranker(&judged, TASKS[0], "lightgbm"), Some(expected));
        assert_eq!(Figures::of_ranker(&judged, TASKS[2], "lightgbm"), None);
        assert_eq!(Figures::of_ranker(&judged, TASKS[1], "lightgbm"), None);
    }

    #[test]
    fn a_cell_is_the_mean_of_the_seeds_and_nothing_if_one_lacks_it() {
        let figures =
            |seed: &Value| seed.as_f64().map(|n| Figures { hr1: n, hr3: 2.0 * n, hr5: 3.0 * n, low: n, high: 9.0 });
        let cell = Cell::of(&[json!(1.0), json!(3.0)], figures).expect("both");
        assert_eq!(cell.mean, Figures { hr1: 2.0, hr3: 4.0, hr5: 6.0, low: 2.0, high: 9.0 });
        assert_eq!(cell.hr3, [2.0, 6.0]);
        assert_eq!(Cell::of(&[json!(1.0), Value::Null], figures), None);
        assert_eq!(Cell::of(&[], figures), None);
    }
}
