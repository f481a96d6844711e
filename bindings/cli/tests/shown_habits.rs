//! Habits that a simulated person shows come back as predictions, over many seeds.

use foretap_cli::simulate::{self, Simulation};
use foretap_core::habits::{Habits, StartWeights};
use foretap_core::time::HOUR_MS;
use foretap_core::{
    Battery, Context, Engine, Event, EventKind, Item, Network, Options, PlaceLabel, Ranking, Request, Timestamp,
    Weekday,
};

const SEEDS: std::ops::Range<u64> = 0..10;

fn two_months(seed: u64) -> Vec<Event> {
    Simulation::new(seed, simulate::Options { days: 60, ..simulate::Options::default() })
        .expect("dates in range")
        .collect()
}

/// An engine that has lived through two months and read its notifications, when that was, and what the phone last knew of
/// places of this meaning.
fn lived(seed: u64, label: PlaceLabel) -> (Engine, Timestamp, Context) {
    let mut events = two_months(seed);
    let end = events[events.len() - 1].at;
    for event in events.clone() {
        if let EventKind::Notification(item) = event.kind {
            events.push(Event::new(end, EventKind::NotificationCleared(item)));
        }
    }
    let mut engine = Engine::in_memory(Options::default()).expect("memory");
    engine.record_all(&events).expect("stored");
    let there = events.iter().rev().find(|e| e.context.label == Some(label)).expect("was there");
    (engine, events[events.len() - 1].at, there.context.clone())
}

/// The next moment after `end` at this local hour on a day that fits.
fn next(end: Timestamp, hour: usize, fits: impl Fn(Weekday) -> bool) -> Timestamp {
    let hours = (1..=24 * 7).map(|n| end.plus_ms(n * HOUR_MS - end.ms_of_day() % HOUR_MS));
    hours.into_iter().find(|t| t.hour() == hour && fits(t.weekday())).expect("within a week")
}

/// The phone was locked after a look at `last`; now it is unlocked.
fn names_at_unlock(engine: &mut Engine, now: Timestamp, context: &Context, last: &str) -> Vec<String> {
    let item = |name: &str| Item::new(name).expect("valid");
    engine.record(&Event::unlock(now.plus_ms(-600_000))).expect("stored");
    engine.record(&Event::launch(now.plus_ms(-599_000), item(last))).expect("stored");
    engine.record(&Event::new(now.plus_ms(-500_000), EventKind::Lock)).expect("stored");
    engine.record(&Event::unlock(now).in_context(context.clone())).expect("stored");
    let request = Request::unlock(now).in_context(context.clone()).limited_to(3).expect("3");
    let ranking = engine.predict(&request, &|| 0);
    ranking.predictions.iter().map(|p| p.item.id().to_owned()).collect()
}

#[test]
fn at_nine_on_a_work_day_at_work_email_calendar_and_slack_are_on_top() {
    for seed in SEEDS {
        let (mut engine, end, context) = lived(seed, PlaceLabel::Work);
        let nine = next(end, 9, |day| !day.is_weekend());
        let mut names = names_at_unlock(&mut engine, nine, &context, "Podcasts");
        println!("{seed} {names:?}");
        names.sort_unstable();
        assert_eq!(names, ["Calendar", "Email", "Slack"], "seed {seed}");
    }
}

#[test]
fn at_twenty_on_a_week_end_at_home_netflix_is_first() {
    for seed in SEEDS {
        let (mut engine, end, context) = lived(seed, PlaceLabel::Home);
        let twenty = next(end, 20, Weekday::is_weekend);
        let names = names_at_unlock(&mut engine, twenty, &context, "Camera");
        println!("{seed} {names:?}");
        assert_eq!(names[0], "Netflix");
    }
}

/// The share of all probability that these apps have.
fn share(ranking: &Ranking, apps: &[&str]) -> f64 {
    ranking.predictions.iter().filter(|p| apps.contains(&p.item.id())).map(|p| p.probability).sum()
}

#[test]
fn a_low_battery_puts_heavy_apps_back_and_wifi_brings_streams_forward() {
    let heavy = ["Netflix", "YouTube", "Puzzle Quest"];
    let streams = ["Netflix", "YouTube", "Downloads"];
    let (mut heavy_full, mut heavy_low) = (0.0, 0.0);
    for seed in SEEDS {
        let (engine, end, context) = lived(seed, PlaceLabel::Home);
        let evening = next(end, 20, |_| true);
        let ask = |battery, network| {
            let context = Context { battery: Some(battery), network: Some(network), ..context.clone() };
            let request = Request::unlock_or_resume(evening).in_context(context).limited_to(64).expect("64");
            engine.predict(&request, &|| 0)
        };
        let (full, low) = (ask(Battery::High, Network::Wifi), ask(Battery::Low, Network::Wifi));
        let mobile = ask(Battery::High, Network::FourG);
        println!(
            "{seed} heavy {:.3} -> {:.3}; streams on mobile {:.3} -> on wifi {:.3}",
            share(&full, &heavy),
            share(&low, &heavy),
            share(&mobile, &streams),
            share(&full, &streams)
        );
        assert!(share(&low, &heavy) < 0.9 * share(&full, &heavy), "seed {seed}");
        assert!(share(&full, &streams) > 1.4 * share(&mobile, &streams), "seed {seed}");
        heavy_full += share(&full, &heavy);
        heavy_low += share(&low, &heavy);
    }
    assert!(heavy_low < 0.75 * heavy_full);
}

#[test]
fn habits_of_two_months_are_small_and_survive_as_bytes() {
    let mut habits = Habits::new(&StartWeights::default());
    for event in two_months(1) {
        habits.apply(&event, None);
    }
    let bytes = habits.to_checkpoint().len();
    println!("{bytes} bytes");
    assert!(bytes < 200_000);
    assert_eq!(Habits::from_checkpoint(&habits.to_checkpoint()), Some(habits));
    assert_eq!(Habits::from_checkpoint(&[]), None);
    assert_eq!(Habits::from_checkpoint(&[9, 9, 9]), None);
}
