//! Parts are read as they were written, and what is wrong with them or with a bundle is said by name.

use foretap_core::model::{Arithmetic, Bundle, FORMAT};
use foretap_core::{BundleError, Moment, StartWeights};
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
    assert!(all.len() == 11 && all.iter().all(|line| line.starts_with("ok: ")), "{all:?}");
    let changed = |at: usize, to: u8| {
        let mut bytes = bytes.clone();
        bytes[at] = to;
        bytes
    };
    for (bad, count, says) in [
        (vec![0; 262_145], 1, "failed: size: the bundle has 262145 bytes, more than 262144"),
        (b"PK".to_vec(), 2, "failed: kind of file: not a model bundle"),
        (changed(7, FORMAT + 1), 3, "failed: format: the bundle has format 3, this library reads up to 2"),
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
    assert_eq!(found[11..], ["ok: fine", "failed: graph runs: the bundle's graph: no"]);
}

/// Trees of one and of no inner node, and a sequence model as small as one can be.
fn members() -> Value {
    let of_moment = json!({ "mlp": 1, "trees": 0.5, "sequence": -0.25 });
    let simple = json!({ "certainty": 2.5, "mlp": 1, "trees": 0, "sequence": 0 });
    json!({
        "weights": { "next": of_moment, "unlock": of_moment, "unlock_or_resume": of_moment },
        "router": { "next": simple, "unlock": simple, "unlock_or_resume": simple },
        "trees": { "nodes": [1, 0] },
        "sequence": { "width": 1, "heads": 1, "layers": 1, "hidden": 1 },
    })
}

/// The vectors of a bundle with such members.
fn members_golden() -> Value {
    let mut golden = golden();
    for (vector, rows) in golden.as_array_mut().expect("a list").iter_mut().zip([1, 2]) {
        let of_rows = |value: f64| vec![value; rows];
        let history = [vec![[0, 0, 0]; 30], vec![[64, 15, 119], [1, 0, 23]]].concat();
        let more = json!({
            "moment": "unlock", "log_mix": of_rows(-0.5), "recency": vec![63; rows], "history": history, "gap": 15,
            "time": 55, "trees": of_rows(0.25), "sequence": of_rows(0.125), "answer": of_rows(1.5),
        });
        vector.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    }
    golden
}

fn hybrid(members: &Value, golden: &Value) -> TempDir {
    let folder = folder(&manifest(), &calibration(), golden);
    let floats = |count: usize| (0..count).flat_map(|n| (n as f32 / 64.0).to_le_bytes()).collect::<Vec<_>>();
    let write = |name: &str, content: Vec<u8>| std::fs::write(folder.path().join(name), content).expect("writable");
    write("members.json", members.to_string().into_bytes());
    write("trees.bin", [vec![2, 1, 2], floats(1 + 3)].concat());
    write("sequence.bin", [vec![0x81; 315], floats(315 + 200)].concat());
    folder
}

#[test]
fn members_are_read_as_they_were_written() {
    let folder = hybrid(&members(), &members_golden());
    let bundle = Bundle::parse(&pack(folder.path()).expect("good parts")).expect("packed");
    assert_eq!(bundle.format(), 2);
    let members = bundle.members().expect("there");
    let trees = members.trees.as_ref().expect("there");
    assert_eq!(
        (&trees.nodes[..], &trees.columns[..], &trees.left[..], &trees.right[..]),
        (&[1, 0][..], &[2][..], &[1][..], &[2][..])
    );
    assert_eq!((&trees.thresholds[..], &trees.leaves[..]), (&[0.0][..], &[1.0 / 64.0, 2.0 / 64.0, 3.0 / 64.0][..]));
    let sequence = members.sequence.as_ref().expect("there");
    assert_eq!((sequence.weights[314], sequence.scales[314], sequence.floats[199]), (-127, 314.0 / 64.0, 514.0 / 64.0));
    let router = members.router.as_ref().expect("there");
    assert_eq!((router.certainty[2], router.weights[0].mlp, members.weights[1].sequence), (2.5, 1.0, -0.25));
    let golden = bundle.golden()[1].members.as_ref().expect("there");
    assert_eq!(
        (golden.moment, golden.past.openings[30].bytes(), golden.past.time),
        (Moment::Unlock, [64, 15, 119], 55)
    );
    assert_eq!(
        (&golden.trees[..], &golden.sequence[..], &golden.recency[..]),
        (&[0.25; 2][..], &[0.125; 2][..], &[63; 2][..])
    );
    let shown = json(&bundle);
    assert_eq!(shown["members"]["router"]["next"]["certainty"], 2.5);
    assert_eq!(shown["members"]["trees"], json!({ "trees": 2, "leaves": 3 }));
    let text = table(&bundle);
    for line in
        ["2 trees, 3 leaves", "1 layer of width 1", "unlock             1.000   0.500  -0.250", "from 2.50 nats"]
    {
        assert!(text.contains(line), "{line}: {text}");
    }
    assert!(verify(&pack(folder.path()).expect("good parts"), &[]).iter().all(|finding| finding.problem.is_none()));
}

