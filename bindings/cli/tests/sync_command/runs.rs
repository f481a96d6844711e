//! Whole runs of sync.

use foretap_core::config::MAX_TIMESTAMP_BYTES;
use foretap_core::{Bundle, Timestamp};
use serde_json::{Value, json};

use crate::phone::{Phone, kinds};
use crate::publisher::{NOW_S, Publisher, foretap, key, name, next_bundle, says, sum, tamper};
use crate::server::{Answer, Server};

const FIELDS: [&str; 12] = [
    "outcome",
    "refusal",
    "fetched",
    "bytes",
    "release",
    "conclusion",
    "reason",
    "tally",
    "answer_us",
    "active",
    "on_trial",
    "model",
];

/// What a run says that fetched the delta alone and let the bundle answer on trial.
fn is_activated_by_delta(report: &Value, bundle: &[u8]) {
    let fields: Vec<&String> = report.as_object().expect("an object").keys().collect();
    assert_eq!(fields, FIELDS);
    assert_eq!(kinds(report), ["timestamp", "release", "delta"]);
    for (field, expected) in [
        ("outcome", json!("fetched")),
        ("refusal", Value::Null),
        ("release", json!(1)),
        ("conclusion", json!("activated")),
        ("reason", Value::Null),
        ("active", json!(sum(bundle))),
        ("on_trial", json!(true)),
        ("model", json!("ubiqlog-mlp 2.0")),
    ] {
        assert_eq!(report[field], expected, "{field}");
    }
    let bytes: u64 =
        report["fetched"].as_array().expect("a list").iter().filter_map(|file| file["bytes"].as_u64()).sum();
    assert!(report["bytes"] == bytes && bytes * 5 < bundle.len() as u64, "{report}");
    assert!(report["answer_us"].as_u64().is_some_and(|us| us < 2_000), "{report}");
    // The same weights hit the same openings.
    let next = &report["tally"]["next"];
    assert!(next["answers"].as_u64().is_some_and(|answers| answers >= 100), "{report}");
    assert!(next["hits"] == next["before"] && next["hits"].as_u64() > Some(0), "{report}");
    assert!(report["tally"]["unlock"].is_object() && report["tally"]["unlock_or_resume"].is_object(), "{report}");
}

#[test]
fn a_folder_is_fetched_by_delta_tried_and_believed_only_as_it_was_signed() {
    let folder = tempfile::tempdir().expect("a folder");
    let publisher = Publisher::new(folder.path());
    let bundle = next_bundle();
    publisher.publish(1, &bundle);
    let (repository, phone) = (name(&publisher.repository), Phone::new(folder.path(), &publisher.root()));
    let shipped = Bundle::shipped().expect("it ships");
    assert_eq!(phone.model(), format!("ubiqlog-mlp {}", shipped.manifest().version));

    let (report, code, said) = phone.synced(repository, &[]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    is_activated_by_delta(&report, &bundle);
    assert_eq!(phone.model(), "ubiqlog-mlp 2.0");

    let (report, code, _) = phone.synced(repository, &[]);
    assert_eq!(
        (code, &report["outcome"], kinds(&report)),
        (Some(0), &"up_to_date".into(), vec!["timestamp".to_owned()])
    );
    let nothing = [&report["conclusion"], &report["tally"], &report["answer_us"], &report["refusal"]];
    assert!(nothing.iter().all(|field| field.is_null()) && report["on_trial"] == true, "{report}");
    let text = String::from_utf8(phone.sync(repository, &[]).stdout).expect("UTF-8");
    let answers = format!("answers now ubiqlog-mlp 2.0 ({}, on trial)\n", sum(&bundle));
    assert!(text.contains("outcome     up_to_date (release 1 of stable)\n") && text.ends_with(&answers), "{text}");

    tamper(&publisher.repository.join("timestamp"));
    let (report, code, said) = phone.synced(repository, &[]);
    assert_eq!((code, &report["outcome"]), (Some(3), &"refused".into()));
    assert_eq!(report["refusal"], "0 of the 1 signatures that a timestamp needs are right");
    assert!(said.starts_with(&format!("foretap: {repository}: the repository is refused: 0 of the 1")), "{said}");
    assert_eq!((&report["active"], &report["on_trial"]), (&sum(&bundle).into(), &true.into()));
    assert_eq!(phone.model(), "ubiqlog-mlp 2.0");
    let predicted = says(&["log", name(&phone.db), "--key-file", name(&phone.key_file), "predict"]);
    assert!(predicted.lines().count() >= 3, "{predicted}");

    std::fs::remove_file(publisher.repository.join("timestamp")).expect("there");
    let (report, code, said) = phone.synced(repository, &[]);
    assert_eq!((code, &report["outcome"], &report["refusal"]), (Some(3), &"unreachable".into(), &Value::Null));
    assert!(said.ends_with("timestamp: it is not there\n"), "{said}");
}

#[test]
fn a_tampered_delta_gives_way_to_the_whole_bundle() {
    let folder = tempfile::tempdir().expect("a folder");
    let publisher = Publisher::new(folder.path());
    let bundle = next_bundle();
    tamper(&publisher.publish(1, &bundle));
    let phone = Phone::new(folder.path(), &publisher.root());
    let text = String::from_utf8(phone.sync(name(&publisher.repository), &[]).stdout).expect("UTF-8");
    let fetched: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("fetched     ")).collect();
    let kinds: Vec<&str> = fetched.iter().filter_map(|file| file.split_whitespace().next()).collect();
    assert_eq!(kinds, ["timestamp", "release", "delta", "bundle"], "{text}");
    assert!(fetched[3].ends_with(&format!(" {} bytes", bundle.len())), "{text}");
    assert!(text.contains("conclusion  activated\n") && text.contains("rehearsal   next: "), "{text}");
    assert_eq!(phone.model(), "ubiqlog-mlp 2.0");
}

