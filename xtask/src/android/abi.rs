//! The processors of Android phones, as the NDK, Rust and Zig call them.

use std::process::{Command, Stdio};

use clap::ValueEnum;

use crate::failure::Failure;

/// A processor and its calling convention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Abi {
    /// 64-bit ARM: nearly every phone of the last eight years.
    #[value(name = "arm64-v8a")]
    Arm64,
    /// 32-bit ARM.
    #[value(name = "armeabi-v7a")]
    Arm32,
    /// 64-bit x86: emulators.
    #[value(name = "x86_64")]
    X86,
}

impl Abi {
    pub(crate) const ALL: [Self; 3] = [Self::Arm64, Self::Arm32, Self::X86];

    /// The folder in an AAR.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Arm64 => "arm64-v8a",
            Self::Arm32 => "armeabi-v7a",
            Self::X86 => "x86_64",
        }
    }

    /// Rust's target.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-android",
            Self::Arm32 => "armv7-linux-androideabi",
            Self::X86 => "x86_64-linux-android",
        }
    }

    /// How the names of the NDK's compilers begin, before the level of the API.
    pub(super) const fn clang(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-android",
            Self::Arm32 => "armv7a-linux-androideabi",
            Self::X86 => "x86_64-linux-android",
        }
    }

    /// What Zig compiles for in place of Android: the same processor with another C library.
    pub(crate) const fn stand_in(self) -> &'static str {
        match self {
            Self::Arm64 => "aarch64-linux-musl",
            // Hard floats, because Zig has no NEON without them.
            Self::Arm32 => "arm-linux-musleabihf",
            Self::X86 => "x86_64-linux-musl",
        }
    }

    /// The processor's number in the header of an ELF file.
    pub(super) const fn machine(self) -> u16 {
        match self {
            Self::Arm64 => 183,
            Self::Arm32 => 40,
            Self::X86 => 62,
        }
    }
}

/// Whether Rust's standard library for a target is installed.
///
/// # Errors
/// If it is not: the command that installs it.
pub(crate) fn standard_library(target: &str) -> Result<(), Failure> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let mut ask = Command::new(rustc);
    ask.args(["--print", "target-libdir", "--target", target]).stdin(Stdio::null()).stderr(Stdio::null());
    let folder = ask.output().ok().and_then(|output| String::from_utf8(output.stdout).ok());
    let is_there = folder.is_some_and(|folder| std::fs::read_dir(folder.trim()).is_ok_and(|files| files.count() > 0));
    let missing = || Failure::missing(format!("Rust's library for {target} is missing: rustup target add {target}"));
    is_there.then_some(()).ok_or_else(missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_on_the_command_line_is_the_name_of_the_folder() {
        for abi in Abi::ALL {
            assert_eq!(Abi::from_str(abi.name(), false), Ok(abi));
        }
    }

    #[test]
    fn a_target_without_its_library_is_named_with_what_installs_it() {
        let failure = standard_library("avr-none").expect_err("nobody has it").to_string();
        assert!(failure.ends_with("rustup target add avr-none"), "{failure}");
    }
}
