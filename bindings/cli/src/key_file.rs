//! The key of an encrypted log, in a file.

use std::io::Write;
use std::path::{Path, PathBuf};

use foretap_core::store::Key;

use crate::hex::{bytes, hex};

/// Why a file gives no key. `Display` begins with the file and shows nothing of a key.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyFileError {
    /// The file is not there or cannot be read.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file holds no key.
    #[error("{}: is no key: 96 hexadecimal digits are needed, the 32 bytes of the key and then the 16 of the salt", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
    },
}

/// Reads the key and the salt, in hexadecimal digits with any white space.
///
/// # Errors
/// [`KeyFileError`].
pub fn read(path: &Path) -> Result<Key, KeyFileError> {
    let unreadable = |source| KeyFileError::Unreadable { path: path.into(), source };
    let text = std::fs::read(path).map_err(unreadable)?;
    let digits: Vec<u8> = text.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let parts = bytes(&digits).and_then(|bytes| {
        let (key, salt) = bytes.split_first_chunk::<32>()?;
        Some(Key::new(*key, salt.try_into().ok()?))
    });
    parts.ok_or_else(|| KeyFileError::NotAKey { path: path.into() })
}

/// Writes a new key file that only its owner can read: 48 random bytes as hexadecimal digits.
///
/// # Errors
/// The system's; also if there is a file already.
pub fn write(path: &Path, random: &[u8; 48]) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(format!("{}\n", hex(random)).as_bytes())
}
