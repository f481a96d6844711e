//! Bundles with trees and a sequence model beside the graph: what they answer, that none of them does harm, and that a
//! whole life can be played with them.

mod lives;
mod members;

use foretap_core::features::FEATURES;
use foretap_core::habits::{Habits, Moment, Query, StartWeights};
use foretap_core::model::{MembersGolden, Reading, Router, RunError, Weights};
use foretap_core::ranking::rank;
use foretap_core::time::SECOND_MS;
use foretap_core::{AnsweredBy, Bundle, BundleError, Context, Controls, Engine, Model, ModelChoice, Options, Request};
use lives::{CALM, Random, UNPUNCTUAL, life};
use members::{Made, weights};
use ndarray::{Array2, Axis, concatenate};
use sha2::{Digest, Sha256};

const ALL: Weights = weights(0.75, 0.5, 0.25);

fn loaded(weights: [Weights; 3], router: Option<Router>) -> Model {
    let bytes = Made::new(1).parts(weights, router).pack().expect("valid parts");
    assert_eq!(&bytes[..8], b"FORETAP\x02");
    Model::load(&Bundle::parse(&bytes).expect("packed")).expect("its golden vectors are those of the definition")
}

/// A model of this weight for one member alone.
fn of_one(weights: Weights) -> Model {
    loaded([weights; 3], None)
}

/// The questions of a life, one in seven.
fn readings(seed: u64) -> Vec<Reading> {
    let mut habits = Habits::new(&StartWeights::default());
    let mut readings = Vec::new();
    for (n, event) in life(seed, CALM, 400).iter().enumerate() {
        habits.apply(event, None);
        let moment = Moment::ALL[n % 3];
        let candidates = habits.candidates(moment, None);
        if n % 7 == 0 && !candidates.is_empty() {
            let (now, context) = (event.at.plus_ms(90 * SECOND_MS), Context::default());
            let statistics = habits.statistics(&Query { moment, now, context: &context }, &candidates);
            let evidence = habits.evidence(&statistics, None);
            readings.push(Reading::of(&statistics, &habits.shortlisted(&evidence)));
        }
    }
    readings
}

fn bits(numbers: &[f32]) -> Vec<u32> {
    numbers.iter().map(|number| number.to_bits()).collect()
}

#[test]
fn a_graph_that_counts_once_and_nothing_else_is_the_graph_alone_bit_for_bit() {
    let (alone, hybrid) =
        (Model::load(&Bundle::shipped().expect("valid")).expect("good"), of_one(weights(1.0, 0.0, 0.0)));
    for reading in readings(3) {
        assert_eq!(bits(&hybrid.infer(&reading).expect("runs")), bits(&alone.infer(&reading).expect("runs")));
        assert!(!hybrid.is_simple(&reading) && !alone.is_simple(&reading));
    }
    assert!(!hybrid.has_router());
    let mut engines = [&alone, &hybrid].map(|_| Habits::new(&StartWeights::default()));
    for event in life(4, UNPUNCTUAL, 600) {
        for (habits, model) in engines.iter_mut().zip([&alone, &hybrid]) {
            habits.apply(&event, Some(model));
        }
    }
    let request = Request::unlock(engines[0].newest().expect("something happened").plus_ms(SECOND_MS))
        .limited_to(64)
        .expect("64");
    let [one, other] = [(&engines[0], &alone), (&engines[1], &hybrid)]
        .map(|(habits, model)| rank(habits, Some(model), &Controls::default(), &request, &|| 0).predictions);
    assert!(!one.is_empty());
    assert_eq!(one, other, "reasons and probabilities too");
}

#[test]
fn the_answer_is_the_weighted_sum_of_the_members_by_moment() {
    let members = [weights(1.0, 0.0, 0.0), weights(0.0, 1.0, 0.0), weights(0.0, 0.0, 1.0)].map(of_one);
    let by_moment = [ALL, weights(-1.0, 2.0, 0.0), weights(0.0, 0.0, -4.0)];
    let hybrid = loaded(by_moment, None);
    let nothing = of_one(weights(0.0, 0.0, 0.0));
    for reading in readings(5) {
        let [graph, trees, sequence] = members.each_ref().map(|model| model.infer(&reading).expect("runs"));
        let w = by_moment[reading.moment as usize];
        for (row, answer) in hybrid.infer(&reading).expect("runs").into_iter().enumerate() {
            let expected = w.mlp * graph[row] + w.trees * trees[row] + w.sequence * sequence[row];
            assert!((answer - expected).abs() < 1e-5, "{answer}, not {expected}");
        }
        assert!(nothing.infer(&reading).expect("runs").iter().all(|&answer| answer == 0.0));
    }
}

