//! The background: closed segments become parts of the lake, erased rows leave it, and what is too old goes. One thread, one
//! thing after the other, so that no two of them ever meet at a part.

mod conversion;
mod erasure;
mod retention;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use self::conversion::convert;
use self::erasure::erase_from_lake;
use crate::day::Day;
use crate::health::Health;
use crate::journal::{Folder, JournalError};
use crate::lake::{Lake, LakeError};
use crate::ledger::{Ledger, LedgerError, SegmentState};
use crate::metrics::Metrics;
use crate::row_digest::RowDigest;
use crate::wake::Wake;

/// What the thread has.
pub(crate) struct Background {
    pub(crate) folder: Folder,
    pub(crate) ledger: Ledger,
    pub(crate) lake: Lake,
    /// Segments below this one are closed.
    pub(crate) active_number: Arc<AtomicU64>,
    pub(crate) wake: Receiver<Wake>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
}

/// Why something in the background has to be tried again.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackgroundError {
    /// The lake failed.
    #[error("the lake failed")]
    Lake(#[from] LakeError),
    /// The ledger failed.
    #[error("the ledger failed")]
    Ledger(#[from] LedgerError),
    /// The journal failed.
    #[error("the journal failed")]
    Journal(#[from] JournalError),
}

/// How long it rests at most: then it looks whether the lake can still be written.
const PROBE: Duration = Duration::from_secs(60);
/// How long it rests after a failure.
const RETRY: Duration = Duration::from_secs(5);
/// How often it looks whether something is too old.
const RETENTION: Duration = Duration::from_secs(3_600);

impl Background {
    /// Begins to work.
    pub(crate) fn spawn(self) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name("background".to_owned()).spawn(|| self.run())
    }

    fn run(mut self) {
        let (mut settled, mut retained): (Vec<oneshot::Sender<()>>, Option<Instant>) = (Vec::new(), None);
        loop {
            let pass = self.pass(&mut retained);
            self.health.set_lake(pass.is_ok());
            match pass {
                Err(BackgroundError::Lake(LakeError::Stopping)) => return,
                Ok(()) => settled.drain(..).for_each(|reply| {
                    let _ = reply.send(());
                }),
                Err(error) => {
                    self.metrics.lake_failures.inc();
                    tracing::error!(%error, source = std::error::Error::source(&error), "the lake waits");
                }
            }
            let rest = if self.health.is_lake_ready() { PROBE } else { RETRY };
            match self.wake.recv_timeout(rest) {
                Ok(Wake::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Wake::Settle(reply)) => settled.push(reply),
                Ok(Wake::Segment | Wake::Erasure) | Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Does all that there is to do; what was done stays done if something fails.
    fn pass(&mut self, retained: &mut Option<Instant>) -> Result<(), BackgroundError> {
        self.lake.probe()?;
        // Read first: what is closed after it has none of these rows.
        let pending = self.ledger.pending_erasures()?;
        self.metrics.erasures_pending.set(i64::try_from(pending.len()).unwrap_or(i64::MAX));
        self.segments()?;
        if !pending.is_empty() {
            let digests: HashSet<RowDigest> = pending.iter().copied().collect();
            erase_from_lake(&self.lake, &digests, &self.metrics)?;
            self.folder.clear_damaged(false)?;
            self.ledger.erasures_done(&pending)?;
            self.ledger.checkpoint()?;
            self.metrics.erasures_pending.set(0);
        }
        if retained.is_none_or(|at| at.elapsed() >= RETENTION) {
            let today = Day::today();
            retention::of_lake(&self.lake, today, &self.metrics)?;
            retention::of_ledger(&mut self.ledger, today)?;
            retention::of_journal(&self.folder)?;
            *retained = Some(Instant::now());
        }
        Ok(())
    }

    fn segments(&mut self) -> Result<(), BackgroundError> {
        let active = self.active_number.load(Ordering::SeqCst);
        let closed: Vec<u64> = self.folder.segments()?.into_iter().filter(|number| *number < active).collect();
        self.metrics.segments_waiting.set(i64::try_from(closed.len()).unwrap_or(i64::MAX));
        for number in closed {
            if self.ledger.segment(number)? != SegmentState::Done {
                convert(number, &self.folder, &self.lake, &self.ledger, &self.metrics)?;
                crate::failpoint::reach("before-done");
                self.ledger.finish_segment(number)?;
            }
            crate::failpoint::reach("before-removal");
            self.folder.remove(number)?;
            self.metrics.segments_waiting.dec();
        }
        Ok(self.ledger.forget_segments(active)?)
    }
}
