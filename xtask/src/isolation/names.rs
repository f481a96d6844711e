//! The first look: the names in the core's dependency tree against the reviewed list.

use std::collections::BTreeSet;

use super::reviewed::{REVIEWED, REVIEWED_VENDORED};
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// Compares the tree of all platforms with the list, both ways.
///
/// # Errors
/// If a crate is not reviewed, or a reviewed one is no longer there.
pub(super) fn check(cargo: &Cargo) -> Result<(), Failure> {
    let tree = tree(cargo, &["-e", "normal", "--target", "all"])?;
    let differences = differences(&tree);
    if differences.is_empty() {
        println!("{} crates, all reviewed", tree.len());
        return Ok(());
    }
    Err(Failure::new(format!("xtask/src/isolation/reviewed.rs does not fit the tree:\n{}", differences.join("\n"))))
}

/// The packages of the core's tree that `cargo tree` shows with these arguments.
///
/// # Errors
/// If cargo cannot resolve it.
pub(super) fn tree(cargo: &Cargo, arguments: &[&str]) -> Result<BTreeSet<String>, Failure> {
    let mut command = cargo.building("tree");
    command.args(["-p", "foretap-core", "--prefix", "none", "--format", "{p}"]).args(arguments);
    let lines = step::output("cargo tree", &mut command)?;
    Ok(lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect())
}

fn differences(tree: &BTreeSet<String>) -> Vec<String> {
    let is_reviewed = |name: &str| REVIEWED.iter().chain(REVIEWED_VENDORED).any(|(reviewed, _)| *reviewed == name);
    let unknown = tree.iter().filter(|name| !is_reviewed(name));
    let gone = REVIEWED.iter().filter(|(name, _)| !tree.contains(*name));
    unknown
        .map(|name| format!("{name}: not reviewed. Can it open a socket? If not, list it with the reason."))
        .chain(gone.map(|(name, _)| format!("{name}: listed, but no longer in the tree. Remove it.")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reviewed() -> BTreeSet<String> {
        REVIEWED.iter().map(|(name, _)| (*name).to_owned()).collect()
    }

    #[test]
    fn the_reviewed_tree_passes_with_and_without_a_vendored_openssl() {
        let mut tree = reviewed();
        assert!(differences(&tree).is_empty());
        tree.insert("openssl-sys".to_owned());
        assert!(differences(&tree).is_empty());
    }

    #[test]
    fn a_new_crate_and_a_stale_entry_are_seen() {
        let mut tree = reviewed();
        tree.insert("socket2".to_owned());
        tree.remove("postcard");
        let differences = differences(&tree);
        assert!(differences.len() == 2 && differences[0].starts_with("socket2"), "{differences:?}");
        assert!(differences[1].starts_with("postcard"));
    }

    #[test]
    fn the_list_is_sorted_and_gives_a_reason_for_each() {
        assert!(REVIEWED.is_sorted_by(|a, b| a.0 < b.0));
        assert!(REVIEWED.iter().chain(REVIEWED_VENDORED).all(|(_, reason)| !reason.is_empty()));
    }
}
