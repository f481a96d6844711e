//! `cargo xtask isolation`: nothing in the core's dependency tree opens a socket or starts a process.
//!
//! Three independent looks: every crate of the tree is in a reviewed list; no object file of the tree refers to a function
//! that could connect; no source of the core names one. The standard library contains sockets for whoever asks for them,
//! so what counts is that nobody asks. Generic code has no object file of its own until it is used; the reviewed list and
//! the source scan cover it.

mod names;
mod objects;
mod reviewed;
mod symbols;

use crate::bindings::TEST_FEATURE;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// The core's test that scans its sources.
const TEST: &str = "architecture";

/// Whether the source scan runs as a step of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceScan {
    /// It does.
    Here,
    /// The caller runs the workspace's tests, and the scan is one of them.
    WithTheTests,
}

/// Takes the three looks.
///
/// # Errors
/// The first that finds something.
pub(crate) fn run(cargo: &Cargo, scan: SourceScan) -> Result<(), Failure> {
    step::step("isolation: every crate of the core's tree is reviewed", || names::check(cargo))?;
    step::step("isolation: no object file of the core's tree can connect", || {
        let rlibs = objects::build(cargo)?;
        symbols::check(&rlibs)
    })?;
    if scan == SourceScan::WithTheTests {
        println!("\nisolation: the source scan is a test of the workspace and runs with them");
        return Ok(());
    }
    let mut test = cargo.building("test");
    step::run(
        "isolation: no source of the core names a socket",
        test.args(["--workspace", "--test", TEST]).args(TEST_FEATURE),
    )
}
