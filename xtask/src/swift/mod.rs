//! The Swift side: its bindings, then SwiftPM, which compiles and tests the package and the demo's logic, and swift-format.

mod repository;
mod toolchain;

use std::path::Path;
use std::process::Command;

use crate::bindings::{self, Language};
use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;
use crate::tally::Tally;
use toolchain::{AUTHORITIES, Toolchain};

const PACKAGE: &str = "bindings/swift";
/// The demo: a package with its logic, and an app of SwiftUI that only Xcode compiles.
const DEMO: &str = "ios-demo";
/// What UniFFI writes, and where the package has it.
const GENERATED: [(&str, &str); 3] = [
    ("ForetapFFI.swift", "ForetapFFI/ForetapFFI.swift"),
    ("CForetap.h", "CForetap/CForetap.h"),
    ("CForetap.modulemap", "CForetap/module.modulemap"),
];
/// The package's modules with a catalogue of documentation.
const MODULES: [&str; 3] = ["Foretap", "ForetapLocation", "ForetapSync"];
/// Where the reference is put.
const DOCS: &str = "target/swift/docs";
/// Tells SwiftPM on Linux where the native library is.
const PKG_CONFIG: &str = "target/swift/foretap_ffi.pc";
/// Relative to itself, so that it holds wherever the checkout is mounted.
const DESCRIPTION: &str = concat!(
    "Name: foretap_ffi\nDescription: Foretap's core\nVersion: ",
    env!("CARGO_PKG_VERSION"),
    "\nLibs: -L${pcfiledir}/../native -lforetap_ffi\n"
);

/// Writes the bindings into the package and says where the library is, for those who go on with Xcode, SwiftPM or an editor.
///
/// # Errors
/// If the library does not build.
pub(crate) fn generate(cargo: &Cargo) -> Result<(), Failure> {
    write_bindings(cargo, &bindings::library(cargo)?)?;
    Files::under(cargo.root()).write(Path::new(PKG_CONFIG), DESCRIPTION.as_bytes())
}

/// Bindings, facade, demo and style; skipped where there is no Swift.
///
/// # Errors
/// If something does not compile without warnings, a test fails, or swift-format finds something.
pub(crate) fn test(cargo: &Cargo, tally: &mut Tally) -> Result<(), Failure> {
    if !cfg!(target_os = "linux") {
        // Apple's systems link the XCFramework.
        tally.skip("swift (here it is tested on Linux; on Apple's systems: bindings/swift/README.md)");
        return Ok(());
    }
    let swift = match Toolchain::find(cargo.root()) {
        Ok(swift) => swift,
        Err(why) => {
            tally.skip(&format!("swift ({why})"));
            return Ok(());
        }
    };
    generate(cargo)?;
    repository::make(cargo)?;
    format(&swift)?;
    for package in
        [PACKAGE, DEMO].into_iter().filter(|package| cargo.root().join(package).join("Package.swift").exists())
    {
        let title = format!("swift: {package}");
        without_warnings(&title, spm(&swift, package, "build").arg("--build-tests"))?;
        tally
            .run(&format!("{title}, tests"), spm(&swift, package, "test").args(["--skip-build", "--disable-xctest"]))?;
    }
    parse_app(cargo, &swift)?;
    document(cargo, &swift)
}

/// The phone of a drill, which is a suite of this name, and whose server is up and has this certificate; skipped where there is
/// no Swift.
///
/// # Errors
/// If something does not compile, or the drill does not come to what it must.
pub(crate) fn drill(cargo: &Cargo, suite: &str, certificate: &Path, tally: &mut Tally) -> Result<(), Failure> {
    let swift = match Toolchain::find(cargo.root()) {
        Ok(swift) if cfg!(target_os = "linux") => swift,
        Ok(_) => {
            tally.skip("swift (on Linux)");
            return Ok(());
        }
        Err(why) => {
            tally.skip(&format!("swift ({why})"));
            return Ok(());
        }
    };
    if !swift.trusts_ours() {
        tally.skip("swift (a certificate of one's own is trusted by a Swift in a folder: bindings/swift/README.md)");
        return Ok(());
    }
    generate(cargo)?;
    let files = Files::under(cargo.root());
    files.write(Path::new(AUTHORITIES), &files.read(certificate)?)?;
    let mut test = spm(&swift, PACKAGE, "test");
    test.args(["--disable-xctest", "--filter", suite]);
    let outcome = tally.run(&format!("swift: {suite}"), &mut test);
    files.remove(Path::new(AUTHORITIES))?;
    outcome
}

/// SwiftPM, with everything that it builds in the target folder.
fn spm(swift: &Toolchain, package: &str, subcommand: &str) -> Command {
    let mut spm = swift.command("swift");
    spm.arg(subcommand).arg("--package-path").arg(swift.root().join(package));
    spm.arg("--scratch-path").arg(swift.root().join("target/swift").join(package));
    spm
}

/// Files that are the same stay untouched: SwiftPM compiles what is newer than its products.
fn write_bindings(cargo: &Cargo, library: &Path) -> Result<(), Failure> {
    bindings::generate(cargo, Language::Swift, library)?;
    let files = Files::under(cargo.root());
    for (from, to) in GENERATED {
        let to = Path::new(PACKAGE).join("Generated").join(to);
        let new = files.read(&Language::Swift.folder().join(from))?;
        if files.read(&to).is_ok_and(|old| old == new) {
            continue;
        }
        files.make_folder(to.parent().unwrap_or(Path::new(PACKAGE)))?;
        files.write(&to, &new)?;
    }
    Ok(())
}

