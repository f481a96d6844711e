//! Why an item was predicted, computed from what each group of experts added to its score.

use crate::event::{Audio, Battery, Context, Item, Network, PlaceLabel};
use crate::habits::{Contributions, Expert};
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

/// A reason with what it is about. `Display` says it as a short English sentence.
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
        hour: usize,
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
}

impl ReasonCode {
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
        }
    }
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::OftenUsed { openings } => write!(f, "opened {openings} times"),
            Self::RecentlyUsed { seconds } => match seconds {
                0..120 => f.write_str("used just now"),
                120..7_200 => write!(f, "used {} minutes ago", seconds / 60),
                7_200..172_800 => write!(f, "used {} hours ago", seconds / 3_600),
                _ => write!(f, "used {} days ago", seconds / 86_400),
            },
            Self::Follows { item } => write!(f, "often after {item}"),
            Self::AtThisHour { hour, weekday } => {
                let day = if weekday.is_weekend() { "week-ends" } else { "work days" };
                write!(f, "usual around {hour:02}:00 on {day}")
            }
            Self::FirstAfterUnlock => f.write_str("often first after unlocking"),
            Self::AtThisPlace { label } => match label {
                Some(PlaceLabel::Home) => f.write_str("usual at home"),
                Some(PlaceLabel::Work) => f.write_str("usual at work"),
                Some(PlaceLabel::Commute) => f.write_str("usual on the way"),
                Some(PlaceLabel::Other) | None => f.write_str("usual at this place"),
            },
            Self::OnThisNetwork { network: Network::Offline } => f.write_str("usual when offline"),
            Self::OnThisNetwork { network: Network::Wifi } => f.write_str("usual on Wi-Fi"),
            Self::OnThisNetwork { .. } => f.write_str("usual on mobile data"),
            Self::AtThisBattery { battery: Battery::Charging } => f.write_str("usual while charging"),
            Self::AtThisBattery { battery } => write!(f, "usual at {} battery", battery.name()),
            Self::WithThisAudio { audio } => f.write_str(match audio {
                Audio::Phone => "usual without headphones",
                Audio::Headphones => "usual with headphones",
                Audio::Car => "usual in the car",
                Audio::Speaker => "usual with a loudspeaker",
            }),
            Self::Notifications { waiting: 1 } => f.write_str("1 new notification"),
            Self::Notifications { waiting } => write!(f, "{waiting} new notifications"),
            Self::NeverOpened => f.write_str("not opened yet"),
            Self::Pinned => f.write_str("you pinned it"),
            Self::Promoted => f.write_str("you want to see it more"),
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
pub(super) fn explain(contributions: &Contributions, situation: &Situation<'_>) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for (expert, weight) in Expert::ALL.into_iter().zip(contributions.experts) {
        let Some(code) = code(expert, situation) else { continue };
        match reasons.iter_mut().find(|reason| reason.code == code) {
            Some(reason) => reason.weight += weight,
            None => reasons.push(Reason { code, weight }),
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

/// The reason that an expert gives, if the situation has what it is about.
fn code(expert: Expert, s: &Situation<'_>) -> Option<ReasonCode> {
    Some(match expert {
        Expert::Total | Expert::Week => ReasonCode::OftenUsed { openings: s.openings },
        Expert::Hours6
        | Expert::Day
        | Expert::Openings10
        | Expert::Openings50
        | Expert::RecencyRank
        | Expert::RankFrecency => {
            let seconds = s.now.at_ms().saturating_sub(s.last_used?.at_ms()) / 1_000;
            ReasonCode::RecentlyUsed { seconds: u64::try_from(seconds).unwrap_or_default() }
        }
        Expert::After1 | Expert::After2 | Expert::After3 | Expert::SessionStartAfter => {
            ReasonCode::Follows { item: s.current.clone()? }
        }
        Expert::Hour | Expert::HourOfDayKind | Expert::SessionStartHour | Expert::SessionStartHourOfDayKind => {
            ReasonCode::AtThisHour { hour: s.now.hour(), weekday: s.now.weekday() }
        }
        Expert::SessionStart => ReasonCode::FirstAfterUnlock,
        Expert::Place | Expert::AccessPoint => {
            if s.context.place.is_none() && s.context.access_point.is_none() && s.label.is_none() {
                return None;
            }
            ReasonCode::AtThisPlace { label: s.label }
        }
        Expert::Network => ReasonCode::OnThisNetwork { network: s.context.network? },
        Expert::Battery => ReasonCode::AtThisBattery { battery: s.context.battery? },
        Expert::Audio => ReasonCode::WithThisAudio { audio: s.context.audio? },
    })
}
