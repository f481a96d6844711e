//! The command line `foretap`, built from source once and then run as often as needed.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::step;

/// The built program. Later changes of what is compiled into it do not matter to it.
#[derive(Debug)]
pub(crate) struct Foretap {
    program: PathBuf,
    root: PathBuf,
}

impl Foretap {
    /// Builds it.
    ///
    /// # Errors
    /// If it does not build.
    pub(crate) fn build(cargo: &Cargo) -> Result<Self, Failure> {
        let program = step::step("foretap, from source", || {
            let mut build = cargo.building("build");
            build.args(["--release", "-p", "foretap-cli", "--message-format", "json-render-diagnostics"]);
            let messages = step::output("cargo build", &mut build)?;
            executable(&messages).ok_or_else(|| Failure::new("the build left no program called foretap"))
        })?;
        Ok(Self { program, root: cargo.root().to_owned() })
    }

    /// One of its subcommands, run from the root.
    pub(crate) fn command(&self, subcommand: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.root).arg(subcommand);
        command
    }
}

/// Where cargo's JSON messages say the program is.
fn executable(messages: &str) -> Option<PathBuf> {
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut programs = messages.filter(|message| message["target"]["name"] == "foretap");
    programs.find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_found_among_cargos_messages() {
        let messages = r#"
            {"reason":"compiler-artifact","target":{"name":"foretap_cli"},"executable":null}
            {"reason":"compiler-artifact","target":{"name":"build-script-build"},"executable":"/t/build"}
            {"reason":"compiler-artifact","target":{"name":"foretap"},"executable":"/t/release/foretap"}
            {"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages), Some(PathBuf::from("/t/release/foretap")));
        assert_eq!(executable("not JSON"), None);
    }
}
