//! Signed files as the JSON that they were made from.

use foretap_core::sync::{
    Arm, DeltaEntry, Envelope, Keys, ModelEntry, Release, Role, Root, Segment, SyncError, Timestamp,
};
use serde_json::{Value, json};

use crate::hex::hex;

/// What a signed file of any kind says, its role, and whose signatures it says it has.
///
/// # Errors
/// [`SyncError`] of its form, and of a field that is not what it must be.
pub(super) fn file(file: &[u8]) -> Result<Value, SyncError> {
    let (role, envelope) = match Envelope::parse(file, Role::Root) {
        Err(SyncError::WrongRole { found, .. }) => (found, Envelope::parse(file, found)?),
        parsed => (Role::Root, parsed?),
    };
    let payload = envelope.unverified();
    let mut shown = match role {
        Role::Root => root(&Root::decode(payload)?),
        Role::Release => release(&Release::decode(payload)?),
        Role::Timestamp => timestamp(&Timestamp::decode(payload)?),
    };
    shown["role"] = role.name().into();
    shown["signed_by"] = envelope.signers().map(|id| Value::from(hex(id.bytes()))).collect();
    if role == Role::Root {
        shown["verified"] = Root::first(file).is_ok().into();
    }
    Ok(shown)
}

fn root(root: &Root) -> Value {
    json!({
        "product": root.product,
        "version": root.version,
        "expires_s": root.expires_s,
        "root": keys(&root.root),
        "release": keys(&root.release),
        "timestamp": keys(&root.timestamp),
        "floor": root.floor,
    })
}

fn keys(keys: &Keys) -> Value {
    let all: Vec<String> = keys.all().iter().map(|key| hex(&key.bytes())).collect();
    json!({ "keys": all, "threshold": keys.threshold() })
}

fn timestamp(timestamp: &Timestamp) -> Value {
    json!({
        "product": timestamp.product,
        "channel": timestamp.channel,
        "version": timestamp.version,
        "issued_s": timestamp.issued_s,
        "expires_s": timestamp.expires_s,
        "release_version": timestamp.release_version,
        "release_sha256": hex(&timestamp.release_sha256),
        "release_bytes": timestamp.release_bytes,
    })
}

fn release(release: &Release) -> Value {
    let rollout = &release.rollout;
    json!({
        "product": release.product,
        "channel": release.channel,
        "version": release.version,
        "issued_s": release.issued_s,
        "expires_s": release.expires_s,
        "models": release.models.iter().map(model).collect::<Vec<_>>(),
        "revoked": release.revoked.iter().map(|sum| hex(sum)).collect::<Vec<_>>(),
        "rollout": {
            "salt": hex(&rollout.salt),
            "segments": rollout.segments.iter().map(segment).collect::<Vec<_>>(),
            "stop": { "least_answers": rollout.stop.least_answers, "most_lost": rollout.stop.most_lost },
        },
    })
}

fn model(model: &ModelEntry) -> Value {
    json!({
        "name": model.name,
        "sha256": hex(&model.sha256),
        "bytes": model.bytes,
        "feature_schema": hex(&model.feature_schema),
        "format": model.format,
        "answer_us": model.answer_us,
        "deltas": model.deltas.iter().map(delta).collect::<Vec<_>>(),
    })
}

fn delta(delta: &DeltaEntry) -> Value {
    json!({ "from": hex(&delta.from), "sha256": hex(&delta.sha256), "bytes": delta.bytes })
}

fn segment(segment: &Segment) -> Value {
    json!({ "name": segment.name, "arms": segment.arms.iter().map(arm).collect::<Vec<_>>() })
}

fn arm(arm: &Arm) -> Value {
    let model = arm.model.map(|sum| hex(&sum));
    json!({ "name": arm.name, "first": arm.first, "share": arm.share, "model": model })
}
