//! What comes soon after each item, whatever comes between: skip-grams of the sequence of openings.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;

/// How many of the last items are looked back from.
const LOOK_BACK: usize = 5;
/// How many openings after an item count as soon.
const SOON: usize = 3;
/// Each further opening between two items counts this much less.
const DISTANCE: f64 = 0.6;
/// Each older occurrence of an item counts this much less.
const DECAY: f64 = 0.99;
/// The most followers of an item that are remembered.
const MAX_FOLLOWERS: usize = 64;

/// The followers of every item, each with its weight.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct SkipGrams {
    rows: Vec<Vec<(ItemIndex, f64)>>,
    /// The last items opened, the most recent first.
    last: VecDeque<ItemIndex>,
}

impl SkipGrams {
    /// Whether there are so many rows, and they name known items only.
    pub(super) fn is_sound(&self, rows: usize, is_known: &dyn Fn(ItemIndex) -> bool) -> bool {
        let followers = self.rows.iter().flatten().map(|(index, _)| *index);
        self.rows.len() == rows && followers.chain(self.last.iter().copied()).all(is_known)
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, Vec::new);
        }
    }

    /// Adds an opening to the sequence.
    pub(super) fn open(&mut self, next: ItemIndex) {
        let mut weight = 1.0;
        for before in self.last.iter().take(SOON) {
            let row = &mut self.rows[before.row()];
            row.iter_mut().for_each(|(_, weight)| *weight *= DECAY);
            match row.iter_mut().find(|(index, _)| *index == next) {
                Some((_, seen)) => *seen += weight,
                None => {
                    if row.len() == MAX_FOLLOWERS
                        && let Some(least) = (0..row.len()).min_by(|&a, &b| row[a].1.total_cmp(&row[b].1))
                    {
                        row.swap_remove(least);
                    }
                    row.push((next, weight));
                }
            }
            weight *= DISTANCE;
        }
        self.last.push_front(next);
        self.last.truncate(LOOK_BACK);
    }

    /// How much the last items speak for each candidate. `place_of` gives a row's place among `count` candidates.
    pub(super) fn soon(&self, place_of: &[Option<usize>], count: usize) -> Vec<f64> {
        let mut soon = vec![0.0; count];
        let mut weight = 1.0;
        for before in &self.last {
            for (index, seen) in &self.rows[before.row()] {
                if let Some(place) = place_of[index.row()] {
                    soon[place] += weight * seen;
                }
            }
            weight *= DISTANCE;
        }
        soon
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.rows[index.row()].clear();
        }
        for row in &mut self.rows {
            row.retain(|(index, _)| !gone.contains(index));
        }
        self.last.retain(|index| !gone.contains(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sequence: &[usize], items: usize) -> (SkipGrams, Vec<f64>) {
        let mut grams = SkipGrams::default();
        grams.make_room(items);
        for &row in sequence {
            grams.open(ItemIndex::of_row(row));
        }
        let places: Vec<Option<usize>> = (0..items).map(Some).collect();
        let soon = grams.soon(&places, items);
        (grams, soon)
    }

    #[test]
    fn what_came_soon_after_counts_less_with_each_opening_between() {
        let (grams, soon) = after(&[0, 1, 2, 3, 4], 5);
        assert_eq!(soon[0], 0.0, "nothing was followed by the first one");
        let of_0: Vec<f64> = (1..5)
            .map(|row| grams.rows[0].iter().find(|(i, _)| i.row() == row).map_or(0.0, |(_, seen)| *seen))
            .collect();
        assert!((of_0[2] - DISTANCE * DISTANCE).abs() < 1e-12 && of_0[3] == 0.0, "{of_0:?}");
        assert!((of_0[0] - DECAY * DECAY).abs() < 1e-12, "older occurrences count less");
    }

    #[test]
    fn an_interruption_does_not_hide_what_usually_follows() {
        let usual = [[0, 1, 2]; 20].concat();
        let (_, soon) = after(&[usual.as_slice(), &[0, 3]].concat(), 4);
        assert!(soon[1] > soon[2] && soon[1] > soon[0], "{soon:?}");
    }

    #[test]
    fn the_least_follower_makes_room_for_a_new_one() {
        let mut sequence = vec![0, 1, 0, 1];
        sequence.extend((2..2 + MAX_FOLLOWERS).flat_map(|n| [0, n]));
        let (grams, _) = after(&sequence, 2 + MAX_FOLLOWERS);
        assert_eq!(grams.rows[0].len(), MAX_FOLLOWERS);
        let newest = ItemIndex::of_row(1 + MAX_FOLLOWERS);
        assert!(grams.rows[0].iter().any(|(index, _)| *index == newest));
    }

    #[test]
    fn a_forgotten_item_follows_nothing() {
        let (mut grams, _) = after(&[0, 1, 0, 2, 0], 3);
        grams.forget(&[ItemIndex::of_row(1)]);
        let soon = grams.soon(&[Some(0), Some(1), Some(2)], 3);
        assert!(soon[1] == 0.0 && soon[2] > 0.0);
        assert!(grams.is_sound(3, &|index| index.row() != 1));
    }
}
