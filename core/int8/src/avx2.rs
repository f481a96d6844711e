//! 256-bit vectors: four rows by sixteen outputs at a time, two inputs in each multiplication.

use std::arch::x86_64::*;

use crate::layer::{LANES, Layer, Pair, Quantised, ROWS, each_lanes, lanes, store};
use memory::{floats, integers, lanes_of, store_integers, sums_of};

/// Computes every row. Only for processors with AVX2.
#[target_feature(enable = "avx2")]
pub(crate) fn forward(layer: &Layer, rows: &[f32], out: &mut [f32]) {
    let (mut together, mut alone) = ([Quantised::ZERO; ROWS], [Quantised::ZERO]);
    layer.in_blocks(
        rows,
        out,
        |rows, out| block(layer, rows, out, &mut together),
        |row, out| block(layer, row, out, &mut alone),
    );
}

/// See `Path::clear_upper`.
#[target_feature(enable = "avx2")]
pub(crate) fn clear_upper() {
    _mm256_zeroupper();
}

#[target_feature(enable = "avx2")]
#[inline]
fn block<const R: usize>(layer: &Layer, rows: &[f32], out: &mut [f32], quantised: &mut [Quantised; R]) {
    for (row, quantised) in rows.chunks_exact(layer.inputs).zip(&mut *quantised) {
        each_lanes(row, |first, x| quantise(layer, first, x, quantised));
    }
    let pairs = layer.inputs.div_ceil(2);
    let mut first = 0;
    let mut panels = layer.pairs.chunks_exact(2 * pairs);
    for panels in panels.by_ref() {
        let (left, right) = panels.split_at(pairs);
        columns(layer, first, [left, right], quantised, out);
        first += 2 * LANES;
    }
    if !panels.remainder().is_empty() {
        columns(layer, first, [panels.remainder()], quantised, out);
    }
}

/// Quantises eight inputs, the first of which is `first`.
#[target_feature(enable = "avx2")]
#[inline]
fn quantise(layer: &Layer, first: usize, x: &[f32; LANES], out: &mut Quantised) {
    let (offset, step) = (floats(lanes(&layer.offset, first)), floats(lanes(&layer.step, first)));
    let steps = _mm256_div_ps(_mm256_sub_ps(floats(x), offset), step);
    let steps = _mm256_and_ps(steps, _mm256_cmp_ps::<_CMP_ORD_Q>(steps, steps));
    let steps = _mm256_min_ps(_mm256_max_ps(steps, _mm256_set1_ps(layer.low)), _mm256_set1_ps(127.0));
    // Said here, so that the processor's rounding mode does not matter.
    let steps = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(steps);
    let wide = _mm256_cvtps_epi32(steps);
    let packed = _mm_packs_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256::<1>(wide));
    store_integers(packed, out.0[first..].first_chunk_mut().expect("filled up to whole lanes"));
}

/// Multiplies `R` quantised rows with `P` panels of eight outputs, the first of which is `first`, and rescales.
#[target_feature(enable = "avx2")]
#[inline]
fn columns<const R: usize, const P: usize>(
    layer: &Layer,
    first: usize,
    panels: [&[Pair]; P],
    quantised: &[Quantised; R],
    out: &mut [f32],
) {
    let pairs = layer.inputs.div_ceil(2);
    let (mut quantised_pairs, mut sums) = ([&[][..]; R], [[_mm256_setzero_si256(); P]; R]);
    for r in 0..R {
        quantised_pairs[r] = &quantised[r].0.as_chunks::<2>().0[..pairs];
    }
    for pair in 0..pairs {
        for r in 0..R {
            let [a, b] = quantised_pairs[r][pair];
            let both = _mm256_set1_epi32(i32::from(b) << 16 | i32::from(a.cast_unsigned()));
            for p in 0..P {
                let product = _mm256_madd_epi16(integers(&panels[p][pair]), both);
                sums[r][p] = _mm256_add_epi32(sums[r][p], product);
            }
        }
    }
    for (sums, out) in sums.iter().zip(out.chunks_exact_mut(layer.outputs)) {
        for (p, sum) in sums.iter().enumerate() {
            let first = first + p * LANES;
            let sum = _mm256_add_epi32(*sum, sums_of(lanes(&layer.bias, first)));
            let scaled = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), floats(lanes(&layer.scale, first)));
            store(&lanes_of(scaled), out, first);
        }
    }
}

#[expect(unsafe_code, reason = "loads and stores take pointers")]
mod memory {
    //! Arrays from and to vectors of the same size.

    use super::*;

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn integers(from: &Pair) -> __m256i {
        // SAFETY: 32 bytes can be read from `from`, at any alignment.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn sums_of(from: &[i32; LANES]) -> __m256i {
        // SAFETY: 32 bytes can be read from `from`, at any alignment.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn floats(from: &[f32; LANES]) -> __m256 {
        // SAFETY: 32 bytes can be read from `from`, at any alignment.
        unsafe { _mm256_loadu_ps(from.as_ptr()) }
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn lanes_of(vector: __m256) -> [f32; LANES] {
        let mut lanes = [0.0; LANES];
        // SAFETY: 32 bytes can be written to `lanes`, at any alignment.
        unsafe { _mm256_storeu_ps(lanes.as_mut_ptr(), vector) };
        lanes
    }

    #[target_feature(enable = "avx2")]
    #[inline]
    pub(super) fn store_integers(vector: __m128i, to: &mut [i16; LANES]) {
        // SAFETY: 16 bytes can be written to `to`, at any alignment.
        unsafe { _mm_storeu_si128(to.as_mut_ptr().cast(), vector) }
    }
}
