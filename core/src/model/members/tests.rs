//! Every limit of members and of what golden vectors say of them has two sides.

use super::super::golden::{Golden, MembersGolden, check};
use super::super::manifest::{Arithmetic, Manifest};
use super::*;
use crate::habits::Past;

/// Features of a row.
const FEATURES: usize = 2;

fn weights(mlp: f32, trees: f32, sequence: f32) -> Weights {
    Weights { mlp, trees, sequence }
}

/// Two trees, and a sequence model of these sizes.
fn members([width, heads, layers, hidden]: [usize; 4]) -> Members {
    let nothing = || (Vec::new(), Vec::new(), Vec::new());
    let (weights_of, scales, floats) = nothing();
    let mut sequence = Sequence { width, heads, layers, hidden, weights: weights_of, scales, floats };
    if let Some([weights, scales, floats]) = sequence.lengths() {
        sequence.weights = vec![-127; weights];
        sequence.scales = vec![64.0; scales];
        sequence.floats = vec![-64.0; floats];
    }
    Members {
        weights: [weights(1.0, -4.0, 4.0); 3],
        trees: Some(Trees {
            nodes: vec![1, 0],
            columns: vec![2],
            left: vec![1],
            right: vec![2],
            thresholds: vec![0.5],
            leaves: vec![1.0, -1_000.0, 1_000.0],
        }),
        sequence: Some(sequence),
        router: Some(Router { certainty: [0.0, 2.5, 1_000.0], weights: [weights(0.0, 0.0, 0.0); 3] }),
    }
}

/// What is refused after a change, or `fine`, and the change.
type Case = (&'static str, fn(&mut wire::Members));

/// The field that is refused after a change, or `fine`.
fn refused(change: fn(&mut wire::Members)) -> &'static str {
    let mut message = members([2, 2, 1, 1]).to_wire();
    change(&mut message);
    match Members::check(message, FEATURES) {
        Ok(_) => "fine",
        Err(BundleError::Field { field, .. }) => field,
        Err(other) => panic!("{other:?}"),
    }
}

fn sequence_of(message: &mut wire::Members) -> &mut wire::Sequence {
    message.sequence.as_mut().expect("there")
}

fn router_of(message: &mut wire::Members) -> &mut wire::Router {
    message.router.as_mut().expect("there")
}

#[test]
fn what_is_written_is_what_is_read() {
    let members = members([2, 2, 1, 1]);
    assert_eq!(Members::check(members.to_wire(), FEATURES), Ok(members));
}

#[test]
fn every_limit_of_members_has_two_sides() {
    let cases: [Case; 22] = [
        ("fine", |_| ()),
        ("members", |m| (m.trees, m.sequence) = (None, None)),
        ("members.weights", |m| m.trees = None),
        ("members.weights", |m| m.sequence = None),
        ("fine", |m| (m.trees, m.weights) = (None, vec![wire::Weights { mlp: 1.0, trees: 0.0, sequence: 1.0 }; 3])),
        ("fine", |m| (m.sequence, m.weights) = (None, vec![wire::Weights { mlp: 0.0, trees: 1.0, sequence: 0.0 }; 3])),
        ("members.weights", |m| m.weights.truncate(2)),
        ("members.weights", |m| m.weights.push(wire::Weights::default())),
        ("members.weights", |m| m.weights[2].mlp = 4.0_f32.next_up()),
        ("members.weights", |m| m.weights[0].sequence = f32::NAN),
        ("fine", |m| m.router = None),
        ("members.router.certainty", |m| router_of(m).certainty.truncate(2)),
        ("members.router.certainty", |m| router_of(m).certainty[0] = -f32::MIN_POSITIVE),
        ("members.router.certainty", |m| router_of(m).certainty[0] = 1_000.0_f32.next_up()),
        ("members.router.certainty", |m| router_of(m).certainty[0] = f32::NAN),
        ("members.router.weights", |m| router_of(m).weights.clear()),
        ("members.router.weights", |m| router_of(m).weights[1].trees = -4.1),
        ("members.trees.columns", |m| m.trees.as_mut().expect("there").columns[0] = 3),
        ("members.sequence.weights", |m| sequence_of(m).weights[0] = 0x80),
        ("members.sequence.scales", |m| sequence_of(m).scales[0] = -f32::MIN_POSITIVE),
        ("members.sequence.scales", |m| sequence_of(m).scales[0] = 64.0_f32.next_up()),
        ("members.sequence.floats", |m| sequence_of(m).floats[0] = f32::NAN),
    ];
    for (n, (expected, change)) in cases.into_iter().enumerate() {
        assert_eq!(refused(change), expected, "case {n}");
    }
}

