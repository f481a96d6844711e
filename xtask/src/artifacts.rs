//! What a build left, as cargo's JSON messages say.

use std::path::PathBuf;

use serde_json::Value;

use crate::bindings::TEST_FEATURE;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// Builds what a test of the workspace needs, and nothing twice: any other choice of targets or features would compile dependencies
/// once more, since tests ask more of some. Returns cargo's messages.
///
/// # Errors
/// If it does not build.
pub(crate) fn of_test(cargo: &Cargo, test: &str) -> Result<String, Failure> {
    let mut build = cargo.building("test");
    build.args(["--workspace", "--no-run", "--test", test]).args(TEST_FEATURE);
    step::output("cargo test --no-run", build.args(["--message-format", "json-render-diagnostics"]))
}

/// The library of this file name.
///
/// # Errors
/// If there is none.
pub(crate) fn library(messages: &str, name: &str) -> Result<PathBuf, Failure> {
    let files = each(messages).filter_map(|message| message["filenames"].as_array().cloned()).flatten();
    let paths = files.filter_map(|file| file.as_str().map(PathBuf::from));
    let libraries = paths.filter(|path| path.file_name().is_some_and(|file| file == name));
    // Those of dependencies come first.
    libraries.last().ok_or_else(|| Failure::new(format!("the build left no {name}")))
}

/// The program of this name.
///
/// # Errors
/// If there is none.
pub(crate) fn program(messages: &str, name: &str) -> Result<PathBuf, Failure> {
    let mut programs = each(messages).filter(|message| message["target"]["name"] == name);
    let program = programs.find_map(|message| message["executable"].as_str().map(PathBuf::from));
    program.ok_or_else(|| Failure::new(format!("the build left no program called {name}")))
}

fn each(messages: &str) -> impl Iterator<Item = Value> + '_ {
    messages.lines().filter_map(|line| serde_json::from_str(line).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGES: &str = r#"
        {"reason":"compiler-artifact","target":{"name":"foretap_core"},"filenames":["/t/libforetap_core.rlib"],"executable":null}
        {"reason":"compiler-artifact","filenames":["/t/libforetap_ffi.a","/t/libforetap_ffi.so","/t/libforetap_ffi.rlib"]}
        {"reason":"compiler-artifact","target":{"name":"build-script-build"},"executable":"/t/build"}
        {"reason":"compiler-artifact","target":{"name":"foretap"},"executable":"/t/release/foretap"}
        {"reason":"build-finished","success":true}
        not JSON"#;

    #[test]
    fn the_shared_library_is_found_among_the_files_of_a_build() {
        assert_eq!(library(MESSAGES, "libforetap_ffi.so").expect("one"), PathBuf::from("/t/libforetap_ffi.so"));
        let failure = library("{}", "libforetap_ffi.so").expect_err("none");
        assert!(failure.to_string().contains("left no libforetap_ffi.so"));
    }

    #[test]
    fn a_program_is_told_from_libraries_and_build_scripts() {
        assert_eq!(program(MESSAGES, "foretap").expect("one"), PathBuf::from("/t/release/foretap"));
        assert!(program(MESSAGES, "foretap_core").expect_err("a library").to_string().contains("foretap_core"));
        assert!(program("not JSON", "foretap").is_err());
    }
}
