//! `cargo xtask weights`: fits the start weights that the core ships.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::{data, step};

const TABLE: &str = "core/data/start_weights.tsv";

/// Fits the weights on the UbiqLog phones alone and writes the table into the core.
///
/// # Errors
/// If the log is missing or the fit fails.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    let mut fit = cargo.building("run");
    fit.args(["--release", "-p", "foretap-cli", "--", "weights"]);
    fit.arg(data::log(cargo.root(), data::UBIQLOG)?).args(["--out", TABLE]);
    step::run(&format!("start weights -> {TABLE}"), &mut fit)
}
