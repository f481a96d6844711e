//! Phones that lack signals, whose clocks are wrong, that have hundreds of apps or hardly any: every prediction is sound,
//! and the rankings are at least as good as the rule that needs none of it.

use std::collections::BTreeSet;
use std::time::Instant;

use foretap_cli::replay::{Person, System, Task, Verdict, Witness, play, with_sessions};
use foretap_cli::simulate::{Options, Shift, Simulation};
use foretap_core::habits::{Habits, Query, Rule};
use foretap_core::ranking::rank;
use foretap_core::{
    Bundle, Context, Controls, Engine, Event, EventKind, Item, Model, Moment, Options as EngineOptions, Request,
    Timestamp,
};

const MRU: System = System::Rule(Rule::Mru);
/// Days that are simulated: enough for 200 openings and 30 scored ones of everything.
const DAYS: u32 = 14;
const SEEDS: [u64; 3] = [11, 12, 13];

fn simulated(seed: u64, options: Options) -> Vec<Event> {
    Simulation::new(seed, options).expect("valid").collect()
}

fn model() -> Model {
    Model::load(&Bundle::shipped().expect("it ships")).expect("it loads")
}

/// Has every question answered as a phone would, and checks the answer.
struct Sound<'a> {
    model: &'a Model,
    begun: Instant,
    totals_ns: Vec<u64>,
}

impl Witness for Sound<'_> {
    fn asked(&mut self, habits: &Habits, query: &Query<'_>) -> Option<[u64; 4]> {
        let request = Request::at(query.moment, query.now).in_context(query.context.clone());
        let clock_ns = || u64::try_from(self.begun.elapsed().as_nanos()).expect("a short test");
        let ranking = rank(habits, Some(self.model), &Controls::default(), &request, &clock_ns);
        assert!(!ranking.predictions.is_empty() && ranking.predictions.len() <= 5, "{}", ranking.predictions.len());
        let probabilities: Vec<f64> = ranking.predictions.iter().map(|p| p.probability).collect();
        assert!(probabilities.iter().all(|p| (0.0..=1.0).contains(p)), "{probabilities:?}");
        assert!(probabilities.iter().sum::<f64>() <= 1.0 + 1e-9, "{probabilities:?}");
        let items: BTreeSet<&Item> = ranking.predictions.iter().map(|p| &p.item).collect();
        assert_eq!(items.len(), ranking.predictions.len(), "nothing is offered twice");
        assert!(ranking.predictions.iter().all(|p| !p.reasons.is_empty()));
        self.totals_ns.push(ranking.stages.total_ns());
        None
    }

    fn played(&mut self, _: &Event) {}
}

/// Plays people back with the shipped model; every prediction is sound, and most take no longer than ten times the budget
/// of a millisecond, in a build that is not optimised on a machine that does other things.
fn played(people: &[Vec<Event>]) -> Vec<Person> {
    let model = model();
    let mut totals_ns = Vec::new();
    let person = |(n, events): (usize, &Vec<Event>)| {
        let mut sound = Sound { model: &model, begun: Instant::now(), totals_ns: Vec::new() };
        let bundle = Bundle::shipped().expect("it ships");
        let events = with_sessions(events);
        let played = play(&events, bundle.start_weights(), Some(&model), &mut sound);
        for answered in &played.answered {
            let sum: f64 = answered.probabilities.iter().map(|&p| f64::from(p)).sum();
            assert!(answered.probabilities.iter().all(|p| p.is_finite() && *p >= 0.0) && sum <= 1.0 + 1e-4, "{sum}");
        }
        totals_ns.extend(sound.totals_ns);
        let first_day = events.first().map_or(0, |event| event.at.day());
        Person { user: format!("{n}"), openings: played.openings, first_day, answered: played.answered }
    };
    let people = people.iter().enumerate().map(person).collect();
    totals_ns.sort_unstable();
    let median_ns = totals_ns.get(totals_ns.len() / 2).copied().unwrap_or(0);
    assert!(median_ns < 10_000_000, "{median_ns} ns");
    people
}

/// Foretap's HR@3 and that of the most recently used, percent, in the order of the tasks.
fn rates(people: &[Person]) -> [(f64, f64); 3] {
    Task::ALL.map(|task| {
        let verdict = Verdict::of(task, people, true, 0);
        let scored = verdict.scored.unwrap_or_else(|| panic!("{task:?}: too short to score"));
        assert_eq!(scored.users, people.len(), "{task:?}");
        let hr3 = |system| scored.system(system).rates.by_user.hr3;
        (hr3(System::Foretap), hr3(MRU))
    })
}

/// Everyone's events changed, played and compared: in no task worse than the most recently used.
fn holds_up(what: &str, options: Options, change: impl Fn(&mut Event) -> bool) -> [(f64, f64); 3] {
    let people = SEEDS.map(|seed| {
        let mut events = simulated(seed, options);
        events.retain_mut(&change);
        events
    });
    let rates = rates(&played(&people));
    println!("{what}: foretap and most recent, HR@3 of A, B, C: {rates:.1?}");
    for ((foretap, mru), task) in rates.into_iter().zip(Task::ALL) {
        assert!(foretap >= mru, "{what}, {task:?}: {foretap:.1} against {mru:.1}");
    }
    rates
}

