//! Where the real logs lie. They are other people's data and never part of this repository.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// The UbiqLog phones.
pub(crate) const UBIQLOG: &str = "ubiqlog.tsv.gz";
/// Two phones of 2019, with real unlocks.
pub(crate) const TWO_PHONES: &str = "two_phones_2019.csv.gz";

/// A log in the folder that `FORETAP_DATA` names, else in `../shared/data` from the root.
///
/// # Errors
/// If it is not there.
pub(crate) fn log(root: &Path, name: &str) -> Result<PathBuf, Failure> {
    log_in(root, std::env::var_os("FORETAP_DATA"), name)
}

fn log_in(root: &Path, folder: Option<OsString>, name: &str) -> Result<PathBuf, Failure> {
    let log = root.join(folder.unwrap_or_else(|| "../shared/data".into())).join(name);
    if log.is_file() {
        return Ok(log);
    }
    Err(Failure::missing(format!("{} is missing. Name the folder that holds {name} in FORETAP_DATA.", log.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_found_in_the_named_folder_and_a_missing_one_is_named() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("log.gz"), "").expect("writable");
        let named = Some(folder.path().as_os_str().to_owned());
        assert_eq!(
            log_in(Path::new("/nowhere"), named.clone(), "log.gz").expect("there"),
            folder.path().join("log.gz")
        );
        let failure = log_in(Path::new("/nowhere"), named, "other.gz").expect_err("not there").to_string();
        assert!(failure.contains("other.gz is missing") && failure.contains("FORETAP_DATA"));
        assert!(log_in(folder.path(), None, "log.gz").is_err());
    }
}
