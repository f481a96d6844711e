//! Keys, states of the files, and what opening makes of them.

use super::*;
use crate::error::Error;

#[test]
fn a_log_is_made_once_and_then_found() {
    let place = Place::new();
    assert_eq!(place.open().1, Opened::Created);
    let (mut store, opened) = place.open();
    assert_eq!(opened, Opened::Existing);
    let seq = store.append(&launch(1)).expect("appends").expect("new");
    drop(store);
    assert_eq!(all(&place.open().0), [(seq, launch(1))]);
}

#[test]
fn no_name_and_no_header_can_be_read_from_the_files() {
    let place = Place::new();
    let (mut store, _) = place.open();
    store.append(&Event::launch(at(0), Item::new("com.example.canary").expect("valid"))).expect("appends");
    let look = |place: &Place| {
        for (path, bytes) in place.files() {
            for needle in [&b"canary"[..], b"SQLite format", b"CREATE TABLE"] {
                assert!(!bytes.windows(needle.len()).any(|w| w == needle), "{path:?}");
            }
        }
    };
    look(&place);
    drop(store);
    look(&place);
}

fn plain() -> StoreOptions {
    StoreOptions { plaintext_header: true, ..StoreOptions::default() }
}

#[test]
fn a_plaintext_header_tells_that_it_is_a_database_and_no_more() {
    let place = Place::new();
    let (mut store, _) = place.open_with(&plain());
    let canary = Event::launch(at(0), Item::new("com.example.canary").expect("valid"));
    store.append(&canary).expect("appends");
    drop(store);
    let bytes = std::fs::read(place.path()).expect("readable");
    // Pages of 4 KiB, write-ahead log, 80 bytes of each page reserved for its HMAC and vector, SQLite's fixed fractions.
    assert_eq!(&bytes[..24], b"SQLite format 3\0\x10\x00\x02\x02\x50\x40\x20\x20");
    for (path, bytes) in place.files() {
        for needle in [&b"canary"[..], b"CREATE TABLE"] {
            assert!(!bytes.windows(needle.len()).any(|w| w == needle), "{path:?}");
        }
    }
    // It says itself how it is to be read.
    for options in [StoreOptions::default(), plain()] {
        let (store, opened) = place.open_with(&options);
        assert_eq!((opened, all(&store)[0].1.clone()), (Opened::Existing, canary.clone()));
    }
    let before = place.files();
    for wrong in [key(2), Key::new([1; 32], [0; 16])] {
        for seal in ["there", "gone"] {
            if seal == "gone" {
                std::fs::remove_file(place.beside(".kcv")).unwrap_or(());
            }
            let refused = Store::open(&place.path(), &wrong, &plain());
            assert!(matches!(refused, Err(Error::KeyMismatch)), "{refused:?}");
        }
    }
    assert!(place.files().iter().all(|file| before.contains(file)), "nothing changed");
    assert_eq!(all(&place.open().0).len(), 1);
}

#[test]
fn a_log_keeps_the_header_that_it_has() {
    let sealed = Place::filled(3);
    drop(sealed.open_with(&plain()));
    assert_eq!(all(&sealed.open_with(&plain()).0).len(), 3);
    assert!(!std::fs::read(sealed.path()).expect("readable").starts_with(b"SQLite"));
}

#[test]
fn a_plaintext_header_that_was_changed_loses_no_event_silently() {
    let place = Place::new();
    place.open_with(&plain()).0.append_all(&(0..300).map(launch).collect::<Vec<_>>()).expect("appends");
    let good = std::fs::read(place.path()).expect("readable");
    let mut whole = 0;
    for bit in 0..8 * 32 {
        let copy = Place::new();
        std::fs::copy(place.beside(".kcv"), copy.beside(".kcv")).expect("copies");
        let mut bytes = good.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        std::fs::write(copy.path(), &bytes).expect("writes");
        match Store::open(&copy.path(), &key(1), &plain()) {
            Ok((mut store, Opened::Existing)) => {
                assert_eq!(all(&store).len(), 300, "bit {bit}");
                store.append(&launch(1_000)).expect("can be written");
                whole += 1;
            }
            Ok((_, Opened::SetAside { quarantine, .. })) => assert_eq!(std::fs::read(quarantine).expect("kept"), bytes),
            other => panic!("bit {bit}: {other:?}"),
        }
    }
    assert_eq!(whole, 32, "the counter of changes, on which nothing stands");
}

