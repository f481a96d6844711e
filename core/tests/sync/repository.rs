//! A publisher for tests: it signs whatever it is told to, right or wrong.

use std::collections::BTreeMap;

use ed25519_dalek::{Signer, SigningKey};
use foretap_core::sync::{
    Absence, Arm, Envelope, KeyId, Keys, ModelEntry, Outcome, PublicKey, Release, Role, Rollout, Root, SIGNATURE_BYTES,
    Segment, Session, Start, Step, StopRule, Timestamp, Trust,
};
use sha2::{Digest, Sha256};

/// The device's time in every case, seconds since 1970.
pub(crate) const NOW_S: i64 = 1_800_000_000;
pub(crate) const DAY_S: i64 = 86_400;
pub(crate) const PRODUCT: &str = "launcher";
pub(crate) const CHANNEL: &str = "stable";

/// A key of a kind; the same number is the same key.
pub(crate) fn key(kind: u8, number: u8) -> SigningKey {
    SigningKey::from_bytes(&[[kind; 16], [number; 16]].concat().try_into().expect("32 bytes"))
}

pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::new(key.verifying_key().as_bytes()).expect("a key")
}

/// Keys of a kind by their numbers, and how many of them must sign.
pub(crate) fn keys(kind: u8, numbers: &[u8], threshold: usize) -> Keys {
    Keys::new(numbers.iter().map(|&number| public(&key(kind, number))).collect(), threshold).expect("keys")
}

pub(crate) const ROOT: u8 = 1;
pub(crate) const RELEASE: u8 = 2;
pub(crate) const TIMESTAMP: u8 = 3;
/// Whoever wants harm.
pub(crate) const STRANGER: u8 = 9;

pub(crate) fn sum(file: &[u8]) -> [u8; 32] {
    Sha256::digest(file).into()
}

/// A signature over a payload of a kind.
pub(crate) fn signature(role: Role, payload: &[u8], by: &SigningKey) -> (KeyId, [u8; SIGNATURE_BYTES]) {
    (public(by).id(), by.sign(&Envelope::signed_bytes(role, payload)).to_bytes())
}

pub(crate) fn signed(role: Role, payload: &[u8], by: &[SigningKey]) -> Vec<u8> {
    let signatures: Vec<_> = by.iter().map(|key| signature(role, payload, key)).collect();
    Envelope::seal(role, payload, &signatures).expect("small enough")
}

/// The first two root keys: as many as must sign.
pub(crate) fn root_signers() -> Vec<SigningKey> {
    vec![key(ROOT, 1), key(ROOT, 2)]
}

pub(crate) fn release_signers() -> Vec<SigningKey> {
    vec![key(RELEASE, 1), key(RELEASE, 2)]
}

pub(crate) fn timestamp_signers() -> Vec<SigningKey> {
    vec![key(TIMESTAMP, 1)]
}

pub(crate) fn root(version: u64) -> Root {
    Root {
        product: PRODUCT.to_owned(),
        version,
        expires_s: NOW_S + 365 * DAY_S,
        root: keys(ROOT, &[1, 2, 3], 2),
        release: keys(RELEASE, &[1, 2, 3], 2),
        timestamp: keys(TIMESTAMP, &[1], 1),
        floor: 1,
    }
}

pub(crate) fn root_file(root: &Root) -> Vec<u8> {
    signed(Role::Root, &root.payload(), &root_signers())
}

pub(crate) fn model(name: &str) -> ModelEntry {
    ModelEntry {
        name: name.to_owned(),
        sha256: sum(name.as_bytes()),
        bytes: 40_000,
        feature_schema: [7; 32],
        format: 1,
        deltas: Vec::new(),
        answer_us: 0,
    }
}

pub(crate) fn release(version: u64) -> Release {
    let model = model("better");
    let arm = Arm { name: "canary".to_owned(), first: 0, share: 100, model: Some(model.sha256) };
    Release {
        product: PRODUCT.to_owned(),
        channel: CHANNEL.to_owned(),
        version,
        issued_s: NOW_S - DAY_S,
        expires_s: NOW_S + 90 * DAY_S,
        models: vec![model],
        revoked: Vec::new(),
        rollout: Rollout {
            salt: [5; 16],
            segments: vec![Segment { name: String::new(), arms: vec![arm] }],
            stop: StopRule { least_answers: 100, most_lost: 200 },
        },
    }
}