#[test]
fn a_simple_question_is_for_cheap_members_and_any_other_for_all() {
    let cheap = weights(0.0, 1.5, 0.0);
    let router = Router { certainty: [0.5, 1.0, 1_000.0], weights: [cheap; 3] };
    let routed = loaded([ALL; 3], Some(router.clone()));
    let [all, cheap] = [of_one(ALL), of_one(cheap)];
    let mut simple = [0; 3];
    let mut readings = readings(6);
    for reading in &mut readings {
        let is_simple = reading.certainty() > router.certainty[reading.moment as usize];
        assert_eq!(routed.is_simple(reading), is_simple);
        simple[reading.moment as usize] += usize::from(is_simple);
        let expected = if is_simple { &cheap } else { &all };
        assert_eq!(bits(&routed.infer(reading).expect("runs")), bits(&expected.infer(reading).expect("runs")));
    }
    let of = |moment: Moment| readings.iter().filter(|reading| reading.moment == moment).count();
    assert!(simple[0] > 0 && simple[0] < of(Moment::Next) && simple[2] == 0, "{simple:?}");
    // At the limit it is not simple yet, beyond it it is; what is no number never is; a lone candidate always.
    let mut reading = readings.into_iter().find(|reading| reading.log_mix.len() > 2).expect("several candidates");
    reading.moment = Moment::Next;
    for (second, is_simple) in [(-1.5, false), (-1.5_f32.next_up(), true), (f32::NAN, false), (f32::NEG_INFINITY, true)]
    {
        reading.log_mix[..2].copy_from_slice(&[-1.0, second]);
        assert_eq!(routed.is_simple(&reading), is_simple, "{second}");
    }
    reading.log_mix.truncate(1);
    assert!(routed.is_simple(&reading) && routed.has_router());
}

#[test]
fn a_candidate_is_answered_the_same_alone_and_among_others() {
    let hybrid = of_one(ALL);
    for reading in readings(7) {
        let all = hybrid.infer(&reading).expect("runs");
        for (row, expected) in all.iter().enumerate() {
            let alone = Reading {
                features: reading.features.select(Axis(0), &[row]),
                log_mix: vec![reading.log_mix[row]],
                recency: vec![reading.recency[row]],
                ..reading.clone()
            };
            assert_eq!(bits(&hybrid.infer(&alone).expect("runs")), bits(&[*expected]));
        }
    }
}

#[test]
fn rows_of_another_width_are_refused_whoever_would_read_them() {
    for weights in [ALL, weights(0.0, 1.0, 0.0), weights(0.0, 0.0, 0.0)] {
        let mut reading = readings(8).swap_remove(0);
        let more = Array2::zeros((reading.features.nrows(), 1));
        reading.features = concatenate(Axis(1), &[reading.features.view(), more.view()]).expect("as many rows");
        assert_eq!(of_one(weights).infer(&reading), Err(RunError::Width { given: FEATURES + 1, expected: FEATURES }));
    }
}