#[test]
fn a_server_with_tls_1_3_is_read_as_a_folder_is_and_nothing_too_long_is_read_to_its_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let publisher = Publisher::new(folder.path());
    let bundle = next_bundle();
    publisher.publish(1, &bundle);
    let phone = Phone::new(folder.path(), &publisher.root());
    let files = publisher.repository.clone();
    let server = Server::start(Server::TLS_1_3, move |path| {
        std::fs::read(files.join(path.strip_prefix("/models/").expect("below the address")))
            .map_or_else(|_| Answer::status("404 Not Found"), |file| Answer::file(&file))
    });
    let ca_file = server.ca_file(folder.path());
    let (report, code, said) = phone.synced(&server.address("/models"), &["--ca-file", name(&ca_file)]);
    assert_eq!((code, said.as_str()), (Some(0), ""));
    is_activated_by_delta(&report, &bundle);
    // Without a file, whom the system trusts.
    let output = phone.sync_trusting(&server.address("/models"), &ca_file);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("outcome     up_to_date"), "{said}");
    let output = phone.sync_trusting(&server.address("/models"), &publisher.root());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains("trusts no certificate authority"), "{said}");

    let endless = Server::start(Server::TLS_1_3, |path| match path {
        "/root/2" => Answer::status("404 Not Found"),
        _ => Answer::endless(),
    });
    let ca_file = endless.ca_file(folder.path());
    let (report, code, _) = phone.synced(&endless.address("/"), &["--ca-file", name(&ca_file)]);
    assert_eq!((code, &report["outcome"]), (Some(3), &"refused".into()));
    assert_eq!(report["refusal"], format!("timestamp has more than {MAX_TIMESTAMP_BYTES} bytes"));
    let most = (MAX_TIMESTAMP_BYTES + 16_384) as u64;
    assert!(report["bytes"].as_u64().is_some_and(|bytes| bytes > 4_096 && bytes <= most), "{report}");
    assert_eq!(phone.model(), "ubiqlog-mlp 2.0");

    // Nobody vouches for this one.
    let (report, code, said) = phone.synced(&server.address("/"), &["--ca-file", name(&ca_file)]);
    assert_eq!((code, &report["outcome"]), (Some(3), &"unreachable".into()));
    assert!(said.contains(": root/2: ") && said.contains("invalid peer certificate"), "{said}");
}

