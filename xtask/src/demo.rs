//! `cargo xtask demo`: the command line built from source, and its demo.

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// What `foretap demo` is told.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Arguments {
    /// For `foretap demo`, as `--seed 7` or `--report demo.html`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    demo: Vec<String>,
}

/// Builds and runs the demo.
///
/// # Errors
/// If it cannot be built or fails.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let mut demo = cargo.building("run");
    demo.args(["--release", "-p", "foretap-cli", "--", "demo"]).args(&arguments.demo);
    step::run("foretap demo", &mut demo)
}
