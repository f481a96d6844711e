//! Signed files: a fixed frame around a payload, verified before the payload is read.
//!
//! ```text
//! "FORETAPSYNC"  role u8  format u8  count u8  count x (key id [32]  signature [64])  payload
//! ```
//!
//! A signature is Ed25519's, strictly verified, over `"foretap sync v1\0" role format payload`: no file can be given as
//! one of another kind.

use super::error::SyncError;
use super::keys::{KeyId, Keys, SIGNATURE_BYTES};
use crate::config::{MAX_RELEASE_BYTES, MAX_ROOT_BYTES, MAX_SYNC_SIGNATURES, MAX_TIMESTAMP_BYTES};

/// The kinds of signed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Role {
    /// Whose keys count.
    Root = 1,
    /// Models, and who is to have which.
    Release = 2,
    /// Which release counts now.
    Timestamp = 3,
}

impl Role {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Root, Self::Release, Self::Timestamp];

    /// The word used in errors, as `release`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::Release => "release",
            Self::Timestamp => "timestamp",
        }
    }

    /// The most bytes of such a file.
    #[must_use]
    pub const fn max_bytes(self) -> usize {
        match self {
            Self::Root => MAX_ROOT_BYTES,
            Self::Release => MAX_RELEASE_BYTES,
            Self::Timestamp => MAX_TIMESTAMP_BYTES,
        }
    }

    fn of(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|role| *role as u8 == number)
    }
}

impl std::fmt::Display for Role {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

const MAGIC: &[u8; 11] = b"FORETAPSYNC";
const FORMAT: u8 = 1;
const DOMAIN: &[u8] = b"foretap sync v1\0";
const ENTRY_BYTES: usize = KeyId::BYTES + SIGNATURE_BYTES;

/// A signed file, taken apart and not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope<'a> {
    role: Role,
    format: u8,
    signatures: Vec<(KeyId, [u8; SIGNATURE_BYTES])>,
    payload: &'a [u8],
}

impl<'a> Envelope<'a> {
    /// Takes a file apart.
    ///
    /// # Errors
    /// [`SyncError::TooLarge`], [`SyncError::NotSigned`], [`SyncError::NewerFormat`], [`SyncError::WrongRole`].
    pub fn parse(file: &'a [u8], expected: Role) -> Result<Self, SyncError> {
        let max = expected.max_bytes();
        if file.len() > max {
            return Err(SyncError::TooLarge { role: expected, max });
        }
        let rest = file.strip_prefix(MAGIC).ok_or(SyncError::NotSigned)?;
        let (&[role, format, count], rest) = rest.split_first_chunk().ok_or(SyncError::NotSigned)?;
        let found = Role::of(role).ok_or(SyncError::NotSigned)?;
        match format {
            0 => return Err(SyncError::NotSigned),
            1..=FORMAT => {}
            found => return Err(SyncError::NewerFormat { found, supported: FORMAT }),
        }
        if found != expected {
            return Err(SyncError::WrongRole { expected, found });
        }
        let count = usize::from(count);
        if count > MAX_SYNC_SIGNATURES {
            return Err(SyncError::NotSigned);
        }
        let (entries, payload) = rest.split_at_checked(count * ENTRY_BYTES).ok_or(SyncError::NotSigned)?;
        let (entries, _) = entries.as_chunks::<ENTRY_BYTES>();
        Ok(Self { role: found, format, signatures: entries.iter().map(entry).collect(), payload })
    }

    /// The bytes that are signed for a payload that is [`Self::seal`]ed.
    #[must_use]
    pub fn signed_bytes(role: Role, payload: &[u8]) -> Vec<u8> {
        message(role, FORMAT, payload)
    }

    /// Puts a payload and signatures over its [`Self::signed_bytes`] together.
    ///
    /// # Errors
    /// [`SyncError::TooLarge`]; [`SyncError::NotSigned`] with more signatures than a reader takes.
    pub fn seal(
        role: Role,
        payload: &[u8],
        signatures: &[(KeyId, [u8; SIGNATURE_BYTES])],
    ) -> Result<Vec<u8>, SyncError> {
        let count = u8::try_from(signatures.len()).ok().filter(|count| usize::from(*count) <= MAX_SYNC_SIGNATURES);
        let mut file = MAGIC.to_vec();
        file.extend([role as u8, FORMAT, count.ok_or(SyncError::NotSigned)?]);
        for (id, signature) in signatures {
            file.extend(id.bytes());
            file.extend(signature);
        }
        file.extend(payload);
        let max = role.max_bytes();
        if file.len() > max { Err(SyncError::TooLarge { role, max }) } else { Ok(file) }
    }

    /// The payload, once enough of these keys signed it. A key counts once, however often it signed.
    ///
    /// # Errors
    /// [`SyncError::Signatures`].
    pub fn verified(&self, keys: &Keys) -> Result<&'a [u8], SyncError> {
        let message = message(self.role, self.format, self.payload);
        let valid = keys.signed(&message, &self.signatures);
        if valid < keys.threshold() {
            return Err(SyncError::Signatures { role: self.role, valid, threshold: keys.threshold() });
        }
        Ok(self.payload)
    }

    /// The payload as it is, signed or not: of the first root, in which the keys are that it is verified with, and for who shows
    /// a file without believing it.
    #[must_use]
    pub const fn unverified(&self) -> &'a [u8] {
        self.payload
    }

    /// Whose signatures it says it has, in its order; none of them was verified.
    pub fn signers(&self) -> impl Iterator<Item = KeyId> {
        self.signatures.iter().map(|(id, _)| *id)
    }
}

fn message(role: Role, format: u8, payload: &[u8]) -> Vec<u8> {
    [DOMAIN, &[role as u8, format], payload].concat()
}

fn entry(bytes: &[u8; ENTRY_BYTES]) -> (KeyId, [u8; SIGNATURE_BYTES]) {
    let mut id = [0; KeyId::BYTES];
    let mut signature = [0; SIGNATURE_BYTES];
    id.copy_from_slice(&bytes[..KeyId::BYTES]);
    signature.copy_from_slice(&bytes[KeyId::BYTES..]);
    (KeyId::new(id), signature)
}
