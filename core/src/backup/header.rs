//! What stands before the sealed chunks, and the key that comes from it and the secret.

use std::io::Read;

use argon2::{Algorithm, Argon2, Params, Version};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Secret;
use crate::config::{
    ARGON2_KIB, ARGON2_LANES, ARGON2_PASSES, MAX_ARGON2_KIB, MAX_ARGON2_LANES, MAX_ARGON2_PASSES, MAX_PASSPHRASE_BYTES,
    MIN_PASSPHRASE_BYTES,
};
use crate::error::{BackupError, Result};
use crate::store::wipe;

/// The newest format of exports that this library reads, and the one it writes.
pub const FORMAT: u8 = 1;
const MAGIC: [u8; 8] = *b"FTEXPORT";
const OF_KEY: u8 = 1;
const OF_PASSPHRASE: u8 = 2;

/// What Argon2id was told to cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cost {
    kib: u32,
    passes: u32,
    lanes: u32,
}

impl Cost {
    const USUAL: Self = Self { kib: ARGON2_KIB, passes: ARGON2_PASSES, lanes: ARGON2_LANES };

    /// An export that asks for a gigabyte of memory is not opened: it is not one of ours.
    fn check(self) -> Result<Self, BackupError> {
        let is_fair = (8 * self.lanes.max(1)..=MAX_ARGON2_KIB).contains(&self.kib)
            && (1..=MAX_ARGON2_PASSES).contains(&self.passes)
            && (1..=MAX_ARGON2_LANES).contains(&self.lanes);
        let limit = "8 KiB a lane to 64 MiB, 1 to 16 passes, 1 to 4 lanes";
        if is_fair { Ok(self) } else { Err(BackupError::Field { field: "Argon2id cost", limit }) }
    }

    fn stretch(self, passphrase: &str, salt: &[u8; 32]) -> Result<[u8; 32], BackupError> {
        if !(MIN_PASSPHRASE_BYTES..=MAX_PASSPHRASE_BYTES).contains(&passphrase.len()) {
            return Err(BackupError::Passphrase { min: MIN_PASSPHRASE_BYTES, max: MAX_PASSPHRASE_BYTES });
        }
        let params = Params::new(self.kib, self.passes, self.lanes, Some(32)).expect("the cost was checked");
        let mut stretched = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), salt, &mut stretched)
            .expect("lengths that Argon2 takes");
        Ok(stretched)
    }
}

/// The header of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    /// `None` for a key.
    cost: Option<Cost>,
    salt: [u8; 32],
}

/// Key and nonce of one file; overwritten when dropped.
pub(super) struct FileKey {
    pub(super) key: [u8; 32],
    pub(super) nonce: [u8; 19],
}

impl Drop for FileKey {
    fn drop(&mut self) {
        wipe(&mut self.key);
    }
}

impl Header {
    /// The header of a new export.
    pub(super) fn new(secret: &Secret<'_>, salt: [u8; 32]) -> Self {
        Self { cost: matches!(secret, Secret::Passphrase(_)).then_some(Cost::USUAL), salt }
    }

    /// The header as bytes.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([FORMAT, if self.cost.is_some() { OF_PASSPHRASE } else { OF_KEY }]);
        if let Some(Cost { kib, passes, lanes }) = self.cost {
            bytes.extend([kib, passes, lanes].into_iter().flat_map(u32::to_le_bytes));
        }
        bytes.extend(self.salt);
        bytes
    }

    /// Reads a header.
    ///
    /// # Errors
    /// [`BackupError::NotAnExport`], [`BackupError::NewerFormat`], [`BackupError::Cut`], [`BackupError::Field`]; the
    /// reader's.
    pub(super) fn read(from: &mut dyn Read) -> Result<Self> {
        if part(from)? != Some(MAGIC) {
            return Err(BackupError::NotAnExport.into());
        }
        let [format, kind] = part(from)?.ok_or(BackupError::Cut)?;
        if format == 0 {
            return Err(BackupError::NotAnExport.into());
        }
        if format > FORMAT {
            return Err(BackupError::NewerFormat { found: format.into(), supported: FORMAT.into() }.into());
        }
        let mut number = || Ok(u32::from_le_bytes(part(from)?.ok_or(BackupError::Cut)?)) as Result<u32>;
        let cost = match kind {
            OF_KEY => None,
            OF_PASSPHRASE => Some(Cost { kib: number()?, passes: number()?, lanes: number()? }.check()?),
            _ => return Err(BackupError::Field { field: "kind of secret", limit: "1 or 2" }.into()),
        };
        Ok(Self { cost, salt: part(from)?.ok_or(BackupError::Cut)? })
    }

    /// The key and nonce of the file that this header begins.
    ///
    /// # Errors
    /// [`BackupError::OtherSecret`] where the other kind of secret locks it, [`BackupError::Passphrase`].
    pub(super) fn file_key(&self, secret: &Secret<'_>) -> Result<FileKey, BackupError> {
        let mut secret = match (secret, self.cost) {
            (Secret::Key(key), None) => **key,
            (Secret::Passphrase(passphrase), Some(cost)) => cost.stretch(passphrase, &self.salt)?,
            (Secret::Key(_), Some(_)) => return Err(BackupError::OtherSecret { expected: "passphrase" }),
            (Secret::Passphrase(_), None) => return Err(BackupError::OtherSecret { expected: "key" }),
        };
        let key = derived(&secret, b"foretap/export/1|key|", &self.salt);
        let nonce = derived(&secret, b"foretap/export/1|nonce|", &self.salt);
        wipe(&mut secret);
        Ok(FileKey { key, nonce: std::array::from_fn(|n| nonce[n]) })
    }
}

/// HMAC-SHA256 under a secret.
pub(super) fn derived(secret: &[u8; 32], domain: &[u8], bytes: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(domain);
    mac.update(bytes);
    mac.finalize().into_bytes().into()
}

/// The next bytes; `None` if there are not so many.
fn part<const N: usize>(from: &mut dyn Read) -> Result<Option<[u8; N]>> {
    let mut bytes = [0; N];
    match from.read_exact(&mut bytes) {
        Ok(()) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(None),
        Err(error) => Err(error.into()),
    }
}
