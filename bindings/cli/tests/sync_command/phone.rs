//! A phone: an encrypted log with a simulated month, and runs of sync on it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use foretap_cli::simulate::{self, Simulation};
use foretap_core::{Engine, Event, Key, Options};
use serde_json::Value;

use crate::publisher::{NOW_S, command, hex, name};

const KEY: ([u8; 32], [u8; 16]) = ([0x5e; 32], [0xed; 16]);

pub(crate) struct Phone {
    pub(crate) db: PathBuf,
    pub(crate) key_file: PathBuf,
    /// The root that came with it.
    root: PathBuf,
}

impl Phone {
    pub(crate) fn new(folder: &Path, root: &Path) -> Self {
        let [db, key_file] = ["me.db", "key.hex"].map(|file| folder.join(file));
        std::fs::write(&key_file, hex(&[&KEY.0[..], &KEY.1].concat())).expect("writable");
        let mut engine = Engine::open(&db, &Key::new(KEY.0, KEY.1), Options::default()).expect("a new log");
        let month: Vec<Event> = Simulation::new(7, simulate::Options::default()).expect("valid").collect();
        assert!(engine.backfill(&month).expect("stored") > 10_000);
        Self { db, key_file, root: root.to_owned() }
    }

    pub(crate) fn sync(&self, address: &str, more: &[&str]) -> Output {
        self.run(address, more).output().expect("it was built for this test")
    }

    /// A run whose process is told which certificates the system trusts.
    pub(crate) fn sync_trusting(&self, address: &str, certificates: &Path) -> Output {
        let mut run = self.run(address, &[]);
        run.env_remove("SSL_CERT_DIR").env("SSL_CERT_FILE", certificates).output().expect("it was built for this test")
    }

    fn run(&self, address: &str, more: &[&str]) -> Command {
        let at = NOW_S.to_string();
        let fixed =
            ["--db", name(&self.db), "--key-file", name(&self.key_file), "--root", name(&self.root), "--at", &at];
        command(&[&["sync", address], &fixed[..], more].concat())
    }

    /// What `--json` says, and the exit code with what it complains of.
    pub(crate) fn synced(&self, address: &str, more: &[&str]) -> (Value, Option<i32>, String) {
        let output = self.sync(address, &[more, &["--json"]].concat());
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        let report = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON; {said}"));
        (report, output.status.code(), said)
    }

    /// The model that answers the next question.
    pub(crate) fn model(&self) -> String {
        let engine = Engine::open(&self.db, &Key::new(KEY.0, KEY.1), Options::default()).expect("its log");
        engine.model().active().map(|model| format!("{} {}", model.name(), model.version())).unwrap_or_default()
    }
}

/// Kinds of the files that were fetched.
pub(crate) fn kinds(report: &Value) -> Vec<String> {
    let files = report["fetched"].as_array().expect("a list");
    let kind = |file: &Value| file["path"].as_str().and_then(|path| path.split('/').next()).expect("a path").to_owned();
    files.iter().map(kind).collect()
}
