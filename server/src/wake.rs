//! What wakes the background.

use tokio::sync::oneshot;

/// Why it is woken.
#[derive(Debug)]
pub(crate) enum Wake {
    /// A segment was closed.
    Segment,
    /// Rows are to be erased.
    Erasure,
    /// Somebody wants to know when all is done.
    Settle(oneshot::Sender<()>),
    /// The server stops.
    Stop,
}
