//! The habits that the simulated person must have.

use std::collections::HashMap;

use foretap_core::{Battery, EventKind, Network, PlaceLabel, Weekday};

use super::*;

fn simulate(seed: u64, options: Options) -> Vec<Event> {
    Simulation::new(seed, options).expect("valid options").collect()
}

/// The first launches after unlocks that `counts` accepts, most frequent first.
fn first_opens(events: &[Event], counts: impl Fn(&Event) -> bool) -> Vec<(String, usize)> {
    let mut seen = HashMap::<String, usize>::new();
    for pair in events.windows(2) {
        if let [unlock, Event { kind: EventKind::Launch(item), .. }] = pair
            && unlock.kind == EventKind::Unlock
            && counts(unlock)
        {
            *seen.entry(item.to_string()).or_default() += 1;
        }
    }
    let mut seen: Vec<_> = seen.into_iter().collect();
    seen.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    seen
}

fn launches(events: &[Event]) -> impl Iterator<Item = (&Event, &str)> {
    events.iter().filter_map(|e| match &e.kind {
        EventKind::Launch(item) => Some((e, item.id())),
        _ => None,
    })
}

#[test]
fn a_seed_gives_the_same_events_every_time_and_another_seed_others() {
    let bytes = |seed| format!("{:?}", simulate(seed, Options::default()));
    assert_eq!(bytes(1), bytes(1));
    assert_ne!(bytes(1), bytes(2));
}

#[test]
fn a_seed_gives_the_same_events_on_every_machine() {
    use sha2::{Digest, Sha256};
    let events = simulate(1, Options { days: 3, extra_items: 5, ..Options::default() });
    let digest: String = Sha256::digest(format!("{events:?}")).iter().take(8).map(|b| format!("{b:02x}")).collect();
    assert_eq!((events.len(), digest.as_str()), (1_446, "8d2abe749b061cf8"));
}

#[test]
fn at_nine_on_work_days_email_calendar_and_slack_are_opened_first() {
    for seed in 0..10 {
        let events = simulate(seed, Options::default());
        let opens = first_opens(&events, |e| {
            e.at.hour() == 9 && !e.at.weekday().is_weekend() && e.context.label == Some(PlaceLabel::Work)
        });
        let (all, three): (usize, usize) = (opens.iter().map(|o| o.1).sum(), opens[..3].iter().map(|o| o.1).sum());
        let mut top: Vec<_> = opens[..3].iter().map(|o| o.0.as_str()).collect();
        top.sort_unstable();
        assert_eq!(top, ["Calendar", "Email", "Slack"], "seed {seed}: {opens:?}");
        assert!(all >= 60 && 10 * three > 6 * all, "seed {seed}: {three} of {all}");
    }
}

#[test]
fn at_twenty_on_week_ends_netflix_is_opened_first() {
    for seed in 0..10 {
        let events = simulate(seed, Options::default());
        let opens = first_opens(&events, |e| {
            e.at.hour() == 20 && e.at.weekday().is_weekend() && e.context.label == Some(PlaceLabel::Home)
        });
        assert_eq!(opens[0].0, "Netflix", "seed {seed}: {opens:?}");
        assert!(2 * opens[0].1 > 3 * opens[1].1, "seed {seed}: {opens:?}");
    }
}

#[test]
fn times_never_go_back_even_when_the_clocks_do() {
    for (day, utc_offset_min) in [(12, 120), (12, 0), (1, -600)] {
        let options = Options { shift: Some(Shift { day, utc_offset_min }), ..Options::default() };
        let events = simulate(5, options);
        assert!(events.is_sorted_by_key(|e| e.at.at_ms()));
        assert_eq!(events[0].at.utc_offset_min(), 60);
        assert_eq!(events[events.len() - 1].at.utc_offset_min(), utc_offset_min);
    }
}

#[test]
fn sessions_are_well_formed() {
    let mut front = None;
    let (mut is_unlocked, mut launches) = (false, 0);
    for event in simulate(8, Options { scale: 3.0, ..Options::default() }) {
        match event.kind {
            EventKind::Unlock => {
                assert!(!std::mem::replace(&mut is_unlocked, true));
                launches = 0;
            }
            EventKind::Lock => {
                assert!(std::mem::take(&mut is_unlocked) && front.is_none() && (1..=6).contains(&launches))
            }
            EventKind::Launch(item) => {
                assert!(is_unlocked && front.replace(item).is_none());
                launches += 1;
            }
            EventKind::Close(item) => assert_eq!(front.take(), Some(item)),
            _ => {}
        }
    }
}

