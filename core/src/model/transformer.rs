//! The sequence member at work: the last openings in, a correction for each place in the order of last use out.

use std::ops::Range;

use ndarray::{Array1, Array2, ArrayView1, ArrayView2, ArrayViewMut1, Axis};

use super::sequence::{ANSWERS, Sequence, Shape, taken};
use crate::habits::{Moment, Past};

/// A checked [`Sequence`] in floats, ready to answer.
///
/// Layers normalise first (Xiong and others 2020), attention is that of Vaswani and others 2017. The last layer computes the
/// question's position only. Where there were fewer openings, the positions before the first are left out, which is what
/// masking them means.
#[derive(Debug)]
pub(super) struct Transformer {
    heads: usize,
    /// Rank, gap, time, moment, position: one row for each value.
    tables: [Array2<f32>; 5],
    layers: Vec<Layer>,
    norm: Norm,
    answer: Array2<f32>,
    /// By moment.
    bias: Array2<f32>,
}

#[derive(Debug)]
struct Layer {
    attention_norm: Norm,
    query: Array2<f32>,
    /// Keys, then values: one product for both.
    key_value: Array2<f32>,
    output: Array2<f32>,
    hidden_norm: Norm,
    first: Array2<f32>,
    first_bias: Array1<f32>,
    second: Array2<f32>,
    second_bias: Array1<f32>,
}

#[derive(Debug)]
struct Norm {
    gain: Array1<f32>,
    offset: Array1<f32>,
}

impl Transformer {
    /// Makes floats of a model that was checked.
    pub(super) fn of(sequence: &Sequence) -> Self {
        let (mut weights, mut scales, mut floats) = (&sequence.weights[..], &sequence.scales[..], &sequence.floats[..]);
        let mut tensors = sequence.shapes().into_iter().map(|shape| {
            let (weights, scales) =
                (taken(&mut weights, shape.rows * shape.columns), taken(&mut scales, shape.scales()));
            dequantised(shape, weights, scales)
        });
        let mut next = || tensors.next().expect("checked sizes");
        let mut vector = |length| Array1::from_vec(taken(&mut floats, length).to_vec());
        let tables = std::array::from_fn(|_| next());
        let (width, hidden) = (sequence.width, sequence.hidden);
        let layer = |_| {
            let [query, key, value, output, first, second] = std::array::from_fn(|_| next());
            let key_value = ndarray::concatenate(Axis(1), &[key.view(), value.view()]).expect("as many rows");
            let attention_norm = Norm { gain: vector(width), offset: vector(width) };
            let hidden_norm = Norm { gain: vector(width), offset: vector(width) };
            let (first_bias, second_bias) = (vector(hidden), vector(width));
            Layer { attention_norm, query, key_value, output, hidden_norm, first, first_bias, second, second_bias }
        };
        let layers = (0..sequence.layers).map(layer).collect();
        let norm = Norm { gain: vector(width), offset: vector(width) };
        let bias = vector(Moment::ALL.len() * ANSWERS).into_shape_with_order((Moment::ALL.len(), ANSWERS));
        Self { heads: sequence.heads, tables, layers, norm, answer: next(), bias: bias.expect("checked sizes") }
    }

    /// The correction of the candidate at each place in the order of last use, in nats.
    pub(super) fn answers(&self, past: &Past, moment: Moment) -> Array1<f32> {
        let mut x = self.embedded(past, moment);
        for (n, layer) in self.layers.iter().enumerate() {
            let is_last = n + 1 == self.layers.len();
            x = layer.forward(x, self.heads, is_last);
        }
        let mut question = x.row(x.nrows() - 1).to_owned();
        self.norm.apply(question.view_mut());
        question.dot(&self.answer) + self.bias.row(moment as usize)
    }

