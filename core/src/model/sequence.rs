//! The sequence member as a bundle holds it: a small Transformer over the last openings, its weights as 8-bit integers.

use super::wire;
use crate::config::{MAX_CANDIDATES, MAX_SEQUENCE_HEADS, MAX_SEQUENCE_HIDDEN, MAX_SEQUENCE_LAYERS, MAX_SEQUENCE_WIDTH};
use crate::error::BundleError;
use crate::habits::{LAST_RANK, LONGEST_GAP, Moment, PAST};

/// A sequence model as a bundle holds it. With d the width, f the width of the hidden layers:
///
/// - `weights`: the tables of rank (65 x d), gap (16 x d), time (128 x d), moment (3 x d) and position (33 x d); of each
///   layer query, key, value and output (d x d each, inputs by outputs), first (d x f) and second (f x d); last the
///   answer's matrix (d x 64);
/// - `scales`: what a unit is worth, one for each row of the tables and each output of the matrices, in that order;
/// - `floats`: of each layer gain and offset of the first norm (d each), of the second norm (d each), and the biases of
///   first (f) and second (d); then gain and offset of the last norm (d each) and the answer's bias (3 x 64, by moment).
#[derive(Debug, Clone, PartialEq)]
pub struct Sequence {
    /// How many numbers stand for a position, at most 128 and a multiple of `heads`.
    pub width: usize,
    /// Heads of attention, at most 8.
    pub heads: usize,
    /// Layers, at most 4.
    pub layers: usize,
    /// The width of the hidden layers, at most 256.
    pub hidden: usize,
    /// The weights in units of their scales, -127..=127.
    pub weights: Vec<i8>,
    /// What a unit is worth, 0..=64.
    pub scales: Vec<f32>,
    /// Norms and biases, -64..=64.
    pub floats: Vec<f32>,
}

impl Sequence {
    /// Checks sizes and ranges. Within these no sum can overflow, whatever was opened.
    ///
    /// # Errors
    /// [`BundleError::Field`] with the part that is not what it must be.
    pub(super) fn check(&self) -> Result<(), BundleError> {
        let bad = |field, limit| Err(BundleError::Field { field, limit });
        if !(1..=MAX_SEQUENCE_WIDTH).contains(&self.width) {
            return bad("members.sequence.width", "1 to 128");
        }
        if !(1..=MAX_SEQUENCE_HEADS).contains(&self.heads) || !self.width.is_multiple_of(self.heads) {
            return bad("members.sequence.heads", "1 to 8, and divide the width");
        }
        if !(1..=MAX_SEQUENCE_LAYERS).contains(&self.layers) {
            return bad("members.sequence.layers", "1 to 4");
        }
        if !(1..=MAX_SEQUENCE_HIDDEN).contains(&self.hidden) {
            return bad("members.sequence.hidden", "1 to 256");
        }
        let lengths = self.lengths();
        for (n, (length, field)) in [
            (self.weights.len(), "members.sequence.weights"),
            (self.scales.len(), "members.sequence.scales"),
            (self.floats.len(), "members.sequence.floats"),
        ]
        .into_iter()
        .enumerate()
        {
            if lengths.is_none_or(|lengths| lengths[n] != length) {
                return bad(field, "as many as the sizes say");
            }
        }
        if self.weights.contains(&i8::MIN) {
            return bad("members.sequence.weights", "from -127 to 127");
        }
        if !self.scales.iter().all(|scale| (0.0..=LARGEST).contains(scale)) {
            return bad("members.sequence.scales", "numbers from 0 to 64");
        }
        if !self.floats.iter().all(|float| (-LARGEST..=LARGEST).contains(float)) {
            return bad("members.sequence.floats", "numbers from -64 to 64");
        }
        Ok(())
    }

    /// How many weights, scales and floats a model of these sizes has; `None` where a size is beyond its limit.
    #[must_use]
    pub fn lengths(&self) -> Option<[usize; 3]> {
        let limits = [MAX_SEQUENCE_WIDTH, MAX_SEQUENCE_LAYERS, MAX_SEQUENCE_HIDDEN];
        if [self.width, self.layers, self.hidden].iter().zip(limits).any(|(size, limit)| *size > limit) {
            return None;
        }
        let shapes = self.shapes();
        let weights = shapes.iter().map(|shape| shape.rows * shape.columns).sum();
        let of_layers = self.layers * (5 * self.width + self.hidden);
        let floats = of_layers + 2 * self.width + Moment::ALL.len() * ANSWERS;
        Some([weights, shapes.iter().map(Shape::scales).sum(), floats])
    }

    /// The shapes of the tables and matrices, in the order of the weights.
    pub(super) fn shapes(&self) -> Vec<Shape> {
        let (width, hidden) = (self.width, self.hidden);
        let table = |rows| Shape { rows, columns: width, is_table: true };
        let matrix = |rows, columns| Shape { rows, columns, is_table: false };
        let layer = [[matrix(width, width); 4].as_slice(), &[matrix(width, hidden), matrix(hidden, width)]].concat();
        [TABLES.map(table).as_slice(), &layer.repeat(self.layers), &[matrix(width, ANSWERS)]].concat()
    }

    pub(super) fn to_wire(&self) -> wire::Sequence {
        // What does not fit is out of range either way.
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        wire::Sequence {
            width: number(self.width),
            heads: number(self.heads),
            layers: number(self.layers),
            hidden: number(self.hidden),
            weights: self.weights.iter().map(|weight| weight.to_le_bytes()[0]).collect(),
            scales: self.scales.clone(),
            floats: self.floats.clone(),
        }
    }

    pub(super) fn of_wire(found: wire::Sequence) -> Self {
        let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        Self {
            width: number(found.width),
            heads: number(found.heads),
            layers: number(found.layers),
            hidden: number(found.hidden),
            weights: found.weights.into_iter().map(|byte| i8::from_le_bytes([byte])).collect(),
            scales: found.scales,
            floats: found.floats,
        }
    }
}

/// The shape of a table or a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) rows: usize,
    pub(super) columns: usize,
    /// Tables have a scale for each row, matrices for each column: an output.
    pub(super) is_table: bool,
}

impl Shape {
    pub(super) const fn scales(&self) -> usize {
        if self.is_table { self.rows } else { self.columns }
    }
}

/// How many candidates get an answer, by their place in the order of last use.
pub(super) const ANSWERS: usize = MAX_CANDIDATES;
/// The rows of the tables: ranks with the one that says nothing, gaps, times, moments, positions with the question's.
const TABLES: [usize; 5] = [LAST_RANK as usize + 1, LONGEST_GAP as usize + 1, 128, Moment::ALL.len(), PAST + 1];
/// The largest scale, gain, offset and bias.
const LARGEST: f32 = 64.0;

/// Takes one part after the other from the front of a slice.
pub(super) fn taken<'a, T>(from: &mut &'a [T], count: usize) -> &'a [T] {
    let (part, rest) = from.split_at(count);
    *from = rest;
    part
}
