//! A log whose every event follows from its number, so that any reader can tell what should be in it.

use foretap_core::store::Key;
use foretap_core::{Context, Event, EventKind, Item, Timestamp, Token};

/// The key of every log made here.
#[must_use]
pub fn key() -> Key {
    Key::new([5; 32], [6; 16])
}

/// The `n`-th event of a life: one a minute, of 40 items at 7 places.
///
/// # Panics
/// If `n` is not a number of minutes that fits in the calendar.
#[must_use]
pub fn event(n: i64) -> Event {
    let at = Timestamp::new(1_700_000_000_000 + n * 60_000, 60).expect("a number of minutes within the calendar");
    let place = Token::new(&format!("place{}", n % 7)).expect("a short name");
    Event::launch(at, Item::new(&format!("com.example.app{}", n % 40)).expect("a short name"))
        .in_context(Context { place: Some(place), ..Context::default() })
}

/// The `n`-th event of a life with habits: unlocks, launches, notifications and locks, one a minute.
///
/// # Panics
/// As [`event`].
#[must_use]
pub fn habit(n: i64) -> Event {
    let Event { at, context, .. } = event(n);
    let item = Item::new(&format!("com.example.app{}", n * n / 7 % 40)).expect("a short name");
    let kind = match n % 5 {
        0 => EventKind::Unlock,
        1 | 2 => EventKind::Launch(item),
        3 => EventKind::Notification(item),
        _ => EventKind::Lock,
    };
    Event::new(at, kind).in_context(context)
}

/// A checkpoint that follows from the number of the newest event in it.
#[must_use]
pub fn checkpoint(upto: i64) -> Vec<u8> {
    upto.to_le_bytes().repeat(3_000)
}
