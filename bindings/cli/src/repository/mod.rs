//! What a publisher of models does besides signing: writes what is to be signed, puts signatures to it, shows signed files,
//! makes deltas. Keys stay with whoever signs.

mod error;
mod read;
mod shown;
mod signature;

use std::path::Path;

use foretap_core::sync::{Delta, Envelope, Release, Role, Root, SyncError, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::hex::hex;

pub use error::RepositoryError;
pub use signature::{BadSignature, Signature};

/// The bytes to be signed for what a JSON file says. Every rule is checked that a phone checks in this file alone.
///
/// # Errors
/// [`RepositoryError::Json`] with the field that is missing, unknown or not what it must be; [`RepositoryError::Refused`] with
/// the one that breaks a rule.
pub fn encode(role: Role, path: &Path) -> Result<Vec<u8>, RepositoryError> {
    let payload = read::payload(role, path)?;
    check(role, &payload).map_err(RepositoryError::refused(path))?;
    Ok(Envelope::signed_bytes(role, &payload))
}

/// The signed file of the bytes that [`encode`] wrote. Each signature is verified; several of one key count once.
///
/// # Errors
/// [`RepositoryError::NotToSign`], [`RepositoryError::WrongSignature`], [`RepositoryError::TooManySignatures`],
/// [`RepositoryError::Refused`], [`RepositoryError::Unreadable`].
pub fn seal(path: &Path, signatures: &[Signature]) -> Result<Vec<u8>, RepositoryError> {
    let to_sign = read_bytes(path)?;
    let of_role = |role| Some((role, to_sign.strip_prefix(Envelope::signed_bytes(role, &[]).as_slice())?));
    let found = Role::ALL.into_iter().find_map(of_role);
    let (role, payload) = found.ok_or_else(|| RepositoryError::NotToSign { path: path.to_owned() })?;
    check(role, payload).map_err(RepositoryError::refused(path))?;
    let mut sealed = Vec::new();
    for signature in signatures {
        let id = signature.key.id();
        if !signature.key.signed(&to_sign, &signature.bytes) {
            return Err(RepositoryError::WrongSignature { path: path.to_owned(), key: hex(id.bytes()) });
        }
        if sealed.iter().all(|(known, _)| *known != id) {
            sealed.push((id, signature.bytes));
        }
    }
    Envelope::seal(role, payload, &sealed).map_err(|refused| match refused {
        SyncError::NotSigned => RepositoryError::TooManySignatures { path: path.to_owned() },
        refused => RepositoryError::refused(path)(refused),
    })
}

/// What a signed file says, as the JSON that [`encode`] reads with two fields more: its role and the ids of the keys that it
/// says it is signed by. Nothing is verified; of a root a third field says whether its own keys signed it.
///
/// # Errors
/// [`RepositoryError::Unreadable`], [`RepositoryError::Refused`].
pub fn show(path: &Path) -> Result<Value, RepositoryError> {
    let file = read_bytes(path)?;
    shown::file(&file).map_err(RepositoryError::refused(path))
}

/// A delta that was made, and tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeDelta {
    /// The delta's file.
    pub file: Vec<u8>,
    /// The SHA-256 sum of the bundle that it starts from.
    pub from: [u8; 32],
    /// The SHA-256 sum of the bundle that it leads to.
    pub to: [u8; 32],
    /// The length of that bundle.
    pub of_bytes: usize,
}

impl MadeDelta {
    /// Sums, lengths in bytes, and which share of the new bundle's length the delta has.
    #[must_use]
    pub fn json(&self) -> Value {
        let (bytes, of) = (self.file.len(), self.of_bytes);
        #[expect(clippy::cast_precision_loss, reason = "a bundle is far below 2^52 bytes")]
        let share = bytes as f64 / of as f64;
        json!({ "from": hex(&self.from), "to": hex(&self.to), "bytes": bytes, "of": of, "share": share })
    }
}

/// Makes the delta from one bundle to another, and carries it out once.
///
/// # Errors
/// [`RepositoryError::Unreadable`]; [`RepositoryError::Empty`]; [`RepositoryError::Delta`] for files longer than bundles are,
/// and where no delta is short enough to be one.
pub fn delta(old: &Path, new: &Path) -> Result<MadeDelta, RepositoryError> {
    let (base, result) = (read_bytes(old)?, read_bytes(new)?);
    if result.is_empty() {
        return Err(RepositoryError::Empty { path: new.to_owned() });
    }
    let refused = |source| RepositoryError::Delta { path: new.to_owned(), source };
    let file = Delta::between(&base, &result).map_err(refused)?;
    let led_to = Delta::parse(&file).and_then(|delta| delta.apply(&base)).map_err(refused)?;
    if led_to != result {
        return Err(refused(foretap_core::sync::DeltaError::Mismatch));
    }
    let sum = |file: &[u8]| -> [u8; 32] { Sha256::digest(file).into() };
    Ok(MadeDelta { file, from: sum(&base), to: sum(&result), of_bytes: result.len() })
}

/// What a phone checks in a payload, and that the file is not too long already without signatures.
fn check(role: Role, payload: &[u8]) -> Result<(), SyncError> {
    match role {
        Role::Root => Root::decode(payload).map(drop),
        Role::Release => Release::decode(payload).map(drop),
        Role::Timestamp => Timestamp::decode(payload).map(drop),
    }?;
    Envelope::seal(role, payload, &[]).map(drop)
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, RepositoryError> {
    std::fs::read(path).map_err(|source| RepositoryError::Unreadable { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests;
