//! 128-bit vectors of ARM64: four rows by eight outputs at a time.

use std::arch::aarch64::*;

use crate::layer::{LANES, Layer, Quantised, ROWS, each_lanes, lanes, store};
use memory::{floats, integers, integers_of_four, lanes_of, store_integers, sums_of};

/// Inputs whose integers are loaded together.
const STEP: usize = 4;

/// Computes every row. Only for processors with NEON.
#[target_feature(enable = "neon")]
pub(crate) fn forward(layer: &Layer, rows: &[f32], out: &mut [f32]) {
    let (mut together, mut alone) = ([Quantised::ZERO; ROWS], [Quantised::ZERO]);
    layer.in_blocks(
        rows,
        out,
        |rows, out| block(layer, rows, out, &mut together),
        |row, out| block(layer, row, out, &mut alone),
    );
}

#[target_feature(enable = "neon")]
#[inline]
fn block<const R: usize>(layer: &Layer, rows: &[f32], out: &mut [f32], quantised: &mut [Quantised; R]) {
    for (row, quantised) in rows.chunks_exact(layer.inputs).zip(&mut *quantised) {
        each_lanes(row, |first, x| quantise(layer, first, x, quantised));
    }
    for first in (0..layer.stride()).step_by(LANES) {
        columns(layer, first, quantised, out);
    }
}

/// Quantises eight inputs, the first of which is `first`.
#[target_feature(enable = "neon")]
#[inline]
fn quantise(layer: &Layer, first: usize, x: &[f32; LANES], out: &mut Quantised) {
    let [offset, step] = [&layer.offset, &layer.step].map(|list| floats(lanes(list, first)));
    let x = floats(x);
    let half = |half: usize| {
        let steps = vdivq_f32(vsubq_f32(x[half], offset[half]), step[half]);
        let numbers = vandq_u32(vreinterpretq_u32_f32(steps), vceqq_f32(steps, steps));
        let steps = vmaxq_f32(vreinterpretq_f32_u32(numbers), vdupq_n_f32(layer.low));
        // Rounds half to even, whatever the processor's rounding mode is.
        vmovn_s32(vcvtnq_s32_f32(vminq_f32(steps, vdupq_n_f32(127.0))))
    };
    let packed = vcombine_s16(half(0), half(1));
    store_integers(packed, out.0[first..].first_chunk_mut().expect("filled up to whole lanes"));
}

/// Multiplies `R` quantised rows with eight outputs, the first of which is `first`, and rescales.
#[target_feature(enable = "neon")]
#[inline]
fn columns<const R: usize>(layer: &Layer, first: usize, quantised: &[Quantised; R], out: &mut [f32]) {
    let stride = layer.stride();
    let mut sums = [sums_of(lanes(&layer.bias, first)); R];
    let mut steps = layer.weights.chunks_exact(STEP * stride);
    for (step, weights) in steps.by_ref().enumerate() {
        let weights: [_; STEP] = std::array::from_fn(|k| integers(lanes(weights, k * stride + first)));
        for (sums, quantised) in sums.iter_mut().zip(quantised) {
            let q = integers_of_four(lanes_of_step(quantised, step * STEP));
            add::<0>(sums, weights[0], q);
            add::<1>(sums, weights[1], q);
            add::<2>(sums, weights[2], q);
            add::<3>(sums, weights[3], q);
        }
    }
    let rest = layer.inputs / STEP * STEP;
    for (k, weights) in steps.remainder().chunks_exact(stride).enumerate() {
        let weights = integers(lanes(weights, first));
        for (sums, quantised) in sums.iter_mut().zip(quantised) {
            add::<0>(sums, weights, vdup_n_s16(quantised.0[rest + k]));
        }
    }
    let scale = floats(lanes(&layer.scale, first));
    for (sums, out) in sums.iter().zip(out.chunks_exact_mut(layer.outputs)) {
        let half = |half: usize| vmulq_f32(vcvtq_f32_s32(sums[half]), scale[half]);
        store(&lanes_of([half(0), half(1)]), out, first);
    }
}

/// Adds the products of eight weights with lane `L` of `q`.
#[target_feature(enable = "neon")]
#[inline]
fn add<const L: i32>(sums: &mut [int32x4_t; 2], weights: int16x8_t, q: int16x4_t) {
    sums[0] = vmlal_lane_s16::<L>(sums[0], vget_low_s16(weights), q);
    sums[1] = vmlal_high_lane_s16::<L>(sums[1], weights, q);
}

#[target_feature(enable = "neon")]
#[inline]
fn lanes_of_step(quantised: &Quantised, first: usize) -> &[i16; STEP] {
    quantised.0[first..].first_chunk().expect("a row has room for whole steps")
}

#[expect(unsafe_code, reason = "loads and stores take pointers")]
mod memory {
    //! Arrays from and to vectors of the same size.

    use super::*;

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn integers(from: &[i16; LANES]) -> int16x8_t {
        // SAFETY: 16 bytes can be read from `from`.
        unsafe { vld1q_s16(from.as_ptr()) }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn integers_of_four(from: &[i16; STEP]) -> int16x4_t {
        // SAFETY: 8 bytes can be read from `from`.
        unsafe { vld1_s16(from.as_ptr()) }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn sums_of(from: &[i32; LANES]) -> [int32x4_t; 2] {
        // SAFETY: 32 bytes can be read from `from`.
        unsafe { [vld1q_s32(from.as_ptr()), vld1q_s32(from[4..].as_ptr())] }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn floats(from: &[f32; LANES]) -> [float32x4_t; 2] {
        // SAFETY: 32 bytes can be read from `from`.
        unsafe { [vld1q_f32(from.as_ptr()), vld1q_f32(from[4..].as_ptr())] }
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn lanes_of(vectors: [float32x4_t; 2]) -> [f32; LANES] {
        let mut lanes = [0.0; LANES];
        // SAFETY: 32 bytes can be written to `lanes`.
        unsafe {
            vst1q_f32(lanes.as_mut_ptr(), vectors[0]);
            vst1q_f32(lanes[4..].as_mut_ptr(), vectors[1]);
        }
        lanes
    }

    #[target_feature(enable = "neon")]
    #[inline]
    pub(super) fn store_integers(vector: int16x8_t, to: &mut [i16; LANES]) {
        // SAFETY: 16 bytes can be written to `to`.
        unsafe { vst1q_s16(to.as_mut_ptr(), vector) }
    }
}
