//! What is purged, and what never is.

use super::*;
use crate::config::{MEDIAN_EVENTS, QUARANTINE_DAYS};
use crate::time::DAY_MS;

const DAY_S: i64 = DAY_MS / 1_000;

/// A log in memory with these events and a checkpoint of all of them.
fn counted(options: &StoreOptions, events: &[Event]) -> Store {
    let mut store = Store::in_memory(options).expect("in memory");
    let seqs = store.append_all(events).expect("appends");
    store.save_checkpoint(seqs.last().copied().flatten().expect("events"), b"habits").expect("saves");
    store
}

fn times(store: &Store) -> Vec<i64> {
    all(store).iter().map(|(_, event)| (event.at.at_ms() - at(0).at_ms()) / 1_000).collect()
}

#[test]
fn an_event_is_kept_to_the_last_millisecond_of_its_days() {
    let options = keeping(10, u64::MAX, 0);
    let now = at(100 * DAY_S);
    let limit = now.plus_ms(-10 * DAY_MS);
    let mut events = vec![Event::unlock(limit.plus_ms(-1)), Event::unlock(limit), Event::unlock(limit.plus_ms(1))];
    // So many events at the same second that the median is exactly there.
    events.extend((0..i64::from(MEDIAN_EVENTS)).map(|n| Event::launch(now, Item::new(&n.to_string()).expect("valid"))));
    let mut store = counted(&options, &events);
    assert!(store.is_whole().expect("reads"));
    assert_eq!(store.purge().expect("purges"), 1);
    assert!(!store.is_whole().expect("reads"));
    assert_eq!(all(&store)[0].1, events[1]);
    assert_eq!(store.purge().expect("purges"), 0);
    assert_eq!(store.stats().expect("reads").purged, 1);
}

#[test]
fn half_of_the_newest_arrivals_may_come_from_a_wild_clock() {
    for (wild, is_purged) in
        [(1, false), (i64::from(MEDIAN_EVENTS) / 2, false), (i64::from(MEDIAN_EVENTS) / 2 + 1, true)]
    {
        let mut events: Vec<Event> = (0..500).map(launch).collect();
        events.extend((0..wild).map(|n| launch(3_650 * DAY_S + n)));
        let mut store = counted(&keeping(90, u64::MAX, 0), &events);
        assert_eq!(store.purge().expect("purges") > 0, is_purged, "{wild} events ten years ahead");
    }
    // A clock at 1970 makes nothing old.
    let mut events: Vec<Event> = (0..500).map(launch).collect();
    events.extend((0..200).map(|n| Event::unlock(Timestamp::new(n, 0).expect("valid"))));
    assert_eq!(counted(&keeping(90, u64::MAX, 0), &events).purge().expect("purges"), 0);
}

#[test]
fn the_newest_events_stay_whatever_their_age() {
    let mut events: Vec<Event> = (0..200).map(launch).collect();
    events.extend((0..200).map(|n| launch(365 * DAY_S + n)));
    for (kept, deleted) in [(0, 200), (200, 200), (201, 199), (399, 1), (400, 0), (401, 0), (u64::MAX, 0)] {
        let mut store = counted(&keeping(90, u64::MAX, kept), &events);
        assert_eq!(store.purge().expect("purges"), deleted, "at least {kept}");
    }
}

#[test]
fn no_event_is_deleted_before_the_habits_have_counted_it() {
    let mut events: Vec<Event> = (0..100).map(launch).collect();
    events.extend((0..200).map(|n| launch(365 * DAY_S + n)));
    let mut store = Store::in_memory(&keeping(90, 1, 0)).expect("in memory");
    let seqs = store.append_all(&events).expect("appends");
    assert_eq!(store.purge().expect("purges"), 0, "no checkpoint, nothing counted");
    store.save_checkpoint(seqs[39].expect("new"), b"").expect("saves");
    assert_eq!(store.purge().expect("purges"), 40);
    assert_eq!(all(&store)[0].0, seqs[40].expect("new"));
}

