//! Plain loops over slices, in the form that the compiler vectorises.

use crate::dense::MAX_WIDTH;
use crate::layer::Layer;

/// Adding this to a float of at most 2^22 rounds it half to even and leaves the integer in the lowest bits.
const ROUND: f32 = 12_582_912.0; // 1.5 * 2^23
/// Inputs that are multiplied in one pass over the sums.
const STEP: usize = 4;

/// Computes every row.
pub(crate) fn forward(layer: &Layer, rows: &[f32], out: &mut [f32]) {
    let (mut quantised, mut sums) = ([0; MAX_WIDTH], [0; MAX_WIDTH]);
    let (quantised, sums) = (&mut quantised[..layer.inputs], &mut sums[..layer.stride()]);
    for (row, out) in rows.chunks_exact(layer.inputs).zip(out.chunks_exact_mut(layer.outputs)) {
        quantise(layer, row, quantised);
        multiply(layer, quantised, sums);
        for ((out, sum), scale) in out.iter_mut().zip(&*sums).zip(&layer.scale) {
            *out = *sum as f32 * scale;
        }
    }
}

// On its own, so that the compiler sees that its slices do not overlap, and vectorises it wherever it is called from.
#[inline(never)]
#[expect(clippy::cast_possible_truncation, reason = "-127 to 127 fits")]
fn quantise(layer: &Layer, row: &[f32], out: &mut [i16]) {
    let low = layer.low;
    for (((out, x), offset), step) in out.iter_mut().zip(row).zip(&layer.offset).zip(&layer.step) {
        let steps = (x - offset) / step;
        let steps = if steps.is_nan() { 0.0 } else { steps };
        let steps = if steps > low { steps } else { low };
        let steps = if steps < 127.0 { steps } else { 127.0 };
        *out = (steps + ROUND).to_bits() as i16;
    }
}

// On its own, as `quantise`.
#[inline(never)]
fn multiply(layer: &Layer, quantised: &[i16], sums: &mut [i32]) {
    let stride = layer.stride();
    sums.copy_from_slice(&layer.bias);
    let (steps, rest) = quantised.as_chunks::<STEP>();
    let (whole, last) = layer.weights.split_at(steps.len() * STEP * stride);
    for (q, weights) in steps.iter().zip(whole.chunks_exact(STEP * stride)) {
        let (first, second) = weights.split_at(2 * stride);
        let ((a, b), (c, d)) = (first.split_at(stride), second.split_at(stride));
        for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
            *sum += product(q[0], *a) + product(q[1], *b) + product(q[2], *c) + product(q[3], *d);
        }
    }
    for (q, weights) in rest.iter().zip(last.chunks_exact(stride)) {
        for (sum, weight) in sums.iter_mut().zip(weights) {
            *sum += product(*q, *weight);
        }
    }
}

#[inline(always)]
fn product(q: i16, weight: i16) -> i32 {
    i32::from(q) * i32::from(weight)
}
