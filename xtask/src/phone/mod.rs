//! `cargo xtask phone`: what a machine without a phone can check. It installs nothing; what cannot be checked is said.

mod arm64;
mod types;

use clap::ValueEnum;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::tally::Tally;
use types::Phone;

/// What goes onto a phone, in the order in which it stands on each other.
const PACKAGES: [&str; 3] = ["foretap-int8", "foretap-core", "foretap-ffi"];

/// What `cargo xtask phone` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The parts to check; all of them if none is named.
    #[arg(value_name = "PART")]
    parts: Vec<Part>,
}

/// A kind of check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Types, and the C code's syntax, for each of Android's processors.
    Android,
    /// Types for iOS.
    Ios,
    /// The tests on an emulated 64-bit ARM processor.
    Arm64,
}

/// Runs the parts; the last line printed is the sum of the tests, and where it stopped if it did.
///
/// # Errors
/// The first step that does not pass.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let mut tally = Tally::default();
    let is_chosen = |part: &&Part| arguments.parts.is_empty() || arguments.parts.contains(part);
    let outcome = Part::value_variants().iter().filter(is_chosen).try_for_each(|part| match part {
        Part::Android => types::check(cargo, &PACKAGES, &Phone::android(), &mut tally),
        Part::Ios => types::check(cargo, &PACKAGES, &Phone::ios(), &mut tally),
        Part::Arm64 => arm64::test(cargo, &PACKAGES, &mut tally),
    });
    tally.conclude(outcome)
}
