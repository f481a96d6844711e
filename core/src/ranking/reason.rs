//! Why an item was predicted, computed from what each group of experts added to its score.

use crate::event::{Audio, Battery, Context, Item, Network, PlaceLabel};
use crate::features::FEATURE_TOPICS;
use crate::habits::{Contributions, Expert, Topic};
use crate::model::Effects;
use crate::time::{Timestamp, Weekday};

/// One reason, and how much it weighed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// Which reason.
    pub code: ReasonCode,
    /// What it added to the item's log-odds against the other candidates, in nats; 0 for an item that has no rival, below
    /// where nothing speaks for the item and this speaks least against it.
    pub weight: f64,
}

/// A reason with what it is about. [`ReasonCode::sentence`] says it.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ReasonCode {
    /// Opened often.
    OftenUsed {
        /// Openings so far.
        openings: u32,
    },
    /// Used not long ago.
    RecentlyUsed {
        /// Seconds since.
        seconds: u64,
    },
    /// Usually follows what was used last.
    Follows {
        /// The item used last.
        item: Item,
    },
    /// Usual around this hour.
    AtThisHour {
        /// Local hour, 0..=23.
        hour: u8,
        /// The day.
        weekday: Weekday,
    },
    /// Often the first thing after an unlock.
    FirstAfterUnlock,
    /// Usual at this place.
    AtThisPlace {
        /// What the place means, if that is known.
        label: Option<PlaceLabel>,
    },
    /// Usual on this kind of network.
    OnThisNetwork {
        /// The network.
        network: Network,
    },
    /// Usual at this battery level.
    AtThisBattery {
        /// The category.
        battery: Battery,
    },
    /// Usual while sound goes where it goes.
    WithThisAudio {
        /// Where sound goes.
        audio: Audio,
    },
    /// Notifications wait.
    Notifications {
        /// How many, at most 8.
        waiting: u32,
    },
    /// Available, and never opened yet.
    NeverOpened,
    /// The person pinned it.
    Pinned,
    /// The person promoted it.
    Promoted,
    /// It is here because the host asked for an explored row ([`Request::exploring`](super::Request::exploring)).
    Explored,
}

impl ReasonCode {
    /// What it speaks of; `None` for decisions, notifications and what was never opened.
    #[must_use]
    pub const fn topic(&self) -> Option<Topic> {
        Some(match self {
            Self::OftenUsed { .. } => Topic::Frequency,
            Self::RecentlyUsed { .. } => Topic::Recency,
            Self::Follows { .. } => Topic::Sequence,
            Self::AtThisHour { .. } => Topic::Hour,
            Self::FirstAfterUnlock => Topic::SessionStart,
            Self::AtThisPlace { .. } => Topic::Place,
            Self::OnThisNetwork { .. } => Topic::Network,
            Self::AtThisBattery { .. } => Topic::Battery,
            Self::WithThisAudio { .. } => Topic::Audio,
            Self::Notifications { .. } | Self::NeverOpened | Self::Pinned | Self::Promoted | Self::Explored => {
                return None;
            }
        })
    }

    /// A stable word for the reason, as `often_used`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OftenUsed { .. } => "often_used",
            Self::RecentlyUsed { .. } => "recently_used",
            Self::Follows { .. } => "follows",
            Self::AtThisHour { .. } => "at_this_hour",
            Self::FirstAfterUnlock => "first_after_unlock",
            Self::AtThisPlace { .. } => "at_this_place",
            Self::OnThisNetwork { .. } => "on_this_network",
            Self::AtThisBattery { .. } => "at_this_battery",
            Self::WithThisAudio { .. } => "with_this_audio",
            Self::Notifications { .. } => "notifications",
            Self::NeverOpened => "never_opened",
            Self::Pinned => "pinned",
            Self::Promoted => "promoted",
            Self::Explored => "explored",
        }
    }
}

/// What the sentences are about.
pub(super) struct Situation<'a> {
    pub(super) now: Timestamp,
    pub(super) context: &'a Context,
    pub(super) label: Option<PlaceLabel>,
    pub(super) current: Option<Item>,
    pub(super) waiting: u32,
    pub(super) last_used: Option<Timestamp>,
    pub(super) openings: u32,
}

/// The most reasons that a prediction shows.
const MAX_REASONS: usize = 3;
/// A reason below this share of the strongest one is not worth saying.
const MIN_SHARE: f64 = 0.25;

/// The strongest reasons. Where nothing speaks for the item more than for others, what speaks least against it.
///
/// A reason's weight is what its experts add to the item's score against the mean over the belief, and what its features
/// add to the model's correction, as far as this phone trusts the model.
pub(super) fn explain(
    contributions: &Contributions,
    effects: Option<Effects>,
    situation: &Situation<'_>,
) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    let mut add = |code: ReasonCode, weight: f64| match reasons.iter_mut().find(|reason| reason.code == code) {
        Some(reason) => reason.weight += weight,
        None => reasons.push(Reason { code, weight }),
    };
    for (expert, weight) in Expert::ALL.into_iter().zip(contributions.experts) {
        if let Some(code) = code(expert.topic(), situation) {
            add(code, weight);
        }
    }
    for (topic, effect) in FEATURE_TOPICS.into_iter().zip(effects.unwrap_or_default()) {
        if let Some(code) = code(topic, situation) {
            add(code, effect);
        }
    }
    if situation.waiting > 0 {
        let code = ReasonCode::Notifications { waiting: situation.waiting };
        reasons.push(Reason { code, weight: contributions.notices });
    }
    reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let least = reasons.first().map_or(0.0, |strongest| MIN_SHARE * strongest.weight.max(0.0));
    let strong = reasons.iter().take(MAX_REASONS).take_while(|reason| reason.weight > least).count();
    reasons.truncate(strong.max(1));
    reasons
}

/// The reason of a topic, if the situation has what it is about.
fn code(topic: Topic, s: &Situation<'_>) -> Option<ReasonCode> {
    Some(match topic {
        Topic::Frequency => ReasonCode::OftenUsed { openings: s.openings },
        Topic::Recency => {
            let seconds = s.now.at_ms().saturating_sub(s.last_used?.at_ms()) / 1_000;
            ReasonCode::RecentlyUsed { seconds: u64::try_from(seconds).unwrap_or_default() }
        }
        Topic::Sequence => ReasonCode::Follows { item: s.current.clone()? },
        Topic::Hour => ReasonCode::AtThisHour {
            hour: u8::try_from(s.now.hour()).expect("a day has 24 hours"),
            weekday: s.now.weekday(),
        },
        Topic::SessionStart => ReasonCode::FirstAfterUnlock,
        Topic::Place => {
            if s.context.place.is_none() && s.context.access_point.is_none() && s.label.is_none() {
                return None;
            }
            ReasonCode::AtThisPlace { label: s.label }
        }
        Topic::Network => ReasonCode::OnThisNetwork { network: s.context.network? },
        Topic::Battery => ReasonCode::AtThisBattery { battery: s.context.battery? },
        Topic::Audio => ReasonCode::WithThisAudio { audio: s.context.audio? },
    })
}
