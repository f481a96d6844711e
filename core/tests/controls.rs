//! Every decision of a person and its undoing, over random lives.

mod lives;

use std::collections::BTreeSet;

use foretap_core::config::{FREQUENT_OPENINGS, MAX_CONTROLS, PROMOTED_ODDS};
use foretap_core::engine::Recorded;
use foretap_core::time::{DAY_MS, HOUR_MS};
use foretap_core::{
    Control, ControlId, Engine, Error, Event, EventKind, Item, Key, ModelChoice, Moment, Opened, Options, Ranking,
    ReasonCode, Request, Secret, SnoozeEnd, Timestamp,
};
use lives::{CALM, Random, UNPUNCTUAL, WILD, item, life};

fn engine() -> Engine {
    // The statistics alone: what decisions do does not depend on a model, and lives go by faster.
    Engine::in_memory(Options { model: ModelChoice::Off, ..Options::default() }).expect("memory")
}

fn named(name: &str) -> Item {
    Item::new(name).expect("valid")
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 60).expect("valid")
}

fn newest(engine: &Engine) -> Timestamp {
    engine.habits().newest().unwrap_or_else(|| at(0))
}

/// What is offered at every moment, without the stage times.
fn offered(engine: &Engine, now: Timestamp) -> Vec<Ranking> {
    let ask = |moment| engine.predict(&Request::at(moment, now).limited_to(12).expect("12"), &|| 0);
    Moment::ALL.map(ask).to_vec()
}

fn is_offered(engine: &Engine, item: &Item, now: Timestamp) -> bool {
    offered(engine, now).iter().flat_map(|ranking| &ranking.predictions).any(|prediction| prediction.item == *item)
}

fn is_mentioned(engine: &Engine, item: &Item, now: Timestamp) -> bool {
    let mentions = |code: &ReasonCode| matches!(code, ReasonCode::Follows { item: other } if other == item);
    let rankings = offered(engine, now);
    let reasons = rankings.iter().flat_map(|ranking| &ranking.predictions).flat_map(|p| &p.reasons);
    is_offered(engine, item, now) || reasons.map(|reason| &reason.code).any(mentions)
}

/// Every kind of decision about an item, with a time to come.
fn every_control(item: &Item, now: Timestamp) -> Vec<Control> {
    let item = || item.clone();
    vec![
        Control::Exclude(item()),
        Control::Snooze { item: item(), until: SnoozeEnd::At(now.plus_ms(3 * DAY_MS)) },
        Control::Snooze { item: item(), until: SnoozeEnd::Frequent },
        Control::NeverLearn(item()),
        Control::Pin { item: item(), position: 2 },
        Control::Promote(item()),
        Control::HalfLife { item: Some(item()), days: 2 },
        Control::HalfLife { item: None, days: 5 },
        Control::PauseLearning { until: None },
        Control::PauseLearning { until: Some(now.plus_ms(DAY_MS)) },
        Control::HideProfile(item().profile()),
    ]
}

#[test]
fn what_is_undone_leaves_nothing_behind() {
    for (seed, oddities) in (0..24).zip([CALM, UNPUNCTUAL, WILD].into_iter().cycle()) {
        let mut random = Random(seed);
        let (mut engine, mut untouched) = (engine(), engine());
        let life = life(seed, oddities, 400);
        for event in &life[..300] {
            assert_eq!(engine.record(event).expect("stored"), untouched.record(event).expect("stored"));
        }
        let now = newest(&engine);
        if now.at_ms() > Timestamp::MAX_MS - 4 * DAY_MS {
            continue; // no time is to come
        }
        let about = item(&mut random, oddities.items);
        let mut made: Vec<ControlId> = Vec::new();
        for control in every_control(&about, now) {
            made.push(engine.decide(now, control).expect("decided"));
        }
        assert_eq!(engine.decisions(now).len(), made.len() - 2, "of two snoozes and of two pauses the later counts");
        assert!(!is_mentioned(&engine, &about, now), "seed {seed}");
        // In any order; what a decision stood over counts again, and is undone in turn.
        while let in_force @ [_, ..] = &engine.decisions(now)[..] {
            let id = in_force[usize::try_from(random.below(in_force.len() as u64)).expect("small")].id;
            assert!(engine.undo(id, now).expect("undone") && !engine.undo(id, now).expect("looked"));
            made.retain(|other| *other != id);
        }
        assert!(made.is_empty());
        assert!(engine.decisions(now).is_empty());
        for event in &life[300..] {
            assert_eq!(offered(&engine, event.at), offered(&untouched, event.at), "seed {seed}");
            assert_eq!(engine.record(event).expect("stored"), untouched.record(event).expect("stored"));
        }
        assert!(engine.habits() == untouched.habits(), "seed {seed}");
    }
}

