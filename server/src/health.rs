//! How the server is.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

/// How the server is.
#[derive(Debug, Default)]
pub(crate) struct Health {
    is_lake_ready: AtomicBool,
    is_broken: AtomicBool,
    broke: Notify,
}

impl Health {
    /// Whether uploads are taken and the lake can be written.
    pub(crate) fn is_ready(&self) -> bool {
        self.is_lake_ready() && !self.is_broken()
    }

    pub(crate) fn is_lake_ready(&self) -> bool {
        self.is_lake_ready.load(Ordering::SeqCst)
    }

    pub(crate) fn set_lake(&self, is_ready: bool) {
        self.is_lake_ready.store(is_ready, Ordering::SeqCst);
    }

    /// Whether nothing is taken any more.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// Waits until nothing is taken any more.
    pub(crate) async fn breakdown(&self) {
        self.broke.notified().await;
    }

    /// Nothing is taken any more.
    pub(crate) fn break_down(&self, error: &(dyn std::error::Error + 'static)) {
        tracing::error!(error, "the journal cannot be written any more");
        self.is_broken.store(true, Ordering::SeqCst);
        self.broke.notify_one();
    }
}
