//! Events and controls as messages and back, every field checked.

use super::{Decided, wire};
use crate::control::{Control, SealedItem};
use crate::error::BackupError;
use crate::event::{Context, Event, Item, Slot, Token};
use crate::store::{codes, controls};
use crate::time::Timestamp;

/// An event as a message.
pub(super) fn of_event(event: &Event) -> wire::Event {
    let (surface, [position, propensity]) = codes::shown(event);
    let context = &event.context;
    let text = |token: Option<&Token>| token.map(|token| token.as_str().to_owned());
    wire::Event {
        at: Some(of_moment(event.at)),
        kind: codes::of_kind(&event.kind),
        item: event.kind.item().map(of_item),
        surface: text(surface),
        position,
        propensity,
        place: text(context.place.as_ref()),
        label: context.label.map(codes::of_label),
        network: context.network.map(codes::of_network),
        access_point: text(context.access_point.as_ref()),
        battery: context.battery.map(codes::of_battery),
        audio: context.audio.map(codes::of_audio),
    }
}

/// The event of a message.
///
/// # Errors
/// [`BackupError::Field`] for the first field that is not what it must be.
pub(super) fn event(message: wire::Event) -> Result<Event, BackupError> {
    let surface = token("event.surface", message.surface)?;
    let slot = match (message.kind, &surface, message.position) {
        (codes::LAUNCH, Some(surface), Some(position)) => {
            let position = u8::try_from(position).map_err(|_| field("event.position", "0 to 255"))?;
            Some(Slot { surface: surface.clone(), position })
        }
        _ => None,
    };
    let item = message.item.map(|found| item("event.item", &found)).transpose()?;
    let kind = codes::kind(message.kind, item, surface, [message.position, message.propensity]);
    Ok(Event {
        at: moment("event.at", message.at)?,
        kind: kind.ok_or(field("event.kind", "a number of the log's, with its parts"))?,
        context: Context {
            place: token("event.place", message.place)?,
            label: meaning("event.label", codes::label, message.label)?,
            network: meaning("event.network", codes::network, message.network)?,
            access_point: token("event.access_point", message.access_point)?,
            battery: meaning("event.battery", codes::battery, message.battery)?,
            audio: meaning("event.audio", codes::audio, message.audio)?,
        },
        slot,
    })
}

/// A control as a message.
pub(super) fn of_control((at, control): &Decided) -> wire::Control {
    let (kind, value, value_offset_min) = controls::numbers(control);
    let sealed = match control {
        Control::Sealed { item, .. } => Some(item),
        _ => None,
    };
    wire::Control {
        at: Some(of_moment(*at)),
        kind,
        item: control.item().map(of_item),
        salt: sealed.map(|item| item.salt.to_vec()),
        digest: sealed.map(|item| item.digest.to_vec()),
        value,
        value_offset_min: value_offset_min.map(i32::from),
    }
}

/// The control of a message.
///
/// # Errors
/// As [`event`].
pub(super) fn control(message: wire::Control) -> Result<Decided, BackupError> {
    let at = moment("control.at", message.at)?;
    let item = message.item.map(|found| item("control.item", &found)).transpose()?;
    let sealed = match (message.salt, message.digest) {
        (None, None) => None,
        (Some(salt), Some(digest)) => match (salt.try_into(), digest.try_into()) {
            (Ok(salt), Ok(digest)) => Some(SealedItem { salt, digest }),
            _ => return Err(field("control.digest", "32 bytes, under a salt of 16")),
        },
        _ => return Err(field("control.digest", "there with its salt")),
    };
    let until = message.value_offset_min.map(|utc_offset_min| {
        moment("control.value", Some(wire::Moment { at_ms: message.value.unwrap_or_default(), utc_offset_min }))
    });
    let found = controls::control(message.kind, item, sealed, message.value, until.transpose()?);
    let found = found.ok_or(field("control.kind", "a number of the log's, with its parts"))?;
    found.check().map_err(|_| field("control.value", "within its range"))?;
    Ok((at, found))
}

fn of_moment(at: Timestamp) -> wire::Moment {
    wire::Moment { at_ms: at.at_ms(), utc_offset_min: at.utc_offset_min().into() }
}

fn moment(name: &'static str, found: Option<wire::Moment>) -> Result<Timestamp, BackupError> {
    found
        .and_then(|at| Timestamp::new(at.at_ms, i16::try_from(at.utc_offset_min).ok()?).ok())
        .ok_or(field(name, "a time of the years 1970 to 9999, within 18 h of UTC"))
}

fn of_item(item: &Item) -> wire::Item {
    wire::Item { id: item.id().to_owned(), profile: item.profile() }
}

fn item(name: &'static str, found: &wire::Item) -> Result<Item, BackupError> {
    Item::in_profile(&found.id, found.profile).map_err(|_| field(name, "1 to 256 bytes, no control characters"))
}

fn token(name: &'static str, found: Option<String>) -> Result<Option<Token>, BackupError> {
    let token = found.map(|text| Token::new(&text)).transpose();
    token.map_err(|_| field(name, "1 to 64 bytes, no control characters"))
}

fn meaning<T>(name: &'static str, of: fn(i64) -> Option<T>, code: Option<i64>) -> Result<Option<T>, BackupError> {
    code.map(|code| of(code).ok_or(field(name, "a number of the log's"))).transpose()
}

const fn field(field: &'static str, limit: &'static str) -> BackupError {
    BackupError::Field { field, limit }
}
