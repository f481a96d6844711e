//! A layer's numbers as the paths read them.

use crate::dense::MAX_WIDTH;

/// Inputs and outputs are handled eight at a time.
pub(crate) const LANES: usize = 8;
/// Rows that share a load of weights.
pub(crate) const ROWS: usize = 4;

/// A layer. What fills it up to whole lanes changes no result.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layer {
    pub(crate) inputs: usize,
    pub(crate) outputs: usize,
    /// One for each input, filled up to whole lanes with 0.
    pub(crate) offset: Box<[f32]>,
    /// One for each input, filled up to whole lanes with 1.
    pub(crate) step: Box<[f32]>,
    pub(crate) low: f32,
    /// Inputs x outputs, row by row; rows are filled up to whole lanes with 0. For plain multiplication.
    pub(crate) weights: Box<[i16]>,
    /// The same for multiplication in pairs: eight outputs after eight outputs, for every two inputs.
    #[cfg(target_arch = "x86_64")]
    pub(crate) pairs: Box<[Pair]>,
    /// One for each output, filled up to whole lanes with 0.
    pub(crate) bias: Box<[i32]>,
    /// One for each output, filled up to whole lanes with 0.
    pub(crate) scale: Box<[f32]>,
}

/// The weights of two inputs for eight outputs, the two of an output side by side.
#[cfg(target_arch = "x86_64")]
pub(crate) type Pair = [i16; 2 * LANES];

impl Layer {
    /// Packs parameters whose lengths were checked.
    pub(crate) fn new(
        inputs: usize,
        [offset, step]: [&[f32]; 2],
        low: f32,
        weights: &[i8],
        bias: &[i32],
        scale: &[f32],
    ) -> Self {
        let outputs = bias.len();
        let each = |values: &[f32], beyond: f32| {
            let mut each: Vec<f32> = if values.len() == 1 { vec![values[0]; inputs] } else { values.to_vec() };
            each.resize(inputs.next_multiple_of(LANES), beyond);
            each.into_boxed_slice()
        };
        let stride = outputs.next_multiple_of(LANES);
        let mut filled = Vec::with_capacity(inputs * stride);
        for row in weights.chunks_exact(outputs) {
            filled.extend(row.iter().copied().map(i16::from));
            filled.resize(filled.len().next_multiple_of(stride), 0);
        }
        let (mut bias, mut scale) = (bias.to_vec(), scale.to_vec());
        bias.resize(stride, 0);
        scale.resize(stride, 0.0);
        Self {
            inputs,
            outputs,
            offset: each(offset, 0.0),
            step: each(step, 1.0),
            low,
            #[cfg(target_arch = "x86_64")]
            pairs: pairs(&filled, inputs, stride),
            weights: filled.into(),
            bias: bias.into(),
            scale: scale.into(),
        }
    }

    /// How many outputs there are with those that fill up the last lanes.
    pub(crate) fn stride(&self) -> usize {
        self.bias.len()
    }

    /// Hands out [`ROWS`] rows at a time with the room for their outputs, and those that are left one by one.
    #[inline(always)]
    pub(crate) fn in_blocks(
        &self,
        rows: &[f32],
        out: &mut [f32],
        mut together: impl FnMut(&[f32], &mut [f32]),
        mut alone: impl FnMut(&[f32], &mut [f32]),
    ) {
        let (mut rows, mut out) = (rows.chunks_exact(ROWS * self.inputs), out.chunks_exact_mut(ROWS * self.outputs));
        while let (Some(rows), Some(out)) = (rows.next(), out.next()) {
            together(rows, out);
        }
        let rest = out.into_remainder().chunks_exact_mut(self.outputs);
        for (row, out) in rows.remainder().chunks_exact(self.inputs).zip(rest) {
            alone(row, out);
        }
    }
}

#[cfg(target_arch = "x86_64")]
fn pairs(weights: &[i16], inputs: usize, stride: usize) -> Box<[Pair]> {
    let weight = |input: usize, output: usize| if input < inputs { weights[input * stride + output] } else { 0 };
    let pair = |input, output| std::array::from_fn(|at| weight(input + at % 2, output + at / 2));
    let panel = |output| (0..inputs).step_by(2).map(move |input| pair(input, output));
    (0..stride).step_by(LANES).flat_map(panel).collect()
}

/// A row in integers; inputs that the layer does not have are 0.
#[derive(Clone, Copy)]
#[repr(align(32))]
pub(crate) struct Quantised(pub(crate) [i16; MAX_WIDTH]);

impl Quantised {
    pub(crate) const ZERO: Self = Self([0; MAX_WIDTH]);
}

/// Stores eight outputs, or as many as `out` has from `first` on.
#[inline(always)]
pub(crate) fn store(lanes: &[f32; LANES], out: &mut [f32], first: usize) {
    let out = &mut out[first..];
    match out.first_chunk_mut() {
        Some(whole) => *whole = *lanes,
        None => out.copy_from_slice(&lanes[..out.len()]),
    }
}

/// Hands out a row's inputs eight at a time with the place of the first; the last are filled up with 0.
#[inline(always)]
pub(crate) fn each_lanes(row: &[f32], mut each: impl FnMut(usize, &[f32; LANES])) {
    let (whole, rest) = row.as_chunks();
    for (place, x) in whole.iter().enumerate() {
        each(place * LANES, x);
    }
    if !rest.is_empty() {
        let mut lanes = [0.0; LANES];
        lanes[..rest.len()].copy_from_slice(rest);
        each(whole.len() * LANES, &lanes);
    }
}

/// Eight numbers of a list that is filled up to whole lanes.
#[inline(always)]
pub(crate) fn lanes<T>(list: &[T], first: usize) -> &[T; LANES] {
    list[first..].first_chunk().expect("filled up to whole lanes")
}
