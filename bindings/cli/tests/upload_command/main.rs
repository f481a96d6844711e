//! `foretap log DB consent` and `foretap upload` as a person meets them: allowed, shown, sent to a server with TLS 1.3, taken back.

#[path = "../sync_command/server.rs"]
mod server;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use foretap_core::upload::{Batch, ErasureToken};
use serde_json::Value;
use server::{Answer, Server};

const CANARY: &str = "canary-dating";
const LOG: &str = "log me.db --key-file key.hex --no-model";
/// 2026-11-02, midnight.
const FIRST_MS: i64 = 20_759 * 86_400_000;

/// Days of somebody with habits, as a plain log.
fn write_days(folder: &Path, name: &str, from: i64, days: i64) {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item,place\n");
    let apps = ["mail", "chat", "maps", "news", CANARY];
    for day in from..from + days {
        for n in 0..30_i64 {
            let at = FIRST_MS + day * 86_400_000 + 7 * 3_600_000 + n * 1_500_000;
            rows += &format!("me,{at},0,unlock,,home\n");
            for step in 0..2 {
                let app = apps[usize::try_from((n * n + 2 * step + day) % 5).expect("small")];
                rows += &format!("me,{},0,launch,{app},home\n", at + 1_500 + 60_000 * step);
            }
        }
    }
    std::fs::write(folder.join(name), rows).expect("writable");
}

fn foretap(folder: &Path, arguments: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foretap"));
    command.current_dir(folder).args(arguments.split_whitespace()).output().expect("runs")
}

/// What a command prints, and its exit code.
fn ends(folder: &Path, arguments: &str) -> (Option<i32>, String, String) {
    let output = foretap(folder, arguments);
    let text = |bytes| String::from_utf8(bytes).expect("text");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn says(folder: &Path, arguments: &str) -> String {
    let (code, said, complained) = ends(folder, arguments);
    assert_eq!(code, Some(0), "{arguments}: {complained}");
    said
}

/// A folder with a log of two weeks, after which both were allowed, and three days more.
fn phone() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    write_days(folder.path(), "before.csv", 0, 14);
    write_days(folder.path(), "after.csv", 14, 4);
    says(folder.path(), &format!("{LOG} record before.csv"));
    let allowed = says(folder.path(), &format!("{LOG} consent --reports yes --samples yes"));
    assert_eq!(allowed, "reports of a day: allowed\nsamples of an unlock: allowed\n");
    says(folder.path(), &format!("{LOG} record after.csv"));
    folder
}

/// What a server was sent: paths, ids and bodies.
type Received = Arc<Mutex<Vec<(String, String, Vec<u8>)>>>;

/// A server that answers with `status`, and what it received.
fn receiver(folder: &Path, status: &'static str) -> (Server, PathBuf, Received) {
    let received = Received::default();
    let keep = Arc::clone(&received);
    let server = Server::receiving(Server::TLS_1_3, move |request| {
        let id = request.header("idempotency-key").unwrap_or_default().to_owned();
        assert!(request.head.contains("user-agent: foretap\r\n"), "the same from every phone");
        keep.lock().expect("no panic").push((request.path.clone(), id, request.body.clone()));
        Answer::status(status)
    });
    let authority = server.ca_file(folder);
    (server, authority, received)
}

fn upload(server: &Server, authority: &Path) -> String {
    format!("upload {} --db me.db --key-file key.hex --ca-file {} --json", server.address("/in"), authority.display())
}

