use super::*;
use crate::control::Control;
use crate::event::{Context, Item, Network};
use crate::habits::Moment;
use crate::ranking::AnsweredBy;
use crate::time::Timestamp;

fn at(minutes: i64) -> Timestamp {
    Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 60).expect("valid")
}

fn item(name: &str) -> Item {
    Item::new(name).expect("valid")
}

fn engine() -> Engine {
    Engine::in_memory(Options::default()).expect("memory")
}

/// A person who goes through mail, calendar, chat, mail, maps, ... with unlocks and notifications between.
fn habit(count: i64) -> Vec<Event> {
    let names = ["mail", "calendar", "chat", "mail", "maps"];
    let mut events = Vec::new();
    for n in 0..count {
        let launch = Event::launch(at(7 * n), item(names[usize::try_from(n % 5).expect("small")]));
        events.push(Event::unlock(at(7 * n).plus_ms(-500)));
        events.push(launch);
        events.push(Event::new(at(7 * n + 3), EventKind::Notification(item("chat"))));
        events.push(Event::new(at(7 * n + 4), EventKind::Lock));
    }
    events
}

fn names(ranking: &Ranking) -> Vec<&str> {
    ranking.predictions.iter().map(|p| p.item.id()).collect()
}

#[test]
fn an_empty_log_answers_with_the_hosts_order() {
    let request = Request::unlock(at(0)).within(["b", "c", "a"].map(item).to_vec()).expect("few");
    let ranking = engine().predict(&request, &|| 0);
    assert_eq!((names(&ranking), ranking.answered_by), (vec!["b", "c", "a"], AnsweredBy::HostOrder));
    let sum: f64 = ranking.predictions.iter().map(|p| p.probability).sum();
    assert!((sum - 1.0).abs() < 1e-9);
    assert!(engine().predict(&Request::unlock(at(0)), &|| 0).predictions.is_empty(), "nothing is known to offer");
}

#[test]
fn installed_items_are_offered_until_they_are_gone_and_again_when_they_are_back() {
    let mut engine = engine();
    let offered = |engine: &Engine| names(&engine.predict(&Request::next(at(90)), &|| 0)).join(" ");
    engine.record(&Event::new(at(0), EventKind::Install(item("new")))).expect("stored");
    assert_eq!(offered(&engine), "new");
    engine.record_all(&habit(5)).expect("stored");
    assert!(offered(&engine).contains("new") && offered(&engine).contains("chat"));
    engine.record(&Event::new(at(50), EventKind::Uninstall(item("chat")))).expect("stored");
    assert!(!offered(&engine).contains("chat"));
    engine.record(&Event::new(at(51), EventKind::Install(item("chat")))).expect("stored");
    assert!(offered(&engine).contains("chat"));
}

#[test]
fn the_same_id_in_two_profiles_is_two_items() {
    let mut engine = engine();
    let work = Item::in_profile("mail", 10).expect("valid");
    engine.record(&Event::launch(at(0), item("mail"))).expect("stored");
    engine.record(&Event::launch(at(10), work.clone())).expect("stored");
    let ranking = engine.predict(&Request::unlock_or_resume(at(20)), &|| 0);
    assert_eq!(ranking.predictions.len(), 2);
    engine.record(&Event::new(at(21), EventKind::Uninstall(work))).expect("stored");
    let ranking = engine.predict(&Request::unlock_or_resume(at(22)), &|| 0);
    assert_eq!(ranking.predictions.iter().map(|p| p.item.profile()).collect::<Vec<_>>(), [0]);
}

#[test]
fn the_current_item_is_offered_only_when_it_is_asked_for() {
    let mut engine = engine();
    engine.record_all(&habit(50)).expect("stored");
    let current = engine.habits().last_three()[0].cloned().expect("something was opened");
    for moment in Moment::ALL {
        let ranking = engine.predict(&Request::at(moment, at(400)).limited_to(64).expect("64"), &|| 0);
        assert_eq!(ranking.predictions.iter().any(|p| p.item == current), moment.offers_current());
    }
}

