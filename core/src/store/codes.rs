//! The small integers that stand for kinds, labels, networks and batteries in the log and in exports. A number once given is never
//! given to another meaning.

use crate::event::{Audio, Battery, Event, EventKind, Item, Network, PlaceLabel, Propensity, Token};

/// The number of a launch.
pub(crate) const LAUNCH: i64 = 1;

/// The number of a kind.
pub(crate) const fn of_kind(kind: &EventKind) -> i64 {
    match kind {
        EventKind::Launch(_) => LAUNCH,
        EventKind::Close(_) => 2,
        EventKind::Unlock => 3,
        EventKind::Lock => 4,
        EventKind::Home => 5,
        EventKind::Notification(_) => 6,
        EventKind::NotificationCleared(_) => 7,
        EventKind::Impression { .. } => 8,
        EventKind::Dismiss { .. } => 9,
        EventKind::Install(_) => 10,
        EventKind::Uninstall(_) => 11,
    }
}

/// The kind of a number with its parts; `None` if the number is unknown or a part is missing.
pub(crate) fn kind(
    code: i64,
    item: Option<Item>,
    surface: Option<Token>,
    [position, propensity]: [Option<i64>; 2],
) -> Option<EventKind> {
    Some(match code {
        LAUNCH => EventKind::Launch(item?),
        2 => EventKind::Close(item?),
        3 => EventKind::Unlock,
        4 => EventKind::Lock,
        5 => EventKind::Home,
        6 => EventKind::Notification(item?),
        7 => EventKind::NotificationCleared(item?),
        8 => {
            let position = u8::try_from(position?).ok()?;
            let propensity = match propensity {
                Some(millionths) => Some(Propensity::from_millionths(u32::try_from(millionths).ok()?).ok()?),
                None => None,
            };
            EventKind::Impression { item: item?, surface: surface?, position, propensity }
        }
        9 => EventKind::Dismiss { item: item?, surface: surface? },
        10 => EventKind::Install(item?),
        11 => EventKind::Uninstall(item?),
        _ => return None,
    })
}

/// Where a prediction was shown or opened, its place in the row, and its propensity.
pub(crate) fn shown(event: &Event) -> (Option<&Token>, [Option<i64>; 2]) {
    match &event.kind {
        EventKind::Launch(_) => {
            let slot = event.slot.as_ref();
            (slot.map(|slot| &slot.surface), [slot.map(|slot| slot.position.into()), None])
        }
        EventKind::Impression { surface, position, propensity, .. } => {
            (Some(surface), [Some(i64::from(*position)), propensity.map(|p| i64::from(p.millionths()))])
        }
        EventKind::Dismiss { surface, .. } => (Some(surface), [None; 2]),
        _ => (None, [None; 2]),
    }
}

/// The number of a place's label.
pub(crate) const fn of_label(label: PlaceLabel) -> i64 {
    match label {
        PlaceLabel::Home => 1,
        PlaceLabel::Work => 2,
        PlaceLabel::Commute => 3,
        PlaceLabel::Other => 4,
    }
}

/// The label of a number.
pub(crate) fn label(code: i64) -> Option<PlaceLabel> {
    PlaceLabel::ALL.into_iter().find(|&l| of_label(l) == code)
}

/// The number of a kind of connection.
pub(crate) const fn of_network(network: Network) -> i64 {
    match network {
        Network::Wifi => 1,
        Network::FiveG => 2,
        Network::FourG => 3,
        Network::ThreeG => 4,
        Network::Cellular => 5,
        Network::Offline => 6,
    }
}

/// The kind of connection of a number.
pub(crate) fn network(code: i64) -> Option<Network> {
    Network::ALL.into_iter().find(|&n| of_network(n) == code)
}

/// The number of a battery's category.
pub(crate) const fn of_battery(battery: Battery) -> i64 {
    match battery {
        Battery::Charging => 1,
        Battery::High => 2,
        Battery::Medium => 3,
        Battery::Low => 4,
    }
}

/// The battery's category of a number.
pub(crate) fn battery(code: i64) -> Option<Battery> {
    Battery::ALL.into_iter().find(|&b| of_battery(b) == code)
}

/// The number of where sound goes.
pub(crate) const fn of_audio(audio: Audio) -> i64 {
    match audio {
        Audio::Phone => 1,
        Audio::Headphones => 2,
        Audio::Car => 3,
        Audio::Speaker => 4,
    }
}

/// Where sound goes, of a number.
pub(crate) fn audio(code: i64) -> Option<Audio> {
    Audio::ALL.into_iter().find(|&a| of_audio(a) == code)
}
