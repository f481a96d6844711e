//! Groups of people on the command line: who is alike, who is held out with whom, and how each group did.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use foretap_cli::simulate::{Options, Simulation};
use foretap_core::EventKind;
use serde_json::{Value, json};
use tempfile::TempDir;

fn foretap(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretap")).args(arguments).output().expect("it was built for this test")
}

/// What a command prints that must succeed.
fn says(arguments: &[&str]) -> String {
    let output = foretap(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// What a command says on standard error that must be refused.
fn refused(arguments: &[&str]) -> String {
    let output = foretap(arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    assert!(output.stdout.is_empty());
    String::from_utf8(output.stderr).expect("UTF-8")
}

/// People by name, home screen, first day (from 1970) and days, each with a seed of their own.
fn log(people: &[(&str, &str, i64, u32)]) -> String {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item\n");
    for (seed, &(user, home, first_day, days)) in (0..).zip(people) {
        for event in Simulation::new(seed, Options { first_day, days, ..Options::default() }).expect("valid") {
            let (kind, item) = match &event.kind {
                EventKind::Launch(item) => ("launch", item.id()),
                EventKind::Close(item) => ("close", item.id()),
                EventKind::Unlock => ("unlock", ""),
                EventKind::Lock => ("lock", ""),
                EventKind::Home => ("home", home),
                _ => continue,
            };
            rows += &format!("{user},{},{},{kind},{item}\n", event.at.at_ms(), event.at.utc_offset_min());
        }
    }
    rows
}

const HTC: &str = "com.htc.launcher";
const SONY: &str = "com.sonyericsson.home";
/// 2026-01-05, and a day in July.
const JANUARY: i64 = 20_458;
const JULY: i64 = 20_640;

/// Three people of each of two makers, one of a third, who has hardly begun, and one whose home screen is nobody's.
const PEOPLE: [(&str, &str, i64, u32); 8] = [
    ("a", HTC, JANUARY, 9),
    ("b", SONY, JULY, 9),
    ("c", HTC, JANUARY, 9),
    ("d", "com.lge.launcher2", JULY, 1),
    ("e", SONY, JANUARY, 9),
    ("f", "org.somebody.launcher", JULY, 1),
    ("g", HTC, JANUARY, 9),
    ("h", SONY, JULY, 9),
];

struct Files {
    folder: TempDir,
    log: PathBuf,
}

impl Files {
    fn of(people: &[(&str, &str, i64, u32)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let log = folder.path().join("log.csv");
        std::fs::write(&log, self::log(people)).expect("writable");
        Self { folder, log }
    }

    fn log(&self) -> &str {
        name(&self.log)
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    /// Groups everyone, and gives the table's path.
    fn grouped(&self, by: &str) -> PathBuf {
        let out = self.path(&format!("{by}.tsv"));
        says(&["groups", self.log(), "--by", by, "--out", name(&out)]);
        out
    }
}

fn name(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("written")
}

#[test]
fn people_are_grouped_by_the_maker_of_their_phone_and_by_the_season_of_their_log() {
    let files = Files::of(&PEOPLE);
    let makers = files.path("makers.tsv");
    let shown = says(&["groups", files.log(), "--by", "maker", "--out", name(&makers)]);
    assert_eq!(shown, format!("{}: htc 3, other 2, sony 3\n", makers.display()));
    assert_eq!(read(&makers), "user\tgroup\na\thtc\nb\tsony\nc\thtc\nd\tother\ne\tsony\nf\tother\ng\thtc\nh\tsony\n");
    let shown = says(&["groups", files.log(), "--by", "season", "--out", name(&makers)]);
    assert!(shown.ends_with(": summer 4, winter 4\n"), "{shown}");
    let alone = Files::of(&PEOPLE[..2]);
    let out = alone.path("out.tsv");
    let why = refused(&["groups", alone.log(), "--by", "maker", "--out", name(&out)]);
    assert!(why.contains("log.csv: everyone is of one group; two are needed") && !out.exists(), "{why}");
}

#[test]
fn weights_of_a_group_know_nothing_of_its_people_and_a_replay_uses_those() {
    let learn = |people: &[(&str, &str, i64, u32)]| {
        let files = Files::of(people);
        let groups = files.grouped("maker");
        let (all, folds) = (files.path("all.tsv"), files.path("folds"));
        let made = ["--out", name(&all), "--folds", name(&folds), "--groups", name(&groups)];
        says(&[&["weights", files.log()], &made[..]].concat());
        let table = |group: &str| {
            let text = read(&folds.join(format!("group_{group}.tsv")));
            text.lines().filter(|row| !row.starts_with("learned_on")).map(String::from).collect::<Vec<_>>()
        };
        let tables = ["htc", "other", "sony"].map(table);
        (files, groups, folds, tables)
    };
    let (files, groups, folds, before) = learn(&PEOPLE);
    assert!(before[0][0].ends_with("Without the users of group htc."), "{}", before[0][0]);
    let mut others = PEOPLE;
    others[0].3 = 10;
    let (.., after) = learn(&others);
    let same: Vec<bool> = before.iter().zip(&after).map(|(b, a)| b == a).collect();
    assert_eq!(same, [true, false, false], "a is of htc");

    let json = |weights: &str, file: &str| -> Value {
        let out = files.path(file);
        let options = ["--weights", weights, "--groups", name(&groups), "--no-model", "--quiet", "--json", name(&out)];
        says(&[&["replay", files.log()], &options[..]].concat());
        serde_json::from_str(&read(&out)).expect("JSON")
    };
    let (read_in, learned_now) = (json(name(&folds), "read.json"), json("leave-user-out", "learned.json"));
    assert_eq!(read_in["tasks"], learned_now["tasks"], "what is learned now for each group is what the tables say");
    assert_eq!(read_in["groups"], learned_now["groups"]);
    let without = files.path("folds/group_sony.tsv");
    std::fs::remove_file(without).expect("written");
    let why = refused(&["replay", files.log(), "--weights", name(&folds), "--groups", name(&groups)]);
    assert!(why.contains("group_sony.tsv: cannot be read"), "{why}");
}

#[test]
fn a_replay_tells_how_each_group_did_and_which_has_nobody_who_counts() {
    let files = Files::of(&PEOPLE);
    let groups = files.grouped("maker");
    let out = files.path("numbers.json");
    let options = ["--groups", name(&groups), "--no-model", "--weights", "neutral", "--json", name(&out)];
    let shown = says(&[&["replay", files.log()], &options[..]].concat());
    assert!(shown.lines().all(|line| line.chars().count() <= 120), "{shown}");
    let table: Vec<&str> = shown.lines().skip_while(|line| !line.starts_with("Groups of people held out")).collect();
    assert!(table[2].starts_with("A     htc                3") && table[2].contains('['), "{}", table[2]);
    assert_eq!(table[3], "A     other              -  nobody has enough openings and queries");
    let numbers: Value = serde_json::from_str(&read(&out)).expect("JSON");
    for task in ["A", "B", "C"] {
        let of_task = &numbers["groups"][task];
        assert_eq!((&of_task["other"], &of_task["htc"]["users"]), (&Value::Null, &json!(3)));
        let rate = |system: &str| of_task["sony"][system].as_f64().expect("a rate");
        let lead = of_task["sony"]["lead"]["mean"].as_f64().expect("a lead");
        assert!((rate("foretap") - rate("rank_frecency") - lead).abs() < 2e-4, "{task}");
        // The mean over everyone is that of the groups, each weighted by its people.
        let all = numbers["tasks"][task]["foretap"]["macro"]["hr3"].as_f64().expect("a rate");
        let htc = of_task["htc"]["foretap"].as_f64().expect("a rate");
        assert!((f64::midpoint(htc, rate("foretap")) - all).abs() < 2e-4, "{task}");
    }
    let plain = files.path("plain.json");
    says(&["replay", files.log(), "--no-model", "--weights", "neutral", "--quiet", "--json", name(&plain)]);
    let plain: Value = serde_json::from_str(&read(&plain)).expect("JSON");
    assert_eq!(plain["groups"], json!({ "A": {}, "B": {}, "C": {} }));
    assert_eq!(plain["tasks"], numbers["tasks"]);
}

#[test]
fn a_features_file_says_how_its_people_are_split() {
    let files = Files::of(&PEOPLE);
    let groups = files.grouped("season");
    let out = files.path("features.parquet");
    let write = |options: &[&str]| {
        says(&[&["features", files.log(), "--out", name(&out), "--training-queries", "9"], options].concat());
        std::fs::read(&out).expect("written")
    };
    let has = |bytes: &[u8], needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    let fifths = write(&[]);
    assert!(has(&fifths, "foretap.folds") && !has(&fifths, "foretap.groups"));
    let grouped = write(&["--groups", name(&groups)]);
    assert!(has(&grouped, "foretap.folds") && has(&grouped, "foretap.groups"));
    assert!(!has(&grouped, "winter") && !has(&grouped, "summer"), "a number is enough");
}

#[test]
fn groups_of_other_people_and_bundles_of_fifths_are_refused() {
    let files = Files::of(&PEOPLE);
    let groups = files.grouped("maker");
    let others = Files::of(&PEOPLE[..7]);
    for command in
        [&["replay"][..], &["features", "--out", "x.parquet"], &["weights", "--out", "x.tsv", "--folds", "x"]]
    {
        let why = refused(&[&command[..1], &[others.log()], &command[1..], &["--groups", name(&groups)]].concat());
        assert!(why.contains("maker.tsv: its people are not those of log"), "{why}");
    }
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../core/data/foretap.bundle");
    for fold in 0..5 {
        std::fs::copy(&shipped, files.path(&format!("fold_{fold}.bundle"))).expect("writable");
    }
    let folder = name(files.folder.path()).to_owned();
    let why = refused(&["replay", files.log(), "--folds", &folder, "--groups", name(&groups)]);
    assert!(why.contains("group_htc.bundle: cannot be read"), "{why}");
    std::fs::copy(&shipped, files.path("group_htc.bundle")).expect("writable");
    let why = refused(&["replay", files.log(), "--folds", &folder, "--groups", name(&groups)]);
    assert!(why.contains("group_htc.bundle: its manifest does not say that it learned without fold 0"), "{why}");
    let why = refused(&["weights", files.log(), "--out", "x.tsv", "--groups", name(&groups)]);
    assert!(why.contains("--folds"), "{why}");
}

#[test]
fn answers_that_cannot_be_judged_are_named_and_both_commands_explain_themselves() {
    let files = Files::of(&PEOPLE[..1]);
    let why = refused(&["judge", files.log()]);
    assert!(why.starts_with(&format!("foretap: {}: not a Parquet file", files.log.display())), "{why}");
    let missing = files.path("missing.parquet");
    assert!(refused(&["judge", name(&missing)]).contains("missing.parquet: cannot be read: "));
    assert!(
        refused(&["judge", name(&missing), "--part", "half"])
            .contains("possible values: all, scored, validation, test")
    );
    assert!(refused(&["judge", name(&missing), "--groups", files.log()]).contains("log.csv: line 1: the header"));
    for command in ["judge", "groups"] {
        assert!(says(&[command, "--help"]).contains("Examples:"), "{command}");
    }
}
