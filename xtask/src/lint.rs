//! `cargo xtask lint`: everything that is checked without running the product's tests.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::isolation::{self, SourceScan};
use crate::{step, test};

/// Runs the steps in order.
///
/// # Errors
/// The first step that does not pass.
pub(crate) fn run(cargo: &Cargo) -> Result<(), Failure> {
    test::style(cargo)?;
    isolation::run(cargo, SourceScan::Here)?;
    if cargo.plain("deny").arg("--version").output().is_ok_and(|output| output.status.success()) {
        return step::run("cargo-deny", cargo.plain("deny").args(["check", "bans", "licenses", "sources"]));
    }
    println!("\nskipped: cargo-deny");
    Ok(())
}
