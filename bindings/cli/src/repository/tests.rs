use std::path::PathBuf;

use ed25519_dalek::{Signer, SigningKey};
use foretap_core::config::{MAX_ROOT_BYTES, MAX_SYNC_SIGNATURES};
use tempfile::TempDir;

use super::*;

fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

fn public(number: u8) -> String {
    hex(key(number).verifying_key().as_bytes())
}

fn root() -> Value {
    json!({
        "product": "launcher",
        "version": 2,
        "expires_s": 1_830_000_000,
        "root": { "keys": [public(1), public(2)], "threshold": 2 },
        "release": { "keys": [public(3)], "threshold": 1 },
        "timestamp": { "keys": [public(4)], "threshold": 1 },
        "floor": 7,
    })
}

fn timestamp() -> Value {
    json!({
        "product": "launcher",
        "channel": "stable",
        "version": u64::MAX,
        "issued_s": 1_800_000_000,
        "expires_s": 1_800_604_800,
        "release_version": 9,
        "release_sha256": "a1".repeat(32),
        "release_bytes": 612,
    })
}

fn release() -> Value {
    let delta = json!({ "from": "0a".repeat(32), "sha256": "0b".repeat(32), "bytes": 4_000 });
    let model = json!({
        "name": "mlp",
        "sha256": "0c".repeat(32),
        "bytes": 40_000,
        "feature_schema": "0d".repeat(32),
        "format": 2,
        "answer_us": 900,
        "deltas": [delta],
    });
    json!({
        "product": "launcher",
        "channel": "stable",
        "version": 9,
        "issued_s": 1_800_000_000,
        "expires_s": 1_807_000_000,
        "models": [model],
        "revoked": ["0e".repeat(32)],
        "rollout": {
            "salt": "05".repeat(16),
            "segments": [
                { "name": "tablets", "arms": [] },
                { "name": "", "arms": [
                    { "name": "canary", "first": 0, "share": 100, "model": "0c".repeat(32) },
                    { "name": "control", "first": 100, "share": 9_900, "model": null },
                ] },
            ],
            "stop": { "least_answers": 200, "most_lost": 150 },
        },
    })
}

fn written(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("writable");
    path
}

fn encoded(role: Role, content: &Value) -> Result<Vec<u8>, RepositoryError> {
    let folder = tempfile::tempdir().expect("a folder");
    encode(role, &written(&folder, "file.json", content.to_string()))
}

fn signature(number: u8, bytes: &[u8]) -> Signature {
    format!("{}:{}", public(number), hex(&key(number).sign(bytes).to_bytes())).parse().expect("a signature")
}

/// Sealed by these keys, and shown.
fn shown(role: Role, content: &Value, signers: &[u8]) -> Value {
    let folder = tempfile::tempdir().expect("a folder");
    let to_sign = encoded(role, content).expect("right");
    let signatures: Vec<Signature> = signers.iter().map(|&number| signature(number, &to_sign)).collect();
    let file = seal(&written(&folder, "to-sign", &to_sign), &signatures).expect("right");
    show(&written(&folder, "file", file)).expect("a signed file")
}

#[test]
fn what_was_encoded_and_sealed_shows_what_it_was_made_from() {
    for (role, content) in [(Role::Root, root()), (Role::Release, release()), (Role::Timestamp, timestamp())] {
        let mut expected = content.clone();
        expected["role"] = role.name().into();
        expected["signed_by"] = json!([id(2), id(1)]);
        if role == Role::Root {
            expected["verified"] = true.into();
        }
        // One key that signs twice is one signer.
        assert_eq!(shown(role, &content, &[2, 1, 2]), expected, "{role}");
    }
    assert_eq!(shown(Role::Root, &root(), &[1])["verified"], false, "two must sign");
    assert_eq!(shown(Role::Root, &root(), &[1, 3])["verified"], false, "whoever signs other things signs no root");
}

/// The id of a key, by the definition.
fn id(number: u8) -> String {
    hex(&Sha256::digest(key(number).verifying_key().as_bytes()))
}

/// Puts a value in the place of the one at a path, as `models.0.name`; `None` takes the field out.
fn with(mut content: Value, path: &str, value: Option<Value>) -> Value {
    let (parent, field) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = if parent.is_empty() { String::new() } else { format!("/{}", parent.replace('.', "/")) };
    let place = content.pointer_mut(&pointer).expect("a path");
    match (value, place) {
        (Some(value), Value::Array(list)) => list[field.parse::<usize>().expect("a number")] = value,
        (Some(value), place) => place[field] = value,
        (None, place) => drop(place.as_object_mut().expect("an object").shift_remove(field).expect("there")),
    }
    content
}

/// The message about JSON that is wrong, without the file.
fn complaint(role: Role, content: &Value) -> String {
    let message = encoded(role, content).expect_err("it is wrong").to_string();
    assert_eq!(message.lines().count(), 1, "{message}");
    message.split_once("file.json: ").expect("the file is named").1.to_owned()
}

