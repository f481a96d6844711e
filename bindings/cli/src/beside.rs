//! Files beside a file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The path with something behind its name: `me.db` and `-wal` give `me.db-wal`.
#[must_use]
pub fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(suffix);
    name.into()
}
