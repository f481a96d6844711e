//! How often predictions were shown and put away, by surface.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::config::MAX_SURFACES;
use crate::event::Token;

/// What became of the predictions that a surface showed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Predictions shown.
    pub impressions: u64,
    /// Predictions put away.
    pub dismissals: u64,
}

/// Counts of every surface. Surfaces beyond [`MAX_SURFACES`] are in the log, but not counted here.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Surfaces {
    shown: BTreeMap<Token, Shown>,
}

impl Surfaces {
    pub(super) fn of(&self, surface: &Token) -> Shown {
        self.shown.get(surface).copied().unwrap_or_default()
    }

    pub(super) fn impression(&mut self, surface: &Token) {
        if let Some(shown) = self.counted(surface) {
            shown.impressions += 1;
        }
    }

    pub(super) fn dismissal(&mut self, surface: &Token) {
        if let Some(shown) = self.counted(surface) {
            shown.dismissals += 1;
        }
    }

    fn counted(&mut self, surface: &Token) -> Option<&mut Shown> {
        if !self.shown.contains_key(surface) && self.shown.len() >= MAX_SURFACES {
            return None;
        }
        Some(self.shown.entry(surface.clone()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surfaces_are_counted_apart_and_up_to_the_limit() {
        let token = |n: usize| Token::new(&format!("surface {n}")).expect("valid");
        let mut surfaces = Surfaces::default();
        for n in 0..=MAX_SURFACES {
            surfaces.impression(&token(n));
            surfaces.impression(&token(n));
            surfaces.dismissal(&token(n));
        }
        assert_eq!(surfaces.of(&token(MAX_SURFACES - 1)), Shown { impressions: 2, dismissals: 1 });
        assert_eq!(surfaces.of(&token(MAX_SURFACES)), Shown::default());
    }
}
