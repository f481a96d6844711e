//! One real database of every released schema, in either form of its header, read by every later version.

use super::*;

#[test]
fn the_database_of_schema_1_still_reads() {
    still_reads("schema-1.sqlcipher", &StoreOptions::default());
}

#[test]
fn the_database_of_schema_2_with_a_plaintext_header_still_reads() {
    still_reads("schema-2-plain.sqlcipher", &StoreOptions { plaintext_header: true, ..StoreOptions::default() });
}

#[test]
fn the_database_of_schema_3_still_reads() {
    still_reads("schema-3.sqlcipher", &StoreOptions::default());
}

#[test]
fn the_database_of_schema_4_still_reads() {
    still_reads("schema-4.sqlcipher", &StoreOptions::default());
}

fn still_reads(name: &str, options: &StoreOptions) {
    let vector = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(name);
    #[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        Store::erase_at(&vector).expect("erases");
        let (mut store, _) = Store::open(&vector, &key(1), options).expect("opens");
        let seqs = store.append_all(&(0..40).map(launch).collect::<Vec<_>>()).expect("appends");
        store.save_checkpoint(seqs[29].expect("new"), b"thirty events").expect("saves");
        drop(store);
        std::fs::remove_file(vector.with_extension("sqlcipher.kcv")).expect("removes");
    }
    let place = Place::new();
    std::fs::copy(&vector, place.path()).expect("copies");
    let (store, opened) = place.open();
    assert_eq!(opened, Opened::Existing);
    assert_eq!(
        all(&store).into_iter().map(|(_, event)| event).collect::<Vec<_>>(),
        (0..40).map(launch).collect::<Vec<_>>()
    );
    let (upto, bytes) = store.checkpoint().expect("reads").expect("saved");
    assert_eq!((upto.number(), &bytes[..]), (30, &b"thirty events"[..]));
}
