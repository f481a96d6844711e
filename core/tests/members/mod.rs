//! Made-up members of bundles, and what they must answer: computed by the definition, one number at a time and in double
//! precision where that is not the definition.
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use foretap_core::habits::{Moment, PAST, Past};
use foretap_core::model::{Bundle, BundleParts, Golden, Members, MembersGolden, Router, Sequence, Trees, Weights};

use crate::lives::Random;

/// The members of a bundle that takes the shipped one's place.
pub struct Made {
    pub trees: Trees,
    pub sequence: Sequence,
}

impl Made {
    /// Sixty trees of eight leaves, and two layers of width 16.
    pub fn new(seed: u64) -> Self {
        let mut random = Random(seed);
        Self { trees: trees(&mut random, 60), sequence: sequence(&mut random, [16, 4, 2, 24]) }
    }

    /// The shipped graph with these members, and golden vectors of their own.
    pub fn parts(&self, weights: [Weights; 3], router: Option<Router>) -> BundleParts {
        let shipped = Bundle::shipped().expect("valid");
        let members =
            Members { weights, trees: Some(self.trees.clone()), sequence: Some(self.sequence.clone()), router };
        let mut random = Random(77);
        let golden = shipped.golden().iter().enumerate();
        let golden = golden.map(|(n, golden)| self.golden(&mut random, n, golden.clone(), &members)).collect();
        BundleParts {
            manifest: shipped.manifest().clone(),
            onnx: shipped.onnx().to_vec(),
            calibration: *shipped.calibration(),
            start_weights: shipped.start_weights().to_string(),
            golden,
            members: Some(members),
        }
    }

    fn golden(&self, random: &mut Random, n: usize, golden: Golden, members: &Members) -> Golden {
        let step = if n.is_multiple_of(2) { 3.0 } else { 0.1 };
        let log_mix: Vec<f32> = (0..golden.rows).map(|row| -0.5 - step * row as f32).collect();
        let recency: Vec<usize> = (0..golden.rows).map(|row| (row * 7 + n) % 64).collect();
        let (moment, past) = (Moment::ALL[n % 3], past(random, [0, 1, 31, 32][n % 4]));
        let width = golden.features.len() / golden.rows;
        let rows = golden.features.chunks(width).zip(&log_mix);
        let rows: Vec<Vec<f32>> = rows.map(|(row, &log_mix)| [row, &[log_mix]].concat()).collect();
        let trees: Vec<f32> = rows.iter().map(|row| score(&self.trees, row)).collect();
        let answers = answers(&self.sequence, &past, moment);
        let sequence: Vec<f32> = recency.iter().map(|&place| answers[place]).collect();
        let certainty = log_mix.get(1).map_or(f32::INFINITY, |second| log_mix[0] - second);
        let router = members.router.as_ref().filter(|router| certainty > router.certainty[moment as usize]);
        let weights = router.map_or(members.weights, |router| router.weights)[moment as usize];
        let answer = (0..golden.rows).map(|row| {
            weights.mlp * golden.correction[row] + weights.trees * trees[row] + weights.sequence * sequence[row]
        });
        let answer = answer.collect();
        Golden { members: Some(MembersGolden { moment, log_mix, recency, past, trees, sequence, answer }), ..golden }
    }
}

/// One of three.
pub const fn weights(mlp: f32, trees: f32, sequence: f32) -> Weights {
    Weights { mlp, trees, sequence }
}

fn float(random: &mut Random, most: f32) -> f32 {
    most * (random.below(2_001) as f32 / 1_000.0 - 1.0)
}

fn byte(random: &mut Random, below: u64) -> u8 {
    u8::try_from(random.below(below)).expect("a byte")
}

/// A past of so many openings.
fn past(random: &mut Random, known: usize) -> Past {
    let mut bytes = [0; 3 * PAST];
    for opening in bytes[3 * (PAST - known)..].chunks_mut(3) {
        opening.copy_from_slice(&[1 + byte(random, 64), byte(random, 16), byte(random, 24) + 32 * byte(random, 4)]);
    }
    Past::of_bytes(bytes, byte(random, 16), byte(random, 24) + 32 * byte(random, 2)).expect("a past")
}

/// Trees of seven inner nodes: a chain of three, and a full tree below it.
fn trees(random: &mut Random, count: usize) -> Trees {
    let inner = 7 * count;
    Trees {
        nodes: vec![7; count],
        columns: (0..inner).map(|_| byte(random, 73)).collect(),
        thresholds: (0..inner).map(|_| float(random, 4.0)).collect(),
        left: [7, 2, 9, 4, 10, 12, 13].repeat(count),
        right: [1, 8, 3, 5, 11, 6, 14].repeat(count),
        leaves: (0..8 * count).map(|_| float(random, 0.05)).collect(),
    }
}

/// A sequence model of this width, heads, layers and hidden width.
fn sequence(random: &mut Random, [width, heads, layers, hidden]: [usize; 4]) -> Sequence {
    let mut made =
        Sequence { width, heads, layers, hidden, weights: Vec::new(), scales: Vec::new(), floats: Vec::new() };
    let [weights, scales, floats] = made.lengths().expect("small");
    made.weights = (0..weights).map(|_| i8::try_from(random.below(255)).unwrap_or(-100)).collect();
    made.scales = (0..scales).map(|_| 0.002 + float(random, 0.001)).collect();
    made.floats = (0..floats).map(|_| 1.0 + float(random, 0.5)).collect();
    made
}