#[test]
fn new_apps_become_popular_and_a_removed_one_is_not_opened_again() {
    for seed in 0..5 {
        let events = simulate(seed, Options::default());
        let at =
            |kind: fn(&EventKind) -> bool| events.iter().filter(|e| kind(&e.kind)).map(|e| e.at).collect::<Vec<_>>();
        let (come, go) = (at(|k| matches!(k, EventKind::Install(_))), at(|k| matches!(k, EventKind::Uninstall(_))));
        assert_eq!((come.len(), go.len()), (2, 1));
        let new: Vec<_> = launches(&events).filter(|(_, id)| *id == "Language Lessons").map(|(e, _)| e.at).collect();
        assert!(new.len() > 40 && new.iter().all(|&t| t.day() >= come[0].day()), "seed {seed}: {}", new.len());
        let removed: Vec<_> = launches(&events).filter(|(_, id)| *id == "Facebook").map(|(e, _)| e.at).collect();
        assert!(!removed.is_empty() && removed.iter().all(|&t| t < go[0]));
    }
}

#[test]
fn heavy_apps_wait_for_the_charger_and_streams_for_wifi() {
    let events = simulate(11, Options { days: 90, ..Options::default() });
    let share = |of: &dyn Fn(&str) -> bool, when: &dyn Fn(&Event) -> bool| {
        let (mut hits, mut all) = (0.0, 0.0_f64);
        for (_, id) in launches(&events).filter(|(e, _)| when(e)) {
            all += 1.0;
            hits += f64::from(u8::from(of(id)));
        }
        assert!(all > 100.0, "only {all} launches");
        hits / all
    };
    let heavy = |id: &str| matches!(id, "Netflix" | "YouTube" | "Puzzle Quest");
    let is_low = |e: &Event| e.context.battery == Some(Battery::Low);
    assert!(share(&heavy, &is_low) < 0.3 * share(&heavy, &|e| !is_low(e) && e.context.label == Some(PlaceLabel::Home)));
    assert!(share(&|id| id == "Battery Saver", &is_low) > 20.0 * share(&|id| id == "Battery Saver", &|e| !is_low(e)));
    let streams = |id: &str| matches!(id, "Netflix" | "YouTube" | "Downloads");
    assert!(share(&streams, &|e| e.context.network != Some(Network::Wifi)) < 0.02);
}

#[test]
fn a_notification_makes_its_item_the_likelier_first_open() {
    let events = simulate(2, Options { days: 90, ..Options::default() });
    let share = |opens: &[(String, usize)]| {
        let all: usize = opens.iter().map(|o| o.1).sum();
        let found = opens.iter().find(|o| o.0 == "WhatsApp").map_or(0, |o| o.1);
        assert!(all > 100, "only {all} opens");
        100 * found / all
    };
    let pings: Vec<Timestamp> = events
        .iter()
        .filter(|e| matches!(&e.kind, EventKind::Notification(i) if i.id() == "WhatsApp"))
        .map(|e| e.at)
        .collect();
    let is_pinged = |e: &Event| {
        let next = pings.partition_point(|&ping| ping <= e.at);
        next > 0 && e.at.seconds_since(pings[next - 1]) < 120.0
    };
    let (pinged, quiet) = (first_opens(&events, is_pinged), first_opens(&events, |e| !is_pinged(e)));
    assert!(share(&pinged) > 3 * share(&quiet), "{} % against {} %", share(&pinged), share(&quiet));
}

#[test]
fn a_hundred_thousand_events_and_150_items_are_within_reach() {
    let options = Options { days: 60, scale: 4.0, extra_items: 110, ..Options::default() };
    let events = simulate(3, options);
    assert!(events.len() > 100_000, "{}", events.len());
    let mut ids: Vec<_> = launches(&events).map(|(_, id)| id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert!((145..=150).contains(&ids.len()), "{}", ids.len());
}

#[test]
fn the_first_day_and_the_limits_are_as_asked() {
    let events = simulate(1, Options { days: 1, ..Options::default() });
    assert_eq!((events[0].at.day(), events[0].at.weekday()), (20_458, Weekday::Monday));
    assert!(simulate(1, Options { days: 0, ..Options::default() }).is_empty());
    for bad in [
        Options { first_day: -5, ..Options::default() },
        Options { first_day: i64::MAX, ..Options::default() },
        Options { utc_offset_min: 2_000, ..Options::default() },
        Options { shift: Some(Shift { day: 3, utc_offset_min: -2_000 }), ..Options::default() },
    ] {
        assert!(Simulation::new(1, bad).is_err(), "{bad:?}");
    }
    assert!(!simulate(1, Options { days: 2, scale: f64::NAN, ..Options::default() }).is_empty());
}

#[test]
fn people_are_at_work_on_the_days_of_their_job() {
    for (job, on) in [
        (Job::Office, [true, true, true, true, true, false, false]),
        (Job::Shop, [false, false, true, true, true, true, true]),
        (Job::None, [false; 7]),
    ] {
        let events = simulate(6, Options { days: 28, job, ..Options::default() });
        let mut at_work = [false; 7];
        for event in events.iter().filter(|event| event.context.label == Some(PlaceLabel::Work)) {
            at_work[event.at.weekday() as usize] = true;
        }
        assert_eq!(at_work, on, "{job:?}");
    }
}
