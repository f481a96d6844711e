//! A publisher: its keys, and a repository that the command line makes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use ed25519_dalek::{Signer, SigningKey};
use foretap_core::model::{Bundle, BundleParts, FORMAT};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The time of every run, seconds since 1970.
pub(crate) const NOW_S: i64 = 1_800_000_000;
const DAY_S: i64 = 86_400;

pub(crate) fn foretap(arguments: &[&str]) -> Output {
    command(arguments).output().expect("it was built for this test")
}

pub(crate) fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foretap"));
    // What leads a developer's machine out leads nowhere on loopback.
    for name in ["http_proxy", "https_proxy", "all_proxy"] {
        command.env_remove(name).env_remove(name.to_uppercase());
    }
    command.args(arguments);
    command
}

/// What a command prints; it must succeed.
pub(crate) fn says(arguments: &[&str]) -> String {
    let output = foretap(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

pub(crate) fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn sum(file: &[u8]) -> String {
    hex(&Sha256::digest(file))
}

/// The shipped parts under another version: a bundle of its own.
pub(crate) fn next_bundle() -> Vec<u8> {
    let shipped = Bundle::shipped().expect("it ships");
    let mut manifest = shipped.manifest().clone();
    manifest.version = "2.0".to_owned();
    let parts = BundleParts {
        manifest,
        onnx: shipped.onnx().to_vec(),
        calibration: *shipped.calibration(),
        start_weights: shipped.start_weights().to_string(),
        golden: shipped.golden().to_vec(),
        members: shipped.members().cloned(),
    };
    parts.pack().expect("as good as what ships")
}

/// A key of its own for each number.
pub(crate) fn key(number: u8) -> SigningKey {
    SigningKey::from_bytes(&[number; 32])
}

/// Two keys each sign roots and releases, one signs timestamps.
const ROOT: [u8; 2] = [1, 2];
const RELEASE: [u8; 2] = [3, 4];
const TIMESTAMP: [u8; 1] = [5];

/// A folder in which a repository grows, beside what the publisher works with.
pub(crate) struct Publisher {
    pub(crate) repository: PathBuf,
    work: PathBuf,
}

impl Publisher {
    /// A repository with a root.
    pub(crate) fn new(folder: &Path) -> Self {
        let (repository, work) = (folder.join("repository"), folder.join("work"));
        for part in ["root", "release", "bundle", "delta"] {
            std::fs::create_dir_all(repository.join(part)).expect("writable");
        }
        std::fs::create_dir(&work).expect("writable");
        let publisher = Self { repository, work };
        let keys = |numbers: &[u8]| {
            let keys: Vec<String> = numbers.iter().map(|n| hex(key(*n).verifying_key().as_bytes())).collect();
            json!({ "keys": keys, "threshold": numbers.len() })
        };
        let root = json!({
            "product": "launcher", "version": 1, "expires_s": NOW_S + 365 * DAY_S,
            "root": keys(&ROOT), "release": keys(&RELEASE), "timestamp": keys(&TIMESTAMP), "floor": 1,
        });
        publisher.sign("root", &root, &ROOT, "root/1");
        publisher
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.repository.join("root/1")
    }

    /// Encodes, signs and seals what `content` says, and returns the file, which lies at `to` in the repository now.
    pub(crate) fn sign(&self, role: &str, content: &Value, signers: &[u8], to: &str) -> Vec<u8> {
        let [json, to_sign] = ["json", "to-sign"].map(|end| self.work.join(format!("{role}.{end}")));
        std::fs::write(&json, content.to_string()).expect("writable");
        says(&["repository", "encode", role, name(&json), "--out", name(&to_sign)]);
        let bytes = std::fs::read(&to_sign).expect("written");
        let out = self.repository.join(to);
        let mut arguments = vec!["repository".to_owned(), "seal".to_owned(), name(&to_sign).to_owned()];
        for signer in signers.iter().map(|number| key(*number)) {
            let (public, signature) = (hex(signer.verifying_key().as_bytes()), hex(&signer.sign(&bytes).to_bytes()));
            arguments.extend(["--signature".to_owned(), format!("{public}:{signature}")]);
        }
        arguments.extend(["--out".to_owned(), name(&out).to_owned()]);
        says(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        std::fs::read(out).expect("written")
    }

    /// Publishes a bundle for everyone, with a delta from the shipped one; returns the path of the delta.
    pub(crate) fn publish(&self, version: u64, bundle: &[u8]) -> PathBuf {
        let [old, new, delta] = ["old", "new", "delta"].map(|file| self.work.join(file));
        std::fs::write(&old, Bundle::shipped_file()).expect("writable");
        std::fs::write(&new, bundle).expect("writable");
        std::fs::write(self.repository.join("bundle").join(sum(bundle)), bundle).expect("writable");
        let line = says(&["repository", "delta", name(&old), name(&new), "--out", name(&delta)]);
        let made: Value = serde_json::from_str(&line).expect("JSON");
        let file = std::fs::read(&delta).expect("written");
        assert_eq!((line.lines().count(), &made["bytes"]), (1, &file.len().into()), "{line}");
        assert_eq!((&made["from"], &made["to"]), (&sum(Bundle::shipped_file()).into(), &sum(bundle).into()));
        assert!(made["share"].as_f64().is_some_and(|share| share < 0.05) && made["of"] == bundle.len(), "{line}");
        let served = self.repository.join("delta").join(sum(&file));
        std::fs::rename(&delta, &served).expect("writable");

        let schema = Bundle::shipped().expect("it ships").manifest().feature_schema;
        let release = json!({
            "product": "launcher", "channel": "stable", "version": version,
            "issued_s": NOW_S - DAY_S, "expires_s": NOW_S + 90 * DAY_S,
            "models": [{
                "name": "next", "sha256": sum(bundle), "bytes": bundle.len(), "feature_schema": hex(&schema),
                "format": FORMAT, "answer_us": 0,
                "deltas": [{ "from": sum(Bundle::shipped_file()), "sha256": sum(&file), "bytes": file.len() }],
            }],
            "revoked": [],
            "rollout": {
                "salt": "05".repeat(16),
                "segments": [{ "name": "", "arms": [{
                    "name": "all", "first": 0, "share": 10_000, "model": sum(bundle),
                }] }],
                "stop": { "least_answers": 50, "most_lost": 500 },
            },
        });
        let file = self.sign("release", &release, &RELEASE, "release/new");
        let named = format!("release/{}", sum(&file));
        std::fs::rename(self.repository.join("release/new"), self.repository.join(named)).expect("writable");
        let timestamp = json!({
            "product": "launcher", "channel": "stable", "version": version,
            "issued_s": NOW_S - 3_600, "expires_s": NOW_S + 7 * DAY_S,
            "release_version": version, "release_sha256": sum(&file), "release_bytes": file.len(),
        });
        self.sign("timestamp", &timestamp, &TIMESTAMP, "timestamp");
        served
    }
}

/// Changes a byte in the middle of a file.
pub(crate) fn tamper(path: &Path) {
    let mut file = std::fs::read(path).expect("there");
    let middle = file.len() / 2;
    file[middle] ^= 1;
    std::fs::write(path, file).expect("writable");
}
