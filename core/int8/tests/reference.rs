//! Every path against the formula written out.

#![expect(clippy::cast_possible_truncation, reason = "the formula ends in a cast")]

use foretap_int8::{Dense, DenseError, MAX_WIDTH, Path};
use proptest::prelude::*;

/// The parameters of a layer.
#[derive(Debug, Clone)]
struct Parameters {
    offset: Vec<f32>,
    step: Vec<f32>,
    low: f32,
    weights: Vec<i8>,
    bias: Vec<i32>,
    scale: Vec<f32>,
}

impl Parameters {
    fn dense(&self, inputs: usize) -> Result<Dense, DenseError> {
        Dense::new(inputs, [&self.offset, &self.step], self.low, &self.weights, &self.bias, &self.scale)
    }

    /// One element at a time, with 64-bit sums.
    fn reference(&self, inputs: usize, rows: &[f32]) -> Vec<u32> {
        let outputs = self.bias.len();
        let of = |list: &[f32], k: usize| if list.len() == 1 { list[0] } else { list[k] };
        let mut out = Vec::new();
        for row in rows.chunks_exact(inputs) {
            let quantised: Vec<i64> = (0..inputs)
                .map(|k| {
                    let steps = ((row[k] - of(&self.offset, k)) / of(&self.step, k)).round_ties_even();
                    if steps.is_nan() { 0 } else { steps.clamp(self.low, 127.0) as i64 }
                })
                .collect();
            for m in 0..outputs {
                let products = (0..inputs).map(|k| quantised[k] * i64::from(self.weights[k * outputs + m]));
                let sum = products.sum::<i64>() + i64::from(self.bias[m]);
                out.push((sum as f32 * self.scale[m]).to_bits());
            }
        }
        out
    }

    fn check(&self, inputs: usize, rows: &[f32]) {
        let (dense, expected) = (self.dense(inputs).expect("a valid layer"), self.reference(inputs, rows));
        for path in Path::available() {
            let mut out = vec![f32::NAN; expected.len()];
            dense.forward_on(path, rows, &mut out);
            let out: Vec<u32> = out.into_iter().map(f32::to_bits).collect();
            assert_eq!(out, expected, "{path:?}, {inputs} inputs, {} outputs", dense.outputs());
        }
    }
}

/// A cheap stream of numbers, so that wide layers do not slow the tests.
struct Stream(u64);

impl Stream {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// From -1 to 1.
    fn float(&mut self) -> f32 {
        (self.next() >> 40) as f32 / 8_388_608.0 - 1.0
    }

    fn weight(&mut self) -> i8 {
        i8::try_from(i64::try_from(self.next() % 255).expect("small") - 127).expect("-127 to 127")
    }

    /// Ordinary numbers, ties, and what is at the edge of a float.
    fn input(&mut self, offset: f32, step: f32) -> f32 {
        let kind = self.next() % 16;
        match kind {
            0 => f32::NAN,
            1 => f32::INFINITY,
            2 => f32::NEG_INFINITY,
            3 => f32::MAX,
            4 => f32::MIN,
            5 => f32::MIN_POSITIVE / 4.0,
            6 => -0.0,
            7..10 => offset + step * ((self.next() % 300) as f32 - 150.0 + 0.5),
            10..12 => offset + step * ((self.next() % 300) as f32 - 150.0),
            _ => offset + 200.0 * step * self.float(),
        }
    }