#[test]
fn nothing_is_sent_that_was_not_allowed_and_shown() {
    let folder = phone();
    let folder = folder.path();
    let shown = says(folder, "upload --preview --db me.db --key-file key.hex");
    assert!(shown.starts_with(
        "reports of a day: allowed; samples of an unlock: allowed\nsealed now: 1 batch with 3 reports of"
    ));
    assert!(shown.contains("mix_log_p") && shown.contains("hits_at_3") && !shown.contains(CANARY), "{shown}");
    let again = says(folder, "upload --preview --db me.db --key-file key.hex");
    let rest = |text: &str| text.split_once("\n\n").map(|(_, rest)| rest.to_owned());
    assert_eq!(rest(&again), rest(&shown), "sealed once");
    assert!(!again.contains("sealed now"));

    let (server, authority, received) = receiver(folder, "202 Accepted");
    let report: Value = serde_json::from_str(&says(folder, &upload(&server, &authority))).expect("JSON");
    assert_eq!((report["taken"].as_u64(), report["left"].as_u64()), (Some(1), Some(0)));
    let received = received.lock().expect("no panic");
    let [(path, id, body)] = &received[..] else { panic!("one request") };
    let batch = Batch::open(body).expect("a batch");
    assert_eq!((path.as_str(), id), ("/in/v1/batches", &batch.id.to_string()));
    assert!(
        shown.ends_with(&format!("\n{} bytes wait to be sent:\n{batch}", body.len())),
        "what was shown is what was sent"
    );
    assert!(batch.samples.len() >= 8 && batch.reports.len() == 3);
    assert!(!body.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    let shown = says(folder, "upload --preview --db me.db --key-file key.hex");
    assert!(shown.contains("nothing waits to be sent\n(what is recorded after the permission"));
    let idle = says(folder, &upload(&server, &authority).replace(" --json", ""));
    assert!(idle.starts_with("nothing waits to be sent; the server was not asked\n(what is recorded"), "{idle}");
}

#[test]
fn what_a_server_did_not_take_waits_with_the_same_bytes() {
    let folder = phone();
    let folder = folder.path();
    let mut bodies = Vec::new();
    for status in ["503 Service Unavailable", "500 Internal Server Error", "429 Too Many Requests", "202 Accepted"] {
        let (server, authority, received) = receiver(folder, status);
        let (code, said, complained) = ends(folder, &upload(&server, &authority));
        let report: Value = serde_json::from_str(&said).expect("JSON");
        let is_taken = status.starts_with('2');
        assert_eq!((code, report["left"].as_u64()), (Some(if is_taken { 0 } else { 3 }), Some(u64::from(!is_taken))));
        assert_eq!(complained.contains(&format!("status {}", &status[..3])), !is_taken, "{complained}");
        bodies.extend(received.lock().expect("no panic").drain(..));
    }
    assert_eq!(bodies.len(), 4);
    assert!(bodies.iter().all(|body| *body == bodies[0]));

    let (server, authority, _) = receiver(folder, "202 Accepted");
    let old = Server::start(Server::TLS_1_2, |_| Answer::status("202 Accepted"));
    let wrong = upload(&old, &old.ca_file(folder));
    write_days(folder, "later.csv", 18, 2);
    says(folder, &format!("{LOG} record later.csv"));
    assert_eq!(ends(folder, &wrong).0, Some(3), "nothing is sent over TLS 1.2");
    says(folder, &upload(&server, &authority));
}

#[test]
fn what_is_taken_back_is_erased_here_and_there() {
    let folder = phone();
    let folder = folder.path();
    let (server, authority, received) = receiver(folder, "202 Accepted");
    says(folder, &upload(&server, &authority));
    let batch = Batch::open(&received.lock().expect("no panic")[0].2).expect("a batch");
    let said = says(folder, &format!("{LOG} consent --samples no"));
    assert!(said.starts_with("reports of a day: allowed\nsamples of an unlock: not allowed\nwhat waited is gone;"));
    let shown = says(folder, "upload --preview --db me.db --key-file key.hex");
    assert!(shown.contains("a request to erase what was sent in a week waits: its token, 32 bytes\n"), "{shown}");
    let report: Value = serde_json::from_str(&says(folder, &upload(&server, &authority))).expect("JSON");
    assert_eq!(report["erasures"].as_u64(), Some(1));
    let received = received.lock().expect("no panic");
    let (path, _, token) = &received[1];
    assert_eq!(path, "/in/v1/erasures");
    let erased = ErasureToken::parse(token).expect("a token").pseudonyms();
    assert!(batch.samples.iter().all(|sample| erased.contains(&sample.pseudonym)));
    assert!(batch.reports.iter().all(|report| erased.contains(&report.pseudonym)));
    // Erasing the log leaves the token of what is reported since.
    drop(received);
    write_days(folder, "later.csv", 18, 3);
    says(folder, &format!("{LOG} record later.csv"));
    says(folder, &upload(&server, &authority));
    assert!(says(folder, &format!("{LOG} erase")).contains("me.db.erasures stays"));
    let (code, _, complained) = ends(folder, "upload --preview --db me.db --key-file key.hex");
    assert!(code == Some(2) && complained.contains("make a log at this place"), "{complained}");
    assert!(folder.join("me.db.erasures").exists() && !folder.join("me.db").exists());
    says(folder, &format!("{LOG} record before.csv"));
    let report: Value = serde_json::from_str(&says(folder, &upload(&server, &authority))).expect("JSON");
    assert_eq!((report["erasures"].as_u64(), report["sealed"]["batches"].as_u64()), (Some(1), Some(0)));
    assert!(!folder.join("me.db.erasures").exists());
}

#[test]
fn a_schema_says_what_the_numbers_mean_and_bad_arguments_are_refused() {
    let folder = phone();
    let folder = folder.path();
    let schema: Value = serde_json::from_str(&says(folder, "upload --schema")).expect("JSON");
    assert_eq!(schema["features"].as_array().map(Vec::len), Some(foretap_core::features::FEATURES));
    assert_eq!(schema["questions"].as_array().map(Vec::len), Some(foretap_core::upload::QUESTIONS.len()));
    for (arguments, complaint) in [
        ("upload --db me.db --key-file key.hex", "ADDRESS"),
        ("upload http://localhost/ --db me.db --key-file key.hex", "only https://"),
        ("upload https://localhost/ --db none.db --key-file key.hex", "there is no log"),
        ("upload https://localhost/ --preview --db me.db --key-file key.hex", "cannot be used with"),
        ("upload --schema --db me.db", "cannot be used with"),
        ("log me.db --key-file key.hex consent --reports maybe", "invalid value"),
    ] {
        let (code, _, complained) = ends(folder, arguments);
        assert_eq!(code, Some(2), "{arguments}");
        assert!(complained.contains(complaint), "{arguments}: {complained}");
    }
    assert_eq!(
        says(folder, &format!("{LOG} consent")),
        "reports of a day: allowed\nsamples of an unlock: allowed\n",
        "asked without a change"
    );
}
