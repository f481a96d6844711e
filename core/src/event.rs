//! What the host tells the core: an [`Event`] about an [`Item`], with the [`Context`] it happened in.

mod context;

use serde::{Deserialize, Serialize};

pub use context::{Audio, Battery, Context, Network, PlaceLabel};

use crate::error::{Error, Result};
use crate::time::Timestamp;

/// Something the person can open: an app, or an action inside the host app. The core never assumes which.
///
/// The same id in two profiles (a private and a work profile) is two items.
///
/// ```
/// use foretap_core::Item;
/// let mail = Item::new("com.example.mail")?;
/// let work_mail = Item::in_profile("com.example.mail", 10)?;
/// assert_ne!(mail, work_mail);
/// assert_eq!(work_mail.to_string(), "com.example.mail@10");
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Item {
    id: Box<str>,
    profile: u32,
}

impl Item {
    /// The longest accepted id, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 256;

    /// An item of the main profile.
    ///
    /// # Errors
    /// [`Error::BadText`] if the id is empty, longer than [`Self::MAX_BYTES`] or holds control characters.
    pub fn new(id: &str) -> Result<Self> {
        Self::in_profile(id, 0)
    }

    /// An item of a profile; 0 is the main one.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn in_profile(id: &str, profile: u32) -> Result<Self> {
        Ok(Self { id: checked("item", id, Self::MAX_BYTES)?, profile })
    }

    /// The id that the host gave.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The profile; 0 is the main one.
    #[must_use]
    pub const fn profile(&self) -> u32 {
        self.profile
    }
}

impl std::fmt::Display for Item {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.profile {
            0 => f.write_str(&self.id),
            profile => write!(f, "{}@{profile}", self.id),
        }
    }
}

/// A short opaque name: of a place, a Wi-Fi access point, or a surface that shows rankings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Token(Box<str>);

impl Token {
    /// The longest accepted token, in bytes of UTF-8.
    pub const MAX_BYTES: usize = 64;

    /// Checks and keeps a token.
    ///
    /// # Errors
    /// [`Error::BadText`] if it is empty, longer than [`Self::MAX_BYTES`] or holds control characters.
    pub fn new(text: &str) -> Result<Self> {
        checked("token", text, Self::MAX_BYTES).map(Self)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

fn checked(what: &'static str, text: &str, max_bytes: usize) -> Result<Box<str>> {
    if text.is_empty() || text.len() > max_bytes || text.chars().any(char::is_control) {
        return Err(Error::BadText { what, max_bytes });
    }
    Ok(text.into())
}

/// How likely an item was to be shown where it was shown, kept in millionths.
///
/// A ranking that is not explored shows what it shows with certainty. One that is explored shows now and then something
/// else, and says how often it would have; an estimate of how another ranking would have done rests on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Propensity(u32);

impl Propensity {
    /// Shown always.
    pub const CERTAIN: Self = Self(1_000_000);

    /// A propensity of so many millionths.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless they are 1 to 1,000,000.
    pub fn from_millionths(millionths: u32) -> Result<Self> {
        if !(1..=1_000_000).contains(&millionths) {
            return Err(Error::OutOfRange { what: "propensity", limit: "1..=1000000 millionths" });
        }
        Ok(Self(millionths))
    }

    /// The nearest propensity to a share of moments, 0..=1; never quite 0.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 1 to 1,000,000")]
    pub fn nearest(share: f64) -> Self {
        Self((share * 1e6).round().clamp(1.0, 1e6) as u32)
    }

    /// In millionths, 1..=1,000,000.
    #[must_use]
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// As a share of moments, above 0, at most 1.
    #[must_use]
    pub fn share(self) -> f64 {
        f64::from(self.0) / 1e6
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// The person opened an item.
    Launch(Item),
    /// The item left the screen.
    Close(Item),
    /// The person unlocked the phone. To be recorded before the launches that follow it; one that comes after them
    /// begins no session.
    Unlock,
    /// The phone was locked.
    Lock,
    /// The home screen came to the front.
    Home,
    /// An item posted a notification. Which item and when is all that is known of it.
    Notification(Item),
    /// The item's notifications were cleared without opening it.
    NotificationCleared(Item),
    /// A prediction was shown to the person.
    Impression {
        /// The item shown.
        item: Item,
        /// Where it was shown.
        surface: Token,
        /// The place in the row, from 0.
        position: u8,
        /// How likely it was to be shown there; `None` where the host does not know.
        propensity: Option<Propensity>,
    },
    /// The person put a prediction away.
    Dismiss {
        /// The item put away.
        item: Item,
        /// Where it was shown.
        surface: Token,
    },
    /// The item became available.
    Install(Item),
    /// The item is gone; it is not offered until it is installed or launched again.
    Uninstall(Item),
}

impl EventKind {
    /// The item the event is about, if it is about one.
    #[must_use]
    pub const fn item(&self) -> Option<&Item> {
        match self {
            Self::Launch(item)
            | Self::Close(item)
            | Self::Notification(item)
            | Self::NotificationCleared(item)
            | Self::Impression { item, .. }
            | Self::Dismiss { item, .. }
            | Self::Install(item)
            | Self::Uninstall(item) => Some(item),
            Self::Unlock | Self::Lock | Self::Home => None,
        }
    }
}

/// Something that happened, when, and in which context.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// What happened.
    pub kind: EventKind,
    /// What was known of the surroundings.
    pub context: Context,
    /// For a launch, the slot that it was opened from, if it was opened from a prediction and the host knows.
    pub slot: Option<Slot>,
}

/// A place in a row of predictions.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// Where the row is shown.
    pub surface: Token,
    /// The place in the row, from 0.
    pub position: u8,
}

impl Event {
    /// An event in an unknown context.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind) -> Self {
        Self { at, kind, context: Context::default(), slot: None }
    }

    /// The person opened `item`.
    #[must_use]
    pub fn launch(at: Timestamp, item: Item) -> Self {
        Self::new(at, EventKind::Launch(item))
    }

    /// The person unlocked the phone.
    #[must_use]
    pub fn unlock(at: Timestamp) -> Self {
        Self::new(at, EventKind::Unlock)
    }

    /// The same event in a known context.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// The same event, a launch, from a slot. Only launches keep a slot.
    #[must_use]
    pub fn from_slot(self, surface: Token, position: u8) -> Self {
        let slot = matches!(self.kind, EventKind::Launch(_)).then_some(Slot { surface, position });
        Self { slot, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_accepted_up_to_their_limit_and_refused_beyond() {
        assert!(Item::new(&"x".repeat(Item::MAX_BYTES)).is_ok());
        assert!(Token::new(&"x".repeat(Token::MAX_BYTES)).is_ok());
        for bad in ["", "a\nb", "nul\0", &"x".repeat(Item::MAX_BYTES + 1)] {
            assert!(matches!(Item::new(bad), Err(Error::BadText { .. })));
            assert!(matches!(Token::new(bad), Err(Error::BadText { .. })));
        }
    }

    #[test]
    fn propensities_are_accepted_up_to_their_limits_and_refused_beyond() {
        for (millionths, is_valid) in [(0, false), (1, true), (1_000_000, true), (1_000_001, false)] {
            assert_eq!(Propensity::from_millionths(millionths).is_ok(), is_valid);
        }
        assert_eq!([0.0, 0.25, 2.0].map(|share| Propensity::nearest(share).millionths()), [1, 250_000, 1_000_000]);
    }

    #[test]
    fn errors_never_show_the_text_they_refuse() {
        let error = Item::new("canary\u{7}").expect_err("control character");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
