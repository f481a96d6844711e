//! What goes into batches: rows by day, the weeks that have some, and how they are put together.

use super::Sealed;
use crate::config::BATCH_DAYS;
use crate::store::{SavedBatch, SavedWeek};
use crate::upload::{Batch, BatchId, Report, Sample, UploadSecret, Week};

/// A row of a batch.
pub(super) enum Row {
    Report(Report),
    Sample(Sample),
}

impl Row {
    pub(super) const fn week(&self) -> Week {
        match self {
            Self::Report(report) => report.week,
            Self::Sample(sample) => sample.week,
        }
    }
}

/// The weeks that have something.
pub(super) struct Weeks(Vec<SavedWeek>);

impl Weeks {
    pub(super) const fn of(saved: Vec<SavedWeek>) -> Self {
        Self(saved)
    }

    /// All of them.
    pub(super) fn all(&self) -> &[SavedWeek] {
        &self.0
    }

    /// The number of the next sample of a week.
    pub(super) fn next_sample(&mut self, week: Week) -> u32 {
        let entry = self.entry(week);
        entry.samples += 1;
        entry.samples - 1
    }

    /// Something of this day is sealed.
    pub(super) fn has(&mut self, week: Week, day: i64) {
        let entry = self.entry(week);
        entry.day = entry.day.max(day);
    }

    fn entry(&mut self, week: Week) -> &mut SavedWeek {
        let number = week.number();
        let place = self.0.iter().position(|saved| saved.week == number).unwrap_or_else(|| {
            self.0.push(SavedWeek { week: number, day: 0, samples: 0 });
            self.0.len() - 1
        });
        &mut self.0[place]
    }
}

/// Batches of at most [`BATCH_DAYS`] days each, from rows in order of days.
pub(super) fn batches(
    secret: &UploadSecret,
    sealed: u64,
    today: i64,
    rows: Vec<(i64, Row)>,
) -> (Vec<SavedBatch>, Sealed) {
    let mut days: Vec<i64> = rows.iter().map(|(day, _)| *day).collect();
    days.dedup();
    let mut counted = Sealed::default();
    let mut batches = Vec::new();
    for (number, days) in (sealed..).zip(days.chunks(BATCH_DAYS)) {
        let id = BatchId::new(secret.batch_id(number));
        let mut batch =
            Batch { id, library: env!("CARGO_PKG_VERSION").to_owned(), reports: Vec::new(), samples: Vec::new() };
        for (_, row) in rows.iter().filter(|(day, _)| days.contains(day)) {
            match row {
                Row::Report(report) => batch.reports.push(*report),
                Row::Sample(sample) => batch.samples.push(sample.clone()),
            }
        }
        // No order tells which day or which hour.
        batch.reports.sort_by_key(|report| (report.pseudonym, report.answers));
        batch.samples.sort_by_key(|sample| sample.pseudonym);
        counted.batches += 1;
        counted.reports += batch.reports.len();
        counted.samples += batch.samples.len();
        let bytes = batch.seal().expect("a batch within its limits");
        batches.push(SavedBatch { id: *id.bytes(), sealed_day: today, bytes });
    }
    (batches, counted)
}
