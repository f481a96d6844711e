//! Type checks for phones, without the NDK or Xcode: Zig compiles the C code for the same processor with another C library.
//! Nothing is linked, and nothing of it can run on a phone.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::android::abi::{self, Abi};
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;
use crate::tally::Tally;

/// OpenSSL's headers alone: beside them lie those of this machine's C library, which are not the phone's.
const HEADERS: &str = "target/phone/include";
/// Ways to call Zig.
const ZIGS: [&str; 2] = ["zig", "python3 -m ziglang"];

/// What the packages are checked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Phone {
    /// As a person calls it.
    name: &'static str,
    /// Rust's target.
    target: &'static str,
    /// What Zig compiles the C code for.
    stand_in: &'static str,
}

impl Phone {
    /// Android on every processor.
    pub(super) fn android() -> Vec<Self> {
        let of = |abi: Abi| Self { name: abi.name(), target: abi.target(), stand_in: abi.stand_in() };
        Abi::ALL.map(of).to_vec()
    }

    /// iOS. The C code is compiled as for Linux: Apple's headers come with Xcode alone.
    pub(super) fn ios() -> Vec<Self> {
        vec![Self { name: "iOS arm64", target: "aarch64-apple-ios", stand_in: "aarch64-linux-musl" }]
    }
}

/// Checks the packages for these phones; what cannot be checked here is skipped.
///
/// # Errors
/// If a type does not fit, or C code does not compile.
pub(super) fn check(cargo: &Cargo, packages: &[&str], phones: &[Phone], tally: &mut Tally) -> Result<(), Failure> {
    let Some(zig) =
        ZIGS.into_iter().find(|zig| call(zig).arg("version").output().is_ok_and(|out| out.status.success()))
    else {
        tally.skip("types for phones (zig is missing: python3 -m pip install ziglang)");
        return Ok(());
    };
    let Some(folders) = header_folders() else {
        tally.skip("types for phones (OpenSSL's headers are missing: apt-get install libssl-dev)");
        return Ok(());
    };
    copy_headers(cargo.root(), &folders)?;
    for phone in phones {
        if let Err(why) = abi::standard_library(phone.target) {
            tally.skip(&format!("types for {} ({why})", phone.name));
            continue;
        }
        step::run(&format!("types for {}", phone.name), &mut checking(cargo, packages, *phone, zig))?;
    }
    Ok(())
}

/// `cargo check` for one phone.
fn checking(cargo: &Cargo, packages: &[&str], phone: Phone, zig: &str) -> Command {
    let (headers, target) = (cargo.root().join(HEADERS), phone.target.replace('-', "_"));
    let mut check = cargo.plain("check");
    check.args(["--target", phone.target]).args(packages.iter().flat_map(|package| ["-p", package]));
    check.env(format!("CC_{target}"), format!("{zig} cc -target {}", phone.stand_in));
    check.env(format!("AR_{target}"), format!("{zig} ar"));
    // Else the target is added once more, as Rust calls it, and Zig has no C library of that name.
    check.env("CRATE_CC_NO_DEFAULTS", "1");
    // The second is only asked whether it is there: nothing is linked.
    check.env("OPENSSL_INCLUDE_DIR", &headers).env("OPENSSL_LIB_DIR", &headers);
    check
}

/// A program that is called with arguments of its own first.
fn call(words: &str) -> Command {
    let mut words = words.split(' ');
    let mut command = Command::new(words.next().unwrap_or_default());
    command.args(words).stdin(Stdio::null()).stderr(Stdio::null());
    command
}

/// Where this machine has OpenSSL's headers; Debian keeps those that its configuration wrote apart.
fn header_folders() -> Option<Vec<PathBuf>> {
    let told = [("OPENSSL_INCLUDE_DIR", ""), ("OPENSSL_DIR", "include")];
    let told = told.into_iter().find_map(|(name, below)| Some(PathBuf::from(std::env::var_os(name)?).join(below)));
    let usual = ["/usr/include".to_owned(), format!("/usr/include/{}-linux-gnu", std::env::consts::ARCH)];
    let folders = told.map_or_else(|| usual.map(PathBuf::from).to_vec(), |told| vec![told]);
    let has = |file: &str| folders.iter().any(|folder| folder.join("openssl").join(file).is_file());
    (has("evp.h") && has("opensslconf.h")).then_some(folders)
}

fn copy_headers(root: &Path, folders: &[PathBuf]) -> Result<(), Failure> {
    let to = Path::new(HEADERS).join("openssl");
    Files::under(root).make_folder(&to)?;
    for from in folders.iter().map(|folder| folder.join("openssl")) {
        for header in std::fs::read_dir(from).into_iter().flatten().flatten() {
            let (from, to) = (header.path(), root.join(&to).join(header.file_name()));
            // Copied once: a later time would have everything compiled again.
            if !to.exists() {
                std::fs::copy(&from, &to).map_err(|error| Failure::new(format!("{}: {error}", from.display())))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_two_folders_lie_in_one_without_their_neighbours() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let folders = ["a", "b"].map(|name| folder.path().join(name));
        for (of, file) in [(0, "openssl/evp.h"), (1, "openssl/opensslconf.h"), (0, "stdio.h")] {
            let path = folders[of].join(file);
            std::fs::create_dir_all(path.parent().expect("in a folder")).expect("writable");
            std::fs::write(path, file).expect("writable");
        }
        for _ in 0..2 {
            copy_headers(folder.path(), &folders).expect("writable");
        }
        let copied = folder.path().join(HEADERS);
        assert!(copied.join("openssl/evp.h").exists() && copied.join("openssl/opensslconf.h").exists());
        assert!(!copied.join("stdio.h").exists());
    }

    #[test]
    fn a_program_is_called_with_the_words_behind_it() {
        let command = call("python3 -m ziglang");
        assert_eq!(command.get_program(), "python3");
        assert_eq!(command.get_args().collect::<Vec<_>>(), ["-m", "ziglang"]);
    }
}
