//! A record: one upload, or one erasure.
//!
//! ```text
//! record  = marker [4]  kind u8  length u32  SHA-256 of kind, length and payload [32]  payload
//! batch   = id [16]  SHA-256 of the body as it came [32]  day u32  sealed batch
//! erasure = digests [16] of what is refused from here on
//! ```
//!
//! Numbers are little-endian.

use bytes::{Bytes, BytesMut};
use foretap_core::upload::BatchId;
use sha2::{Digest, Sha256};

use crate::day::Day;
use crate::row_digest::RowDigest;

/// What every record begins with: bytes that no UTF-8 has.
pub(super) const MARKER: [u8; 4] = [0xf7, 0xc1, 0xfe, 0x0a];
/// Marker, kind, length and sum.
pub(super) const FRAME_BYTES: usize = 4 + 1 + 4 + 32;
/// The most bytes of a payload: a batch with its head.
const MAX_PAYLOAD_BYTES: usize = foretap_core::config::MAX_BATCH_BYTES + BATCH_HEAD_BYTES;
const BATCH_HEAD_BYTES: usize = 16 + 32 + 4;
const BATCH: u8 = 1;
const ERASURE: u8 = 2;

/// What was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Record {
    /// An upload.
    Batch {
        /// Its name.
        id: BatchId,
        /// Of the bytes that were sent.
        sum: [u8; 32],
        /// When it came.
        day: Day,
        /// Those bytes; without the rows that had been erased before it came.
        body: Bytes,
    },
    /// What is never to be kept again.
    Erasure(Vec<RowDigest>),
}

impl Record {
    /// The name of the batch, if it is one.
    pub(crate) const fn id(&self) -> Option<BatchId> {
        match self {
            Self::Batch { id, .. } => Some(*id),
            Self::Erasure(_) => None,
        }
    }

    /// Adds the bytes of the record.
    pub(super) fn write(&self, to: &mut BytesMut) {
        let (kind, payload) = match self {
            Self::Batch { id, sum, day, body } => {
                (BATCH, [id.bytes().as_slice(), sum, &day.0.to_le_bytes(), body].concat())
            }
            Self::Erasure(digests) => (ERASURE, digests.iter().flat_map(|digest| digest.0).collect()),
        };
        let length = u32::try_from(payload.len()).expect("a body has a cap").to_le_bytes();
        to.extend_from_slice(&MARKER);
        to.extend_from_slice(&[kind]);
        to.extend_from_slice(&length);
        to.extend_from_slice(&sum(kind, length, &payload));
        to.extend_from_slice(&payload);
    }

    /// Reads the record that begins here, and how many bytes it has; `None` if none does.
    pub(super) fn read(bytes: &Bytes, at: usize) -> Option<(Self, usize)> {
        let rest = bytes.get(at..)?.strip_prefix(&MARKER)?;
        let (&[kind], rest) = rest.split_first_chunk()?;
        let (&length, rest) = rest.split_first_chunk()?;
        let (expected, rest) = rest.split_first_chunk::<32>()?;
        let payload_bytes = usize::try_from(u32::from_le_bytes(length)).ok().filter(|n| *n <= MAX_PAYLOAD_BYTES)?;
        if sum(kind, length, rest.get(..payload_bytes)?) != *expected {
            return None;
        }
        let start = at + FRAME_BYTES;
        let payload = bytes.slice(start..start + payload_bytes);
        let record = match kind {
            BATCH => Self::read_batch(&payload)?,
            ERASURE => Self::Erasure(RowDigest::parse_all(&payload)?),
            _ => return None,
        };
        Some((record, FRAME_BYTES + payload_bytes))
    }

    fn read_batch(payload: &Bytes) -> Option<Self> {
        let (&id, rest) = payload.split_first_chunk()?;
        let (&sum, rest) = rest.split_first_chunk()?;
        let (&day, _) = rest.split_first_chunk()?;
        let body = payload.slice(BATCH_HEAD_BYTES..);
        Some(Self::Batch { id: BatchId::new(id), sum, day: Day(u32::from_le_bytes(day)), body })
    }
}

fn sum(kind: u8, length: [u8; 4], payload: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update([kind]).chain_update(length).chain_update(payload).finalize().into()
}
