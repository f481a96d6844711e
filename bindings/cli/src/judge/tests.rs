//! The judge says of the same answers what a replay says.

use std::path::PathBuf;

use foretap_core::habits::StartWeights;
use foretap_core::{Context, Event, EventKind, Item};
use serde_json::json;
use tempfile::TempDir;

use super::*;
use crate::answers::made::{Made, table as columns, write};
use crate::evaluate::MAX_QUERIES;
use crate::replay::{Playback, Scored, Start, System, Task, Verdict};
use crate::simulate::{Options, Simulation};
use crate::training::{self, Sampling};

/// Of network and battery nothing is known: the shortlist of features files does without both.
fn simulated(seed: u64, days: u32) -> Vec<Event> {
    let events = Simulation::new(seed, Options { days, ..Options::default() }).expect("valid");
    events.map(|event| event.in_context(Context::default())).collect()
}

/// Five people: three with enough openings of everything, one with too few, one with too few unlocks.
fn people() -> Vec<Vec<Event>> {
    let mut people = vec![simulated(1, 24), simulated(2, 20), simulated(3, 1), simulated(4, 46), simulated(5, 8)];
    let mut unlocks = 0;
    people[4].retain(|event| {
        unlocks += usize::from(event.kind == EventKind::Unlock);
        event.kind != EventKind::Unlock || unlocks.is_multiple_of(9)
    });
    people
}

fn start() -> Start {
    Start::without_model("neutral", StartWeights::neutral())
}

fn played(people: &[Vec<Event>]) -> Playback {
    let people: Vec<(&str, &[Event])> =
        ["a", "b", "c", "d", "e"].into_iter().zip(people.iter().map(Vec::as_slice)).collect();
    Playback::of(&people, &start(), &|_| ())
}

fn file(folder: &TempDir, systems: &[&str], sure: &[&str], queries: &[Made]) -> PathBuf {
    let path = folder.path().join("answers.parquet");
    write(&path, &columns(systems, sure, queries), 10_000);
    path
}

fn small(n: impl TryInto<i32>) -> i32 {
    n.try_into().unwrap_or_else(|_| panic!("small"))
}

fn scored(task: Task, playback: &Playback) -> Scored {
    Verdict::of(task, &playback.people, false, 0).scored.expect("enough")
}

#[test]
fn the_mixers_own_scores_have_the_very_figures_of_a_replay() {
    let people = people();
    let mut queries = Vec::new();
    for (person, events) in people.iter().enumerate() {
        let sampling = Sampling { training: 0, scored: MAX_QUERIES };
        training::lessons(events, &StartWeights::neutral(), sampling, &|| (), |lesson, openings| {
            queries.push(Made {
                person: small(person),
                moment: lesson.moment as i32,
                opening: lesson.opening.cast_signed(),
                openings: openings.cast_signed(),
                day: 0,
                mixer_rank: lesson.mixer_rank.into(),
                scores: vec![lesson.log_mix.iter().map(|_| 0.0).collect(), lesson.log_mix],
            });
        });
    }
    assert!(queries.iter().any(|query| query.mixer_rank > 32), "targets outside the shortlist keep their rank");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let answers = Answers::read(&file(&folder, &["order", "mixer"], &[], &queries)).expect("good");
    let judgement = Judgement::of(&answers, Rules::default()).expect("good");
    let playback = played(&people);
    assert_eq!(judgement.moments.len(), 3);
    for judged in &judgement.moments {
        let task = Task::ALL.into_iter().find(|task| task.moment() == judged.moment).expect("every moment");
        let scored = scored(task, &playback);
        let of_replay = scored.system(System::Mixer);
        assert_eq!((judged.people, judged.queries), (scored.users, scored.queries), "{task:?}");
        assert_eq!(judged.left_out, scored.left_out, "{task:?}");
        assert!(judged.people >= 3 && judged.left_out >= 1);
        // The scores, and the order of the rows where every score is the same.
        for of_judge in judged.systems.iter().rev() {
            assert_eq!(of_judge.rates.by_user, of_replay.rates.by_user, "{task:?}");
            assert_eq!(of_judge.rates.by_query, of_replay.rates.by_query, "{task:?}");
            assert_eq!(of_judge.hr3, of_replay.hr3, "{task:?}");
            let rates = |aggregate: &crate::evaluate::Aggregate| {
                aggregate.users.iter().map(|user| (user.queries, user.rates)).collect::<Vec<_>>()
            };
            assert_eq!(rates(&of_judge.rates), rates(&of_replay.rates), "{task:?}");
            assert_eq!((of_judge.lead_hr3.low, of_judge.lead_hr3.high), (0.0, 0.0));
        }
    }
}