pub(crate) fn release_file(release: &Release) -> Vec<u8> {
    signed(Role::Release, &release.payload(), &release_signers())
}

/// A timestamp that names a release's file.
pub(crate) fn timestamp(version: u64, release_version: u64, release_file: &[u8]) -> Timestamp {
    Timestamp {
        product: PRODUCT.to_owned(),
        version,
        issued_s: NOW_S - 3_600,
        expires_s: NOW_S + 7 * DAY_S,
        release_version,
        release_sha256: sum(release_file),
        release_bytes: release_file.len(),
        channel: CHANNEL.to_owned(),
    }
}

pub(crate) fn timestamp_file(timestamp: &Timestamp) -> Vec<u8> {
    signed(Role::Timestamp, &timestamp.payload(), &timestamp_signers())
}

/// A phone that took in root 1, timestamp 5 and release 3.
pub(crate) fn phone() -> Trust {
    let mut trust = Trust::first(&root_file(&root(1)), CHANNEL).expect("a root");
    let release = release_file(&release(3));
    trust.take_timestamp(&timestamp_file(&timestamp(5, 3, &release)), NOW_S).expect("a timestamp");
    trust.take_release(&release, NOW_S).expect("a release");
    trust
}

/// The files of a repository, by their paths.
#[derive(Debug, Clone, Default)]
pub(crate) struct Repository {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
}

impl Repository {
    /// One whose timestamp names a release.
    pub(crate) fn of(timestamp_version: u64, release: &Release) -> Self {
        let mut repository = Self::default();
        repository.publish(timestamp_version, release);
        repository
    }

    /// Adds a release, and names it.
    pub(crate) fn publish(&mut self, timestamp_version: u64, release: &Release) {
        let file = release_file(release);
        let named = timestamp(timestamp_version, release.version, &file);
        self.files.insert("timestamp".to_owned(), timestamp_file(&named));
        self.files.insert(format!("release/{}", hex(&sum(&file))), file);
    }

    pub(crate) fn add(&mut self, folder: &str, file: &[u8]) {
        self.files.insert(format!("{folder}/{}", hex(&sum(file))), file.to_vec());
    }

    pub(crate) fn add_root(&mut self, root: &Root, by: &[SigningKey]) {
        self.files.insert(format!("root/{}", root.version), signed(Role::Root, &root.payload(), by));
    }

    /// Carries a run out, in chunks of so many bytes; returns its outcome and which files were fetched.
    pub(crate) fn serve(&self, session: &mut Session, chunk: usize) -> (Outcome, Vec<String>) {
        let mut fetched = Vec::new();
        loop {
            let path = match session.step() {
                Step::Fetch { path, .. } => path,
                Step::Done(outcome) => return (outcome, fetched),
            };
            fetched.push(path.clone());
            assert!(fetched.len() < 200, "a run without end");
            match self.files.get(&path) {
                None => session.absent(Absence::NotFound),
                Some(file) => {
                    if file.chunks(chunk).all(|chunk| session.received(chunk)) {
                        session.completed();
                    }
                }
            }
        }
    }
}

pub(crate) fn hex(sum: &[u8; 32]) -> String {
    sum.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A model of the release with these bytes.
pub(crate) fn model_of(file: &[u8]) -> ModelEntry {
    ModelEntry { sha256: sum(file), bytes: file.len(), ..model("better") }
}

/// What a phone starts a run from that has `bundles`, the first of them active.
pub(crate) fn start(trust: Trust, bundles: &[&[u8]]) -> Start<'static> {
    Start {
        trust,
        device_s: NOW_S,
        secret: &[3; 32],
        segments: Vec::new(),
        feature_schema: [7; 32],
        format: 2,
        bundles: bundles.iter().map(|file| file.to_vec()).collect(),
        active: bundles.first().map(|file| sum(file)),
        given_back: Vec::new(),
    }
}
