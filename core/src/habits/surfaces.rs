//! What became of predictions, by surface, and the row that each shows.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::{MAX_LIMIT, MAX_SURFACES};
use crate::event::{Item, Token};
use crate::time::Timestamp;

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
    row: Vec<Option<Item>>,
    /// When the row was shown.
    row_at: Option<Timestamp>,
}

impl Surfaces {
    pub(super) fn of(&self, surface: &Token) -> Shown {
        self.surfaces.get(surface).map_or_else(Shown::default, |of_surface| of_surface.shown)
    }

    /// The row that was shown last, slot by slot.
    pub(super) fn row(&self, surface: &Token) -> &[Option<Item>] {
        self.surfaces.get(surface).map_or(&[], |of_surface| &of_surface.row)
    }

    /// An item was shown. What was shown at the same moment is one row.
    pub(super) fn show(&mut self, surface: &Token, item: &Item, position: u8, at: Timestamp) {
        let position = usize::from(position);
        let Some(of_surface) = self.counted(surface).filter(|_| position < MAX_LIMIT) else { return };
        if of_surface.row_at.replace(at) != Some(at) {
            of_surface.row.clear();
        }
        if of_surface.row.len() <= position {
            of_surface.row.resize(position + 1, None);
        }
        of_surface.row[position] = Some(item.clone());
    }

    /// An item was opened from a slot.
    pub(super) fn opening(&mut self, surface: &Token) {
        if let Some(of_surface) = self.counted(surface) {
            of_surface.shown.openings += 1;
        }
    }

    /// No row shows these items any more.
    #[cfg_attr(not(test), expect(dead_code, reason = "exports need it"))]
    pub(super) fn forget(&mut self, is_gone: &dyn Fn(&Item) -> bool) {
        for of_surface in self.surfaces.values_mut() {
            of_surface.row.iter_mut().filter(|slot| slot.as_ref().is_some_and(is_gone)).for_each(|slot| *slot = None);
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
    fn what_was_shown_at_one_moment_is_one_row() {
        let at = |ms: i64| Timestamp::new(ms, 0).expect("valid");
        let item = |name: &str| Item::new(name).expect("valid");
        let surface = Token::new("main").expect("valid");
        let mut surfaces = Surfaces::default();
        surfaces.show(&surface, &item("b"), 1, at(5));
        surfaces.show(&surface, &item("a"), 0, at(5));
        assert_eq!(surfaces.row(&surface), [Some(item("a")), Some(item("b"))]);
        surfaces.show(&surface, &item("c"), 2, at(6));
        assert_eq!(surfaces.row(&surface), [None, None, Some(item("c"))]);
        surfaces.show(&surface, &item("d"), 255, at(6));
        surfaces.forget(&|gone| *gone == item("c"));
        assert_eq!(surfaces.row(&surface), [None, None, None]);
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
