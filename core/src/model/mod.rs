//! The model: a bundle of a small graph and what belongs to it, which re-ranks the candidates that habits put first.

mod bundle;
mod calibration;
mod golden;
mod manifest;
mod parts;
mod wire;

pub use bundle::{Bundle, FORMAT};
pub use calibration::Calibration;
pub use golden::Golden;
pub use manifest::{Arithmetic, Manifest};
pub use parts::BundleParts;
