//! A bundle with members, played back: every rank stays the graph's where nothing else counts, and the router's share is said.

use std::path::Path;
use std::process::Command;

use foretap_cli::simulate::{Options, Simulation};
use foretap_core::EventKind;
use foretap_core::habits::{Moment, Past};
use foretap_core::model::{Bundle, BundleParts, Golden, Members, MembersGolden, Router, Trees, Weights};
use serde_json::Value;
use tempfile::TempDir;

/// The shipped graph beside one tree that says the same of everyone.
fn hybrid(weights: Weights, router: Option<Router>) -> Vec<u8> {
    const SCORE: f32 = 0.5;
    let [columns, left, right] = [const { Vec::new() }; 3];
    let trees = Trees { nodes: vec![0], columns, thresholds: Vec::new(), left, right, leaves: vec![SCORE] };
    let shipped = Bundle::shipped().expect("valid");
    let golden = shipped.golden().iter().map(|golden| {
        // A mixer that is not certain: all members answer.
        let members = MembersGolden {
            moment: Moment::Next,
            log_mix: vec![-3.0; golden.rows],
            recency: (0..golden.rows).collect(),
            past: Past::of_bytes([0; 96], 0, 0).expect("nothing was opened"),
            trees: vec![SCORE; golden.rows],
            sequence: Vec::new(),
            answer: golden.correction.iter().map(|graph| weights.mlp * graph + weights.trees * SCORE).collect(),
        };
        Golden { members: Some(members).filter(|_| golden.rows > 1), ..golden.clone() }
    });
    let parts = BundleParts {
        manifest: shipped.manifest().clone(),
        onnx: shipped.onnx().to_vec(),
        calibration: *shipped.calibration(),
        start_weights: shipped.start_weights().to_string(),
        golden: golden.filter(|golden| golden.members.is_some()).collect(),
        members: Some(Members { weights: [weights; 3], trees: Some(trees), sequence: None, router }),
    };
    parts.pack().expect("valid parts")
}

/// The text and the JSON of a replay of six simulated weeks.
fn replayed(folder: &TempDir, bundle: Option<&[u8]>) -> (String, Value) {
    let [log, file, json] = ["weeks.csv", "hybrid.bundle", "weeks.json"].map(|name| folder.path().join(name));
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item\n");
    for event in Simulation::new(5, Options { days: 42, ..Options::default() }).expect("valid") {
        let (kind, item) = match &event.kind {
            EventKind::Launch(item) => ("launch", item.id()),
            EventKind::Unlock => ("unlock", ""),
            EventKind::Lock => ("lock", ""),
            _ => continue,
        };
        rows += &format!("me,{},{},{kind},{item}\n", event.at.at_ms(), event.at.utc_offset_min());
    }
    std::fs::write(&log, rows).expect("writable");
    let name = |path: &Path| path.to_str().expect("UTF-8").to_owned();
    let mut arguments = vec!["replay".to_owned(), name(&log), "--json".to_owned(), name(&json)];
    if let Some(bundle) = bundle {
        std::fs::write(&file, bundle).expect("writable");
        arguments.extend(["--bundle".to_owned(), name(&file)]);
    }
    let output =
        Command::new(env!("CARGO_BIN_EXE_foretap")).args(arguments).output().expect("it was built for this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let json = serde_json::from_slice(&std::fs::read(&json).expect("written")).expect("JSON");
    (String::from_utf8(output.stdout).expect("UTF-8"), json)
}

#[test]
fn a_hybrid_whose_graph_counts_alone_ranks_as_the_graph_and_its_router_says_its_share() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let graph = Weights { mlp: 1.0, trees: 0.0, sequence: 0.0 };
    let router = Router { certainty: [0.5, 0.5, 1_000.0], weights: [graph; 3] };
    let (text, numbers) = replayed(&folder, None);
    let (hybrid_text, hybrid_numbers) = replayed(&folder, Some(&hybrid(graph, Some(router))));
    assert_eq!(hybrid_numbers["tasks"], numbers["tasks"]);
    assert_eq!(hybrid_numbers["ece"], numbers["ece"]);
    assert!(!text.contains("simple, for the router") && numbers["router"]["A"].is_null());
    assert!(hybrid_text.contains("  simple, for the router: "), "{hybrid_text}");
    let share = |task: &str| hybrid_numbers["router"][task]["share"].as_f64().expect("a share");
    assert!((0.05..0.95).contains(&share("A")) && (0.05..0.95).contains(&share("C")), "{}", hybrid_numbers["router"]);
    assert_eq!(share("B"), 0.0, "nobody is that certain");
}

#[test]
fn what_every_candidate_gets_alike_changes_no_rank() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (_, numbers) = replayed(&folder, None);
    let (_, hybrid_numbers) = replayed(&folder, Some(&hybrid(Weights { mlp: 1.0, trees: 4.0, sequence: 0.0 }, None)));
    let hits = |numbers: &Value| numbers["tasks"]["A"]["model"]["macro"]["hr3"].as_f64().expect("a rate");
    assert!((hits(&hybrid_numbers) - hits(&numbers)).abs() < 0.5 && hybrid_numbers["router"]["A"].is_null());
}
