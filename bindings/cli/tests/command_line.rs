//! The command line as a person meets it: its exit codes, messages and files.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use foretap_cli::simulate::{Options, Simulation};
use foretap_core::EventKind;
use serde_json::Value;
use tempfile::TempDir;

fn foretap(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretap")).args(arguments).output().expect("it was built for this test")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// A log in the plain form: simulated people by name, seed and days.
fn log(people: &[(&str, u64, u32)]) -> String {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item\n");
    for &(user, seed, days) in people {
        for event in Simulation::new(seed, Options { days, ..Options::default() }).expect("valid") {
            let (kind, item) = match &event.kind {
                EventKind::Launch(item) => ("launch", item.id()),
                EventKind::Close(item) => ("close", item.id()),
                EventKind::Notification(item) => ("notification", item.id()),
                EventKind::Unlock => ("unlock", ""),
                EventKind::Lock => ("lock", ""),
                _ => continue,
            };
            rows += &format!("{user},{},{},{kind},{item}\n", event.at.at_ms(), event.at.utc_offset_min());
        }
    }
    rows
}

fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("writable");
    path
}

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn a_bad_log_is_named_with_its_line_and_exit_code_2() {
    let folder = folder();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(log(&[("a", 1, 1)]).as_bytes()).expect("to memory");
    let gzip = encoder.finish().expect("to memory");
    let utf16: Vec<u8> = "\u{feff}user,at_ms\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (at, content, line, why) in [
        ("cut.csv.gz", &gzip[..gzip.len() / 2], 1, "the gzip stream is cut off"),
        ("binary.csv", b"user,at_ms\na\0,b".as_slice(), 2, "binary data"),
        ("wide.csv", &utf16, 1, "UTF-16"),
        ("bad.csv", b"user,at_ms,utc_offset_min,kind,item\na,x,0,launch,b\n", 2, "no usable row"),
    ] {
        let path = file(&folder, at, content);
        for command in ["replay", "weights"] {
            let out = folder.path().join("out.tsv");
            let arguments: &[&str] = if command == "weights" { &["--out", name(&out)] } else { &[] };
            let output = foretap(&[&[command, name(&path)], arguments].concat());
            let says = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{says}");
            assert!(says.starts_with(&format!("foretap: {}:{line}: ", path.display())) && says.contains(why), "{says}");
            assert!(output.stdout.is_empty() && !out.exists());
        }
    }
}

#[test]
fn bad_arguments_are_refused_before_anything_is_played() {
    let folder = folder();
    let path = file(&folder, "log.csv", log(&[("a", 1, 1)]));
    let table = file(&folder, "table.tsv", "next\ttotal\tmuch\n");
    let missing = folder.path().join("missing");
    for (arguments, why) in [
        (vec!["replay"], "<LOG>"),
        (vec!["replay", name(&missing)], "missing:1: cannot be read: "),
        (vec!["replay", name(&path), "--format", "elf"], "possible values: plain"),
        (vec!["replay", name(&path), "--weights", name(&missing)], "none of auto, shipped, neutral, leave-user-out"),
        (vec!["replay", name(&path), "--weights", name(&table)], "table.tsv:1: not a number in range"),
        (vec!["replay", name(&path), "--json", "/no/such/folder/x.json"], "there is no folder"),
        (vec!["weights", name(&path)], "--out"),
        (vec!["demo", "--report", "/no/such/folder/x.html"], "there is no folder"),
    ] {
        let output = foretap(&arguments);
        let says = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {says}");
        assert!(says.contains(why), "{says}");
    }
}

#[test]
fn bad_rows_are_counted_and_named_but_the_log_is_played() {
    let folder = folder();
    let path = file(&folder, "log.csv", log(&[("a", 1, 2)]) + "a,never,0,launch,b\n");
    let output = foretap(&["replay", name(&path)]);
    let says = text(&output.stderr);
    assert!(output.status.success() && says.contains(" 1 of ") && says.contains("rows are bad"), "{says}");
    let quiet = foretap(&["replay", name(&path), "--quiet"]);
    assert!(quiet.stdout.is_empty() && quiet.stderr.is_empty());
}

#[test]
fn a_short_log_says_that_it_is_too_short() {
    let folder = folder();
    let path = file(&folder, "log.csv", log(&[("a", 1, 1)]));
    let page = folder.path().join("page.html");
    let json = folder.path().join("numbers.json");
    let output = foretap(&["replay", name(&path), "--report", name(&page), "--json", name(&json)]);
    let says = text(&output.stdout);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(says.starts_with("log (plain): 1 user, "), "{says}");
    for task in ["Task A, next app", "Task B, on unlock", "Task C, on unlock, new app"] {
        assert!(says.contains(&format!("{task}: too short to score, ")), "{says}");
    }
    assert!(says.contains("queries in the whole log"), "{says}");
    assert!(says.lines().all(|line| line.chars().count() <= 120), "{says}");
    assert!(std::fs::read_to_string(page).expect("written").contains("too short to score"));
    assert_eq!(read(&json)["tasks"], serde_json::json!({ "A": {}, "B": {}, "C": {} }));
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path).expect("written")).expect("JSON")
}

