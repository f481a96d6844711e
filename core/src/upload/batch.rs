//! A batch: what is sent at once. Its bytes are fixed when it is sealed, so every try sends the same, and what a person reads is
//! decoded from what is sent.
//!
//! ```text
//! "FORETAPUP"  format u8  SHA-256 of what follows [32]  zstd of the protobuf of proto/upload.proto
//! ```

use std::fmt;
use std::io::Read;

use prost::Message;
use sha2::{Digest, Sha256};

use super::error::UploadError;
use super::questions::QUESTIONS;
use super::sample::{Sample, model_of_wire, model_to_wire};
use super::week::{Pseudonym, Week};
use super::wire;
use crate::config::{BATCH_DAYS, MAX_BATCH_BYTES, MAX_BATCH_PAYLOAD_BYTES, SAMPLES_A_DAY};
use crate::privacy::Hex;

/// The most samples of a batch.
const MAX_SAMPLES: usize = BATCH_DAYS * SAMPLES_A_DAY as usize;
/// The most bytes of the library's version.
const MAX_LIBRARY_BYTES: usize = 32;
const MAGIC: &[u8; 9] = b"FORETAPUP";
const FORMAT: u8 = 1;
const SUM_BYTES: usize = 32;
/// How hard zstd tries, and the largest window that it may want: 2 MiB.
const LEVEL: i32 = 12;
const WINDOW_LOG: u32 = 21;

/// The random name of a batch.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchId([u8; Self::BYTES]);

impl BatchId {
    /// Its length.
    pub const BYTES: usize = 16;

    /// Takes the bytes.
    #[must_use]
    pub const fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; Self::BYTES] {
        &self.0
    }

    /// Reads 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn from_hex(hex: &str) -> Option<Self> {
        let digits = hex.as_bytes();
        if digits.len() != 2 * Self::BYTES {
            return None;
        }
        let digit = |digit: u8| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        };
        let mut bytes = [0; Self::BYTES];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for BatchId {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Hex(&self.0).fmt(f)
    }
}

impl fmt::Debug for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A day in noisy numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// The week's pseudonym.
    pub pseudonym: Pseudonym,
    /// The week of the day; which of its days is not told.
    pub week: Week,
    /// The bundle that answered; `None`: none, or the host's own.
    pub model: Option<[u8; 32]>,
    /// The noisy answers, in the order of [`QUESTIONS`].
    pub answers: [u8; QUESTIONS.len()],
}

/// Everything that is sent at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Its name.
    pub id: BatchId,
    /// The version of the library that sealed it.
    pub library: String,
    /// Days, in no order that tells which: at most [`BATCH_DAYS`].
    pub reports: Vec<Report>,
    /// Unlocks, in no order that tells when.
    pub samples: Vec<Sample>,
}

impl Batch {
    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.reports.is_empty() && self.samples.is_empty()
    }

    /// The bytes that are sent.
    ///
    /// # Errors
    /// [`UploadError`] where [`Self::open`] would refuse them.
    pub fn seal(&self) -> Result<Vec<u8>, UploadError> {
        let payload = wire::Batch {
            id: self.id.bytes().to_vec(),
            library: self.library.clone(),
            reports: self.reports.iter().map(report_to_wire).collect(),
            samples: self.samples.iter().map(Sample::to_wire).collect(),
        }
        .encode_to_vec();
        let packed = pack(&payload).map_err(|_| UploadError::Damaged)?;
        Self::open(&packed)?;
        Ok(packed)
    }

    /// Reads what was sealed, before any of it is believed: at most [`MAX_BATCH_BYTES`], at most [`MAX_BATCH_PAYLOAD_BYTES`] once
    /// unpacked, every field within its limits.
    ///
    /// # Errors
    /// [`UploadError`].
    pub fn open(sealed: &[u8]) -> Result<Self, UploadError> {
        let payload = unpack(sealed)?;
        let batch = wire::Batch::decode(payload.as_slice()).map_err(|_| UploadError::Undecodable)?;
        let field = |field, limit| UploadError::Field { field, limit };
        let id = batch.id.try_into().map_err(|_| field("id", "16 bytes"))?;
        let is_version = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '+');
        if batch.library.is_empty() || batch.library.len() > MAX_LIBRARY_BYTES || !batch.library.chars().all(is_version)
        {
            return Err(field("library", "a version"));
        }
        if batch.reports.len() > BATCH_DAYS {
            return Err(field("reports", "those of seven days at most"));
        }
        if batch.samples.len() > MAX_SAMPLES {
            return Err(field("samples", "those of seven days at most"));
        }
        Ok(Self {
            id: BatchId(id),
            library: batch.library,
            reports: batch.reports.iter().map(report_of_wire).collect::<Result<_, _>>()?,
            samples: batch.samples.iter().map(Sample::of_wire).collect::<Result<_, _>>()?,
        })
    }
}

fn pack(payload: &[u8]) -> std::io::Result<Vec<u8>> {
    let packed = zstd::bulk::compress(payload, LEVEL)?;
    Ok([MAGIC.as_slice(), &[FORMAT], &Sha256::digest(&packed), &packed].concat())
}

fn unpack(sealed: &[u8]) -> Result<Vec<u8>, UploadError> {
    if sealed.len() > MAX_BATCH_BYTES {
        return Err(UploadError::TooLarge { max: MAX_BATCH_BYTES, packed: true });
    }
    let rest = sealed.strip_prefix(MAGIC).ok_or(UploadError::NotABatch)?;
    let (&[format], rest) = rest.split_first_chunk().ok_or(UploadError::NotABatch)?;
    if format != FORMAT {
        return Err(UploadError::OtherFormat { found: format, supported: FORMAT });
    }
    let (sum, packed) = rest.split_first_chunk::<SUM_BYTES>().ok_or(UploadError::NotABatch)?;
    if Sha256::digest(packed).as_slice() != sum {
        return Err(UploadError::Damaged);
    }
    let mut decoder = zstd::Decoder::new(packed).map_err(|_| UploadError::Damaged)?;
    decoder.window_log_max(WINDOW_LOG).map_err(|_| UploadError::Damaged)?;
    let mut payload = Vec::new();
    let limit = MAX_BATCH_PAYLOAD_BYTES as u64 + 1;
    decoder.take(limit).read_to_end(&mut payload).map_err(|_| UploadError::Damaged)?;
    if payload.len() > MAX_BATCH_PAYLOAD_BYTES {
        return Err(UploadError::TooLarge { max: MAX_BATCH_PAYLOAD_BYTES, packed: false });
    }
    Ok(payload)
}

fn report_to_wire(report: &Report) -> wire::Report {
    wire::Report {
        pseudonym: report.pseudonym.bytes().to_vec(),
        week: report.week.number(),
        model: model_to_wire(report.model),
        answers: report.answers.to_vec(),
    }
}

fn report_of_wire(report: &wire::Report) -> Result<Report, UploadError> {
    let field = |field, limit| UploadError::Field { field, limit };
    let answers: [u8; QUESTIONS.len()] =
        report.answers.as_slice().try_into().map_err(|_| field("answers", "one for each question"))?;
    if answers.iter().zip(&QUESTIONS).any(|(answer, question)| usize::from(*answer) >= question.answers.len()) {
        return Err(field("answers", "answers to their questions"));
    }
    Ok(Report {
        pseudonym: Pseudonym::parse(&report.pseudonym)?,
        week: Week::parse(report.week)?,
        model: model_of_wire(&report.model)?,
        answers,
    })
}

#[cfg(test)]
mod tests;
