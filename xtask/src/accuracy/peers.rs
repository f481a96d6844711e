//! `cargo xtask peers`: rules, learners and ensembles on the real log, in one table.

use std::path::Path;

use super::replay;
use super::train::{Folds, Seed};
use crate::cargo::Cargo;
use crate::data;
use crate::failure::Failure;
use crate::step;
use crate::workshop::{Arithmetic, Workshop};

/// Where weights, caches, networks and the replay lie; made anew each time.
const FOLDER: &str = "target/peers/folds";
/// Where learners that are done lie.
const KEPT: &str = "target/peers/kept";
const TABLE: &str = "target/peers.md";
const NUMBERS: &str = "target/peers.json";
/// What a bundle can hold beside its network.
const ENSEMBLES: [&str; 3] = ["mlp+listwise_trees", "mlp+sequence", "mlp+listwise_trees+sequence"];

/// What `cargo xtask peers` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// For `foretap-models peers`, as `--learners mlp lightgbm --seed 1`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    peers: Vec<String>,
}

/// Replays the log with networks that never saw whom they are judged on, then trains and judges everything else.
///
/// # Errors
/// If the log or Python is missing, a step fails, or the replay is not of the questions that the learners answer.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let log = data::log(cargo.root(), data::UBIQLOG)?;
    step::step("peers", || {
        let workshop = Workshop::open(cargo)?;
        workshop.files().clear_folder(FOLDER.as_ref())?;
        let folds = Folds::fifths(FOLDER.as_ref());
        folds.learn(&workshop, &log)?;
        folds.caches(&workshop, &log)?;
        let seed = Seed::train(&workshop, &folds, 0, &[Arithmetic::Int8])?;
        let replayed = Path::new(FOLDER).join("replay.json");
        let bundles = seed.bundles(Arithmetic::Int8).display().to_string();
        replay(&workshop, &log, &["--folds", &bundles, "--quiet"], &replayed)?;
        let mut compare = workshop.models("peers");
        compare.args(folds.prepared()).arg("--replay").arg(&replayed).args(["--kept", KEPT]);
        compare.args(["--markdown", TABLE, "--json", NUMBERS]).args(chosen(&arguments.peers));
        step::run(&format!("peers -> {TABLE}"), &mut compare)?;
        folds.remove_caches(&workshop)
    })
}

/// What is compared: what was asked for, or everything.
fn chosen(asked: &[String]) -> Vec<String> {
    match asked {
        [] => ENSEMBLES.iter().flat_map(|members| ["--ensemble", members]).map(String::from).collect(),
        asked => asked.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_compared_unless_something_is_asked_for() {
        let everything = chosen(&[]);
        assert_eq!(everything.iter().filter(|word| *word == "--ensemble").count(), ENSEMBLES.len());
        let asked = ["--learners".to_owned(), "mlp".to_owned()];
        assert_eq!(chosen(&asked), asked);
    }
}
