//! The files of a command, by paths relative to the root.

use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// What lies under the root.
#[derive(Debug, Clone)]
pub(crate) struct Files {
    root: PathBuf,
}

impl Files {
    /// Those under this root.
    pub(crate) fn under(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(crate) fn read(&self, file: &Path) -> Result<Vec<u8>, Failure> {
        std::fs::read(self.root.join(file)).map_err(failed(file))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn write(&self, file: &Path, content: &[u8]) -> Result<(), Failure> {
        std::fs::write(self.root.join(file), content).map_err(failed(file))
    }

    /// Makes a folder, unless it is there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn make_folder(&self, folder: &Path) -> Result<(), Failure> {
        std::fs::create_dir_all(self.root.join(folder)).map_err(failed(folder))
    }

    /// An empty folder, whatever was there.
    ///
    /// # Errors
    /// If it cannot be made.
    pub(crate) fn clear_folder(&self, folder: &Path) -> Result<(), Failure> {
        self.remove(folder)?;
        self.make_folder(folder)
    }

    /// Removes a file, or a folder with all in it, if it is there.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub(crate) fn remove(&self, path: &Path) -> Result<(), Failure> {
        let whole = self.root.join(path);
        let removed = if whole.is_dir() { std::fs::remove_dir_all(whole) } else { std::fs::remove_file(whole) };
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(failed(path)(error)),
            _ => Ok(()),
        }
    }
}

fn failed(path: &Path) -> impl Fn(Error) -> Failure {
    move |error| Failure::new(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_what_is_removed_is_gone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let files = Files::under(folder.path());
        let file = Path::new("target/run/a.txt");
        assert!(files.write(file, b"a").expect_err("no folder").to_string().starts_with("target/run/a.txt: "));
        files.clear_folder(Path::new("target/run")).expect("writable");
        files.write(file, b"a").expect("writable");
        assert_eq!(files.read(file).expect("readable"), b"a");
        files.clear_folder(Path::new("target/run")).expect("writable");
        assert!(files.read(file).is_err());
        files.remove(file).expect("it is gone already");
        files.remove(Path::new("target")).expect("removable");
        assert!(!folder.path().join("target").exists());
    }
}
