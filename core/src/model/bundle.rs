//! A bundle: the one file a model ships as, read and checked before anything in it is used.

use std::sync::OnceLock;

use prost::Message;

use super::calibration;
use super::golden::{self, Golden};
use super::manifest::Manifest;
use super::members::Members;
use super::wire;
use crate::config::MAX_BUNDLE_BYTES;
use crate::error::{BundleError, Error};
use crate::habits::{Calibration, StartWeights};
use crate::sync::{Sum, digest};

/// What every bundle begins with; the format number follows, then the payload's SHA-256 sum, then the payload.
pub(super) const MAGIC: &[u8; 7] = b"FORETAP";
/// Written by `cargo xtask bundle`.
const SHIPPED: &[u8] = include_bytes!("../../data/foretap.bundle");
/// The newest format of bundles that this library reads. It writes the oldest one that says all: format 1 where there is
/// nothing beside the graph.
pub const FORMAT: u8 = 2;
/// The format of bundles with a graph alone.
pub(super) const WITHOUT_MEMBERS: u8 = 1;

/// A model and what belongs to it: every field has been checked, and nothing changes any more.
///
/// That the graph is one this library runs, and answers the golden vectors as it must, is checked when a model is loaded.
#[derive(Debug, Clone, PartialEq)]
pub struct Bundle {
    manifest: Manifest,
    onnx: Vec<u8>,
    calibration: [Calibration; 3],
    start_weights: StartWeights,
    golden: Vec<Golden>,
    members: Option<Members>,
    format: u8,
    id: [u8; 32],
    bytes_len: usize,
    part_bytes: [(&'static str, usize); 7],
}

impl Bundle {
    /// Reads a bundle's file.
    ///
    /// # Errors
    /// The first that applies: [`BundleError::TooLarge`], [`BundleError::NotABundle`], [`BundleError::NewerFormat`],
    /// [`BundleError::Damaged`], [`BundleError::Undecodable`]; then [`BundleError::Field`],
    /// [`BundleError::StartWeights`] or [`BundleError::Golden`] for the first part that is not what it must be.
    pub fn parse(bytes: &[u8]) -> Result<Self, BundleError> {
        if bytes.len() > MAX_BUNDLE_BYTES {
            return Err(BundleError::TooLarge { bytes: bytes.len(), max: MAX_BUNDLE_BYTES });
        }
        let rest = bytes.strip_prefix(MAGIC).ok_or(BundleError::NotABundle)?;
        let (format, rest) = match rest.split_first().ok_or(BundleError::NotABundle)? {
            (0, _) => return Err(BundleError::NotABundle),
            (&format @ ..=FORMAT, rest) => (format, rest),
            (&found, _) => return Err(BundleError::NewerFormat { found, supported: FORMAT }),
        };
        let (sum, payload) = rest.split_first_chunk().ok_or(BundleError::Damaged)?;
        let id = digest(payload);
        if id != *sum {
            return Err(BundleError::Damaged);
        }
        let message = wire::Bundle::decode(payload);
        let mut message = message.map_err(|error| BundleError::Undecodable { reason: error.to_string() })?;
        if format == WITHOUT_MEMBERS {
            // What a reader of format 1 skips.
            message.members = None;
            message.golden.iter_mut().for_each(|golden| golden.members = None);
        }
        Self::check(message, format, id, bytes.len())
    }

    fn check(message: wire::Bundle, format: u8, id: [u8; 32], bytes_len: usize) -> Result<Self, BundleError> {
        let missing = |field, limit| BundleError::Field { field, limit };
        let of_members =
            |bytes: fn(&wire::Members) -> Option<usize>| message.members.as_ref().and_then(bytes).unwrap_or(0);
        let part_bytes = [
            ("manifest", message.manifest.as_ref().map_or(0, Message::encoded_len)),
            ("graph", message.onnx.len()),
            ("calibration", message.calibration.iter().map(Message::encoded_len).sum()),
            ("start weights", message.start_weights.len()),
            ("golden vectors", message.golden.iter().map(Message::encoded_len).sum()),
            ("trees", of_members(|members| members.trees.as_ref().map(Message::encoded_len))),
            ("sequence", of_members(|members| members.sequence.as_ref().map(Message::encoded_len))),
        ];
        let manifest = Manifest::check(message.manifest.ok_or(missing("manifest", "there"))?)?;
        if message.onnx.is_empty() {
            return Err(missing("graph", "there"));
        }
        let calibration = calibration::check(&message.calibration)?;
        let start_weights = start_weights(&message.start_weights)?;
        let members = match (format, message.members) {
            (WITHOUT_MEMBERS, _) => None,
            (_, Some(members)) => Some(Members::check(members, manifest.features)?),
            (_, None) => return Err(missing("members", "there")),
        };
        let golden = golden::check(message.golden, &manifest, members.as_ref())?;
        let onnx = message.onnx;
        Ok(Self { manifest, onnx, calibration, start_weights, golden, members, format, id, bytes_len, part_bytes })
    }

    /// What the model is, and what it was learned on.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The graph's ONNX file; not yet looked into.
    #[must_use]
    pub fn onnx(&self) -> &[u8] {
        &self.onnx
    }

    /// The bundle that is compiled in.
    ///
    /// # Errors
    /// None; a test reads it.
    pub fn shipped() -> Result<Self, BundleError> {
        Self::parse(SHIPPED)
    }

    /// The file of the bundle that is compiled in.
    #[must_use]
    pub const fn shipped_file() -> &'static [u8] {
        SHIPPED
    }

    /// The SHA-256 sum of that file, computed once.
    #[must_use]
    pub fn shipped_sum() -> Sum {
        static SUM: OnceLock<Sum> = OnceLock::new();
        *SUM.get_or_init(|| digest(Self::shipped_file()))
    }

    /// Where trust in the model begins, and how sure to be of its first, in the order of [`crate::Moment::ALL`].
    #[must_use]
    pub const fn calibration(&self) -> &[Calibration; 3] {
        &self.calibration
    }

    /// The start weights that the model was trained on top of.
    #[must_use]
    pub const fn start_weights(&self) -> &StartWeights {
        &self.start_weights
    }

    /// Inputs and what the model must answer.
    #[must_use]
    pub fn golden(&self) -> &[Golden] {
        &self.golden
    }

    /// What there is beside the graph.
    #[must_use]
    pub const fn members(&self) -> Option<&Members> {
        self.members.as_ref()
    }

    /// The format of the file.
    #[must_use]
    pub const fn format(&self) -> u8 {
        self.format
    }

    /// The SHA-256 sum of the payload: two bundles with the same one are the same.
    #[must_use]
    pub const fn id(&self) -> [u8; 32] {
        self.id
    }

    /// The file's size, in bytes.
    #[must_use]
    pub const fn bytes_len(&self) -> usize {
        self.bytes_len
    }

    /// How many bytes of the payload each part has, by the part's name.
    #[must_use]
    pub const fn part_bytes(&self) -> &[(&'static str, usize); 7] {
        &self.part_bytes
    }
}

fn start_weights(table: &[u8]) -> Result<StartWeights, BundleError> {
    let text = std::str::from_utf8(table);
    let text = text.map_err(|_| BundleError::StartWeights { line: 1, reason: "the table is not UTF-8" })?;
    StartWeights::parse(text).map_err(|error| match error {
        Error::BadTable { line, reason, .. } => BundleError::StartWeights { line, reason },
        _ => BundleError::StartWeights { line: 1, reason: "the table cannot be read" },
    })
}

#[cfg(test)]
mod tests;
