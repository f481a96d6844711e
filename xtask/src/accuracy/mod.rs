//! `cargo xtask accuracy`: from the real logs to the README's tables and a verdict, judged on people that neither weights
//! nor networks were learned from.

mod demand;
mod figures;
pub(crate) mod peers;
mod summary;
mod train;
mod zero_shot;

use std::path::{Path, PathBuf};

use serde_json::Value;

use self::figures::Outcomes;
use self::summary::Summary;
use self::train::{Folds, Seed};
use self::zero_shot::{By, ZeroShot};
use crate::cargo::Cargo;
use crate::data;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;
use crate::workshop::{Arithmetic, Workshop};

/// Where weights, caches, networks and the replays of each seed lie.
const FOLDER: &str = "target/accuracy";
/// The shipped bundle on the two phones, with and without notifications.
const TWO_PHONES: [(&[&str], &str); 2] = [
    (&[], "target/accuracy_two_phones.json"),
    (&["--without-notifications"], "target/accuracy_two_phones_without_notifications.json"),
];
/// Seed 0 at INT8: what the README's table is made of.
const FIRST_SEED: &str = "target/accuracy.json";
/// No network anywhere.
const STATISTICS: &str = "target/accuracy_statistics.json";
const SUMMARY_TEXT: &str = "target/accuracy_summary.txt";
const SUMMARY_JSON: &str = "target/accuracy_summary.json";

/// What `cargo xtask accuracy` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// How many networks are trained for each fold of people; the figures are means over them.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    seeds: u64,
    /// Holds out the phones of one maker at a time, or the logs of one season, in place of fifths of the people: UbiqLog
    /// alone, in target/accuracy_maker or target/accuracy_season.
    #[arg(long, value_enum)]
    split: Option<By>,
}

/// Trains, replays and judges; prints the tables and leaves the numbers in `target/`.
///
/// # Errors
/// If a log or Python is missing, a step fails, or the figures are not what is demanded.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    if let Some(by) = arguments.split {
        return run_split(cargo, by, arguments.seeds);
    }
    let logs = Logs::find(cargo.root())?;
    step::step("accuracy", || {
        let workshop = Workshop::open(cargo)?;
        workshop.files().clear_folder(FOLDER.as_ref())?;
        let summary = Summary::of(&outcomes(&workshop, &logs, arguments.seeds)?);
        leave(&workshop, (&summary.to_string(), &summary.json()), [SUMMARY_TEXT, SUMMARY_JSON].map(Path::new))?;
        verdict(summary.missed())
    })
}

/// The same for groups of people that are held out together.
fn run_split(cargo: &Cargo, by: By, seeds: u64) -> Result<(), Failure> {
    let log = data::log(cargo.root(), data::UBIQLOG)?;
    step::step(&format!("accuracy by {}", by.name()), || {
        let workshop = Workshop::open(cargo)?;
        let zero_shot = ZeroShot::of(by, &zero_shot::replays(&workshop, &log, by, seeds)?);
        let paths = ["txt", "json"].map(|ending| PathBuf::from(format!("target/accuracy_{}.{ending}", by.name())));
        leave(&workshop, (&zero_shot.to_string(), &zero_shot.json()), paths.each_ref().map(PathBuf::as_path))?;
        verdict(zero_shot.missed())
    })
}

/// Prints a table, and leaves it and its numbers behind.
fn leave(workshop: &Workshop, (text, numbers): (&str, &Value), [to_text, to_json]: [&Path; 2]) -> Result<(), Failure> {
    println!("\n{text}");
    workshop.files().write(to_text, text.as_bytes())?;
    workshop.files().write(to_json, format!("{numbers:#}\n").as_bytes())
}

fn verdict(missed: usize) -> Result<(), Failure> {
    match missed {
        0 => Ok(()),
        1 => Err(Failure::new("a demand is missed")),
        missed => Err(Failure::new(format!("{missed} demands are missed"))),
    }
}

struct Logs {
    ubiqlog: PathBuf,
    two_phones: PathBuf,
}

impl Logs {
    fn find(root: &Path) -> Result<Self, Failure> {
        Ok(Self { ubiqlog: data::log(root, data::UBIQLOG)?, two_phones: data::log(root, data::TWO_PHONES)? })
    }
}

/// All the work. What ships comes first: a bundle that this core refuses is seen before an hour of training.
fn outcomes(workshop: &Workshop, logs: &Logs, seeds: u64) -> Result<Outcomes, Failure> {
    let files = workshop.files();
    for (options, json) in TWO_PHONES {
        replay(workshop, &logs.two_phones, options, json.as_ref())?;
    }
    let folds = Folds::fifths(FOLDER.as_ref());
    folds.learn(workshop, &logs.ubiqlog)?;
    let weights = folds.weights().display().to_string();
    let statistics = ["--no-model", "--weights", &weights, "--quiet"];
    replay(workshop, &logs.ubiqlog, &statistics, STATISTICS.as_ref())?;
    folds.caches(workshop, &logs.ubiqlog)?;
    let mut outcomes = Outcomes { two_phones: value(files, TWO_PHONES[0].1.as_ref())?, ..Outcomes::default() };
    for number in 0..seeds {
        let seed = Seed::train(workshop, &folds, number, &[Arithmetic::Int8, Arithmetic::Fp32])?;
        let int8 = if number == 0 { FIRST_SEED.into() } else { seed.folder().join("int8.json") };
        let fp32 = seed.folder().join("fp32.json");
        for (arithmetic, json) in [(Arithmetic::Int8, &int8), (Arithmetic::Fp32, &fp32)] {
            let bundles = seed.bundles(arithmetic).display().to_string();
            let is_shown = number == 0 && arithmetic == Arithmetic::Int8;
            let options = [&["--folds", &bundles][..], if is_shown { &[] } else { &["--quiet"] }].concat();
            replay(workshop, &logs.ubiqlog, &options, json)?;
        }
        outcomes.int8.push(value(files, &int8)?);
        outcomes.fp32.push(value(files, &fp32)?);
        // The trees are a peer, and take longer than all networks of a seed: once is enough to compare.
        if number == 0 {
            let ranker = seed.folder().join("ranker.json");
            seed.evaluate(workshop, &folds, &ranker)?;
            outcomes.ranker.push(value(files, &ranker)?);
        }
    }
    folds.remove_caches(workshop)?;
    Ok(outcomes)
}

fn replay(workshop: &Workshop, log: &Path, options: &[&str], json: &Path) -> Result<(), Failure> {
    let name = log.file_name().unwrap_or_default().to_string_lossy();
    let shown = options.iter().filter(|option| **option != "--quiet").map(|option| format!(" {option}"));
    let title = format!("replay {name}{} -> {}", shown.collect::<String>(), json.display());
    step::run(&title, workshop.foretap("replay").arg(log).args(options).arg("--json").arg(json))
}

fn value(files: &Files, json: &Path) -> Result<Value, Failure> {
    let value = serde_json::from_slice(&files.read(json)?);
    value.map_err(|error| Failure::new(format!("{}: {error}", json.display())))
}
