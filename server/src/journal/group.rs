//! What waits is decided and written together: one fsync, one transaction, then every answer.

use std::collections::{HashMap, HashSet};

use bytes::{Bytes, BytesMut};
use foretap_core::upload::{Batch, BatchId};
use tokio::sync::oneshot;

use super::active::{Active, Contents, row_bytes};
use super::error::JournalError;
use super::record::Record;
use super::writer::{Outcome, Upload};
use crate::day::Day;
use crate::failpoint;
use crate::ledger::{Entry, Ledger, LedgerError};
use crate::metrics::Metrics;
use crate::row_digest::{RowDigest, without_erased};

/// Requests that share their fate.
#[derive(Default)]
pub(super) struct Group {
    records: BytesMut,
    entries: Vec<Entry>,
    contents: Contents,
    /// What is taken and erased in this group: the ledger does not know it yet.
    taken: HashMap<BatchId, [u8; 32]>,
    erased: HashSet<RowDigest>,
    answers: Vec<(oneshot::Sender<Outcome>, Outcome)>,
}

impl Group {
    /// Decides on an upload.
    pub(super) fn upload(&mut self, upload: Upload, segment: u64, ledger: &Ledger) {
        let outcome = self.decide(&upload, segment, ledger).unwrap_or_else(|error| failed(&error));
        self.answers.push((upload.reply, outcome));
    }

    fn decide(&mut self, upload: &Upload, segment: u64, ledger: &Ledger) -> Result<Outcome, LedgerError> {
        let mut erased = 0;
        for digest in &upload.digests {
            erased += usize::from(self.is_erased(digest, ledger)?);
        }
        if erased == upload.digests.len() {
            return Ok(Outcome::Erased);
        }
        let known = self.taken.get(&upload.id).copied();
        if let Some(sum) = known.map_or_else(|| ledger.sum_of(&upload.id), |sum| Ok(Some(sum)))? {
            return Ok(if sum == upload.sum { Outcome::Duplicate } else { Outcome::Conflict });
        }
        let day = Day::today();
        let (id, sum) = (upload.id, upload.sum);
        let body = if erased == 0 {
            self.contents.add(day, upload.row_bytes, upload.digests.clone());
            upload.body.clone()
        } else {
            let Some((body, batch)) = self.rest_of(upload, ledger)? else { return Ok(Outcome::Failed) };
            self.contents.add(day, row_bytes(&batch), RowDigest::of_batch(&batch));
            body
        };
        Record::Batch { id, sum, day, body }.write(&mut self.records);
        self.entries.push(Entry::Batch { id, sum, day, segment });
        self.taken.insert(id, sum);
        Ok(Outcome::Taken)
    }

    /// The batch without its erased rows.
    fn rest_of(&self, upload: &Upload, ledger: &Ledger) -> Result<Option<(Bytes, Batch)>, LedgerError> {
        let Ok(batch) = Batch::open(&upload.body) else { return Ok(None) };
        let left = without_erased(batch, &mut |digest| self.is_erased(digest, ledger))?;
        Ok(left.seal().ok().map(|body| (Bytes::from(body), left)))
    }

    /// Decides on an erasure.
    pub(super) fn erasure(&mut self, digests: Vec<RowDigest>, reply: oneshot::Sender<Outcome>, ledger: &Ledger) {
        let mut known = true;
        for digest in &digests {
            match self.is_erased(digest, ledger) {
                Ok(is_erased) => known &= is_erased,
                Err(error) => {
                    self.answers.push((reply, failed(&error)));
                    return;
                }
            }
        }
        if !known {
            Record::Erasure(digests.clone()).write(&mut self.records);
            self.erased.extend(digests.iter().copied());
            self.entries.push(Entry::Erasure(digests));
            self.contents.add_erasure();
        }
        self.answers.push((reply, if known { Outcome::Duplicate } else { Outcome::Taken }));
    }

    /// Writes what was decided, then answers: whatever was taken is on the disk by then. An error: nothing of it was taken, and
    /// the journal cannot be written any more.
    pub(super) fn commit(
        mut self,
        active: &mut Active,
        ledger: &mut Ledger,
        metrics: &Metrics,
    ) -> Result<Committed, JournalError> {
        let mut committed = Committed::default();
        if !self.records.is_empty() {
            let written = active.append(&self.records, metrics).and_then(|()| {
                failpoint::reach("after-fsync");
                Ok(ledger.record(&self.entries)?)
            });
            if let Err(error) = written {
                metrics.journal_failures.inc();
                tracing::error!(%error, source = std::error::Error::source(&error), "uploads could not be written");
                let cut = active.cut_back();
                self.answer_all(Some(Outcome::Failed));
                return cut.map(|()| committed);
            }
            committed.has_erasure = self.contents.erasures > 0;
            let erased: Vec<RowDigest> = self.entries.iter().flat_map(erased_by).copied().collect();
            active.keep(self.records.len(), std::mem::take(&mut self.contents));
            metrics.erasures_pending.inc_by(i64::try_from(erased.len()).unwrap_or(i64::MAX));
            failpoint::reach("before-answer");
            committed.must_erase = active.has_any(&erased);
        }
        if committed.must_erase {
            committed.must_erase = erase(active, ledger, metrics);
        }
        self.answer_all(None);
        Ok(committed)
    }

    fn answer_all(&mut self, instead: Option<Outcome>) {
        for (reply, outcome) in self.answers.drain(..) {
            // Who has gone away asks again.
            let _ = reply.send(instead.unwrap_or(outcome));
        }
    }

    fn is_erased(&self, digest: &RowDigest, ledger: &Ledger) -> Result<bool, LedgerError> {
        Ok(self.erased.contains(digest) || ledger.is_erased(digest)?)
    }
}

/// What a group came to.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Committed {
    /// The lake has something to erase.
    pub(super) has_erasure: bool,
    /// The segment still has erased rows: it could not be written again.
    pub(super) must_erase: bool,
}

/// Takes erased rows out of the segment; `true` if that must be tried again.
pub(super) fn erase(active: &mut Active, ledger: &mut Ledger, metrics: &Metrics) -> bool {
    active
        .erase(ledger, metrics)
        .inspect_err(|error| {
            metrics.journal_failures.inc();
            tracing::error!(%error, source = std::error::Error::source(error), "erased rows are still in the journal");
        })
        .is_err()
}

fn erased_by(entry: &Entry) -> &[RowDigest] {
    match entry {
        Entry::Batch { .. } => &[],
        Entry::Erasure(digests) => digests,
    }
}

fn failed(error: &LedgerError) -> Outcome {
    tracing::error!(%error, source = std::error::Error::source(error), "the ledger cannot be read");
    Outcome::Failed
}
