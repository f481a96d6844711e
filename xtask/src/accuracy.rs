//! `cargo xtask accuracy`: the tables of the README, from the real logs.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::{data, step};

/// A log, what the replay is told besides, and where its numbers go.
const RUNS: [(&str, &[&str], &str); 3] = [
    (data::UBIQLOG, &[], "target/accuracy.json"),
    (data::TWO_PHONES, &[], "target/accuracy_two_phones.json"),
    (data::TWO_PHONES, &["--without-notifications"], "target/accuracy_two_phones_without_notifications.json"),
];

/// Replays the logs, prints their tables and leaves the numbers in `target/`.
///
/// # Errors
/// If a log is missing or a replay fails.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    for (name, ..) in RUNS {
        data::log(cargo.root(), name)?;
    }
    std::fs::create_dir_all(cargo.root().join("target")).map_err(|e| Failure::new(format!("target/: {e}")))?;
    for (name, options, table) in RUNS {
        let mut replay = cargo.building("run");
        replay.args(["--release", "-p", "foretap-cli", "--", "replay"]);
        replay.arg(data::log(cargo.root(), name)?).args(options).args(["--json", table]);
        let title = [&["replay", name], options, &["->", table]].concat().join(" ");
        step::run(&title, &mut replay)?;
    }
    Ok(())
}