#[test]
fn candidates_can_be_limited_to_a_given_set() {
    let mut engine = engine();
    engine.record_all(&habit(50)).expect("stored");
    let request = Request::next(at(400)).within(["chat", "never", "maps", "never"].map(item).to_vec()).expect("few");
    let mut found = engine.predict(&request, &|| 0).predictions;
    let sum: f64 = found.iter().map(|p| p.probability).sum();
    assert!((sum - 1.0).abs() < 1e-9, "probabilities are among what can be shown");
    found.sort_by(|a, b| a.item.cmp(&b.item));
    assert_eq!(found.iter().map(|p| p.item.id()).collect::<Vec<_>>(), ["chat", "never"], "maps is open");
}

#[test]
fn predictions_are_ordered_and_each_has_a_reason() {
    let mut engine = engine();
    engine.record_all(&habit(60)).expect("stored");
    let ranking = engine.predict(&Request::unlock(at(421)), &|| 0);
    assert!(ranking.predictions.is_sorted_by(|a, b| a.probability >= b.probability));
    assert!(ranking.predictions.iter().all(|p| !p.reasons.is_empty()));
    assert_eq!(ranking.answered_by, AnsweredBy::Model);
    let ticks = std::cell::Cell::new(0);
    let timed = engine.predict(&Request::unlock(at(421)), &|| {
        ticks.set(ticks.get() + 10);
        ticks.get()
    });
    assert_eq!((timed.stages.retrieval_ns, timed.stages.total_ns()), (10, 40));
    assert_eq!(timed.predictions, ranking.predictions, "the clock changes nothing");
}

#[test]
fn a_prepared_ranking_is_used_while_it_fits_and_says_so() {
    let mut engine = engine();
    engine.record_all(&habit(60)).expect("stored");
    let now = at(421);
    let fresh = engine.predict(&Request::unlock(now), &|| 0);
    engine.prepare(Request::unlock(now), &|| 0).expect("prepared");
    // The newest notification is five minutes old: the answer holds for half a minute.
    let later = now.plus_ms(30_000);
    assert!(engine.predict(&Request::unlock(later), &|| 0).is_prepared);
    assert!(!engine.predict(&Request::unlock(later.plus_ms(1)), &|| 0).is_prepared);
    assert!(!engine.predict(&Request::unlock(now.plus_ms(-1)), &|| 0).is_prepared);
    assert_eq!(engine.predict(&Request::unlock(now), &|| 0).predictions, fresh.predictions);
    engine.record(&Event::unlock(later)).expect("stored");
    assert!(engine.predict(&Request::unlock(later), &|| 0).is_prepared, "the unlock is what it was prepared for");

    let elsewhere = Context { network: Some(Network::Wifi), ..Context::default() };
    assert!(!engine.predict(&Request::unlock(later).in_context(elsewhere), &|| 0).is_prepared);
    assert!(!engine.predict(&Request::next(later), &|| 0).is_prepared);
    assert!(!engine.predict(&Request::unlock(now.plus_ms(3_600_000)), &|| 0).is_prepared);
    engine.record(&Event::new(later, EventKind::Notification(item("mail")))).expect("stored");
    assert!(!engine.predict(&Request::unlock(later), &|| 0).is_prepared, "a notification changes the answer");
}

#[test]
fn what_a_surface_showed_is_counted_there_and_changes_no_ranking() {
    let mut engine = engine();
    engine.record_all(&habit(60)).expect("stored");
    let dock = crate::event::Token::new("dock").expect("valid");
    let request = Request::unlock(at(421)).on_surface(dock.clone()).limited_to(3).expect("3");
    let ranking = engine.predict(&request, &|| 0);
    let shown = ranking.impressions(at(421));
    let positions = shown.iter().map(|event| match &event.kind {
        EventKind::Impression { position, surface, .. } if *surface == dock => *position,
        other => panic!("{other:?}"),
    });
    assert_eq!(positions.collect::<Vec<_>>(), [0, 1, 2]);
    engine.record_all(&shown).expect("stored");
    let item = ranking.predictions[1].item.clone();
    engine.record(&Event::new(at(422), EventKind::Dismiss { item, surface: dock.clone() })).expect("stored");
    let counted = engine.habits().shown(&dock);
    assert_eq!((counted.impressions, counted.dismissals), (3, 1));
    assert_eq!(engine.predict(&request, &|| 0), ranking);
}

