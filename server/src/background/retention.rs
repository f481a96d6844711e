//! Retention: what is too old goes, without anybody asking.

use crate::config::kept;
use crate::day::Day;
use crate::journal::{Folder, JournalError};
use crate::lake::{Lake, LakeError};
use crate::ledger::{Ledger, LedgerError};
use crate::metrics::Metrics;

/// Removes the parts of days that are too old.
pub(super) fn of_lake(lake: &Lake, today: Day, metrics: &Metrics) -> Result<(), LakeError> {
    let oldest = today.before(kept::ROWS);
    for part in lake.parts()? {
        if Lake::day_of(&part).is_some_and(|day| day < oldest) {
            lake.remove(&part)?;
            metrics.expired_parts.inc();
        }
    }
    Ok(())
}

/// Forgets the batches that no phone sends any more.
pub(super) fn of_ledger(ledger: &mut Ledger, today: Day) -> Result<(), LedgerError> {
    ledger.forget_batches(today.before(kept::BATCHES))?;
    ledger.checkpoint()
}

/// Removes damaged bytes that nobody looked at.
pub(super) fn of_journal(folder: &Folder) -> Result<(), JournalError> {
    folder.clear_damaged(true)
}
