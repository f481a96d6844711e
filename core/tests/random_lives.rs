//! Lives no person leads: random events with late arrivals, clocks set back and far ahead, zones that change, and more
//! items than habits hold. Whatever happens, what the core says stays sound and can be replayed bit for bit.

mod lives;

use foretap_core::config::MAX_ITEMS;
use foretap_core::features::{SCHEMA, features};
use foretap_core::habits::{Belief, Evidence, Habits, Mixer, Moment, Query, StartWeights};
use foretap_core::ranking::rank;
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{
    Bundle, Context, Controls, Engine, Event, EventKind, Item, Key, Model, Options, Request, Timestamp, Token,
};
use lives::{CALM, CROWDED, Random, UNPUNCTUAL, WILD, context, item, life};

/// The shipped model.
fn model() -> &'static Model {
    static MODEL: std::sync::OnceLock<Model> = std::sync::OnceLock::new();
    MODEL.get_or_init(|| Model::load(&Bundle::shipped().expect("a bundle")).expect("a model"))
}

fn habits_of(events: &[Event]) -> Habits {
    let mut habits = Habits::new(&StartWeights::default());
    habits.adopt(model());
    events.iter().for_each(|event| habits.apply(event, Some(model())));
    habits
}

/// Every ranking of these habits is in order, of distinct items, and of probabilities.
fn assert_sound(habits: &Habits, random: &mut Random, items: u64) {
    let newest = habits.newest().expect("something happened");
    assert!(habits.is_sound());
    for moment in Moment::ALL {
        let now = newest.plus_ms(random.pick(&[-DAY_MS, 0, 1, HOUR_MS, 400 * DAY_MS]));
        let anything = Request::at(moment, now).in_context(context(random, 5)).limited_to(64).expect("64");
        let anything = anything.with_move_cost(0.0).expect("0");
        let named: Vec<Item> = (0..20).map(|_| item(random, 2 * items)).collect();
        for (request, model) in
            [(anything.clone(), None), (anything, Some(model()))].into_iter().flat_map(|(request, model)| {
                [(request.clone(), model), (request.within(named.clone()).expect("few"), model)]
            })
        {
            let predictions = rank(habits, model, &Controls::default(), &request, &|| 0).predictions;
            let sum: f64 = predictions.iter().map(|p| p.probability).sum();
            assert!(predictions.iter().all(|p| (0.0..=1.0).contains(&p.probability)), "{predictions:?}");
            assert!(sum <= 1.0 + 1e-9, "{sum}");
            assert!(predictions.is_sorted_by(|a, b| a.probability >= b.probability));
            assert!(predictions.iter().all(|p| !p.reasons.is_empty()));
            assert!(predictions.iter().flat_map(|p| &p.reasons).all(|reason| reason.weight.is_finite()));
            let mut names: Vec<&Item> = predictions.iter().map(|p| &p.item).collect();
            names.sort();
            assert!(names.is_sorted_by(|a, b| a < b), "an item is offered twice: {names:?}");
            assert_eq!(
                rank(habits, model, &Controls::default(), &request, &|| 0).predictions,
                predictions,
                "the same question has one answer"
            );
        }
    }
}

/// The same habits again, learning the mixer from what is posed before each event is applied.
#[derive(Default)]
struct Watcher {
    deferred: Option<(Evidence, Belief)>,
}

impl Watcher {
    /// What the mixer must be after `event`, as far as the questions before it tell.
    fn expected(&mut self, habits: &Habits, event: &Event) -> Mixer {
        let mut mixer = habits.mixer().clone();
        let EventKind::Launch(item) = &event.kind else { return mixer };
        let mut learn = |(evidence, belief): &(Evidence, Belief)| {
            let is_target = |index: &_| habits.find(item) == Some(*index);
            if let Some(target) = evidence.candidates.iter().position(is_target) {
                mixer.learn(evidence.moment, &evidence.log_p, &belief.log_mix, target);
            }
        };
        let posed = habits.posed(event);
        if posed.iter().any(|question| question.moment == Moment::UnlockOrResume) {
            self.deferred = None;
        }
        let mut deferred = None;
        let is_next = posed.iter().any(|question| question.moment == Moment::Next);
        for question in posed {
            let query = Query { moment: question.moment, now: question.now, context: &question.context };
            let candidates = habits.candidates(query.moment, None);
            if candidates.is_empty() {
                continue;
            }
            let evidence = habits.evidence(&habits.statistics(&query, &candidates), None);
            let belief = habits.believe(&evidence);
            match question.is_answered {
                true => learn(&(evidence, belief)),
                false => deferred = Some((evidence, belief)),
            }
        }
        if let Some((evidence, _)) = self.deferred.take_if(|_| is_next) {
            let belief = habits.believe(&evidence);
            learn(&(evidence, belief));
        }
        self.deferred = deferred.or(self.deferred.take());
        mixer
    }
}