#[test]
fn duplicates_change_nothing() {
    let mut engine = engine();
    engine.record_all(&habit(30)).expect("stored");
    let before = engine.habits().clone();
    for event in habit(30) {
        assert_eq!(engine.record(&event).expect("known"), Recorded::Duplicate);
    }
    assert_eq!(engine.habits(), &before);
}

#[test]
fn reopening_gives_the_same_habits_bit_for_bit() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let key = Key::new([1; 32], [2; 16]);
    let events = habit(700);
    let mut straight = engine();
    straight.record_all(&events).expect("stored");
    for part in events.chunks(501) {
        let mut engine = Engine::open(&path, &key, Options::default()).expect("opens");
        for event in part {
            engine.record(event).expect("stored");
        }
    }
    let engine = Engine::open(&path, &key, Options::default()).expect("opens");
    assert_eq!(engine.habits().to_checkpoint(), straight.habits().to_checkpoint());
    let ask = |engine: &Engine| engine.predict(&Request::unlock(at(5_000)).limited_to(64).expect("64"), &|| 0);
    assert_eq!(ask(&engine), ask(&straight));
}

#[test]
fn reloading_gives_the_same_habits_and_decisions_bit_for_bit() {
    let mut engine = engine();
    engine.record_all(&habit(50)).expect("stored");
    engine.checkpoint().expect("saved");
    engine.record(&Event::launch(at(100_000), item("after the checkpoint"))).expect("stored");
    engine.decide(at(100_001), Control::Exclude(item("mail"))).expect("decided");
    let (habits, decisions) = (engine.habits().to_checkpoint(), engine.controls().decisions().to_vec());
    // As a call that panicked half-way leaves it.
    engine.habits.apply(&Event::launch(at(100_002), item("never stored")), None);
    engine.controls = Controls::default();
    engine.reload().expect("read");
    assert_eq!((engine.habits().to_checkpoint(), engine.controls().decisions().to_vec()), (habits, decisions));
    engine.record(&Event::launch(at(100_003), item("maps"))).expect("goes on");
}

#[test]
fn back_filled_events_are_learned_as_if_they_had_come_in_time() {
    let events = habit(200);
    let (past, present) = events.split_at(500);
    let mut in_time = engine();
    in_time.record_all(&events).expect("stored");
    let mut back_filled = engine();
    back_filled.record_all(present).expect("stored");
    assert_eq!(back_filled.backfill(past).expect("stored"), past.len());
    assert_eq!(back_filled.habits().to_checkpoint(), in_time.habits().to_checkpoint());
    assert_eq!(back_filled.backfill(past).expect("known"), 0);
}

#[test]
fn without_notifications_a_prepared_ranking_answers_for_a_quarter_of_an_hour_within_the_hour() {
    let mut engine = engine();
    engine.record(&Event::launch(at(0), item("mail"))).expect("stored");
    engine.record(&Event::launch(at(1), item("chat"))).expect("stored");
    let prepared = |engine: &Engine, minutes: i64, ms: i64| {
        engine.predict(&Request::unlock(at(minutes).plus_ms(ms)), &|| 0).is_prepared
    };
    // at(0) is 23:13:20.
    engine.prepare(Request::unlock(at(2)), &|| 0).expect("prepared");
    assert!(prepared(&engine, 17, 0) && !prepared(&engine, 17, 1));
    engine.prepare(Request::unlock(at(40)), &|| 0).expect("prepared");
    assert!(prepared(&engine, 46, 39_999) && !prepared(&engine, 46, 40_000), "midnight is another hour");
}