#[test]
fn the_same_log_gives_the_same_numbers_and_the_page_needs_nothing_else() {
    let folder = folder();
    let path = file(&folder, "log.csv", log(&[("a", 1, 20), ("b", 2, 20), ("c", 3, 3)]));
    let [one, two, page] = ["one.json", "two.json", "page.html"].map(|name| folder.path().join(name));
    let output = foretap(&["replay", name(&path), "--json", name(&one), "--report", name(&page)]);
    assert!(output.status.success() && text(&output.stdout).lines().all(|line| line.chars().count() <= 120));
    assert!(foretap(&["replay", name(&path), "--json", name(&two), "--quiet"]).status.success());
    let [mut first, mut second] = [read(&one), read(&two)];
    for stage in ["total", "retrieval", "features", "inference", "formatting"] {
        assert!(["p50", "p99"].iter().all(|p| first["latency_us"][stage].get(p).is_some()), "{stage}");
    }
    for outcome in [&mut first, &mut second] {
        outcome.as_object_mut().expect("an object").remove("latency_us");
    }
    assert_eq!(first, second);

    assert_eq!(first["log"], "log");
    assert_eq!(first["weights"]["name"], "of the model");
    let systems = "mfu mru return markov1 frecency_1h frecency_6h frecency_1d frecency_3d frecency_7d frecency_50 \
                   frecency_200 rank_frecency last250 hour ppm3 logmix mixer model foretap";
    for task in ["A", "B", "C"] {
        let found = first["tasks"][task].as_object().expect("an object");
        assert_eq!(
            found.keys().map(String::as_str).collect::<Vec<_>>(),
            systems.split_whitespace().collect::<Vec<_>>()
        );
        for score in found.values() {
            assert!(score["users"].as_u64() >= Some(2) && score["queries"].as_u64() >= Some(60));
            for rate in ["hr1", "hr3", "hr4", "hr5", "mrr"] {
                let range = |mean: &str| score[mean][rate].as_f64().is_some_and(|r| (0.0..=100.0).contains(&r));
                assert!(range("macro") && range("micro"), "{task} {rate}");
            }
        }
        let rest = ["paired", "cold_start", "ece", "reliability", "classification", "stability", "by_hour"];
        assert!(rest.iter().all(|key| !first[key][task].is_null()), "{task}");
    }
    let page = std::fs::read_to_string(page).expect("written");
    assert!(page.contains("<svg") && !page.contains("<script") && !page.contains("http") && !page.contains("NaN"));
}