#[test]
fn hidden_items_are_never_mentioned_and_come_back_as_if_nothing_had_been() {
    for (seed, oddities) in (100..124).zip([CALM, UNPUNCTUAL, WILD].into_iter().cycle()) {
        let mut random = Random(seed);
        let (mut engine, mut untouched) = (engine(), engine());
        let mut excluded: Vec<(Item, ControlId)> = Vec::new();
        for event in life(seed, oddities, 500) {
            engine.record(&event).expect("stored");
            untouched.record(&event).expect("stored");
            if random.is_one_in(12) {
                let about = item(&mut random, oddities.items);
                match excluded.iter().position(|(item, _)| *item == about) {
                    Some(place) => {
                        let (_, id) = excluded.swap_remove(place);
                        assert!(engine.undo(id, event.at).expect("undone"));
                    }
                    None => {
                        let id = engine.decide(event.at, Control::Exclude(about.clone())).expect("decided");
                        excluded.push((about, id));
                    }
                }
            }
            if random.is_one_in(6) {
                assert!(excluded.iter().all(|(item, _)| !is_mentioned(&engine, item, event.at)), "seed {seed}");
            }
        }
        let now = newest(&engine);
        for (_, id) in excluded {
            assert!(engine.undo(id, now).expect("undone"));
        }
        assert_eq!(offered(&engine, now), offered(&untouched, now), "seed {seed}");
    }
}

#[test]
fn what_is_not_to_be_learned_is_not_stored_and_habits_are_those_of_a_life_without_it() {
    for (seed, oddities) in (200..218).zip([CALM, UNPUNCTUAL].into_iter().cycle()) {
        let mut random = Random(seed);
        let (mut engine, mut without) = (engine(), engine());
        let life = life(seed, oddities, 600);
        let about = item(&mut random, oddities.items);
        let (from, to) = (life[200].at, life[400].at);
        let control = match seed % 4 {
            0 => Control::NeverLearn(about.clone()),
            1 => Control::HideProfile(10),
            2 => Control::PauseLearning { until: None },
            _ => Control::PauseLearning { until: Some(life[300].at) },
        };
        let ends = if seed % 4 == 3 { life[300].at } else { to };
        let was_in_pause = |event: &Event| event.at >= from && event.at.at_ms() < ends.at_ms();
        let mut id = None;
        for (n, event) in life.iter().enumerate() {
            if n == 200 {
                id = Some(engine.decide(from, control.clone()).expect("decided"));
            }
            if n == 400 {
                let was_in_force = engine.undo(id.expect("made"), to).expect("undone");
                assert_eq!(was_in_force, seed % 4 != 3, "a pause that ran out is over");
            }
            let is_within = (200..400).contains(&n);
            let is_blocked = match &control {
                Control::NeverLearn(item) => is_within && event.kind.item() == Some(item),
                Control::HideProfile(profile) => is_within && event.kind.item().map(Item::profile) == Some(*profile),
                // While it lasts, whatever is told; afterwards, what happened in it.
                Control::PauseLearning { until: None } => is_within || (n >= 400 && was_in_pause(event)),
                _ => n >= 200 && event.at.at_ms() < ends.at_ms(),
            };
            assert_eq!(engine.record(event).expect("stored") == Recorded::NotLearned, is_blocked, "seed {seed}: {n}");
            if !is_blocked {
                without.record(event).expect("stored");
            }
        }
        assert!(engine.habits() == without.habits(), "seed {seed}");
        assert_eq!(engine.stats().expect("reads").events, without.stats().expect("reads").events);
        if let Control::PauseLearning { .. } = control {
            // The phone's own log knows more; what happened in the pause stays unknown.
            let before = engine.stats().expect("reads").events;
            engine.backfill(&life[200..400]).expect("stored");
            let late = life[200..400].iter().filter(|event| event.at < from || event.at.at_ms() >= ends.at_ms());
            let new: BTreeSet<_> = late.map(|event| (event.at, format!("{:?}", event.kind))).collect();
            assert!(engine.stats().expect("reads").events - before <= new.len() as u64, "seed {seed}");
        }
    }
}

