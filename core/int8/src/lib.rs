//! A dense layer in 8-bit integers, fused: quantise the inputs, multiply, rescale, in one pass over the rows.
//!
//! For every row `x` and every output `m`:
//!
//! ```text
//! q[k] = clamp(round((x[k] - offset[k]) / step[k]), low, 127)
//! y[m] = (sum over k of q[k] * weights[k][m] + bias[m]) as f32 * scale[m]
//! ```
//!
//! Every float operation is one IEEE-754 single operation (round half to even, true division, no fused multiply-add), and
//! the sum stays below 2^24, so its conversion is exact: all paths, and every runtime that follows the formula, give the
//! same bits. A NaN counts as `offset`, which is quantised to 0; infinities saturate.

#![deny(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
mod dense;
// Processors without a path of vectors have no use for lanes.
#[cfg_attr(not(any(target_arch = "x86_64", target_arch = "aarch64")), expect(dead_code))]
mod layer;
#[cfg(target_arch = "aarch64")]
mod neon;
mod path;
mod portable;

pub use dense::{Dense, DenseError, MAX_WIDTH};
pub use path::Path;
