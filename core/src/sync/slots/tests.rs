use super::*;

fn sum(n: u8) -> Sum {
    [n; 32]
}

fn rule() -> StopRule {
    StopRule { least_answers: 50, most_lost: 400 }
}

fn waiting(n: u8) -> Trial {
    Trial { sha256: sum(n), since_seq: 0, since_s: 0, starts: 0, stop: rule(), answer_us: 0 }
}

fn tally(answers: u64, before: u64, hits: u64) -> Tally {
    Tally { answers: [answers, 0, 0], before: [before, 0, 0], hits: [hits, 0, 0] }
}

#[test]
fn a_bundle_waits_is_tried_and_proves_itself() {
    let mut slots = Slots { standby: Some(waiting(1)), ..Slots::default() };
    assert_eq!((slots.active(), slots.in_order().collect::<Vec<_>>()), (None, vec![None]));
    slots.begin_trial(7, 1_000);
    assert_eq!(slots.active(), Some(sum(1)));
    assert_eq!(slots.trial, Some(Trial { since_seq: 7, since_s: 1_000, ..waiting(1) }));
    slots.promote();
    assert_eq!((slots.good, slots.trial, slots.active()), (Some(sum(1)), None, Some(sum(1))));
    slots.standby = Some(waiting(2));
    slots.begin_trial(9, 2_000);
    assert_eq!(slots.in_order().collect::<Vec<_>>(), [Some(sum(2)), Some(sum(1)), None]);
    assert_eq!(slots.kept().collect::<Vec<_>>(), [sum(1), sum(2)]);
}

#[test]
fn one_that_is_given_back_leaves_the_one_before_and_is_remembered() {
    let mut slots = Slots { good: Some(sum(1)), standby: Some(waiting(2)), ..Slots::default() };
    slots.begin_trial(0, 0);
    slots.give_back(sum(2), Reason::Trial);
    assert_eq!((slots.active(), slots.trial), (Some(sum(1)), None));
    slots.give_back(sum(1), Reason::Crashed);
    assert_eq!(slots.active(), None);
    slots.give_back(sum(2), Reason::Slow);
    let given: Vec<_> = slots.given_back.iter().map(|given| (given.sha256, given.reason)).collect();
    assert_eq!(given, [(sum(1), Reason::Crashed), (sum(2), Reason::Slow)], "once each, the newest last");
}

#[test]
fn the_oldest_that_were_given_back_are_forgotten_beyond_the_limit() {
    let mut slots = Slots::default();
    for n in 0..=MAX_GIVEN_BACK {
        slots.give_back(sum(u8::try_from(n).expect("64 fit")), Reason::Rehearsal);
        assert_eq!(slots.given_back.len(), (n + 1).min(MAX_GIVEN_BACK));
    }
    assert_eq!(slots.given_back[0].sha256, sum(1));
}

#[test]
fn promoting_and_beginning_without_a_bundle_change_nothing() {
    let mut slots = Slots { good: Some(sum(1)), ..Slots::default() };
    let before = slots.clone();
    slots.promote();
    slots.begin_trial(1, 1);
    assert_eq!(slots, before);
    slots.withdraw();
    assert_eq!(slots, Slots::default());
}

#[test]
fn the_stop_rule_fires_one_hit_beyond_its_share_and_not_before_its_answers() {
    let rule = rule();
    assert!(!rule.is_lost(&tally(50, 30, 28)), "two of 50 are the 4 % that may be lost");
    assert!(rule.is_lost(&tally(50, 30, 27)));
    assert!(!rule.is_lost(&tally(49, 30, 0)));
    assert!(!rule.is_lost(&tally(1_000, 100, 900)), "who gains loses nothing");
    let spread = Tally { answers: [20, 20, 20], before: [10; 3], hits: [9; 3] };
    assert!(rule.is_lost(&spread), "three of 60, over all moments");
    let at_unlock = Tally { answers: [500, 60, 0], before: [300, 40, 0], hits: [300, 30, 0] };
    assert!(rule.is_lost(&at_unlock), "one moment is enough");
}

#[test]
fn a_trial_is_proven_by_answers_and_either_two_starts_or_a_day() {
    let (few, enough) = (tally(49, 30, 30), tally(50, 30, 30));
    let started = Trial { starts: 2, ..waiting(1) };
    assert_eq!(started.verdict(&few, 0), Verdict::GoesOn);
    assert_eq!(started.verdict(&enough, 0), Verdict::Proven);
    assert_eq!(Trial { starts: 1, ..started }.verdict(&enough, PROVEN_S - 1), Verdict::GoesOn);
    assert_eq!(Trial { starts: 1, ..started }.verdict(&enough, PROVEN_S), Verdict::Proven);
    assert_eq!(started.verdict(&tally(50, 30, 20), 0), Verdict::Lost);
    let uneven = Tally { answers: [50, 19, 0], before: [30, 10, 0], hits: [30, 10, 0] };
    assert_eq!(started.verdict(&uneven, 0), Verdict::GoesOn, "19 unlocks say little");
    assert_eq!(started.verdict(&Tally { answers: [50, 20, 0], ..uneven }, 0), Verdict::Proven);
    let hasty = Trial { stop: StopRule { least_answers: 1, most_lost: 10_000 }, ..started };
    let needed = u64::from(PROVEN_ANSWERS);
    assert_eq!(hasty.verdict(&tally(needed - 1, 0, 0), 0), Verdict::GoesOn, "a release cannot ask for less");
    assert_eq!(hasty.verdict(&tally(needed, 0, 0), 0), Verdict::Proven);
}

#[test]
fn a_clock_that_was_set_back_proves_nothing() {
    let trial = Trial { since_s: i64::MAX, ..waiting(1) };
    assert_eq!(trial.verdict(&tally(50, 30, 30), i64::MIN), Verdict::GoesOn);
}
