//! What the README says of real logs, where they are at hand.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

/// A file of the shared logs, or `None` (said past the capture of passing tests) where they are not at hand.
fn shared(file: &str) -> Option<PathBuf> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let path = std::env::var_os("FORETAP_DATA").map_or(root, PathBuf::from).join(file);
    let found = path.exists().then_some(path);
    if found.is_none() {
        let _ = writeln!(std::io::stdout(), "skipped: {file}");
    }
    found
}

fn replay(log: &PathBuf, options: &[&str]) -> (Value, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let json = folder.path().join("numbers.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_foretap"));
    let output = command.arg("replay").arg(log).args(options).arg("--json").arg(&json).output().expect("runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(json).expect("written");
    (serde_json::from_str(&text).expect("JSON"), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn hr3(numbers: &Value, task: &str, system: &str) -> f64 {
    numbers["tasks"][task][system]["macro"]["hr3"].as_f64().expect("scored")
}

#[test]
fn notifications_lift_two_phones_that_nothing_was_learned_on_above_every_rule() {
    let Some(log) = shared("two_phones_2019.csv.gz") else { return };
    let (with, _) = replay(&log, &[]);
    let (without, _) = replay(&log, &["--without-notifications"]);
    assert_eq!(with["weights"]["name"], "of the model");
    let learned = ["foretap", "model", "mixer", "logmix", "ppm3"];
    let systems = with["tasks"]["C"].as_object().expect("scored");
    let rules = systems.keys().filter(|system| !learned.contains(&system.as_str()));
    let best = rules.map(|rule| hr3(&with, "C", rule)).fold(0.0, f64::max);
    let ours = [&with, &without].map(|numbers| hr3(numbers, "C", "foretap"));
    println!("C, HR@3: best rule {best:.1}, foretap {:.1}, without notifications {:.1}", ours[0], ours[1]);
    assert!(ours[0] >= best + 5.0);
    assert!(ours[0] >= ours[1] + 2.0, "the lead comes from notifications");
}

#[test]
fn a_day_of_a_phone_loads_predicts_and_is_said_to_be_too_short_to_score() {
    let Some(log) = shared("usage_events_one_day.csv") else { return };
    let (numbers, text) = replay(&log, &[]);
    assert_eq!(text.matches("too short to score").count(), 3, "{text}");
    assert!(numbers["latency_us"]["total"]["p99"].as_f64().is_some_and(|us| us > 0.0), "it predicts all the same");
}
