//! Trees are walked as they are drawn, and what is no tree is refused.

use ndarray::Array2;

use super::*;

/// What is refused after a change, or `fine`, and the change.
type Case = (&'static str, fn(&mut Trees));

/// Features of a row, without the mixer's word.
const FEATURES: usize = 3;

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn float(&mut self) -> f32 {
        self.below(2_001) as f32 / 1_000.0 - 1.0
    }
}

/// Random trees with so many leaves each, grown leaf by leaf.
fn grown(leaves: &[usize], seed: u64) -> Trees {
    let mut dice = Dice(seed);
    let [nodes, columns, left, right] = [const { Vec::new() }; 4];
    let mut trees = Trees { nodes, columns, thresholds: Vec::new(), left, right, leaves: Vec::new() };
    for &leaves in leaves {
        let inner = u8::try_from(leaves - 1).expect("few");
        // Each split takes a place that waits for a child; what waits at the end are leaves.
        let mut children = vec![[0_u8; 2]; usize::from(inner)];
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for node in 0..inner {
            if node > 0 {
                let at = usize::try_from(dice.below(waiting.len() as u64)).expect("few");
                let (parent, side) = waiting.swap_remove(at);
                children[parent][side] = node;
            }
            waiting.extend([(usize::from(node), 0), (usize::from(node), 1)]);
        }
        for (leaf, (parent, side)) in (usize::from(inner)..).zip(waiting) {
            children[parent][side] = u8::try_from(leaf).unwrap_or(u8::MAX);
        }
        trees.nodes.push(inner);
        for [left, right] in children {
            trees.left.push(left);
            trees.right.push(right);
            trees.columns.push(u8::try_from(dice.below(FEATURES as u64 + 1)).expect("few"));
            trees.thresholds.push(dice.float());
        }
        trees.leaves.extend((0..leaves).map(|_| dice.float()));
    }
    trees
}

/// The score of a row by the definition, one step at a time.
fn score(trees: &Trees, row: &[f32]) -> f32 {
    let (mut first, mut first_leaf, mut sum) = (0, 0, 0.0);
    for &inner in &trees.nodes {
        let mut at = 0;
        while at < inner {
            let node = first + usize::from(at);
            let goes_left = row[usize::from(trees.columns[node])] <= trees.thresholds[node];
            at = if goes_left { trees.left[node] } else { trees.right[node] };
        }
        sum += trees.leaves[first_leaf + usize::from(at - inner)];
        first += usize::from(inner);
        first_leaf += usize::from(inner) + 1;
    }
    sum
}

fn scores(trees: &Trees, rows: &[Vec<f32>]) -> Vec<f32> {
    let features: Vec<f32> = rows.iter().flat_map(|row| row[..FEATURES].iter().copied()).collect();
    let features = Array2::from_shape_vec((rows.len(), FEATURES), features).expect("rows");
    let log_mix: Vec<f32> = rows.iter().map(|row| row[FEATURES]).collect();
    Forest::of(trees).scores(features.view(), &log_mix)
}

#[test]
fn scores_are_those_of_walking_step_by_step() {
    let mut dice = Dice(7);
    for (seed, leaves) in [(1, &[1][..]), (2, &[2]), (3, &[1, 128, 1, 31]), (4, &[31; 60]), (5, &[5; 512])] {
        let trees = grown(leaves, seed);
        assert_eq!(trees.check(FEATURES), Ok(()));
        let rows: Vec<Vec<f32>> = (0..41).map(|_| (0..=FEATURES).map(|_| dice.float()).collect()).collect();
        for count in [0, 1, 7, 8, 9, 32, 41] {
            let expected: Vec<f32> = rows[..count].iter().map(|row| score(&trees, row)).collect();
            assert_eq!(scores(&trees, &rows[..count]), expected, "{count} rows, {} trees", leaves.len());
        }
    }
}

