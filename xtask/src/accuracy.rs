//! `cargo xtask accuracy`: the tables of the README, from the real logs.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::{data, step};

/// Replays both logs and leaves their tables in `target/`.
///
/// # Errors
/// If a log is missing or a replay fails.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    let runs = [(data::UBIQLOG, "target/accuracy.json"), (data::TWO_PHONES, "target/accuracy_two_phones.json")];
    for (name, _) in runs {
        data::log(cargo.root(), name)?;
    }
    for (name, table) in runs {
        let mut replay = cargo.building("run");
        replay.args(["--release", "-p", "foretap-cli", "--", "replay"]);
        replay.arg(data::log(cargo.root(), name)?).args(["--json", table]);
        step::run(&format!("replay {name} -> {table}"), &mut replay)?;
    }
    Ok(())
}
