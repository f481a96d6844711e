//! Appending, reading, checkpoints and backfill.

use proptest::prelude::*;

use super::*;
use crate::error::Error;
use crate::event::{Audio, Battery, Context, EventKind, Network, PlaceLabel, Propensity, Token};

fn texts(max: usize) -> impl Strategy<Value = String> {
    // Any characters but control characters, from 1 byte to the limit.
    proptest::collection::vec(any::<char>().prop_filter("control", |c| !c.is_control()), 1..=max / 4)
        .prop_map(|chars| chars.into_iter().collect())
}

fn items() -> impl Strategy<Value = Item> {
    (texts(Item::MAX_BYTES), any::<u32>()).prop_map(|(id, profile)| Item::in_profile(&id, profile).expect("valid"))
}

fn tokens() -> impl Strategy<Value = Token> {
    texts(Token::MAX_BYTES).prop_map(|text| Token::new(&text).expect("valid"))
}

fn kinds() -> impl Strategy<Value = EventKind> {
    let propensities =
        proptest::option::of((1..=1_000_000_u32).prop_map(|n| Propensity::from_millionths(n).expect("valid")));
    (0..11, items(), tokens(), any::<u8>(), propensities).prop_map(|(kind, item, surface, position, propensity)| {
        match kind {
            0 => EventKind::Launch(item),
            1 => EventKind::Close(item),
            2 => EventKind::Unlock,
            3 => EventKind::Lock,
            4 => EventKind::Home,
            5 => EventKind::Notification(item),
            6 => EventKind::NotificationCleared(item),
            7 => EventKind::Impression { item, surface, position, propensity },
            8 => EventKind::Dismiss { item, surface },
            9 => EventKind::Install(item),
            _ => EventKind::Uninstall(item),
        }
    })
}

fn contexts() -> impl Strategy<Value = Context> {
    (
        proptest::option::of(tokens()),
        proptest::option::of(proptest::sample::select(&PlaceLabel::ALL[..])),
        proptest::option::of(proptest::sample::select(&Network::ALL[..])),
        proptest::option::of(tokens()),
        proptest::option::of(proptest::sample::select(&Battery::ALL[..])),
        proptest::option::of(proptest::sample::select(&Audio::ALL[..])),
    )
        .prop_map(|(place, label, network, access_point, battery, audio)| Context {
            place,
            label,
            network,
            access_point,
            battery,
            audio,
        })
}

