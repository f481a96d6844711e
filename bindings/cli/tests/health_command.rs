//! `foretap health` as a person meets it: reports of played logs and of encrypted ones, exit codes, and no name anywhere.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use foretap_cli::simulate::{self, Simulation};
use foretap_core::{Engine, Event, EventKind, Item, Key, Options, Request, Timestamp};
use serde_json::Value;
use tempfile::TempDir;

const CANARY: &str = "canary-yellow-4711";

fn foretap(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretap")).args(arguments).output().expect("it was built for this test")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("writable");
    path
}

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

/// A simulated life in the plain form, each item and place named after the canary.
fn log(people: &[(&str, u64, u32)]) -> String {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item,place,network\n");
    for &(user, seed, days) in people {
        let options = simulate::Options { days, ..simulate::Options::default() };
        for event in Simulation::new(seed, options).expect("valid") {
            let (kind, item) = match &event.kind {
                EventKind::Launch(item) => ("launch", item.id()),
                EventKind::Notification(item) => ("notification", item.id()),
                EventKind::Unlock => ("unlock", ""),
                EventKind::Lock => ("lock", ""),
                _ => continue,
            };
            let item = if item.is_empty() { String::new() } else { format!("{CANARY}-{item}") };
            let place = event.context.place.as_ref().map_or(String::new(), |place| format!("{CANARY}-{place}"));
            let network = event.context.network.map_or("", |network| network.name());
            let (at_ms, offset) = (event.at.at_ms(), event.at.utc_offset_min());
            rows += &format!("{user},{at_ms},{offset},{kind},{item},{place},{network}\n");
        }
    }
    rows
}

const KEY: ([u8; 32], [u8; 16]) = ([0x5e; 32], [0xed; 16]);

fn hex_key() -> String {
    format!("{}\n{}\n", "5e".repeat(32), "ED".repeat(16))
}

/// An encrypted log with some events, rankings and a maintenance.
fn encrypted(folder: &TempDir) -> PathBuf {
    let path = folder.path().join("phone.db");
    let mut engine = Engine::open(&path, &Key::new(KEY.0, KEY.1), Options::default()).expect("opens");
    let at = |n: i64| Timestamp::new(1_700_000_000_000 + n * 600_000, 60).expect("valid");
    for n in 0..400 {
        let item = Item::new(&format!("{CANARY}-{}", n * n % 7)).expect("valid");
        engine.record(&Event::launch(at(n), item)).expect("stored");
        let _ = engine.predict(&Request::next(at(n)), &|| 0);
    }
    engine.maintain().expect("saved");
    path
}

fn files(folder: &TempDir) -> BTreeMap<String, Vec<u8>> {
    let files = std::fs::read_dir(folder.path()).expect("reads").map(|entry| entry.expect("reads").path());
    files.map(|path| (name(&path).to_owned(), std::fs::read(&path).expect("reads"))).collect()
}

#[test]
fn everyone_of_a_log_has_a_report_and_no_name_is_in_it() {
    let folder = folder();
    let path = file(&folder, "month.csv", log(&[("anna", 1, 30), ("ben", 2, 2)]));
    let output = foretap(&["health", name(&path)]);
    let says = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    for part in
        ["anna of month\n", "\nben of month\n", "Hit rates", "Drift", "Latency", "input hour", "too few questions"]
    {
        assert!(says.contains(part), "{part}: {says}");
    }
    assert!(!says.contains("canary") && says.lines().all(|line| line.chars().count() <= 120), "{says}");
    assert!(says.contains("  stable\n"), "a month is enough to look for drift: {says}");

    let one = foretap(&["health", name(&path), "--user", "ben", "--json", "--no-model"]);
    let says = text(&one.stdout);
    let json: Value = serde_json::from_str(&says).expect("JSON");
    assert!(!says.contains("canary"));
    let [user] = &json["users"].as_array().expect("users")[..] else { panic!("{says}") };
    assert_eq!((user["user"].as_str(), json["model_learned_on_this_log"].as_bool()), (Some("ben"), Some(false)));
    let health = &user["health"];
    assert_eq!((health["model"]["state"].as_str(), health["answers"]["model"].as_u64()), (Some("off"), Some(0)));
    assert!(
        health["answers"]["mixer"].as_u64() == health["latency"]["total"]["count"].as_u64().map(|n| n - 1),
        "{says}"
    );
    assert_eq!(health["moments"][1]["moment"].as_str(), Some("unlock"));
    assert!(health["moments"][1]["week"]["rates"]["rules"][3]["at_3"].is_f64(), "{says}");
    assert_eq!(health["inputs"][0]["drift"]["needed"].as_u64(), Some(200));
}

