//! Erasure: rows go by the digests of their pseudonyms, from batches and from the lake.

use std::collections::HashSet;

use foretap_core::upload::{Batch, Pseudonym};

use crate::failpoint;
use crate::lake::{Lake, LakeError, Table};
use crate::metrics::Metrics;
use crate::row_digest::RowDigest;

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

/// Writes every part of the lake that has such rows again without them. Each part is replaced in one step, so where this is
/// interrupted, doing it again does the rest.
pub(crate) fn erase_from_lake(lake: &Lake, digests: &HashSet<RowDigest>, metrics: &Metrics) -> Result<(), LakeError> {
    let is_kept = |pseudonym: &[u8]| !digests.contains(&RowDigest::of(pseudonym));
    for part in lake.parts()? {
        let bytes = lake.read(&part)?;
        let pseudonyms = Table::read_pseudonyms(bytes.clone()).map_err(LakeError::parquet(&part))?;
        let kept = pseudonyms.iter().filter(|pseudonym| is_kept(pseudonym.data())).count();
        if kept == pseudonyms.len() {
            continue;
        }
        if kept == 0 {
            lake.remove(&part)?;
        } else {
            let mut table = Table::read(bytes).map_err(LakeError::parquet(&part))?;
            table.retain(is_kept);
            lake.write(&part, table.write().map_err(LakeError::parquet(&part))?)?;
        }
        metrics.erased_rows.inc_by((pseudonyms.len() - kept) as u64);
        failpoint::reach("mid-erasure");
    }
    Ok(())
}
