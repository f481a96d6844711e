//! A lake is whole, the same each time, and gone on with where it was left.

use std::sync::atomic::AtomicUsize;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

use super::*;

const PLAN: Plan = Plan { users: 12, days: 2, seed: 3, training_queries: 4 };

fn written(folder: &Path, plan: &Plan) -> Summary {
    write(folder, plan, &StartWeights::default(), &|| ()).expect("writable")
}

/// Every file below a folder with its bytes, by name.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").to_owned();
                found.insert(name, fs::read(&path).expect("readable"));
            }
        }
    }
    found
}

/// Person, moment, opening and what it is for, of each row of a features file.
fn rows(path: &Path) -> Vec<(i32, i32, i64, bool, bool)> {
    let reader = SerializedFileReader::new(fs::File::open(path).expect("written")).expect("Parquet");
    let rows = reader.get_row_iter(None).expect("rows").map(|row| {
        let row = row.expect("a row");
        let int = |column| row.get_int(column).expect("32 bits");
        let bool = |column| row.get_bool(column).expect("yes or no");
        (int(0), int(2), row.get_long(4).expect("64 bits"), bool(6), bool(7))
    });
    rows.collect()
}

#[test]
fn everyone_is_in_their_shard_with_as_many_questions_as_asked_for() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let plan = Plan { users: 300, days: 1, ..PLAN };
    let lived = AtomicUsize::new(0);
    let each = || {
        lived.fetch_add(1, Ordering::Relaxed);
    };
    let summary = write(folder.path(), &plan, &StartWeights::default(), &each).expect("writable");
    assert_eq!((summary.shards, summary.finished_before, lived.into_inner()), (2, 0, 300));
    let mut questions = BTreeMap::<(i32, i32), Vec<(i64, bool, bool)>>::new();
    for name in files(folder.path()).into_keys().filter(|name| name.ends_with("simulated.parquet")) {
        for (person, moment, opening, training, scored) in rows(&folder.path().join(&name)) {
            let shard = person::shard_of(person.unsigned_abs(), 2);
            assert!(name.to_string_lossy().contains(&format!("/shard=0{shard}/")), "{}", name.display());
            questions.entry((person, moment)).or_default().push((opening, training, scored));
        }
    }
    let people: std::collections::BTreeSet<i32> = questions.keys().map(|(person, _)| *person).collect();
    assert!(people.into_iter().eq(0..300));
    let mut count = 0;
    for ((person, _), mut of) in questions {
        of.dedup();
        count += of.len() as u64;
        assert!(of.iter().filter(|(_, training, _)| *training).count() <= 4);
        assert!(of.iter().all(|&(_, training, scored)| training || scored));
        assert!(person % 11 == 0 || of.iter().all(|&(_, _, scored)| !scored));
    }
    assert_eq!(count, summary.questions);
}

#[test]
fn the_same_plan_gives_the_same_bytes_and_what_is_finished_stays() {
    let [one, two] = [(), ()].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let whole = written(one.path(), &PLAN);
    assert_eq!(written(two.path(), &PLAN), whole);
    let before = files(one.path());
    assert!(before.keys().any(|name| name.starts_with("day=2026-01-05/shard=00")));
    assert_eq!(files(two.path()), before);
    assert_eq!(written(one.path(), &PLAN), Summary { questions: 0, shards: 1, finished_before: 1 });
    assert_eq!(files(one.path()), before);
}

#[test]
fn what_was_broken_off_is_made_whole() {
    let [whole, broken] = [(), ()].map(|()| tempfile::tempdir().expect("a temporary folder"));
    written(whole.path(), &PLAN);
    written(broken.path(), &PLAN);
    // As if the power had gone: a file half written, one in its place, no marker.
    fs::remove_file(broken.path().join("finished/shard=00")).expect("there");
    fs::remove_dir_all(broken.path().join("day=2026-01-06")).expect("there");
    let partial = broken.path().join("partial/shard=00");
    fs::create_dir_all(&partial).expect("writable");
    fs::write(partial.join("day=2026-01-06"), "half").expect("writable");
    assert_eq!(written(broken.path(), &PLAN).finished_before, 0);
    assert_eq!(files(broken.path()), files(whole.path()));
}

#[test]
fn another_plan_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    written(folder.path(), &PLAN);
    let before = files(folder.path());
    for other in [
        Plan { users: 13, ..PLAN },
        Plan { days: 3, ..PLAN },
        Plan { seed: 4, ..PLAN },
        Plan { training_queries: 5, ..PLAN },
    ] {
        let error = write(folder.path(), &other, &StartWeights::default(), &|| ()).expect_err("another");
        assert!(matches!(error, LakeError::Other { .. }), "{error}");
    }
    let error = write(folder.path(), &PLAN, &StartWeights::neutral(), &|| ()).expect_err("others");
    assert!(matches!(error, LakeError::Other { .. }), "{error}");
    for none in [Plan { users: 0, ..PLAN }, Plan { days: 0, ..PLAN }, Plan { training_queries: 0, ..PLAN }] {
        let error = write(folder.path(), &none, &StartWeights::default(), &|| ()).expect_err("none");
        assert!(matches!(error, LakeError::OutOfRange { .. }), "{error}");
    }
    assert_eq!(files(folder.path()), before);
}

#[test]
fn folders_of_shards_sort_as_their_numbers() {
    assert_eq!(
        [(0, 1), (7, 40), (7, 101), (100, 101)].map(|(n, of)| shard_name(n, of)),
        ["shard=00", "shard=07", "shard=007", "shard=100"]
    );
}
