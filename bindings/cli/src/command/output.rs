//! What a command leaves behind: files, and text on standard output.

use std::io::Write;
use std::path::Path;

use crate::failure::Failure;

/// Refuses a file whose folder is not there, or that would replace one of the inputs, before minutes are spent on its
/// content.
///
/// # Errors
/// If the folder is missing, the path is a folder, or an input.
pub(crate) fn check(path: &Path, inputs: &[&Path]) -> Result<(), Failure> {
    let real = |path: &Path| path.canonicalize().ok();
    if inputs.iter().any(|input| real(path).is_some_and(|real_path| real(input) == Some(real_path))) {
        return Err(Failure::Argument(format!("{}: is an input, and would be replaced", path.display())));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(missing) = folder.filter(|folder| !folder.is_dir()) {
        return Err(Failure::Argument(format!("{}: there is no folder {}", path.display(), missing.display())));
    }
    if path.is_dir() {
        return Err(Failure::Argument(format!("{}: is a folder", path.display())));
    }
    Ok(())
}

/// Writes a file.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn write(path: &Path, content: &(impl AsRef<[u8]> + ?Sized)) -> Result<(), Failure> {
    std::fs::write(path, content).map_err(Failure::output(path))
}

/// Writes to standard output; a reader who has seen enough is no failure.
///
/// # Errors
/// If it cannot be written.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::output("standard output".as_ref())(error))
        }
        _ => Ok(()),
    }
}
