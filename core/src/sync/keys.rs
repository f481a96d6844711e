//! Public keys, and how many of them must have signed.

use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};

use super::envelope::Role;
use super::error::SyncError;
use super::wire;
use crate::config::MAX_SYNC_KEYS;

/// The bytes of a signature.
pub const SIGNATURE_BYTES: usize = ed25519_dalek::SIGNATURE_LENGTH;

/// An Ed25519 public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// The bytes of a key.
    pub const BYTES: usize = ed25519_dalek::PUBLIC_KEY_LENGTH;

    /// Takes a key; `None` for bytes that are none, or are a weak one, which signs anything.
    #[must_use]
    pub fn new(bytes: &[u8; Self::BYTES]) -> Option<Self> {
        VerifyingKey::from_bytes(bytes).ok().filter(|key| !key.is_weak()).map(Self)
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> [u8; Self::BYTES] {
        self.0.to_bytes()
    }

    /// What signatures name it by.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId(Sha256::digest(self.0.as_bytes()).into())
    }

    /// Whether it signed a message, by the strict rules: no other bytes pass for the same signature.
    #[must_use]
    pub fn signed(&self, message: &[u8], signature: &[u8; SIGNATURE_BYTES]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

/// The SHA-256 sum of a public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; Self::BYTES]);

impl KeyId {
    /// The bytes of an id.
    pub const BYTES: usize = 32;

    /// Takes an id.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }
}

/// Keys that may sign something, and how many of them must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    keys: Vec<PublicKey>,
    threshold: usize,
}

impl Keys {
    /// Keys, all different, and a threshold of 1 to as many as there are.
    ///
    /// # Errors
    /// [`SyncError::Field`].
    pub fn new(keys: Vec<PublicKey>, threshold: usize) -> Result<Self, SyncError> {
        let field = |field, limit| Err(SyncError::Field { role: Role::Root, field, limit });
        let mut ids: Vec<KeyId> = keys.iter().map(PublicKey::id).collect();
        ids.sort_unstable();
        ids.dedup();
        if keys.is_empty() || keys.len() > MAX_SYNC_KEYS || ids.len() < keys.len() {
            return field("keys", "1 to 16, all different");
        }
        if !(1..=keys.len()).contains(&threshold) {
            return field("threshold", "1 to the number of keys");
        }
        Ok(Self { keys, threshold })
    }

    pub(super) fn check(message: Option<wire::Keys>) -> Result<Self, SyncError> {
        let field = |field, limit| SyncError::Field { role: Role::Root, field, limit };
        let message = message.ok_or(field("keys", "there for each kind of file"))?;
        // Before any is taken apart: a point costs more to check than a byte.
        if message.keys.len() > MAX_SYNC_KEYS {
            return Err(field("keys", "1 to 16, all different"));
        }
        let key = |bytes: &Vec<u8>| bytes.as_slice().try_into().ok().and_then(PublicKey::new);
        let keys = message.keys.iter().map(key).collect::<Option<Vec<_>>>();
        let keys = keys.ok_or(field("key", "an Ed25519 public key that is not weak"))?;
        Self::new(keys, message.threshold as usize)
    }

    pub(super) fn message(&self) -> wire::Keys {
        let keys = self.keys.iter().map(|key| key.bytes().to_vec()).collect();
        wire::Keys { keys, threshold: u32::try_from(self.threshold).unwrap_or(u32::MAX) }
    }

    /// How many must sign.
    #[must_use]
    pub const fn threshold(&self) -> usize {
        self.threshold
    }

    /// The keys.
    #[must_use]
    pub fn all(&self) -> &[PublicKey] {
        &self.keys
    }

    /// How many different keys of these signed a message. Of several signatures under one id the first counts.
    pub(super) fn signed(&self, message: &[u8], signatures: &[(KeyId, [u8; SIGNATURE_BYTES])]) -> usize {
        let is_signed = |key: &&PublicKey| {
            let id = key.id();
            let found = signatures.iter().find(|(by, _)| *by == id);
            found.is_some_and(|(_, signature)| key.signed(message, signature))
        };
        self.keys.iter().filter(is_signed).count()
    }
}
