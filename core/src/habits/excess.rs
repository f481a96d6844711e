//! What a circumstance changes: openings in it against what was expected without knowing it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::items::ItemIndex;

/// How many openings as expected stand against a first surprise.
const PRIOR: f64 = 2.0;

/// Observed and expected openings in one circumstance.
///
/// A low battery comes in the evening, and so do films; counting films at low battery would take the one for the other.
/// Against what the hour and everything else let expect, only what the battery itself changes is left.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Excess {
    items: BTreeMap<ItemIndex, Row>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Row {
    observed: f64,
    expected: f64,
}

impl Excess {
    /// `opened` was opened where each item had this probability.
    pub(super) fn add(&mut self, opened: ItemIndex, expected: impl Iterator<Item = (ItemIndex, f64)>) {
        for (index, probability) in expected {
            self.items.entry(index).or_default().expected += probability;
        }
        self.items.entry(opened).or_default().observed += 1.0;
    }

    /// The natural logarithm of observed to expected openings: 0 where nothing is known, below where it is avoided.
    pub(super) fn log_ratio(&self, index: ItemIndex) -> f64 {
        self.items.get(&index).map_or(0.0, |row| ((row.observed + PRIOR) / (row.expected + PRIOR)).ln())
    }

    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        self.items.retain(|index, _| !gone.contains(index));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_as_expected_is_no_excess_and_what_does_not_come_is_avoided() {
        let [usual, avoided, unknown] = [0, 1, 2].map(ItemIndex::of_row);
        let mut excess = Excess::default();
        for _ in 0..30 {
            excess.add(usual, [(usual, 0.5), (avoided, 0.5)].into_iter());
        }
        assert!(excess.log_ratio(usual) > 0.5 && excess.log_ratio(avoided) < -1.5);
        assert_eq!(excess.log_ratio(unknown), 0.0);
        excess.forget(&[avoided]);
        assert_eq!(excess.log_ratio(avoided), 0.0);
    }
}
