//! Every exported function, called as bindings call it: guarded against panics, and with what it promises.

mod fixtures;

use std::sync::Arc;

use fixtures::{Place, at, habit, item, request};
use foretap_core::privacy::Host;
use foretap_core::{Control, Event, Recorded, SnoozeEnd};
use foretap_ffi::{
    EngineHandle, EngineOptions, Export, ExportSecret, ForetapError, ModelFile, OpenedLog, RequestParts, erase_at,
    hash_location, inventory, open, open_in_memory,
};

fn in_memory() -> Arc<EngineHandle> {
    open_in_memory(EngineOptions { is_locked: true, ..EngineOptions::default() }).expect("opens")
}

#[test]
fn every_exported_function_is_guarded_against_panics_under_its_own_name() {
    let mut found = Vec::new();
    let sources = [
        include_str!("../src/engine.rs"),
        include_str!("../src/privacy.rs"),
        include_str!("../src/sync.rs"),
        include_str!("../src/uploads.rs"),
    ];
    for source in sources {
        let mut is_exported = false;
        let mut name = None;
        for line in source.lines() {
            let text = line.trim_start();
            is_exported = match text {
                "#[uniffi::export]" => true,
                "impl EngineHandle {" | "impl SyncRun {" | "impl UploadRun {" if is_exported => true,
                _ if line == "}" => false,
                _ => is_exported,
            };
            if let Some(rest) = text.strip_prefix("pub fn ").filter(|_| is_exported) {
                assert_eq!(name, None, "the function before {rest} is not guarded");
                name = rest.split('(').next();
            }
            if let (Some(function), Some(at)) = (name, line.find("Export::")) {
                found.push((function, line[at + 8..].split([',', ')']).next().expect("a name").to_owned()));
                name = None;
            }
        }
        assert_eq!(name, None, "is not guarded");
    }
    let listed: Vec<(&str, String)> = Export::ALL.iter().map(|export| (export.name(), format!("{export:?}"))).collect();
    assert_eq!(found.len(), listed.len());
    assert!(listed.iter().all(|pair| found.contains(pair)), "{found:?}");
}

#[test]
fn what_is_recorded_is_predicted_and_survives_being_shut() {
    let place = Place::new();
    let engine = place.open().expect("opens");
    assert_eq!(engine.opened().expect("open"), OpenedLog::Created);
    assert_eq!(engine.record(habit().remove(0)).expect("stored"), Recorded::Stored);
    assert_eq!(engine.record_all(habit()).expect("stored")[..2], [Recorded::Duplicate, Recorded::Stored]);
    assert_eq!(engine.backfill(vec![Event::launch(at(-9_000), item("old"))]).expect("stored"), 1);
    let id = engine.decide(at(300), Control::Snooze { item: item("old"), until: SnoozeEnd::At(at(9_999)) });
    engine.prepare(request()).expect("prepared");
    assert!(engine.predict(request()).expect("open").is_prepared);
    engine.checkpoint().expect("saved");
    assert_eq!(engine.maintain().expect("kept"), 0);
    let ranking = engine.predict(request()).expect("open");
    assert_eq!(ranking.predictions[0].item, item("mail"));
    engine.shut().expect("closes");
    engine.shut().expect("nothing to do");
    assert!(matches!(engine.predict(request()), Err(ForetapError::Closed)));

    let engine = place.open().expect("opens again");
    assert_eq!(engine.opened().expect("open"), OpenedLog::Existing);
    assert_eq!(engine.decisions(at(301)).expect("open").len(), 1);
    assert!(engine.undo(id.expect("decided"), at(302)).expect("undone"));
    let health = engine.health(at(400)).expect("open");
    assert_eq!((health.events, health.moments.len(), health.opened), (41, 3, OpenedLog::Existing));
    let json: serde_json::Value = serde_json::from_str(&health.json).expect("JSON");
    for (report, told) in health.moments.iter().zip(json["moments"].as_array().expect("a list")) {
        assert_eq!(told["moment"], report.moment.name());
        assert_eq!(told["month"]["questions"], report.month.questions);
    }
    assert!(health.json.contains("\"events\":41") && health.model.is_some());
    engine.erase().expect("erased");
    assert_eq!(std::fs::read_dir(place.0.path()).expect("readable").count(), 0, "no file is left");
}

#[test]
fn one_engine_at_a_time_has_a_log() {
    let place = Place::new();
    let engine = place.open().expect("opens");
    assert!(matches!(place.open(), Err(ForetapError::InUse)));
    assert!(matches!(erase_at(place.path()), Err(ForetapError::InUse)));
    engine.shut().expect("closes");
    place.open().expect("free").shut().expect("closes");
    erase_at(place.path()).expect("erased");
    assert_eq!(std::fs::read_dir(place.0.path()).expect("readable").count(), 0);
    erase_at("/no/such/folder/log.db".to_owned()).expect("nothing to erase");
}

