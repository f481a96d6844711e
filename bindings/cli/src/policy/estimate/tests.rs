use foretap_core::{Event, EventKind, Item, Propensity, Timestamp, Token};

use super::super::moment::Offered;
use super::super::off_policy::{ClusteredBy, OffPolicy};
use super::super::shown::{ShownRow, rows};
use super::super::{PolicyError, moments};
use super::*;
use crate::dice::Dice;
use crate::replay::System;

const MRU: Policy = Policy::System(System::Rule(foretap_core::habits::Rule::Mru));
const MFU: Policy = Policy::System(System::Rule(foretap_core::habits::Rule::Mfu));

fn item(name: &str) -> Item {
    Item::new(name).expect("valid")
}

/// One slot, in which `good` (opened three times in four) or `bad` (once in four) is shown, with these propensities of `good`
/// in turn; on the moments with the first propensity only, everything is opened half as often.
fn row(n: usize, days: i64, dice: &mut Dice) -> Vec<Event> {
    let (propensity, ease) = [(0.9, 1.0), (0.2, 0.5)][n % 2];
    let is_good = dice.chance(propensity);
    let (name, chance) = if is_good { ("good", 0.75) } else { ("bad", 0.25) };
    let at = |ms: i64| Timestamp::new(1_700_000_000_000 + 86_400_000 * (n as i64 % days) + 60_000 * n as i64 + ms, 0);
    let surface = Token::new("home").expect("valid");
    let propensity = Some(Propensity::nearest(if is_good { propensity } else { 1.0 - propensity }));
    let kind = EventKind::Impression { item: item(name), surface: surface.clone(), position: 0, propensity };
    let mut events = vec![Event::new(at(0).expect("valid"), kind)];
    if dice.chance(ease * chance) {
        events.push(Event::launch(at(1_000).expect("valid"), item(name)).from_slot(surface, 0));
    }
    events
}

/// Moments in which the one policy always offers `good`, and the other `bad`.
fn logged(count: usize, days: i64) -> Vec<LoggedMoment> {
    let mut dice = Dice::new(3);
    let moment = |n: usize| {
        let shown: ShownRow = rows(&row(n, days, &mut dice)).remove(0);
        let offers = |name: &str| vec![Offered { item: item(name), probability: 0.5 }];
        LoggedMoment {
            shown,
            probabilities: vec![0.5],
            offered: vec![offers("good"), offers("bad")],
            session: n as u64,
        }
    };
    (0..count).map(moment).collect()
}

#[test]
fn estimates_are_near_the_truth_where_counting_is_not() {
    let found = OffPolicy::of_moments(&[logged(20_000, 30)], &[MRU, MFU]).expect("explored");
    // Over both kinds of moments: 3/4 of (1 + 1/2) / 2, and 1/4 of it.
    for (estimate, truth) in found.policies.iter().zip([0.5625, 0.1875]) {
        for interval in [estimate.ips, estimate.snips, estimate.doubly_robust] {
            assert!((interval.value - truth).abs() < 0.02 && interval.holds(truth), "{truth}: {estimate:?}");
        }
        assert!((estimate.naive - truth).abs() > 0.04, "easy moments match more often: {estimate:?}");
        assert!(estimate.unsupported < 0.05 && estimate.largest_weight > 4.9 && estimate.effective < 12_000.0);
    }
    assert_eq!((found.clustered_by, found.clusters, found.explored), (ClusteredBy::Day, 44, 20_000));
}

#[test]
fn what_was_never_possible_is_told_and_treated_as_said() {
    let mut moments = logged(4_000, 30);
    for moment in moments.iter_mut().step_by(4) {
        moment.offered[0][0].item = item("never shown");
    }
    let found = OffPolicy::of_moments(&[moments], &[MRU]).expect("explored").policies.remove(0);
    assert!((found.unsupported - 0.25).abs() < 0.05, "{found:?}");
    assert!(found.ips.value < 0.8 * found.snips.value && found.ips.high > found.snips.value, "{found:?}");
    assert!(found.doubly_robust.value > found.ips.value, "the model of rewards speaks for it");
}

#[test]
fn the_logged_policy_is_what_was_counted() {
    let mut moments = logged(1_000, 5);
    let opened = moments.iter().filter(|moment| moment.shown.opened.is_some()).count() as f64 / 1_000.0;
    moments.iter_mut().for_each(|moment| {
        moment.offered[0][0].item = moment.shown.items[0].item.clone();
    });
    let found = OffPolicy::of_moments(&[moments], &[Policy::Logged]).expect("explored");
    let logged = &found.policies[0];
    for value in [logged.ips.value, logged.snips.value, logged.naive, logged.doubly_robust.value] {
        assert!((value - opened).abs() < 1e-9);
    }
    assert_eq!((logged.effective, logged.largest_weight), (1_000.0, 1.0));
}

#[test]
fn few_days_are_clustered_by_session_and_too_little_is_refused() {
    let of = |moments: &[LoggedMoment]| OffPolicy::of_moments(&[moments.to_vec()], &[MRU, MFU]);
    let mut moments = logged(150, 1);
    let found = of(&moments).expect("explored");
    assert_eq!((found.clustered_by, found.clusters), (ClusteredBy::Session, 150));
    assert_eq!(of(&moments[..99]), Err(PolicyError::TooFewExplored { rows: 99, needed: 100 }));
    moments.iter_mut().for_each(|moment| moment.session = 4);
    assert_eq!(of(&moments), Err(PolicyError::OneSession));
    moments.iter_mut().for_each(|moment| moment.shown.items[0].propensity = Some(Propensity::CERTAIN));
    assert_eq!(of(&moments), Err(PolicyError::TooFewExplored { rows: 0, needed: 100 }));
}

#[test]
fn a_log_without_impressions_or_propensities_is_refused_in_words() {
    let mut dice = Dice::new(1);
    let mut events: Vec<Event> = (0..200).flat_map(|n| row(n, 30, &mut dice)).collect();
    events.sort_by_key(|event| event.at);
    let check = |events: &[Event]| OffPolicy::check(&[("me", events)]);
    assert_eq!(check(&events), Ok(()));
    let launches: Vec<_> = events.iter().filter(|e| matches!(e.kind, EventKind::Launch(_))).cloned().collect();
    assert_eq!(check(&launches), Err(PolicyError::NoImpressions));
    for event in &mut events {
        if let EventKind::Impression { propensity, .. } = &mut event.kind {
            *propensity = None;
        }
    }
    assert_eq!(check(&events), Err(PolicyError::NoPropensities));
}

#[test]
fn a_moment_knows_only_what_came_before_it() {
    let mut dice = Dice::new(2);
    let mut events: Vec<Event> = (0..200).flat_map(|n| row(n, 30, &mut dice)).collect();
    events.sort_by_key(|event| event.at);
    let read = |events: &[Event]| moments(events, &Default::default(), None, &[MRU, MFU]);
    let all = read(&events);
    let cut = all[100].shown.event + 1;
    assert_eq!(read(&events[..cut])[..100], all[..100]);
    assert_eq!(read(&events[..cut])[100].offered, all[100].offered);
}
