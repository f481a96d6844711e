//! `cargo xtask android`: with Android's NDK, the native libraries and the AAR.

pub(crate) mod abi;
mod elf;
mod ndk;
pub(crate) mod pages;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::artifacts;
use crate::bindings::{self, Language};
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;
use abi::Abi;
use ndk::Ndk;

/// The package that a phone loads, and its library.
pub(crate) const PACKAGE: &str = "foretap-ffi";
const LIBRARY: &str = "libforetap_ffi.so";
/// A folder for each processor, as an AAR has them.
const LIBRARIES: &str = "target/jni";
const KOTLIN: &str = "bindings/kotlin";

/// What `cargo xtask android` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The processors to build for; all of them if none is named.
    #[arg(long = "abi", value_name = "ABI")]
    abis: Vec<Abi>,
}

/// Builds, strips and checks a library for each processor, then the AAR with them in it.
///
/// # Errors
/// If the NDK or another tool is missing: nothing is built then. If something does not build, or a library could not be
/// loaded by a phone with pages of 16 KiB.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let ndk = Ndk::find(|name| std::env::var_os(name))?;
    let strip = ndk.program("llvm-strip")?;
    let abis = if arguments.abis.is_empty() { &Abi::ALL[..] } else { &arguments.abis };
    let builds = abis.iter().map(|abi| build(cargo, &ndk, *abi)).collect::<Result<Vec<_>, _>>()?;
    ["perl", "make", "mvn"].into_iter().try_for_each(installed)?;

    let files = Files::under(cargo.root());
    files.clear_folder(Path::new(LIBRARIES))?;
    let mut built = Vec::new();
    for (abi, mut build) in abis.iter().zip(builds) {
        let title = format!("{}: cargo build", abi.name());
        let whole = step::step(&title, || artifacts::library(&step::output(&title, &mut build)?, LIBRARY))?;
        step::step(&format!("{}: strip, pages of 16 KiB", abi.name()), || stripped(cargo, *abi, &strip, &whole))?;
        built.push(whole);
    }
    let library = built.first().expect("there is a processor");
    bindings::generate(cargo, Language::Kotlin, library)?;
    step::run("AAR", &mut package(cargo))?;
    println!("\nThe libraries are in {LIBRARIES}, the AAR with them is in {KOTLIN}/core/target.");
    Ok(())
}

/// The release build for a processor, with OpenSSL's libcrypto from source: Android has none to link.
fn build(cargo: &Cargo, ndk: &Ndk, abi: Abi) -> Result<Command, Failure> {
    abi::standard_library(abi.target())?;
    let mut build = cargo.plain("build");
    build.args(["--release", "--lib", "-p", PACKAGE, "--features", "foretap-ffi/vendored-openssl"]);
    build.args(["--message-format", "json-render-diagnostics", "--target", abi.target()]).envs(ndk.environment(abi)?);
    // Either would be taken in place of the flags for the target.
    build.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    Ok(build)
}

/// Copies a library to its folder without its symbols for debuggers, and checks it there.
fn stripped(cargo: &Cargo, abi: Abi, strip: &Path, whole: &Path) -> Result<(), Failure> {
    let folder = PathBuf::from(LIBRARIES).join(abi.name());
    Files::under(cargo.root()).make_folder(&folder)?;
    let library = cargo.root().join(folder).join(LIBRARY);
    let mut command = Command::new(strip);
    command.arg("--strip-unneeded").arg("-o").arg(&library).arg(whole);
    step::passed("llvm-strip", command.status().map_err(|error| step::not_started(&command, &error))?)?;
    pages::check_for(abi, &library)
}

/// Without tests: those of the Kotlin side run against the library of this machine.
fn package(cargo: &Cargo) -> Command {
    let mut package = Command::new("mvn");
    package.current_dir(cargo.root()).args(["-B", "-f", KOTLIN, "package", "-DskipTests"]);
    let folder = |name: &str, path: &Path| format!("-Dforetap.{name}={}", cargo.root().join(path).display());
    package.args([folder("jni", Path::new(LIBRARIES)), folder("generated", &Language::Kotlin.folder())]);
    package
}

fn installed(program: &str) -> Result<(), Failure> {
    let mut ask = Command::new(program);
    ask.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let is_installed = ask.status().is_ok_and(|status| status.success());
    is_installed.then_some(()).ok_or_else(|| Failure::missing(format!("{program} is missing")))
}