    fn parameters(&mut self, inputs: usize, outputs: usize) -> Parameters {
        let length = |single: u64| if single == 0 { 1 } else { inputs };
        let (offsets, steps) = (length(self.next() % 2), length(self.next() % 2));
        let exact = self.next().is_multiple_of(2);
        Parameters {
            offset: (0..offsets).map(|_| if exact { 0.25 } else { self.float() }).collect(),
            step: (0..steps).map(|_| if exact { 0.5 } else { self.float().abs() + 1e-3 }).collect(),
            low: [-127.0, 0.0, -5.0][usize::try_from(self.next() % 3).expect("small")],
            weights: (0..inputs * outputs).map(|_| self.weight()).collect(),
            bias: (0..outputs).map(|_| i32::try_from(self.next() % 2_000_000).expect("small") - 1_000_000).collect(),
            scale: (0..outputs).map(|_| self.float()).collect(),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_path_gives_the_bits_of_the_formula(
        inputs in 1..=MAX_WIDTH, outputs in 1..=MAX_WIDTH, rows in 1..=64_usize, seed in 1..u64::MAX,
    ) {
        let mut stream = Stream(seed);
        let parameters = stream.parameters(inputs, outputs);
        let (offset, step) = (&parameters.offset, &parameters.step);
        let rows: Vec<f32> =
            (0..rows * inputs).map(|at| stream.input(offset[at % inputs % offset.len()], step[at % inputs % step.len()])).collect();
        parameters.check(inputs, &rows);
    }
}

#[test]
fn every_width_around_a_vector_is_right() {
    let mut stream = Stream(7);
    for inputs in (1..=34).chain([63, 64, 65, 72, 255, 256]) {
        for outputs in (1..=18).chain([31, 32, 33, 64]) {
            let parameters = stream.parameters(inputs, outputs);
            let rows: Vec<f32> = (0..5 * inputs).map(|_| stream.input(0.25, 0.5)).collect();
            parameters.check(inputs, &rows);
        }
    }
}

#[test]
fn the_greatest_sums_are_exact() {
    for (weight, bias) in [(127, 12_000_000), (-127, -12_000_000)] {
        let parameters = Parameters {
            offset: vec![0.0],
            step: vec![1.0],
            low: -127.0,
            weights: vec![weight; 256],
            bias: vec![bias],
            scale: vec![1.0],
        };
        parameters.check(256, &[f32::INFINITY; 512]);
        parameters.check(256, &[f32::NEG_INFINITY; 512]);
    }
}

/// A layer of one input and one output that hands on what was quantised.
fn identity(low: f32) -> Dense {
    Dense::new(1, [&[10.0], &[2.0]], low, &[1], &[0], &[1.0]).expect("a valid layer")
}

#[test]
fn ties_go_to_the_even_number_nan_to_zero_and_infinities_to_the_limits() {
    for path in Path::available() {
        for (low, x, expected) in [
            (-127.0, 11.0, 0.0),
            (-127.0, 13.0, 2.0),
            (-127.0, 15.0, 2.0),
            (-127.0, 9.0, 0.0),
            (-127.0, 7.0, -2.0),
            (-127.0, f32::NAN, 0.0),
            (-127.0, -f32::NAN, 0.0),
            (-127.0, f32::INFINITY, 127.0),
            (-127.0, f32::NEG_INFINITY, -127.0),
            (-127.0, f32::MAX, 127.0),
            (0.0, 7.0, 0.0),
            (0.0, f32::NAN, 0.0),
            (0.0, f32::NEG_INFINITY, 0.0),
        ] {
            let mut out = [f32::NAN; 5];
            identity(low).forward_on(path, &[x; 5], &mut out);
            assert_eq!(out, [expected; 5], "{path:?}: {x}");
        }
    }
}

#[test]
fn no_rows_give_nothing() {
    for path in Path::available() {
        identity(0.0).forward_on(path, &[], &mut []);
    }
}

#[test]
#[should_panic(expected = "whole rows")]
fn half_a_row_is_refused() {
    let dense = Dense::new(2, [&[0.0], &[1.0]], 0.0, &[1, 1], &[0], &[1.0]).expect("a valid layer");
    dense.forward(&[1.0; 3], &mut [0.0]);
}

#[test]
fn what_does_not_fit_or_is_out_of_range_is_refused() {
    let good = Parameters {
        offset: vec![0.0; 3],
        step: vec![1.0],
        low: 0.0,
        weights: vec![1; 6],
        bias: vec![0; 2],
        scale: vec![1.0; 2],
    };
    assert_eq!(good.dense(3).map(|dense| (dense.inputs(), dense.outputs())), Ok((3, 2)));
    let refused = |change: fn(&mut Parameters)| {
        let mut parameters = good.clone();
        change(&mut parameters);
        parameters.dense(3).expect_err("refused")
    };
    assert_eq!(refused(|p| p.offset.push(0.0)), DenseError::Length { what: "offset", length: 4 });
    assert_eq!(refused(|p| p.step.clear()), DenseError::Length { what: "step", length: 0 });
    assert_eq!(refused(|p| p.weights.truncate(5)), DenseError::Length { what: "weights", length: 5 });
    assert_eq!(refused(|p| p.scale.push(1.0)), DenseError::Length { what: "scale", length: 3 });
    assert_eq!(refused(|p| p.bias.clear()), DenseError::Width { inputs: 3, outputs: 0 });
    assert_eq!(good.dense(0), Err(DenseError::Width { inputs: 0, outputs: 2 }));
    assert_eq!(good.dense(257), Err(DenseError::Width { inputs: 257, outputs: 2 }));
    assert_eq!(refused(|p| p.offset[1] = f32::NAN), DenseError::Value { what: "offset" });
    for step in [0.0, -1.0, f32::INFINITY, f32::NAN] {
        let mut parameters = good.clone();
        parameters.step[0] = step;
        assert_eq!(parameters.dense(3), Err(DenseError::Value { what: "step" }), "{step}");
    }
    for low in [-128.0, 1.0, -0.5, f32::NAN, f32::NEG_INFINITY] {
        assert_eq!(Parameters { low, ..good.clone() }.dense(3), Err(DenseError::Value { what: "low" }), "{low}");
    }
    assert_eq!(refused(|p| p.weights[5] = -128), DenseError::Value { what: "weights" });
    assert_eq!(refused(|p| p.scale[0] = f32::INFINITY), DenseError::Value { what: "scale" });
    assert_eq!(refused(|p| p.bias[1] = (1 << 24) - 3 * 127), DenseError::Sum { output: 1 });
    assert_eq!(refused(|p| p.bias[0] = i32::MIN), DenseError::Sum { output: 0 });
    assert!(!format!("{}", refused(|p| p.bias[0] = i32::MIN)).is_empty());
}
