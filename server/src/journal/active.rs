//! The segment that is appended to.

use std::collections::{BTreeSet, HashSet};
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use foretap_core::features::FEATURES;
use foretap_core::upload::{Batch, BatchId};

use super::error::JournalError;
use super::folder::Folder;
use super::record::Record;
use super::scan::{HEADER, Scan};
use crate::config::{MAX_SEGMENT_BATCHES, MAX_SEGMENT_ROW_BYTES};
use crate::day::Day;
use crate::failpoint;
use crate::ledger::{Entry, Ledger, SegmentState};
use crate::metrics::Metrics;
use crate::row_digest::{RowDigest, without_erased};

/// The last segment, open, and what is known of its contents.
#[derive(Debug)]
pub(crate) struct Active {
    folder: Folder,
    number: u64,
    file: File,
    bytes: u64,
    contents: Contents,
}

/// What is in a segment.
#[derive(Debug, Default)]
pub(super) struct Contents {
    pub(super) batches: usize,
    pub(super) erasures: usize,
    /// Unpacked.
    pub(super) row_bytes: usize,
    pub(super) digests: HashSet<RowDigest>,
    /// When the first of it came: by the calendar, and by the clock of this process.
    pub(super) first: Option<(Day, Instant)>,
}

/// When a segment is closed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealWhen {
    /// This old ...
    pub(crate) after: Duration,
    /// ... or this large ...
    pub(crate) bytes: u64,
    /// ... and this many batches.
    pub(crate) min_batches: usize,
}

impl Active {
    /// Brings the ledger up to what the journal's open segments say, cuts off what was being written, and opens the last.
    pub(crate) fn recover(folder: Folder, ledger: &mut Ledger, metrics: &Metrics) -> Result<Self, JournalError> {
        let segments = folder.segments()?;
        let mut open = None;
        for (n, &number) in segments.iter().enumerate() {
            if ledger.segment(number)? != SegmentState::Unknown {
                continue;
            }
            let is_last = n + 1 == segments.len();
            let (bytes, mut scan) = folder.read(number)?;
            if !is_last && scan.end < bytes.len() {
                scan.damaged.push(scan.end..bytes.len());
            }
            replay(number, &bytes, &scan, &folder, ledger, metrics)?;
            if is_last {
                open = Some((number, bytes, scan));
            } else {
                ledger.close_segment(number)?;
            }
        }
        let Some((number, bytes, scan)) = open else {
            let number = segments.last().map_or(0, |last| last + 1).max(ledger.next_segment()?);
            return Self::create(folder, number);
        };
        if scan.end < HEADER.len() {
            return Self::create(folder, number);
        }
        let mut active = Self {
            file: folder.append_to(number)?,
            folder,
            number,
            bytes: scan.end as u64,
            contents: Contents::of(&scan.records),
        };
        if scan.end < bytes.len() {
            active.cut_back()?;
        }
        active.erase(ledger, metrics)?;
        Ok(active)
    }

    fn create(folder: Folder, number: u64) -> Result<Self, JournalError> {
        let file = folder.create(number)?;
        Ok(Self { folder, number, file, bytes: HEADER.len() as u64, contents: Contents::default() })
    }

    /// Its number.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Adds records, on the disk when this returns. If it fails, [`Self::cut_back`] tells whether that is undone.
    pub(super) fn append(&mut self, records: &[u8], metrics: &Metrics) -> Result<(), JournalError> {
        let path = || self.folder.segment(self.number);
        failpoint::reach("before-append");
        self.file.write_all(records).map_err(JournalError::file(&path(), "written"))?;
        failpoint::reach("before-fsync");
        let start = Instant::now();
        failpoint::slow_fsync();
        self.file.sync_data().map_err(JournalError::file(&path(), "synced"))?;
        metrics.fsync_seconds.observe(start.elapsed().as_secs_f64());
        metrics.journal_bytes.inc_by(records.len() as u64);
        Ok(())
    }

    /// What [`Self::append`] added stays.
    pub(super) fn keep(&mut self, bytes: usize, added: Contents) {
        self.bytes += bytes as u64;
        let contents = &mut self.contents;
        contents.batches += added.batches;
        contents.erasures += added.erasures;
        contents.row_bytes += added.row_bytes;
        contents.digests.extend(added.digests);
        contents.first = contents.first.or(added.first);
    }

    /// Removes whatever is behind what was kept.
    pub(super) fn cut_back(&mut self) -> Result<(), JournalError> {
        let cut = self.file.set_len(self.bytes).and_then(|()| self.file.sync_all());
        cut.map_err(JournalError::file(&self.folder.segment(self.number), "cut"))
    }

    /// Whether one of these rows is in here.
    pub(super) fn has_any(&self, digests: &[RowDigest]) -> bool {
        digests.iter().any(|digest| self.contents.digests.contains(digest))
    }

