//! Writes the bindings that a built `foretap-ffi` says it has. A program of its own, because UniFFI's generator takes longer
//! to compile than everything else that a developer's command needs.

use std::error::Error;
use std::path::{Path, PathBuf};

use clap::{Parser, ValueEnum};
use uniffi_bindgen::bindings::{GenerateOptions, TargetLanguage, generate};

/// Writes the bindings of a library.
#[derive(Parser)]
struct Arguments {
    language: Language,
    /// The shared or static library, built from this version of the workspace.
    library: PathBuf,
    /// The folder to write to.
    folder: PathBuf,
    /// How the bindings are named: `uniffi.toml`.
    configuration: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Kotlin,
    Swift,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    generate(GenerateOptions {
        languages: vec![match arguments.language {
            Language::Kotlin => TargetLanguage::Kotlin,
            Language::Swift => TargetLanguage::Swift,
        }],
        source: text(&arguments.library)?.into(),
        out_dir: text(&arguments.folder)?.into(),
        config_override: Some(text(&arguments.configuration)?.into()),
        format: false,
        crate_filter: None,
        metadata_no_deps: true,
    })?;
    Ok(())
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("{} is not UTF-8", path.display()))
}