#[test]
fn what_was_half_written_goes_when_the_log_is_opened_and_not_before() {
    let place = Place::filled(300);
    let half = [".kcv.tmp", ".snapshot.tmp", ".erasures.tmp"].map(|suffix| place.beside(suffix));
    half.iter().for_each(|path| std::fs::write(path, b"half").expect("writes"));
    assert!(matches!(Store::open(&place.path(), &key(2), &StoreOptions::default()), Err(Error::KeyMismatch)));
    assert!(half.iter().all(|path| path.exists()), "a wrong key changes nothing");
    assert_eq!(place.open().1, Opened::Existing);
    assert!(!half.iter().any(|path| path.exists()));
}

#[test]
fn a_wrong_key_or_salt_changes_no_byte() {
    let place = Place::filled(300);
    // A write-ahead log that was not copied yet must stay as well.
    let (mut store, _) = place.open();
    store.append(&launch(1_000)).expect("appends");
    let copy = Place::new();
    for (path, bytes) in place.files() {
        std::fs::write(copy.folder.path().join(path.file_name().expect("name")), bytes).expect("copies");
    }
    drop(store);
    std::fs::remove_file(copy.beside("-shm")).expect("it is made anew at every open");
    let before = copy.files();
    assert!(before.iter().any(|(path, bytes)| path == &copy.beside("-wal") && !bytes.is_empty()));
    let wrong = (2..=40).map(key).chain([
        Key::new([1; 32], [0; 16]),
        Key::new([0; 32], [1 ^ 0xff; 16]),
        Key::new(std::array::from_fn(|i| if i == 31 { 0 } else { 1 }), [1 ^ 0xff; 16]),
    ]);
    for (n, wrong) in wrong.enumerate() {
        // Without the check value too, and with one that is not a check value.
        match n % 3 {
            1 => std::fs::remove_file(copy.beside(".kcv")).unwrap_or(()),
            2 => std::fs::write(copy.beside(".kcv"), b"rubbish").expect("writes"),
            _ => std::fs::write(
                copy.beside(".kcv"),
                &before.iter().find(|f| f.0 == copy.beside(".kcv")).expect("seal").1,
            )
            .expect("writes"),
        }
        let now = copy.files();
        let refused = Store::open(&copy.path(), &wrong, &StoreOptions::default());
        assert!(matches!(refused, Err(Error::KeyMismatch)), "{refused:?}");
        assert_eq!(copy.files(), now);
    }
    assert_eq!(all(&copy.open().0).len(), 301, "the right key still reads everything");
}

#[test]
fn a_check_value_that_is_missing_or_wrong_is_restored_by_the_right_key() {
    let place = Place::filled(10);
    let good = std::fs::read(place.beside(".kcv")).expect("seal");
    let mut flipped = good.clone();
    flipped[7] ^= 1;
    for bad in [None, Some(&b""[..]), Some(b"kcv1"), Some(&[0; 64]), Some(&flipped)] {
        std::fs::remove_file(place.beside(".kcv")).expect("removes");
        if let Some(bad) = bad {
            std::fs::write(place.beside(".kcv"), bad).expect("writes");
        }
        let (store, opened) = place.open();
        assert_eq!((opened, all(&store).len()), (Opened::Existing, 10));
        assert_eq!(std::fs::read(place.beside(".kcv")).expect("seal"), good);
    }
}

#[test]
fn a_database_that_is_not_ours_is_never_touched() {
    for foreign in [&b"a letter to a friend"[..], &[0; 4_096], &[0xa5; 20_000]] {
        let place = Place::new();
        std::fs::write(place.path(), foreign).expect("writes");
        let before = place.files();
        let refused = Store::open(&place.path(), &key(1), &StoreOptions::default());
        assert!(matches!(refused, Err(Error::KeyMismatch)), "{refused:?}");
        assert_eq!(place.files(), before);
    }
}

