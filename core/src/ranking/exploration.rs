//! Exploration: now and then one slot of a row shows something else, and every slot says how likely it was to show what
//! it shows. From that a log can tell how another ranking would have done.

use crate::error::{Error, Result};
use crate::event::Propensity;

/// How a row is explored.
///
/// In `share` of the rows one slot is drawn, each slot equally likely, and for it an item, each equally likely, among the
/// items of the row and as many of the next likeliest as the row has room for. The item takes the slot; if it stands elsewhere in the
/// row, the two change places. Everything else stays. Positions that are fixed are neither drawn nor changed.
///
/// With `f` slots to draw from, `m` items to draw from and `u = share / (f m)`, the chance that a slot shows
///
/// - an item from outside the row is `u`,
/// - an item that stands elsewhere in the row is `2 u`: either of the two slots can be drawn,
/// - its own item is `1 - (f - 1 + m - 1) u`.
///
/// Chance comes from the seed alone: the same seed explores the same row in the same way.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exploration {
    share: f64,
    seed: u64,
}

impl Exploration {
    /// Explores this share of the rows, 0..=1. Every row needs a seed of its own; a counter will do.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the share is 0 to 1.
    pub fn new(share: f64, seed: u64) -> Result<Self> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::OutOfRange { what: "exploration share", limit: "0..=1" });
        }
        Ok(Self { share, seed })
    }

    /// The row that is shown, of candidates of which the first `limit` are the row as ranked and the others come next, the
    /// likeliest first. Each comes with its propensity, exact to a millionth. The positions `fixed` stay as they are.
    ///
    /// ```
    /// use foretap_core::ranking::Exploration;
    /// let shown = Exploration::new(1.0, 3)?.row(vec!["mail", "maps", "music", "notes"], 2, &[0]);
    /// assert_eq!((shown[0].0, shown[0].1.share()), ("mail", 1.0));
    /// assert_eq!(shown[1].1.share(), 0.333_333);
    /// # Ok::<(), foretap_core::Error>(())
    /// ```
    #[must_use]
    pub fn row<T>(self, mut candidates: Vec<T>, limit: usize, fixed: &[usize]) -> Vec<(T, Propensity)> {
        candidates.truncate(limit.saturating_mul(2));
        let length = limit.min(candidates.len());
        let free: Vec<usize> = (0..length).filter(|position| !fixed.contains(position)).collect();
        let drawn_from: Vec<usize> = free.iter().copied().chain(length..candidates.len()).collect();
        let (f, m) = (free.len() as f64, drawn_from.len() as f64);
        let mut chances = vec![1.0; length];
        if self.share > 0.0 && drawn_from.len() > 1 && !free.is_empty() {
            let unit = self.share / (f * m);
            free.iter().for_each(|&position| chances[position] = 1.0 - (f + m - 2.0) * unit);
            let mut draws = Draws(self.seed);
            if draws.unit() < self.share {
                let (slot, place) = (free[draws.below(free.len())], drawn_from[draws.below(drawn_from.len())]);
                candidates.swap(slot, place);
                if place >= length {
                    chances[slot] = unit;
                } else if place != slot {
                    (chances[slot], chances[place]) = (2.0 * unit, 2.0 * unit);
                }
            }
        }
        candidates.into_iter().zip(chances.into_iter().map(Propensity::nearest)).collect()
    }
}

/// Numbers drawn from a seed: SplitMix64 (Steele, Lea and Flood 2014).
struct Draws(u64);

