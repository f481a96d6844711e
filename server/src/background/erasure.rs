//! Erasure: rows leave the lake by the digests of their pseudonyms.

use std::collections::HashSet;

use crate::failpoint;
use crate::lake::{Lake, LakeError, Table};
use crate::metrics::Metrics;
use crate::row_digest::RowDigest;

/// Writes every part of the lake that has such rows again without them. Each part is replaced in one step, so where this is
/// interrupted, doing it again does the rest.
pub(super) fn erase_from_lake(lake: &Lake, digests: &HashSet<RowDigest>, metrics: &Metrics) -> Result<(), LakeError> {
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
