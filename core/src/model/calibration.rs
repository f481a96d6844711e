//! The calibration part of a bundle.

use std::ops::RangeInclusive;

use super::wire;
use crate::error::BundleError;
use crate::habits::Calibration;

/// The calibrations of the three moments, if each value is in its range; none that is not finite is.
pub(super) fn check(found: &[wire::Calibration]) -> Result<[Calibration; 3], BundleError> {
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
    Ok(found.each_ref().map(|c| Calibration { trust: c.trust, top: c.top, slope: c.slope }))
}

pub(super) const fn to_wire(calibration: Calibration) -> wire::Calibration {
    wire::Calibration { trust: calibration.trust, top: calibration.top, slope: calibration.slope }
}

const RANGES: [(RangeInclusive<f32>, &str); 3] =
    [(0.0..=2.0, "a number from 0 to 2"), (-2.0..=2.0, "a number from -2 to 2"), (-1.0..=1.0, "a number from -1 to 1")];
/// The fields' paths, in the order of moments.
const FIELDS: [[&str; 3]; 3] = [
    ["calibration.next.trust", "calibration.next.top", "calibration.next.slope"],
    ["calibration.unlock.trust", "calibration.unlock.top", "calibration.unlock.slope"],
    ["calibration.unlock_or_resume.trust", "calibration.unlock_or_resume.top", "calibration.unlock_or_resume.slope"],
];