#[test]
fn every_field_is_needed_and_no_other_is_taken() {
    let paths = [
        (Role::Root, root(), &["product", "version", "expires_s", "root", "release", "timestamp", "floor"][..]),
        (Role::Root, root(), &["root.keys", "root.threshold"]),
        (Role::Timestamp, timestamp(), &["product", "channel", "version", "issued_s", "expires_s"]),
        (Role::Timestamp, timestamp(), &["release_version", "release_sha256", "release_bytes"]),
        (Role::Release, release(), &["product", "channel", "version", "issued_s", "expires_s", "models", "revoked"]),
        (Role::Release, release(), &["models.0.name", "models.0.sha256", "models.0.bytes", "models.0.feature_schema"]),
        (Role::Release, release(), &["models.0.format", "models.0.answer_us", "models.0.deltas"]),
        (Role::Release, release(), &["models.0.deltas.0.from", "models.0.deltas.0.sha256", "models.0.deltas.0.bytes"]),
        (Role::Release, release(), &["rollout", "rollout.salt", "rollout.segments", "rollout.stop"]),
        (Role::Release, release(), &["rollout.stop.least_answers", "rollout.stop.most_lost"]),
        (Role::Release, release(), &["rollout.segments.1.name", "rollout.segments.1.arms"]),
        (Role::Release, release(), &["rollout.segments.1.arms.0.name", "rollout.segments.1.arms.0.first"]),
        (Role::Release, release(), &["rollout.segments.1.arms.0.share", "rollout.segments.1.arms.0.model"]),
    ];
    for (role, content, paths) in paths {
        for path in paths {
            let named = path.replace(".0", "[0]").replace(".1", "[1]");
            assert_eq!(complaint(role, &with(content.clone(), path, None)), format!("{named}: is missing"));
            let beside = format!("{path}_2");
            let unknown = with(content.clone(), &beside, Some(1.into()));
            assert_eq!(complaint(role, &unknown), format!("{named}_2: unknown field"));
            let wrong = with(content.clone(), path, Some(json!(0.5)));
            assert!(complaint(role, &wrong).starts_with(&format!("{named}: must be ")), "{}", complaint(role, &wrong));
        }
    }
}

#[test]
fn rules_are_those_of_a_phone_and_the_field_that_breaks_one_is_named() {
    let of_root = |path, value: Value| complaint(Role::Root, &with(root(), path, Some(value)));
    assert_eq!(of_root("root.threshold", 3.into()), "root.threshold: must be 1 to the number of keys");
    assert_eq!(of_root("root.threshold", 0.into()), "root.threshold: must be 1 to the number of keys");
    assert_eq!(of_root("root.keys", json!([public(1), public(1)])), "root.keys: must be 1 to 16, all different");
    let key = "must be an Ed25519 public key that is not weak, 64 hexadecimal digits";
    assert_eq!(of_root("release.keys.0", "00".repeat(32).into()), format!("release.keys[0]: {key}"));
    assert_eq!(of_root("timestamp.keys.0", "zz".into()), format!("timestamp.keys[0]: {key}"));
    assert_eq!(of_root("version", 0.into()), "root: version must be 1 or more");
    assert_eq!(of_root("version", (-1).into()), "version: must be a whole number, 0 or more");
    assert_eq!(of_root("product", "".into()), "root: product must be 1 to 64 of a-z, 0-9, '.', '_' and '-'");
    assert_eq!(complaint(Role::Root, &json!([])), "the file: must be an object");

    let of_timestamp = |path, value: Value| complaint(Role::Timestamp, &with(timestamp(), path, Some(value)));
    let month = with(timestamp(), "expires_s", Some((1_800_000_000 + 31 * 86_400).into()));
    assert!(encoded(Role::Timestamp, &month).is_ok());
    let more = "timestamp: expires_s must be 31 days after issued_s at most";
    assert_eq!(of_timestamp("expires_s", (1_800_000_001 + 31 * 86_400).into()), more);
    let bytes = "timestamp: release_bytes must be 1 to 65,536";
    assert_eq!(
        (of_timestamp("release_bytes", 65_537.into()), of_timestamp("release_bytes", u64::MAX.into())),
        (bytes.into(), bytes.into())
    );

    let of_release = |path, value: Value| complaint(Role::Release, &with(release(), path, Some(value)));
    let number = "models[0].format: must be a whole number, 0 to 4,294,967,295";
    assert_eq!(of_release("models.0.format", (u64::from(u32::MAX) + 1).into()), number);
    assert!(encoded(Role::Release, &with(release(), "models.0.answer_us", Some(u32::MAX.into()))).is_ok());
    let model = "release: rollout.arms.model must be a model of the release that is not revoked";
    assert_eq!(of_release("rollout.segments.1.arms.0.model", "0f".repeat(32).into()), model);
    assert_eq!(of_release("rollout.salt", "05".into()), "rollout.salt: must be 16 bytes, 32 hexadecimal digits");
    assert_eq!(of_release("revoked.0", "0e".into()), "revoked[0]: must be a SHA-256 sum, 64 hexadecimal digits");

    let folder = tempfile::tempdir().expect("a folder");
    let refused = encode(Role::Root, &written(&folder, "file.json", "{\n1}")).expect_err("no JSON").to_string();
    assert!(refused.contains("file.json:2: "), "{refused}");
}