#[test]
fn what_cannot_be_used_is_named_with_exit_code_2_and_no_log_is_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let publisher = Publisher::new(folder.path());
    let path = |file: &str| folder.path().join(file);
    let (repository, root) = (name(&publisher.repository), publisher.root());
    let (db, key_file, none, bad) = (path("me.db"), path("key.hex"), path("none"), path("bad"));
    std::fs::write(&bad, "no root and no certificate").expect("writable");
    let mut arguments =
        vec!["sync", repository, "--db", name(&db), "--key-file", name(&key_file), "--root", name(&root)];
    let refused = |arguments: &[&str], complains: &str| {
        let output = foretap(arguments);
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{arguments:?}: {said}");
        assert!(said.contains(complains), "{said}");
    };
    refused(&arguments, "me.db: there is no log");
    assert!(!db.exists() && !key_file.exists());
    let day = path("day.csv");
    let rows = "user,at_ms,utc_offset_min,kind,item\nme,1770000000000,60,launch,mail\n";
    std::fs::write(&day, rows).expect("writable");
    says(&["log", name(&db), "--key-file", name(&key_file), "record", name(&day)]);
    for (place, instead, complains) in [
        (1, "http://127.0.0.1/", "only https:// and folders are read"),
        (1, "https://", "must be https://HOST/PATH"),
        (1, name(&none), "there is no such folder"),
        (5, name(&none), "cannot be read"),
        (7, name(&none), "cannot be read"),
        (7, name(&bad), "bad: the repository's first root cannot be used: this is no signed file"),
    ] {
        let kept = std::mem::replace(&mut arguments[place], instead);
        refused(&arguments, complains);
        arguments[place] = kept;
    }
    refused(&[&arguments[..], &["--ca-file", name(&bad)]].concat(), "a folder needs no certificate authority");
    arguments[1] = "https://127.0.0.1/";
    refused(&[&arguments[..], &["--ca-file", name(&bad)]].concat(), "bad: must be certificates as PEM");
    refused(&[&arguments[..], &["--ca-file", name(&none)]].concat(), "none: cannot be read");
    // The clock goes from 1970 to where a timestamp of the core ends.
    let most = Timestamp::MAX_MS / 1_000;
    for at in ["-1".to_owned(), (most + 1).to_string(), "soon".to_owned()] {
        refused(&[&arguments[..], &[&format!("--at={at}")]].concat(), "--at");
    }
    arguments[1] = repository;
    for at in [0, most] {
        let output = foretap(&[&arguments[..], &[&format!("--at={at}")]].concat());
        assert_eq!(output.status.code(), Some(3), "{}", String::from_utf8_lossy(&output.stderr));
    }
    assert!(foretap(&["sync", "--help"]).status.success());
}

#[test]
fn a_file_is_sealed_by_right_signatures_only_and_shows_what_it_was_made_from() {
    let folder = tempfile::tempdir().expect("a folder");
    let publisher = Publisher::new(folder.path());
    let keys = json!({ "keys": [publisher_key(1)], "threshold": 1 });
    let root = json!({
        "product": "launcher", "version": 1, "expires_s": NOW_S, "root": keys, "release": keys, "timestamp": keys, "floor": 3,
    });
    publisher.sign("root", &root, &[1], "root/1");
    let shown: Value = serde_json::from_str(&says(&["repository", "show", name(&publisher.root())])).expect("JSON");
    let mut expected = root.clone();
    expected["role"] = "root".into();
    expected["signed_by"] = json!([sum(key(1).verifying_key().as_bytes())]);
    expected["verified"] = true.into();
    assert_eq!(shown, expected);

    let (to_sign, out) = (folder.path().join("work/root.to-sign"), folder.path().join("sealed"));
    let wrong = format!("{}:{}", publisher_key(1), "00".repeat(64));
    let seal = |signature: &str| {
        foretap(&["repository", "seal", name(&to_sign), "--signature", signature, "--out", name(&out)])
    };
    for (signature, complains) in
        [(wrong.as_str(), "is not one of these bytes"), (&wrong[1..], "must be 64 hexadecimal digits of a public key")]
    {
        let refused = seal(signature);
        let said = String::from_utf8(refused.stderr).expect("UTF-8");
        assert!(refused.status.code() == Some(2) && said.contains(complains) && !out.exists(), "{said}");
    }
    for (arguments, complains) in [
        (&["encode", "snapshot", "x.json", "--out", "x"][..], "must be root, release or timestamp"),
        (&["encode", "root", "none.json", "--out", "x"], "none.json: cannot be read"),
        (&["show", name(&to_sign)], "this is no signed file"),
        (&["seal", name(&to_sign), "--out", name(&out)], "--signature"),
        (&["delta", name(&to_sign), "none", "--out", "x"], "none: cannot be read"),
    ] {
        let refused = foretap(&[&["repository"], arguments].concat());
        let said = String::from_utf8(refused.stderr).expect("UTF-8");
        assert!(refused.status.code() == Some(2) && said.contains(complains), "{said}");
    }
    for command in ["encode", "seal", "show", "delta"] {
        assert!(says(&["repository", command, "--help"]).contains("Examples:"), "{command}");
    }
}

fn publisher_key(number: u8) -> String {
    crate::publisher::hex(key(number).verifying_key().as_bytes())
}
