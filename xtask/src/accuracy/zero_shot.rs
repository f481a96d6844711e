//! `cargo xtask accuracy --split`: how well Foretap does on groups of phones that neither weights nor networks were learned
//! from, and what is demanded of it there.

use std::fmt;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::demand::Demand;
use super::figures::{TASKS, Task, mean, rounded};
use super::train::{Folds, Seed};
use crate::failure::Failure;
use crate::step;
use crate::workshop::{Arithmetic, Workshop};

/// HR@3 of Foretap over rank frecency in every group and task, points.
const LEAST_LEAD: f64 = 3.0;
/// The rule that each group is measured by, as the replay calls it.
const RULE: &str = "rank_frecency";

/// What makes people alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum By {
    /// The maker of the phone.
    Maker,
    /// The season of the log.
    Season,
}

impl By {
    /// The word of options and files.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::Season => "season",
        }
    }
}

/// Trains without each group in turn, and replays it; gives the replay of each seed.
///
/// # Errors
/// If a step fails.
pub(super) fn replays(workshop: &Workshop, log: &Path, by: By, seeds: u64) -> Result<Vec<Value>, Failure> {
    let folder = PathBuf::from(format!("target/accuracy_{}", by.name()));
    let files = workshop.files();
    files.clear_folder(&folder)?;
    let groups = folder.join("groups.tsv");
    let mut group = workshop.foretap("groups");
    group.arg(log).args(["--by", by.name()]).arg("--out").arg(&groups);
    step::run(&format!("groups -> {}", groups.display()), &mut group)?;
    let names = names(&String::from_utf8_lossy(&files.read(&groups)?));
    let folds = Folds::of_groups(&folder, &groups, &names);
    folds.learn(workshop, log)?;
    folds.caches(workshop, log)?;
    let mut replays = Vec::new();
    for number in 0..seeds {
        let seed = Seed::train(workshop, &folds, number, &[Arithmetic::Int8])?;
        let json = seed.folder().join("int8.json");
        let bundles = seed.bundles(Arithmetic::Int8).display().to_string();
        let groups = groups.display().to_string();
        let options = ["--folds", &bundles, "--groups", &groups, if number == 0 { "" } else { "--quiet" }];
        let options: Vec<&str> = options.into_iter().filter(|option| !option.is_empty()).collect();
        super::replay(workshop, log, &options, &json)?;
        replays.push(super::value(files, &json)?);
    }
    folds.remove_caches(workshop)?;
    Ok(replays)
}

/// The names of the groups of a table, in order.
fn names(table: &str) -> Vec<String> {
    let mut names: Vec<String> =
        table.lines().skip(1).filter_map(|row| row.split('\t').nth(1)).map(String::from).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// The table and the verdict.
#[derive(Debug)]
pub(super) struct ZeroShot {
    by: By,
    seeds: usize,
    cells: Vec<Cell>,
}

/// One group in one task: means over the seeds.
#[derive(Debug, Clone, PartialEq)]
struct Cell {
    task: Task,
    group: String,
    /// `None` where nobody of the group has enough queries.
    figures: Option<Figures>,
}

/// People, HR@3 of both in percent, and the lead with its interval in points.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Figures {
    users: f64,
    foretap: f64,
    rule: f64,
    lead: f64,
    low: f64,
    high: f64,
}

impl ZeroShot {
    /// Of the replays of all seeds, which have the same groups.
    pub(super) fn of(by: By, replays: &[Value]) -> Self {
        let names = |task: Task| replays.first().and_then(|replay| replay["groups"][task.letter].as_object());
        let cell = |task: Task, group: &String| {
            let figures = |replay: &Value| Figures::of(&replay["groups"][task.letter][group]);
            let of_seeds: Option<Vec<Figures>> = replays.iter().map(figures).collect();
            Cell { task, group: group.clone(), figures: of_seeds.and_then(|seeds| Figures::mean(&seeds)) }
        };
        let in_task = |task: Task| names(task).into_iter().flat_map(Map::keys).map(move |group| cell(task, group));
        Self { by, seeds: replays.len(), cells: TASKS.into_iter().flat_map(in_task).collect() }
    }

    /// What is demanded of each group that somebody counts in; of every task, where nobody does anywhere.
    fn demands(&self) -> Vec<Demand> {
        let what = |task: Task, group: &str| format!("UbiqLog {}, {}: foretap HR@3 over {RULE}", task.letter, group);
        let of_task = |task: Task| {
            let of = self.cells.iter().filter(move |cell| cell.task == task);
            let measured: Vec<Demand> = of
                .filter_map(|cell| Some((cell, cell.figures?)))
                .map(|(cell, figures)| Demand::at_least(what(task, &cell.group), Some((figures.lead, LEAST_LEAD))))
                .collect();
            if measured.is_empty() { vec![Demand::at_least(what(task, "every group"), None)] } else { measured }
        };
        TASKS.into_iter().flat_map(of_task).collect()
    }

    /// How many demands are missed.
    pub(super) fn missed(&self) -> usize {
        self.demands().iter().filter(|demand| !demand.is_kept()).count()
    }

