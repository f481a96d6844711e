//! `cargo xtask sync`: model sync from people to phones, in one go: trained, registered, approved, published, fetched by delta
//! over TLS 1.3, rehearsed, predicted with and rolled back; by the command line, then by the Kotlin and the Swift library.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::foretap::{Foretap, Profile};
use crate::python::{Environment, Python};
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
        let _server = Server::start(cargo, &environment)?;
        swift::drill(cargo, "PublishedModelsTests", &Path::new(FOLDER).join("tls/server.pem"), &mut tally)
    });
    tally.conclude(outcome)
}

/// Serves what the drill left over TLS 1.3, for phones whose tests have no server with it: Foundation on Linux.
#[derive(Debug)]
struct Server(Child);

impl Server {
    /// Starts it and waits until it listens.
    fn start(cargo: &Cargo, environment: &Environment) -> Result<Self, Failure> {
        let files = Files::under(cargo.root());
        let address = Path::new(FOLDER).join(ADDRESS);
        let _absent = files.remove(&address);
        let mut serve = environment.tool("python");
        serve.args([DRILL, FOLDER, "--serve"]).stdin(Stdio::piped());
        let server = serve.spawn().map_err(|error| step::not_started(&serve, &error))?;
        let server = Self(server);
        let begun = Instant::now();
        while files.read(&address).is_err() {
            if begun.elapsed() > Duration::from_secs(60) {
                return Err(Failure::new("the server of the drill does not listen"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(server)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input.
        drop(self.0.stdin.take());
        let _ended = self.0.wait();
    }
}