impl Draws {
    fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to below 1.
    fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Below `n`, each equally likely.
    fn below(&mut self, n: usize) -> usize {
        usize::try_from((u128::from(self.bits()) * n as u128) >> 64).expect("below n")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::event::{Event, EventKind, Item};
    use crate::habits::{Habits, StartWeights};
    use crate::ranking::{Controls, ReasonCode, Request, rank};
    use crate::time::Timestamp;

    const SEEDS: u64 = 60_000;

    fn row(share: f64, seed: u64, candidates: usize, limit: usize, fixed: &[usize]) -> Vec<(usize, Propensity)> {
        Exploration::new(share, seed).expect("valid").row((0..candidates).collect(), limit, fixed)
    }

    /// How often every item was shown at every position, and its propensity there, which is always the same.
    fn shown(share: f64, candidates: usize, limit: usize, fixed: &[usize]) -> BTreeMap<(usize, usize), (u64, f64)> {
        let mut shown: BTreeMap<(usize, usize), (u64, f64)> = BTreeMap::new();
        for seed in 0..SEEDS {
            let row = row(share, seed, candidates, limit, fixed);
            let mut items: Vec<usize> = row.iter().map(|&(item, _)| item).collect();
            items.sort_unstable();
            items.dedup();
            assert_eq!(items.len(), limit.min(candidates), "no item twice");
            for (position, (item, propensity)) in row.into_iter().enumerate() {
                let seen = shown.entry((position, item)).or_insert((0, propensity.share()));
                assert_eq!(seen.1, propensity.share());
                seen.0 += 1;
            }
        }
        shown
    }

    #[test]
    fn propensities_are_the_frequencies_over_many_seeds_and_sum_to_one_in_each_slot() {
        for (share, candidates, limit, fixed) in [
            (1.0, 20, 3, &[][..]),
            (0.3, 20, 4, &[]),
            (0.5, 5, 4, &[]),
            (0.8, 3, 4, &[]),
            (1.0, 10, 4, &[0, 2]),
            (1.0, 9, 3, &[0, 1]),
            (0.5, 2, 1, &[]),
            (1.0, 10, 2, &[0, 1]),
        ] {
            let shown = shown(share, candidates, limit, fixed);
            for (&(position, item), &(count, propensity)) in &shown {
                let deviation = (propensity * (1.0 - propensity) / SEEDS as f64).sqrt();
                let error = (count as f64 / SEEDS as f64 - propensity).abs();
                assert!(
                    error <= 4.5 * deviation + 1e-6,
                    "{share} {limit}: {item} at {position}: {count}, {propensity}"
                );
            }
            for position in 0..limit.min(candidates) {
                let sum: f64 = shown.iter().filter(|((p, _), _)| *p == position).map(|(_, (_, chance))| chance).sum();
                assert!((sum - 1.0).abs() < 1e-5, "{share} {limit} {position}: {sum}");
                assert!(!fixed.contains(&position) || shown[&(position, position)] == (SEEDS, 1.0));
            }
        }
    }

    #[test]
    fn a_row_is_explored_as_often_as_said_and_in_one_slot_or_two_that_change_places() {
        let changed = |seed| row(0.4, seed, 8, 4, &[]).iter().enumerate().filter(|(at, (item, _))| at != item).count();
        let rows: Vec<usize> = (0..SEEDS).map(changed).collect();
        assert!(rows.iter().all(|&changed| changed <= 2));
        let share = rows.iter().filter(|&&changed| changed > 0).count() as f64 / SEEDS as f64;
        assert!((share - 0.4 * 7.0 / 8.0).abs() < 0.01, "one draw in eight is the slot's own item: {share}");
    }

    #[test]
    fn a_share_of_nothing_shows_the_row_with_certainty() {
        for (share, candidates, limit) in [(0.0, 9, 3), (1.0, 1, 3), (1.0, 0, 3)] {
            let row = row(share, 7, candidates, limit, &[]);
            let certain: Vec<_> = (0..candidates.min(limit)).map(|item| (item, Propensity::CERTAIN)).collect();
            assert_eq!(row, certain);
        }
    }

    #[test]
    fn the_same_seed_explores_in_the_same_way_and_another_in_another() {
        let rows: Vec<_> = (0..50).map(|seed| row(1.0, seed, 20, 5, &[])).collect();
        assert_eq!(rows, (0..50).map(|seed| row(1.0, seed, 20, 5, &[])).collect::<Vec<_>>());
        assert!(rows.windows(2).filter(|pair| pair[0] != pair[1]).count() > 40);
    }

    #[test]
    fn an_explored_ranking_shows_what_its_propensities_say_and_logs_them() {
        let at = |minutes: i64| Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 0).expect("valid");
        let mut habits = Habits::new(&StartWeights::neutral());
        for minute in 0..200 {
            let item = Item::new(&format!("item {}", minute % 3 * minute % 11)).expect("valid");
            habits.apply(&Event::launch(at(minute), item), None);
        }
        let request = Request::next(at(200)).limited_to(3).expect("3");
        let plain =
            rank(&habits, None, &Controls::default(), &request.clone().limited_to(6).expect("6"), &|| 0).predictions;
        let (mut shown, seeds) = (BTreeMap::new(), 5_000);
        for seed in 0..seeds {
            let explored =
                rank(&habits, None, &Controls::default(), &request.clone().exploring(0.6, seed).expect("valid"), &|| 0);
            for (place, (prediction, event)) in
                explored.predictions.iter().zip(explored.impressions(at(200))).enumerate()
            {
                let own = plain.iter().find(|other| other.item == prediction.item).expect("one of the first six");
                let is_moved = place != plain.iter().position(|other| other == own).expect("in it");
                let reasons = &prediction.reasons[usize::from(is_moved)..];
                assert_eq!((own.probability, &own.reasons[..]), (prediction.probability, reasons));
                assert_eq!(prediction.reasons[0].code == ReasonCode::Explored, is_moved);
                let EventKind::Impression { propensity, .. } = event.kind else { panic!("no impression") };
                assert_eq!(propensity, Some(prediction.propensity));
                shown.entry((place, prediction.item.clone())).or_insert((0_u32, prediction.propensity.share())).0 += 1;
            }
        }
        assert_eq!(shown.len(), 3 * 6);
        for (slot, (count, propensity)) in shown {
            assert!((f64::from(count) / seeds as f64 - propensity).abs() < 0.02, "{slot:?}: {count}, {propensity}");
        }
        let certain =
            rank(&habits, None, &Controls::default(), &request.exploring(0.0, 1).expect("valid"), &|| 0).predictions;
        assert_eq!(certain, plain[..3]);
    }

    #[test]
    fn shares_are_accepted_up_to_their_limits_and_refused_beyond() {
        for (share, is_valid) in [(0.0, true), (1.0, true), (-0.01, false), (1.01, false), (f64::NAN, false)] {
            assert_eq!(Exploration::new(share, 0).is_ok(), is_valid, "{share}");
        }
    }
}
