//! `cargo xtask bundle`: learns what the core ships, the start weights and the model beside them, from the UbiqLog phones.

use std::path::{Path, PathBuf};

use crate::cargo::Cargo;
use crate::data;
use crate::failure::Failure;
use crate::files::Files;
use crate::step;
use crate::workshop::{Arithmetic, Lesson, Workshop};

/// Where everything is made.
const FOLDER: &str = "target/bundle";
/// Where the core has what it ships.
const SHIPPED: &str = "core/data";
const WEIGHTS: &str = "start_weights.tsv";
const BUNDLE: &str = "foretap.bundle";

/// What `cargo xtask bundle` takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Leaves core/data as it is, and fails unless both files there are what comes out, byte by byte.
    #[arg(long)]
    check: bool,
}

/// Makes both files in `target/bundle`, then puts them into the core together, or compares them with those there.
///
/// # Errors
/// If the log or Python is missing, a step fails, or a file is another one.
pub(crate) fn run(cargo: &Cargo, arguments: &Arguments) -> Result<(), Failure> {
    let log = data::log(cargo.root(), data::UBIQLOG)?;
    step::step(if arguments.check { "bundle --check" } else { "bundle" }, || {
        let workshop = Workshop::open(cargo)?;
        make(&workshop, &log)?;
        let files = workshop.files();
        let made = [WEIGHTS, BUNDLE].map(|name| (Path::new(SHIPPED).join(name), Path::new(FOLDER).join(name)));
        if arguments.check {
            return step::step("compare with core/data", || compare(files, &made));
        }
        for (shipped, made) in &made {
            files.write(shipped, &files.read(made)?)?;
            println!("{}: written", shipped.display());
        }
        Ok(())
    })
}

/// The steps from the log to a bundle that can be used. What is compiled into `foretap` plays no part in them.
fn make(workshop: &Workshop, log: &Path) -> Result<(), Failure> {
    let [weights, cache, model, bundle] =
        [WEIGHTS, "cache", "model.npz", BUNDLE].map(|name| Path::new(FOLDER).join(name));
    let files = workshop.files();
    files.clear_folder(FOLDER.as_ref())?;
    let mut learn = workshop.foretap("weights");
    step::run(&format!("start weights -> {}", weights.display()), learn.arg(log).arg("--out").arg(&weights))?;
    workshop.cache(log, None, &weights, &cache)?;
    workshop.train(&cache, Lesson { held_out_fold: None, seed: 0 }, &model)?;
    files.remove(&cache)?;
    workshop.pack(&model, Arithmetic::Int8, &weights, &bundle)?;
    step::run("bundle verify", workshop.foretap("bundle").arg("verify").arg(&bundle))
}

fn compare(files: &Files, pairs: &[(PathBuf, PathBuf)]) -> Result<(), Failure> {
    let mut others = Vec::new();
    for (shipped, made) in pairs {
        let is_same = files.read(shipped)? == files.read(made)?;
        println!("{}: {}", shipped.display(), if is_same { "the same" } else { "another" });
        if !is_same {
            others.push(format!("{} is not what comes out now: {}", shipped.display(), made.display()));
        }
    }
    if others.is_empty() { Ok(()) } else { Err(Failure::new(others.join("; "))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_file_that_differs_in_a_byte_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = Files::under(folder.path());
        let pairs = ["table", "bundle"].map(|name| (Path::new("core").join(name), Path::new("made").join(name)));
        for (shipped, made) in &pairs {
            for path in [shipped, made] {
                files.make_folder(path.parent().expect("in a folder")).expect("writable");
                files.write(path, b"the same").expect("writable");
            }
        }
        assert!(compare(&files, &pairs).is_ok());
        files.write(&pairs[1].1, b"the Same").expect("writable");
        let failure = compare(&files, &pairs).expect_err("another bundle").to_string();
        assert!(failure.contains("core/bundle") && !failure.contains("table"), "{failure}");
    }
}
