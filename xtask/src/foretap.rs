//! The programs `foretap` and `foretap-server`, built from source once and then run as often as needed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::artifacts;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// The built program. Later changes of what is compiled into it do not matter to it.
#[derive(Debug)]
pub(crate) struct Foretap {
    program: PathBuf,
    root: PathBuf,
}

/// How it is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// As tests are.
    Dev,
    /// To be fast.
    Release,
}

impl Foretap {
    /// Builds it.
    ///
    /// # Errors
    /// If it does not build.
    pub(crate) fn build(cargo: &Cargo, profile: Profile) -> Result<Self, Failure> {
        let program = match profile {
            Profile::Dev => FORETAP.dev(cargo)?,
            Profile::Release => FORETAP.release(cargo, "foretap-cli")?,
        };
        Ok(Self { program, root: cargo.root().to_owned() })
    }

    /// Where it lies: what the variable `FORETAP` tells the Python side, which judges by it, and the property
    /// `foretap.program` the Kotlin side, whose tests publish with it.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// One of its subcommands, run from the root.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.root).arg(subcommand);
        command
    }
}

/// A program of the workspace.
#[derive(Debug)]
pub(crate) struct Program {
    name: &'static str,
    /// A test in Rust that runs it.
    tested_by: &'static str,
}

const FORETAP: Program = Program { name: "foretap", tested_by: "upload_command" };

/// The receiver of uploads.
pub(crate) const SERVER: Program = Program { name: "foretap-server", tested_by: "receiver" };

impl Program {
    /// Builds it as the workspace's tests have it; returns where it lies.
    ///
    /// # Errors
    /// If it does not build.
    pub(crate) fn dev(&self, cargo: &Cargo) -> Result<PathBuf, Failure> {
        self.built(|| artifacts::of_test(cargo, self.tested_by))
    }

    /// Builds it to be fast.
    fn release(&self, cargo: &Cargo, package: &str) -> Result<PathBuf, Failure> {
        let mut build = cargo.building("build");
        build.args(["-p", package, "--release", "--message-format", "json-render-diagnostics"]);
        self.built(|| step::output("cargo build", &mut build))
    }

    fn built(&self, build: impl FnOnce() -> Result<String, Failure>) -> Result<PathBuf, Failure> {
        step::step(&format!("{}, from source", self.name), || artifacts::program(&build()?, self.name))
    }
}
