//! SQLite gets no memory beyond a limit: the call says so, and when there is memory again the log is as it was. This
//! file has one test, because the limit holds for the whole process.

use foretap_core::error::TransientReason;
use foretap_core::store::{Opened, Store, StoreOptions};
use foretap_core::{Error, Event};
use foretap_faults::factor;
use foretap_faults::sample::{checkpoint, event, key};
use rusqlite::ffi;

/// Limits of a usual run.
const CASES: usize = 150;

/// The most memory that SQLite may have beyond what it has now; `None` for no limit.
fn limit_memory(bytes: Option<usize>) {
    // SAFETY: both functions only read and set SQLite's own counters.
    unsafe {
        let limit = bytes.map_or(0, |bytes| ffi::sqlite3_memory_used() + i64::try_from(bytes).expect("small"));
        ffi::sqlite3_hard_heap_limit64(limit);
    }
}

fn events(store: &Store) -> Result<Vec<Event>, Error> {
    let mut events = Vec::new();
    store.replay(None, &mut |_, event| events.push(event.clone()))?;
    Ok(events)
}

#[test]
fn without_memory_a_call_fails_whole_and_sets_nothing_aside() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let path = folder.path().join("log.db");
    let open = || Store::open(&path, &key(), &StoreOptions::default());
    let mut stored = 0;
    let (mut refused, mut opened) = (0, 0);
    let cases = CASES * factor();
    for case in 0..cases {
        limit_memory(Some(case * 400_000 / cases));
        // Some cases meet the limit while opening, some later.
        let mut answer = open().map(|(store, found)| {
            assert!(!matches!(found, Opened::SetAside { .. }), "case {case}");
            store
        });
        if let Ok(store) = &mut answer {
            opened += 1;
            let batch: Vec<_> = (stored..stored + 50).map(event).collect();
            let result = store.append_all(&batch).and_then(|seqs| {
                stored += 50;
                store.save_checkpoint(seqs[49].expect("new"), &checkpoint(stored))
            });
            if let Err(error) = result {
                answer = Err(error);
            }
        }
        limit_memory(None);
        if let Err(error) = answer {
            refused += 1;
            let is_memory =
                matches!(error, Error::Transient { reason: TransientReason::Memory | TransientReason::Io, .. });
            assert!(is_memory, "case {case}: {error:?}");
        }
        let (store, found) = open().expect("opens");
        assert!(matches!(found, Opened::Created | Opened::Existing), "case {case}: {found:?}");
        assert_eq!(events(&store).expect("reads"), (0..stored).map(event).collect::<Vec<_>>(), "case {case}");
    }
    println!("memory: {cases} limits, {opened} opened, {refused} refused, {stored} events stored");
    assert!(refused > cases / 10 && stored > 0);
}
