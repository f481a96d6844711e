//! `cargo xtask sync`: model sync from people to phones, in one go: trained, registered, approved, published, fetched by delta
//! over TLS 1.3, rehearsed, predicted with and rolled back; by the command line, then by the Kotlin and the Swift library.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::foretap::{Foretap, Profile};
use crate::python::Python;
use crate::tally::Tally;
use crate::{kotlin, step, swift};

/// Where the drill leaves both states of the repository.
const FOLDER: &str = "target/sync";

/// Runs the drill with the command line as the phone, then with each language that is here.
///
/// # Errors
/// If Python is missing, or a step does not come to what it must.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    let environment = Python::find()?.environment(cargo.root())?;
    let foretap = Foretap::build(cargo, Profile::Dev)?;
    let mut drill = environment.tool("python");
    drill.arg("models/tests/sync_drill.py").arg(FOLDER).env("FORETAP", foretap.program());
    step::run("from people to the command line and back", &mut drill)?;
    let mut tally = Tally::default();
    let outcome = kotlin::drill(cargo, FOLDER, &mut tally).and_then(|()| swift::drill(cargo, FOLDER, &mut tally));
    tally.conclude(outcome)
}
