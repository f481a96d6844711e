//! `cargo xtask uploads`: uploads from people to a retrained model, in one go: allowed, used, sealed, shown, sent over TLS 1.3 to the
//! receiver, by the command line, then by the Kotlin and the Swift library; read from the lake, trained on, and taken back.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::foretap::{self, Foretap, Profile};
use crate::python::Python;
use crate::served::Served;
use crate::tally::Tally;
use crate::{kotlin, step, swift};

/// Where the drill works.
const FOLDER: &str = "target/uploads";
const DRILL: &str = "models/tests/upload_drill.py";
/// The receiver's folder, and the file with its address, in that of the drill.
const RECEIVER: &str = "receiver";
const ADDRESS: &str = "address";

/// Runs the drill: phones of every language that is here, one receiver, one lake.
///
/// # Errors
/// If Python is missing, or a step does not come to what it must.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    let environment = Python::find()?.environment(cargo.root())?;
    let foretap = Foretap::build(cargo, Profile::Dev)?;
    Files::under(cargo.root()).clear_folder(Path::new(FOLDER))?;
    let receiver = receiver(cargo)?;
    let half = |half: &str| {
        let mut drill = environment.tool("python");
        drill.args([DRILL, half, FOLDER]).env("FORETAP", foretap.program());
        drill
    };
    step::run("from people to the receiver", &mut half("phones"))?;
    let mut tally = Tally::default();
    let outcome = kotlin::drill(cargo, "UploadsDrill", FOLDER, &mut tally)
        .and_then(|()| swift::drill(cargo, "UploadsDrillTests", &certificate(), &mut tally))
        .and_then(|()| step::run("from the lake to a model, and back", &mut half("learn")));
    drop(receiver);
    tally.conclude(outcome)
}

fn certificate() -> PathBuf {
    Path::new(FOLDER).join(RECEIVER).join("tls/cert.pem")
}

/// Builds the receiver and starts it.
fn receiver(cargo: &Cargo) -> Result<Served, Failure> {
    let program = foretap::SERVER.dev(cargo)?;
    let folder = cargo.root().join(FOLDER);
    let mut serve = Command::new(program);
    serve.arg("--data").arg(folder.join(RECEIVER)).arg("--port-file").arg(folder.join(ADDRESS));
    serve.args(["--listen", "127.0.0.1:0", "--seal-after", "2", "--seal-min-batches", "1"]);
    Served::start(&mut serve, &folder.join(ADDRESS))
}