#[test]
fn every_size_of_a_sequence_model_has_two_sides() {
    let field = |sizes: [usize; 4]| match Members::check(members(sizes).to_wire(), FEATURES) {
        Ok(_) => "fine",
        Err(BundleError::Field { field, .. }) => field,
        Err(other) => panic!("{other:?}"),
    };
    for good in [[1, 1, 1, 1], [128, 8, 1, 1], [8, 8, 4, 1], [2, 1, 1, 256]] {
        assert_eq!(field(good), "fine", "{good:?}");
    }
    for (bad, expected) in [
        ([0, 1, 1, 1], "members.sequence.width"),
        ([129, 1, 1, 1], "members.sequence.width"),
        ([usize::MAX, 1, 1, 1], "members.sequence.width"),
        ([2, 0, 1, 1], "members.sequence.heads"),
        ([3, 2, 1, 1], "members.sequence.heads"),
        ([18, 9, 1, 1], "members.sequence.heads"),
        ([2, 1, 0, 1], "members.sequence.layers"),
        ([2, 1, 5, 1], "members.sequence.layers"),
        ([2, 1, 1, 0], "members.sequence.hidden"),
        ([2, 1, 1, 257], "members.sequence.hidden"),
    ] {
        assert_eq!(field(bad), expected, "{bad:?}");
    }
    let cases: [Case; 3] = [
        ("members.sequence.weights", |m| sequence_of(m).weights.push(0)),
        ("members.sequence.scales", |m| sequence_of(m).scales.truncate(9)),
        ("members.sequence.floats", |m| sequence_of(m).floats.push(0.0)),
    ];
    for (expected, change) in cases {
        assert_eq!(refused(change), expected);
    }
}

#[test]
fn a_model_of_the_largest_numbers_answers_with_numbers() {
    let members = members([128, 8, 1, 256]);
    let sequence = members.sequence.expect("there");
    let transformer = super::super::transformer::Transformer::of(&sequence);
    for (rank, moment) in [(0, Moment::Next), (64, Moment::Unlock)] {
        let mut bytes = [0; 96];
        bytes[93] = rank;
        let past = Past::of_bytes(bytes, 15, 55).expect("a past");
        assert!(transformer.answers(&past, moment).iter().all(|answer| answer.is_finite()));
    }
}

#[test]
fn what_a_golden_vector_says_of_members_has_two_sides() {
    let manifest = Manifest {
        name: "m".to_owned(),
        version: "1".to_owned(),
        arithmetic: Arithmetic::Int8,
        feature_schema: [0; 32],
        features: FEATURES,
        shortlist: 4,
        learned_on: Vec::new(),
        seed: 0,
        held_out_fold: None,
    };
    let all = members([2, 2, 1, 1]);
    let golden = Golden {
        rows: 2,
        features: vec![0.0; 2 * FEATURES],
        correction: vec![0.0; 2],
        members: Some(MembersGolden {
            moment: Moment::UnlockOrResume,
            log_mix: vec![-1.0; 2],
            recency: vec![63, 0],
            past: Past::of_bytes([0; 96], 15, 55).expect("a past"),
            trees: vec![1.0; 2],
            sequence: vec![1.0; 2],
            answer: vec![1.0; 2],
        }),
    };
    let found = |members: &Members, change: fn(&mut wire::MembersGolden)| {
        let mut message = golden.to_wire();
        change(message.members.as_mut().expect("there"));
        check(vec![message], &manifest, Some(members))
    };
    assert_eq!(found(&all, |_| ()), Ok(vec![golden.clone()]));
    let cases: [fn(&mut wire::MembersGolden); 14] = [
        |golden| golden.moment = 3,
        |golden| golden.log_mix.push(0.0),
        |golden| golden.recency.truncate(1),
        |golden| golden.recency[0] = 64,
        |golden| golden.answer.clear(),
        |golden| golden.trees.clear(),
        |golden| golden.sequence.push(0.0),
        |golden| golden.log_mix[0] = f32::NAN,
        |golden| golden.trees[1] = f32::INFINITY,
        |golden| golden.sequence[1] = f32::NAN,
        |golden| golden.answer[1] = f32::NAN,
        |golden| golden.history.truncate(95),
        |golden| golden.gap = 16,
        |golden| golden.time = 256,
    ];
    for (n, change) in cases.into_iter().enumerate() {
        assert!(matches!(found(&all, change), Err(BundleError::Golden { vector: 0, .. })), "case {n}");
    }
    let [no_trees, no_sequence] = [Members { trees: None, ..all.clone() }, Members { sequence: None, ..all.clone() }];
    assert!(found(&no_trees, |golden| golden.trees.clear()).is_ok() && found(&no_trees, |_| ()).is_err());
    assert!(found(&no_sequence, |golden| golden.sequence.clear()).is_ok() && found(&no_sequence, |_| ()).is_err());
    let mut without = golden.to_wire();
    without.members = None;
    assert!(check(vec![without.clone()], &manifest, Some(&all)).is_err());
    assert!(check(vec![without], &manifest, None).is_ok() && check(vec![golden.to_wire()], &manifest, None).is_err());
}