#[test]
fn only_what_encode_wrote_is_sealed_and_only_with_right_signatures() {
    let folder = tempfile::tempdir().expect("a folder");
    let to_sign = encoded(Role::Timestamp, &timestamp()).expect("right");
    let path = written(&folder, "to-sign", &to_sign);
    let (right, other) = (signature(1, &to_sign), signature(2, b"something else"));
    let refused = seal(&path, &[right.clone(), other]).expect_err("a wrong signature").to_string();
    let id = id(2);
    assert!(refused.ends_with(&format!("to-sign: the signature of key {id} is not one of these bytes")), "{refused}");

    let longer = [&to_sign[..], b"\0"].concat();
    for (bytes, refusal) in [
        (&b"{}"[..], "is not what `foretap repository encode` writes"),
        (&to_sign[..10], "is not what `foretap repository encode` writes"),
        (&longer, "the timestamp cannot be decoded"),
    ] {
        let refused =
            seal(&written(&folder, "bad", bytes), &[signature(1, bytes)]).expect_err("not encoded").to_string();
        assert!(refused.ends_with(refusal), "{refused}");
    }
    assert!(matches!(seal(&folder.path().join("none"), &[right]), Err(RepositoryError::Unreadable { .. })));
}

#[test]
fn as_many_keys_sign_as_a_phone_reads_and_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    let to_sign = encoded(Role::Timestamp, &timestamp()).expect("right");
    let path = written(&folder, "to-sign", &to_sign);
    let most = u8::try_from(MAX_SYNC_SIGNATURES).expect("a few");
    let mut signatures: Vec<Signature> = (1..=most).map(|number| signature(number, &to_sign)).collect();
    assert!(seal(&path, &signatures).is_ok());
    signatures.push(signature(most + 1, &to_sign));
    let refused = seal(&path, &signatures);
    assert!(matches!(refused, Err(RepositoryError::TooManySignatures { .. })), "{refused:?}");
}

#[test]
fn a_file_of_no_kind_is_not_shown() {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, refusal) in [
        (Vec::new(), "this is no signed file"),
        (b"FORETAPDELTA".to_vec(), "this is no signed file"),
        (vec![0; MAX_ROOT_BYTES + 1], "root has more than 65536 bytes"),
    ] {
        let refused = show(&written(&folder, "file", file)).expect_err("none of them").to_string();
        assert!(refused.ends_with(refusal), "{refused}");
    }
    assert!(matches!(show(&folder.path().join("none")), Err(RepositoryError::Unreadable { .. })));
}

#[test]
fn a_delta_leads_from_the_old_file_to_the_new_one_or_is_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let bytes = |seed: u32, length: u32| -> Vec<u8> {
        (0..length).map(|n| (n ^ seed).wrapping_mul(0x9e37_79b9).rotate_left(11).to_be_bytes()[0]).collect()
    };
    let (base, mut result) = (bytes(1, 20_000), bytes(1, 20_000));
    result[9_000] ^= 0x55;
    let (old, new) = (written(&folder, "old", &base), written(&folder, "new", &result));
    let made = delta(&old, &new).expect("both are there");
    assert_eq!(Delta::parse(&made.file).and_then(|delta| delta.apply(&base)), Ok(result.clone()));
    let line = made.json();
    let sum = |file: &[u8]| hex(&Sha256::digest(file));
    assert_eq!((&line["from"], &line["to"]), (&sum(&base).into(), &sum(&result).into()));
    assert_eq!((&line["bytes"], &line["of"]), (&made.file.len().into(), &20_000.into()));
    #[expect(clippy::cast_precision_loss, reason = "a few bytes")]
    let share = made.file.len() as f64 / 20_000.0;
    assert!(line["share"] == share && share < 0.05, "{line}");

    let (empty, none) = (written(&folder, "empty", ""), folder.path().join("none"));
    assert!(matches!(delta(&old, &empty), Err(RepositoryError::Empty { .. })));
    assert!(delta(&empty, &new).is_ok());
    assert!(matches!(delta(&none, &new), Err(RepositoryError::Unreadable { .. })));
    assert!(matches!(delta(&old, &none), Err(RepositoryError::Unreadable { .. })));
    let large = written(&folder, "large", vec![0; foretap_core::config::MAX_BUNDLE_BYTES]);
    assert!(delta(&old, &large).is_ok());
    let larger = written(&folder, "larger", vec![0; foretap_core::config::MAX_BUNDLE_BYTES + 1]);
    assert!(matches!(delta(&old, &larger), Err(RepositoryError::Delta { .. })));
    assert!(matches!(delta(&larger, &new), Err(RepositoryError::Delta { .. })));
}
