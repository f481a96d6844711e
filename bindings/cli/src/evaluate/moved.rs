//! How ranks move from one system to another: a confusion matrix of the target's ranks.

use super::metrics::place;

/// Where a target stands, by what it means to a row of suggestions.
pub const BUCKETS: [&str; 7] = ["1", "2", "3", "4-5", "6-10", "11+", "miss"];

/// Queries by the bucket of the target's rank: `[under the one system][under the other]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Moved([[u64; BUCKETS.len()]; BUCKETS.len()]);

impl Moved {
    /// Counts the ranks of queries under both systems.
    #[must_use]
    pub fn of(ranks: impl IntoIterator<Item = (u16, u16)>) -> Self {
        let mut moved = Self::default();
        for (before, after) in ranks {
            moved.0[bucket(before)][bucket(after)] += 1;
        }
        moved
    }

    /// The counts, in the order of [`BUCKETS`].
    #[must_use]
    pub const fn counts(&self) -> &[[u64; BUCKETS.len()]; BUCKETS.len()] {
        &self.0
    }

    /// Queries whose target came into the first three, and those whose target left them.
    #[must_use]
    pub fn into_and_out_of_3(&self) -> (u64, u64) {
        let count = |from: std::ops::Range<usize>, to: std::ops::Range<usize>| -> u64 {
            self.0[from].iter().map(|row| row[to.clone()].iter().sum::<u64>()).sum()
        };
        (count(3..BUCKETS.len(), 0..3), count(0..3, 3..BUCKETS.len()))
    }
}

fn bucket(rank: u16) -> usize {
    match place(rank) {
        Some(rank @ 1..=3) => usize::from(rank) - 1,
        Some(4 | 5) => 3,
        Some(6..=10) => 4,
        Some(_) => 5,
        None => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_on_both_sides_of_every_border_are_counted_where_they_belong() {
        let ranks = [1, 2, 3, 4, 5, 6, 10, 11, 64, 0, u16::MAX];
        let buckets = [0, 1, 2, 3, 3, 4, 4, 5, 5, 6, 6];
        for (before, row) in ranks.into_iter().zip(buckets) {
            for (after, column) in ranks.into_iter().zip(buckets) {
                let moved = Moved::of([(before, after)]);
                assert_eq!(moved.counts()[row][column], 1, "{before} {after}");
                assert_eq!(moved.counts().as_flattened().iter().sum::<u64>(), 1);
            }
        }
    }

    #[test]
    fn what_comes_into_the_first_three_and_what_leaves_them_is_counted() {
        let moved = Moved::of([(4, 3), (0, 1), (11, 2), (3, 4), (1, 1), (2, 3), (9, 4)]);
        assert_eq!(moved.into_and_out_of_3(), (3, 1));
    }
}
