//! What followed each item: its last occurrences with what came before and after, for transitions of order 1 to 3.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;

/// How many of an item's newest occurrences are remembered.
pub const MAX_OCCURRENCES: usize = 400;
/// Each older occurrence counts this much less in the decayed transitions.
const DECAY: f64 = 0.96;

/// The last items opened, the most recent first.
pub(super) type LastThree = [Option<ItemIndex>; 3];

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Occurrence {
    before: Option<ItemIndex>,
    before_that: Option<ItemIndex>,
    next: Option<ItemIndex>,
    next_starts_session: bool,
}

/// How often one candidate followed the current item.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Followed {
    /// Among the item's last [`MAX_OCCURRENCES`] occurrences.
    pub once: f64,
    /// The same, an occurrence counting 4 % less than the one after it.
    pub decayed: f64,
    /// Where the item before was the same as now.
    pub order_2: f64,
    /// Where the two items before were the same as now.
    pub order_3: f64,
    /// Where the candidate began a session.
    pub into_session: f64,
}

/// The occurrences of every item.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Transitions {
    rows: Vec<VecDeque<Occurrence>>,
    last: LastThree,
}

impl Transitions {
    /// The last three items opened, the most recent first.
    pub(super) fn last(&self) -> LastThree {
        self.last
    }

    /// Whether there are so many rows, and they name known items only.
    pub(super) fn is_sound(&self, rows: usize, is_known: &dyn Fn(ItemIndex) -> bool) -> bool {
        let seen = self.rows.iter().flatten().flat_map(|seen| [seen.before, seen.before_that, seen.next]);
        self.rows.len() == rows && seen.chain(self.last).flatten().all(is_known)
    }

    pub(super) fn make_room(&mut self, rows: usize) {
        if self.rows.len() < rows {
            self.rows.resize_with(rows, VecDeque::new);
        }
    }

    /// Adds an opening to the sequence.
    pub(super) fn open(&mut self, next: ItemIndex, next_starts_session: bool) {
        if let [Some(current), before, before_that] = self.last {
            let row = &mut self.rows[current.row()];
            row.push_front(Occurrence { before, before_that, next: Some(next), next_starts_session });
            row.truncate(MAX_OCCURRENCES);
        }
        self.last = [Some(next), self.last[0], self.last[1]];
    }

    /// How often each candidate followed the current item. `place_of` gives a row's place among `count` candidates.
    pub(super) fn followed(&self, place_of: &[Option<usize>], count: usize) -> Vec<Followed> {
        let mut followed = vec![Followed::default(); count];
        let [Some(current), before, before_that] = self.last else { return followed };
        let mut weight = 1.0;
        for occurrence in &self.rows[current.row()] {
            if let Some(place) = occurrence.next.and_then(|next| place_of[next.row()]) {
                let row = &mut followed[place];
                row.once += 1.0;
                row.decayed += weight;
                if occurrence.next_starts_session {
                    row.into_session += 1.0;
                }
                if before.is_some() && occurrence.before == before {
                    row.order_2 += 1.0;
                    if before_that.is_some() && occurrence.before_that == before_that {
                        row.order_3 += 1.0;
                    }
                }
            }
            weight *= DECAY;
        }
        followed
    }

    /// The share of each follower among the occurrences of `item`, most frequent first.
    pub(super) fn shares(&self, item: ItemIndex) -> Vec<(ItemIndex, f64)> {
        let mut counts: Vec<(ItemIndex, f64)> = Vec::new();
        let row = &self.rows[item.row()];
        for next in row.iter().filter_map(|occurrence| occurrence.next) {
            match counts.iter_mut().find(|(index, _)| *index == next) {
                Some((_, count)) => *count += 1.0,
                None => counts.push((next, 1.0)),
            }
        }
        counts.sort_by(|a, b| b.1.total_cmp(&a.1));
        counts.into_iter().map(|(next, count)| (next, count / row.len() as f64)).collect()
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            self.rows[index.row()].clear();
        }
        let is_gone = |index: &Option<ItemIndex>| index.is_some_and(|i| gone.contains(&i));
        for occurrence in self.rows.iter_mut().flatten() {
            for index in [&mut occurrence.before, &mut occurrence.before_that, &mut occurrence.next] {
                if is_gone(index) {
                    *index = None;
                }
            }
        }
        for index in &mut self.last {
            if is_gone(index) {
                *index = None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(sequence: &[usize]) -> (Transitions, Vec<Followed>) {
        let mut transitions = Transitions::default();
        transitions.make_room(4);
        for &row in sequence {
            transitions.open(ItemIndex::of_row(row), false);
        }
        let places: Vec<Option<usize>> = (0..4).map(Some).collect();
        let followed = transitions.followed(&places, 4);
        (transitions, followed)
    }

    #[test]
    fn higher_orders_count_only_where_the_past_agrees() {
        // After 1: 2, 2, 3. The last 1 came after 0; so did the first, which was followed by 2.
        let (_, followed) = after(&[0, 1, 2, 1, 2, 1, 3, 0, 1]);
        assert_eq!((followed[2].once, followed[3].once), (2.0, 1.0));
        assert_eq!((followed[2].order_2, followed[3].order_2), (1.0, 0.0));
        assert_eq!(followed[2].order_3, 0.0);
        assert!((followed[3].decayed - 1.0).abs() < 1e-12, "the newest occurrence counts in full");
        assert!((followed[2].decayed - (DECAY + DECAY * DECAY)).abs() < 1e-12);
    }

    #[test]
    fn occurrences_are_remembered_up_to_the_limit() {
        let mut sequence = vec![0, 3];
        sequence.extend([0, 1].repeat(MAX_OCCURRENCES));
        sequence.push(0);
        let (transitions, followed) = after(&sequence);
        assert_eq!((followed[1].once, followed[3].once), (MAX_OCCURRENCES as f64, 0.0));
        assert_eq!(transitions.shares(ItemIndex::of_row(0)), [(ItemIndex::of_row(1), 1.0)]);
    }

    #[test]
    fn a_forgotten_item_is_nobodys_past() {
        let (mut transitions, _) = after(&[0, 1, 0, 2, 0]);
        transitions.forget(&[ItemIndex::of_row(1)]);
        let followed = transitions.followed(&(0..4).map(Some).collect::<Vec<_>>(), 4);
        assert_eq!((followed[1].once, followed[2].once), (0.0, 1.0));
    }
}