fn events() -> impl Strategy<Value = Event> {
    let slots = proptest::option::of((tokens(), any::<u8>()));
    let parts = (0..=Timestamp::MAX_MS, -1080_i16..=1080, kinds(), contexts(), slots);
    parts.prop_map(|(at_ms, offset, kind, context, slot)| {
        let event = Event::new(Timestamp::new(at_ms, offset).expect("valid"), kind).in_context(context);
        match slot {
            Some((surface, position)) => event.from_slot(surface, position),
            None => event,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_event_reads_as_it_was_written(events in proptest::collection::vec(events(), 1..8)) {
        let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
        let seqs = store.append_all(&events).expect("appends");
        let mut expected: Vec<(Seq, Event)> = Vec::new();
        for (event, seq) in events.into_iter().zip(seqs) {
            if let Some(seq) = seq {
                expected.push((seq, event));
            }
        }
        prop_assert!(!expected.is_empty());
        prop_assert_eq!(all(&store), expected);
    }

    #[test]
    fn whatever_is_appended_each_happening_is_kept_once(
        picks in proptest::collection::vec((0..30_i64, any::<bool>()), 1..60),
    ) {
        let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
        let mut model: Vec<Event> = Vec::new();
        for (n, is_unlock) in picks {
            let event = if is_unlock { Event::unlock(at(n)) } else { launch(n) };
            let stored = store.append(&event).expect("appends");
            prop_assert_eq!(stored.is_some(), !model.contains(&event));
            if stored.is_some() {
                model.push(event);
            }
        }
        prop_assert_eq!(all(&store).into_iter().map(|(_, event)| event).collect::<Vec<_>>(), model);
    }
}

#[test]
fn a_duplicate_has_the_same_kind_item_surface_and_instant() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
    let item = Item::new("a").expect("valid");
    let surface = |name: &str| Token::new(name).expect("valid");
    let first = Event::new(at(1), EventKind::Dismiss { item: item.clone(), surface: surface("row") });
    assert!(store.append(&first).expect("appends").is_some());
    let same = [
        first.clone(),
        first.clone().in_context(Context { battery: Some(Battery::Low), ..Context::default() }),
        Event { at: Timestamp::new(first.at.at_ms(), -60).expect("valid"), ..first.clone() },
    ];
    let other = [
        Event { at: first.at.plus_ms(1), ..first.clone() },
        Event { kind: EventKind::Dismiss { item: item.clone(), surface: surface("dock") }, ..first.clone() },
        Event { kind: EventKind::Launch(item), ..first.clone() },
        Event {
            kind: EventKind::Dismiss { item: Item::in_profile("a", 1).expect("valid"), surface: surface("row") },
            ..first.clone()
        },
        Event::unlock(first.at),
    ];
    assert!(store.append_all(&same).expect("appends").iter().all(Option::is_none));
    assert!(store.append_all(&other).expect("appends").iter().all(Option::is_some));
    assert!(store.append(&Event::unlock(first.at)).expect("appends").is_none(), "without an item and surface too");
}

#[test]
fn replay_goes_on_after_a_number_in_order_of_arrival() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
    let seqs = store.append_all(&[launch(9), launch(3), launch(5)]).expect("appends");
    let mut seen = Vec::new();
    store.replay(seqs[0], &mut |_, event| seen.push(event.clone())).expect("reads");
    assert_eq!(seen, [launch(3), launch(5)]);
    seen.clear();
    store.replay(seqs[2], &mut |_, event| seen.push(event.clone())).expect("reads");
    assert!(seen.is_empty());
}

#[test]
fn the_last_checkpoint_survives_closing() {
    let place = Place::new();
    let (mut store, _) = place.open();
    assert_eq!(store.checkpoint().expect("reads"), None);
    let first = store.append(&launch(1)).expect("appends").expect("new");
    let second = store.append(&launch(2)).expect("appends").expect("new");
    store.save_checkpoint(first, b"").expect("saves");
    store.save_checkpoint(second, &[7; 300_000]).expect("saves");
    drop(store);
    assert_eq!(place.open().0.checkpoint().expect("reads"), Some((second, vec![7; 300_000])));
}

#[test]
fn backfill_shows_the_whole_log_in_order_of_time_and_keeps_what_is_made_of_it() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
    store.append_all(&[launch(10), launch(11)]).expect("appends");
    let mut seen = Vec::new();
    let added = store
        .backfill(&[launch(5), launch(10), launch(3), Event::unlock(at(10))], |history| {
            history.replay(&mut |_, event| seen.push(event.clone()))?;
            Ok(b"habits".to_vec())
        })
        .expect("backfills");
    assert_eq!(added, 3);
    assert_eq!(seen, [launch(3), launch(5), launch(10), Event::unlock(at(10)), launch(11)]);
    let newest = all(&store).last().expect("events").0;
    assert_eq!(store.checkpoint().expect("reads"), Some((newest, b"habits".to_vec())));
    let again = store.backfill(&[launch(5)], |_| panic!("nothing is new, nothing is rebuilt")).expect("backfills");
    assert_eq!(again, 0);
}

#[test]
fn a_backfill_that_fails_leaves_the_log_as_it_was() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
    let seq = store.append(&launch(10)).expect("appends").expect("new");
    store.save_checkpoint(seq, b"before").expect("saves");
    let failed = store.backfill(&[launch(5)], |_| Err(Error::OutOfRange { what: "test", limit: "none" }));
    assert!(matches!(failed, Err(Error::OutOfRange { .. })));
    assert_eq!(all(&store), [(seq, launch(10))]);
    assert_eq!(store.checkpoint().expect("reads"), Some((seq, b"before".to_vec())));
}

#[test]
fn neither_the_store_nor_its_numbers_show_what_was_opened() {
    let mut store = Store::in_memory(&StoreOptions::default()).expect("in memory");
    store.append(&Event::launch(at(0), Item::new("canary").expect("valid"))).expect("appends");
    let shown = format!("{store:?} {:?}", store.stats().expect("reads"));
    assert!(!shown.contains("canary"), "{shown}");
}
