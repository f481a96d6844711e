//! How often and how recently each item was opened: totals, decayed counts, the last day and week, gaps, durations.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;
use crate::time::{DAY_MS, Timestamp};

/// Half lives of the decayed counts in hours: 10 min, 1 h, 6 h, 1 d, 3 d, 7 d, 30 d.
pub const HALF_LIVES_H: [f64; 7] = [1.0 / 6.0, 1.0, 6.0, 24.0, 72.0, 168.0, 720.0];
/// Half lives of the decayed counts in openings.
pub const HALF_LIVES_OPENINGS: [f64; 3] = [10.0, 50.0, 200.0];
/// How many of the newest openings the plain window counts.
pub const WINDOW_OPENINGS: usize = 250;
/// The most openings that the seven-day window holds: about two a minute of waking time.
pub const MAX_WEEK_OPENINGS: usize = 16_384;

/// One item's running statistics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Openings so far.
    pub total: u32,
    /// Openings decayed by time, as of `stamp`; half lives of [`HALF_LIVES_H`].
    pub by_time: [f64; 7],
    /// Openings decayed by openings of any item, as of `last_opening`; half lives of [`HALF_LIVES_OPENINGS`].
    pub by_openings: [f64; 3],
    /// When the item was first opened.
    pub first: Option<Timestamp>,
    /// When `by_time` was brought up to date: the last opening.
    pub stamp: Option<Timestamp>,
    /// When the item was last left.
    pub last_end: Option<Timestamp>,
    /// The number of the last opening, counting openings of all items from 0.
    pub last_opening: u64,
    /// Days on which the item was opened.
    pub days: u32,
    last_day: Option<i64>,
    /// Smoothed seconds from leaving the item to opening it again; 0 until known.
    pub gap_s: f64,
    /// Smoothed seconds on screen; 0 until known.
    pub duration_s: f64,
    /// Seconds on screen the last time.
    pub last_duration_s: f64,
    /// Sessions that this item began.
    pub sessions: u32,
    /// Sessions that this item began, decayed by 2 % a session.
    pub sessions_decayed: f64,
    /// The number of the last session it was opened in, sessions counted from 1; 0 before the first.
    pub last_session: u64,
    /// The number of the session before that one in which it was opened; 0 where there is none.
    pub session_before: u64,
    /// Openings in its last session.
    pub in_last_session: u32,
    /// Openings among the newest [`WINDOW_OPENINGS`].
    pub in_window: u32,
    /// Openings of the last 24 h, as of the newest opening of any item.
    pub in_day: u32,
    /// Openings of the last 7 d, as of the newest opening of any item.
    pub in_week: u32,
}

impl Counts {
    /// The counts decayed by time as they stand at `now`.
    #[must_use]
    pub fn by_time_at(&self, now: Timestamp) -> [f64; 7] {
        let Some(stamp) = self.stamp else { return [0.0; 7] };
        let hours = now.seconds_since(stamp) / 3_600.0;
        std::array::from_fn(|k| self.by_time[k] * (-hours / HALF_LIVES_H[k]).exp2())
    }

    /// The counts decayed by openings as they stand after `openings` openings of all items.
    #[must_use]
    pub fn by_openings_at(&self, openings: u64) -> [f64; 3] {
        let since = openings.saturating_sub(self.last_opening + 1) as f64;
        std::array::from_fn(|k| self.by_openings[k] * (-since / HALF_LIVES_OPENINGS[k]).exp2())
    }

    fn open(&mut self, at: Timestamp, opening: u64) {
        if let Some(end) = self.last_end {
            let gap = at.seconds_since(end);
            self.gap_s = if self.gap_s == 0.0 { gap } else { 0.8 * self.gap_s + 0.2 * gap };
        }
        self.first.get_or_insert(at);
        self.by_time = self.by_time_at(at).map(|v| v + 1.0);
        let since = (opening - self.last_opening.min(opening)) as f64;
        for (value, half_life) in self.by_openings.iter_mut().zip(HALF_LIVES_OPENINGS) {
            *value = *value * (-since / half_life).exp2() + 1.0;
        }
        self.stamp = Some(at);
        self.last_end = Some(at);
        self.last_opening = opening;
        self.count_day(at);
        self.total = self.total.saturating_add(1);
    }

    /// Counts an opening that is older than what is known: totals and decayed counts, no sequence.
    fn open_late(&mut self, at: Timestamp) {
        match self.stamp {
            Some(stamp) if stamp >= at => {
                let hours = stamp.seconds_since(at) / 3_600.0;
                for (value, half_life) in self.by_time.iter_mut().zip(HALF_LIVES_H) {
                    *value += (-hours / half_life).exp2();
                }
            }
            _ => {
                self.by_time = self.by_time_at(at).map(|v| v + 1.0);
                self.stamp = Some(at);
            }
        }
        self.first = Some(self.first.map_or(at, |first| first.min(at)));
        self.last_end = Some(self.last_end.map_or(at, |end| end.max(at)));
        self.count_day(at);
        self.total = self.total.saturating_add(1);
    }

