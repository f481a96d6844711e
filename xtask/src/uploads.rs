//! `cargo xtask uploads`: uploads from people to a retrained model, in one go: allowed, used, sealed, shown, sent over TLS 1.3 to the
//! receiver, by the command line, then by the Kotlin and the Swift library; read from the lake, trained on, and taken back.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::bindings::TEST_FEATURE;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::foretap::{Foretap, Profile};
use crate::python::Python;
use crate::tally::Tally;
use crate::{artifacts, kotlin, step, swift};

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
    let files = Files::under(cargo.root());
    files.clear_folder(Path::new(FOLDER))?;
    let receiver = Receiver::start(cargo, &files)?;
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

/// The receiver as a process, which ends with this value, and the file with its address, which goes with it: where it lies, the
/// Swift tests send.
#[derive(Debug)]
struct Receiver(Child, PathBuf);

impl Receiver {
    /// Builds and starts it, and waits until it listens.
    fn start(cargo: &Cargo, files: &Files) -> Result<Self, Failure> {
        let program = step::step("foretap-server, from source", || {
            let mut build = cargo.building("build");
            build.args(["--workspace", "--bin", "foretap-server"]).args(TEST_FEATURE);
            build.args(["--message-format", "json-render-diagnostics"]);
            artifacts::program(&step::output("cargo build", &mut build)?, "foretap-server")
        })?;
        let folder = cargo.root().join(FOLDER);
        let mut serve = Command::new(program);
        serve.arg("--data").arg(folder.join(RECEIVER)).arg("--port-file").arg(folder.join(ADDRESS));
        serve.args(["--listen", "127.0.0.1:0", "--seal-after", "2", "--seal-min-batches", "1"]).stdin(Stdio::null());
        let receiver = Self(serve.spawn().map_err(|error| step::not_started(&serve, &error))?, folder.join(ADDRESS));
        let (begun, address) = (Instant::now(), Path::new(FOLDER).join(ADDRESS));
        while files.read(&address).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(Failure::new("the receiver does not listen"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(receiver)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _killed = self.0.kill();
        let _ended = self.0.wait();
        let _removed = std::fs::remove_file(&self.1);
    }
}
