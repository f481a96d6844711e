//! What became of predictions, by surface, and where each item was shown the last time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::{MAX_SHOWN, MAX_SURFACES};
use crate::event::{Item, Token};

/// What became of the predictions that a surface showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Predictions shown.
    pub impressions: u64,
    /// Predictions put away.
    pub dismissals: u64,
    /// Launches from a slot.
    pub openings: u64,
}

/// Counts of every surface. Surfaces beyond [`MAX_SURFACES`] are in the log, but not counted here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Surfaces {
    surfaces: BTreeMap<Token, Surface>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Surface {
    shown: Shown,
    /// The slot of each item that was shown, the latest first.
    slots: Vec<(Item, u8)>,
}

impl Surfaces {
    /// Whether it holds no more than it may.
    pub(super) fn is_sound(&self) -> bool {
        self.surfaces.len() <= MAX_SURFACES && self.surfaces.values().all(|surface| surface.slots.len() <= MAX_SHOWN)
    }

    pub(super) fn of(&self, surface: &Token) -> Shown {
        self.surfaces.get(surface).map_or_else(Shown::default, |of_surface| of_surface.shown)
    }

    /// The slot in which each item was shown the last time, the latest first.
    pub(super) fn last_slots(&self, surface: &Token) -> impl Iterator<Item = (&Item, u8)> {
        let slots = self.surfaces.get(surface).map_or(&[][..], |of_surface| &of_surface.slots);
        slots.iter().map(|(item, position)| (item, *position))
    }

    /// An item was shown in a slot. Of the items shown longest ago the slots are forgotten, beyond [`MAX_SHOWN`].
    pub(super) fn show(&mut self, surface: &Token, item: &Item, position: u8) {
        let Some(of_surface) = self.counted(surface) else { return };
        of_surface.slots.retain(|(shown, _)| shown != item);
        of_surface.slots.insert(0, (item.clone(), position));
        of_surface.slots.truncate(MAX_SHOWN);
    }

    /// An item was opened from a slot.
    pub(super) fn opening(&mut self, surface: &Token) {
        if let Some(of_surface) = self.counted(surface) {
            of_surface.shown.openings += 1;
        }
    }

    /// It is not known any more where these items were shown.
    pub(super) fn forget(&mut self, is_gone: &mut dyn FnMut(&Item) -> bool) {
        for of_surface in self.surfaces.values_mut() {
            of_surface.slots.retain(|(item, _)| !is_gone(item));
        }
    }

    pub(super) fn impression(&mut self, surface: &Token) {
        if let Some(of_surface) = self.counted(surface) {
            of_surface.shown.impressions += 1;
        }
    }

    pub(super) fn dismissal(&mut self, surface: &Token) {
        if let Some(of_surface) = self.counted(surface) {
            of_surface.shown.dismissals += 1;
        }
    }

    fn counted(&mut self, surface: &Token) -> Option<&mut Surface> {
        if !self.surfaces.contains_key(surface) && self.surfaces.len() >= MAX_SURFACES {
            return None;
        }
        Some(self.surfaces.entry(surface.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_slot_of_the_items_shown_latest_is_known() {
        let item = |n: usize| Item::new(&format!("item {n}")).expect("valid");
        let surface = Token::new("main").expect("valid");
        let mut surfaces = Surfaces::default();
        for n in 0..=MAX_SHOWN {
            surfaces.show(&surface, &item(n), 1);
        }
        surfaces.show(&surface, &item(1), 3);
        let slot = |surfaces: &Surfaces, n| {
            surfaces.last_slots(&surface).find(|(shown, _)| **shown == item(n)).map(|(_, slot)| slot)
        };
        assert_eq!([0, 1, MAX_SHOWN].map(|n| slot(&surfaces, n)), [None, Some(3), Some(1)]);
        surfaces.forget(&mut |gone| *gone == item(1));
        assert_eq!(slot(&surfaces, 1), None);
    }

    #[test]
    fn surfaces_are_counted_apart_and_up_to_the_limit() {
        let token = |n: usize| Token::new(&format!("surface {n}")).expect("valid");
        let mut surfaces = Surfaces::default();
        for n in 0..=MAX_SURFACES {
            surfaces.impression(&token(n));
            surfaces.impression(&token(n));
            surfaces.dismissal(&token(n));
        }
        assert_eq!(surfaces.of(&token(MAX_SURFACES - 1)), Shown { impressions: 2, dismissals: 1, openings: 0 });
        assert_eq!(surfaces.of(&token(MAX_SURFACES)), Shown::default());
    }
}
