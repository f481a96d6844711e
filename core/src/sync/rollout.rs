//! Rollouts without tracking: a phone draws for itself which part of the fleet it belongs to.
//!
//! The draw is an HMAC of the release's salt under a secret of the phone's own: nobody else can compute it (who serves
//! the files sees which of them are fetched), and draws under different salts say nothing about each other. An arm has the
//! buckets from its first one on; one that grows under the same salt keeps those who were in it, so a canary of 1, 10 and
//! 100 % is three releases with one salt.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::envelope::Role;
use super::error::SyncError;
use super::fields::check_name;
use super::release::ModelEntry;
use super::wire;
use crate::config::{MAX_LEAST_ANSWERS, MAX_ROLLOUT_ARMS, MAX_ROLLOUT_SEGMENTS, ROLLOUT_BUCKETS};

const SALT_BYTES: usize = 16;
const DOMAIN: &[u8] = b"foretap rollout v1\0";

/// Who is to have which model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rollout {
    /// Of the draw.
    pub salt: [u8; SALT_BYTES],
    /// The first that a phone belongs to counts.
    pub segments: Vec<Segment>,
    /// When a phone gives a model back by itself.
    pub stop: StopRule,
}

/// Phones with something in common, as their host says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Empty: everyone.
    pub name: String,
    /// Parts, in the order of their buckets; phones that drew one of no part keep what they have.
    pub arms: Vec<Arm>,
}

/// A part of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arm {
    /// As a report names it.
    pub name: String,
    /// The first of its buckets.
    pub first: u32,
    /// How many of [`ROLLOUT_BUCKETS`].
    pub share: u32,
    /// The SHA-256 sum of a model of the release; `None`: the one that the library ships.
    pub model: Option<[u8; 32]>,
}

/// When a phone gives a model back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopRule {
    /// Answers before anything is judged.
    pub least_answers: u32,
    /// How many of 10,000 answers may be hits fewer than with the model before.
    pub most_lost: u32,
}

/// What a phone drew: 0 to 9,999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bucket(u32);

impl Bucket {
    /// Draws under a salt; `secret` is the phone's own, and leaves it never.
    #[must_use]
    pub fn draw(secret: &[u8; 32], salt: &[u8; SALT_BYTES]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
        mac.update(DOMAIN);
        mac.update(salt);
        let drawn: [u8; 32] = mac.finalize().into_bytes().into();
        let (number, _) = drawn.split_first_chunk().expect("32 bytes begin with 8");
        // Of 2^64 numbers: no bucket is likelier than another by more than 6e-16.
        let bucket = u64::from_be_bytes(*number) % u64::from(ROLLOUT_BUCKETS);
        Self(u32::try_from(bucket).expect("below 10,000"))
    }

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl Rollout {
    /// The arm of a phone that drew `bucket`, and belongs to what `is_in` says; `None`: it keeps what it has.
    #[must_use]
    pub fn arm(&self, bucket: Bucket, is_in: &dyn Fn(&str) -> bool) -> Option<&Arm> {
        let segment = self.segments.iter().find(|segment| segment.name.is_empty() || is_in(&segment.name))?;
        segment.arms.iter().find(|arm| bucket.0.checked_sub(arm.first).is_some_and(|place| place < arm.share))
    }

    pub(super) fn check(
        message: Option<wire::Rollout>,
        models: &[ModelEntry],
        revoked: &[[u8; 32]],
    ) -> Result<Self, SyncError> {
        let message = message.ok_or(fault("rollout", "there"))?;
        let salt = message.salt.as_slice().try_into().map_err(|_| fault("rollout.salt", "16 bytes"))?;
        if message.segments.len() > MAX_ROLLOUT_SEGMENTS {
            return Err(fault("rollout.segments", "16 at most"));
        }
        let segments = message.segments.into_iter().map(|segment| Segment::check(segment, models, revoked));
        let segments = segments.collect::<Result<Vec<_>, _>>()?;
        let is_twice = |(at, segment): (usize, &Segment)| segments[..at].iter().any(|other| other.name == segment.name);
        if segments.iter().enumerate().any(is_twice) {
            return Err(fault("rollout.segments", "all different"));
        }
        let stop = message.stop.ok_or(fault("rollout.stop", "there"))?;
        if !(1..=MAX_LEAST_ANSWERS).contains(&stop.least_answers) {
            return Err(fault("rollout.stop.least_answers", "1 to 1,000"));
        }
        if stop.most_lost > ROLLOUT_BUCKETS {
            return Err(fault("rollout.stop.most_lost", "10,000 at most"));
        }
        let stop = StopRule { least_answers: stop.least_answers, most_lost: stop.most_lost };
        Ok(Self { salt, segments, stop })
    }

    pub(super) fn message(&self) -> wire::Rollout {
        wire::Rollout {
            salt: self.salt.to_vec(),
            segments: self.segments.iter().map(Segment::message).collect(),
            stop: Some(wire::StopRule { least_answers: self.stop.least_answers, most_lost: self.stop.most_lost }),
        }
    }
}

impl Segment {
    fn check(message: wire::Segment, models: &[ModelEntry], revoked: &[[u8; 32]]) -> Result<Self, SyncError> {
        if message.arms.len() > MAX_ROLLOUT_ARMS {
            return Err(fault("rollout.arms", "16 at most"));
        }
        let name = if message.name.is_empty() {
            message.name
        } else {
            check_name(Role::Release, "rollout.segments.name", message.name)?
        };
        let arms = message.arms.into_iter().map(|arm| Arm::check(arm, models, revoked));
        let arms = arms.collect::<Result<Vec<_>, _>>()?;
        let mut free = 0;
        for arm in &arms {
            let end = arm.first.checked_add(arm.share).filter(|end| *end <= ROLLOUT_BUCKETS);
            if arm.first < free {
                return Err(fault("rollout.arms.first", "after the buckets of the arm before"));
            }
            free = end.ok_or(fault("rollout.arms.share", "within 10,000 buckets"))?;
        }
        Ok(Self { name, arms })
    }

    fn message(&self) -> wire::Segment {
        wire::Segment { name: self.name.clone(), arms: self.arms.iter().map(Arm::message).collect() }
    }
}

impl Arm {
    fn check(message: wire::Arm, models: &[ModelEntry], revoked: &[[u8; 32]]) -> Result<Self, SyncError> {
        let model = match message.model.as_slice() {
            [] => None,
            sum => Some(sum.try_into().map_err(|_| fault("rollout.arms.model", "a SHA-256 sum, or empty"))?),
        };
        let is_there = |sum: &[u8; 32]| models.iter().any(|model| model.sha256 == *sum);
        if model.as_ref().is_some_and(|sum| !is_there(sum) || revoked.contains(sum)) {
            return Err(fault("rollout.arms.model", "a model of the release that is not revoked"));
        }
        let name = check_name(Role::Release, "rollout.arms.name", message.name)?;
        Ok(Self { name, first: message.first, share: message.share, model })
    }

    fn message(&self) -> wire::Arm {
        let model = self.model.map_or_else(Vec::new, |sum| sum.to_vec());
        wire::Arm { name: self.name.clone(), share: self.share, model, first: self.first }
    }
}

const fn fault(field: &'static str, limit: &'static str) -> SyncError {
    SyncError::Field { role: Role::Release, field, limit }
}

#[cfg(test)]
mod tests;
