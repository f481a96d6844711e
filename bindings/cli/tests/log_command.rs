//! `foretap log`: a phone's encrypted log on the command line, from the first event to erasure.

use std::path::Path;
use std::process::{Command, Output};

/// A month of a simulated person as the plain CSV, small enough for a test.
fn month(folder: &Path) {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item,place,network,battery,charging\n");
    let apps = ["mail", "chat", "mail", "maps", "news", "canary-dating"];
    for n in 0..600_i64 {
        let at = 1_770_000_000_000 + n * 900_000;
        rows += &format!("me,{at},60,unlock,,home,wifi,80,0\n");
        let app = apps[usize::try_from(n * n / 3 % 6).expect("small")];
        rows += &format!("me,{},60,launch,{app},home,wifi,80,0\n", at + 1_500);
    }
    std::fs::write(folder.join("month.csv"), rows).expect("writable");
}

fn foretap(folder: &Path, arguments: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretap"))
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .output()
        .expect("runs")
}

/// What a command prints; it must succeed.
fn says(folder: &Path, arguments: &str) -> String {
    let output = foretap(folder, arguments);
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

/// What a command that fails with exit code 2 complains of.
fn refuses(folder: &Path, arguments: &str) -> String {
    let output = foretap(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments}");
    String::from_utf8(output.stderr).expect("text")
}

const LOG: &str = "log me.db --key-file key.hex --no-model";

#[test]
fn a_log_is_recorded_asked_decided_about_exported_imported_and_erased() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    month(folder);
    std::fs::write(folder.join("words.txt"), "correct horse battery\n").expect("writable");
    std::fs::write(folder.join("other.txt"), "another passphrase\n").expect("writable");
    assert_eq!(says(folder, &format!("{LOG} record month.csv")), "1200 of 1200 events of me stored\n");
    assert_eq!(
        says(folder, &format!("{LOG} record month.csv")),
        "0 of 1200 events of me stored; 1200 are there already, counted already, or from a pause\n"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("key.hex")).expect("made").permissions().mode();
        assert_eq!(mode & 0o077, 0, "nobody else reads the key");
    }
    let german = says(folder, &format!("{LOG} predict --language de --moment next"));
    assert!(german.contains("mail") && german.contains("benutzt"), "{german}");
    assert!(says(folder, &format!("{LOG} predict --limit 8 --moment next")).contains("canary"));

    assert_eq!(says(folder, &format!("{LOG} decide exclude canary-dating")), "decision 1: exclude canary-dating\n");
    assert!(
        says(folder, &format!("{LOG} decide snooze news --days 7")).starts_with("decision 2: snooze news until 20")
    );
    assert_eq!(says(folder, &format!("{LOG} decide pin maps 1")), "decision 3: pin maps to slot 1\n");
    assert!(says(folder, &format!("{LOG} decide promote typo")).contains("never seen in this log"));
    says(folder, &format!("{LOG} undo 4"));
    let decisions = says(folder, &format!("{LOG} decisions"));
    assert!(decisions.contains("exclude") && decisions.contains("news until 20") && decisions.contains("to slot 1"));
    let ranked = says(folder, &format!("{LOG} predict --limit 8 --moment next"));
    assert!(!ranked.contains("canary") && !ranked.contains("  news") && ranked.starts_with("1"), "{ranked}");
    assert!(ranked.lines().next().expect("a line").ends_with("maps"));
    assert!(refuses(folder, &format!("{LOG} undo 9")).contains("no decision 9"));
    says(folder, &format!("{LOG} undo 2"));
    assert!(says(folder, &format!("{LOG} predict --limit 8 --moment next")).contains("  news"));
    assert!(refuses(folder, &format!("{LOG} decide pin maps 65")).contains("65"));

    let exported = says(folder, &format!("{LOG} export me.foretap --passphrase-file words.txt"));
    assert!(exported.contains("2 decisions") && exported.contains("events of hidden items left out"), "{exported}");
    for taken in ["me.db", "me.db.kcv", "key.hex", "words.txt"] {
        refuses(folder, &format!("{LOG} export {taken} --passphrase-file words.txt"));
    }
    refuses(folder, "replay month.csv --json month.csv");
    assert!(refuses(folder, "log typo.db --key-file key.hex predict").contains("there is no log"));
    assert!(!folder.join("typo.db").exists());
    let other = "log new.db --key-file new.hex --no-model";
    let refused = refuses(folder, &format!("{other} import me.foretap --passphrase-file other.txt"));
    assert!(refused.contains("foretap: me.foretap:"), "{refused}");
    let imported = says(folder, &format!("{other} import me.foretap --passphrase-file words.txt"));
    assert!(imported.contains("0 known") && imported.contains("2 decisions"), "{imported}");
    assert!(!says(folder, &format!("{other} predict --limit 8 --moment next")).contains("canary"));
    assert!(says(folder, &format!("{other} decisions")).contains("not seen here yet"));

    says(folder, &format!("{LOG} maintain"));
    std::fs::remove_file(folder.join("me.db")).expect("there");
    let output = foretap(folder, &format!("{LOG} decisions"));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the log was gone; habits and decisions are restored"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("canary-dating"));
    std::fs::copy(folder.join("new.hex"), folder.join("wrong.hex")).expect("copied");
    let output = foretap(folder, "log me.db --key-file wrong.hex decisions");
    assert!(!output.status.success() && String::from_utf8_lossy(&output.stderr).contains("does not open this log"));
    says(folder, &format!("{LOG} erase"));
    let left: Vec<_> = std::fs::read_dir(folder).expect("reads").map(|e| e.expect("reads").file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("me.db")), "{left:?}");
}