#[test]
fn a_value_at_the_threshold_goes_left_and_what_is_no_number_right() {
    let trees = Trees {
        nodes: vec![1],
        columns: vec![u8::try_from(FEATURES).expect("few")],
        thresholds: vec![0.5],
        left: vec![1],
        right: vec![2],
        leaves: vec![-1.0, 1.0],
    };
    let of = |log_mix: f32| scores(&trees, &[vec![0.0, 0.0, 0.0, log_mix]])[0];
    let values = [0.5, 0.5_f32.next_up(), f32::NEG_INFINITY, f32::INFINITY, f32::NAN];
    assert_eq!(values.map(of), [-1.0, 1.0, -1.0, 1.0, 1.0]);
}

#[test]
fn a_tree_as_deep_as_it_has_nodes_is_walked_to_its_end() {
    let inner = u8::try_from(MAX_TREE_LEAVES - 1).expect("127");
    let trees = Trees {
        nodes: vec![inner],
        columns: vec![0; inner.into()],
        thresholds: (0..inner).map(f32::from).collect(),
        left: (0..inner).map(|node| inner + node).collect(),
        right: (1..inner).chain([2 * inner]).collect(),
        leaves: (0..=inner).map(f32::from).collect(),
    };
    assert_eq!(trees.check(FEATURES), Ok(()));
    let of = |value: f32| scores(&trees, &[vec![value, 0.0, 0.0, 0.0]])[0];
    assert_eq!([-1.0, 0.5, 63.0, 125.5, 126.0, 200.0].map(of), [0.0, 1.0, 63.0, 126.0, 126.0, 127.0]);
}

#[test]
fn every_limit_of_trees_has_two_sides() {
    let good = grown(&[4, 1, 3], 11);
    let field = |change: fn(&mut Trees)| {
        let mut trees = good.clone();
        change(&mut trees);
        match trees.check(FEATURES) {
            Ok(()) => "fine",
            Err(BundleError::Field { field, .. }) => field,
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(grown(&[1; MAX_TREES], 1).check(FEATURES), Ok(()));
    assert!(grown(&[1; MAX_TREES + 1], 1).check(FEATURES).is_err());
    assert_eq!(grown(&[MAX_TREE_LEAVES], 1).check(FEATURES), Ok(()));
    assert!(grown(&[MAX_TREE_LEAVES + 1], 1).check(FEATURES).is_err());
    let cases: [Case; 17] = [
        ("fine", |_| ()),
        ("members.trees.nodes", |trees| trees.nodes.clear()),
        ("members.trees.nodes", |trees| trees.nodes[0] = 128),
        ("members.trees", |trees| trees.nodes[0] += 1),
        ("members.trees", |trees| trees.columns.truncate(4)),
        ("members.trees", |trees| trees.thresholds.push(0.0)),
        ("members.trees", |trees| trees.left.truncate(4)),
        ("members.trees", |trees| trees.right.push(0)),
        ("members.trees.leaves", |trees| trees.leaves.push(0.0)),
        ("fine", |trees| trees.columns[0] = 3),
        ("members.trees.columns", |trees| trees.columns[0] = 4),
        ("fine", |trees| trees.thresholds[0] = f32::MAX),
        ("members.trees.thresholds", |trees| trees.thresholds[0] = f32::INFINITY),
        ("members.trees.thresholds", |trees| trees.thresholds[0] = f32::NAN),
        ("fine", |trees| trees.leaves[0] = -MAX_LEAF),
        ("members.trees.leaves", |trees| trees.leaves[0] = MAX_LEAF.next_up()),
        ("members.trees.leaves", |trees| trees.leaves[0] = f32::NAN),
    ];
    for (expected, change) in cases {
        assert_eq!(field(change), expected);
    }
}

#[test]
fn children_that_are_no_tree_are_refused() {
    // A root with two inner nodes, and four leaves: 3 to 6.
    let (left, right) = ([1, 3, 5], [2, 4, 6]);
    assert!(is_tree(&left, &right) && is_tree(&[], &[]) && is_tree(&[1], &[2]));
    for (at, child) in [
        (0, 0), // its own child
        (1, 0), // back to the root
        (2, 1), // back to a node before
        (1, 1),
        (0, 2), // one child twice
        (1, 4),
        (2, 7), // behind the last leaf
        (2, 255),
    ] {
        let mut left = left;
        left[at] = child;
        assert!(!is_tree(&left, &right), "node {at}, child {child}");
    }
}