    /// For machines: percent, and points.
    pub(super) fn json(&self) -> Value {
        let of_task = |task: Task| -> Value {
            let of = self.cells.iter().filter(|cell| cell.task == task);
            let value = |cell: &Cell| (cell.group.clone(), cell.figures.map_or(Value::Null, |figures| figures.json()));
            Value::Object(of.map(value).collect::<Map<_, _>>())
        };
        json!({
            "split": self.by.name(),
            "seeds": self.seeds,
            "tasks": Value::Object(TASKS.into_iter().map(|task| (task.letter.to_owned(), of_task(task))).collect()),
            "demands": self.demands().iter().map(Demand::json).collect::<Value>(),
        })
    }
}

impl Figures {
    fn of(group: &Value) -> Option<Self> {
        let number = |value: &Value| value.as_f64();
        let lead = &group["lead"];
        Some(Self {
            users: number(&group["users"])?,
            foretap: number(&group["foretap"])?,
            rule: number(&group[RULE])?,
            lead: number(&lead["mean"])?,
            low: number(&lead["low"])?,
            high: number(&lead["high"])?,
        })
    }

    fn mean(seeds: &[Self]) -> Option<Self> {
        let of = |number: fn(&Self) -> f64| mean(seeds.iter().map(number));
        Some(Self {
            users: of(|f| f.users)?,
            foretap: of(|f| f.foretap)?,
            rule: of(|f| f.rule)?,
            lead: of(|f| f.lead)?,
            low: of(|f| f.low)?,
            high: of(|f| f.high)?,
        })
    }

    fn json(&self) -> Value {
        let [users, foretap, rule, lead, low, high] =
            [self.users, self.foretap, self.rule, self.lead, self.low, self.high].map(rounded);
        json!({ "users": users, "foretap": foretap, (RULE): rule, "lead": lead, "low": low, "high": high })
    }
}

impl fmt::Display for ZeroShot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let by = self.by.name();
        let seeds = if self.seeds == 1 { "one seed".to_owned() } else { format!("{} seeds", self.seeds) };
        writeln!(f, "UbiqLog by {by}: HR@3, percent, mean over users and {seeds}; nothing was learned of the group")?;
        writeln!(f, "{:20}{:12}{:>6}{:>9}{RULE:>15}  lead and its 95 % interval", "task", "group", "users", "foretap")?;
        for cell in &self.cells {
            write!(f, "{:20}{:12}", cell.task.title, cell.group)?;
            match &cell.figures {
                Some(Figures { users, foretap, rule, lead, low, high }) => {
                    writeln!(f, "{users:>6}{foretap:>9.1}{rule:>15.1}  {lead:+.1} [{low:+.1}, {high:+.1}]")?;
                }
                None => writeln!(f, "     -  nobody has enough openings and queries")?,
            }
        }
        writeln!(f)?;
        self.demands().iter().try_for_each(|demand| writeln!(f, "{demand}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(lead: f64) -> Value {
        json!({
            "users": 4, "foretap": 55.0 + lead, "rank_frecency": 55.0,
            "lead": { "mean": lead, "low": lead - 2.0, "high": lead + 2.0 },
        })
    }

    fn replay(lead: f64) -> Value {
        let groups = json!({ "htc": null, "samsung": group(lead) });
        json!({ "groups": { "A": groups, "B": groups, "C": { "htc": group(lead), "samsung": group(lead + 1.0) } } })
    }

    #[test]
    fn the_groups_of_a_table_are_named_once_and_in_order() {
        assert_eq!(names("user\tgroup\na\tsony\nb\thtc\nc\tsony\n"), ["htc", "sony"]);
    }

    #[test]
    fn figures_are_means_over_the_seeds_and_a_group_of_nobody_is_named() {
        let zero_shot = ZeroShot::of(By::Maker, &[replay(3.0), replay(4.0)]);
        let json = zero_shot.json();
        let samsung =
            json!({ "users": 4.0, "foretap": 58.5, "rank_frecency": 55.0, "lead": 3.5, "low": 1.5, "high": 5.5 });
        assert_eq!(json["tasks"]["A"], json!({ "htc": null, "samsung": samsung }));
        assert_eq!((&json["split"], &json["seeds"]), (&json!("maker"), &json!(2)));
        let text = zero_shot.to_string();
        assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
        assert_eq!(text.matches("nobody has enough openings and queries").count(), 2);
        assert!(
            text.contains("A next              samsung          4     58.5           55.0  +3.5 [+1.5, +5.5]\n"),
            "{text}"
        );
    }

    #[test]
    fn three_points_in_every_group_and_task_are_enough_and_less_is_not() {
        assert_eq!((ZeroShot::of(By::Season, &[replay(3.0)]).missed(), ZeroShot::of(By::Season, &[]).missed()), (0, 3));
        let low = ZeroShot::of(By::Season, &[replay(2.99)]);
        assert_eq!(low.missed(), 3, "C's other group has a point more");
        let text = low.to_string();
        assert!(
            text.contains("MISSED  UbiqLog C, htc: foretap HR@3 over rank_frecency: 2.99, at least 3.00"),
            "{text}"
        );
        assert!(!text.contains("A, htc"), "nothing can be demanded of nobody");
    }
}
