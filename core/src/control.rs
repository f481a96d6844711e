//! What the person decided about what is offered and what is learned. Every decision is listed, has its time, and can be
//! undone.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::config::{MAX_HALF_LIFE_DAYS, MAX_LIMIT};
use crate::error::{Error, Result};
use crate::event::Item;
use crate::time::Timestamp;

/// A decision of the person.
///
/// Decisions change which items are offered and in which order; a prediction's probability stays the chance that the item
/// is opened next. Of two of a kind about the same item the later one counts; what hides an item goes before what shows it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Control {
    /// The item is not offered and not named in a reason. It goes on being counted, so that undoing this brings it back as
    /// if nothing had been.
    Exclude(Item),
    /// The item is not offered for a while.
    Snooze {
        /// Which item.
        item: Item,
        /// How long.
        until: SnoozeEnd,
    },
    /// Nothing about the item is stored from now on, and it is not offered. What is in the log stays there.
    NeverLearn(Item),
    /// The item is always offered, at this place of the row.
    Pin {
        /// Which item.
        item: Item,
        /// The place, from 0, at most 63; beyond the end of a short row it is the last place.
        position: u8,
    },
    /// The item is offered earlier: as if it were [`PROMOTED_ODDS`](crate::config::PROMOTED_ODDS) times as likely.
    Promote(Item),
    /// What lies unused fades: the odds of an item halve for every so many days since it was last used.
    HalfLife {
        /// Which item; `None` for every item that has no half-life of its own.
        item: Option<Item>,
        /// Days, 1..=3650.
        days: u16,
    },
    /// Nothing is stored and nothing is learned.
    PauseLearning {
        /// Until when; `None` until it is undone.
        until: Option<Timestamp>,
    },
    /// A pause that is over: what happened in it stays unknown, also to a later backfill. It comes from undoing
    /// [`Self::PauseLearning`], is in no list, and goes when events of its time would be deleted.
    Paused {
        /// When it ended.
        until: Timestamp,
    },
    /// Items of this profile are not offered, and nothing about them is stored: a private profile, or one that is locked.
    HideProfile(u32),
    /// [`Self::Exclude`] or [`Self::NeverLearn`] of an item whose name is not known here: it came with an export, which
    /// names no such item. It hides the item wherever its name turns up; from the item's first event on it is listed with it.
    Sealed {
        /// Whether it stands for [`Self::NeverLearn`].
        is_never_learn: bool,
        /// The item.
        item: SealedItem,
    },
}

/// When a snoozed item comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SnoozeEnd {
    /// At this time.
    At(Timestamp),
    /// When it was opened [`FREQUENT_OPENINGS`](crate::config::FREQUENT_OPENINGS) times within a week, after the snooze.
    Frequent,
}

/// An item that can be recognised, but not named: a random salt and a keyed hash under it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SealedItem {
    /// The salt.
    pub salt: [u8; 16],
    /// HMAC-SHA256 under the salt.
    pub digest: [u8; 32],
}

impl SealedItem {
    /// Seals an item under a salt.
    #[must_use]
    pub fn of(item: &Item, salt: [u8; 16]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(&salt).expect("a key of any length");
        mac.update(b"foretap/sealed item/1");
        mac.update(&item.profile().to_le_bytes());
        mac.update(item.id().as_bytes());
        Self { salt, digest: mac.finalize().into_bytes().into() }
    }

    /// Whether it is this item.
    #[must_use]
    pub fn is(&self, item: &Item) -> bool {
        *self == Self::of(item, self.salt)
    }
}

/// The number of a decision; none is given twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ControlId(pub(crate) i64);

impl ControlId {
    /// The decision of this number, for hosts that kept it.
    #[must_use]
    pub const fn of(number: i64) -> Self {
        Self(number)
    }

    /// The number, from 1.
    #[must_use]
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// A decision that counts, since when, and the number to undo it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Its number.
    pub id: ControlId,
    /// When it was made.
    pub at: Timestamp,
    /// What was decided.
    pub control: Control,
}

impl Control {
    /// The item it is about, where there is one and its name is known.
    #[must_use]
    pub const fn item(&self) -> Option<&Item> {
        match self {
            Self::Exclude(item)
            | Self::Snooze { item, .. }
            | Self::NeverLearn(item)
            | Self::Pin { item, .. }
            | Self::Promote(item)
            | Self::HalfLife { item: Some(item), .. } => Some(item),
            Self::HalfLife { item: None, .. }
            | Self::PauseLearning { .. }
            | Self::Paused { .. }
            | Self::HideProfile(_)
            | Self::Sealed { .. } => None,
        }
    }

    /// A stable word for the kind, as `never_learn`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Exclude(_) | Self::Sealed { is_never_learn: false, .. } => "exclude",
            Self::Snooze { .. } => "snooze",
            Self::NeverLearn(_) | Self::Sealed { is_never_learn: true, .. } => "never_learn",
            Self::Pin { .. } => "pin",
            Self::Promote(_) => "promote",
            Self::HalfLife { .. } => "half_life",
            Self::PauseLearning { .. } => "pause_learning",
            Self::Paused { .. } => "paused",
            Self::HideProfile(_) => "hide_profile",
        }
    }

    /// Whether it is a decision of the same kind about the same thing: the later one counts. Of pauses that are over, and
    /// of items that cannot be named, each counts by itself.
    pub(crate) fn is_of_a_kind_with(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Paused { .. } | Self::Sealed { .. }, _) | (_, Self::Paused { .. } | Self::Sealed { .. }) => false,
            (Self::HideProfile(one), Self::HideProfile(two)) => one == two,
            _ => self.name() == other.name() && self.item() == other.item(),
        }
    }

    /// # Errors
    /// [`Error::OutOfRange`] if a number is outside its range.
    pub(crate) fn check(&self) -> Result<()> {
        match self {
            Self::Pin { position, .. } if usize::from(*position) >= MAX_LIMIT => {
                Err(Error::OutOfRange { what: "position", limit: "0..=63" })
            }
            Self::HalfLife { days, .. } if !(1..=MAX_HALF_LIFE_DAYS).contains(days) => {
                Err(Error::OutOfRange { what: "half-life", limit: "1..=3650 days" })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_accepted_and_one_beyond_is_refused() {
        let item = || Item::new("mail").expect("valid");
        for (position, days, is_valid) in [(0, 1, true), (63, 3_650, true), (64, 0, false), (255, 3_651, false)] {
            assert_eq!(Control::Pin { item: item(), position }.check().is_ok(), is_valid);
            assert_eq!(Control::HalfLife { item: None, days }.check().is_ok(), is_valid);
        }
    }

    #[test]
    fn a_sealed_item_is_recognised_and_another_profile_or_salt_is_not() {
        let item = Item::in_profile("mail", 3).expect("valid");
        let sealed = SealedItem::of(&item, [1; 16]);
        assert!(sealed.is(&item) && !sealed.is(&Item::new("mail").expect("valid")));
        assert_ne!(sealed.digest, SealedItem::of(&item, [2; 16]).digest);
    }
}