#[test]
fn every_life_gives_sound_rankings_and_a_checkpoint_that_reads_back() {
    for (oddities, seeds, events) in [(UNPUNCTUAL, 12, 500), (WILD, 24, 700), (CROWDED, 2, 9_000)] {
        for seed in 0..seeds {
            let mut random = Random(seed ^ 0xF0);
            let mut habits = Habits::new(&StartWeights::default());
            habits.adopt(model());
            for (n, event) in life(seed, oddities, events).iter().enumerate() {
                habits.apply(event, Some(model()));
                if n % 97 == 0 || n + 1 == events {
                    assert_sound(&habits, &mut random, oddities.items);
                }
            }
            let read_back = Habits::from_checkpoint(&habits.to_checkpoint()).expect("just written");
            assert!(read_back == habits && read_back.to_checkpoint() == habits.to_checkpoint(), "seed {seed}");
        }
    }
}

#[test]
fn a_checkpoint_anywhere_in_a_life_changes_nothing_after_it() {
    for (oddities, seeds, events) in [(WILD, 12, 600), (CROWDED, 1, 6_000)] {
        for seed in 100..100 + seeds {
            let life = life(seed, oddities, events);
            let mut random = Random(seed);
            let mut habits = Habits::new(&StartWeights::default());
            habits.adopt(model());
            for event in &life {
                if random.is_one_in(events as u64 / 20) {
                    habits = Habits::from_checkpoint(&habits.to_checkpoint()).expect("just written");
                }
                habits.apply(event, Some(model()));
            }
            assert!(habits.to_checkpoint() == habits_of(&life).to_checkpoint(), "seed {seed}");
        }
    }
}

#[test]
fn an_engine_reopened_at_random_equals_one_that_never_closed() {
    for seed in 200..206 {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, key) = (folder.path().join("log.db"), Key::new([1; 32], [2; 16]));
        let life = life(seed, WILD, 900);
        let mut straight = Engine::in_memory(Options::default()).expect("memory");
        straight.record_all(&life).expect("stored");
        let mut random = Random(seed);
        let mut rest = &life[..];
        while !rest.is_empty() {
            let (part, after) = rest.split_at(rest.len().min(1 + usize::try_from(random.below(300)).expect("small")));
            let mut engine = Engine::open(&path, &key, Options::default()).expect("opens");
            for event in part {
                engine.record(event).expect("stored");
                if random.is_one_in(50) {
                    engine.prepare(Request::unlock(event.at), &|| 0).expect("prepared");
                }
            }
            rest = after;
        }
        let engine = Engine::open(&path, &key, Options::default()).expect("opens");
        assert!(engine.habits().to_checkpoint() == straight.habits().to_checkpoint(), "seed {seed}");
    }
}

#[test]
fn back_filling_any_part_of_a_life_equals_living_it_in_order() {
    for seed in 300..306 {
        let mut life = life(seed, WILD, 500);
        life.sort_by_key(|event| event.at.at_ms());
        // The log keeps the first of equal events and orders those of one millisecond by arrival.
        life.dedup_by_key(|event| event.at.at_ms());
        let mut in_order = Engine::in_memory(Options::default()).expect("memory");
        in_order.record_all(&life).expect("stored");
        let mut random = Random(seed);
        let (past, present): (Vec<Event>, Vec<Event>) = life.into_iter().partition(|_| random.is_one_in(2));
        let mut engine = Engine::in_memory(Options::default()).expect("memory");
        engine.record_all(&present).expect("stored");
        assert_eq!(engine.backfill(&past).expect("stored"), past.len());
        assert!(engine.habits().to_checkpoint() == in_order.habits().to_checkpoint(), "seed {seed}");
    }
}

