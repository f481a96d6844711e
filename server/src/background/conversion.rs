//! From a closed segment of the journal to parts of the lake.
//!
//! Every part of a segment has one name, derived from the segment, so converting it again writes the same objects over. A name
//! tells neither the segment nor which parts belong together.

use std::collections::{BTreeMap, BTreeSet};

use foretap_core::upload::{Batch, BatchId, Pseudonym};
use object_store::path::Path;
use sha2::{Digest, Sha256};

use super::BackgroundError;
use crate::day::Day;
use crate::failpoint;
use crate::journal::{Folder, Record};
use crate::lake::{Lake, LakeError, Rows, Table, rows};
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::row_digest::without_erased;

/// How many shards a day has: of a pseudonym, the first byte modulo this.
const SHARDS: u8 = 16;

/// Puts every row of a segment that is not erased into the lake.
pub(super) fn convert(
    number: u64,
    folder: &Folder,
    lake: &Lake,
    ledger: &Ledger,
    metrics: &Metrics,
) -> Result<(), BackgroundError> {
    let (bytes, mut scan) = folder.read(number)?;
    // A batch is in the lake by the segment that the ledger names, whatever else the journal may hold.
    let mut wanted: BTreeSet<BatchId> = ledger.batches_of(number)?.into_iter().collect();
    let (mut tables, mut first_day) = (BTreeMap::<(Rows, u8), Table>::new(), None);
    for record in std::mem::take(&mut scan.records) {
        let Record::Batch { id, day, body, .. } = record else { continue };
        if !wanted.remove(&id) {
            continue;
        }
        // All that came while the segment was open counts to its first day: it is not kept longer for it.
        first_day.get_or_insert(day);
        let Ok(batch) = Batch::open(&body) else {
            metrics.journal_damaged.inc();
            continue;
        };
        let batch = without_erased(batch, &mut |digest| ledger.is_erased(digest))?;
        let mut push = |rows: Rows, pseudonym: &Pseudonym, row: Vec<_>| {
            tables.entry((rows, pseudonym.bytes()[0] % SHARDS)).or_insert_with(|| rows.table()).push(row);
        };
        for report in &batch.reports {
            push(Rows::Reports, &report.pseudonym, rows::report(report));
        }
        for sample in batch.samples {
            push(Rows::Samples, &sample.pseudonym, rows::sample(&sample).into());
        }
    }
    if !wanted.is_empty() {
        scan.damaged.push(scan.end..bytes.len());
        folder.set_aside(number, &bytes, &scan)?;
        metrics.lost_batches.inc_by(wanted.len() as u64);
        tracing::error!(segment = number, batches = wanted.len(), "a closed segment has lost batches");
    }
    let (name, day) = (ledger.name()?, first_day.unwrap_or_else(Day::today));
    while let Some(((rows, shard), mut table)) = tables.pop_first() {
        table.sort();
        let part = path(rows, day, shard, &part_name(&name, number, rows, shard));
        let bytes = table.write().map_err(LakeError::parquet(&part))?;
        metrics.wrote_part(rows.name(), table.len(), bytes.len());
        lake.write(&part, bytes)?;
        failpoint::reach("between-parts");
    }
    Ok(())
}

fn path(rows: Rows, day: Day, shard: u8, name: &str) -> Path {
    Path::from(format!("{}/day={day}/shard={shard:02}/{name}.parquet", rows.name()))
}

fn part_name(server: &[u8; 16], segment: u64, rows: Rows, shard: u8) -> String {
    let sum = Sha256::new()
        .chain_update(b"foretap/part/v1|")
        .chain_update(server)
        .chain_update(segment.to_be_bytes())
        .chain_update(rows.name())
        .chain_update([shard])
        .finalize();
    sum.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
