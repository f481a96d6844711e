//! Android's NDK: its compilers, and the environment in which cargo uses them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::abi::Abi;
use super::elf::PAGE_BYTES;
use crate::failure::Failure;

/// The oldest Android that Foretap runs on is 8.
const API: u8 = 26;
/// Where the NDK says that it is.
const HOME: [&str; 2] = ["ANDROID_NDK_HOME", "ANDROID_NDK_ROOT"];
/// The folder with a folder of programs for each kind of machine that builds.
const PREBUILT: &str = "toolchains/llvm/prebuilt";

/// An NDK.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ndk {
    home: PathBuf,
    programs: PathBuf,
}

impl Ndk {
    /// Finds it by what `variable` says of the environment.
    ///
    /// # Errors
    /// If no variable names it, or it is not one for this kind of machine.
    pub(super) fn find(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, Failure> {
        let home = HOME.into_iter().find_map(|name| variable(name).filter(|value| !value.is_empty()));
        let Some(home) = home.map(PathBuf::from) else {
            let names = HOME.join(" and ");
            return Err(Failure::missing(format!(
                "Android's NDK is missing: {names} are not set. Install it (r28 or newer), and set the first to its folder."
            )));
        };
        let prebuilt = home.join(PREBUILT);
        let machines = std::fs::read_dir(&prebuilt).into_iter().flatten().flatten();
        let mut programs: Vec<_> =
            machines.map(|machine| machine.path().join("bin")).filter(|bin| bin.is_dir()).collect();
        programs.sort();
        match programs.into_iter().next() {
            Some(programs) => Ok(Self { home, programs }),
            None => Err(Failure::missing(format!("{} is no NDK: no {PREBUILT}/*/bin in it", home.display()))),
        }
    }

    /// One of its programs.
    ///
    /// # Errors
    /// If it has none of this name.
    pub(super) fn program(&self, name: &str) -> Result<PathBuf, Failure> {
        let program = self.programs.join(name);
        let missing = || Failure::missing(format!("the NDK has no {name}: {} is missing", program.display()));
        program.is_file().then(|| program.clone()).ok_or_else(missing)
    }

    /// What cargo and the build scripts of C code are told for one processor.
    ///
    /// # Errors
    /// If one of the programs is missing.
    pub(super) fn environment(&self, abi: Abi) -> Result<Vec<(String, OsString)>, Failure> {
        let clang = self.program(&format!("{}{API}-clang", abi.clang()))?;
        let (ar, ranlib) = (self.program("llvm-ar")?, self.program("llvm-ranlib")?);
        let target = abi.target().replace('-', "_");
        let of_cargo = |what: &str| format!("CARGO_TARGET_{}_{what}", target.to_uppercase());
        Ok(vec![
            ("ANDROID_NDK_HOME".to_owned(), self.home.clone().into()),
            (of_cargo("LINKER"), clang.clone().into()),
            (of_cargo("RUSTFLAGS"), format!("-Clink-arg=-Wl,-z,max-page-size={PAGE_BYTES}").into()),
            (format!("CC_{target}"), clang.into()),
            (format!("AR_{target}"), ar.into()),
            (format!("RANLIB_{target}"), ranlib.into()),
            ("PATH".to_owned(), before_path(&self.programs)?),
        ])
    }
}

/// The search path with a folder before it: what builds OpenSSL looks for some programs by name.
fn before_path(folder: &Path) -> Result<OsString, Failure> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&path));
    std::env::join_paths(folders)
        .map_err(|_| Failure::missing(format!("{}: a search path cannot hold it", folder.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tree with the programs of an NDK, empty.
    fn fake(without: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bin = folder.path().join("toolchains/llvm/prebuilt/linux-x86_64/bin");
        std::fs::create_dir_all(&bin).expect("writable");
        for program in [
            "aarch64-linux-android26-clang",
            "armv7a-linux-androideabi26-clang",
            "x86_64-linux-android26-clang",
            "llvm-ar",
            "llvm-ranlib",
            "llvm-strip",
        ] {
            if program != without {
                std::fs::write(bin.join(program), "").expect("writable");
            }
        }
        folder
    }

    fn find(home: &Path) -> Result<Ndk, Failure> {
        Ndk::find(|name| (name == HOME[0]).then(|| home.into()))
    }

    #[test]
    fn each_processor_has_its_compiler_and_pages_of_sixteen_kib() {
        let folder = fake("");
        let ndk = find(folder.path()).expect("an NDK");
        let bin = folder.path().join("toolchains/llvm/prebuilt/linux-x86_64/bin");
        for (abi, target, clang) in [
            (Abi::Arm64, "aarch64_linux_android", "aarch64-linux-android26-clang"),
            (Abi::Arm32, "armv7_linux_androideabi", "armv7a-linux-androideabi26-clang"),
            (Abi::X86, "x86_64_linux_android", "x86_64-linux-android26-clang"),
        ] {
            let environment = ndk.environment(abi).expect("whole");
            let value = |name: String| {
                let found = environment.iter().find(|(known, _)| *known == name);
                &found.unwrap_or_else(|| panic!("{name} is not set")).1
            };
            let upper = target.to_uppercase();
            assert_eq!(*value(format!("CC_{target}")), *bin.join(clang));
            assert_eq!(*value(format!("CARGO_TARGET_{upper}_LINKER")), *bin.join(clang));
            assert_eq!(*value(format!("AR_{target}")), *bin.join("llvm-ar"));
            assert_eq!(*value(format!("RANLIB_{target}")), *bin.join("llvm-ranlib"));
            let flags = value(format!("CARGO_TARGET_{upper}_RUSTFLAGS"));
            assert_eq!(flags, "-Clink-arg=-Wl,-z,max-page-size=16384");
            let path = value("PATH".to_owned());
            assert_eq!(std::env::split_paths(path).next(), Some(bin.clone()));
        }
    }

    #[test]
    fn without_an_ndk_the_variable_to_set_is_named() {
        for absent in [None, Some(OsString::new())] {
            let failure = Ndk::find(|_| absent.clone()).expect_err("none").to_string();
            assert!(failure.contains("NDK is missing") && failure.contains("ANDROID_NDK_HOME"), "{failure}");
        }
        let folder = tempfile::tempdir().expect("a temporary folder");
        assert!(find(folder.path()).expect_err("empty").to_string().contains("is no NDK"));
        let file = folder.path().join("a file");
        std::fs::write(&file, "").expect("writable");
        assert!(find(&file).expect_err("a file").to_string().contains("is no NDK"));
    }

    #[test]
    fn the_second_variable_is_taken_where_the_first_is_not_set() {
        let folder = fake("");
        let found = Ndk::find(|name| (name == HOME[1]).then(|| folder.path().into())).expect("an NDK");
        assert_eq!(Ok(found), find(folder.path()).map_err(|failure| failure.to_string()));
    }

    #[test]
    fn a_program_that_is_missing_is_named() {
        for program in ["armv7a-linux-androideabi26-clang", "llvm-ar", "llvm-ranlib"] {
            let folder = fake(program);
            let failure = find(folder.path()).expect("an NDK").environment(Abi::Arm32).expect_err(program);
            assert!(failure.to_string().contains(program), "{failure}");
        }
        let folder = fake("armv7a-linux-androideabi26-clang");
        assert!(find(folder.path()).expect("an NDK").environment(Abi::Arm64).is_ok(), "of another processor");
    }
}
