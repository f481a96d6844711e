//! The rows that a log says were shown, and what was opened from them.

use std::collections::BTreeMap;

use foretap_core::time::SECOND_MS;
use foretap_core::{Event, EventKind, Item, Propensity, Timestamp, Token};

/// Where launches do not tell their slot, the first launch this long after a row is credited to it, if the row shows the
/// item. A row that leads to an opening does so at a glance.
pub const CREDIT_WINDOW_MS: i64 = 30 * SECOND_MS;
/// Impressions of a row are recorded together; one that comes later than this begins another row.
const ROW_MS: i64 = SECOND_MS;

/// An item in a row that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownItem {
    /// The item.
    pub item: Item,
    /// Its place, from 0.
    pub position: u8,
    /// How likely it was to be there.
    pub propensity: Option<Propensity>,
}

/// A row that was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ShownRow {
    /// When.
    pub at: Timestamp,
    /// Where.
    pub surface: Token,
    /// The place of its first impression among the events.
    pub event: usize,
    /// What it showed, by position.
    pub items: Vec<ShownItem>,
    /// The place in `items` of the one that was opened from the row.
    pub opened: Option<usize>,
}

impl ShownRow {
    /// Whether something else could have been shown in some slot. `None` where a propensity is not known.
    #[must_use]
    pub fn is_explored(&self) -> Option<bool> {
        let known: Option<Vec<Propensity>> = self.items.iter().map(|shown| shown.propensity).collect();
        known.map(|known| known.iter().any(|&propensity| propensity < Propensity::CERTAIN))
    }

    /// Whether an impression at this time and position belongs to the row.
    fn takes(&self, at: Timestamp, position: u8) -> bool {
        at.at_ms() - self.at.at_ms() <= ROW_MS && self.items.iter().all(|shown| shown.position != position)
    }

    fn add(&mut self, shown: ShownItem) {
        self.items.push(shown);
        self.items.sort_by_key(|shown| shown.position);
    }

    fn credit(&mut self, is_it: impl Fn(&ShownItem) -> bool) {
        self.opened = self.opened.or_else(|| self.items.iter().position(is_it));
    }
}

/// The rows of one person's events, in order.
///
/// Impressions on one surface within a second, each at a position of its own, with no launch between them, are a row.
/// What was opened from it is the first launch whose slot names its surface, a position of it and the item there, before
/// the surface shows another row and before the phone is locked. Where no launch of the log tells its slot, it is the
/// first launch after the newest row within [`CREDIT_WINDOW_MS`], if the row shows its item.
#[must_use]
pub fn rows(events: &[Event]) -> Vec<ShownRow> {
    let has_slots = has_slots(events);
    let mut rows: Vec<ShownRow> = Vec::new();
    // The place of each surface's row that is to be seen, and whether further impressions may belong to it.
    let mut visible: BTreeMap<&Token, (usize, bool)> = BTreeMap::new();
    for (n, event) in events.iter().enumerate() {
        match &event.kind {
            EventKind::Impression { item, surface, position, propensity } => {
                let shown = ShownItem { item: item.clone(), position: *position, propensity: *propensity };
                let growing = visible.get(surface).filter(|(_, is_growing)| *is_growing).map(|&(row, _)| row);
                match growing.filter(|&row| rows[row].takes(event.at, *position)) {
                    Some(row) => rows[row].add(shown),
                    None => {
                        visible.insert(surface, (rows.len(), true));
                        let (at, surface) = (event.at, surface.clone());
                        rows.push(ShownRow { at, surface, event: n, items: vec![shown], opened: None });
                    }
                }
            }
            EventKind::Launch(item) if has_slots => {
                visible.values_mut().for_each(|(_, is_growing)| *is_growing = false);
                if let Some(slot) = &event.slot
                    && let Some(&(row, _)) = visible.get(&slot.surface)
                {
                    rows[row].credit(|shown| shown.item == *item && shown.position == slot.position);
                }
            }
            EventKind::Launch(item) => {
                if let Some(row) = visible.values().map(|&(row, _)| row).max()
                    && event.at.at_ms() - rows[row].at.at_ms() <= CREDIT_WINDOW_MS
                {
                    rows[row].credit(|shown| shown.item == *item);
                }
                visible.clear();
            }
            EventKind::Lock => visible.clear(),
            _ => {}
        }
    }
    rows
}

