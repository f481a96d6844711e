//! The Swift that compiles and tests: this system's, or one in a folder that holds a small system of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::bindings::NATIVE;
use crate::failure::Failure;

/// The oldest Swift with the package's language mode.
const MIN_SWIFT: u32 = 6;
/// Names the folder.
const VARIABLE: &str = "FORETAP_SWIFT";
/// The file that `bindings/swift/scripts/toolchain.sh` writes last.
const DONE: &str = "foretap-toolchain";
/// Where the folder's system sees the checkout.
const ROOT: &str = "/foretap";
/// Whom a Swift in a folder trusts over TLS.
pub(super) const AUTHORITIES: &str = "target/swift/authorities.pem";

/// Runs a program in the folder's system. Mounts are this process's own and go with it. That system trusts the certificates
/// of [`AUTHORITIES`] alone, where there are some.
const ENTER: &str = r#"
set -e
folder=$1 root=$2
shift 2
mkdir -p "$folder/etc/ssl/certs"
ln -sfn /foretap/target/swift/authorities.pem "$folder/etc/ssl/certs/ca-certificates.crt"
mount --rbind /proc "$folder/proc"
mount --rbind /dev "$folder/dev"
mount --bind "$root" "$folder/foretap"
exec chroot "$folder" env -i HOME=/root LANG=C.UTF-8 PATH=/usr/bin:/bin:/usr/libexec/swift/bin \
    PKG_CONFIG_PATH=/foretap/target/swift LD_LIBRARY_PATH=/foretap/target/native sh -c 'cd /foretap && exec "$@" 2>&1' sh "$@"
"#;

/// A Swift, and the checkout that its programs see.
#[derive(Debug)]
pub(super) struct Toolchain {
    /// `None` is this system's own.
    folder: Option<PathBuf>,
    root: PathBuf,
}

impl Toolchain {
    /// Looks for a Swift that runs: this system's first.
    ///
    /// # Errors
    /// What is missing.
    pub(super) fn find(root: &Path) -> Result<Self, Failure> {
        let here = Self { folder: None, root: root.to_owned() };
        if here.version().is_some_and(|version| version >= MIN_SWIFT) {
            return Ok(here);
        }
        let folder = folder(|name| std::env::var_os(name).map(PathBuf::from));
        let Some(folder) = folder.filter(|folder| folder.join(DONE).is_file()) else {
            let why =
                format!("swift >= {MIN_SWIFT} is missing, in the system and in a folder: bindings/swift/README.md");
            return Err(Failure::missing(why));
        };
        let there = Self { folder: Some(folder), ..here };
        match there.version() {
            Some(_) => Ok(there),
            None => {
                Err(Failure::missing("this system does not let a Swift in a folder run: it needs unshare and chroot"))
            }
        }
    }

    /// Whether it trusts [`AUTHORITIES`]: this system's own trusts what this system does.
    pub(super) fn trusts_ours(&self) -> bool {
        self.folder.is_some()
    }

    /// The checkout, as its programs see it.
    pub(super) fn root(&self) -> &Path {
        if self.folder.is_some() { Path::new(ROOT) } else { &self.root }
    }

    /// A program of it, run from the checkout. What it says to its standard error goes to its standard output.
    pub(super) fn command(&self, program: &str) -> Command {
        let Some(folder) = &self.folder else {
            let mut command = Command::new("sh");
            command.args(["-c", r#"exec "$@" 2>&1"#, "sh", program]).current_dir(&self.root);
            command.env("PKG_CONFIG_PATH", self.root.join("target/swift"));
            command.env("LD_LIBRARY_PATH", self.root.join(NATIVE)).stdin(Stdio::null());
            return command;
        };
        let mut command = Command::new("unshare");
        if !is_root() {
            command.arg("--map-root-user");
        }
        command.args(["--mount", "sh", "-c", ENTER, "sh"]).arg(folder).arg(&self.root);
        command.arg(program).stdin(Stdio::null());
        command
    }

    /// The version's first number; `None` if it does not run.
    fn version(&self) -> Option<u32> {
        let output = self.command("swift").arg("--version").stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| major(&String::from_utf8_lossy(&output.stdout)))?
    }
}

/// Where the folder is said to be, or where the script puts it.
fn folder(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    variable(VARIABLE).or_else(|| {
        let cache = variable("XDG_CACHE_HOME").or_else(|| Some(variable("HOME")?.join(".cache")));
        cache.map(|cache| cache.join("foretap/swift"))
    })
}

/// `Swift version 6.0.3 (swift-6.0.3-RELEASE)` is 6; on Apple a word stands before it.
fn major(says: &str) -> Option<u32> {
    let (_, rest) = says.split_once("Swift version ")?;
    rest.split(['.', ' ', '-']).next()?.parse().ok()
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").stdin(Stdio::null()).output();
    user.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_in_what_every_system_says() {
        assert_eq!(major("Swift version 6.0.3 (swift-6.0.3-RELEASE)\nTarget: x86_64-pc-linux-gnu"), Some(6));
        assert_eq!(major("swift-driver version: 1.115 Apple Swift version 5.10 (swiftlang-5.10)"), Some(5));
        assert_eq!(major("sh: swift: not found"), None);
    }

    #[test]
    fn the_folder_is_the_one_that_is_named_or_lies_in_the_cache() {
        let of = |pairs: &[(&str, &str)]| {
            let pairs: Vec<_> = pairs.iter().map(|(name, path)| (name.to_string(), PathBuf::from(path))).collect();
            folder(|name| pairs.iter().find(|pair| pair.0 == name).map(|pair| pair.1.clone()))
        };
        assert_eq!(of(&[("FORETAP_SWIFT", "/s"), ("HOME", "/h")]), Some("/s".into()));
        assert_eq!(of(&[("XDG_CACHE_HOME", "/c"), ("HOME", "/h")]), Some("/c/foretap/swift".into()));
        assert_eq!(of(&[("HOME", "/h")]), Some("/h/.cache/foretap/swift".into()));
        assert_eq!(of(&[]), None);
    }
}