#[test]
fn a_bundle_can_have_one_member_and_no_router() {
    for (without, of_golden) in [("trees", "trees"), ("sequence", "sequence"), ("router", "")] {
        let (mut members, mut golden) = (members(), members_golden());
        members[without] = Value::Null;
        for vector in golden.as_array_mut().expect("a list").iter_mut().filter(|_| !of_golden.is_empty()) {
            vector[of_golden] = Value::Null;
        }
        if without != "router" {
            for moment in Moment::ALL {
                members["weights"][moment.name()][without] = 0.into();
            }
        }
        let bundle = pack(hybrid(&members, &golden).path()).expect("good parts");
        assert!(Bundle::parse(&bundle).expect("packed").members().is_some());
    }
}

#[test]
fn a_bad_member_is_named_with_its_file_and_field() {
    let changed = |pointer: &str, to: Value| {
        let mut members = members();
        *members.pointer_mut(pointer).expect("there") = to;
        members
    };
    for (bad, says) in [
        (changed("/weights/next", json!({})), "members.json: weights.next.mlp: is missing"),
        (changed("/weights/next/mlp", json!("1")), "members.json: weights.next.mlp: must be a finite number"),
        (
            changed("/weights/next/mlp", json!(4.5)),
            "members.json: the bundle's members.weights must be numbers from -4 to 4",
        ),
        (changed("/router/unlock/certainty", json!(-1)), "members.json: the bundle's members.router.certainty must be"),
        (changed("/trees/nodes/0", json!(256)), "members.json: trees.nodes[0]: must be a whole number, 0 to 255"),
        (changed("/trees/nodes/1", json!(1)), "trees.bin: the file: must be 30 bytes as members.json says, not 19"),
        (changed("/sequence/width", json!(2)), "sequence.bin: the file: must be "),
        (changed("/sequence/width", json!(u64::MAX)), "sequence.bin: the file: must be sizes within the limits"),
        (changed("/sequence", json!({ "width": 1 })), "members.json: sequence.heads: is missing"),
        (
            changed("/trees", Value::Null),
            "members.json: the bundle's members.weights must be 0 for a member that is not there",
        ),
    ] {
        let error = pack(hybrid(&bad, &members_golden()).path()).expect_err("bad").to_string();
        assert!(error.contains(says), "{error}");
    }
    let changed = |pointer: &str, to: Value| {
        let mut golden = members_golden();
        *golden.pointer_mut(pointer).expect("there") = to;
        golden
    };
    for (bad, says) in [
        (changed("/1/moment", "noon".into()), "[1].moment: must be next, unlock or unlock_or_resume"),
        (changed("/1/history/31/0", 65.into()), "[1].history: must be 32 openings"),
        (changed("/1/history/31", json!([1, 2])), "[1].history[31]: must be rank, gap and time"),
        (changed("/1/time", 64.into()), "[1].history: must be 32 openings"),
        (changed("/1/recency/0", 64.into()), "golden vector 1: its places in the order of last use are not below 64"),
        (changed("/1/trees", json!([1])), "golden vector 1: what its members read or answer is not one for each row"),
        (golden(), "golden vector 0: it says something of members where there are none, or nothing where there are"),
    ] {
        let error = pack(hybrid(&members(), &bad).path()).expect_err("bad").to_string();
        assert!(error.contains("golden.json: ") && error.contains(says), "{error}");
    }
    let folder = hybrid(&members(), &members_golden());
    std::fs::remove_file(folder.path().join("trees.bin")).expect("there");
    let error = pack(folder.path()).expect_err("bad").to_string();
    assert!(error.contains("trees.bin: cannot be read: "), "{error}");
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
