//! Which items have notifications that wait since the item was last used.

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;
use crate::time::Timestamp;

/// How many of an item's newest notifications are remembered.
pub const MAX_WAITING: usize = 8;
/// How many features describe an item's notifications.
pub const NOTICE_FEATURES: usize = 4;

/// An item's notifications at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Notices {
    /// Posted since the item was last used, at most [`MAX_WAITING`].
    pub waiting: u32,
    /// Seconds since the newest one was posted, waiting or not.
    pub age_s: Option<f64>,
}

impl Notices {
    /// Waiting at all; the same fading with 120 s and with 1,800 s; the newest one fading with 60 s, waiting or not.
    #[must_use]
    pub fn features(self) -> [f64; NOTICE_FEATURES] {
        let Some(age_s) = self.age_s else { return [0.0; NOTICE_FEATURES] };
        let waiting = f64::from(u8::from(self.waiting > 0));
        [waiting, waiting * (-age_s / 120.0).exp(), waiting * (-age_s / 1_800.0).exp(), (-age_s / 60.0).exp()]
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    /// The newest last.
    posted: Vec<Timestamp>,
    /// The newest last.
    cleared: Vec<Timestamp>,
}

/// The notifications of every item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Notifications {
    rows: Vec<Row>,
}

impl Notifications {
    /// Whether there are so many rows.
    pub(super) fn has_rows(&self, rows: usize) -> bool {
        self.rows.len() == rows
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, Row::default);
        }
    }

    pub(super) fn post(&mut self, index: ItemIndex, at: Timestamp) {
        remember(&mut self.rows[index.row()].posted, at);
    }

    pub(super) fn clear(&mut self, index: ItemIndex, at: Timestamp) {
        remember(&mut self.rows[index.row()].cleared, at);
    }

    /// What was posted, and not cleared, strictly before `now`, given when the item was last used.
    pub(super) fn at(&self, index: ItemIndex, now: Timestamp, last_used: Option<Timestamp>) -> Notices {
        let row = &self.rows[index.row()];
        let before = |times: &[Timestamp]| times.partition_point(|at| at.at_ms() < now.at_ms());
        let cleared = row.cleared[..before(&row.cleared)].last().copied();
        let before = &row.posted[..before(&row.posted)];
        let waits = |at: &&Timestamp| Some(**at) > last_used && Some(**at) > cleared;
        Notices {
            waiting: u32::try_from(before.iter().filter(waits).count()).expect("at most MAX_WAITING"),
            age_s: before.last().map(|newest| now.seconds_since(*newest)),
        }
    }

    /// When the newest notification of any item was posted.
    pub(super) fn newest(&self) -> Option<Timestamp> {
        self.rows.iter().filter_map(|row| row.posted.last().copied()).max()
    }

    /// The clock was set back to `now`.
    pub(super) fn not_after(&mut self, now: Timestamp) {
        for row in &mut self.rows {
            row.posted.iter_mut().chain(&mut row.cleared).for_each(|at| *at = (*at).min(now));
        }
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.rows[index.row()] = Row::default();
        }
    }
}

/// Keeps the newest [`MAX_WAITING`] times in order.
fn remember(times: &mut Vec<Timestamp>, at: Timestamp) {
    let place = times.partition_point(|other| *other <= at);
    times.insert(place, at);
    if times.len() > MAX_WAITING {
        times.remove(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_600_000_000_000 + 1_000 * seconds, 0).expect("valid")
    }

    #[test]
    fn using_or_clearing_an_item_ends_the_wait_of_what_came_before() {
        let index = ItemIndex::of_row(0);
        let mut notifications = Notifications::default();
        notifications.make_room(1);
        for second in [10, 20, 30] {
            notifications.post(index, at(second));
        }
        let waiting = |n: &Notifications, now, used: Option<i64>| n.at(index, at(now), used.map(at)).waiting;
        assert_eq!(waiting(&notifications, 40, None), 3);
        assert_eq!(waiting(&notifications, 30, None), 2, "strictly before now");
        assert_eq!(waiting(&notifications, 40, Some(20)), 1);
        assert_eq!(waiting(&notifications, 40, Some(30)), 0);
        notifications.clear(index, at(20));
        assert_eq!(waiting(&notifications, 40, None), 1);
        assert_eq!(waiting(&notifications, 20, None), 1, "what is cleared later still waits now");
        assert_eq!(notifications.at(index, at(40), Some(at(35))).features()[..3], [0.0; 3]);
    }

    #[test]
    fn at_most_the_newest_are_remembered() {
        let index = ItemIndex::of_row(0);
        let mut notifications = Notifications::default();
        notifications.make_room(1);
        for second in 0..100 {
            notifications.post(index, at(second));
        }
        let notices = notifications.at(index, at(100), None);
        assert_eq!((notices.waiting as usize, notices.age_s), (MAX_WAITING, Some(1.0)));
    }
}
