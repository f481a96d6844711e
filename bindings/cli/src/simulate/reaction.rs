//! A simulated person who reacts to rows of predictions, so that what any row would have earned is known exactly.
//!
//! At each unlock a logging policy shows a row. The person intends one thing at most: mostly what the simulated life opens next,
//! sometimes another item, in the proportions of the whole life, which is opened only if the row happens to show it. A
//! position of the row is looked at with a known probability, and the intended item, seen there, is opened from the row.
//! So a row that shows an item can cause its opening, and what a slot earns depends on its item and position alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use foretap_core::{Event, EventKind, Item, Token};

use super::logging::LoggingPolicy;
use crate::dice::Dice;

/// How a person reacts.
#[derive(Debug, Clone, PartialEq)]
pub struct Reaction {
    /// How likely each position of the row is looked at, the first one first; further ones are not.
    pub examined: Vec<f64>,
    /// How likely the person intends what the life opens next.
    pub wanted: f64,
    /// How likely it is another item instead.
    pub tempted: f64,
}

impl Default for Reaction {
    /// 0.9, 0.7, 0.5, 0.35 and 0.25 of five positions; 0.75 wanted, 0.2 tempted.
    fn default() -> Self {
        Self { examined: vec![0.9, 0.7, 0.5, 0.35, 0.25], wanted: 0.75, tempted: 0.2 }
    }
}

/// What a person intends at a moment.
#[derive(Debug, Clone)]
pub struct Intent {
    reaction: Arc<Reaction>,
    /// Each item's share of the life's openings.
    shares: Arc<BTreeMap<Item, f64>>,
    wanted: Item,
}

impl Intent {
    /// How likely the person intends to open an item.
    #[must_use]
    pub fn chance(&self, item: &Item) -> f64 {
        let wanted = if *item == self.wanted { self.reaction.wanted } else { 0.0 };
        wanted + self.reaction.tempted * self.shares.get(item).copied().unwrap_or(0.0)
    }

    /// How likely something is opened from a row: the truth that estimates are held against.
    #[must_use]
    pub fn reward<'a>(&self, row: impl IntoIterator<Item = &'a Item>) -> f64 {
        let slots = row.into_iter().zip(&self.reaction.examined);
        slots.map(|(item, examined)| examined * self.chance(item)).sum()
    }

    fn draw(&self, dice: &mut Dice) -> Option<Item> {
        let chance = dice.unit();
        if chance < self.reaction.wanted {
            return Some(self.wanted.clone());
        }
        if chance >= self.reaction.wanted + self.reaction.tempted {
            return None;
        }
        let (items, weights): (Vec<&Item>, Vec<f64>) = self.shares.iter().unzip();
        dice.weighted(&weights).map(|place| items[place].clone())
    }
}

/// A life with rows in it.
#[derive(Debug, Clone)]
pub struct Reacted {
    /// The events: those of the life, impressions at each unlock, launches with their slots, and further openings that
    /// rows have caused.
    pub events: Vec<Event>,
    /// What was intended at each row, in their order.
    pub intents: Vec<Intent>,
}

/// Lives a life with rows: `life` are the events of a simulated person, in order of time.
pub fn react(life: &[Event], reaction: &Reaction, logging: &mut impl LoggingPolicy, seed: u64) -> Reacted {
    let (reaction, shares) = (Arc::new(reaction.clone()), Arc::new(shares(life)));
    let surface = Token::new(SURFACE).expect("a short word");
    let mut dice = Dice::new(seed);
    let mut lived = Lived { logging, events: Vec::with_capacity(2 * life.len()) };
    let mut intents = Vec::new();
    // What will be opened from the row, and its position there, until the session's first launch.
    let mut coming: Option<(Item, u8)> = None;
    for (n, event) in life.iter().enumerate() {
        match &event.kind {
            EventKind::Unlock => {
                lived.through(event.clone());
                let Some(wanted) = first_launch(&life[n + 1..]).cloned() else { continue };
                let (seed, surface) = (u64::from(dice.below(u32::MAX)), &surface);
                let row = lived.logging.row(event, seed);
                let intent = Intent { reaction: reaction.clone(), shares: shares.clone(), wanted };
                let intended = intent.draw(&mut dice);
                coming = (0..).zip(&reaction.examined).zip(&row).find_map(|((position, &examined), (item, _))| {
                    (Some(item) == intended.as_ref() && dice.chance(examined)).then(|| (item.clone(), position))
                });
                intents.extend((!row.is_empty()).then_some(intent));
                for (position, (item, propensity)) in (0..).zip(row) {
                    let (surface, propensity) = (surface.clone(), Some(propensity));
                    lived.through(Event::new(event.at, EventKind::Impression { item, surface, position, propensity }));
                }
            }
            EventKind::Launch(item) => match coming.take() {
                Some((seen, position)) if seen == *item => {
                    lived.through(event.clone().from_slot(surface.clone(), position));
                }
                Some((seen, position)) => {
                    // The launches of a life come 300 ms or more after the unlock.
                    let at = |ms: i64| event.at.plus_ms(-ms);
                    let launch = Event::launch(at(200), seen.clone()).in_context(event.context.clone());
                    lived.through(launch.from_slot(surface.clone(), position));
                    lived.through(Event::new(at(50), EventKind::Close(seen)));
                    lived.through(event.clone());
                }
                None => lived.through(event.clone()),
            },
            _ => lived.through(event.clone()),
        }
    }
    Reacted { events: lived.events, intents }
}

