//! Files that lie beside another and have its name with something behind it.

use std::path::{Path, PathBuf};

/// The path with `suffix` behind it: `log.db` and `.owner` give `log.db.owner`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