    fn count_day(&mut self, at: Timestamp) {
        if self.last_day.is_none_or(|day| day < at.day()) {
            self.days += 1;
            self.last_day = Some(at.day());
        }
    }

    fn count_session(&mut self, session: u64) {
        if self.last_session != session {
            (self.session_before, self.last_session, self.in_last_session) = (self.last_session, session, 0);
        }
        self.in_last_session += 1;
    }

    fn leave(&mut self, start: Timestamp, end: Timestamp) {
        (self.duration_s, self.last_duration_s) = self.durations_after(end.seconds_since(start));
        self.last_end = Some(end.max(start));
    }

    /// Smoothed and last seconds on screen as they stand once the item was left after this long.
    #[must_use]
    pub fn durations_after(&self, seconds: f64) -> (f64, f64) {
        (if self.total <= 1 { seconds } else { 0.8 * self.duration_s + 0.2 * seconds }, seconds)
    }
}

/// Every item's running statistics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CountTable {
    rows: Vec<Counts>,
    openings: u64,
    sessions: u64,
    /// Openings that came late: counted, but not part of the sequence.
    late: u64,
    window: VecDeque<ItemIndex>,
    /// Openings of the last 7 d, oldest first; the first `day_start` are older than 24 h.
    week: VecDeque<(Timestamp, ItemIndex)>,
    day_start: usize,
}

impl CountTable {
    pub(super) fn of(&self, index: ItemIndex) -> &Counts {
        &self.rows[index.row()]
    }

    /// Openings of all items so far.
    pub(super) fn openings(&self) -> u64 {
        self.openings
    }

    /// Openings of all items so far, late ones too.
    pub(super) fn counted(&self) -> u64 {
        self.openings + self.late
    }

    /// How many items were opened once only.
    pub(super) fn once(&self) -> usize {
        self.rows.iter().filter(|row| row.total == 1).count()
    }

