//! The last table: every system in every task, mean over the seeds, and what is demanded of them.

use std::fmt;

use serde_json::{Map, Value, json};

use super::demand::{self, Demand};
use super::figures::{Cell, Figures, Outcomes, Row, TASKS, rounded};

/// The systems of the replay that run a network, and are there at FP32 as well.
const NETWORKS: [&str; 2] = ["model", "foretap"];
/// The Python side's peer, by its name there.
const TREES: &str = "lightgbm";

/// The table and the verdict.
#[derive(Debug)]
pub(super) struct Summary {
    seeds: usize,
    rows: Vec<Row>,
    ece: [Option<f64>; 3],
    demands: Vec<Demand>,
}

impl Summary {
    /// Of what the replays and the Python side wrote.
    pub(super) fn of(outcomes: &Outcomes) -> Self {
        let replayed = |system: &str, name: String, seeds: &[Value]| Row {
            system: name,
            cells: TASKS.map(|task| Cell::of(seeds, |replay| Figures::of_replay(replay, task, system))),
        };
        let mut rows: Vec<_> =
            systems(outcomes).into_iter().map(|system| replayed(&system, system.clone(), &outcomes.int8)).collect();
        rows.extend(NETWORKS.map(|system| replayed(system, format!("{system} fp32"), &outcomes.fp32)));
        let trees = TASKS.map(|task| Cell::of(&outcomes.ranker, |ranker| Figures::of_ranker(ranker, task, TREES)));
        rows.push(Row { system: TREES.to_owned(), cells: trees });
        let ece = TASKS.map(|task| demand::ece(&outcomes.int8, task));
        Self { seeds: outcomes.int8.len(), demands: Demand::all(outcomes, &rows, ece), rows, ece }
    }

    /// How many demands are missed.
    pub(super) fn missed(&self) -> usize {
        self.demands.iter().filter(|demand| !demand.is_kept()).count()
    }

    /// For machines: rates in percent, ECE as a share.
    pub(super) fn json(&self) -> Value {
        let by_task = |of: &dyn Fn(usize) -> Value| -> Value {
            Value::Object(TASKS.iter().enumerate().map(|(n, task)| (task.letter.to_owned(), of(n))).collect())
        };
        let systems = |n: usize| -> Value {
            let cells = self.rows.iter().filter_map(|row| Some((row.system.clone(), row.cells[n].as_ref()?.json())));
            Value::Object(cells.collect::<Map<_, _>>())
        };
        json!({
            "seeds": self.seeds,
            "tasks": by_task(&systems),
            "ece": by_task(&|n| json!(self.ece[n].map(rounded))),
            "demands": self.demands.iter().map(Demand::json).collect::<Value>(),
        })
    }
}

/// The systems of the replays, in their order.
fn systems(outcomes: &Outcomes) -> Vec<String> {
    let tasks = outcomes.int8.first().map(|replay| TASKS.map(|task| replay["tasks"][task.letter].as_object()));
    let widest = tasks.into_iter().flatten().flatten().max_by_key(|systems| systems.len());
    widest.map(|systems| systems.keys().cloned().collect()).unwrap_or_default()
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seeds = if self.seeds == 1 { "one seed".to_owned() } else { format!("{} seeds", self.seeds) };
        writeln!(f, "UbiqLog, percent, mean over users and {seeds}, nobody seen before; HR@3 with its 95 % interval")?;
        let titles = TASKS.map(|task| format!("  {:31}", task.title));
        writeln!(f, "{}", format!("{:15}{}", "", titles.concat()).trim_end())?;
        let heads = format!("  {:>4}  {:17}  {:>4}  ", "HR@1", "HR@3", "HR@5").repeat(TASKS.len());
        writeln!(f, "{}", format!("{:15}{heads}", "system").trim_end())?;
        for row in &self.rows {
            let cells = row.cells.each_ref().map(|cell| match cell {
                Some(Cell { mean: Figures { hr1, hr3, hr5, low, high }, .. }) => {
                    let interval = format!("[{low:.1}, {high:.1}]");
                    format!("  {hr1:>4.1}  {hr3:>4.1} {interval:12}  {hr5:>4.1}  ")
                }
                None => format!("  {:31}", "   -"),
            });
            writeln!(f, "{}", format!("{:15}{}", row.system, cells.concat()).trim_end())?;
        }
        let ece = TASKS.iter().zip(self.ece).map(|(task, ece)| match ece {
            Some(ece) => format!("{} {ece:.4}", task.letter),
            None => format!("{} -", task.letter),
        });
        writeln!(f, "\nECE of foretap: {}\n", ece.collect::<Vec<_>>().join(", "))?;
        self.demands.iter().try_for_each(|demand| writeln!(f, "{demand}"))
    }
}

#[cfg(test)]
mod tests;