/// Style of everything that is written by hand.
fn format(swift: &Toolchain) -> Result<(), Failure> {
    let mut format = swift.command("swift");
    format.args(["format", "lint", "--strict", "--parallel", "--recursive", "--configuration"]);
    format.arg(swift.root().join(PACKAGE).join(".swift-format"));
    format.args(["bindings/swift/Package.swift", "bindings/swift/Sources", "bindings/swift/Tests"]);
    format.arg(DEMO);
    step::run("swift: format", &mut format)
}

/// Builds, shows every line, and fails on a warning about what is written by hand.
fn without_warnings(title: &str, build: &mut Command) -> Result<(), Failure> {
    let mut warnings = 0_usize;
    step::lines(title, build, |line| warnings += usize::from(is_warning(line)))?;
    if warnings == 0 { Ok(()) } else { Err(Failure::new(format!("{title}: {warnings} warnings"))) }
}

/// `<file>.swift:2:22: warning: ...`, of no file that is generated.
fn is_warning(line: &str) -> bool {
    let Some((place, _)) = line.split_once(": warning: ") else { return false };
    let Some((file, numbers)) = place.split_once(".swift:") else { return false };
    numbers.split(':').all(|number| number.parse::<u32>().is_ok()) && !file.contains("/Generated/")
}

/// The reference as DocC makes it, in which every link leads somewhere.
fn document(cargo: &Cargo, swift: &Toolchain) -> Result<(), Failure> {
    let mut symbols = spm(swift, PACKAGE, "package");
    symbols.args(["dump-symbol-graph", "--minimum-access-level", "public"]);
    let said = step::output("swift package dump-symbol-graph", &mut symbols)?;
    let folder = symbol_folder(&said).ok_or_else(|| Failure::new("SwiftPM does not say where the symbols are"))?;
    let folder = folder.strip_prefix(swift.root()).map_err(|_| Failure::new("the symbols are outside the checkout"))?;
    let files = Files::under(cargo.root());
    files.clear_folder(Path::new(DOCS))?;
    for module in MODULES {
        // A folder for each: DocC takes all that lies in one.
        let own = Path::new(DOCS).join("symbols").join(module);
        let graph = format!("{module}.symbols.json");
        files.make_folder(&own)?;
        files.write(&own.join(&graph), &files.read(&folder.join(&graph))?)?;
        let mut docc = swift.command("docc");
        docc.arg("convert").arg(format!("{PACKAGE}/Sources/{module}/{module}.docc")).arg("--warnings-as-errors");
        docc.arg("--additional-symbol-graph-dir").arg(own);
        docc.args(["--fallback-display-name", module, "--fallback-bundle-identifier", "dev.foretap"]);
        docc.arg("--output-path").arg(format!("{DOCS}/{module}.doccarchive"));
        step::run(&format!("swift: documentation of {module} -> {DOCS}"), &mut docc)?;
    }
    Ok(())
}

/// `Files written to /checkout/target/...`.
fn symbol_folder(said: &str) -> Option<&Path> {
    said.lines().find_map(|line| line.strip_prefix("Files written to ")).map(|folder| Path::new(folder.trim()))
}

/// The app's own files need SwiftUI to compile; their syntax does not.
fn parse_app(cargo: &Cargo, swift: &Toolchain) -> Result<(), Failure> {
    let app = Path::new(DEMO).join("App");
    let mut files = Vec::new();
    let mut folders = vec![app];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(cargo.root().join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            match path.extension() {
                Some(extension) if extension == "swift" => files.push(path),
                _ if entry.path().is_dir() => folders.push(path),
                _ => {}
            }
        }
    }
    if files.is_empty() {
        return Ok(());
    }
    files.sort();
    let mut parse = swift.command("swiftc");
    parse.args(["-frontend", "-parse", "-swift-version", "6"]).args(&files);
    step::run(&format!("swift: {DEMO}, syntax of {} files that only Xcode compiles", files.len()), &mut parse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn swiftpm_says_where_the_symbols_are() {
        let said =
            "Build complete! (0.36s)\n-- Emitting symbol graph for Foretap\nFiles written to /f/target/x/symbolgraph\n";
        assert_eq!(symbol_folder(said), Some(Path::new("/f/target/x/symbolgraph")));
        assert_eq!(symbol_folder("error: no such module"), None);
    }

    #[test]
    fn a_warning_counts_where_it_is_about_what_a_person_wrote() {
        assert!(is_warning("/foretap/bindings/swift/Sources/Foretap/Item.swift:2:22: warning: never used"));
        for other in [
            "/foretap/bindings/swift/Generated/ForetapFFI/ForetapFFI.swift:2:22: warning: never used",
            "  |                      `- warning: never used",
            "/foretap/bindings/swift/Sources/Foretap/Item.swift:2:22: error: no such type",
            "warning: unhandled file",
            "[4/7] Compiling Foretap warning: .swift",
        ] {
            assert!(!is_warning(other), "{other}");
        }
    }
}
