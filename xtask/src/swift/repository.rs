//! A signed repository of models for the tests of sync: `foretap repository` encodes and seals it, keys of this one run sign
//! it, and the model that it brings is the one that ships under another version.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::cargo::Cargo;
use crate::failure::Failure;
use crate::files::Files;
use crate::foretap::{Foretap, Profile};
use crate::step;

/// What a server would serve, where the tests look for it. Beside the files of a repository, `timestamps/N` is what its
/// `timestamp` says once release N is out: 1 brings another model, 2 takes it back.
const SERVED: &str = "target/swift/repository";
/// Keys, and what is made on the way.
const WORK: &str = "target/swift/publisher";
/// What phones have.
const SHIPPED: &str = "core/data/foretap.bundle";
/// When the tests' clocks begin: a Monday of 2026, in seconds since 1970.
const NOW_S: u64 = 1_770_019_200;
const DAY_S: u64 = 86_400;
/// What a bundle begins with: `FORETAP`, the format, the payload's SHA-256 sum.
const HEAD_BYTES: usize = 8 + 32;

/// Makes the repository anew.
///
/// # Errors
/// If `openssl` or `foretap` is missing, or does not do what it is told.
pub(super) fn make(cargo: &Cargo) -> Result<(), Failure> {
    let foretap = Foretap::build(cargo, Profile::Dev)?;
    let publisher = Publisher { foretap, files: Files::under(cargo.root()), root: cargo.root().to_owned() };
    step::step(&format!("swift: a repository of models -> {SERVED}"), || publisher.publish())
}

struct Publisher {
    foretap: Foretap,
    files: Files,
    root: PathBuf,
}

impl Publisher {
    fn publish(&self) -> Result<(), Failure> {
        for folder in [SERVED, WORK] {
            self.files.clear_folder(Path::new(folder))?;
        }
        for part in ["root", "release", "bundle", "delta", "timestamps"] {
            self.files.make_folder(&Path::new(SERVED).join(part))?;
        }
        self.sign_root()?;
        let models = self.put_bundle()?;
        let model = models[0]["sha256"].clone();
        self.release(1, &models, &model)?;
        self.release(2, &models, &Value::Null)
    }

    fn sign_root(&self) -> Result<(), Failure> {
        let mut root = json!({ "product": "tickets", "version": 1, "expires_s": NOW_S + 365 * DAY_S, "floor": 1 });
        for role in ["root", "release", "timestamp"] {
            self.openssl(&["genpkey", "-algorithm", "ed25519", "-outform", "DER", "-out", &work(role, "key")])?;
            root[role] = json!({ "keys": [self.public_key(role)?], "threshold": 1 });
        }
        self.files.write(&served("root/1"), &self.sign("root", &root)?)
    }

    /// The bundle and the delta to it; returns what a release says of them.
    fn put_bundle(&self) -> Result<Value, Failure> {
        let (file, new) = (work("new", "bundle"), work("new", "delta"));
        let shipped = self.files.read(Path::new(SHIPPED))?;
        let bundle = another_version(&shipped, |payload| {
            self.files.write(Path::new(&work("new", "payload")), payload)?;
            self.sum(&work("new", "payload"))
        })?;
        self.files.write(Path::new(&file), &bundle)?;
        let made = self.foretap(&["repository", "delta", SHIPPED, &file, "--out", &new])?;
        let inspected = self.foretap(&["bundle", "inspect", &file, "--json"])?;
        let (made, inspected) = (parse(&made)?, parse(&inspected)?);
        let (to, delta) = (text(&made["to"])?, hex(&self.sum(&new)?));
        self.files.write(&served(&format!("bundle/{to}")), &bundle)?;
        self.files.write(&served(&format!("delta/{delta}")), &self.files.read(Path::new(&new))?)?;
        Ok(json!([{
            "name": "another", "sha256": to, "bytes": bundle.len(), "answer_us": 0,
            "feature_schema": inspected["feature_schema"], "format": inspected["format"],
            "deltas": [{ "from": made["from"], "sha256": delta, "bytes": made["bytes"] }],
        }]))
    }

    /// A release that gives everyone a model, and the timestamp that names it.
    fn release(&self, version: u64, models: &Value, model: &Value) -> Result<(), Failure> {
        let file = self.sign(
            "release",
            &json!({
                "product": "tickets", "channel": "stable", "version": version,
                "issued_s": NOW_S - DAY_S, "expires_s": NOW_S + 90 * DAY_S, "models": models, "revoked": [],
                "rollout": {
                    "salt": "05".repeat(16),
                    "segments": [{ "name": "", "arms": [{ "name": "all", "first": 0, "share": 10_000, "model": model }] }],
                    "stop": { "least_answers": 50, "most_lost": 500 },
                },
            }),
        )?;
        let sum = hex(&self.sum(&work("release", "signed"))?);
        self.files.write(&served(&format!("release/{sum}")), &file)?;
        let timestamp = json!({
            "product": "tickets", "channel": "stable", "version": version,
            "issued_s": NOW_S - 3_600, "expires_s": NOW_S + 7 * DAY_S,
            "release_version": version, "release_sha256": sum, "release_bytes": file.len(),
        });
        self.files.write(&served(&format!("timestamps/{version}")), &self.sign("timestamp", &timestamp)?)
    }

