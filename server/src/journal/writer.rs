//! The one thread that writes the journal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use bytes::Bytes;
use foretap_core::upload::BatchId;
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::active::{Active, SealWhen};
use super::error::JournalError;
use super::group::{Group, erase};
use crate::config::MAX_GROUP;
use crate::health::Health;
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::row_digest::RowDigest;
use crate::wake::Wake;

/// A batch that was read and found to be one.
#[derive(Debug)]
pub(crate) struct Upload {
    /// Its name.
    pub(crate) id: BatchId,
    /// The SHA-256 sum of the body.
    pub(crate) sum: [u8; 32],
    /// The bytes that came.
    pub(crate) body: Bytes,
    /// Of its rows.
    pub(crate) digests: Vec<RowDigest>,
    /// How much memory its rows take.
    pub(crate) row_bytes: usize,
    /// Where the answer goes.
    pub(crate) reply: oneshot::Sender<Outcome>,
    /// Its share of the memory for bodies.
    pub(crate) _memory: OwnedSemaphorePermit,
}

/// What the writer is asked.
#[derive(Debug)]
pub(crate) enum Request {
    /// To take a batch.
    Upload(Upload),
    /// To never keep rows with these digests again.
    Erasure(Vec<RowDigest>, oneshot::Sender<Outcome>),
    /// To look at the clock.
    Tick,
    /// To close the segment if there is anything in it.
    Seal(oneshot::Sender<()>),
    /// To end.
    Stop,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is on the disk.
    Taken,
    /// It had been.
    Duplicate,
    /// Other bytes had come under this id.
    Conflict,
    /// Every row was erased before.
    Erased,
    /// It could not be written.
    Failed,
}

/// What the thread has.
pub(crate) struct Writer {
    pub(crate) active: Active,
    pub(crate) ledger: Ledger,
    pub(crate) queue: mpsc::Receiver<Request>,
    pub(crate) seal_when: SealWhen,
    pub(crate) background: std::sync::mpsc::Sender<Wake>,
    /// The number of the segment that is appended to: those below are closed.
    pub(crate) active_number: Arc<AtomicU64>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) health: Arc<Health>,
}

impl Writer {
    /// Begins to write.
    pub(crate) fn spawn(self) -> std::io::Result<JoinHandle<()>> {
        std::thread::Builder::new().name("journal".to_owned()).spawn(|| self.run())
    }

    fn run(mut self) {
        let mut must_erase = false;
        while let Some(first) = self.queue.blocking_recv() {
            let mut requests = vec![first];
            while requests.len() < MAX_GROUP
                && let Ok(next) = self.queue.try_recv()
            {
                requests.push(next);
            }
            let (mut group, mut sealed, mut is_last) = (Group::default(), Vec::new(), false);
            for request in requests {
                match request {
                    Request::Upload(upload) => group.upload(upload, self.active.number(), &self.ledger),
                    Request::Erasure(digests, reply) => group.erasure(digests, reply, &self.ledger),
                    Request::Tick => {}
                    Request::Seal(reply) => sealed.push(reply),
                    Request::Stop => is_last = true,
                }
            }
            match group.commit(&mut self.active, &mut self.ledger, &self.metrics) {
                Ok(committed) => {
                    must_erase |= committed.must_erase;
                    if committed.has_erasure {
                        // The background has ended only if the server has.
                        let _ = self.background.send(Wake::Erasure);
                    }
                }
                // What is on the disk is not known any more. The next start reads it again.
                Err(error) => return self.health.break_down(&error),
            }
            if must_erase {
                must_erase = erase(&mut self.active, &mut self.ledger, &self.metrics);
            }
            let when = sealed.is_empty().then_some(self.seal_when);
            if !must_erase && let Err(error) = self.roll(when) {
                self.metrics.journal_failures.inc();
                tracing::error!(%error, source = std::error::Error::source(&error), "a segment could not be closed");
            }
            for reply in sealed {
                let _ = reply.send(());
            }
            if is_last {
                return;
            }
        }
    }

    fn roll(&mut self, when: Option<SealWhen>) -> Result<(), JournalError> {
        if self.active.roll(&mut self.ledger, when)? {
            self.active_number.store(self.active.number(), Ordering::SeqCst);
            let _ = self.background.send(Wake::Segment);
        }
        Ok(())
    }
}
