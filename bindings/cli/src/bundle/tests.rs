//! Parts are read as they were written, and what is wrong with them or with a bundle is said by name.

use foretap_core::model::{Arithmetic, Bundle, FORMAT};
use foretap_core::{BundleError, StartWeights};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;

fn manifest() -> Value {
    json!({
        "name": "mlp", "version": "1", "arithmetic": "int8", "feature_schema": "0aFe".repeat(16), "features": 2,
        "shortlist": 32, "learned_on": ["c4".repeat(32)], "seed": u64::MAX, "held_out_fold": null,
    })
}

fn calibration() -> Value {
    let of = |top: f64| json!({ "trust": 1, "top": top, "slope": 0.1 });
    json!({ "unlock": of(0.2), "next": of(0.1), "unlock_or_resume": of(0.3) })
}

fn golden() -> Value {
    json!([
        { "features": [[0.1, -1e30]], "correction": [0.123_456_79] },
        { "features": [[1, 2], [3, 4]], "correction": [1.5, -2] },
    ])
}

/// A folder with these parts and a graph and start weights.
fn folder(manifest: &Value, calibration: &Value, golden: &Value) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).expect("writable");
    write("manifest.json", manifest.to_string());
    write("calibration.json", calibration.to_string());
    write("golden.json", golden.to_string());
    write("model.onnx", "a graph".to_owned());
    write("start_weights.tsv", format!("# a comment\n{}", StartWeights::default()));
    folder
}

fn good() -> TempDir {
    folder(&manifest(), &calibration(), &golden())
}