#[test]
fn the_newest_number_is_never_given_again() {
    let options = keeping(0, 1, 0);
    let mut events: Vec<Event> = (0..50).map(|n| launch(365 * DAY_S + n)).collect();
    events.push(launch(0));
    let mut store = counted(&options, &events);
    let newest = all(&store).last().expect("events").0;
    store.purge().expect("purges");
    assert_eq!(all(&store).len(), 1, "only the newest arrival is left, old as it is");
    assert!(store.append(&launch(1)).expect("appends").expect("new") > newest);
}

#[test]
fn the_oldest_tenths_go_until_the_file_fits() {
    let events: Vec<Event> = (0..20_000).map(launch).collect();
    let place = Place::new();
    let (mut store, _) = place.open();
    let seqs = store.append_all(&events).expect("appends");
    store.save_checkpoint(seqs[19_999].expect("new"), b"habits").expect("saves");
    let full = store.stats().expect("reads").bytes;
    drop(store);
    let size = |cap| {
        let (mut store, _) = place.open_with(&keeping(u16::MAX, cap, 10));
        let deleted = store.purge().expect("purges");
        (deleted, store.stats().expect("reads").bytes, times(&store))
    };
    assert_eq!(size(full).0, 0, "it fits exactly");
    let (deleted, bytes, _) = size(full - 1);
    assert_eq!(deleted, 2_000, "one tenth is enough");
    assert!(bytes < full, "{bytes} of {full} bytes");
    let (_, bytes, left) = size(full / 2);
    assert!(bytes <= full / 2 && left.len() > 5_000, "{bytes} bytes, {} events", left.len());
    assert_eq!(left, ((20_000 - i64::try_from(left.len()).expect("small"))..20_000).collect::<Vec<_>>());
    assert_eq!(size(1).2, (19_990..20_000).collect::<Vec<_>>(), "the newest stay even if they do not fit");
}

#[test]
fn names_that_nothing_refers_to_any_more_are_removed() {
    let mut events: Vec<Event> =
        (0..100).map(|n| Event::launch(at(n), Item::new(&format!("old{n}")).expect("valid"))).collect();
    events.extend((0..200).map(|n| launch(365 * DAY_S + n)));
    let place = Place::new();
    let (mut store, _) = place.open_with(&keeping(90, u64::MAX, 0));
    let seqs = store.append_all(&events).expect("appends");
    store.save_checkpoint(seqs[299].expect("new"), b"habits").expect("saves");
    assert_eq!(store.purge().expect("purges"), 100);
    assert_eq!(number(&store, "SELECT count(*) FROM item"), 20);
    assert_eq!(number(&store, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_eq!(number(&store, "PRAGMA foreign_keys"), 1);
}

#[test]
fn a_quarantined_log_is_removed_when_the_events_have_gone_on_for_its_days() {
    let place = Place::filled(50);
    let mut bytes = std::fs::read(place.path()).expect("database");
    bytes[100] ^= 1;
    std::fs::write(place.path(), bytes).expect("writes");
    let (mut store, opened) = place.open();
    assert_eq!(opened, Opened::SetAside { quarantine: place.beside(".quarantine"), restored: false });
    store.purge().expect("purges");
    let start = 1_000;
    let days = i64::from(QUARANTINE_DAYS);
    // The median of an even number of events is the later of the two in the middle.
    let mut seen = |second| {
        store
            .append_all(
                &(0..101)
                    .map(|n| Event::launch(at(second), Item::new(&n.to_string()).expect("valid")))
                    .collect::<Vec<_>>(),
            )
            .expect("appends");
        store.purge().expect("purges");
        place.beside(".quarantine").exists()
    };
    assert!(seen(start));
    assert!(seen(start + days * DAY_S - 1));
    assert!(!seen(start + days * DAY_S));
}