#[test]
fn start_weights_are_the_same_bytes_and_a_fold_knows_nothing_of_its_people() {
    let folder = folder();
    let people = |of_b| file(&folder, "log.csv", log(&[("a", 1, 9), ("b", of_b, 9), ("c", 3, 9)]));
    let learn = |log: &Path, name_of: &str| {
        let (out, folds) = (folder.path().join(format!("{name_of}.tsv")), folder.path().join(name_of));
        let output = foretap(&["weights", name(log), "--out", name(&out), "--folds", name(&folds)]);
        assert!(output.status.success(), "{}", text(&output.stderr));
        let tables = (0..5).map(|n| std::fs::read_to_string(folds.join(format!("fold_{n}.tsv"))).expect("written"));
        (std::fs::read_to_string(out).expect("written"), tables.collect::<Vec<_>>())
    };
    let log = people(2);
    let before = learn(&log, "one");
    assert_eq!(before, learn(&log, "two"));
    assert!(before.0.starts_with("# ") && before.0.contains("\nlearned_on\t") && !before.0.contains("/tmp"));

    let seen = name(&folder.path().join("one.tsv")).to_owned();
    let refused = foretap(&["replay", name(&log), "--weights", &seen]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(text(&refused.stderr).contains("--allow-seen"), "{}", text(&refused.stderr));
    let allowed = foretap(&["replay", name(&log), "--weights", &seen, "--allow-seen"]);
    assert!(text(&allowed.stdout).contains("LEARNED ON THIS VERY LOG"));

    // What is learned now for each fold is what the tables say.
    let [now, then] = ["now.json", "then.json"].map(|json| folder.path().join(json));
    assert!(foretap(&["replay", name(&log), "--weights", "leave-user-out", "--json", name(&now)]).status.success());
    let folds = folder.path().join("one");
    assert!(foretap(&["replay", name(&log), "--weights", name(&folds), "--json", name(&then)]).status.success());
    assert_eq!(read(&now)["tasks"], read(&then)["tasks"]);

    let rows = |table: &str| table.lines().filter(|row| !row.starts_with("learned_on")).map(String::from).collect();
    let after = learn(&people(7), "three");
    let is_same = |(before, after): (&String, &String)| {
        let [before, after]: [Vec<String>; 2] = [rows(before), rows(after)];
        before == after
    };
    let same: Vec<bool> = before.1.iter().zip(&after.1).map(is_same).collect();
    assert_eq!(same, [false, true, false, false, false]);
}

#[test]
fn the_demos_page_needs_nothing_else_and_is_the_same_but_for_what_was_timed() {
    let folder = folder();
    let page = |arguments: &[&str]| {
        let path = folder.path().join("demo.html");
        let output = foretap(&[&["demo", "--days", "3", "--report", name(&path)], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
        let says = text(&output.stdout);
        assert!(says.contains(&format!("Report with charts: {}\n", path.display())), "{says}");
        std::fs::read_to_string(path).expect("written")
    };
    let untimed = |page: &str| {
        let (before_latency, _) = page.split_once("How long a prediction takes").expect("a heading");
        before_latency.lines().filter(|line| !line.contains("µs")).collect::<Vec<_>>().join("\n")
    };
    let [one, two, other] = [page(&[]), page(&[]), page(&["--seed", "7"])];
    assert_eq!(untimed(&one), untimed(&two));
    assert_ne!(untimed(&one), untimed(&other));
    for page in [one, other] {
        assert!(page.contains("<svg") && page.contains("class=\"chip hit\"") && page.contains("prefers-color-scheme"));
        for absent in ["http://", "https://", "<script", "NaN", "url("] {
            assert!(!page.contains(absent), "{absent}");
        }
    }
}

#[test]
fn every_command_explains_itself() {
    for arguments in [&["--help"][..], &["demo", "--help"], &["replay", "--help"], &["weights", "--help"]] {
        let output = foretap(arguments);
        assert!(output.status.success() && text(&output.stdout).contains("Examples:"), "{arguments:?}");
    }
}

#[test]
fn a_log_without_a_launch_cannot_be_used() {
    let folder = folder();
    let path = file(&folder, "lunch.csv", "user,at_ms,utc_offset_min,kind,item\nme,1770000000000,60,unlock,\n");
    for command in [&["replay"][..], &["features", "--explain"]] {
        let output = foretap(&[command, &[name(&path)]].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(text(&output.stderr).contains("lunch.csv: there is no launch in it"), "{}", text(&output.stderr));
    }
}

#[test]
fn a_replay_says_which_model_answered_and_takes_no_model_of_everyone_for_one_of_a_fold() {
    let folder = folder();
    let path = file(&folder, "week.csv", log(&[("a", 1, 5), ("b", 2, 5)]));
    let played = |options: &[&str]| foretap(&[&["replay", name(&path)], options].concat());
    for (options, says) in
        [(&[][..], "model: ubiqlog-mlp 1\n"), (&["--no-model"], "model: none, the statistics alone\n")]
    {
        let output = played(options);
        assert!(output.status.success() && text(&output.stdout).contains(says), "{}", text(&output.stdout));
    }
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/data/foretap.bundle");
    let bytes = std::fs::read(&shipped).expect("the shipped bundle");
    for fold in 0..5 {
        file(&folder, &format!("fold_{fold}.bundle"), &bytes);
    }
    let refused = played(&["--folds", name(folder.path())]);
    assert_eq!(refused.status.code(), Some(2));
    let says = "fold_0.bundle: its manifest does not say that it learned without fold 0";
    assert!(text(&refused.stderr).contains(says), "{}", text(&refused.stderr));
    let both = played(&["--bundle", name(&shipped), "--no-model"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn a_features_file_is_of_everyone_and_says_so_by_refusing_to_choose() {
    let folder = folder();
    let path = file(&folder, "days.csv", log(&[("a", 1, 3)]));
    let (one, two) = (folder.path().join("one.parquet"), folder.path().join("two.parquet"));
    for out in [&one, &two] {
        let written = foretap(&["features", name(&path), "--out", name(out)]);
        assert!(written.status.success(), "{}", text(&written.stderr));
    }
    let bytes = std::fs::read(&one).expect("written");
    assert_eq!(bytes, std::fs::read(&two).expect("written"), "the same log gives the same bytes");
    let known = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(known("mix_log_p") && !known("Email") && !known("Calendar"), "features have names, items do not");
    let chosen = foretap(&["features", name(&path), "--out", name(&one), "--user", "a"]);
    assert_eq!(chosen.status.code(), Some(2));
}

#[test]
fn a_lake_is_written_once_and_not_over_another() {
    let folder = folder();
    let lake = folder.path().join("lake");
    let write = |users: &str| foretap(&["lake", "--users", users, "--days", "1", "--out", name(&lake)]);
    let first = write("3");
    assert!(first.status.success(), "{}", text(&first.stderr));
    let said = text(&first.stdout);
    assert!(said.ends_with(" questions, 3 people, 1 shards\n"), "{said}");
    assert!(lake.join("day=2026-01-05/shard=00/simulated.parquet").is_file());
    let again = text(&write("3").stdout);
    assert!(again.ends_with(": 0 questions, 3 people, 1 shards (1 shards were there already)\n"), "{again}");
    let other = write("4");
    assert_eq!(other.status.code(), Some(2));
    assert!(text(&other.stderr).contains("another lake lies there"), "{}", text(&other.stderr));
    assert_eq!(write("0").status.code(), Some(2));
}
