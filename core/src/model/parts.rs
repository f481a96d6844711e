//! The parts that a bundle is packed from.

use prost::Message;

use super::bundle::{Bundle, FORMAT, MAGIC, WITHOUT_MEMBERS};
use super::calibration;
use super::golden::Golden;
use super::manifest::Manifest;
use super::members::Members;
use super::wire;
use crate::error::BundleError;
use crate::habits::Calibration;
use crate::sync::digest;

/// What goes into a bundle, unchecked.
#[derive(Debug, Clone, PartialEq)]
pub struct BundleParts {
    /// What the model is, and what it was learned on.
    pub manifest: Manifest,
    /// The graph's ONNX file.
    pub onnx: Vec<u8>,
    /// One for each moment, in the order of [`crate::Moment::ALL`].
    pub calibration: [Calibration; 3],
    /// The table of start weights.
    pub start_weights: String,
    /// Inputs and what the model must answer.
    pub golden: Vec<Golden>,
    /// What there is beside the graph.
    pub members: Option<Members>,
}

impl BundleParts {
    /// The bundle's file. The same parts give the same bytes.
    ///
    /// # Errors
    /// What [`Bundle::parse`] says of it: nothing is packed that could not be read.
    pub fn pack(&self) -> Result<Vec<u8>, BundleError> {
        let message = wire::Bundle {
            manifest: Some(self.manifest.to_wire()),
            onnx: self.onnx.clone(),
            calibration: self.calibration.map(calibration::to_wire).to_vec(),
            start_weights: self.start_weights.clone().into_bytes(),
            golden: self.golden.iter().map(Golden::to_wire).collect(),
            members: self.members.as_ref().map(Members::to_wire),
        };
        let format = if self.members.is_some() { FORMAT } else { WITHOUT_MEMBERS };
        let bytes = sealed(format, &message.encode_to_vec());
        Bundle::parse(&bytes)?;
        Ok(bytes)
    }
}

/// The file of a payload.
pub(super) fn sealed(format: u8, payload: &[u8]) -> Vec<u8> {
    [MAGIC.as_slice(), &[format], &digest(payload), payload].concat()
}