#[test]
fn without_a_lock_one_engine_of_this_process_has_a_log() {
    let place = Place::new();
    let unlocked = EngineOptions { is_locked: false, plaintext_header: true, ..EngineOptions::default() };
    let open = |path: String| open(path, vec![7; 32], vec![9; 16], unlocked.clone());
    let first = open(place.path()).expect("opens");
    assert!(!place.0.path().join("log.db.owner").exists(), "nothing is locked");
    let by_another_name = place.0.path().join(".").join("log.db").to_str().expect("UTF-8").to_owned();
    for refused in [open(place.path()), open(by_another_name), place.open()] {
        assert!(matches!(refused, Err(ForetapError::InUse)));
    }
    assert!(matches!(erase_at(place.path()), Err(ForetapError::InUse)));
    drop(first);
    let second = open(place.path()).expect("nobody has it");
    assert_eq!(second.opened().expect("open"), OpenedLog::Existing);
    second.erase().expect("erased");
    assert_eq!(std::fs::read_dir(place.0.path()).expect("readable").count(), 0);
    let third = open(place.path()).expect("erased, and free");
    third.record(habit().remove(0)).expect("stored");
    third.shut().expect("closes");
    let begins = std::fs::read(place.path()).expect("readable");
    assert!(begins.starts_with(b"SQLite format 3\0"), "iOS can tell that it is a database");
}

#[test]
fn errors_have_the_variant_that_a_host_acts_on() {
    let place = Place::new();
    place.open().expect("opens").shut().expect("closes");
    let options = EngineOptions::default;
    let open_with = |key: usize, salt: usize, byte: u8| open(place.path(), vec![byte; key], vec![9; salt], options());
    assert!(matches!(open_with(32, 16, 8), Err(ForetapError::KeyMismatch(_))));
    for (key, salt) in [(31, 16), (33, 16), (32, 15), (32, 17)] {
        assert!(matches!(open_with(key, salt, 7), Err(ForetapError::InvalidArgument(_))));
    }
    let missing = place.0.path().join("no/folder/log.db").to_str().expect("UTF-8").to_owned();
    assert!(matches!(open(missing, vec![7; 32], vec![9; 16], options()), Err(ForetapError::Transient(_))));
    let engine = in_memory();
    let refused = |parts: RequestParts| matches!(engine.predict(parts), Err(ForetapError::InvalidArgument(_)));
    assert!(refused(RequestParts { limit: Some(0), ..request() }));
    assert!(refused(RequestParts { limit: Some(65), ..request() }));
    assert!(refused(RequestParts { move_cost: Some(f64::NAN), ..request() }));
    assert!(!refused(RequestParts { limit: Some(64), ..request() }));
    assert!(matches!(
        hash_location(vec![0; 31], 0.0, 0.0, foretap_core::Granularity::City),
        Err(ForetapError::InvalidArgument(_))
    ));
    assert!(inventory(Host::Swift).expect("there").len() > 3);
    let refused = open_in_memory(EngineOptions { model: Some(ModelFile::Bundle { bytes: vec![0; 9] }), ..options() });
    let health = refused.expect("opens all the same").health(at(0)).expect("open");
    assert!(health.model.is_none() && health.model_refused.is_some());
}

#[test]
fn an_export_goes_out_and_in_and_a_file_that_fails_changes_nothing() {
    let place = Place::new();
    let beside = |name: &str| place.0.path().join(name).to_str().expect("UTF-8").to_owned();
    let engine = in_memory();
    engine.record_all(habit()).expect("stored");
    let secret = ExportSecret::Key { bytes: vec![1; 32] };
    let exported = engine.export_to(beside("whole"), secret.clone(), vec![2; 32]).expect("written");
    let bytes = std::fs::read(beside("whole")).expect("written");
    assert_eq!((exported.events, exported.bytes), (40, bytes.len() as u64));
    for nowhere in [beside("no/folder/export"), beside("")] {
        assert!(matches!(engine.export_to(nowhere, secret.clone(), vec![2; 32]), Err(ForetapError::File)));
    }
    let short = engine.export_to(beside("short"), secret.clone(), vec![2; 31]);
    assert!(matches!(short, Err(ForetapError::InvalidArgument(_))));
    let weak = ExportSecret::Passphrase { words: "x".repeat(7) };
    assert!(matches!(engine.export_to(beside("weak"), weak, vec![2; 32]), Err(ForetapError::InvalidArgument(_))));
    assert!(!std::path::Path::new(&beside("weak")).exists(), "what is no export does not stay");
    let weak = ExportSecret::Passphrase { words: "x".repeat(7) };
    assert!(matches!(engine.export_to(beside("whole"), weak, vec![2; 32]), Err(ForetapError::InvalidArgument(_))));
    assert_eq!(std::fs::read(beside("whole")).expect("there"), bytes, "the last good export stays");

    let elsewhere = in_memory();
    let wrong = ExportSecret::Passphrase { words: "correct horse".to_owned() };
    std::fs::write(beside("junk"), "junk").expect("writable");
    std::fs::write(beside("cut"), &bytes[..20]).expect("writable");
    assert!(matches!(elsewhere.import_from(beside("whole"), wrong.clone()), Err(ForetapError::WrongSecret(_))));
    for bad in ["junk", "cut"] {
        assert!(matches!(elsewhere.import_from(beside(bad), secret.clone()), Err(ForetapError::BadExport(_))));
    }
    assert!(matches!(elsewhere.import_from(beside("none"), secret.clone()), Err(ForetapError::File)));
    assert!(matches!(elsewhere.import_from(beside(""), secret.clone()), Err(ForetapError::File)), "a folder");
    assert_eq!(elsewhere.health(at(0)).expect("open").events, 0);
    assert_eq!(elsewhere.import_from(beside("whole"), secret.clone()).expect("read").added, 40);
    assert!(!format!("{secret:?} {wrong:?}").contains("horse"));
}
