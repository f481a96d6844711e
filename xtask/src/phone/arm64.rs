//! The tests on 64-bit ARM: compiled for Linux with GCC, run by qemu. The processor's instructions are the phone's; the
//! system and its C library are not.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::android::abi;
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::tally::Tally;

const TARGET: &str = "aarch64-unknown-linux-gnu";
const GCC: &str = "aarch64-linux-gnu-gcc";
const QEMU: &str = "qemu-aarch64-static";
/// A test program that hangs is ended, and with it the run.
const RUNNER: &str = "timeout 1800 qemu-aarch64-static -cpu max";

/// A test that starts itself as another process, which an emulated one cannot. Told that it is the other process already,
/// it does the whole of its work.
const STARTS_ITSELF: Restart = Restart {
    binary: "model_files",
    test: "neither_loading_nor_running_starts_a_thread",
    variable: "FORETAP_TEST_THREADS",
};

struct Restart {
    binary: &'static str,
    test: &'static str,
    variable: &'static str,
}

/// Runs the packages' tests and doc tests; skipped where a tool is missing.
///
/// # Errors
/// If a test fails.
pub(super) fn test(cargo: &Cargo, packages: &[&str], tally: &mut Tally) -> Result<(), Failure> {
    let title = format!("{TARGET} under qemu");
    if let Err(why) = tools() {
        tally.skip(&format!("{title} ({why})"));
        return Ok(());
    }
    let mut all = testing(cargo, packages);
    tally.run(&title, all.args(["--", "--skip", STARTS_ITSELF.test]))?;

    let mut alone = testing(cargo, packages);
    alone.args(["--test", STARTS_ITSELF.binary, "--"]);
    alone.args([STARTS_ITSELF.test, "--exact", "--test-threads=1"]).env(STARTS_ITSELF.variable, "1");
    tally.run(&format!("{title}: {}", STARTS_ITSELF.test), &mut alone)
}

/// Always for all packages: of one alone, dependencies have other features, and everything is compiled again.
fn testing(cargo: &Cargo, packages: &[&str]) -> Command {
    let mut test = cargo.plain("test");
    test.args(["--target", TARGET]).args(packages.iter().flat_map(|package| ["-p", package]));
    test.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", GCC);
    test.env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER", RUNNER);
    test.env("CC_aarch64_unknown_linux_gnu", GCC);
    test
}

/// Whether everything is there to compile and to run.
///
/// # Errors
/// The first that is not.
fn tools() -> Result<(), Failure> {
    for (program, package) in [(QEMU, "qemu-user-static"), (GCC, "gcc-aarch64-linux-gnu"), ("timeout", "coreutils")] {
        if answer(program, "--version").is_none() {
            return Err(Failure::missing(format!("{program} is missing: apt-get install {package}")));
        }
    }
    abi::standard_library(TARGET)?;
    // GCC says the whole path of a library that it has, else the name alone.
    match answer(GCC, "-print-file-name=libcrypto.so") {
        Some(path) if Path::new(path.trim()).is_absolute() => Ok(()),
        _ => Err(Failure::missing(
            "libcrypto of arm64 is missing: dpkg --add-architecture arm64, apt-get update, apt-get install libssl-dev:arm64",
        )),
    }
}

fn answer(program: &str, question: &str) -> Option<String> {
    let output = Command::new(program).arg(question).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_there_gives_no_answer() {
        assert_eq!(answer("no-such-program-of-foretap", "--version"), None);
    }

    #[test]
    fn the_test_that_starts_itself_is_where_it_is_looked_for() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../core/tests").join(STARTS_ITSELF.binary);
        let source = std::fs::read_to_string(file.with_extension("rs")).expect("readable");
        assert!(source.contains(&format!("fn {}()", STARTS_ITSELF.test)));
        assert!(source.contains(&format!("\"{}\"", STARTS_ITSELF.variable)));
    }
}