/// The same people, with so few apps that a shortlist holds every candidate.
fn of_few_apps() -> Vec<Vec<Event>> {
    let few = |item: &Item| item.id() < "N";
    let mut people = people();
    for events in &mut people {
        events.retain(|event| match &event.kind {
            EventKind::Launch(item) | EventKind::Close(item) => few(item),
            EventKind::Unlock | EventKind::Lock => true,
            _ => false,
        });
    }
    people
}

#[test]
fn probabilities_have_the_very_figures_of_a_replay() {
    let playback = played(&of_few_apps());
    let mut queries = Vec::new();
    for (person, played) in playback.people.iter().enumerate() {
        for answered in &played.answered {
            let rank = answered.ranks[System::Foretap.column()];
            queries.push(Made {
                person: small(person),
                moment: answered.moment as i32,
                opening: answered.opening.cast_signed(),
                openings: played.openings.cast_signed(),
                day: small(answered.day - played.first_day),
                mixer_rank: if rank == u16::MAX { 0 } else { rank.into() },
                scores: vec![answered.probabilities.clone()],
            });
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let answers = Answers::read(&file(&folder, &["foretap"], &["foretap"], &queries)).expect("good");
    let judgement = Judgement::of(&answers, Rules { part: Part::Scored, ..Rules::default() }).expect("good");
    for judged in &judgement.moments {
        let task = Task::ALL.into_iter().find(|task| task.moment() == judged.moment).expect("every moment");
        let verdict = Verdict::of(task, &playback.people, false, 0);
        let scored = verdict.scored.expect("enough");
        let ours = &judged.systems[0];
        assert_eq!(ours.rates.by_user, scored.system(System::Foretap).rates.by_user, "{task:?}");
        assert_eq!(ours.calibration, scored.calibration, "{task:?}");
        assert_eq!(ours.classification, scored.classification, "{task:?}");
        assert_eq!(ours.stability, verdict.stability, "{task:?}");
        assert!(ours.stability.as_ref().is_some_and(|stability| stability.days.len() == 30), "46 days");
    }
}

/// So many queries of a person at one moment, whose target is where the first system says in every second one.
fn made(person: i32, openings: i64, from: i64, count: i64) -> Vec<Made> {
    let query = |n: i64| Made {
        person,
        moment: 0,
        opening: from + n,
        openings,
        day: 20,
        mixer_rank: if n % 2 == 0 { 1 } else { 2 },
        scores: vec![vec![0.5, 0.3, 0.2], vec![0.3, 0.5, 0.2]],
    };
    (0..count).map(query).collect()
}

fn judged(queries: &[Made], rules: Rules<'_>) -> Judgement {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let answers = Answers::read(&file(&folder, &["mixer", "mlp"], &["mlp"], queries)).expect("good");
    Judgement::of(&answers, rules).expect("good")
}

#[test]
fn people_on_either_side_of_the_limits() {
    let enough = [made(0, 200, 0, 30), made(1, 199, 0, 90), made(2, 900, 0, 29)].concat();
    let judgement = judged(&enough, Rules::default());
    let moment = &judgement.moments[0];
    assert_eq!((moment.people, moment.left_out, moment.queries), (1, 2, 30));
    let too_few = judged(&enough[30..], Rules::default());
    assert_eq!((too_few.moments.len(), too_few.too_short), (0, vec![Moment::Next]));
}

#[test]
fn only_the_part_that_was_asked_for_counts_but_days_are_of_everything() {
    // 200 openings, all of them asked: 60 in the last 30 %, 30 in each half of it.
    let all = made(0, 200, 0, 200);
    let queries = |part| judged(&all, Rules { part, ..Rules::default() }).moments.first().map(|moment| moment.queries);
    assert_eq!(Part::ALL.map(queries), [Some(200), Some(60), Some(30), Some(30)]);
    let cut = &all[..199];
    let of_test = judged(cut, Rules { part: Part::Test, ..Rules::default() });
    assert_eq!(of_test.too_short, [Moment::Next], "29 queries in the last 15 %");
    let validation = judged(cut, Rules { part: Part::Validation, ..Rules::default() });
    let stability = validation.moments[0].systems[0].stability.as_ref().expect("day 20");
    assert_eq!((stability.days.len(), stability.days[0].queries), (1, 199));
}

#[test]
fn the_numbers_are_those_of_the_answers_and_the_table_is_no_wider_than_a_terminal() {
    let queries = [made(0, 200, 0, 40), made(3, 300, 0, 30)].concat();
    let judgement = judged(&queries, Rules::default());
    let numbers = json(&judgement);
    assert_eq!((&numbers["against"], &numbers["part"]), (&json!("mixer"), &json!("all")));
    let next = &numbers["moments"]["next"];
    assert_eq!((&next["people"], &next["left_out"], &next["queries"]), (&json!(2), &json!(0), &json!(70)));
    let mlp = &next["systems"]["mlp"];
    // Every second target is first under the mixer and second under the other system, and the other way round.
    assert_eq!(mlp["macro"], json!({ "hr1": 50.0, "hr3": 100.0, "hr4": 100.0, "hr5": 100.0, "mrr": 75.0 }));
    assert_eq!(mlp["interval"], json!({ "hr1": [50.0, 50.0], "hr3": [100.0, 100.0] }));
    assert_eq!(mlp["lead"]["hr1"], json!({ "mean": 0.0, "low": 0.0, "high": 0.0 }));
    assert_eq!(mlp["moved"][0], json!([0, 35, 0, 0, 0, 0, 0]));
    assert_eq!(mlp["moved"][1], json!([35, 0, 0, 0, 0, 0, 0]));
    assert_eq!(mlp["ece"], json!(0.0), "half are right, as it says");
    assert_eq!(mlp["reliability"], json!([{ "queries": 70, "probability": 0.5, "right": 0.5 }]));
    let at_1 = json!({
        "tp": 35, "fp": 35, "fn": 35, "tn": 105, "accuracy": 0.6667, "precision": 0.5, "recall": 0.5, "f1": 0.5
    });
    assert_eq!(mlp["classification"]["1"], at_1);
    assert_eq!(mlp["people"][1], json!({ "person": 3, "queries": 30, "hr1": 50.0, "hr3": 100.0 }));
    assert_eq!(mlp["days"], json!([{ "day": 20, "queries": 70, "hr3": 100.0 }]));
    let mixer = &next["systems"]["mixer"];
    assert!(mixer["ece"].is_null() && mixer["classification"]["auc"].is_null() && next.get("groups").is_none());
    assert!(mlp["classification"]["auc"].as_f64().is_some_and(|auc| auc > 0.5));

    let text = table(&judgement);
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    for says in ["next: 2 users, 70 queries\n", "\nmlp              HR@1 +0.00 [+0.00, +0.00]", "\nmlp @3 "] {
        assert!(text.contains(says), "{says}: {text}");
    }
}

#[test]
fn groups_are_judged_on_their_own_and_a_group_of_nobody_who_counts_is_named() {
    let groups = |of: &[&str]| {
        let people = of.iter().enumerate().map(|(n, group)| (format!("u{n}"), (*group).to_owned()));
        Groups::of(&people.collect::<Vec<_>>()).expect("two groups")
    };
    let two = groups(&["htc", "sony", "htc", "sony", "htc", "sony"]);
    let queries: Vec<Made> =
        (0..6).flat_map(|person| made(person, 200, 0, if person == 2 { 29 } else { 30 })).collect();
    let judgement = judged(&queries, Rules { groups: Some(&two), ..Rules::default() });
    let numbers = json(&judgement);
    let of_groups = &numbers["moments"]["next"]["groups"];
    assert_eq!((&of_groups["htc"]["people"], &of_groups["sony"]["people"]), (&json!(2), &json!(3)));
    assert_eq!(of_groups["sony"]["systems"]["mlp"]["hr3"], json!(100.0));
    let only_htc: Vec<Made> = queries.into_iter().filter(|query| query.person % 2 == 0).collect();
    let text = table(&judged(&only_htc, Rules { groups: Some(&two), ..Rules::default() }));
    assert!(text.contains("\nsony             -  nobody has enough openings and queries\n"), "{text}");

    let few = groups(&["a", "b", "a", "b", "a", "b"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let far = Answers::read(&file(&folder, &["mixer", "mlp"], &[], &made(6, 200, 0, 30))).expect("good");
    let error = Judgement::of(&far, Rules { groups: Some(&few), ..Rules::default() }).expect_err("nobody's group");
    assert_eq!(error, JudgeError::NotGrouped { people: 6, person: 6 });
    let error = Judgement::of(&far, Rules { against: Some("mru"), ..Rules::default() }).expect_err("unknown");
    assert_eq!(error.to_string(), "no system is called mru; known: mixer, mlp");
}
