//! Nothing is left of an erased log.

use super::*;

fn assert_nothing_is_left(place: &Place) {
    assert_eq!(place.files(), [], "every file is gone");
}

#[test]
fn an_erased_log_leaves_no_file() {
    let place = Place::filled(500);
    std::fs::write(place.beside(".quarantine"), b"damaged").expect("writes");
    std::fs::write(place.beside(".quarantine-wal"), b"damaged").expect("writes");
    let (mut store, _) = place.open();
    std::fs::write(place.beside(".kcv.tmp"), b"half").expect("writes");
    store.append(&launch(1_000)).expect("appends");
    store.erase().expect("erases");
    assert_nothing_is_left(&place);
    assert_eq!(place.open().1, Opened::Created);
}

#[test]
fn a_log_whose_key_is_lost_can_be_erased() {
    let place = Place::filled(500);
    Store::erase_at(&place.path()).expect("erases");
    assert_nothing_is_left(&place);
    Store::erase_at(&place.path()).expect("nothing to do");
    assert_nothing_is_left(&place);
    // Another key begins a new log.
    assert_eq!(Store::open(&place.path(), &key(2), &StoreOptions::default()).expect("opens").1, Opened::Created);
}

#[test]
fn a_damaged_log_can_be_erased() {
    let place = Place::filled(2_000);
    let (store, _) = place.open();
    let mut bytes = std::fs::read(place.path()).expect("database");
    bytes[4_096..].fill(0x5a);
    std::fs::write(place.path(), bytes).expect("writes");
    store.erase().expect("erases");
    assert_nothing_is_left(&place);
}

#[test]
fn an_erasure_that_was_cut_short_is_finished_by_the_next_open() {
    let suffixes = ["", ".quarantine", ".erasing", ".suspect", "-wal", ".quarantine-wal", ".snapshot", ".kcv"];
    for cut_at in 0..=suffixes.len() {
        let place = Place::filled(500);
        for suffix in suffixes.iter().filter(|suffix| !place.beside(suffix).exists()) {
            std::fs::write(place.beside(suffix), b"something").expect("writes");
        }
        // What is before the cut is gone, what is at it is zeros already, what is after it is untouched.
        for (n, suffix) in suffixes.iter().enumerate().filter(|(_, suffix)| **suffix != ".erasing") {
            match n.cmp(&cut_at) {
                std::cmp::Ordering::Less => std::fs::remove_file(place.beside(suffix)).expect("removes"),
                std::cmp::Ordering::Equal => std::fs::write(place.beside(suffix), vec![0; 5_000]).expect("writes"),
                std::cmp::Ordering::Greater => {}
            }
        }
        let (store, opened) = place.open();
        assert_eq!((opened, all(&store).len(), store.stats().expect("reads").resets), (Opened::Created, 0, 0));
        drop(store);
        let mut left: Vec<PathBuf> = place.files().into_iter().map(|(path, _)| path).collect();
        left.sort();
        assert_eq!(left, [place.path(), place.beside(".kcv")], "cut at {cut_at}");
    }
}

#[test]
fn rows_are_overwritten_inside_the_database_before_the_files_go() {
    // The same settings on a file without encryption, so that what a deletion leaves behind could be read.
    let place = Place::new();
    let mut connection = rusqlite::Connection::open(place.path()).expect("opens");
    crate::store::connection::settle(&mut connection, &StoreOptions::default(), 0).expect("settles");
    for n in 0..200 {
        let item = Item::new(&format!("canary{n}{}", "x".repeat(200))).expect("valid");
        crate::store::log::append(&connection, &Event::launch(at(n), item)).expect("appends");
    }
    let canaries = |place: &Place| {
        place.files().iter().map(|(_, bytes)| bytes.windows(6).filter(|w| w == b"canary").count()).sum::<usize>()
    };
    assert!(canaries(&place) >= 200);
    crate::store::erase::delete_rows(&mut connection).expect("deletes");
    assert_eq!(canaries(&place), 0);
}

#[test]
fn a_log_that_another_connection_writes_to_is_not_overwritten_under_it() {
    let place = Place::filled(50);
    let (mut other, _) = place.open();
    let (store, _) = place.open();
    let mut store = Some(store);
    other
        .backfill(&[launch(1_000)], |_| {
            let refused = store.take().expect("once").erase();
            assert!(matches!(refused, Err(crate::Error::Transient { .. })), "{refused:?}");
            Ok(Vec::new())
        })
        .expect("the other goes on");
    assert_eq!(all(&other).len(), 51);
    drop(other);
    // What was asked for is done by the next open.
    let (store, opened) = place.open();
    assert_eq!((opened, all(&store).len()), (Opened::Created, 0));
}