#[test]
fn a_snooze_ends_at_its_time() {
    let mut engine = engine();
    for n in 0..30 {
        engine
            .record(&Event::launch(at(n), named(["mail", "maps"][usize::try_from(n % 2).expect("0 or 1")])))
            .expect("stored");
    }
    let until = at(200);
    engine.decide(at(40), Control::Snooze { item: named("mail"), until: SnoozeEnd::At(until) }).expect("decided");
    assert!(!is_offered(&engine, &named("mail"), until.plus_ms(-1)));
    assert!(is_offered(&engine, &named("mail"), until));
    assert_eq!(engine.decisions(until.plus_ms(-1)).len(), 1);
    assert!(engine.decisions(until).is_empty());
    // One event of a clock that is ahead does not end it for good: "now" is what most of the newest events say.
    engine.record(&Event::unlock(at(500_000))).expect("stored");
    engine.maintain().expect("tidied");
    assert_eq!(engine.controls().decisions().len(), 1);
    let later: Vec<Event> = (1..120).map(|n| Event::unlock(until.plus_ms(n))).collect();
    engine.record_all(&later).expect("stored");
    engine.maintain().expect("tidied");
    assert!(engine.controls().is_empty(), "what ran out is forgotten");
}

#[test]
fn a_snooze_until_it_is_frequent_ends_after_so_many_openings_within_a_week_and_stays_ended() {
    let mut engine = engine();
    let mut minutes = 0;
    let mut open = |engine: &mut Engine, name: &str, later_min: i64| {
        minutes += later_min;
        engine.record(&Event::launch(at(minutes), named(name))).expect("stored");
        at(minutes)
    };
    for _ in 0..20 {
        open(&mut engine, "mail", 5);
        open(&mut engine, "maps", 5);
    }
    let now = newest(&engine);
    engine.decide(now, Control::Snooze { item: named("mail"), until: SnoozeEnd::Frequent }).expect("decided");
    let week_min = 7 * 24 * 60;
    // Once in more than a third of a week is never often enough within one.
    for _ in 0..FREQUENT_OPENINGS + 2 {
        open(&mut engine, "mail", week_min / 2);
        let now = open(&mut engine, "maps", 1);
        assert!(!is_offered(&engine, &named("mail"), now), "{now:?}");
    }
    for _ in 1..FREQUENT_OPENINGS {
        open(&mut engine, "mail", 10);
    }
    let now = open(&mut engine, "maps", 1);
    assert!(is_offered(&engine, &named("mail"), now) && engine.decisions(now).is_empty());
    assert!(is_offered(&engine, &named("mail"), now.plus_ms(60 * DAY_MS)), "it does not fall asleep again");
}

