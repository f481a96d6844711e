//! What the core's tree compiles to: one rlib for each package that ships.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use super::{TEST, names};
use crate::artifacts;
use crate::cargo::Cargo;
use crate::failure::Failure;

/// The rlibs of each package by its name: of one that is there in two versions, or that the compiler uses as well, all of them.
pub(super) type Rlibs = BTreeMap<String, BTreeSet<PathBuf>>;

/// Builds the core with all that anything in the workspace asks of its tree, which is at least what ships, and as the tests have it,
/// so that nothing is compiled for this alone; finds the rlib of every package of the tree. What runs in the compiler (procedural
/// macros, build scripts and their crates) does not ship and is left out.
///
/// # Errors
/// If it does not build, or a package of the tree has no rlib.
pub(super) fn build(cargo: &Cargo) -> Result<Rlibs, Failure> {
    let mut rlibs = rlibs(&artifacts::of_test(cargo, TEST)?);
    let tree = names::tree(cargo, &["-e", "normal,no-proc-macro"])?;
    if let Some(package) = tree.iter().find(|package| !rlibs.contains_key(*package)) {
        return Err(Failure::new(format!("{package} is in the tree, but the build left no rlib of it")));
    }
    rlibs.retain(|package, _| tree.contains(package));
    Ok(rlibs)
}

/// Package and rlibs of every artefact in cargo's JSON messages.
fn rlibs(messages: &str) -> Rlibs {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let artefacts = messages.filter(|message| message["reason"] == "compiler-artifact");
    let mut rlibs = Rlibs::new();
    for artefact in artefacts {
        let files = artefact["filenames"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let id = artefact["package_id"].as_str().unwrap_or_default();
        for rlib in files.filter(|file| file.ends_with(".rlib")) {
            rlibs.entry(package(id).to_owned()).or_default().insert(PathBuf::from(rlib));
        }
    }
    rlibs
}

/// The name in a package id: `...#name@1.0.0`, or `path+file:///.../name#1.0.0` where the folder is called like it.
fn package(id: &str) -> &str {
    let (place, version) = id.rsplit_once('#').unwrap_or((id, ""));
    match version.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_read_from_both_forms_of_a_package_id() {
        assert_eq!(package("registry+https://example.org/index#serde_core@1.0.0"), "serde_core");
        assert_eq!(package("path+file:///a/core#foretap-core@0.1.0"), "foretap-core");
        assert_eq!(package("path+file:///a/foretap-core#0.1.0"), "foretap-core");
    }

    #[test]
    fn only_artefacts_with_an_rlib_count() {
        let messages = r#"
            {"reason":"compiler-artifact","package_id":"x#a@1.0.0","filenames":["/t/liba.rlib","/t/liba.rmeta"]}
            {"reason":"compiler-artifact","package_id":"x#a@2.0.0","filenames":["/t/liba-2.rlib"]}
            {"reason":"compiler-artifact","package_id":"x#b@1.0.0","filenames":["/t/libb.so"]}
            {"reason":"build-finished","success":true}
            not JSON"#;
        assert_eq!(
            rlibs(messages),
            Rlibs::from([("a".to_owned(), ["/t/liba.rlib", "/t/liba-2.rlib"].map(PathBuf::from).into())])
        );
    }
}
