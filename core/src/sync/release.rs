//! Releases: models, the ways to them, and who is to have which.

use prost::Message;

use super::envelope::{Envelope, Role};
use super::error::SyncError;
use super::fields::{check_digest, check_name, check_times};
use super::rollout::Rollout;
use super::root::Root;
use super::wire;
use crate::config::{MAX_BUNDLE_BYTES, MAX_RELEASE_DELTAS, MAX_RELEASE_MODELS, MAX_RELEASE_REVOKED, MAX_RELEASE_S};

const ROLE: Role = Role::Release;

/// A release whose signatures are right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// Which product the repository is of.
    pub product: String,
    /// As `stable` or `beta`.
    pub channel: String,
    /// Grows with every one of a channel.
    pub version: u64,
    /// Seconds since 1970 at which it was signed.
    pub issued_s: i64,
    /// From which on it counts no longer.
    pub expires_s: i64,
    /// The models; no two have the same sum.
    pub models: Vec<ModelEntry>,
    /// SHA-256 sums of bundles that are used no longer.
    pub revoked: Vec<[u8; 32]>,
    /// Who is to have which.
    pub rollout: Rollout,
}

/// A bundle and the ways to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelEntry {
    /// As a table shows it.
    pub name: String,
    /// The SHA-256 sum of the bundle's file.
    pub sha256: [u8; 32],
    /// Its length.
    pub bytes: usize,
    /// The hash of the features that it reads.
    pub feature_schema: [u8; 32],
    /// The format of bundles that it has.
    pub format: u32,
    /// The newest base first.
    pub deltas: Vec<DeltaEntry>,
    /// The most microseconds that the median answer may take; 0: no limit of its own.
    pub answer_us: u32,
}

/// A shorter way to a bundle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeltaEntry {
    /// The SHA-256 sum of the bundle that it starts from.
    pub from: [u8; 32],
    /// Of the delta's file.
    pub sha256: [u8; 32],
    /// The length of the delta's file.
    pub bytes: usize,
}

impl Release {
    /// Verifies and reads a file.
    ///
    /// # Errors
    /// Any [`SyncError`] but those of versions and times, which are asked of [`Trust`](super::Trust).
    pub fn verify(file: &[u8], root: &Root) -> Result<Self, SyncError> {
        let release = Self::decode(Envelope::parse(file, ROLE)?.verified(&root.release)?)?;
        if release.product != root.product {
            return Err(SyncError::WrongProduct { role: ROLE });
        }
        Ok(release)
    }

    /// The model with this sum.
    #[must_use]
    pub fn model(&self, sha256: &[u8; 32]) -> Option<&ModelEntry> {
        self.models.iter().find(|model| model.sha256 == *sha256)
    }

    /// Whether a bundle is used no longer.
    #[must_use]
    pub fn is_revoked(&self, sha256: &[u8; 32]) -> bool {
        self.revoked.contains(sha256)
    }

    /// The payload of this release.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        let message = wire::Release {
            product: self.product.clone(),
            channel: self.channel.clone(),
            version: self.version,
            issued_s: self.issued_s,
            expires_s: self.expires_s,
            models: self.models.iter().map(ModelEntry::message).collect(),
            revoked: self.revoked.iter().map(|sum| sum.to_vec()).collect(),
            rollout: Some(self.rollout.message()),
        };
        message.encode_to_vec()
    }

    /// Reads a payload, and checks each field of it. It says nothing of signatures: a phone believes what
    /// [`Self::verify`] gives, a publisher checks with this what is to be signed.
    ///
    /// # Errors
    /// [`SyncError::Undecodable`], [`SyncError::Field`].
    pub fn decode(payload: &[u8]) -> Result<Self, SyncError> {
        let message = wire::Release::decode(payload).map_err(|_| SyncError::Undecodable { role: ROLE })?;
        if message.version == 0 {
            return field("version", "1 or more");
        }
        let most = (MAX_RELEASE_S, "366 days after issued_s at most");
        check_times(ROLE, message.issued_s, message.expires_s, most)?;
        if message.models.len() > MAX_RELEASE_MODELS {
            return field("models", "16 at most");
        }
        if message.revoked.len() > MAX_RELEASE_REVOKED {
            return field("revoked", "256 at most");
        }
        let models = message.models.into_iter().map(ModelEntry::check).collect::<Result<Vec<_>, _>>()?;
        let is_twice =
            |(at, model): (usize, &ModelEntry)| models[..at].iter().any(|other| other.sha256 == model.sha256);
        if models.iter().enumerate().any(is_twice) {
            return field("models", "all different");
        }
        let revoked = message.revoked.iter().map(|sum| check_digest(ROLE, "revoked", sum));
        let revoked = revoked.collect::<Result<Vec<_>, _>>()?;
        let rollout = Rollout::check(message.rollout, &models, &revoked)?;
        Ok(Self {
            product: check_name(ROLE, "product", message.product)?,
            channel: check_name(ROLE, "channel", message.channel)?,
            version: message.version,
            issued_s: message.issued_s,
            expires_s: message.expires_s,
            models,
            revoked,
            rollout,
        })
    }
}

impl ModelEntry {
    /// The delta that starts from a bundle.
    #[must_use]
    pub fn delta_from(&self, sha256: &[u8; 32]) -> Option<&DeltaEntry> {
        self.deltas.iter().find(|delta| delta.from == *sha256)
    }

    fn check(message: wire::Model) -> Result<Self, SyncError> {
        let bytes = message.bytes as usize;
        if !(1..=MAX_BUNDLE_BYTES).contains(&bytes) {
            return field("models.bytes", "1 to 262,144");
        }
        if message.deltas.len() > MAX_RELEASE_DELTAS {
            return field("models.deltas", "16 at most");
        }
        let deltas = message.deltas.iter().map(|delta| DeltaEntry::check(delta, bytes));
        Ok(Self {
            name: check_name(ROLE, "models.name", message.name)?,
            sha256: check_digest(ROLE, "models.sha256", &message.sha256)?,
            bytes,
            feature_schema: check_digest(ROLE, "models.feature_schema", &message.feature_schema)?,
            format: message.format,
            deltas: deltas.collect::<Result<Vec<_>, _>>()?,
            answer_us: message.limits.map_or(0, |limits| limits.answer_us),
        })
    }

    fn message(&self) -> wire::Model {
        wire::Model {
            name: self.name.clone(),
            sha256: self.sha256.to_vec(),
            bytes: length(self.bytes),
            feature_schema: self.feature_schema.to_vec(),
            format: self.format,
            deltas: self.deltas.iter().map(DeltaEntry::message).collect(),
            limits: Some(wire::Limits { answer_us: self.answer_us }),
        }
    }
}

impl DeltaEntry {
    fn check(message: &wire::Delta, bundle_bytes: usize) -> Result<Self, SyncError> {
        let bytes = message.bytes as usize;
        if !(1..bundle_bytes).contains(&bytes) {
            return field("deltas.bytes", "fewer than its bundle has");
        }
        let digest = |field, sum| check_digest(ROLE, field, sum);
        let (from, sha256) = (digest("deltas.from", &message.from)?, digest("deltas.sha256", &message.sha256)?);
        Ok(Self { from, sha256, bytes })
    }

    fn message(&self) -> wire::Delta {
        wire::Delta { from: self.from.to_vec(), sha256: self.sha256.to_vec(), bytes: length(self.bytes) }
    }
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn field<T>(field: &'static str, limit: &'static str) -> Result<T, SyncError> {
    Err(SyncError::Field { role: ROLE, field, limit })
}
