//! Deltas: from one bundle's file to another's.
//!
//! ```text
//! "FORETAPDELTA"  format u8  result u32  count u32  count x (base u32  length u32)  zstd frame
//! ```
//!
//! Numbers are little-endian. The frame unpacks to one byte for each of the result. A segment says where in the base its
//! bytes stand from which the difference was taken, result = base + difference (mod 256); `NOWHERE`: the bytes are the
//! result's own. The whole base is the frame's prefix, so what moved is found as well. Retrained 8-bit weights differ
//! from the old ones by little: their differences pack well where the weights themselves do not.

mod between;

use std::io::Read;

use super::error::DeltaError;
use crate::config::{DELTA_WINDOW_LOG, MAX_BUNDLE_BYTES, MAX_DELTA_SEGMENTS};

const MAGIC: &[u8; 12] = b"FORETAPDELTA";
const FORMAT: u8 = 1;
/// The base of bytes that were taken from nothing.
const NOWHERE: u32 = u32::MAX;

/// The segments of a delta, checked, and its packed differences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta<'a> {
    result: usize,
    segments: Vec<Segment>,
    frame: &'a [u8],
}

/// A piece of the result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    /// Where the piece of the base begins that it differs from; `None`: it stands for itself.
    base: Option<usize>,
    length: usize,
}

impl<'a> Delta<'a> {
    /// Takes a delta's file apart. Nothing is unpacked.
    ///
    /// # Errors
    /// [`DeltaError::TooLarge`], [`DeltaError::NotADelta`], [`DeltaError::NewerFormat`], [`DeltaError::Segments`].
    pub fn parse(file: &'a [u8]) -> Result<Self, DeltaError> {
        if file.len() > MAX_BUNDLE_BYTES {
            return Err(DeltaError::TooLarge);
        }
        let rest = file.strip_prefix(MAGIC).ok_or(DeltaError::NotADelta)?;
        let (&format, rest) = rest.split_first().ok_or(DeltaError::NotADelta)?;
        match format {
            0 => return Err(DeltaError::NotADelta),
            1..=FORMAT => {}
            found => return Err(DeltaError::NewerFormat { found, supported: FORMAT }),
        }
        let mut rest = rest;
        let mut number = || -> Result<u32, DeltaError> {
            let (bytes, after) = rest.split_first_chunk().ok_or(DeltaError::NotADelta)?;
            rest = after;
            Ok(u32::from_le_bytes(*bytes))
        };
        let (result, count) = (number()? as usize, number()? as usize);
        if result > MAX_BUNDLE_BYTES || count > MAX_DELTA_SEGMENTS {
            return Err(DeltaError::TooLarge);
        }
        let mut segments = Vec::with_capacity(count);
        for _ in 0..count {
            let (base, length) = (number()?, number()? as usize);
            segments.push(Segment { base: (base != NOWHERE).then_some(base as usize), length });
        }
        let whole = segments.iter().try_fold(0_usize, |sum, segment| sum.checked_add(segment.length));
        if whole != Some(result) {
            return Err(DeltaError::Segments);
        }
        Ok(Self { result, segments, frame: rest })
    }

    /// The result, from the base that the delta was made for; from any other one something else comes out, which is why
    /// the result is compared with its signed sum.
    ///
    /// # Errors
    /// [`DeltaError::Segments`], [`DeltaError::Contents`].
    pub fn apply(&self, base: &[u8]) -> Result<Vec<u8>, DeltaError> {
        let mut result = self.unpacked(base)?;
        let mut at = 0;
        for segment in &self.segments {
            let piece = &mut result[at..at + segment.length];
            at += segment.length;
            let Some(from) = segment.base else { continue };
            let of_base = from.checked_add(segment.length).and_then(|to| base.get(from..to));
            for (byte, old) in piece.iter_mut().zip(of_base.ok_or(DeltaError::Segments)?) {
                *byte = byte.wrapping_add(*old);
            }
        }
        Ok(result)
    }

    /// Exactly as many bytes as the result has, whatever the frame says about itself.
    fn unpacked(&self, base: &[u8]) -> Result<Vec<u8>, DeltaError> {
        let contents = |_| DeltaError::Contents;
        let decoder = zstd::stream::read::Decoder::with_ref_prefix(self.frame, base).map_err(contents)?;
        let mut decoder = decoder.single_frame();
        decoder.window_log_max(DELTA_WINDOW_LOG).map_err(contents)?;
        let mut unpacked = Vec::with_capacity(self.result);
        decoder.by_ref().take(self.result as u64 + 1).read_to_end(&mut unpacked).map_err(contents)?;
        let is_all = decoder.finish().is_empty();
        if unpacked.len() == self.result && is_all { Ok(unpacked) } else { Err(DeltaError::Contents) }
    }
}

#[cfg(test)]
mod tests;
