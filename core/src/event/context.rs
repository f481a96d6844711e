//! The phone's surroundings, in the few categories that the core keeps.

use serde::{Deserialize, Serialize};

use super::Token;

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

/// Where sound goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Audio {
    /// The phone's own loudspeaker: nothing is connected.
    Phone,
    /// Headphones or a hearing aid, by wire or without.
    Headphones,
    /// A car.
    Car,
    /// A loudspeaker, a television.
    Speaker,
}

impl Audio {
    /// Everywhere that sound can go.
    pub const ALL: [Self; 4] = [Self::Phone, Self::Headphones, Self::Car, Self::Speaker];

    /// The word used in logs: `phone`, `headphones`, `car`, `speaker`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Phone => "phone",
            Self::Headphones => "headphones",
            Self::Car => "car",
            Self::Speaker => "speaker",
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
    /// Where sound goes.
    pub audio: Option<Audio>,
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
            audio: self.audio.or(other.audio),
        }
    }

    /// Whether a charger is connected, where the battery is known.
    #[must_use]
    pub fn is_charging(&self) -> Option<bool> {
        self.battery.map(|b| b == Battery::Charging)
    }
}
