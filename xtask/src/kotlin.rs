//! The Kotlin side: its bindings, then Maven, which compiles, tests, lints and packs the library and the demo.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::bindings::{self, Language};
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::foretap::{Foretap, Profile};
use crate::tally::Tally;

const PROJECT: &str = "bindings/kotlin";
/// The oldest Java that Robolectric runs API 35 with.
const MIN_JAVA: u32 = 17;

/// Writes the bindings and builds the command line, which tests publish models with: for those who go on with Maven or an
/// editor.
///
/// # Errors
/// If the library or the command line does not build.
pub(crate) fn generate(cargo: &Cargo) -> Result<Foretap, Failure> {
    bindings::generate(cargo, Language::Kotlin, &bindings::library(cargo)?)?;
    Foretap::build(cargo, Profile::Dev)
}

/// Bindings, facade, modules and the demo; skipped where there is no Java or Maven.
///
/// # Errors
/// If something does not compile, a test fails, or a linter finds something.
pub(crate) fn test(cargo: &Cargo, tally: &mut Tally) -> Result<(), Failure> {
    if let Err(why) = tools() {
        tally.skip(&format!("kotlin ({why})"));
        return Ok(());
    }
    let foretap = generate(cargo)?;
    tally.run("kotlin: mvn verify", &mut maven(cargo, foretap.program()))
}

/// The phone of the drill in `folder`, which is a test of this name; skipped where there is no Java or Maven.
///
/// # Errors
/// If something does not compile, or the drill does not come to what it must.
pub(crate) fn drill(cargo: &Cargo, test: &str, folder: &str, tally: &mut Tally) -> Result<(), Failure> {
    if let Err(why) = tools() {
        tally.skip(&format!("kotlin ({why})"));
        return Ok(());
    }
    generate(cargo)?;
    let mut maven = Command::new("mvn");
    maven.current_dir(cargo.root()).stdin(Stdio::null());
    maven.args(["--batch-mode", "--no-transfer-progress", "-f", PROJECT, "-pl", "sync", "-am", "test"]);
    maven.arg(format!("-Dtest={test}")).arg("-Dsurefire.failIfNoSpecifiedTests=false");
    maven.arg(format!("-Dforetap.drill={}", cargo.root().join(folder).display()));
    tally.run(&format!("kotlin: {test}"), &mut maven)
}

fn maven(cargo: &Cargo, foretap: &Path) -> Command {
    let mut maven = Command::new("mvn");
    maven.current_dir(cargo.root()).stdin(Stdio::null());
    maven.args(["--batch-mode", "--no-transfer-progress", "-f", PROJECT, "-P", "demo", "verify"]);
    maven.arg(format!("-Dforetap.program={}", foretap.display()));
    maven
}

fn tools() -> Result<(), String> {
    let says = |program: &str, argument: &str| {
        let mut ask = Command::new(program);
        let output = ask.arg(argument).stdin(Stdio::null()).output().ok().filter(|output| output.status.success())?;
        // Java says its version to the standard error.
        Some([output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat())
    };
    let java = says("java", "-version").ok_or(format!("java >= {MIN_JAVA} is missing"))?;
    judge(&java)?;
    says("mvn", "--version").map(|_| ()).ok_or("mvn is missing".to_owned())
}

/// `openjdk version "17.0.15" 2025-04-15` is new enough; `1.8.0_392` is Java 8.
fn judge(java: &str) -> Result<(), String> {
    let version = java.split('"').nth(1).unwrap_or_default();
    let major: u32 = version.split(['.', '-', '+']).next().and_then(|number| number.parse().ok()).unwrap_or(0);
    if major >= MIN_JAVA { Ok(()) } else { Err(format!("java >= {MIN_JAVA} is missing: this one is {version:?}")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_java_that_is_too_old_is_told_from_one_that_is_not() {
        for fine in
            ["openjdk version \"17.0.15\" 2025-04-15\nOpenJDK ...", "java version \"21\"", "x version \"25-ea\""]
        {
            assert_eq!(judge(fine), Ok(()), "{fine}");
        }
        for old in ["openjdk version \"1.8.0_392\"", "openjdk version \"11.0.2\"", "", "no quotes 17"] {
            assert!(judge(old).expect_err(old).starts_with("java >= 17 is missing"), "{old}");
        }
    }
}
