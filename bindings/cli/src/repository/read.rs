//! JSON of roots, releases and timestamps, field by field as `core/proto/sync.proto` names them.

use std::path::Path;

use foretap_core::sync::{
    Arm, DeltaEntry, Keys, ModelEntry, PublicKey, Release, Role, Rollout, Root, Segment, StopRule, SyncError, Timestamp,
};

use crate::json_file::{self, JsonError, Node};

/// The payload of what a file says; its rules are not checked.
///
/// # Errors
/// [`JsonError`].
pub(super) fn payload(role: Role, path: &Path) -> Result<Vec<u8>, JsonError> {
    let value = json_file::read(path)?;
    let file = Node::new(path, &value);
    Ok(match role {
        Role::Root => root(&file)?.payload(),
        Role::Release => release(&file)?.payload(),
        Role::Timestamp => timestamp(&file)?.payload(),
    })
}

fn root(file: &Node<'_>) -> Result<Root, JsonError> {
    let [product, version, expires_s, root, release, timestamp, floor] =
        file.fields(["product", "version", "expires_s", "root", "release", "timestamp", "floor"])?;
    Ok(Root {
        product: product.text()?.to_owned(),
        version: version.whole()?,
        expires_s: expires_s.signed()?,
        root: keys(&root)?,
        release: keys(&release)?,
        timestamp: keys(&timestamp)?,
        floor: floor.whole()?,
    })
}

fn keys(node: &Node<'_>) -> Result<Keys, JsonError> {
    let [keys, threshold] = node.fields(["keys", "threshold"])?;
    let all = keys.list()?.iter().map(key).collect::<Result<Vec<_>, _>>()?;
    Keys::new(all, threshold.size()?).map_err(|refused| match refused {
        SyncError::Field { field: "threshold", limit, .. } => threshold.must_be(limit),
        SyncError::Field { limit, .. } => keys.must_be(limit),
        refused => keys.must_be(&refused.to_string()),
    })
}

fn key(node: &Node<'_>) -> Result<PublicKey, JsonError> {
    const WHAT: &str = "an Ed25519 public key that is not weak, 64 hexadecimal digits";
    PublicKey::new(&node.digits(WHAT)?).ok_or_else(|| node.must_be(WHAT))
}

fn timestamp(file: &Node<'_>) -> Result<Timestamp, JsonError> {
    let [product, channel, version, issued_s, expires_s, release_version, release_sha256, release_bytes] = file
        .fields([
            "product",
            "channel",
            "version",
            "issued_s",
            "expires_s",
            "release_version",
            "release_sha256",
            "release_bytes",
        ])?;
    Ok(Timestamp {
        product: product.text()?.to_owned(),
        channel: channel.text()?.to_owned(),
        version: version.whole()?,
        issued_s: issued_s.signed()?,
        expires_s: expires_s.signed()?,
        release_version: release_version.whole()?,
        release_sha256: release_sha256.sum()?,
        release_bytes: release_bytes.size()?,
    })
}

fn release(file: &Node<'_>) -> Result<Release, JsonError> {
    let [product, channel, version, issued_s, expires_s, models, revoked, rollout] =
        file.fields(["product", "channel", "version", "issued_s", "expires_s", "models", "revoked", "rollout"])?;
    Ok(Release {
        product: product.text()?.to_owned(),
        channel: channel.text()?.to_owned(),
        version: version.whole()?,
        issued_s: issued_s.signed()?,
        expires_s: expires_s.signed()?,
        models: each(&models, model)?,
        revoked: each(&revoked, Node::sum)?,
        rollout: of_rollout(&rollout)?,
    })
}

fn model(node: &Node<'_>) -> Result<ModelEntry, JsonError> {
    let [name, sha256, bytes, feature_schema, format, answer_us, deltas] =
        node.fields(["name", "sha256", "bytes", "feature_schema", "format", "answer_us", "deltas"])?;
    Ok(ModelEntry {
        name: name.text()?.to_owned(),
        sha256: sha256.sum()?,
        bytes: bytes.size()?,
        feature_schema: feature_schema.sum()?,
        format: format.number()?,
        deltas: each(&deltas, delta)?,
        answer_us: answer_us.number()?,
    })
}

fn delta(node: &Node<'_>) -> Result<DeltaEntry, JsonError> {
    let [from, sha256, bytes] = node.fields(["from", "sha256", "bytes"])?;
    Ok(DeltaEntry { from: from.sum()?, sha256: sha256.sum()?, bytes: bytes.size()? })
}

fn of_rollout(node: &Node<'_>) -> Result<Rollout, JsonError> {
    let [salt, segments, stop] = node.fields(["salt", "segments", "stop"])?;
    let [least_answers, most_lost] = stop.fields(["least_answers", "most_lost"])?;
    Ok(Rollout {
        salt: salt.digits("16 bytes, 32 hexadecimal digits")?,
        segments: each(&segments, segment)?,
        stop: StopRule { least_answers: least_answers.number()?, most_lost: most_lost.number()? },
    })
}

fn segment(node: &Node<'_>) -> Result<Segment, JsonError> {
    let [name, arms] = node.fields(["name", "arms"])?;
    Ok(Segment { name: name.text()?.to_owned(), arms: each(&arms, arm)? })
}

fn arm(node: &Node<'_>) -> Result<Arm, JsonError> {
    let [name, first, share, model] = node.fields(["name", "first", "share", "model"])?;
    Ok(Arm {
        name: name.text()?.to_owned(),
        first: first.number()?,
        share: share.number()?,
        model: model.or_null().map(Node::sum).transpose()?,
    })
}

fn each<'a, T>(node: &Node<'a>, read: impl Fn(&Node<'a>) -> Result<T, JsonError>) -> Result<Vec<T>, JsonError> {
    node.list()?.iter().map(read).collect()
}