    /// The signed file of what `content` says.
    fn sign(&self, role: &str, content: &Value) -> Result<Vec<u8>, Failure> {
        let [json, to_sign, signed] = ["json", "to-sign", "signed"].map(|end| work(role, end));
        self.files.write(Path::new(&json), content.to_string().as_bytes())?;
        self.foretap(&["repository", "encode", role, &json, "--out", &to_sign])?;
        let key = work(role, "key");
        let signature =
            self.openssl(&["pkeyutl", "-sign", "-rawin", "-keyform", "DER", "-inkey", &key, "-in", &to_sign])?;
        let signature = format!("{}:{}", self.public_key(role)?, hex(&signature));
        self.foretap(&["repository", "seal", &to_sign, "--signature", &signature, "--out", &signed])?;
        self.files.read(Path::new(&signed))
    }

    /// The last 32 bytes of its file, in hexadecimal digits.
    fn public_key(&self, role: &str) -> Result<String, Failure> {
        let key = work(role, "key");
        let file = self.openssl(&["pkey", "-inform", "DER", "-in", &key, "-pubout", "-outform", "DER"])?;
        file.last_chunk::<32>().map(|key| hex(key)).ok_or_else(|| Failure::new("openssl wrote no public key"))
    }

    fn sum(&self, file: &str) -> Result<Vec<u8>, Failure> {
        self.openssl(&["dgst", "-sha256", "-binary", file])
    }

    fn openssl(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let mut command = Command::new("openssl");
        command.current_dir(&self.root).args(arguments);
        output(&format!("openssl {}", arguments[0]), &mut command)
    }

    fn foretap(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let mut command = self.foretap.command(arguments[0]);
        command.args(&arguments[1..]);
        output(&format!("foretap {} {}", arguments[0], arguments[1]), &mut command)
    }
}

/// The same bundle with another last letter in its version; `sum` says the SHA-256 sum of a payload.
fn another_version(bundle: &[u8], sum: impl FnOnce(&[u8]) -> Result<Vec<u8>, Failure>) -> Result<Vec<u8>, Failure> {
    let unknown = || Failure::new(format!("{SHIPPED}: its manifest does not begin with a name and a version"));
    let mut payload = bundle.get(HEAD_BYTES..).ok_or_else(unknown)?.to_vec();
    // Field 1, the manifest, and in it field 1, the name, and field 2, the version: lengths below 128 have one byte.
    let [0x0a, 0..128, 0x0a, name @ 0..128, ..] = payload[..] else { return Err(unknown()) };
    let version = 4 + usize::from(name);
    let Some([0x12, letters @ 1..128]) = payload.get(version..version + 2) else { return Err(unknown()) };
    let last = version + 1 + usize::from(*letters);
    let letter = payload.get_mut(last).ok_or_else(unknown)?;
    *letter = if *letter == b'2' { b'3' } else { b'2' };
    Ok([&bundle[..8], &sum(&payload)?, &payload].concat())
}

fn work(name: &str, end: &str) -> String {
    format!("{WORK}/{name}.{end}")
}

fn served(path: &str) -> PathBuf {
    Path::new(SERVED).join(path)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(said: &[u8]) -> Result<Value, Failure> {
    serde_json::from_slice(said).map_err(|error| Failure::new(format!("foretap wrote no JSON: {error}")))
}

fn text(value: &Value) -> Result<&str, Failure> {
    value.as_str().ok_or_else(|| Failure::new("foretap named no sum"))
}

/// What a program writes to its standard output, which need not be text.
fn output(title: &str, command: &mut Command) -> Result<Vec<u8>, Failure> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| step::not_started(command, &error))?;
    step::passed(title, output.status)?;
    Ok(output.stdout)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(payload: &[u8]) -> Vec<u8> {
        [&b"FORETAP\x01"[..], &[7; 32], payload].concat()
    }

    #[test]
    fn another_version_is_another_bundle_and_all_else_stays() {
        let changed = |payload: &[u8]| another_version(&bundle(payload), |_| Ok(vec![8; 32]));
        let new = changed(b"\x0a\x0a\x0a\x03mlp\x12\x031.1rest").expect("a manifest");
        assert_eq!(new, [&b"FORETAP\x01"[..], &[8; 32], b"\x0a\x0a\x0a\x03mlp\x12\x031.2rest"].concat());
        let new = changed(b"\x0a\x0a\x0a\x03mlp\x12\x031.2rest").expect("a manifest");
        assert!(new.ends_with(b"1.3rest"));
        assert!(changed(b"\x0a\x0a\x0a\x03mlp\x18\x01").is_err());
        assert!(changed(b"").is_err());
    }
}
