//! The last openings, as the sequence model and training read them: what becomes of a known life.

use foretap_core::config::MAX_ITEMS;
use foretap_core::habits::{Habits, LAST_RANK, LONGEST_GAP, Moment, PAST, Past, Query, StartWeights};
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{Context, Event, EventKind, Item, Timestamp};

/// Friday 2024-01-05, 22:00 local time, and so many seconds.
fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_704_488_400_000 + seconds * SECOND_MS, 60).expect("valid")
}

fn item(name: &str) -> Item {
    Item::new(name).expect("valid")
}

fn launch(seconds: i64, name: &str) -> Event {
    Event::launch(at(seconds), item(name))
}

fn lived(events: &[Event]) -> Habits {
    let mut habits = Habits::new(&StartWeights::neutral());
    events.iter().for_each(|event| habits.apply(event, None));
    habits
}

fn past(habits: &Habits, moment: Moment, now: Timestamp) -> Past {
    habits.statistics(&Query { moment, now, context: &Context::default() }, &[]).past
}

/// The tokens of what was opened, without those in front that say nothing.
fn openings(habits: &Habits) -> Vec<[u8; 3]> {
    let past = past(habits, Moment::Next, habits.newest().expect("something happened"));
    past.openings.iter().filter(|token| token.rank > 0).map(|token| token.bytes()).collect()
}

#[test]
fn each_opening_says_how_far_down_after_what_gap_and_when() {
    let habits = lived(&[
        Event::unlock(at(0)),
        launch(0, "a"), // Never opened before, nothing before it; Friday 22 h, begins a session.
        Event::new(at(10), EventKind::Close(item("a"))),
        launch(13, "b"), // Three seconds after `a` was closed.
        launch(13, "b"), // The same one again: no opening of its own.
        launch(20, "a"), // The second of the order; seven seconds.
        Event::new(at(30), EventKind::Lock),
        Event::unlock(at(2 * 3_600)),
        launch(2 * 3_600, "a"), // The phone shows it again: Saturday 0 h, begins a session.
        launch(2 * 3_600 + 1, "c"),
        launch(2 * 3_600 + 2, "b"), // The third of the order.
    ]);
    let (friday, saturday, session) = (22, 32, 64);
    assert_eq!(
        openings(&habits),
        [
            [LAST_RANK, LONGEST_GAP, friday + session],
            [LAST_RANK, 2, friday],
            [2, 3, friday],
            [1, 12, saturday + session], // 7,170 seconds since the lock.
            [LAST_RANK, 1, saturday],
            [3, 1, saturday],
        ]
    );
}

#[test]
fn a_moment_has_its_own_gap_and_time_and_begins_no_session() {
    let habits = lived(&[Event::unlock(at(0)), launch(0, "a"), Event::new(at(60), EventKind::Lock)]);
    let later = at(60 + 63);
    for (moment, gap) in [(Moment::Next, 0), (Moment::Unlock, 6), (Moment::UnlockOrResume, 6)] {
        let past = past(&habits, moment, later);
        assert_eq!((past.gap, past.time), (gap, 22), "{moment:?}");
    }
    let nobody = Habits::new(&StartWeights::neutral());
    for (moment, gap) in [(Moment::Next, 0), (Moment::Unlock, LONGEST_GAP)] {
        let past = past(&nobody, moment, later);
        assert_eq!((past.bytes(), past.gap, past.time), ([0; 3 * PAST], gap, 22));
    }
}

#[test]
fn the_question_of_an_opening_sees_nothing_of_it() {
    let mut habits = lived(&[launch(0, "a"), launch(400, "b")]);
    let before = openings(&habits);
    let event = launch(900, "c");
    for posed in habits.posed(&event) {
        let seen = past(&habits, posed.moment, posed.now);
        assert_eq!(seen.openings[PAST - 2..].iter().map(|token| token.bytes()).collect::<Vec<_>>(), before);
    }
    assert_eq!(habits.posed(&event).len(), 3);
    habits.apply(&event, None);
    assert_eq!(openings(&habits).len(), 3);
}

#[test]
fn what_comes_late_is_no_part_of_the_past_and_a_clock_set_back_makes_no_gap() {
    let mut habits = lived(&[launch(0, "a"), launch(50_000, "b")]);
    let before = openings(&habits);
    habits.apply(&launch(40_000, "late"), None);
    habits.apply_late(&launch(-1_000_000, "much later"));
    habits.apply(&Event::new(at(50_001), EventKind::Notification(item("a"))), None);
    assert_eq!(openings(&habits), before);
    habits.apply(&Event::launch(at(50_000).plus_ms(-2 * DAY_MS), item("a")), None);
    let after = openings(&habits);
    assert_eq!((after.len(), after[2][0], after[2][1]), (3, 2, 0), "`late` was opened at some time before");
}

#[test]
fn at_most_32_openings_are_known() {
    let mut habits = lived(&[]);
    for n in 0..40_u32 {
        habits.apply(&launch(i64::from(n), ["a", "b", "c"][n as usize % 3]), None);
        assert_eq!(openings(&habits).len(), (n as usize + 1).min(PAST));
    }
    assert_eq!(openings(&habits), [[3, 1, 22]; PAST], "those of never before have left");
}

#[test]
fn items_are_told_apart_by_order_up_to_the_64th() {
    let mut habits = lived(&[]);
    for n in 0..65 {
        habits.apply(&launch(n, &format!("item {n}")), None);
    }
    // Of the 65, the one opened second is the 64th of the order and the first is further down.
    for (name, rank) in [("item 2", 63), ("item 1", 64), ("item 0", LAST_RANK), ("item 0", LAST_RANK)] {
        let mut habits = habits.clone();
        habits.apply(&launch(100, name), None);
        assert_eq!(openings(&habits)[PAST - 1][0], rank, "{name}");
    }
}

#[test]
fn a_forgotten_item_leaves_its_token_and_comes_back_as_new() {
    let mut habits = lived(&[launch(0, "a")]);
    for n in 0..MAX_ITEMS {
        habits.apply(&Event::launch(at(1).plus_ms(n as i64 * HOUR_MS), item(&format!("item {n}"))), None);
    }
    assert!(habits.find(&item("a")).is_none() && habits.is_sound());
    assert_eq!(openings(&habits).len(), PAST);
    habits.apply(&Event::launch(habits.newest().expect("launched").plus_ms(SECOND_MS), item("a")), None);
    assert_eq!(openings(&habits)[PAST - 1][0], LAST_RANK);
}

#[test]
fn habits_without_an_item_do_not_say_when_it_was_opened() {
    let habits = lived(&[launch(0, "a"), launch(1, "secret"), launch(2, "a")]);
    assert_eq!(openings(&habits).len(), 3);
    assert_eq!(openings(&habits.without(&mut |known| *known == item("secret"))), [[0; 3]; 0]);
}
