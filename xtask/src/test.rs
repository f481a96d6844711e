//! `cargo xtask test`: every part that exists here, fail-fast, with one sum at the end.

use clap::builder::PossibleValuesParser;

use crate::android::pages;
use crate::bindings;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::foretap::{self, Foretap, Profile};
use crate::isolation::{self, SourceScan};
use crate::kotlin;
use crate::python::Python;
use crate::step;
use crate::swift;
use crate::tally::Tally;

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The parts to test; all that exist here if none is named.
    #[arg(value_name = "PART", value_parser = PossibleValuesParser::new(PARTS.map(|part| part.name)))]
    parts: Vec<String>,
}

/// Something that is tested on its own.
struct Part {
    name: &'static str,
    /// A file, relative to the root: where it is, the part exists.
    home: &'static str,
    run: fn(&Cargo, &mut Tally) -> Result<(), Failure>,
}

const PARTS: [Part; 4] = [
    Part { name: "rust", home: "Cargo.toml", run: rust },
    Part { name: "kotlin", home: "bindings/kotlin/pom.xml", run: kotlin::test },
    Part { name: "swift", home: "bindings/swift/Package.swift", run: swift::test },
    Part { name: "models", home: "models/pyproject.toml", run: models },
];

/// Runs the parts; the last line printed is the sum, and where it stopped if it did.
///
/// # Errors
/// The first step that does not pass, or a named part that is not here.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let exists = |part: &Part| cargo.root().join(part.home).exists();
    let is_named = |part: &Part| arguments.parts.iter().any(|name| name == part.name);
    if let Some(part) = PARTS.iter().find(|part| is_named(part) && !exists(part)) {
        return Err(Failure::missing(format!("the part `{}` is not here: {} is missing", part.name, part.home)));
    }
    let mut chosen = PARTS.iter().filter(|part| exists(part) && (arguments.parts.is_empty() || is_named(part)));
    let mut tally = Tally::default();
    let outcome = chosen.try_for_each(|part| (part.run)(cargo, &mut tally));
    tally.conclude(outcome)
}

/// Formatting, clippy, documentation, isolation, then every test of the workspace: unit, integration and doc tests, the README's
/// example among them; and the alignment of what a phone loads.
fn rust(cargo: &Cargo, tally: &mut Tally) -> Result<(), Failure> {
    style(cargo)?;
    isolation::run(cargo, SourceScan::WithTheTests)?;
    tally.run("tests and doc tests", cargo.building("test").arg("--workspace").args(bindings::TEST_FEATURE))?;
    if cfg!(target_os = "linux") { pages::check_here(&bindings::library(cargo)?) } else { Ok(()) }
}

/// The training in Python: its style, and its tests, which need no data, but the command line, by which they judge. Skipped
/// where there is no Python to run it with.
fn models(cargo: &Cargo, tally: &mut Tally) -> Result<(), Failure> {
    let python = match Python::find() {
        Ok(python) => python,
        Err(why) => {
            tally.skip(&format!("models ({why})"));
            return Ok(());
        }
    };
    let environment = python.environment(cargo.root())?;
    if environment.has("ruff") {
        step::run("models: ruff check", environment.tool("ruff").args(["check", "--quiet", "models"]))?;
        let mut format = environment.tool("ruff");
        step::run("models: ruff format", format.args(["format", "--check", "--quiet", "models"]))?;
    }
    let foretap = Foretap::build(cargo, Profile::Dev)?;
    let server = foretap::SERVER.dev(cargo)?;
    for (title, selection) in [("models: tests", "not test_publish"), ("models: tests of publishing", "test_publish")] {
        // Its configuration says -q already; said twice, pytest leaves out the line that is counted.
        let mut tests = environment.tool("pytest");
        tests.args(["--color=no", "-n", "2", "--dist", "loadfile", "-k", selection, "models"]);
        tally.run(title, tests.env("FORETAP", foretap.program()).env("FORETAP_SERVER", &server))?;
    }
    Ok(())
}

/// The steps that `test` and `lint` begin with.
///
/// # Errors
/// If a file is not formatted, clippy finds something, or a link of the documentation leads nowhere.
pub(crate) fn style(cargo: &Cargo) -> Result<(), Failure> {
    step::run("format", cargo.plain("fmt").args(["--all", "--check"]))?;
    step::run("clippy", cargo.building("clippy").args(["--workspace", "--all-targets", "--", "-D", "warnings"]))?;
    let mut doc = cargo.building("doc");
    step::run("documentation", doc.args(["--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
}
