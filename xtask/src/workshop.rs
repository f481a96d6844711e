//! From a log to a bundle: what the command line and the Python side do in turn. Paths are relative to the root.

use std::path::Path;
use std::process::Command;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::foretap::{Foretap, Profile};
use crate::python::{Environment, Python};
use crate::step;

/// How a network computes, as the Python side calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// 8-bit integers: what ships.
    Int8,
    /// What it was trained in.
    Fp32,
}

impl Arithmetic {
    /// The word of options and folders.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Int8 => "int8",
            Self::Fp32 => "fp32",
        }
    }
}

/// Who a network is trained on, and from which beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lesson {
    /// Nothing is learned of this fold; of everyone without one.
    pub(crate) held_out_fold: Option<usize>,
    /// Of the first weights and the order of the queries.
    pub(crate) seed: u64,
}

/// The command line and the Python side, both ready.
#[derive(Debug)]
pub(crate) struct Workshop {
    foretap: Foretap,
    python: Environment,
    files: Files,
}

impl Workshop {
    /// Builds the one and installs the other.
    ///
    /// # Errors
    /// If Python is missing, or either cannot be made ready.
    pub(crate) fn open(cargo: &Cargo) -> Result<Self, Failure> {
        let python = Python::find()?;
        let foretap = Foretap::build(cargo, Profile::Release)?;
        Ok(Self { foretap, python: python.environment(cargo.root())?, files: Files::under(cargo.root()) })
    }

    /// Its files.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// A subcommand of `foretap`.
    pub(crate) fn foretap(&self, subcommand: &str) -> Command {
        self.foretap.command(subcommand)
    }

    /// A subcommand of `foretap-models`, which judges by this very `foretap`.
    pub(crate) fn models(&self, subcommand: &str) -> Command {
        let mut command = self.python.tool("foretap-models");
        command.env("FORETAP", self.foretap.program()).arg(subcommand);
        command
    }

    /// Computes the features of a log under these start weights, as a training cache whose folds are the groups of a
    /// table, or fifths. The features file, which is as big, goes away.
    ///
    /// # Errors
    /// If a step fails.
    pub(crate) fn cache(&self, log: &Path, groups: Option<&Path>, weights: &Path, cache: &Path) -> Result<(), Failure> {
        let features = cache.with_extension("parquet");
        let mut write = self.foretap("features");
        write.arg(log).arg("--out").arg(&features).arg("--weights").arg(weights);
        if let Some(groups) = groups {
            write.arg("--groups").arg(groups);
        }
        step::run(&format!("features -> {}", features.display()), &mut write)?;
        let mut prepare = self.models("prepare");
        step::run(&format!("prepare -> {}", cache.display()), prepare.arg(&features).arg("--out").arg(cache))?;
        self.files.remove(&features)
    }

    /// Trains a network, which goes to an `.npz`.
    ///
    /// # Errors
    /// If it fails.
    pub(crate) fn train(&self, cache: &Path, lesson: Lesson, model: &Path) -> Result<(), Failure> {
        let mut train = self.models("train");
        train.arg(cache).args(["--seed", &lesson.seed.to_string()]).arg("--out").arg(model);
        if let Some(fold) = lesson.held_out_fold {
            train.args(["--held-out-fold", &fold.to_string()]);
        }
        step::run(&format!("train -> {}", model.display()), &mut train)
    }

    /// Makes a bundle of a trained network and the start weights it was trained beside.
    ///
    /// # Errors
    /// If a step fails.
    pub(crate) fn pack(&self, model: &Path, of: Arithmetic, weights: &Path, bundle: &Path) -> Result<(), Failure> {
        let parts = bundle.with_extension("parts");
        self.files.make_folder(bundle.parent().expect("a bundle lies in a folder"))?;
        step::step(&format!("quantise, bundle pack -> {}", bundle.display()), || {
            let mut quantise = self.models("quantise");
            quantise.arg(model).arg("--start-weights").arg(weights).args(["--arithmetic", of.name()]);
            run("foretap-models quantise", quantise.arg("--out").arg(&parts))?;
            let mut pack = self.foretap("bundle");
            run("foretap bundle pack", pack.arg("pack").arg(&parts).arg("--out").arg(bundle))
        })?;
        self.files.remove(&parts)
    }
}

/// One of several programs of a step.
fn run(title: &str, command: &mut Command) -> Result<(), Failure> {
    step::passed(title, command.status().map_err(|error| step::not_started(command, &error))?)
}
