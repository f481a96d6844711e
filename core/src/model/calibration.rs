//! How a moment's scores become probabilities.

use std::ops::RangeInclusive;

use super::wire;
use crate::error::BundleError;

/// The calibration of one moment; the default changes nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// A factor, 0 to 2; 1 changes nothing.
    pub trust: f32,
    /// An offset in nats, -2 to 2; 0 changes nothing.
    pub top: f32,
    /// A slope, -1 to 1; 0 changes nothing.
    pub slope: f32,
}

impl Default for Calibration {
    fn default() -> Self {
        Self { trust: 1.0, top: 0.0, slope: 0.0 }
    }
}

impl Calibration {
    /// The calibrations of the three moments, if each value is in its range; none that is not finite is.
    pub(super) fn check(found: &[wire::Calibration]) -> Result<[Self; 3], BundleError> {
        let three = BundleError::Field { field: "calibration", limit: "three, one for each moment" };
        let found = <&[wire::Calibration; 3]>::try_from(found).map_err(|_| three)?;
        for (calibration, fields) in found.iter().zip(FIELDS) {
            let values = [calibration.trust, calibration.top, calibration.slope];
            for ((value, field), (range, limit)) in values.iter().zip(fields).zip(RANGES) {
                if !range.contains(value) {
                    return Err(BundleError::Field { field, limit });
                }
            }
        }
        Ok(found.each_ref().map(|c| Self { trust: c.trust, top: c.top, slope: c.slope }))
    }

    pub(super) const fn to_wire(self) -> wire::Calibration {
        wire::Calibration { trust: self.trust, top: self.top, slope: self.slope }
    }
}

const RANGES: [(RangeInclusive<f32>, &str); 3] =
    [(0.0..=2.0, "a number from 0 to 2"), (-2.0..=2.0, "a number from -2 to 2"), (-1.0..=1.0, "a number from -1 to 1")];
/// The fields' paths, in the order of moments.
const FIELDS: [[&str; 3]; 3] = [
    ["calibration.next.trust", "calibration.next.top", "calibration.next.slope"],
    ["calibration.unlock.trust", "calibration.unlock.top", "calibration.unlock.slope"],
    ["calibration.unlock_or_resume.trust", "calibration.unlock_or_resume.top", "calibration.unlock_or_resume.slope"],
];
