//! The items habits know: a small number for each, which of them can be offered, and their order of last use.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::config::{EVICTED_ITEMS, MAX_ITEMS};
use crate::event::Item;

/// An item's number inside habits. It is given again after the item was forgotten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemIndex(u16);

impl ItemIndex {
    /// The number as a place in a table of [`MAX_ITEMS`] rows.
    #[must_use]
    pub const fn row(self) -> usize {
        self.0 as usize
    }

    pub(super) fn of_row(row: usize) -> Self {
        Self(u16::try_from(row).expect("rows stay below MAX_ITEMS"))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Slot {
    item: Item,
    /// Orders items that were never opened: the smaller was known first.
    since: u64,
    /// Whether it can be offered; `None` until it was opened, installed or removed (a service may only notify).
    available: Option<bool>,
}

/// The known items.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Items {
    slots: Vec<Option<Slot>>,
    rows: BTreeMap<Item, ItemIndex>,
    /// Opened items, the most recent first.
    recency: Vec<ItemIndex>,
    named: u64,
}

impl Items {
    /// The item's number, if it is known.
    pub(super) fn find(&self, item: &Item) -> Option<ItemIndex> {
        self.rows.get(item).copied()
    }

    /// The item of a number that this catalogue gave.
    pub(super) fn item(&self, index: ItemIndex) -> &Item {
        &self.slot(index).item
    }

    /// Whether a number stands for an item.
    pub(super) fn holds(&self, index: ItemIndex) -> bool {
        self.slots.get(index.row()).is_some_and(Option::is_some)
    }

    /// Whether names and numbers belong to each other one by one, and the order names no number twice.
    pub(super) fn is_sound(&self) -> bool {
        let is_named = |(item, index): (&Item, &ItemIndex)| {
            self.slots.get(index.row()).is_some_and(|slot| slot.as_ref().is_some_and(|slot| slot.item == *item))
        };
        let distinct: BTreeSet<ItemIndex> = self.recency.iter().copied().collect();
        self.slots.len() <= MAX_ITEMS
            && self.slots.iter().flatten().count() == self.rows.len()
            && self.rows.iter().all(is_named)
            && distinct.len() == self.recency.len()
            && distinct.iter().all(|index| self.holds(*index))
            && self.rows.keys().all(|item| Item::in_profile(item.id(), item.profile()).is_ok())
    }

    /// Every known item with its number, in the order of their names.
    pub(super) fn all(&self) -> impl Iterator<Item = (ItemIndex, &Item)> {
        self.rows.iter().map(|(item, index)| (*index, item))
    }

    /// Forgets items; their numbers are given again.
    pub(super) fn forget(&mut self, gone: &[ItemIndex]) {
        for index in gone {
            if let Some(slot) = self.slots[index.row()].take() {
                self.rows.remove(&slot.item);
            }
        }
        self.recency.retain(|index| !gone.contains(index));
    }

    /// The item's number, given now if it has none. The second part lists items that were forgotten to make room.
    pub(super) fn number(&mut self, item: &Item) -> (ItemIndex, Vec<ItemIndex>) {
        if let Some(index) = self.find(item) {
            return (index, Vec::new());
        }
        let evicted = if self.rows.len() >= MAX_ITEMS { self.evict() } else { Vec::new() };
        let row = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        let slot = Some(Slot { item: item.clone(), since: self.named, available: None });
        self.named += 1;
        if row == self.slots.len() {
            self.slots.push(slot);
        } else {
            self.slots[row] = slot;
        }
        let index = ItemIndex::of_row(row);
        self.rows.insert(item.clone(), index);
        (index, evicted)
    }

    /// Puts an opened item at the head of the order of last use and makes it available.
    pub(super) fn opened(&mut self, index: ItemIndex) {
        self.set_available(index, true);
        let tail = self.recency.iter().position(|&i| i == index).unwrap_or_else(|| {
            self.recency.push(index);
            self.recency.len() - 1
        });
        self.recency[..=tail].rotate_right(1);
    }

    /// Puts an item that was opened at an unknown place of the past at the end of the order, if it is not in it.
    pub(super) fn opened_earlier(&mut self, index: ItemIndex) {
        if !self.recency.contains(&index) {
            self.recency.push(index);
        }
        if let Some(slot) = &mut self.slots[index.row()] {
            slot.available.get_or_insert(true);
        }
    }

    pub(super) fn set_available(&mut self, index: ItemIndex, available: bool) {
        if let Some(slot) = &mut self.slots[index.row()] {
            slot.available = Some(available);
        }
    }

    pub(super) fn is_available(&self, index: ItemIndex) -> bool {
        self.slot(index).available == Some(true)
    }

    pub(super) fn is_gone(&self, index: ItemIndex) -> bool {
        self.slot(index).available == Some(false)
    }

    /// Opened items, the most recent first.
    pub(super) fn recency(&self) -> &[ItemIndex] {
        &self.recency
    }

    /// Available items that were never opened, the one known first leading.
    pub(super) fn never_opened(&self) -> Vec<ItemIndex> {
        let mut found: Vec<(u64, ItemIndex)> = self
            .slots
            .iter()
            .enumerate()
            .filter_map(|(row, slot)| slot.as_ref().map(|s| (s, ItemIndex::of_row(row))))
            .filter(|(slot, index)| slot.available == Some(true) && !self.recency.contains(index))
            .map(|(slot, index)| (slot.since, index))
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, index)| index).collect()
    }

    /// How many rows a table over all numbers needs.
    pub(super) fn rows(&self) -> usize {
        self.slots.len()
    }

    fn slot(&self, index: ItemIndex) -> &Slot {
        self.slots[index.row()].as_ref().expect("numbers are given to known items only")
    }

    /// Forgets the items used longest ago; before them those never opened, the one known longest leading.
    fn evict(&mut self) -> Vec<ItemIndex> {
        let mut leaving: Vec<ItemIndex> =
            self.rows.values().copied().filter(|index| !self.recency.contains(index)).collect();
        leaving.sort_by_key(|&index| self.slot(index).since);
        leaving.extend(self.recency.iter().rev());
        leaving.truncate(EVICTED_ITEMS);
        self.forget(&leaving);
        leaving
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(n: usize) -> Item {
        Item::new(&format!("item {n}")).expect("valid")
    }

    #[test]
    fn the_most_recently_opened_item_leads() {
        let mut items = Items::default();
        let [a, b, c] = [0, 1, 2].map(|n| items.number(&item(n)).0);
        for index in [a, b, c, a] {
            items.opened(index);
        }
        assert_eq!(items.recency(), [a, c, b]);
    }

    #[test]
    fn at_the_limit_nothing_is_forgotten_and_one_beyond_forgets_the_oldest() {
        let mut items = Items::default();
        for n in 0..MAX_ITEMS {
            let (index, evicted) = items.number(&item(n));
            items.opened(index);
            assert!(evicted.is_empty());
        }
        let (index, evicted) = items.number(&item(MAX_ITEMS));
        items.opened(index);
        assert_eq!(evicted.len(), EVICTED_ITEMS);
        assert!(items.find(&item(0)).is_none() && items.find(&item(EVICTED_ITEMS)).is_some());
        assert_eq!(items.recency().len(), MAX_ITEMS - EVICTED_ITEMS + 1);
        assert_eq!(items.rows(), MAX_ITEMS);
    }
}
