//! Roots: whose keys count.

use prost::Message;

use super::envelope::{Envelope, Role};
use super::error::{ExpectedVersion, SyncError};
use super::fields::check_name;
use super::keys::Keys;
use super::wire;

/// A root that was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Which product the repository is of.
    pub product: String,
    /// From 1.
    pub version: u64,
    /// Seconds since 1970 from which on it counts no longer.
    pub expires_s: i64,
    /// Who signs roots.
    pub root: Keys,
    /// Who signs releases.
    pub release: Keys,
    /// Who signs timestamps.
    pub timestamp: Keys,
    /// The lowest version of a release that is believed; it never falls.
    pub floor: u64,
}

impl Root {
    /// The first root that a phone knows, which came with its library or host: it is signed by its own keys.
    ///
    /// # Errors
    /// Any [`SyncError`] but [`SyncError::Expired`]: whether it still counts is asked when something newer was looked for.
    pub fn first(file: &[u8]) -> Result<Self, SyncError> {
        let envelope = Envelope::parse(file, Role::Root)?;
        // Whose signatures count is in the payload itself: it is verified as soon as it is read.
        let root = Self::decode(envelope.unverified())?;
        envelope.verified(&root.root)?;
        Ok(root)
    }

    /// The root after this one: signed by the keys of both.
    ///
    /// # Errors
    /// Any [`SyncError`] but [`SyncError::Expired`].
    pub fn next(&self, file: &[u8]) -> Result<Self, SyncError> {
        let envelope = Envelope::parse(file, Role::Root)?;
        let root = Self::decode(envelope.verified(&self.root)?)?;
        envelope.verified(&root.root)?;
        if root.product != self.product {
            return Err(SyncError::WrongProduct { role: Role::Root });
        }
        let expected = self.version.saturating_add(1);
        if root.version != expected {
            let expected = ExpectedVersion::Exactly(expected);
            return Err(SyncError::Version { role: Role::Root, found: root.version, expected });
        }
        if root.floor < self.floor {
            return Err(SyncError::Field { role: Role::Root, field: "floor", limit: "no lower than before" });
        }
        Ok(root)
    }

    /// The payload of this root.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let message = wire::Root {
            product: self.product.clone(),
            version: self.version,
            expires_s: self.expires_s,
            root: Some(self.root.message()),
            release: Some(self.release.message()),
            timestamp: Some(self.timestamp.message()),
            floor: self.floor,
        };
        message.encode_to_vec()
    }

    /// Reads a payload, and checks each field of it. It says nothing of signatures: a phone believes what [`Self::first`] and
    /// [`Self::next`] give, a publisher checks with this what is to be signed.
    ///
    /// # Errors
    /// [`SyncError::Undecodable`], [`SyncError::Field`].
    pub fn decode(payload: &[u8]) -> Result<Self, SyncError> {
        let message = wire::Root::decode(payload).map_err(|_| SyncError::Undecodable { role: Role::Root })?;
        if message.version == 0 {
            return Err(SyncError::Field { role: Role::Root, field: "version", limit: "1 or more" });
        }
        Ok(Self {
            product: check_name(Role::Root, "product", message.product)?,
            version: message.version,
            expires_s: message.expires_s,
            root: Keys::check(message.root)?,
            release: Keys::check(message.release)?,
            timestamp: Keys::check(message.timestamp)?,
            floor: message.floor,
        })
    }
}