#[test]
fn what_is_back_filled_after_a_purge_is_counted_late_and_moves_no_clock() {
    let retention = crate::config::Retention { max_days: 1, keep_at_least: 10, ..Default::default() };
    let store = StoreOptions { retention, ..StoreOptions::default() };
    let mut engine = Engine::in_memory(Options { store, ..Options::default() }).expect("memory");
    engine.record_all(&habit(1_000)).expect("stored");
    assert!(engine.maintain().expect("purged") > 0);
    let (newest, last) = (engine.habits().newest(), engine.habits().last_three().map(|item| item.cloned()));
    let old: Vec<Event> = (0..10).map(|n| Event::launch(at(-20_000 + n), item("old"))).collect();
    assert_eq!(engine.backfill(&old).expect("stored"), 10);
    assert_eq!((engine.habits().newest(), engine.habits().last_three().map(|item| item.cloned())), (newest, last));
    let index = engine.habits().find(&item("old")).expect("known");
    assert!(engine.habits().was_opened(index));
    let ranking = engine.predict(&Request::unlock(at(7_001)).limited_to(64).expect("64"), &|| 0);
    assert!(ranking.predictions.iter().all(|p| (0.0..=1.0).contains(&p.probability)));
}

#[test]
fn what_is_gone_is_not_offered_even_if_it_is_asked_for() {
    let mut engine = engine();
    for kind in [EventKind::Install(item("a")), EventKind::Install(item("b")), EventKind::Uninstall(item("a"))] {
        engine.record(&Event::new(at(0), kind)).expect("stored");
    }
    let request = Request::unlock(at(1)).within(["a", "b"].map(item).to_vec()).expect("few");
    assert_eq!(names(&engine.predict(&request, &|| 0)), ["b"]);
}

#[test]
fn a_late_event_is_counted_and_the_sequence_goes_on() {
    let mut engine = engine();
    engine.record_all(&habit(40)).expect("stored");
    let last = engine.habits().last_three().map(|item| item.cloned());
    engine.record(&Event::launch(at(100), item("late"))).expect("stored");
    assert_eq!(engine.habits().last_three().map(|item| item.cloned()), last);
    let index = engine.habits().find(&item("late")).expect("known");
    assert!(engine.habits().was_opened(index));
}

#[test]
fn wild_clocks_give_no_negative_ages_and_habits_go_on() {
    let mut engine = engine();
    let events = habit(40);
    engine.record_all(&events).expect("stored");
    let future = Timestamp::new(at(0).at_ms() + 10 * 365 * 86_400_000, 60).expect("valid");
    engine.record(&Event::launch(future, item("future"))).expect("stored");
    // The clock is set right again: ten years back, and on from there.
    for n in 0..50 {
        engine.record(&Event::launch(at(300 + n), item(if n % 2 == 0 { "mail" } else { "chat" }))).expect("stored");
    }
    let first = Timestamp::new(0, 0).expect("1970");
    for now in [at(351), future, first] {
        let ranking = engine.predict(&Request::next(now), &|| 0);
        assert_eq!(names(&ranking)[0], "mail", "after chat comes mail");
        assert!(ranking.predictions.iter().all(|p| p.probability.is_finite() && p.probability >= 0.0));
    }
}

#[test]
fn more_items_than_habits_hold_are_survived() {
    let mut engine = engine();
    for n in 0..1_500 {
        engine.record(&Event::launch(at(n), item(&format!("ticket {n}")))).expect("stored");
        if n % 3 == 0 {
            engine.record(&Event::launch(at(n).plus_ms(20_000), item("list of tickets"))).expect("stored");
        }
    }
    let ranking = engine.predict(&Request::next(at(1_500)), &|| 0);
    assert!(names(&ranking).contains(&"list of tickets"));
}
