//! What the host tells the core: an [`Event`] about an [`Item`], with the [`Context`] it happened in.

use serde::{Deserialize, Serialize};

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

/// What a place means to the person. Kept on the device; given by the host or inferred from dwell hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum PlaceLabel {
    Home,
    Work,
    Commute,
    Other,
}

impl PlaceLabel {
    /// Every label.
    pub const ALL: [Self; 4] = [Self::Home, Self::Work, Self::Commute, Self::Other];

    /// The word used in logs: `home`, `work`, `commute`, `other`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Work => "work",
            Self::Commute => "commute",
            Self::Other => "other",
        }
    }
}

/// How the phone is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Network {
    Wifi,
    FiveG,
    FourG,
    ThreeG,
    /// Mobile data of a generation the host does not know.
    Cellular,
    Offline,
}

impl Network {
    /// Every kind of connection.
    pub const ALL: [Self; 6] = [Self::Wifi, Self::FiveG, Self::FourG, Self::ThreeG, Self::Cellular, Self::Offline];

    /// The word used in logs: `wifi`, `5g`, `4g`, `3g`, `cellular`, `offline`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wifi => "wifi",
            Self::FiveG => "5g",
            Self::FourG => "4g",
            Self::ThreeG => "3g",
            Self::Cellular => "cellular",
            Self::Offline => "offline",
        }
    }
}

/// The battery in the four categories that the core keeps; the exact percentage is never stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Battery {
    /// On a charger, whatever the level.
    Charging,
    /// Above 50 %.
    High,
    /// 20 to 50 %.
    Medium,
    /// Below 20 %.
    Low,
}

impl Battery {
    /// Every category.
    pub const ALL: [Self; 4] = [Self::Charging, Self::High, Self::Medium, Self::Low];

    /// The category of a percentage (above 100 counts as 100) and whether a charger is connected.
    ///
    /// ```
    /// use foretap_core::Battery;
    /// assert_eq!(Battery::from_percent(20, false), Battery::Medium);
    /// assert_eq!(Battery::from_percent(19, false), Battery::Low);
    /// assert_eq!(Battery::from_percent(51, false), Battery::High);
    /// ```
    #[must_use]
    pub const fn from_percent(percent: u8, is_charging: bool) -> Self {
        match percent {
            _ if is_charging => Self::Charging,
            0..20 => Self::Low,
            20..=50 => Self::Medium,
            _ => Self::High,
        }
    }

    /// The word used in logs: `charging`, `high`, `medium`, `low`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Charging => "charging",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

/// What is known of the phone's surroundings at a moment. Everything is optional; unknown stays unknown.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Context {
    /// An opaque place, such as the `city_<n>` of `privacy::hash_location`.
    pub place: Option<Token>,
    /// What that place means to the person, where the host knows it.
    pub label: Option<PlaceLabel>,
    /// The kind of connection.
    pub network: Option<Network>,
    /// An opaque name of the Wi-Fi access point.
    pub access_point: Option<Token>,
    /// The battery's category; [`Battery::Charging`] says that a charger is connected.
    pub battery: Option<Battery>,
}

impl Context {
    /// What is known of `self`, and of `other` where `self` knows nothing.
    #[must_use]
    pub fn or(&self, other: &Self) -> Self {
        Self {
            place: self.place.clone().or_else(|| other.place.clone()),
            label: self.label.or(other.label),
            network: self.network.or(other.network),
            access_point: self.access_point.clone().or_else(|| other.access_point.clone()),
            battery: self.battery.or(other.battery),
        }
    }

    /// Whether a charger is connected, where the battery is known.
    #[must_use]
    pub fn is_charging(&self) -> Option<bool> {
        self.battery.map(|b| b == Battery::Charging)
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
}

impl Event {
    /// An event in an unknown context.
    #[must_use]
    pub fn new(at: Timestamp, kind: EventKind) -> Self {
        Self { at, kind, context: Context::default() }
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
    fn errors_never_show_the_text_they_refuse() {
        let error = Item::new("canary\u{7}").expect_err("control character");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