/// The score of a row: leaf by leaf, in single precision.
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

type Rows = Vec<Vec<f64>>;

/// What a sequence model answers, position by position with every key masked that was never opened.
#[expect(clippy::cast_possible_truncation, reason = "answers are floats of 32 bits")]
fn answers(model: &Sequence, past: &Past, moment: Moment) -> Vec<f32> {
    let (d, f) = (model.width, model.hidden);
    let (mut weights, mut scales, mut floats) = (model.weights.iter(), model.scales.iter(), model.floats.iter());
    let mut tensor = |rows: usize, columns: usize, is_table: bool| -> Rows {
        let scales: Vec<f64> =
            scales.by_ref().take(if is_table { rows } else { columns }).map(|&scale| scale.into()).collect();
        let mut row = |n: usize| -> Vec<f64> {
            let of_row = weights.by_ref().take(columns).enumerate();
            of_row.map(|(column, &weight)| f64::from(weight) * scales[if is_table { n } else { column }]).collect()
        };
        (0..rows).map(&mut row).collect()
    };
    let mut vector = |length: usize| -> Vec<f64> { floats.by_ref().take(length).map(|&float| float.into()).collect() };
    let [ranks, gaps, times, moments, positions] = [65, 16, 128, 3, 33].map(|rows| tensor(rows, d, true));
    let sum = |rows: [&Vec<f64>; 4]| -> Vec<f64> { (0..d).map(|n| rows.iter().map(|row| row[n]).sum()).collect() };
    let mut x: Rows = past
        .openings
        .iter()
        .zip(&positions)
        .map(|(token, position)| {
            let [rank, gap, time] = token.bytes().map(usize::from);
            sum([&ranks[rank], &gaps[gap], &times[time], position])
        })
        .collect();
    x.push(sum([
        &moments[moment as usize],
        &gaps[usize::from(past.gap)],
        &times[usize::from(past.time)],
        &positions[32],
    ]));
    let is_key: Vec<bool> = past.openings.iter().map(|token| token.rank > 0).chain([true]).collect();
    for _ in 0..model.layers {
        let [query, key, value, output] = [(); 4].map(|()| tensor(d, d, false));
        let (first, second) = (tensor(d, f, false), tensor(f, d, false));
        let (attention_norm, hidden_norm) = ([vector(d), vector(d)], [vector(d), vector(d)]);
        let (first_bias, second_bias) = (vector(f), vector(d));
        let a: Rows = x.iter().map(|row| normed(row, &attention_norm)).collect();
        let [queries, keys, values] =
            [&query, &key, &value].map(|m| a.iter().map(|row| times_matrix(row, m)).collect::<Rows>());
        let of_head = d / model.heads;
        for (position, row) in x.iter_mut().enumerate() {
            let mut taken = vec![0.0; d];
            for head in 0..model.heads {
                let part = head * of_head..(head + 1) * of_head;
                let score = |key: &Vec<f64>| -> f64 {
                    part.clone().map(|n| queries[position][n] * key[n]).sum::<f64>() / (of_head as f64).sqrt()
                };
                let shares: Vec<f64> = keys
                    .iter()
                    .zip(&is_key)
                    .map(|(key, is_key)| if *is_key { score(key).exp() } else { 0.0 })
                    .collect();
                let all: f64 = shares.iter().sum();
                for n in part.clone() {
                    taken[n] = values.iter().zip(&shares).map(|(value, share)| value[n] * share / all).sum();
                }
            }
            row.iter_mut().zip(times_matrix(&taken, &output)).for_each(|(x, part)| *x += part);
        }
        for row in &mut x {
            let hidden = times_matrix(&normed(row, &hidden_norm), &first);
            let hidden: Vec<f64> = hidden.iter().zip(&first_bias).map(|(h, bias)| (h + bias).max(0.0)).collect();
            let parts = times_matrix(&hidden, &second).into_iter().zip(&second_bias);
            row.iter_mut().zip(parts).for_each(|(x, (part, bias))| *x += part + bias);
        }
    }
    let matrix = tensor(d, 64, false);
    let norm = [vector(d), vector(d)];
    let bias: Rows = (0..3).map(|_| vector(64)).collect();
    let answer = times_matrix(&normed(&x[32], &norm), &matrix);
    answer.iter().zip(&bias[moment as usize]).map(|(answer, bias)| (answer + bias) as f32).collect()
}

fn times_matrix(row: &[f64], matrix: &Rows) -> Vec<f64> {
    (0..matrix[0].len()).map(|column| row.iter().zip(matrix).map(|(x, weights)| x * weights[column]).sum()).collect()
}

fn normed(row: &[f64], [gain, offset]: &[Vec<f64>; 2]) -> Vec<f64> {
    let mean = row.iter().sum::<f64>() / row.len() as f64;
    let variance = row.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / row.len() as f64;
    let of = |((x, gain), offset): ((&f64, &f64), &f64)| (x - mean) / (variance + 1e-5).sqrt() * gain + offset;
    row.iter().zip(gain).zip(offset).map(of).collect()
}