#[test]
fn pins_stand_at_their_places_whatever_happens() {
    for seed in 300..312 {
        let mut random = Random(seed);
        let mut engine = engine();
        for event in life(seed, UNPUNCTUAL, 300) {
            engine.record(&event).expect("stored");
        }
        let now = newest(&engine);
        let pins = [(named("never seen"), 0), (item(&mut random, 12), 2), (named("also never seen"), 2)];
        for (item, position) in &pins {
            // What was removed is not offered, pinned or not.
            engine.record(&Event::new(now, EventKind::Install(item.clone()))).expect("stored");
            engine.decide(now, Control::Pin { item: item.clone(), position: *position }).expect("decided");
        }
        for ranking in offered(&engine, now.plus_ms(random.ms(HOUR_MS))) {
            let row: Vec<&Item> = ranking.predictions.iter().map(|p| &p.item).collect();
            assert_eq!(
                (row[0], row[2], row[3]),
                (&pins[0].0, &pins[2].0, &pins[1].0),
                "the one pinned last goes first"
            );
            let apart: BTreeSet<&Item> = row.iter().copied().collect();
            assert_eq!(apart.len(), row.len());
            assert_eq!(ranking.predictions[0].reasons[0].code, ReasonCode::Pinned);
        }
        let short = engine.predict(&Request::unlock(now).limited_to(2).expect("2"), &|| 0);
        let row: Vec<&Item> = short.predictions.iter().map(|p| &p.item).collect();
        assert_eq!(row, [&pins[0].0, &pins[2].0], "beyond the end is the last place; what does not fit is left out");
        engine.record(&Event::new(now, EventKind::Uninstall(pins[0].0.clone()))).expect("stored");
        assert!(!is_offered(&engine, &pins[0].0, now));
        engine.decide(now, Control::Exclude(pins[2].0.clone())).expect("decided");
        assert!(!is_offered(&engine, &pins[2].0, now), "what hides goes before what shows");
    }
}

#[test]
fn promoting_counts_as_so_many_times_as_likely_and_a_half_life_halves_the_odds_of_what_lies_unused() {
    let mut engine = engine();
    for n in 0..60 {
        // Seven of ten are mail, two maps, one notes.
        let name = match n % 10 {
            2 | 6 => "maps",
            9 => "notes",
            _ => "mail",
        };
        engine.record(&Event::launch(at(n), named(name))).expect("stored");
    }
    let now = at(61);
    let row = |engine: &Engine| -> Vec<(String, f64)> {
        let ranking = engine.predict(&Request::unlock_or_resume(now), &|| 0);
        ranking.predictions.iter().map(|p| (p.item.id().to_owned(), p.probability)).collect()
    };
    let before = row(&engine);
    let p = |name: &str| before.iter().find(|(other, _)| other == name).expect("offered").1;
    let (passed, kept): (Vec<_>, Vec<_>) = before
        .iter()
        .filter(|(name, _)| name != "notes")
        .partition(|(name, _)| p(name) < PROMOTED_ODDS * p("notes") && p(name) > p("notes"));
    let id = engine.decide(now, Control::Promote(named("notes"))).expect("decided");
    let after = row(&engine);
    let place = |row: &[(String, f64)], name: &str| row.iter().position(|(other, _)| other == name).expect("offered");
    assert!(passed.iter().all(|(name, _)| place(&after, "notes") < place(&after, name)), "{before:?} {after:?}");
    assert!(
        kept.iter().all(|(name, _)| (place(&before, name) < place(&before, "notes"))
            == (place(&after, name) < place(&after, "notes")))
    );
    assert!(after.iter().all(|(name, probability)| *probability == p(name)), "how likely it is does not change");
    engine.undo(id, now).expect("undone");

    // Mail was used two minutes ago; by then a half-life of a day has hardly begun, a hundred days later it has ended.
    engine.decide(now, Control::HalfLife { item: Some(named("mail")), days: 1 }).expect("decided");
    assert_eq!(row(&engine), before);
    let later = Request::unlock_or_resume(now.plus_ms(100 * DAY_MS));
    let last = engine.predict(&later, &|| 0).predictions.pop().expect("three");
    assert_eq!(last.item, named("mail"));
    engine.decide(now, Control::HalfLife { item: Some(named("mail")), days: 3_650 }).expect("decided");
    assert_ne!(engine.predict(&later, &|| 0).predictions.pop().expect("three").item, named("mail"), "the later counts");
}

#[test]
fn decisions_survive_the_end_of_the_process_retention_and_nothing_but_erasure_ends_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = || Engine::open(&path, &Key::new([1; 32], [2; 16]), Options::default()).expect("opens");
    let mut engine = open();
    let about = named("mail");
    for event in life(7, CALM, 200) {
        engine.record(&event).expect("stored");
    }
    let now = newest(&engine);
    for control in every_control(&about, now) {
        engine.decide(now, control).expect("decided");
    }
    let made: Vec<_> = engine.decisions(now).into_iter().cloned().collect();
    drop(engine);
    let mut engine = open();
    engine.maintain().expect("tidied");
    assert_eq!(engine.decisions(now).into_iter().cloned().collect::<Vec<_>>(), made);
    assert!(made.iter().all(|decision| decision.at == now));
    assert_eq!(engine.decide(now, made[0].control.clone()).expect("there"), made[0].id, "not made twice");
    engine.erase().expect("erased");
    assert!(open().decisions(now).is_empty());
}