/// Whether launches tell the slot that they came from.
#[must_use]
pub(super) fn has_slots(events: &[Event]) -> bool {
    events.iter().any(|event| event.slot.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_700_000_000_000 + 1_000 * seconds, 0).expect("valid")
    }

    fn item(name: &str) -> Item {
        Item::new(name).expect("valid")
    }

    fn surface(name: &str) -> Token {
        Token::new(name).expect("valid")
    }

    fn row(seconds: i64, on: &str, names: &[&str]) -> Vec<Event> {
        let impression = |(position, name): (u8, &&str)| {
            let propensity = Some(Propensity::nearest(0.5));
            Event::new(
                at(seconds),
                EventKind::Impression { item: item(name), surface: surface(on), position, propensity },
            )
        };
        (0..).zip(names).map(impression).collect()
    }

    fn launch(seconds: i64, name: &str) -> Event {
        Event::launch(at(seconds), item(name))
    }

    fn opened(events: &[Vec<Event>]) -> Vec<(usize, Option<usize>)> {
        rows(&events.concat()).iter().map(|row| (row.items.len(), row.opened)).collect()
    }

    #[test]
    fn a_launch_counts_for_the_row_whose_slot_it_names() {
        let from = |event: Event, position| event.from_slot(surface("home"), position);
        let both = [row(0, "home", &["a", "b"]), row(1, "widget", &["b", "a"])];
        let after = |launches: Vec<Event>| opened(&[&both[..], &[launches]].concat());
        assert_eq!(after(vec![from(launch(90, "b"), 1)]), [(2, Some(1)), (2, None)], "however late");
        assert_eq!(after(vec![launch(2, "c"), from(launch(3, "a"), 0)]), [(2, Some(0)), (2, None)]);
        assert_eq!(after(vec![from(launch(2, "a"), 1)]), [(2, None), (2, None)], "that is not what was there");
        assert_eq!(after(vec![from(launch(2, "a"), 0), from(launch(3, "b"), 1)]), [(2, Some(0)), (2, None)]);
        let locked = vec![Event::new(at(2), EventKind::Lock), from(launch(3, "a"), 0)];
        assert_eq!(after(locked), [(2, None), (2, None)]);
        let again = [row(2, "widget", &["c"]), vec![from(launch(3, "a"), 0)]].concat();
        assert_eq!(after(again), [(2, Some(0)), (2, None), (1, None)], "the other surface still shows its row");
    }

    #[test]
    fn without_slots_the_first_launch_within_the_window_counts() {
        let shown = row(0, "home", &["a", "b"]);
        assert_eq!(opened(&[shown.clone(), vec![launch(30, "b")]]), [(2, Some(1))]);
        assert_eq!(opened(&[shown.clone(), vec![launch(31, "b")]]), [(2, None)]);
        assert_eq!(opened(&[shown.clone(), vec![launch(2, "c"), launch(3, "b")]]), [(2, None)]);
        assert_eq!(opened(&[shown.clone(), row(5, "home", &["b"]), vec![launch(6, "b")]]), [(2, None), (1, Some(0))]);
    }

    #[test]
    fn rows_end_at_a_position_shown_again_and_at_a_launch() {
        assert_eq!(opened(&[row(0, "home", &["a", "b"]), row(0, "home", &["b", "a"])]).len(), 2);
        assert_eq!(opened(&[row(0, "home", &["a"]), row(0, "widget", &["a"])]).len(), 2);
        let [home, widget] = [row(0, "home", &["a", "b"]), row(0, "widget", &["a", "b"])];
        let mixed: Vec<Event> = home.into_iter().zip(widget).flat_map(|(home, widget)| [home, widget]).collect();
        assert_eq!(opened(&[mixed]), [(2, None), (2, None)]);
        assert_eq!(rows(&row(0, "home", &["a", "b"]))[0].is_explored(), Some(true));
    }
}
