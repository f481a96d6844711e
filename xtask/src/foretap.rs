//! The command line `foretap`, built from source once and then run as often as needed.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::artifacts;
use crate::bindings::TEST_FEATURE;
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
            Profile::Dev => dev_program(cargo, "foretap")?,
            Profile::Release => built("foretap", cargo.building("build").args(["-p", "foretap-cli", "--release"]))?,
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

/// Builds one of the workspace's programs as tests are, and with what they are built with: another choice of packages would compile
/// dependencies once more.
///
/// # Errors
/// If it does not build.
pub(crate) fn dev_program(cargo: &Cargo, name: &str) -> Result<PathBuf, Failure> {
    built(name, cargo.building("build").args(["--workspace", "--bin", name]).args(TEST_FEATURE))
}

/// Builds a program; returns where it lies.
fn built(name: &str, build: &mut Command) -> Result<PathBuf, Failure> {
    step::step(&format!("{name}, from source"), || {
        build.args(["--message-format", "json-render-diagnostics"]);
        artifacts::program(&step::output("cargo build", build)?, name)
    })
}