#[test]
fn numbers_out_of_range_and_too_many_decisions_are_refused() {
    let mut engine = engine();
    let refused = engine.decide(at(0), Control::HalfLife { item: None, days: 0 });
    assert!(matches!(refused, Err(Error::OutOfRange { what: "half-life", .. })));
    for n in 0..MAX_CONTROLS {
        engine.decide(at(0), Control::Promote(named(&format!("item {n}")))).expect("decided");
    }
    let refused = engine.decide(at(0), Control::Promote(named("one too many")));
    assert!(matches!(refused, Err(Error::OutOfRange { what: "decisions", .. })));
    assert_eq!(engine.decisions(at(0)).len(), MAX_CONTROLS);
}

/// A phone that takes an export in, in which "dating" was excluded.
fn excluded_elsewhere() -> Vec<u8> {
    let mut engine = engine();
    for n in 0..40 {
        let name = ["mail", "dating", "maps"][usize::try_from(n % 3).expect("small")];
        engine.record(&Event::launch(at(n), named(name))).expect("stored");
    }
    engine.decide(at(41), Control::Exclude(named("dating"))).expect("decided");
    let mut file = Vec::new();
    engine.export(&mut file, &Secret::Key(&[1; 32]), [2; 32]).expect("exports");
    file
}

#[test]
fn what_an_import_hides_is_hidden_wherever_its_name_turns_up() {
    let file = excluded_elsewhere();
    let dating = || named("dating");
    let folder = tempfile::tempdir().expect("a folder");
    for case in 0..4 {
        let path = folder.path().join(format!("{case}.db"));
        let open = || Engine::open(&path, &Key::new([1; 32], [2; 16]), Options::default()).expect("opens");
        let mut engine = open();
        engine.record(&Event::launch(at(1), named("mail"))).expect("stored");
        if case == 0 {
            engine.record(&Event::launch(at(2), dating())).expect("stored");
        }
        if case == 1 {
            engine.decide(at(3), Control::Pin { item: dating(), position: 0 }).expect("decided");
        }
        engine.import(&mut &file[..], &Secret::Key(&[1; 32])).expect("imports");
        if case == 2 {
            engine.decide(at(50), Control::Pin { item: dating(), position: 0 }).expect("decided");
        }
        for is_reopened in [false, true] {
            if is_reopened {
                drop(engine);
                engine = open();
            }
            assert!(!is_mentioned(&engine, &dating(), at(60)), "case {case}, reopened {is_reopened}");
            let within = Request::unlock(at(60)).within(vec![dating(), named("maps")]).expect("few");
            let offered = engine.predict(&within, &|| 0).predictions;
            assert!(offered.iter().all(|prediction| prediction.item != dating()), "case {case}");
        }
        // Importing again and again adds nothing, and one undoing is enough.
        for _ in 0..3 {
            engine.import(&mut &file[..], &Secret::Key(&[1; 32])).expect("imports");
        }
        engine.record(&Event::launch(at(70), dating())).expect("stored");
        engine.record(&Event::launch(at(71), named("mail"))).expect("stored");
        let hiding: Vec<ControlId> =
            engine.decisions(at(72)).iter().filter(|d| d.control == Control::Exclude(dating())).map(|d| d.id).collect();
        assert_eq!(hiding.len(), 1, "case {case}");
        assert!(engine.undo(hiding[0], at(72)).expect("undone"));
        assert!(is_offered(&engine, &dating(), at(73)), "case {case}");
    }
}

#[test]
fn a_decision_undone_before_the_first_event_does_not_come_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let open = || Engine::open(&path, &Key::new([1; 32], [2; 16]), Options::default()).expect("opens");
    let mut engine = open();
    let id = engine.decide(at(0), Control::Exclude(named("mail"))).expect("decided");
    engine.undo(id, at(1)).expect("undone");
    drop(engine);
    let engine = open();
    assert_eq!(*engine.opened(), Opened::Existing);
    assert!(engine.decisions(at(2)).is_empty());
}

