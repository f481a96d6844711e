//! When each item is returned to: how often it was opened, of the times it could have been, by how long it had lain unused.

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;
use super::statistics::Moment;

/// How many times since the last use are told apart: each is twice as long as the one before, from a second to a season.
pub(super) const BUCKETS: usize = 24;
/// How much the neighbours of a bucket count with it, the nearer one first.
const KERNEL: [f64; 2] = [0.7, 0.3];
/// How many offers everybody's rate counts for beside an item's own.
const OWN_PRIOR: f64 = 4.0;
/// How many offers the guess counts for beside everybody's rate.
const ALL_PRIOR: f64 = 3.0;

/// The bucket of a time since the last use.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cut to the buckets")]
pub(super) fn bucket(seconds: f64) -> u8 {
    (1.0 + seconds.max(0.0)).log2().min(BUCKETS as f64 - 1.0) as u8
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
struct Tally {
    offered: u32,
    opened: u32,
}

/// Tallies by moment and bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Row([[Tally; BUCKETS]; 3]);

/// How often items were opened when they had lain unused for so long: a hazard of return, item by item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Returns {
    items: Vec<Row>,
    all: Row,
}

impl Returns {
    /// Whether there are so many rows.
    pub(super) fn has_rows(&self, rows: usize) -> bool {
        self.items.len() == rows
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.items.len() < rows {
            self.items.resize_with(rows, Row::default);
        }
    }

    /// How often anything was opened after so long, where `guess` is all that is known otherwise.
    pub(super) fn of_all(&self, moment: Moment, bucket: u8, guess: f64) -> f64 {
        let tally = self.all.0[moment.row()][bucket as usize];
        (f64::from(tally.opened) + ALL_PRIOR * guess) / (f64::from(tally.offered) + ALL_PRIOR)
    }

    /// How often the item was opened after about so long, leaning on what is `expected` the more the less it was offered.
    pub(super) fn of(&self, index: ItemIndex, moment: Moment, bucket: u8, expected: f64) -> f64 {
        let tallies = &self.items[index.row()].0[moment.row()];
        let bucket = bucket as usize;
        let (mut opened, mut offered) = (OWN_PRIOR * expected, OWN_PRIOR);
        let mut add = |tally: &Tally, weight: f64| {
            opened += weight * f64::from(tally.opened);
            offered += weight * f64::from(tally.offered);
        };
        add(&tallies[bucket], 1.0);
        for (distance, weight) in (1..).zip(KERNEL) {
            let below = bucket.checked_sub(distance);
            for tally in [below, Some(bucket + distance)].into_iter().flatten().filter_map(|b| tallies.get(b)) {
                add(tally, weight);
            }
        }
        opened / offered
    }

    /// Learns that the candidate at `target` was opened. Each candidate comes with the bucket of its time since the last
    /// use; one that is not known any more teaches nothing.
    pub(super) fn learn(
        &mut self,
        moment: Moment,
        candidates: impl IntoIterator<Item = (ItemIndex, u8)>,
        target: usize,
    ) {
        for (place, (index, bucket)) in candidates.into_iter().enumerate() {
            let own = self.items.get_mut(index.row());
            for row in own.into_iter().chain([&mut self.all]) {
                let tally = &mut row.0[moment.row()][bucket as usize];
                tally.offered = tally.offered.saturating_add(1);
                tally.opened = tally.opened.saturating_add(u32::from(place == target));
            }
        }
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.items[index.row()] = Row::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_S: f64 = 86_400.0;

    #[test]
    fn each_bucket_is_twice_as_long_as_the_one_before() {
        assert_eq!([0.0, 0.9, 1.0, 2.9, 3.0, 7.0].map(bucket), [0, 0, 1, 1, 2, 3]);
        assert_eq!([-1.0, f64::INFINITY, f64::NAN].map(bucket), [0, 23, 0]);
    }

    #[test]
    fn an_item_of_every_day_is_expected_after_a_day_and_not_after_a_minute() {
        let [daily, other] = [0, 1].map(ItemIndex::of_row);
        let mut returns = Returns::default();
        returns.make_room(2);
        for _ in 0..50 {
            returns.learn(Moment::Next, [(daily, bucket(60.0)), (other, bucket(60.0))], 1);
            returns.learn(Moment::Next, [(daily, bucket(DAY_S)), (other, bucket(60.0))], 0);
        }
        let rate = |index, seconds| returns.of(index, Moment::Next, bucket(seconds), 0.5);
        assert!(rate(daily, DAY_S) > 0.9 && rate(daily, 60.0) < 0.1);
        assert!(rate(daily, DAY_S / 2.5) > 0.9, "a bucket or two beside what was seen");
        assert!((rate(daily, 1_000.0) - 0.5).abs() < 1e-9, "further off nothing was seen");
        assert!((rate(other, 60.0) - 0.5).abs() < 0.05);
        assert_eq!(returns.of(daily, Moment::Unlock, bucket(DAY_S), 0.3), 0.3, "other moments were not asked");
        assert!(returns.of_all(Moment::Next, bucket(60.0), 0.5) < 0.5);
        returns.forget(&[daily]);
        assert_eq!(returns.of(daily, Moment::Next, bucket(DAY_S), 0.3), 0.3);
    }

    #[test]
    fn a_candidate_of_whom_there_is_no_row_teaches_about_all_only() {
        let mut returns = Returns::default();
        returns.learn(Moment::Next, [(ItemIndex::of_row(3), 5)], 0);
        assert!(returns.has_rows(0) && returns.of_all(Moment::Next, 5, 0.0) > 0.0);
    }
}
