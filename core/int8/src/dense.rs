//! The layer: checked and packed once, then run many times.

use crate::path::Path;
use crate::{layer::Layer, portable};

/// The most inputs and the most outputs of a layer.
pub const MAX_WIDTH: usize = 256;
/// Sums stay below this, so that their conversion to `f32` is exact.
const SUM_LIMIT: i64 = 1 << 24;

/// Why a layer was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum DenseError {
    /// No inputs or outputs, or more than [`MAX_WIDTH`].
    Width {
        /// Inputs of the layer.
        inputs: usize,
        /// Outputs of the layer.
        outputs: usize,
    },
    /// A parameter whose length does not fit the widths.
    Length {
        /// The parameter's name.
        what: &'static str,
        /// Its length, in elements.
        length: usize,
    },
    /// A number outside its range: `offset` and `scale` are finite, `step` is finite and positive, `low` is a whole number
    /// from -127 to 0, weights are -127 to 127.
    Value {
        /// The parameter's name.
        what: &'static str,
    },
    /// An output whose sum can reach 2^24.
    Sum {
        /// The output's place, from 0.
        output: usize,
    },
}

impl std::fmt::Display for DenseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Width { inputs, outputs } => {
                write!(f, "a layer of {inputs} x {outputs}; 1 to {MAX_WIDTH} are possible")
            }
            Self::Length { what, length } => write!(f, "{what} has {length} elements, which does not fit the layer"),
            Self::Value { what } => write!(f, "{what} holds a number outside its range"),
            Self::Sum { output } => write!(f, "the sum of output {output} can reach 2^24"),
        }
    }
}

impl std::error::Error for DenseError {}

/// A dense layer with its weights packed.
#[derive(Debug, Clone, PartialEq)]
pub struct Dense(Layer);

impl Dense {
    /// Checks and packs a layer of K inputs and M outputs. `offset` and `step` have one element for all inputs or one for
    /// each; `weights` are K x M, row by row; `bias` and `scale` have M elements.
    ///
    /// # Errors
    /// If lengths do not fit together, or a number is outside its range.
    pub fn new(
        inputs: usize,
        [offset, step]: [&[f32]; 2],
        low: f32,
        weights: &[i8],
        bias: &[i32],
        scale: &[f32],
    ) -> Result<Self, DenseError> {
        let outputs = bias.len();
        let is_width = |width: usize| (1..=MAX_WIDTH).contains(&width);
        if !is_width(inputs) || !is_width(outputs) {
            return Err(DenseError::Width { inputs, outputs });
        }
        for (what, length, is_fit) in [
            ("offset", offset.len(), [1, inputs].contains(&offset.len())),
            ("step", step.len(), [1, inputs].contains(&step.len())),
            ("weights", weights.len(), weights.len() == inputs * outputs),
            ("scale", scale.len(), scale.len() == outputs),
        ] {
            if !is_fit {
                return Err(DenseError::Length { what, length });
            }
        }
        for (what, is_valid) in [
            ("offset", offset.iter().all(|x| x.is_finite())),
            ("step", step.iter().all(|x| x.is_finite() && *x > 0.0)),
            ("low", (-127.0..=0.0).contains(&low) && low.trunc() == low),
            ("weights", !weights.contains(&i8::MIN)),
            ("scale", scale.iter().all(|x| x.is_finite())),
        ] {
            if !is_valid {
                return Err(DenseError::Value { what });
            }
        }
        for (output, bias) in bias.iter().enumerate() {
            let column = weights.iter().skip(output).step_by(outputs);
            let sum: i64 = column.map(|w| 127 * i64::from(w.unsigned_abs())).sum();
            if sum + i64::from(*bias).abs() >= SUM_LIMIT {
                return Err(DenseError::Sum { output });
            }
        }
        Ok(Self(Layer::new(inputs, [offset, step], low, weights, bias, scale)))
    }

    /// Returns the number of inputs, K.
    #[must_use]
    pub const fn inputs(&self) -> usize {
        self.0.inputs
    }

    /// Returns the number of outputs, M.
    #[must_use]
    pub const fn outputs(&self) -> usize {
        self.0.outputs
    }

    /// Computes `out` (rows of M) from `rows` (rows of K) on the fastest path.
    ///
    /// # Panics
    /// If the two do not hold the same number of whole rows.
    pub fn forward(&self, rows: &[f32], out: &mut [f32]) {
        self.forward_on(Path::best(), rows, out);
    }

    /// Computes as [`Dense::forward`] does, on a path of choice; one that the processor lacks counts as the portable one.
    ///
    /// # Panics
    /// If the two do not hold the same number of whole rows.
    pub fn forward_on(&self, path: Path, rows: &[f32], out: &mut [f32]) {
        let count = rows.len() / self.inputs();
        assert!(
            rows.len() == count * self.inputs() && out.len() == count * self.outputs(),
            "whole rows, as many as out"
        );
        match path {
            #[cfg(target_arch = "x86_64")]
            Path::Avx2 if path.is_available() => {
                #[expect(unsafe_code, reason = "not every processor has the instructions")]
                // SAFETY: this processor has AVX2.
                unsafe {
                    crate::avx2::forward(&self.0, rows, out);
                }
            }
            #[cfg(target_arch = "aarch64")]
            Path::Neon => {
                #[expect(unsafe_code, reason = "the instructions are asked for by name")]
                // SAFETY: every processor of this target has NEON.
                unsafe {
                    crate::neon::forward(&self.0, rows, out);
                }
            }
            _ => portable::forward(&self.0, rows, out),
        }
    }
}