#[test]
fn a_clock_that_is_corrected_does_not_end_a_pause() {
    let mut engine = engine();
    engine.record(&Event::launch(at(0), named("mail"))).expect("stored");
    let pause = engine.decide(at(500_000), Control::PauseLearning { until: None }).expect("decided");
    assert_eq!(engine.record(&Event::launch(at(10), named("maps"))).expect("looked at"), Recorded::NotLearned);
    engine.undo(pause, at(20)).expect("undone");
    assert_eq!(engine.record(&Event::launch(at(21), named("maps"))).expect("stored"), Recorded::Stored);
}

#[test]
fn an_older_snooze_does_not_come_back_when_a_later_one_ends() {
    let mut engine = engine();
    for n in 0..30 {
        let name = ["mail", "maps"][usize::try_from(n % 2).expect("0 or 1")];
        engine.record(&Event::launch(at(n), named(name))).expect("stored");
    }
    let snooze = |until| Control::Snooze { item: named("mail"), until };
    engine.decide(at(40), snooze(SnoozeEnd::At(at(20_000)))).expect("decided");
    let hour = engine.decide(at(40), snooze(SnoozeEnd::At(at(100)))).expect("decided");
    assert_eq!(engine.decisions(at(50)).iter().map(|d| d.id).collect::<Vec<_>>(), [hour]);
    assert!(is_offered(&engine, &named("mail"), at(101)) && engine.decisions(at(101)).is_empty());
    engine.record_all(&(0..120).map(|n| Event::unlock(at(200).plus_ms(n))).collect::<Vec<_>>()).expect("stored");
    engine.maintain().expect("tidied");
    assert!(is_offered(&engine, &named("mail"), at(210)), "and not after the tidying either");
}

#[test]
fn a_prepared_ranking_answers_no_longer_than_a_snooze_lasts() {
    let mut engine = engine();
    for n in 0..30 {
        let name = ["mail", "maps"][usize::try_from(n % 2).expect("0 or 1")];
        engine.record(&Event::launch(at(n), named(name))).expect("stored");
    }
    let until = SnoozeEnd::At(at(35));
    engine.decide(at(31), Control::Snooze { item: named("mail"), until }).expect("decided");
    engine.prepare(Request::unlock_or_resume(at(32)), &|| 0).expect("prepared");
    assert!(engine.predict(&Request::unlock_or_resume(at(34)), &|| 0).is_prepared);
    let after = engine.predict(&Request::unlock_or_resume(at(35)), &|| 0);
    assert!(!after.is_prepared && after.predictions.iter().any(|prediction| prediction.item == named("mail")));
}

#[test]
fn where_everything_has_faded_the_likeliest_still_lead() {
    let mut engine = engine();
    for n in 0..60 {
        let name = if n % 3 == 0 { format!("item {}", n % 7) } else { "mail".to_owned() };
        engine.record(&Event::launch(at(n), named(&name))).expect("stored");
    }
    let shown = engine.predict(&Request::unlock_or_resume(at(61)).limited_to(3).expect("3"), &|| 0);
    engine.record_all(&shown.impressions(at(61))).expect("stored");
    engine.decide(at(61), Control::HalfLife { item: None, days: 1 }).expect("decided");
    for n in 62..70 {
        engine.record(&Event::launch(at(n), named("item 6"))).expect("stored");
        engine.record(&Event::launch(at(n).plus_ms(500), named("item 1"))).expect("stored");
    }
    let later = at(70).plus_ms(5 * DAY_MS);
    let row = engine.predict(&Request::unlock_or_resume(later).limited_to(3).expect("3"), &|| 0).predictions;
    let plain = Request::unlock_or_resume(later).limited_to(3).and_then(|r| r.with_move_cost(0.0)).expect("valid");
    let plain = engine.predict(&plain, &|| 0).predictions;
    let sum = |row: &[foretap_core::Prediction]| row.iter().map(|p| p.probability).sum::<f64>();
    assert!(sum(&row) > sum(&plain) - 0.1, "{row:?} {plain:?}");
}