    /// Whether there are so many rows, of so many sessions, and the windows hold what the rows say they hold.
    pub(super) fn is_sound(&self, rows: usize, sessions: u64, is_known: &dyn Fn(ItemIndex) -> bool) -> bool {
        let in_windows = self.window.iter().chain(self.week.iter().map(|(_, index)| index));
        if self.rows.len() != rows || self.day_start > self.week.len() || !in_windows.copied().all(is_known) {
            return false;
        }
        if self.rows.iter().any(|row| row.last_session > sessions) {
            return false;
        }
        let mut recent = vec![(0_u32, 0_u32); rows];
        for (place, (_, index)) in self.week.iter().enumerate() {
            recent[index.row()].0 += u32::from(place >= self.day_start);
            recent[index.row()].1 += 1;
        }
        recent.into_iter().eq(self.rows.iter().map(|row| (row.in_day, row.in_week)))
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, Counts::default);
        }
    }

    /// Counts an opening at the end of the sequence.
    pub(super) fn open(&mut self, index: ItemIndex, at: Timestamp, starts_session: bool) {
        self.sessions += u64::from(starts_session);
        let row = &mut self.rows[index.row()];
        row.open(at, self.openings);
        row.count_session(self.sessions);
        row.in_window += 1;
        self.openings += 1;
        if starts_session {
            self.rows.iter_mut().for_each(|r| r.sessions_decayed *= 0.98);
            let row = &mut self.rows[index.row()];
            row.sessions += 1;
            row.sessions_decayed += 1.0;
        }
        self.window.push_back(index);
        if self.window.len() > WINDOW_OPENINGS
            && let Some(old) = self.window.pop_front()
        {
            self.rows[old.row()].in_window = self.rows[old.row()].in_window.saturating_sub(1);
        }
        self.count_recent(index, at);
    }

    /// Counts an opening that came late.
    pub(super) fn open_late(&mut self, index: ItemIndex, at: Timestamp) {
        self.rows[index.row()].open_late(at);
        self.late += 1;
        self.count_recent(index, at);
    }

    /// The item was on screen from `start` to `end`.
    pub(super) fn leave(&mut self, index: ItemIndex, start: Timestamp, end: Timestamp) {
        self.rows[index.row()].leave(start, end);
    }

    /// Openings of an item after `since` and within the seven days before `now`.
    pub(super) fn openings_of_week(&self, index: ItemIndex, since: Timestamp, now: Timestamp) -> usize {
        let from = since.at_ms().max(now.at_ms() - 7 * DAY_MS);
        self.week.iter().rev().take_while(|(at, _)| at.at_ms() > from).filter(|(_, other)| *other == index).count()
    }

    /// Openings of each item in the last 24 h and 7 d before `now`, as rows of (day, week).
    pub(super) fn recent_at(&self, now: Timestamp) -> Vec<(u32, u32)> {
        let mut recent: Vec<(u32, u32)> = self.rows.iter().map(|r| (r.in_day, r.in_week)).collect();
        let old = |at: &Timestamp, ms: i64| now.at_ms() - at.at_ms() > ms;
        for (_, index) in self.week.iter().take_while(|(at, _)| old(at, 7 * DAY_MS)) {
            recent[index.row()].1 -= 1;
        }
        for (_, index) in self.week.iter().skip(self.day_start).take_while(|(at, _)| old(at, DAY_MS)) {
            recent[index.row()].0 -= 1;
        }
        recent
    }

    /// The clock was set back to `now`: nothing is from the future.
    pub(super) fn not_after(&mut self, now: Timestamp) {
        for row in &mut self.rows {
            for time in [&mut row.first, &mut row.stamp, &mut row.last_end].into_iter().flatten() {
                *time = (*time).min(now);
            }
            row.last_day = row.last_day.map(|day| day.min(now.day()));
        }
        for (at, _) in &mut self.week {
            *at = (*at).min(now);
        }
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.rows[index.row()] = Counts::default();
        }
        self.window.retain(|index| !gone.contains(index));
        let day: usize = self.week.iter().take(self.day_start).filter(|(_, index)| gone.contains(index)).count();
        self.day_start -= day;
        self.week.retain(|(_, index)| !gone.contains(index));
    }

    fn count_recent(&mut self, index: ItemIndex, at: Timestamp) {
        let newest = self.week.back().map_or(at, |(newest, _)| (*newest).max(at));
        if newest.at_ms() - at.at_ms() > 7 * DAY_MS {
            return;
        }
        let place = self.week.partition_point(|(other, _)| *other <= at);
        self.week.insert(place, (at, index));
        self.rows[index.row()].in_week += 1;
        self.rows[index.row()].in_day += 1;
        if place < self.day_start {
            // It is already older than a day: counted with the rest of the week only.
            self.day_start += 1;
            self.rows[index.row()].in_day -= 1;
        }
        while let Some((old, index)) = self.week.get(self.day_start)
            && newest.at_ms() - old.at_ms() > DAY_MS
        {
            self.rows[index.row()].in_day -= 1;
            self.day_start += 1;
        }
        while let Some((old, _)) = self.week.front()
            && (newest.at_ms() - old.at_ms() > 7 * DAY_MS || self.week.len() > MAX_WEEK_OPENINGS)
        {
            let (_, index) = self.week.pop_front().expect("the front was just seen");
            self.rows[index.row()].in_week -= 1;
            if self.day_start == 0 {
                self.rows[index.row()].in_day -= 1;
            }
            self.day_start = self.day_start.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::HOUR_MS;

    fn at(hours: i64) -> Timestamp {
        Timestamp::new(1_600_000_000_000 + hours * HOUR_MS, 0).expect("valid")
    }

    fn table(openings: &[(usize, i64)]) -> CountTable {
        let mut table = CountTable::default();
        table.make_room(3);
        for &(row, hour) in openings {
            table.open(ItemIndex::of_row(row), at(hour), false);
        }
        table
    }

    #[test]
    fn a_count_halves_each_half_life() {
        let table = table(&[(0, 0)]);
        let counts = table.of(ItemIndex::of_row(0));
        assert!((counts.by_time_at(at(6))[2] - 0.5).abs() < 1e-12);
        assert!((counts.by_time_at(at(24))[3] - 0.5).abs() < 1e-12);
        assert!((counts.by_openings_at(11)[0] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn day_and_week_windows_end_where_they_say() {
        let table = table(&[(0, 0), (1, 100), (0, 160), (0, 168)]);
        let seen = |now: i64| table.recent_at(at(now))[0];
        assert_eq!(seen(168), (2, 3), "the first opening is exactly seven days old");
        assert_eq!(seen(169), (2, 2));
        assert_eq!(seen(184), (2, 2), "160 h is exactly one day old");
        assert_eq!(seen(185), (1, 2));
        assert_eq!(seen(10_000), (0, 0));
    }

    #[test]
    fn late_openings_count_as_if_they_had_come_in_time() {
        let in_time = table(&[(0, 0), (0, 10), (0, 30)]);
        let mut late = table(&[(0, 0), (0, 30)]);
        late.open_late(ItemIndex::of_row(0), at(10));
        let (a, b) = (in_time.of(ItemIndex::of_row(0)), late.of(ItemIndex::of_row(0)));
        assert_eq!((a.total, a.in_day, a.in_week), (b.total, b.in_day, b.in_week));
        for k in 0..7 {
            assert!((a.by_time[k] - b.by_time[k]).abs() < 1e-12);
        }
        assert_eq!(in_time.recent_at(at(40)), late.recent_at(at(40)));
    }

    #[test]
    fn forgetting_leaves_the_other_items_windows_intact() {
        let mut table = table(&[(0, 0), (1, 1), (0, 30), (1, 31), (2, 31)]);
        table.forget(&[ItemIndex::of_row(0)]);
        assert_eq!(table.recent_at(at(31))[1..], [(1, 2), (1, 1)]);
        assert_eq!(table.recent_at(at(26 + 168))[1..], [(0, 1), (0, 1)]);
    }
}
