//! The core's values as bindings see them. The types are the core's own; this tells UniFFI their fields, and a test of the
//! compiler's keeps the two the same.

use foretap_core::control::SealedItem;
use foretap_core::{
    AnsweredBy, Audio, Battery, Context, Control, ControlId, Decision, Durability, Event, EventKind, Exported,
    Granularity, Imported, Item, Moment, Network, PlaceLabel, Prediction, Propensity, Ranking, Reason, ReasonCode,
    Recorded, Slot, SnoozeEnd, StageTimes, Timestamp, Token, Weekday,
};

use crate::error::ForetapError;

/// An item: its id, and the profile of the phone that it lives in, 0 for the main one.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct ItemParts {
    /// 1 to 256 bytes, no control characters.
    pub id: String,
    /// 0 for the main profile.
    pub profile: u32,
}

/// A moment in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Record)]
pub struct TimestampParts {
    /// UTC epoch milliseconds.
    pub at_ms: i64,
    /// Minutes that the local clock is ahead of UTC.
    pub utc_offset_min: i16,
}

uniffi::custom_type!(Item, ItemParts, {
    remote,
    lower: |item| ItemParts { id: item.id().to_owned(), profile: item.profile() },
    try_lift: |parts| Ok(Item::in_profile(&parts.id, parts.profile).map_err(ForetapError::from)?),
});

uniffi::custom_type!(Timestamp, TimestampParts, {
    remote,
    lower: |at| TimestampParts { at_ms: at.at_ms(), utc_offset_min: at.utc_offset_min() },
    try_lift: |parts| Ok(Timestamp::new(parts.at_ms, parts.utc_offset_min).map_err(ForetapError::from)?),
});

uniffi::custom_type!(Token, String, {
    remote,
    lower: |token| token.as_str().to_owned(),
    try_lift: |text| Ok(Token::new(&text).map_err(ForetapError::from)?),
});

uniffi::custom_type!(Propensity, u32, {
    remote,
    lower: |propensity| propensity.millionths(),
    try_lift: |millionths| Ok(Propensity::from_millionths(millionths).map_err(ForetapError::from)?),
});

uniffi::custom_type!(ControlId, i64, {
    remote,
    lower: |id| id.number(),
    try_lift: |number| Ok(ControlId::of(number)),
});

uniffi::custom_type!(SealedItem, Vec<u8>, {
    remote,
    lower: |sealed| [&sealed.salt[..], &sealed.digest[..]].concat(),
    try_lift: |bytes| {
        let parts = bytes.split_first_chunk().and_then(|(salt, rest)| Some((*salt, rest.try_into().ok()?)));
        let (salt, digest) = parts.ok_or_else(|| ForetapError::InvalidArgument("a sealed item has 48 bytes".into()))?;
        Ok(SealedItem { salt, digest })
    },
});

#[uniffi::remote(Enum)]
pub enum PlaceLabel {
    Home,
    Work,
    Commute,
    Other,
}

#[uniffi::remote(Enum)]
pub enum Network {
    Wifi,
    FiveG,
    FourG,
    ThreeG,
    Cellular,
    Offline,
}

#[uniffi::remote(Enum)]
pub enum Battery {
    Charging,
    High,
    Medium,
    Low,
}

#[uniffi::remote(Enum)]
pub enum Audio {
    Phone,
    Headphones,
    Car,
    Speaker,
}

#[uniffi::remote(Record)]
pub struct Context {
    pub place: Option<Token>,
    pub label: Option<PlaceLabel>,
    pub network: Option<Network>,
    pub access_point: Option<Token>,
    pub battery: Option<Battery>,
    pub audio: Option<Audio>,
}

#[uniffi::remote(Enum)]
pub enum EventKind {
    Launch(Item),
    Close(Item),
    Unlock,
    Lock,
    Home,
    Notification(Item),
    NotificationCleared(Item),
    Impression { item: Item, surface: Token, position: u8, propensity: Option<Propensity> },
    Dismiss { item: Item, surface: Token },
    Install(Item),
    Uninstall(Item),
}

#[uniffi::remote(Record)]
pub struct Slot {
    pub surface: Token,
    pub position: u8,
}

#[uniffi::remote(Record)]
pub struct Event {
    pub at: Timestamp,
    pub kind: EventKind,
    pub context: Context,
    pub slot: Option<Slot>,
}

#[uniffi::remote(Enum)]
pub enum Recorded {
    Stored,
    Duplicate,
    NotLearned,
}

#[uniffi::remote(Enum)]
pub enum SnoozeEnd {
    At(Timestamp),
    Frequent,
}

#[uniffi::remote(Enum)]
#[non_exhaustive]
pub enum Control {
    Exclude(Item),
    Snooze { item: Item, until: SnoozeEnd },
    NeverLearn(Item),
    Pin { item: Item, position: u8 },
    Promote(Item),
    HalfLife { item: Option<Item>, days: u16 },
    PauseLearning { until: Option<Timestamp> },
    Paused { until: Timestamp },
    HideProfile(u32),
    Sealed { is_never_learn: bool, item: SealedItem },
}

#[uniffi::remote(Record)]
pub struct Decision {
    pub id: ControlId,
    pub at: Timestamp,
    pub control: Control,
}

#[uniffi::remote(Enum)]
pub enum Moment {
    Unlock,
    UnlockOrResume,
    Next,
}

#[uniffi::remote(Enum)]
#[non_exhaustive]
pub enum AnsweredBy {
    HostOrder,
    Mixer,
    Model,
}

#[uniffi::remote(Enum)]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

#[uniffi::remote(Enum)]
#[non_exhaustive]
pub enum ReasonCode {
    OftenUsed { openings: u32 },
    RecentlyUsed { seconds: u64 },
    Follows { item: Item },
    AtThisHour { hour: u8, weekday: Weekday },
    FirstAfterUnlock,
    AtThisPlace { label: Option<PlaceLabel> },
    OnThisNetwork { network: Network },
    AtThisBattery { battery: Battery },
    WithThisAudio { audio: Audio },
    Notifications { waiting: u32 },
    NeverOpened,
    Pinned,
    Promoted,
    Explored,
}

#[uniffi::remote(Record)]
pub struct Reason {
    pub code: ReasonCode,
    pub weight: f64,
}

#[uniffi::remote(Record)]
pub struct Prediction {
    pub item: Item,
    pub probability: f64,
    pub reasons: Vec<Reason>,
    pub propensity: Propensity,
}

#[uniffi::remote(Record)]
pub struct StageTimes {
    pub retrieval_ns: u64,
    pub features_ns: u64,
    pub inference_ns: u64,
    pub formatting_ns: u64,
}

#[uniffi::remote(Record)]
pub struct Ranking {
    pub predictions: Vec<Prediction>,
    pub moment: Moment,
    pub surface: Token,
    pub answered_by: AnsweredBy,
    pub model: Option<String>,
    pub is_prepared: bool,
    pub stages: StageTimes,
}

#[uniffi::remote(Record)]
pub struct Exported {
    pub events: u64,
    pub controls: u64,
    pub left_out: u64,
    pub bytes: u64,
}

#[uniffi::remote(Record)]
pub struct Imported {
    pub added: u64,
    pub known: u64,
    pub left_out: u64,
    pub on_top: u64,
    pub controls: u64,
}

#[uniffi::remote(Enum)]
pub enum Granularity {
    City,
    District,
    Block,
}

#[uniffi::remote(Enum)]
pub enum Durability {
    Normal,
    Full,
}