    /// Writes the segment again without the rows that the ledger calls erased, if it has any.
    pub(super) fn erase(&mut self, ledger: &mut Ledger, metrics: &Metrics) -> Result<(), JournalError> {
        let (_, scan) = self.folder.read(self.number)?;
        let (mut kept, mut gone, mut rows) = (Vec::new(), Vec::new(), 0);
        for record in scan.records {
            let Record::Batch { id, sum, day, body } = &record else {
                kept.push(record);
                continue;
            };
            let Ok(batch) = Batch::open(body) else {
                metrics.journal_damaged.inc();
                continue;
            };
            let before = batch.reports.len() + batch.samples.len();
            let mut is_erased = |digest: &RowDigest| ledger.is_erased(digest);
            let left = without_erased(batch, &mut is_erased)?;
            let after = left.reports.len() + left.samples.len();
            rows += (before - after) as u64;
            match left.seal() {
                _ if after == before => kept.push(record),
                Ok(body) if after > 0 => {
                    kept.push(Record::Batch { id: *id, sum: *sum, day: *day, body: body.into() });
                }
                _ => gone.push(*id),
            }
        }
        if rows == 0 {
            return Ok(());
        }
        ledger.take_out(&gone)?;
        let mut bytes = BytesMut::from(HEADER.as_slice());
        kept.iter().for_each(|record| record.write(&mut bytes));
        self.file = self.folder.replace(self.number, &bytes)?;
        self.bytes = bytes.len() as u64;
        self.contents = Contents::of(&kept);
        metrics.erased_rows.inc_by(rows);
        Ok(())
    }

    /// Closes the segment if it is time, or if it must be and has anything, and begins the next.
    pub(super) fn roll(&mut self, ledger: &mut Ledger, when: Option<SealWhen>) -> Result<bool, JournalError> {
        if !when.map_or(!self.contents.is_empty(), |when| self.is_due(when)) {
            return Ok(false);
        }
        ledger.close_segment(self.number)?;
        *self = Self::create(self.folder.clone(), self.number + 1)?;
        Ok(true)
    }

    fn is_due(&self, when: SealWhen) -> bool {
        let contents = &self.contents;
        let Some((day, since)) = contents.first else { return false };
        let is_enough = contents.batches == 0 || contents.batches >= when.min_batches;
        let is_full = self.bytes >= when.bytes
            || contents.row_bytes >= MAX_SEGMENT_ROW_BYTES
            || contents.batches >= MAX_SEGMENT_BATCHES;
        is_enough && (is_full || since.elapsed() >= when.after || day != Day::today())
    }
}

impl Contents {
    fn of(records: &[Record]) -> Self {
        let mut contents = Self::default();
        for record in records {
            match record {
                Record::Batch { body, day, .. } => {
                    if let Ok(batch) = Batch::open(body) {
                        contents.add(*day, row_bytes(&batch), RowDigest::of_batch(&batch));
                    }
                }
                Record::Erasure(_) => contents.add_erasure(),
            }
        }
        contents
    }

    /// A batch more.
    pub(super) fn add(&mut self, day: Day, row_bytes: usize, digests: Vec<RowDigest>) {
        self.batches += 1;
        self.row_bytes += row_bytes;
        self.digests.extend(digests);
        self.first.get_or_insert_with(|| (day, Instant::now()));
    }

    /// An erasure more.
    pub(super) fn add_erasure(&mut self) {
        self.erasures += 1;
        self.first.get_or_insert_with(|| (Day::today(), Instant::now()));
    }

    const fn is_empty(&self) -> bool {
        self.batches == 0 && self.erasures == 0
    }
}

/// How much memory the rows of a batch take, about.
pub(crate) fn row_bytes(batch: &Batch) -> usize {
    const ROW: usize = 2 * FEATURES + 256;
    (batch.samples.len() + batch.reports.len()) * ROW
}

/// Tells the ledger what a segment holds, and the world what it does not hold any more.
fn replay(
    number: u64,
    bytes: &Bytes,
    scan: &Scan,
    folder: &Folder,
    ledger: &mut Ledger,
    metrics: &Metrics,
) -> Result<(), JournalError> {
    let entry = |record: &Record| match record {
        Record::Batch { id, sum, day, .. } => Entry::Batch { id: *id, sum: *sum, day: *day, segment: number },
        Record::Erasure(digests) => Entry::Erasure(digests.clone()),
    };
    ledger.record(&scan.records.iter().map(entry).collect::<Vec<_>>())?;
    let there: BTreeSet<BatchId> = scan.records.iter().filter_map(Record::id).collect();
    let lost: Vec<BatchId> = ledger.batches_of(number)?.into_iter().filter(|id| !there.contains(id)).collect();
    if !scan.damaged.is_empty() || !lost.is_empty() {
        folder.set_aside(number, bytes, scan)?;
        ledger.forget(&lost)?;
        metrics.journal_damaged.inc_by(scan.damaged.len() as u64);
        metrics.lost_batches.inc_by(lost.len() as u64);
        let (places, batches) = (scan.damaged.len(), lost.len());
        tracing::error!(segment = number, places, batches, "the journal is damaged; batches that it had are lost");
    }
    Ok(())
}
