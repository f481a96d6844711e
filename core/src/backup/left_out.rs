//! Which items must not appear, and the seals that stand in an export for those that the person excluded.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::Decided;
use super::header::derived;
use crate::config::MAX_ITEMS;
use crate::control::{Control, Decision, SealedItem};
use crate::event::Item;

/// So many answers are remembered at once: an import of ever new items must not fill the memory.
const MAX_KNOWN: usize = 4 * MAX_ITEMS;

/// The items that an export, or a log, must not name.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    named: BTreeSet<Item>,
    profiles: BTreeSet<u32>,
    /// Digests by salt.
    sealed: BTreeMap<[u8; 16], BTreeSet<[u8; 32]>>,
    /// What was found so far: a keyed hash for each event would be slow.
    known: HashMap<Item, bool>,
}

impl LeftOut {
    /// What no export names: excluded items, those of which nothing is learned, and those of hidden profiles.
    pub(crate) fn of_exports(controls: &[Decision]) -> Self {
        Self::of(controls.iter().map(|decision| &decision.control))
    }

    /// What is not stored: items of which nothing is learned, and those of hidden profiles.
    pub(crate) fn of_logs(controls: &[Decision]) -> Self {
        Self::of(
            controls.iter().map(|decision| &decision.control).filter(|control| {
                !matches!(control, Control::Exclude(_) | Control::Sealed { is_never_learn: false, .. })
            }),
        )
    }

    fn of<'a>(controls: impl Iterator<Item = &'a Control>) -> Self {
        let mut left_out = Self::default();
        for control in controls {
            match control {
                Control::Exclude(item) | Control::NeverLearn(item) => {
                    left_out.named.insert(item.clone());
                }
                Control::HideProfile(profile) => {
                    left_out.profiles.insert(*profile);
                }
                Control::Sealed { item, .. } => {
                    left_out.sealed.entry(item.salt).or_default().insert(item.digest);
                }
                _ => {}
            }
        }
        left_out
    }

    /// Whether the item is left out.
    pub(crate) fn holds(&mut self, item: &Item) -> bool {
        if let Some(holds) = self.known.get(item) {
            return *holds;
        }
        let is_sealed =
            |(salt, digests): (&[u8; 16], &BTreeSet<[u8; 32]>)| digests.contains(&SealedItem::of(item, *salt).digest);
        let holds =
            self.profiles.contains(&item.profile()) || self.named.contains(item) || self.sealed.iter().any(is_sealed);
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        self.known.insert(item.clone(), holds);
        holds
    }
}

/// A salt for seals, from an export's entropy.
pub(crate) fn seal_salt(entropy: &[u8; 32]) -> [u8; 16] {
    let digest = derived(entropy, b"foretap/export/1|sealed|", &[]);
    std::array::from_fn(|n| digest[n])
}

/// The controls as an export holds them: [`Control::Exclude`] and [`Control::NeverLearn`] sealed, those sealed already as
/// they are, and none of the others that is about an item left out.
pub(crate) fn sealed(controls: &[Decision], left_out: &mut LeftOut, salt: [u8; 16]) -> Vec<Decided> {
    let seal = |item: &Item, is_never_learn| Control::Sealed { is_never_learn, item: SealedItem::of(item, salt) };
    let found = controls.iter().filter_map(|Decision { at, control, .. }| {
        let control = match control {
            Control::Exclude(item) => seal(item, false),
            Control::NeverLearn(item) => seal(item, true),
            other if other.item().is_some_and(|item| left_out.holds(item)) => return None,
            other => other.clone(),
        };
        Some((*at, control))
    });
    found.collect()
}