fn options() -> Options {
    Options { days: DAYS, ..Options::default() }
}

#[test]
fn features_may_be_missing_one_by_one_and_all_together() {
    let whole = holds_up("everything", options(), |_| true);
    type Change = fn(&mut Context);
    let without: [(&str, Change); 4] = [
        ("no place", |c| (c.place, c.label, c.access_point) = (None, None, None)),
        ("no network", |c| (c.network, c.access_point) = (None, None)),
        ("no battery", |c| c.battery = None),
        ("no context", |c| *c = Context::default()),
    ];
    for (what, change) in without {
        let rates = holds_up(what, options(), |event| {
            change(&mut event.context);
            true
        });
        for ((foretap, _), (with_all, _)) in rates.into_iter().zip(whole) {
            assert!(foretap > with_all - 3.0, "{what}: {foretap:.1}, and {with_all:.1} with everything");
        }
    }
    holds_up("no notifications", options(), |event| {
        !matches!(event.kind, EventKind::Notification(_) | EventKind::NotificationCleared(_))
    });
    holds_up("nothing but launches", options(), |event| {
        event.context = Context::default();
        matches!(event.kind, EventKind::Launch(_))
    });
}

/// The event's clock shows another zone: the moment stays.
fn shown_at(event: &mut Event, utc_offset_min: i16) -> bool {
    event.at = Timestamp::new(event.at.at_ms(), utc_offset_min).expect("valid");
    true
}

/// The day of the event, from 0.
fn day(event: &Event) -> i64 {
    (event.at.at_ms() / 3_600_000 + 1) / 24 - Options::default().first_day
}

#[test]
fn a_zone_that_is_wrong_for_a_while_and_then_corrected_does_no_lasting_harm() {
    let right = Options::default().utc_offset_min;
    let whole = holds_up("the right zone", options(), |_| true);
    for hours in [12, -12] {
        // Days 5, 6 and 7 of 14: what is scored comes after the correction.
        let wrong = move |event: &Event| if (5..8).contains(&day(event)) { right + 60 * hours } else { right };
        let rates = holds_up(&format!("{hours:+} hours for three days"), options(), |event| {
            let zone = wrong(event);
            shown_at(event, zone)
        });
        for ((foretap, _), (before, _)) in rates.into_iter().zip(whole) {
            assert!(foretap > before - 3.0, "{hours}: {foretap:.1}, and {before:.1} with the right zone");
        }
    }
    holds_up("12 hours off at the end", options(), |event| {
        let zone = if day(event) >= 11 { right + 720 } else { right };
        shown_at(event, zone)
    });
}

#[test]
fn summer_time_comes_and_goes_and_a_traveller_changes_zones_every_day() {
    for (what, to) in [("clocks go forward", 120), ("clocks go back", 0)] {
        holds_up(what, Options { shift: Some(Shift { day: 7, utc_offset_min: to }), ..options() }, |_| true);
    }
    let zones = [-480, 0, 330, 60, 765, -210, 1_080];
    holds_up("another zone each day", options(), |event| {
        let at = usize::try_from(day(event)).expect("after the first day") % zones.len();
        shown_at(event, zones[at])
    });
}

#[test]
fn five_hundred_apps_of_which_three_hundred_are_used() {
    // Zipf's law wants the last of them seldom: the phone is used as much as a day allows.
    let crowded = Options { extra_items: 460, scale: 5.0, ..options() };
    let names = (1..=460).map(|n| format!("App {n:03}"));
    let mut installed: BTreeSet<Item> = names.map(|name| Item::new(&name).expect("valid")).collect();
    let mut engine = Engine::in_memory(EngineOptions::default()).expect("memory");
    let events = simulated(SEEDS[0], Options { days: 60, ..crowded });
    installed.extend(events.iter().filter_map(|event| event.kind.item().cloned()));
    let launched: BTreeSet<&Item> =
        events.iter().filter(|e| matches!(e.kind, EventKind::Launch(_))).filter_map(|e| e.kind.item()).collect();
    assert!((495..=505).contains(&installed.len()) && launched.len() >= 300, "{} {}", installed.len(), launched.len());

    engine.record_all(&events).expect("stored");
    let now = events[events.len() - 1].at.plus_ms(60_000);
    let all: Vec<Item> = installed.iter().cloned().collect();
    for moment in Moment::ALL {
        let request = Request::at(moment, now).within(all.clone()).expect("500").limited_to(64).expect("64");
        let ranking = engine.predict(&request, &|| 0);
        assert_eq!(ranking.predictions.len(), 64);
        let sum: f64 = ranking.predictions.iter().map(|p| p.probability).sum();
        assert!(sum <= 1.0 + 1e-9 && sum > 0.5, "{sum}");
        assert!(ranking.predictions.iter().all(|p| installed.contains(&p.item) && p.probability.is_finite()));
        let never = Item::new("never installed").expect("valid");
        let few = Request::at(moment, now).within(vec![never.clone(), all[0].clone()]).expect("two");
        assert!(engine.predict(&few, &|| 0).predictions.iter().all(|p| p.item == never || p.item == all[0]));
    }
    holds_up("500 apps", crowded, |_| true);
}

