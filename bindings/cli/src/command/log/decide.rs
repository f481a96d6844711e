//! Decisions on the command line.

use clap::Subcommand;
use foretap_core::time::DAY_MS;
use foretap_core::{Control, Item, SnoozeEnd, Timestamp};

use crate::failure::Failure;

/// What is decided.
#[derive(Debug, Subcommand)]
pub(super) enum Decide {
    /// Never offer the item, name it nowhere.
    Exclude(About),
    /// Do not offer the item for a while: for some days, or until it is opened three times within a week.
    Snooze {
        #[command(flatten)]
        about: About,
        /// For so many days; without it until the item is opened often again.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        days: Option<u16>,
    },
    /// Store nothing more about the item, and do not offer it.
    NeverLearn(About),
    /// Always offer the item in this slot of the row.
    Pin {
        #[command(flatten)]
        about: About,
        /// The slot, from 1. Where others are pinned to it, the one pinned last has it and they come after it.
        #[arg(value_name = "SLOT", value_parser = clap::value_parser!(u8).range(1..=64))]
        slot: u8,
    },
    /// Offer the item earlier, as if it were four times as likely.
    Promote(About),
    /// Let the odds of what lies unused halve for every so many days.
    HalfLife {
        /// Days.
        #[arg(value_name = "DAYS")]
        days: u16,
        /// Of this item; of every item without one of its own by default.
        #[arg(long, value_name = "ITEM")]
        item: Option<String>,
    },
    /// Store and learn nothing.
    Pause {
        /// For so many days; until it is undone by default.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
        days: Option<u16>,
    },
    /// Do not offer items of this profile, and store nothing about them.
    HideProfile {
        /// Its number.
        profile: u32,
    },
}

/// The item that a decision is about.
#[derive(Debug, clap::Args)]
pub(super) struct About {
    /// The item.
    #[arg(value_name = "ITEM")]
    item: String,
    /// Its profile.
    #[arg(long, value_name = "N", default_value_t = 0)]
    profile: u32,
}

impl About {
    fn item(&self) -> Result<Item, Failure> {
        Ok(Item::in_profile(&self.item, self.profile)?)
    }
}

impl Decide {
    /// The decision, made at `now`.
    pub(super) fn control(&self, now: Timestamp) -> Result<Control, Failure> {
        let later = |days: u16| now.plus_ms(i64::from(days) * DAY_MS);
        Ok(match self {
            Self::Exclude(about) => Control::Exclude(about.item()?),
            Self::Snooze { about, days } => Control::Snooze {
                item: about.item()?,
                until: days.map_or(SnoozeEnd::Frequent, |days| SnoozeEnd::At(later(days))),
            },
            Self::NeverLearn(about) => Control::NeverLearn(about.item()?),
            Self::Pin { about, slot } => Control::Pin { item: about.item()?, position: slot - 1 },
            Self::Promote(about) => Control::Promote(about.item()?),
            Self::HalfLife { days, item } => {
                Control::HalfLife { item: item.as_deref().map(Item::new).transpose()?, days: *days }
            }
            Self::Pause { days } => Control::PauseLearning { until: days.map(later) },
            Self::HideProfile { profile } => Control::HideProfile(*profile),
        })
    }
}
