//! When each item is opened: by hour of the day, work days and week-ends apart, and first openings of sessions apart.

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;
use crate::time::Timestamp;

/// How much an hour's neighbours count with it, from three before to three after.
const KERNEL: [f64; 7] = [0.05, 0.25, 0.65, 1.0, 0.65, 0.25, 0.05];

/// One item's openings around an hour, smoothed over the neighbouring hours.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct AroundHour {
    /// On any day.
    pub any_day: f64,
    /// On days of the same kind (work day or week-end).
    pub same_kind: f64,
    /// First openings of sessions, on any day.
    pub first_of_session: f64,
    /// First openings of sessions, on days of the same kind.
    pub first_of_session_same_kind: f64,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Hourly {
    openings: [u32; 24],
    first_of_session: [u32; 24],
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    work_day: Hourly,
    weekend: Hourly,
    weekdays: [u32; 7],
}

/// Openings by hour, of every item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Hours {
    rows: Vec<Row>,
}

impl Hours {
    /// Whether there are so many rows.
    pub(super) fn has_rows(&self, rows: usize) -> bool {
        self.rows.len() == rows
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, Row::default);
        }
    }

    pub(super) fn open(&mut self, index: ItemIndex, at: Timestamp, starts_session: bool) {
        let row = &mut self.rows[index.row()];
        let day = if at.weekday().is_weekend() { &mut row.weekend } else { &mut row.work_day };
        for (count, more) in [
            (&mut day.openings[at.hour()], 1),
            (&mut row.weekdays[at.weekday() as usize], 1),
            (&mut day.first_of_session[at.hour()], u32::from(starts_session)),
        ] {
            *count = count.saturating_add(more);
        }
    }

    /// Openings by day of the week, Monday first.
    pub(super) fn weekdays(&self, index: ItemIndex) -> &[u32; 7] {
        &self.rows[index.row()].weekdays
    }

    pub(super) fn around(&self, index: ItemIndex, now: Timestamp) -> AroundHour {
        let row = &self.rows[index.row()];
        let (same, other) =
            if now.weekday().is_weekend() { (&row.weekend, &row.work_day) } else { (&row.work_day, &row.weekend) };
        let mut around = AroundHour::default();
        for (k, weight) in KERNEL.iter().enumerate() {
            let hour = (now.hour() + 24 + k - KERNEL.len() / 2) % 24;
            let both = |of: fn(&Hourly) -> &[u32; 24]| (f64::from(of(same)[hour]), f64::from(of(other)[hour]));
            let (openings, others) = both(|day| &day.openings);
            let (first, other_first) = both(|day| &day.first_of_session);
            around.same_kind += weight * openings;
            around.any_day += weight * (openings + others);
            around.first_of_session_same_kind += weight * first;
            around.first_of_session += weight * (first + other_first);
        }
        around
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.rows[index.row()] = Row::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    #[test]
    fn neighbouring_hours_count_less_and_midnight_is_no_border() {
        let mut hours = Hours::default();
        hours.make_room(1);
        let index = ItemIndex::of_row(0);
        // 2000-01-01 (a Saturday), 23:00.
        let late = Timestamp::new(946_684_800_000 + 23 * HOUR_MS, 0).expect("valid");
        hours.open(index, late, true);
        let around = |h: i64| hours.around(index, late.plus_ms(h * HOUR_MS));
        assert_eq!(
            around(0),
            AroundHour { any_day: 1.0, same_kind: 1.0, first_of_session: 1.0, first_of_session_same_kind: 1.0 }
        );
        assert_eq!((around(1).any_day, around(2).any_day, around(4).any_day), (0.65, 0.25, 0.0));
        // Two days on it is Monday: another kind of day.
        assert_eq!((around(48).any_day, around(48).same_kind), (1.0, 0.0));
    }
}