#[test]
fn parts_are_read_as_they_were_written() {
    let folder = good();
    let bytes = pack(folder.path()).expect("good parts");
    assert_eq!(pack(folder.path()).expect("good parts"), bytes, "the same parts give the same bytes");
    let bundle = Bundle::parse(&bytes).expect("packed");
    let manifest = bundle.manifest();
    assert_eq!((manifest.name.as_str(), manifest.version.as_str(), manifest.seed), ("mlp", "1", u64::MAX));
    assert_eq!((manifest.arithmetic, manifest.features, manifest.shortlist), (Arithmetic::Int8, 2, 32));
    assert_eq!((&manifest.feature_schema[..4], &manifest.learned_on[..]), (&[10, 254, 10, 254][..], &[[0xc4; 32]][..]));
    assert_eq!(bundle.onnx(), b"a graph");
    assert_eq!(bundle.calibration().map(|calibration| calibration.top), [0.1, 0.2, 0.3], "in the order of moments");
    assert_eq!(bundle.start_weights(), &StartWeights::default());
    assert_eq!(bundle.golden()[0].features, [0.1, -1e30]);
    assert_eq!(bundle.golden()[1].features, [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(bundle.golden()[0].correction, [0.123_456_79]);
}

#[test]
fn a_bad_part_is_named_with_its_field() {
    let (manifest, calibration, golden) = (&manifest(), &calibration(), &golden());
    let changed = |value: &Value, pointer: &str, to: Value| {
        let mut value = value.clone();
        *value.pointer_mut(pointer).expect("there") = to;
        value
    };
    let without = |value: &Value, key: &str| {
        let mut value = value.clone();
        value.as_object_mut().expect("an object").remove(key);
        value
    };
    let mut more = manifest.clone();
    more["author"] = "me".into();
    for (bad, says) in [
        (without(manifest, "seed"), "seed: is missing"),
        (more, "author: unknown field"),
        (json!([]), "the file: must be an object"),
        (changed(manifest, "/name", 7.into()), "name: must be a text"),
        (changed(manifest, "/arithmetic", "int4".into()), "arithmetic: must be int8 or fp32"),
        (changed(manifest, "/feature_schema", "0a".into()), "feature_schema: must be a SHA-256 sum"),
        (changed(manifest, "/learned_on/0", "\u{e9}".repeat(32).into()), "learned_on[0]: must be a SHA-256 sum"),
        (changed(manifest, "/features", (-1).into()), "features: must be a whole number"),
        (changed(manifest, "/features", json!(72.5)), "features: must be a whole number"),
        (changed(manifest, "/features", u64::MAX.into()), "the bundle's manifest.features must be 1 to 256"),
        (changed(manifest, "/name", "".into()), "the bundle's manifest.name must be 1 to 64 printable"),
    ] {
        let error = pack(folder(&bad, calibration, golden).path()).expect_err("bad").to_string();
        assert!(error.contains(&format!("manifest.json: {says}")), "{error}");
    }
    for (bad, says) in [
        (without(calibration, "unlock"), "unlock: is missing"),
        (changed(calibration, "/next/top", "0".into()), "next.top: must be a finite number"),
        (changed(calibration, "/next/slope", json!(1e39)), "next.slope: must be a finite number"),
        (changed(calibration, "/unlock/trust", json!(2.5)), "the bundle's calibration.unlock.trust must be"),
    ] {
        let error = pack(folder(manifest, &bad, golden).path()).expect_err("bad").to_string();
        assert!(error.contains(&format!("calibration.json: {says}")), "{error}");
    }
    for (bad, says) in [
        (json!({}), "the file: must be a list"),
        (changed(golden, "/1/features/1/0", Value::Null), "[1].features[1][0]: must be a finite number"),
        (changed(golden, "/1/features/1", json!([3])), "[1].features[1]: must be as long as the rows before it"),
        (changed(golden, "/1/features", json!([[1], [2]])), "the bundle's golden vector 1: its features"),
        (changed(golden, "/0/correction", json!([])), "the bundle's golden vector 0: its corrections"),
        (json!([]), "the bundle's golden must be 1 to 16 vectors"),
    ] {
        let error = pack(folder(manifest, calibration, &bad).path()).expect_err("bad").to_string();
        assert!(error.contains(&format!("golden.json: {says}")), "{error}");
    }
}

#[test]
fn a_part_that_is_missing_or_no_text_of_its_kind_is_named() {
    for (name, content, says) in [
        ("golden.json", None, "cannot be read: "),
        ("model.onnx", None, "cannot be read: "),
        ("model.onnx", Some(&b""[..]), "the bundle's graph must be there"),
        ("start_weights.tsv", Some(b"\xff"), "cannot be read: "),
        ("start_weights.tsv", Some(b"\nnext\ttotal\tmuch\n"), "the bundle's start weights, line 2: "),
    ] {
        let folder = good();
        let path = folder.path().join(name);
        match content {
            Some(content) => std::fs::write(&path, content),
            None => std::fs::remove_file(&path),
        }
        .expect("writable");
        let error = pack(folder.path()).expect_err("bad").to_string();
        assert!(error.starts_with(&format!("{}: {says}", path.display())), "{error}");
    }
    let folder = good();
    std::fs::write(folder.path().join("golden.json"), "[\n{\"features\": [[NaN").expect("writable");
    let error = pack(folder.path()).expect_err("bad").to_string();
    assert!(error.contains("golden.json:2: "), "{error}");
}

#[test]
fn the_checks_stop_at_the_one_that_fails() {
    let bytes = pack(good().path()).expect("good parts");
    let never = FurtherCheck { name: "never made", run: |_| panic!("made") };
    let lines = |bytes: &[u8], further: &[FurtherCheck]| {
        let findings = verify(bytes, further);
        assert!(findings.iter().rev().skip(1).all(|finding| finding.problem.is_none()));
        findings.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let all = lines(&bytes, &[]);
    assert!(all.len() == 10 && all.iter().all(|line| line.starts_with("ok: ")), "{all:?}");
    let changed = |at: usize, to: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = to;
        bytes
    };
    for (bad, count, says) in [
        (vec![0; 65_537], 1, "failed: size: the bundle has 65537 bytes, more than 65536"),
        (b"PK".to_vec(), 2, "failed: kind of file: not a model bundle"),
        (changed(7, FORMAT + 1), 3, "failed: format: the bundle has format 2, this library reads up to 1"),
        (changed(50, bytes[50] ^ 1), 4, "failed: SHA-256 sum: the bundle is damaged: its SHA-256 sum does not fit"),
    ] {
        let lines = lines(&bad, &[never]);
        assert_eq!((lines.len(), lines[count - 1].as_str()), (count, says));
    }
    let (fine, bad) = (
        FurtherCheck { name: "fine", run: |_| Ok(()) },
        FurtherCheck { name: "graph runs", run: |_| Err(BundleError::Graph { reason: "no".to_owned() }) },
    );
    let found = lines(&bytes, &[fine, bad, never]);
    assert_eq!(found[10..], ["ok: fine", "failed: graph runs: the bundle's graph: no"]);
}

#[test]
fn numbers_are_shown_with_the_digits_they_were_written_with() {
    let bundle = Bundle::parse(&pack(good().path()).expect("good parts")).expect("packed");
    let shown = json(&bundle);
    assert_eq!(shown["calibration"]["unlock_or_resume"], json!({ "trust": 1.0, "top": 0.3, "slope": 0.1 }));
    assert_eq!(shown["golden"][0], json!({ "features": [[0.1, -1e30]], "correction": [0.123_456_79] }));
    assert_eq!(shown["part_bytes"]["graph"], 7);
    assert_eq!(shown["feature_schema"], "0afe".repeat(16));
}
