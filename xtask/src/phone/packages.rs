//! Which packages of the workspace go onto a phone.

use serde_json::Value;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// In the order in which they stand on each other.
const ON_A_PHONE: [&str; 3] = ["foretap-int8", "foretap-core", "foretap-ffi"];

/// Those that the workspace has.
///
/// # Errors
/// If cargo does not say which it has, or it has none.
pub(super) fn on_a_phone(cargo: &Cargo) -> Result<Vec<&'static str>, Failure> {
    let mut metadata = cargo.plain("metadata");
    let metadata = step::output("cargo metadata", metadata.args(["--no-deps", "--format-version", "1"]))?;
    match members(&metadata) {
        members if members.is_empty() => Err(Failure::new("cargo metadata names no package that goes onto a phone")),
        members => Ok(members),
    }
}

fn members(metadata: &str) -> Vec<&'static str> {
    let metadata: Value = serde_json::from_str(metadata).unwrap_or_default();
    let packages = metadata["packages"].as_array().map(Vec::as_slice).unwrap_or_default();
    let is_member = |name: &&str| packages.iter().any(|package| package["name"] == **name);
    ON_A_PHONE.into_iter().filter(is_member).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_members_of_the_workspace_that_go_onto_a_phone_are_named() {
        let metadata = r#"{"packages":[{"name":"xtask"},{"name":"foretap-core"},{"name":"foretap-int8"}]}"#;
        assert_eq!(members(metadata), ["foretap-int8", "foretap-core"]);
        assert!(members("not JSON").is_empty() && members("{}").is_empty());
    }
}
