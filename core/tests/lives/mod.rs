//! Random lives, the same on every machine.
#![allow(dead_code, unreachable_pub, reason = "each test uses some of it")]

use foretap_core::config::SESSION_GAP_MS;
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{Audio, Battery, Context, Event, EventKind, Item, Network, PlaceLabel, Timestamp, Token};

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers on every machine.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }

    pub fn ms(&mut self, bound_ms: i64) -> i64 {
        i64::try_from(self.below(bound_ms.unsigned_abs())).expect("below an i64")
    }

    pub fn is_one_in(&mut self, chances: u64) -> bool {
        self.below(chances) == 0
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.place(from.len())]
    }

    pub fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }
}

/// What can go wrong in a life.
#[derive(Clone, Copy)]
pub struct Oddities {
    /// Items, and places and access points, that exist.
    pub items: u64,
    pub places: u64,
    /// One event in so many comes late, within a day; 0 for never.
    pub late: u64,
    /// One event in so many has a clock that was set to anything; 0 for never.
    pub wild_clock: u64,
}

pub const CALM: Oddities = Oddities { items: 12, places: 4, late: 0, wild_clock: 0 };
pub const UNPUNCTUAL: Oddities = Oddities { late: 5, ..CALM };
pub const WILD: Oddities = Oddities { items: 40, places: 3, late: 11, wild_clock: 13 };
pub const CROWDED: Oddities = Oddities { items: 3_000, places: 1_200, late: 17, wild_clock: 700 };

/// The events of a life, in order of arrival.
pub fn life(seed: u64, oddities: Oddities, events: usize) -> Vec<Event> {
    let mut random = Random(seed);
    let mut now_ms = 1_700_000_000_000;
    let mut offset_min = 60;
    (0..events)
        .map(|_| {
            now_ms +=
                random.pick(&[0, 1, 500, 30 * SECOND_MS, SESSION_GAP_MS - 1, SESSION_GAP_MS, HOUR_MS, 9 * HOUR_MS]);
            if random.is_one_in(25) {
                offset_min = random.pick(&[-1_080, -300, 0, 60, 120, 345, 1_080]);
            }
            if oddities.wild_clock > 0 && random.is_one_in(oddities.wild_clock) {
                let back_ms = random.ms(40 * DAY_MS);
                now_ms = random.pick(&[
                    0,
                    1_700_000_000_000,
                    now_ms - DAY_MS,
                    now_ms - DAY_MS - 1,
                    now_ms - back_ms,
                    now_ms + 8 * DAY_MS,
                    Timestamp::MAX_MS - 1,
                    Timestamp::MAX_MS,
                ]);
            }
            now_ms = now_ms.clamp(0, Timestamp::MAX_MS);
            let mut at_ms = now_ms;
            if oddities.late > 0 && random.is_one_in(oddities.late) {
                at_ms = (at_ms - random.ms(DAY_MS)).max(0);
            }
            let at = Timestamp::new(at_ms, offset_min).expect("in range");
            Event::new(at, kind(&mut random, oddities.items)).in_context(context(&mut random, oddities.places))
        })
        .collect()
}

pub fn item(random: &mut Random, items: u64) -> Item {
    // Some are opened far more often than others, and some ids exist in two profiles.
    let number = random.below(items).min(random.below(items));
    let profile = if random.is_one_in(9) { 10 } else { 0 };
    Item::in_profile(&format!("item {number}"), profile).expect("valid")
}

fn kind(random: &mut Random, items: u64) -> EventKind {
    let item = item(random, items);
    let surface = Token::new("main").expect("valid");
    match random.below(20) {
        0..9 => EventKind::Launch(item),
        9 | 10 => EventKind::Close(item),
        11 | 12 => EventKind::Unlock,
        13 => EventKind::Lock,
        14 => EventKind::Home,
        15 => EventKind::Notification(item),
        16 => EventKind::NotificationCleared(item),
        17 => EventKind::Impression { item, surface, position: 0, propensity: None },
        18 => EventKind::Install(item),
        _ => EventKind::Uninstall(item),
    }
}

pub fn context(random: &mut Random, places: u64) -> Context {
    let token = |random: &mut Random, what: &str| {
        (!random.is_one_in(4)).then(|| Token::new(&format!("{what} {}", random.below(places))).expect("valid"))
    };
    Context {
        place: token(random, "place"),
        label: random.is_one_in(6).then(|| random.pick(&PlaceLabel::ALL)),
        network: random.is_one_in(2).then(|| random.pick(&Network::ALL)),
        access_point: token(random, "access point"),
        battery: random.is_one_in(2).then(|| random.pick(&Battery::ALL)),
        audio: random.is_one_in(2).then(|| random.pick(&Audio::ALL)),
    }
}
