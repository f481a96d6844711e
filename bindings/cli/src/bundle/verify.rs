//! A bundle, checked step by step.

use foretap_core::BundleError;
use foretap_core::model::Bundle;

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What was checked.
    pub check: &'static str,
    /// What is wrong, if something is.
    pub problem: Option<BundleError>,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.problem {
            None => write!(f, "ok: {}", self.check),
            Some(problem) => write!(f, "failed: {}: {problem}", self.check),
        }
    }
}

/// A check of a bundle that could be read, such as running its golden vectors.
#[derive(Debug, Clone, Copy)]
pub struct FurtherCheck {
    /// What is checked.
    pub name: &'static str,
    /// Makes the check.
    pub run: fn(&Bundle) -> Result<(), BundleError>,
}

/// Makes the checks in order, up to the first that finds a problem: those of reading the bundle, then `further` ones.
#[must_use]
pub fn verify(bytes: &[u8], further: &[FurtherCheck]) -> Vec<Finding> {
    let ok = |check| Finding { check, problem: None };
    let bundle = match Bundle::parse(bytes) {
        Ok(bundle) => bundle,
        Err(problem) => {
            let at = stage(&problem);
            let failed = Finding { check: READING[at], problem: Some(problem) };
            return READING[..at].iter().copied().map(ok).chain([failed]).collect();
        }
    };
    let mut findings: Vec<Finding> = READING.into_iter().map(ok).collect();
    for check in further {
        let problem = (check.run)(&bundle).err();
        let is_last = problem.is_some();
        findings.push(Finding { check: check.name, problem });
        if is_last {
            break;
        }
    }
    findings
}

/// What [`Bundle::parse`] checks, in its order.
const READING: [&str; 11] = [
    "size",
    "kind of file",
    "format",
    "SHA-256 sum",
    "protobuf message",
    "manifest",
    "graph is there",
    "calibrations",
    "start weights",
    "members",
    "golden vectors' shapes",
];

/// The place in [`READING`] where a problem shows.
fn stage(problem: &BundleError) -> usize {
    match problem {
        BundleError::TooLarge { .. } => 0,
        BundleError::NotABundle => 1,
        BundleError::NewerFormat { .. } => 2,
        BundleError::Damaged => 3,
        BundleError::Undecodable { .. } => 4,
        BundleError::Field { field, .. } => match field.split('.').next() {
            Some("graph") => 6,
            Some("calibration") => 7,
            Some("members") => 9,
            Some("golden") => 10,
            _ => 5,
        },
        BundleError::StartWeights { .. } => 8,
        _ => 10,
    }
}
