//! Timestamps: which release counts now.

use prost::Message;

use super::envelope::{Envelope, Role};
use super::error::SyncError;
use super::fields::{check_digest, check_name, check_times};
use super::root::Root;
use super::wire;
use crate::config::{MAX_RELEASE_BYTES, MAX_TIMESTAMP_S};

/// A timestamp whose signatures are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// Which product the repository is of.
    pub product: String,
    /// That of the release.
    pub channel: String,
    /// Grows with every one of a channel.
    pub version: u64,
    /// Seconds since 1970 at which it was signed.
    pub issued_s: i64,
    /// From which on it counts no longer.
    pub expires_s: i64,
    /// The release's version.
    pub release_version: u64,
    /// The SHA-256 sum of the release's file.
    pub release_sha256: [u8; 32],
    /// The length of the release's file.
    pub release_bytes: usize,
}

impl Timestamp {
    /// Verifies and reads a file.
    ///
    /// # Errors
    /// Any [`SyncError`] but those of versions and times, which are asked of [`Trust`](super::Trust).
    pub fn verify(file: &[u8], root: &Root) -> Result<Self, SyncError> {
        let timestamp = Self::decode(Envelope::parse(file, Role::Timestamp)?.verified(&root.timestamp)?)?;
        if timestamp.product != root.product {
            return Err(SyncError::WrongProduct { role: Role::Timestamp });
        }
        if timestamp.issued_s >= root.expires_s {
            // It sets the time that a phone goes by: whoever signs timestamps must not end all roots.
            return Err(SyncError::Field {
                role: Role::Timestamp,
                field: "issued_s",
                limit: "before the root expires",
            });
        }
        Ok(timestamp)
    }

    /// The payload of this timestamp.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let message = wire::Timestamp {
            product: self.product.clone(),
            version: self.version,
            issued_s: self.issued_s,
            expires_s: self.expires_s,
            release_version: self.release_version,
            release_sha256: self.release_sha256.to_vec(),
            release_bytes: u32::try_from(self.release_bytes).unwrap_or(u32::MAX),
            channel: self.channel.clone(),
        };
        message.encode_to_vec()
    }

    /// Reads a payload, and checks each field of it. It says nothing of signatures: a phone believes what
    /// [`Self::verify`] gives, a publisher checks with this what is to be signed.
    ///
    /// # Errors
    /// [`SyncError::Undecodable`], [`SyncError::Field`].
    pub fn decode(payload: &[u8]) -> Result<Self, SyncError> {
        const ROLE: Role = Role::Timestamp;
        let message = wire::Timestamp::decode(payload).map_err(|_| SyncError::Undecodable { role: ROLE })?;
        let field = |field, limit| Err(SyncError::Field { role: ROLE, field, limit });
        if message.version == 0 || message.release_version == 0 {
            return field("version", "1 or more");
        }
        let most = (MAX_TIMESTAMP_S, "31 days after issued_s at most");
        check_times(ROLE, message.issued_s, message.expires_s, most)?;
        let release_bytes = message.release_bytes as usize;
        if !(1..=MAX_RELEASE_BYTES).contains(&release_bytes) {
            return field("release_bytes", "1 to 65,536");
        }
        Ok(Self {
            product: check_name(ROLE, "product", message.product)?,
            channel: check_name(ROLE, "channel", message.channel)?,
            version: message.version,
            issued_s: message.issued_s,
            expires_s: message.expires_s,
            release_version: message.release_version,
            release_sha256: check_digest(ROLE, "release_sha256", &message.release_sha256)?,
            release_bytes,
        })
    }
}
