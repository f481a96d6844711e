//! The library that bindings load, as the tests of this machine build it, and the bindings that UniFFI makes of it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::artifacts;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;

/// What exported functions can be told in tests: to panic.
pub(crate) const TEST_FEATURE: [&str; 2] = ["--features", "foretap-ffi/panic-injection"];
/// The package, and its program, that calls UniFFI's generator.
const GENERATOR: &str = "foretap-bindgen";
const CONFIGURATION: &str = "bindings/ffi/uniffi.toml";

/// A language that the library has bindings for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    Kotlin,
    Swift,
}

impl Language {
    /// As the generator calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
        }
    }

    /// Where its bindings are written, relative to the root.
    pub(crate) fn folder(self) -> PathBuf {
        Path::new(match self {
            Self::Kotlin => "target/kotlin",
            Self::Swift => "target/swift/generated",
        })
        .to_owned()
    }
}

/// Where the library for this machine lies once it is built.
pub(crate) const NATIVE: &str = "target/native";

/// Builds the library for this machine with the features of the workspace's tests, so that nothing is compiled twice, and
/// puts it where Maven and SwiftPM look for it.
///
/// # Errors
/// If it does not build.
pub(crate) fn library(cargo: &Cargo) -> Result<PathBuf, Failure> {
    let name = format!("{}foretap_ffi{}", std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let built = artifacts::library(&artifacts::of_test(cargo, "exports")?, &name)?;
    let (files, library) = (Files::under(cargo.root()), Path::new(NATIVE).join(&name));
    files.make_folder(Path::new(NATIVE))?;
    // Another file rather than other bytes: a process may have the old one loaded.
    files.remove(&library)?;
    let library = cargo.root().join(library);
    std::fs::copy(&built, &library).map_err(|error| Failure::new(format!("{}: {error}", library.display())))?;
    Ok(library)
}

/// Writes the bindings that a library says it has; they replace those that were there.
///
/// # Errors
/// If the library is none of this version's, or the files cannot be written.
pub(crate) fn generate(cargo: &Cargo, language: Language, library: &Path) -> Result<(), Failure> {
    let folder = language.folder();
    step::step(&format!("bindings -> {}", folder.display()), || {
        // With the features of the tests again: of the package alone, everything below it is compiled once more.
        let mut build = cargo.building("build");
        build.args(["--workspace", "--bin", GENERATOR]).args(TEST_FEATURE);
        build.args(["--message-format", "json-render-diagnostics"]);
        let program = artifacts::program(&step::output("cargo build", &mut build)?, GENERATOR)?;
        Files::under(cargo.root()).clear_folder(&folder)?;
        let mut generate = Command::new(program);
        generate.arg(language.name()).arg(library).arg(cargo.root().join(folder));
        generate.arg(cargo.root().join(CONFIGURATION));
        step::output(GENERATOR, &mut generate).map(|_| ())
    })
}