    /// The openings, the oldest first, and the question after them: `[position][width]`.
    fn embedded(&self, past: &Past, moment: Moment) -> Array2<f32> {
        let [ranks, gaps, times, moments, positions] = &self.tables;
        let missing = past.openings.iter().take_while(|token| token.rank == 0).count();
        let mut x = rows(positions.view(), missing..positions.nrows()).to_owned();
        let mut add = |row: usize, parts: [ArrayView1<'_, f32>; 3]| {
            parts.iter().for_each(|part| x.row_mut(row).scaled_add(1.0, part));
        };
        for (row, token) in past.openings[missing..].iter().enumerate() {
            let [rank, gap, time] = token.bytes().map(usize::from);
            add(row, [ranks.row(rank), gaps.row(gap), times.row(time)]);
        }
        let [gap, time] = [past.gap, past.time].map(usize::from);
        add(past.openings.len() - missing, [moments.row(moment as usize), gaps.row(gap), times.row(time)]);
        x
    }
}

impl Layer {
    /// The positions after this layer; of the last one, the question's alone.
    fn forward(&self, mut x: Array2<f32>, heads: usize, is_last: bool) -> Array2<f32> {
        let normed = self.attention_norm.of(&x);
        let key_value = normed.dot(&self.key_value);
        let asking = if is_last { normed.nrows() - 1 } else { 0 };
        let query = rows(normed.view(), asking..normed.nrows()).dot(&self.query);
        x.slice_axis_inplace(Axis(0), (asking..).into());
        x += &attention(query.view(), key_value.view(), heads).dot(&self.output);
        let mut hidden = self.hidden_norm.of(&x).dot(&self.first) + &self.first_bias;
        hidden.mapv_inplace(|value| value.max(0.0));
        x += &hidden.dot(&self.second);
        x += &self.second_bias;
        x
    }
}

/// What each asking position takes from all of them, head by head: `[asking][width]`.
fn attention(query: ArrayView2<'_, f32>, key_value: ArrayView2<'_, f32>, heads: usize) -> Array2<f32> {
    let width = query.ncols();
    let of_head = width / heads;
    let scale = 1.0 / (of_head as f32).sqrt();
    let mut taken = Array2::zeros(query.raw_dim());
    for first in (0..width).step_by(of_head) {
        let head = first..first + of_head;
        let keys = columns(key_value, head.clone());
        let values = columns(key_value, width + head.start..width + head.end);
        let mut shares = columns(query, head.clone()).dot(&keys.t());
        shares.rows_mut().into_iter().for_each(|row| softmax(row, scale));
        taken.slice_axis_mut(Axis(1), head.into()).assign(&shares.dot(&values));
    }
    taken
}

fn rows(of: ArrayView2<'_, f32>, rows: Range<usize>) -> ArrayView2<'_, f32> {
    of.slice_axis_move(Axis(0), rows.into())
}

fn columns(of: ArrayView2<'_, f32>, columns: Range<usize>) -> ArrayView2<'_, f32> {
    of.slice_axis_move(Axis(1), columns.into())
}

fn softmax(mut row: ArrayViewMut1<'_, f32>, scale: f32) {
    let highest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.mapv_inplace(|value| ((value - highest) * scale).exp());
    let sum = row.sum();
    row /= sum;
}

impl Norm {
    fn of(&self, x: &Array2<f32>) -> Array2<f32> {
        let mut normed = x.clone();
        normed.rows_mut().into_iter().for_each(|row| self.apply(row));
        normed
    }

    fn apply(&self, mut row: ArrayViewMut1<'_, f32>) {
        let count = row.len() as f32;
        let mean = row.sum() / count;
        row -= mean;
        let deviation = (row.iter().map(|value| value * value).sum::<f32>() / count + EPSILON).sqrt();
        row /= deviation;
        row *= &self.gain;
        row += &self.offset;
    }
}

/// What is added to a variance, so that a row without any is no division by zero.
const EPSILON: f32 = 1e-5;

fn dequantised(shape: Shape, weights: &[i8], scales: &[f32]) -> Array2<f32> {
    Array2::from_shape_fn((shape.rows, shape.columns), |(row, column)| {
        let scale = scales[if shape.is_table { row } else { column }];
        f32::from(weights[row * shape.columns + column]) * scale
    })
}
