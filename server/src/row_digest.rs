//! What is remembered of a pseudonym so that its rows can be refused: a digest, which names nobody and finds nothing in a scan.

use foretap_core::upload::{Batch, ErasureToken, Pseudonym};
use sha2::{Digest, Sha256};

/// The first half of a SHA-256 sum: as long as the pseudonym is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowDigest(pub(crate) [u8; Self::BYTES]);

impl RowDigest {
    /// Its length.
    pub(crate) const BYTES: usize = 16;

    /// That of a pseudonym's bytes. A pseudonym is itself 128 bits that nobody can guess, so no salt is needed.
    pub(crate) fn of(pseudonym: &[u8]) -> Self {
        let sum = Sha256::new().chain_update(b"foretap/erased/v1|").chain_update(pseudonym).finalize();
        Self(std::array::from_fn(|n| sum[n]))
    }

    /// Of every pseudonym that a token names.
    pub(crate) fn of_token(token: &ErasureToken) -> Vec<Self> {
        token.pseudonyms().iter().map(|pseudonym| Self::of(pseudonym.bytes())).collect()
    }

    /// Of every row of a batch.
    pub(crate) fn of_batch(batch: &Batch) -> Vec<Self> {
        pseudonyms(batch).map(|pseudonym| Self::of(pseudonym.bytes())).collect()
    }

    /// Reads several that lie one after the other; `None` if there is a remainder.
    pub(crate) fn parse_all(bytes: &[u8]) -> Option<Vec<Self>> {
        let (digests, rest) = bytes.as_chunks::<{ Self::BYTES }>();
        rest.is_empty().then(|| digests.iter().copied().map(Self).collect())
    }
}

/// A batch without its erased rows.
pub(crate) fn without_erased<E>(
    batch: Batch,
    is_erased: &mut dyn FnMut(&RowDigest) -> Result<bool, E>,
) -> Result<Batch, E> {
    let mut is_kept = |pseudonym: &Pseudonym| Ok(!is_erased(&RowDigest::of(pseudonym.bytes()))?);
    let mut left = Batch { id: batch.id, library: batch.library, reports: Vec::new(), samples: Vec::new() };
    for report in batch.reports {
        if is_kept(&report.pseudonym)? {
            left.reports.push(report);
        }
    }
    for sample in batch.samples {
        if is_kept(&sample.pseudonym)? {
            left.samples.push(sample);
        }
    }
    Ok(left)
}

fn pseudonyms(batch: &Batch) -> impl Iterator<Item = &Pseudonym> {
    let reports = batch.reports.iter().map(|report| &report.pseudonym);
    reports.chain(batch.samples.iter().map(|sample| &sample.pseudonym))
}