#[test]
fn the_moment_of_the_report_can_be_said() {
    let folder = folder();
    let path = file(&folder, "days.csv", log(&[("anna", 3, 3)]));
    let report = |now: &[&str]| {
        let output = foretap(&[&["health", name(&path), "--json", "--no-model"], now].concat());
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        json["users"][0]["health"].clone()
    };
    let newest = report(&[]);
    assert_eq!(newest["log"]["age_days"].as_u64(), Some(2));
    let newest_ms = newest["log"]["newest_ms"].as_i64().expect("a time");
    let later = report(&["--now", &(newest_ms + 10 * 86_400_000).to_string()]);
    assert_eq!((later["log"]["age_days"].as_u64(), later["log"]["quiet_days"].as_u64()), (Some(12), Some(10)));
    let questions = |health: &Value, span: &str| health["moments"][0][span]["questions"].as_u64().expect("a number");
    assert!(questions(&newest, "week") > 50 && questions(&newest, "week") == questions(&later, "month"));
    assert_eq!((questions(&later, "week"), &later["moments"][0]["week"]["rates"]), (0, &Value::Null));
}

#[test]
fn a_log_of_a_few_rows_says_that_there_is_little_to_tell() {
    let folder = folder();
    let rows = "user,at_ms,utc_offset_min,kind,item\na,1700000000000,0,launch,mail\n";
    let path = file(&folder, "short.csv", rows);
    let output = foretap(&["health", name(&path)]);
    let says = text(&output.stdout);
    assert!(output.status.success() && says.contains("nothing was asked"), "{says}");
    assert!(
        says.contains("too few questions: 0 and 0, of 200 each") && says.contains("1 openings of 1 items"),
        "{says}"
    );
}

#[test]
fn an_encrypted_log_is_reported_and_not_touched() {
    let folder = folder();
    let key = file(&folder, "key.hex", hex_key());
    let path = encrypted(&folder);
    let before = files(&folder);
    let output = foretap(&["health", "--db", name(&path), "--key-file", name(&key)]);
    let says = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(says.contains("400 events") && says.contains("opened") && !says.contains("canary"), "{says}");
    assert!(says.contains("Rankings  400"), "what was counted before is there: {says}");
    let json = foretap(&["health", "--db", name(&path), "--key-file", name(&key), "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(json["health"]["log"]["found"].as_str(), Some("log"));
    assert!(files(&folder) == before, "nothing was changed");
}

#[test]
fn a_key_or_a_log_that_does_not_fit_is_named_with_exit_code_2() {
    let folder = folder();
    let path = encrypted(&folder);
    let key = file(&folder, "key.hex", hex_key());
    let wrong = file(&folder, "wrong.hex", hex_key().replacen("5e", "5f", 1));
    let short = file(&folder, "short.hex", &hex_key()[2..]);
    let odd = file(&folder, "odd.hex", hex_key().replacen("5e", "xy", 1));
    let missing = folder.path().join("missing");
    let damaged = folder.path().join("damaged.db");
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[5_000..9_000].fill(0x5a);
    std::fs::write(&damaged, &bytes).expect("writable");
    std::fs::copy(folder.path().join("phone.db.kcv"), folder.path().join("damaged.db.kcv")).expect("copies");
    let csv = file(&folder, "log.csv", log(&[("anna", 1, 1)]));
    let before = files(&folder);
    let of_db = |db: &Path, key: &Path| {
        vec!["health".into(), "--db".into(), name(db).to_owned(), "--key-file".into(), name(key).to_owned()]
    };
    for (arguments, why) in [
        (of_db(&path, &wrong), "phone.db: the key in "),
        (of_db(&path, &wrong), "wrong.hex does not open it (nothing was changed)"),
        (of_db(&path, &short), "short.hex: is no key: 96 hexadecimal digits are needed"),
        (of_db(&path, &odd), "odd.hex: is no key"),
        (of_db(&path, &missing), "missing: cannot be read: "),
        (of_db(&missing, &key), "missing: cannot be read: "),
        (of_db(&damaged, &key), "damaged.db: the log is damaged (nothing was changed)"),
        (vec!["health".into()], "foretap health [OPTIONS] --db <FILE> --key-file <FILE>"),
        (vec!["health".into(), "--db".into(), name(&path).into()], "--key-file <FILE>"),
        (vec!["health".into(), name(&csv).into(), "--user".into(), "zoe".into()], "nobody is called zoe; known: anna"),
        (vec!["health".into(), name(&csv).into(), "--bundle".into(), name(&missing).into()], "missing: "),
        (vec!["health".into(), name(&csv).into(), "--now".into(), "-1".into()], "--now"),
        (vec!["health".into(), name(&missing).into()], "missing:1: cannot be read: "),
    ] {
        let output = foretap(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        let says = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {says}");
        assert!(says.contains(why) && output.stdout.is_empty(), "{why}: {says}");
        assert!(!says.contains("5e5e"), "no key is shown");
    }
    assert!(files(&folder) == before, "nothing was changed");
}

#[test]
fn a_bundle_that_cannot_be_used_is_in_the_report() {
    let folder = folder();
    let csv = file(&folder, "log.csv", log(&[("anna", 1, 1)]));
    let bundle = file(&folder, "x.bundle", "nothing");
    let output = foretap(&["health", name(&csv), "--bundle", name(&bundle)]);
    assert!(output.status.success());
    let says = text(&output.stdout);
    assert!(says.contains("refused, the statistics answer alone: not a model bundle"), "{says}");
}

#[test]
fn quiet_prints_nothing() {
    let folder = folder();
    let csv = file(&folder, "log.csv", log(&[("anna", 1, 1)]));
    let output = foretap(&["health", name(&csv), "--quiet"]);
    assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty());
}