#[test]
fn counts_of_the_last_day_and_week_are_those_of_a_plain_list() {
    for (oddities, seeds) in [(CALM, 4), (UNPUNCTUAL, 8)] {
        for seed in 400..400 + seeds {
            let mut habits = Habits::new(&StartWeights::default());
            let mut opened: Vec<(i64, Item)> = Vec::new();
            for event in life(seed, oddities, 1_500) {
                let is_late = habits.newest().is_some_and(|newest| newest.at_ms() > event.at.at_ms());
                let before = habits.openings();
                habits.apply(&event, None);
                if let EventKind::Launch(item) = event.kind
                    && (is_late || habits.openings() > before)
                {
                    opened.push((event.at.at_ms(), item));
                }
                let newest = habits.newest().expect("something happened");
                for now in [newest, newest.plus_ms(DAY_MS / 2), newest.plus_ms(8 * DAY_MS)] {
                    let recent = habits.recent_counts(now);
                    for index in habits.candidates(Moment::UnlockOrResume, None) {
                        let within = |ms: i64| {
                            let recent = opened.iter().rev().take(400);
                            recent.filter(|(at, i)| now.at_ms() - at <= ms && i == habits.item(index)).count()
                        };
                        let counts = (recent[index.row()].0 as usize, recent[index.row()].1 as usize);
                        assert_eq!(counts, (within(DAY_MS), within(7 * DAY_MS)), "seed {seed}");
                    }
                }
            }
        }
    }
}

#[test]
fn what_a_launch_teaches_the_mixer_is_what_it_was_posed() {
    for (oddities, seeds, events) in [(CALM, 4, 800), (UNPUNCTUAL, 4, 800), (WILD, 8, 800)] {
        for seed in 500..500 + seeds {
            let mut habits = Habits::new(&StartWeights::default());
            let mut watcher = Watcher::default();
            for (n, event) in life(seed, oddities, events).iter().enumerate() {
                let expected = watcher.expected(&habits, event);
                habits.apply(event, None);
                assert!(*habits.mixer() == expected, "seed {seed}, event {n}: {event:?}");
            }
        }
    }
}

#[test]
fn habits_hold_no_more_items_than_they_may() {
    let habits = habits_of(&life(600, CROWDED, 9_000));
    assert!(habits.recent_counts(habits.newest().expect("something happened")).len() <= MAX_ITEMS);
}

#[test]
fn two_zones_at_the_end_of_time_are_one_moment() {
    let at = |ms: i64, offset_min| Timestamp::new(Timestamp::MAX_MS - ms, offset_min).expect("valid");
    let place = Context { place: Some(Token::new("p").expect("valid")), ..Context::default() };
    let events = [at(1_000, 0), at(0, 0), at(0, 60)].map(|at| Event::unlock(at).in_context(place.clone()));
    assert_eq!(habits_of(&events).newest().map(Timestamp::at_ms), Some(Timestamp::MAX_MS));
}

#[test]
fn the_model_sees_no_name_and_numbers_of_any_life_are_within_their_ranges() {
    let renamed = |event: &Event| {
        let name = |item: &Item| {
            let reversed: String = item.id().chars().rev().collect();
            Item::in_profile(&format!("z{reversed}"), 10 - item.profile()).expect("valid")
        };
        let kind = match &event.kind {
            EventKind::Launch(item) => EventKind::Launch(name(item)),
            EventKind::Close(item) => EventKind::Close(name(item)),
            EventKind::Notification(item) => EventKind::Notification(name(item)),
            EventKind::NotificationCleared(item) => EventKind::NotificationCleared(name(item)),
            EventKind::Install(item) => EventKind::Install(name(item)),
            EventKind::Uninstall(item) => EventKind::Uninstall(name(item)),
            other => other.clone(),
        };
        Event { kind, ..event.clone() }
    };
    for (seed, oddities) in [(1, CALM), (2, UNPUNCTUAL), (3, WILD)] {
        let events = life(seed, oddities, 900);
        let other: Vec<Event> = events.iter().map(renamed).collect();
        let (habits, other) = (habits_of(&events), habits_of(&other));
        let now = habits.newest().expect("something happened").plus_ms(90 * SECOND_MS);
        let context = Context::default();
        for moment in Moment::ALL {
            let matrix = |habits: &Habits| {
                let query = Query { moment, now, context: &context };
                let statistics = habits.statistics(&query, &habits.candidates(moment, None));
                let evidence = habits.evidence(&statistics, None);
                features(&statistics, &habits.shortlisted(&evidence))
            };
            let seen = matrix(&habits);
            assert_eq!(seen, matrix(&other), "{moment:?} of life {seed}");
            for (column, description) in seen.columns().into_iter().zip(&SCHEMA) {
                let (low, high) = description.range;
                assert!(column.iter().all(|value| (low..=high).contains(value)), "{}", description.name);
            }
        }
    }
}