#[test]
fn an_empty_database_with_a_check_value_of_another_key_is_refused() {
    let place = Place::filled(0);
    std::fs::write(place.path(), b"").expect("writes");
    let refused = Store::open(&place.path(), &key(2), &StoreOptions::default());
    assert!(matches!(refused, Err(Error::KeyMismatch)), "{refused:?}");
    assert_eq!(place.open().1, Opened::Created);
}

#[test]
fn a_log_of_a_newer_schema_is_kept() {
    let place = Place::filled(10);
    let (store, _) = place.open();
    store
        .session
        .read(|connection| Ok(connection.pragma_update(None, "user_version", super::super::schema::NEWEST + 1)?))
        .expect("sets");
    drop(store);
    let before = std::fs::read(place.path()).expect("database");
    let refused = Store::open(&place.path(), &key(1), &StoreOptions::default());
    assert!(
        matches!(refused, Err(Error::NewerSchema { found, supported: super::super::schema::NEWEST }) if found == super::super::schema::NEWEST + 1),
        "{refused:?}"
    );
    assert_eq!(std::fs::read(place.path()).expect("database"), before);
}

#[test]
fn a_folder_or_a_link_in_a_files_place_is_a_typed_error() {
    for name in ["", "-wal", "-shm", ".kcv", ".quarantine", ".snapshot"] {
        let place = Place::filled(3);
        let path = place.beside(name);
        std::fs::remove_file(&path).unwrap_or(());
        std::fs::create_dir(&path).expect("makes");
        let refused = Store::open(&place.path(), &key(1), &StoreOptions::default());
        assert!(matches!(&refused, Err(Error::NotAFile { path: told }) if told == &path), "{name}: {refused:?}");
        assert!(matches!(Store::erase_at(&place.path()), Err(Error::NotAFile { .. })));
    }
    let nowhere = Place::new().folder.path().join("no/such/folder/log.db");
    assert!(matches!(Store::open(&nowhere, &key(1), &StoreOptions::default()), Err(Error::Io(_))));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    let target = Place::filled(3);
    let before = target.files();
    let place = Place::new();
    std::os::unix::fs::symlink(target.path(), place.path()).expect("links");
    let refused = Store::open(&place.path(), &key(1), &StoreOptions::default());
    assert!(matches!(refused, Err(Error::NotAFile { .. })), "{refused:?}");
    assert!(matches!(Store::erase_at(&place.path()), Err(Error::NotAFile { .. })));
    assert_eq!(target.files(), before);
}

#[test]
fn a_lock_held_elsewhere_is_a_transient_error() {
    let place = Place::filled(3);
    let (mut store, _) = place.open();
    let (mut other, _) = place.open();
    let result = store.backfill(&[launch(100)], |_| {
        let refused = other.append(&launch(101));
        assert!(
            matches!(refused, Err(Error::Transient { reason: crate::error::TransientReason::Busy, .. })),
            "{refused:?}"
        );
        Ok(Vec::new())
    });
    assert_eq!(result.expect("backfills"), 1);
    assert!(other.append(&launch(101)).expect("the lock is free").is_some());
}

#[test]
fn a_path_with_odd_characters_is_an_ordinary_path() {
    for name in ["file:x?mode=memory", "a b%41#?&", "zoë.db", "quote'\".db"] {
        let place = Place::new();
        let path = place.folder.path().join(name);
        Store::open(&path, &key(1), &StoreOptions::default()).expect("opens").0.append(&launch(1)).expect("appends");
        std::fs::remove_file(place.folder.path().join(format!("{name}.kcv"))).expect("it lies beside");
        let (store, opened) = Store::open(&path, &key(1), &StoreOptions::default()).expect("opens");
        assert_eq!((opened, all(&store).len()), (Opened::Existing, 1), "{name}");
    }
}
