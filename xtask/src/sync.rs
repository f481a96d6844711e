//! `cargo xtask sync`: model sync from people to phones, in one go: trained, registered, approved, published, fetched by delta
//! over TLS 1.3, rehearsed, predicted with and rolled back; by the command line, then by the Kotlin and the Swift library.

use std::path::Path;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::foretap::{Foretap, Profile};
use crate::python::Python;
use crate::served::Served;
use crate::tally::Tally;
use crate::{kotlin, step, swift};

/// Where the drill leaves both states of the repository.
const FOLDER: &str = "target/sync";
const DRILL: &str = "models/tests/sync_drill.py";
/// Where the server of the drill says its address once it listens.
const ADDRESS: &str = "address";

/// Runs the drill with the command line as the phone, then with each language that is here.
///
/// # Errors
/// If Python is missing, or a step does not come to what it must.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    let environment = Python::find()?.environment(cargo.root())?;
    let foretap = Foretap::build(cargo, Profile::Dev)?;
    let mut drill = environment.tool("python");
    drill.args([DRILL, FOLDER]).env("FORETAP", foretap.program());
    step::run("from people to the command line and back", &mut drill)?;
    let mut tally = Tally::default();
    let outcome = kotlin::drill(cargo, "PublishedModelsDrill", FOLDER, &mut tally).and_then(|()| {
        // For phones whose tests have no server with TLS 1.3: Foundation on Linux.
        let mut serve = environment.tool("python");
        serve.args([DRILL, FOLDER, "--serve"]);
        let _server = Served::start(&mut serve, &cargo.root().join(FOLDER).join(ADDRESS))?;
        swift::drill(cargo, "PublishedModelsTests", &Path::new(FOLDER).join("tls/server.pem"), &mut tally)
    });
    tally.conclude(outcome)
}