/// Everyone's apps folded into so few, and the rest of the log as it is.
fn with_apps(count: usize) -> impl Fn(&mut Event) -> bool {
    move |event| {
        let few = |item: &Item| {
            let sum: usize = item.id().bytes().map(usize::from).sum();
            Item::new(&format!("app {}", sum % count)).expect("valid")
        };
        match &mut event.kind {
            EventKind::Launch(item)
            | EventKind::Close(item)
            | EventKind::Notification(item)
            | EventKind::NotificationCleared(item) => *item = few(item),
            EventKind::Install(_) | EventKind::Uninstall(_) => return false,
            _ => {}
        }
        true
    }
}

/// What an engine that has lived through such a log offers, by moment, with the item that was last in front.
fn offered(count: usize) -> (Item, [Vec<(Item, f64)>; 3]) {
    let mut events = simulated(SEEDS[0], options());
    events.retain_mut(with_apps(count));
    let mut engine = Engine::in_memory(EngineOptions::default()).expect("memory");
    engine.record_all(&events).expect("stored");
    let last = events.iter().rev().find_map(|e| matches!(e.kind, EventKind::Launch(_)).then(|| e.kind.item().cloned()));
    let now = events[events.len() - 1].at.plus_ms(60_000);
    let of = |moment| {
        let ranking = engine.predict(&Request::at(moment, now), &|| 0);
        ranking.predictions.into_iter().map(|p| (p.item, p.probability)).collect()
    };
    (last.flatten().expect("a launch"), Moment::ALL.map(of))
}

#[test]
fn a_person_with_three_apps_is_offered_all_that_can_be_opened() {
    let (last, [next, unlock, resume]) = offered(3);
    let all: BTreeSet<Item> = (0..3).map(|n| Item::new(&format!("app {n}")).expect("valid")).collect();
    let names = |of: &[(Item, f64)]| of.iter().map(|(item, _)| item.clone()).collect::<BTreeSet<Item>>();
    assert_eq!(names(&resume), all);
    let others: BTreeSet<Item> = all.into_iter().filter(|item| *item != last).collect();
    assert_eq!((names(&next), names(&unlock)), (others.clone(), others), "what is in front is not offered");
    for offered in [next, unlock, resume] {
        let sum: f64 = offered.iter().map(|(_, p)| p).sum();
        assert!(offered.iter().all(|(_, p)| p.is_finite() && *p > 0.0) && (0.9..=1.0 + 1e-9).contains(&sum), "{sum}");
    }
    let people = SEEDS.map(|seed| {
        let mut events = simulated(seed, options());
        events.retain_mut(with_apps(3));
        events
    });
    for (foretap, mru) in rates(&played(&people)) {
        assert_eq!((foretap, mru), (100.0, 100.0), "three guesses are enough");
    }
}

#[test]
fn a_person_with_one_app_is_offered_it_where_it_can_be_opened_and_nothing_else() {
    let (last, [next, unlock, resume]) = offered(1);
    assert_eq!((next, unlock), (vec![], vec![]), "it is in front");
    let [(item, probability)] = &resume[..] else { panic!("{resume:?}") };
    assert!(*item == last && probability.is_finite() && (0.0..=1.0).contains(probability));

    let mut events = simulated(SEEDS[0], options());
    events.retain_mut(with_apps(1));
    let [person] = &played(&[events])[..] else { panic!("one person") };
    assert!(
        person.answered.iter().all(|a| a.moment == Moment::UnlockOrResume && a.ranks[System::Foretap.column()] == 1)
    );
}

#[test]
fn an_engine_that_knows_nothing_offers_what_the_host_has_and_claims_no_more_than_certainty() {
    let engine = Engine::in_memory(EngineOptions::default()).expect("memory");
    let now = Timestamp::new(1_770_000_000_000, -1_080).expect("valid");
    let host: Vec<Item> = ["a", "b"].map(|name| Item::new(name).expect("valid")).into();
    for moment in Moment::ALL {
        assert!(engine.predict(&Request::at(moment, now), &|| 0).predictions.is_empty());
        let ranking = engine.predict(&Request::at(moment, now).within(host.clone()).expect("two"), &|| 0);
        assert!(ranking.predictions.iter().map(|p| &p.item).eq(&host), "in the host's order");
        let sum: f64 = ranking.predictions.iter().map(|p| p.probability).sum();
        assert!(ranking.predictions.iter().all(|p| p.probability.is_finite()) && sum <= 1.0 + 1e-9, "{sum}");
    }
}
