//! `foretap bundle` as a person meets it: its exit codes, messages and files.

use std::path::Path;
use std::process::{Command, Output};

use foretap_core::StartWeights;
use serde_json::{Value, json};
use tempfile::TempDir;

fn bundle(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foretap"));
    command.arg("bundle").args(arguments).output().expect("it was built for this test")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A folder with good parts in it.
fn parts() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let calibration = json!({ "trust": 0.9, "top": -0.25, "slope": 0.125 });
    let manifest = json!({
        "name": "ubiqlog-mlp", "version": "1.2", "arithmetic": "int8", "feature_schema": "5e".repeat(32), "features": 3,
        "shortlist": 32, "learned_on": ["aa".repeat(32), "bb".repeat(32)], "seed": 11, "held_out_fold": 4,
    });
    for (part, content) in [
        ("manifest.json", manifest.to_string()),
        (
            "calibration.json",
            json!({ "next": calibration, "unlock": calibration, "unlock_or_resume": calibration }).to_string(),
        ),
        ("golden.json", json!([{ "features": [[1, 2, 3], [4, 5, 6]], "correction": [0, 1] }]).to_string()),
        ("start_weights.tsv", StartWeights::default().to_string()),
        ("model.onnx", "a graph of 21 letters".to_owned()),
    ] {
        std::fs::write(folder.path().join(part), content).expect("writable");
    }
    folder
}

#[test]
fn what_is_packed_is_shown_and_passes_every_check() {
    let folder = parts();
    let [one, two] = ["one.bundle", "two.bundle"].map(|file| folder.path().join(file));
    for out in [&one, &two] {
        let packed = bundle(&["pack", name(folder.path()), "--out", name(out)]);
        assert!(packed.status.success(), "{}", text(&packed.stderr));
        assert_eq!(text(&packed.stdout), format!("{}: written\n", out.display()));
    }
    assert_eq!(std::fs::read(&one).expect("written"), std::fs::read(&two).expect("written"));

    let shown = bundle(&["inspect", name(&one)]);
    let shown = text(&shown.stdout);
    for line in ["ubiqlog-mlp", "1.2", "int8", &"5e".repeat(32), &"bb".repeat(32), "graph                 21", "-0.250"]
    {
        assert!(shown.contains(line), "{shown}");
    }
    assert!(shown.contains("1 golden vector, rows: 2") && shown.lines().all(|line| line.len() <= 120), "{shown}");

    let object: Value = serde_json::from_slice(&bundle(&["inspect", name(&one), "--json"]).stdout).expect("JSON");
    assert_eq!(
        (&object["name"], &object["seed"], &object["calibration"]["unlock"]["trust"]),
        (&"ubiqlog-mlp".into(), &11.into(), &json!(0.9))
    );
    assert!(shown.contains(object["id"].as_str().expect("a text")));

    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/data/foretap.bundle");
    let checked = bundle(&["verify", name(&shipped)]);
    let lines = text(&checked.stdout);
    assert!(checked.status.success() && lines.lines().count() >= 11, "{lines}");
    assert!(lines.lines().all(|line| line.starts_with("ok: ")) && checked.stderr.is_empty(), "{lines}");
    // The made-up one is a bundle by its form, and no model of this library.
    let checked = bundle(&["verify", name(&one)]);
    let (lines, failed) = (text(&checked.stdout), "failed: schema, graph and golden vectors: the bundle's model reads");
    assert!(checked.status.code() == Some(1) && lines.lines().last().is_some_and(|l| l.starts_with(failed)), "{lines}");
}

#[test]
fn a_bad_bundle_fails_its_check_with_exit_code_1_and_cannot_be_shown() {
    let folder = parts();
    let path = folder.path().join("damaged.bundle");
    assert!(bundle(&["pack", name(folder.path()), "--out", name(&path)]).status.success());
    let mut bytes = std::fs::read(&path).expect("written");
    *bytes.last_mut().expect("not empty") ^= 1;
    std::fs::write(&path, bytes).expect("writable");

    let checked = bundle(&["verify", name(&path)]);
    assert_eq!(checked.status.code(), Some(1));
    assert!(
        text(&checked.stdout).ends_with("failed: SHA-256 sum: the bundle is damaged: its SHA-256 sum does not fit\n")
    );
    assert_eq!(text(&checked.stderr), format!("foretap: {}: cannot be used\n", path.display()));

    let shown = bundle(&["inspect", name(&path)]);
    assert!(shown.status.code() == Some(2) && shown.stdout.is_empty());
    assert!(text(&shown.stderr).starts_with(&format!("foretap: {}: the bundle is damaged", path.display())));
}

#[test]
fn files_that_cannot_be_used_are_named_with_exit_code_2() {
    let folder = parts();
    let missing = folder.path().join("missing");
    let out = folder.path().join("out.bundle");
    std::fs::write(folder.path().join("manifest.json"), "{\n \"name\": 1,\n}").expect("writable");
    for (arguments, says) in [
        (vec![], "Usage: foretap bundle"),
        (vec!["inspect", name(&missing)], "missing: cannot be read: "),
        (vec!["verify", name(&missing)], "missing: cannot be read: "),
        (vec!["verify", name(folder.path())], ": cannot be read: "),
        (vec!["pack", name(&missing), "--out", name(&out)], "manifest.json: cannot be read: "),
        (vec!["pack", name(folder.path()), "--out", name(&out)], "manifest.json:3: trailing comma"),
        (vec!["pack", name(folder.path())], "--out"),
        (vec!["pack", name(folder.path()), "--out", "/no/such/folder/x.bundle"], "there is no folder"),
    ] {
        let output = bundle(&arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(text(&output.stderr).contains(says), "{}", text(&output.stderr));
        assert!(output.stdout.is_empty() && !out.exists());
    }
}

#[test]
fn every_command_explains_itself() {
    for arguments in [&["--help"][..], &["pack", "--help"], &["inspect", "--help"], &["verify", "--help"]] {
        let output = bundle(arguments);
        assert!(output.status.success() && text(&output.stdout).contains("Examples:"), "{arguments:?}");
    }
}