#[test]
fn a_life_is_played_with_all_members_and_rankings_stay_probabilities() {
    let router = Router { certainty: [1.0; 3], weights: [weights(1.0, 0.0, 0.0); 3] };
    let bytes = Made::new(2).parts([ALL; 3], Some(router)).pack().expect("valid parts");
    let options = || Options { model: ModelChoice::Bundle(bytes.clone()), ..Options::default() };
    let mut engine = Engine::in_memory(options()).expect("memory");
    let mut asked = 0;
    for (n, event) in life(9, UNPUNCTUAL, 900).iter().enumerate() {
        engine.record(event).expect("stored");
        if n % 5 == 0 {
            let request = Request::at(Moment::ALL[n % 3], event.at.plus_ms(SECOND_MS)).limited_to(64).expect("64");
            let ranking = engine.predict(&request, &|| 0);
            let sum: f64 = ranking.predictions.iter().map(|p| p.probability).sum();
            assert!(ranking.predictions.iter().all(|p| (0.0..=1.0).contains(&p.probability) && !p.reasons.is_empty()));
            assert!(sum <= 1.0 + 1e-9, "{sum}");
            if !matches!(ranking.answered_by, AnsweredBy::HostOrder) {
                assert_eq!(ranking.answered_by, AnsweredBy::Model);
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    let mut again = Engine::in_memory(options()).expect("memory");
    again.record_all(&life(9, UNPUNCTUAL, 900)).expect("stored");
    assert!(again.habits().to_checkpoint() == engine.habits().to_checkpoint(), "and again, bit for bit");
}

#[test]
fn what_a_topic_adds_is_what_the_feature_reading_members_lose_without_it() {
    let [graph, trees, sequence, hybrid] =
        [weights(0.75, 0.0, 0.0), weights(0.0, 0.5, 0.0), weights(0.0, 0.0, 0.25), ALL].map(of_one);
    for reading in readings(10) {
        let rows: Vec<usize> = (0..reading.log_mix.len()).collect();
        let even = vec![1.0; rows.len()];
        let [graph, trees, sequence, hybrid] = [&graph, &trees, &sequence, &hybrid].map(|model| {
            let corrections = model.infer(&reading).expect("runs");
            model.effects(&reading, &corrections, &even, &rows).expect("runs")
        });
        for row in rows {
            for topic in 0..hybrid[row].len() {
                let parts = graph[row][topic] + trees[row][topic];
                assert!((hybrid[row][topic] - parts).abs() < 1e-4, "{} is not {parts}", hybrid[row][topic]);
                assert_eq!(sequence[row][topic], 0.0, "the sequence model counts as no topic");
            }
        }
    }
}

#[test]
fn a_golden_vector_of_each_member_is_held_to() {
    type Spoil = fn(&mut MembersGolden);
    let cases: [(Spoil, &str); 6] = [
        (|golden| golden.trees[0] = golden.trees[0].next_up(), "the trees give another score"),
        (|golden| golden.sequence[0] += 2e-3, "the sequence model gives another correction"),
        (|golden| golden.answer[0] += 2e-3, "the members together give another correction"),
        (|golden| golden.log_mix[1] = golden.log_mix[0] - 9.0, "the members together give another correction"),
        (|golden| golden.recency.swap(0, 1), "the sequence model gives another correction"),
        (|golden| golden.past.time ^= 32, "the sequence model gives another correction"),
    ];
    let router = Router { certainty: [5.0; 3], weights: [weights(0.0, -1.0, 0.0); 3] };
    for (spoil, says) in cases {
        let mut parts = Made::new(3).parts([ALL; 3], Some(router.clone()));
        let last = parts.golden.len() - 1;
        spoil(parts.golden[last].members.as_mut().expect("there"));
        // Trees that look at the mixer's word may notice too: what is said first counts.
        let bundle = Bundle::parse(&parts.pack().expect("good by its form")).expect("packed");
        match Model::load(&bundle) {
            Err(BundleError::Golden { vector, reason }) => {
                assert!(vector == last && (reason == says || reason == "the trees give another score"), "{reason}");
            }
            other => panic!("{says}: {other:?}"),
        }
    }
    let mut parts = Made::new(3).parts([ALL; 3], None);
    parts.golden[0].members.as_mut().expect("there").sequence[0] += 9e-4;
    assert!(Model::load(&Bundle::parse(&parts.pack().expect("good")).expect("packed")).is_ok());
}

/// One or two changes: a bit or a byte mostly, else a cut or some bytes removed or doubled.
fn mutated(payload: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = payload.to_vec();
    for _ in 0..=random.below(2) {
        let at = random.place(bytes.len());
        let to = (at + 1 + random.place(12)).min(bytes.len());
        match random.below(16) {
            0..8 => bytes[at] ^= 1 << random.below(8),
            8..13 => bytes[at] = u8::try_from(random.below(256)).expect("a byte"),
            13 => bytes.truncate(at.max(1)),
            14 => drop(bytes.drain(at..to)),
            _ => {
                let run = bytes[at..to].to_vec();
                drop(bytes.splice(at..at, run));
            }
        }
    }
    bytes
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a loader that hangs is what is looked for")]
fn four_thousand_forged_members_are_refused_or_answer_as_they_say() {
    const HEADER_BYTES: usize = 40;
    let router = Router { certainty: [1.0; 3], weights: [weights(1.0, 0.0, 0.0); 3] };
    let mut parts = Made::new(4).parts([ALL; 3], Some(router));
    // Little but members, so that they are what is hit: one vector of five rows, and the table that a graph cannot do without.
    parts.golden.retain(|golden| golden.rows == 5);
    let bytes = parts.pack().expect("valid");
    let payload = &bytes[HEADER_BYTES..];
    // The members stand last; golden vectors, graph and table before them.
    let members = payload.len()
        - Bundle::parse(&bytes).expect("packed").part_bytes()[5..].iter().map(|p| p.1).sum::<usize>()
        - 200;
    let readings = readings(11);
    let mut random = Random(12);
    let mut counts = std::collections::BTreeMap::<&str, u32>::new();
    let mut slowest = std::time::Duration::ZERO;
    for n in 0..4_000 {
        let from = if n % 4 == 0 { 0 } else { members };
        let forged = [&payload[..from], &mutated(&payload[from..], &mut random)].concat();
        let mut file = b"FORETAP\x02".to_vec();
        file.extend(Sha256::digest(&forged));
        file.extend(&forged);
        let started = std::time::Instant::now();
        let outcome = match Bundle::parse(&file).and_then(|bundle| Model::load(&bundle)) {
            Ok(model) => {
                for reading in readings.iter().step_by(9) {
                    let answers = model.infer(reading).expect("what loads runs");
                    assert!(answers.len() == reading.log_mix.len() && answers.iter().all(|answer| answer.is_finite()));
                }
                "loaded"
            }
            Err(BundleError::Undecodable { .. }) => "undecodable",
            Err(BundleError::Field { .. }) => "field",
            Err(BundleError::Golden { .. }) => "golden",
            Err(_) => "another",
        };
        slowest = slowest.max(started.elapsed());
        *counts.entry(outcome).or_default() += 1;
        // Without a sum that fits, nothing is read.
        file[8] ^= 1;
        assert_eq!(Bundle::parse(&file), Err(BundleError::Damaged));
    }
    println!("{counts:?}, the slowest took {slowest:?}");
    assert!(counts.len() == 5 && counts.values().all(|&count| count >= 20), "{counts:?}");
    assert!(slowest.as_secs() < 5, "{slowest:?}");
}
