//! The library that bindings load, as the tests of this machine build it, and the bindings that UniFFI makes of it.

use std::path::{Path, PathBuf};

use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

use crate::android::pages;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;

/// What exported functions can be told in tests: to panic.
pub(crate) const TEST_FEATURE: [&str; 2] = ["--features", "foretap-ffi/panic-injection"];
/// What UniFFI writes for Kotlin.
pub(crate) const KOTLIN: &str = "target/kotlin";
const CONFIGURATION: &str = "bindings/ffi/uniffi.toml";

/// Builds the library for this machine with the features of the workspace's tests, so that nothing is compiled twice.
///
/// # Errors
/// If it does not build.
pub(crate) fn library(cargo: &Cargo) -> Result<PathBuf, Failure> {
    let mut build = cargo.building("test");
    build.args(["--workspace", "--test", "exports", "--no-run"]).args(TEST_FEATURE);
    build.args(["--message-format", "json-render-diagnostics"]);
    pages::library(&step::output("cargo test --no-run", &mut build)?)
}

/// Writes the Kotlin bindings that a library says it has; they replace those that were there.
///
/// # Errors
/// If the library is none of this version's, or the files cannot be written.
pub(crate) fn kotlin(cargo: &Cargo, library: &Path) -> Result<(), Failure> {
    step::step(&format!("bindings -> {KOTLIN}"), || {
        Files::under(cargo.root()).clear_folder(Path::new(KOTLIN))?;
        let text = |path: &Path| path.to_str().map(str::to_owned).ok_or_else(|| Failure::new("a path is not UTF-8"));
        let options = GenerateOptions {
            languages: vec![TargetLanguage::Kotlin],
            source: text(library)?.into(),
            out_dir: text(&cargo.root().join(KOTLIN))?.into(),
            config_override: Some(text(&cargo.root().join(CONFIGURATION))?.into()),
            format: false,
            crate_filter: None,
            metadata_no_deps: true,
        };
        generate(options).map_err(|error| Failure::new(format!("UniFFI's generator: {error:#}")))
    })
}