/// What has happened, and what was learned from it.
struct Lived<'a, L> {
    logging: &'a mut L,
    events: Vec<Event>,
}

impl<L: LoggingPolicy> Lived<'_, L> {
    fn through(&mut self, event: Event) {
        self.logging.learn(&event);
        self.events.push(event);
    }
}

/// The first launch of the session that has just begun.
fn first_launch(events: &[Event]) -> Option<&Item> {
    let session = events.iter().take_while(|event| !matches!(event.kind, EventKind::Unlock | EventKind::Lock));
    session.into_iter().find_map(|event| if let EventKind::Launch(item) = &event.kind { Some(item) } else { None })
}

#[expect(clippy::cast_precision_loss, reason = "a number of launches")]
fn shares(life: &[Event]) -> BTreeMap<Item, f64> {
    let mut counts: BTreeMap<Item, f64> = BTreeMap::new();
    let launches =
        || life.iter().filter_map(|event| if let EventKind::Launch(item) = &event.kind { Some(item) } else { None });
    launches().for_each(|item| *counts.entry(item.clone()).or_default() += 1.0);
    let all = launches().count() as f64;
    counts.values_mut().for_each(|count| *count /= all);
    counts
}

/// Where rows are shown.
const SURFACE: &str = "home";

#[cfg(test)]
mod tests {
    use foretap_core::habits::StartWeights;

    use super::*;
    use crate::simulate::{Options, Ranked, Simulation};

    fn lived(seed: u64) -> (Vec<Event>, Reacted) {
        let life: Vec<Event> =
            Simulation::new(seed, Options { days: 10, ..Options::default() }).expect("valid").collect();
        let mut logging = Ranked::new(&StartWeights::neutral(), 4, 0.5).expect("valid");
        let reacted = react(&life, &Reaction::default(), &mut logging, seed);
        (life, reacted)
    }

    #[test]
    fn a_life_with_rows_is_the_same_life_and_what_rows_caused() {
        let (life, reacted) = lived(1);
        assert!(reacted.events.is_sorted_by_key(|event| event.at));
        let plain = |event: &Event| (event.at, event.kind.clone());
        let mut left = reacted.events.iter().map(plain).peekable();
        for event in life.iter().map(plain) {
            assert!(left.any(|other| other == event), "{event:?}");
        }
        assert_eq!(lived(1).1.events, reacted.events);
    }

    #[test]
    fn rows_earn_what_the_intents_say() {
        let (mut expected, mut earned, mut caused) = (0.0, 0.0, 0_i32);
        for seed in 0..10 {
            let (life, reacted) = lived(seed);
            let rows = crate::policy::rows(&reacted.events);
            assert_eq!(rows.len(), reacted.intents.len());
            for (row, intent) in rows.iter().zip(&reacted.intents) {
                expected += intent.reward(row.items.iter().map(|shown| &shown.item));
                earned += f64::from(u8::from(row.opened.is_some()));
            }
            let launches = |events: &[Event]| {
                i32::try_from(events.iter().filter(|e| matches!(e.kind, EventKind::Launch(_))).count()).expect("few")
            };
            caused += launches(&reacted.events) - launches(&life);
        }
        let deviation = f64::sqrt(expected);
        assert!(f64::abs(expected - earned) < 3.0 * deviation, "{earned} of {expected} expected");
        assert!(caused > 100, "{caused}");
    }
}
