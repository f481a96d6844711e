//! The person's decisions at work: what is hidden, what is not learned, and how the order changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{FREQUENT_OPENINGS, PROMOTED_ODDS};
use crate::control::{Control, ControlId, Decision, SnoozeEnd};
use crate::event::{Event, Item};
use crate::habits::Habits;
use crate::time::{DAY_MS, Timestamp};

/// The decisions that count, by what they are about.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Controls {
    decisions: Vec<Decision>,
    items: BTreeMap<Item, OfItem>,
    hidden_profiles: BTreeSet<u32>,
    half_life_days: Option<u16>,
}

/// What was decided about one item.
#[derive(Debug, Clone, Default, PartialEq)]
struct OfItem {
    is_excluded: bool,
    is_never_learned: bool,
    snooze: Option<(Timestamp, SnoozeEnd)>,
    pin: Option<u8>,
    is_promoted: bool,
    half_life_days: Option<u16>,
}

impl Controls {
    /// Decisions in the order in which they were made: of two of a kind about the same item the later one counts.
    #[must_use]
    pub fn new(decisions: Vec<Decision>) -> Self {
        let mut controls = Self::default();
        for decision in &decisions {
            controls.count(decision);
        }
        controls.decisions = decisions;
        controls
    }

    /// Every decision, those that ran out too, in the order in which they were made.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }

    /// The decisions about items that cannot be named yet and are this one.
    pub(crate) fn sealed<'a>(&'a self, item: &'a Item) -> impl Iterator<Item = ControlId> + 'a {
        self.decisions.iter().filter_map(move |decision| match &decision.control {
            Control::Sealed { item: sealed, .. } if sealed.is(item) => Some(decision.id),
            _ => None,
        })
    }

    /// Whether the event may be stored and learned from.
    #[must_use]
    pub fn learns(&self, event: &Event) -> bool {
        let is_paused = self.decisions.iter().any(|decision| match decision.control {
            Control::PauseLearning { until } => {
                event.at >= decision.at && until.is_none_or(|until| event.at.at_ms() < until.at_ms())
            }
            _ => false,
        });
        let is_never = |item: &Item| {
            self.hidden_profiles.contains(&item.profile())
                || self.items.get(item).is_some_and(|of_item| of_item.is_never_learned)
        };
        !is_paused && !event.kind.item().is_some_and(is_never)
    }

    /// Whether the item may be named nowhere: excluded, never learned, or of a hidden profile.
    #[must_use]
    pub fn is_unnamed(&self, item: &Item) -> bool {
        self.hidden_profiles.contains(&item.profile())
            || self.items.get(item).is_some_and(|of_item| of_item.is_excluded || of_item.is_never_learned)
    }

    /// Whether the item is not offered at `now`.
    #[must_use]
    pub fn hides(&self, item: &Item, habits: &Habits, now: Timestamp) -> bool {
        self.is_unnamed(item) || self.items.get(item).is_some_and(|of_item| of_item.is_snoozed(item, habits, now))
    }

    /// The pinned items with their places, in the order of the places; of two at one place the one pinned last leads.
    #[must_use]
    pub fn pins(&self) -> Vec<(&Item, u8)> {
        let order = |item: &Item| self.decisions.iter().rposition(|decision| is_pin_of(decision, item));
        let mut pins: Vec<(&Item, u8)> =
            self.items.iter().filter_map(|(item, of_item)| Some((item, of_item.pin?))).collect();
        pins.sort_by_key(|(item, position)| (*position, std::cmp::Reverse(order(item))));
        pins
    }

    /// Whether the item is pinned.
    #[must_use]
    pub fn is_pinned(&self, item: &Item) -> bool {
        self.items.get(item).is_some_and(|of_item| of_item.pin.is_some())
    }

    /// Whether the item is promoted.
    #[must_use]
    pub fn is_promoted(&self, item: &Item) -> bool {
        self.items.get(item).is_some_and(|of_item| of_item.is_promoted)
    }

    /// What the decisions add to the item's log-odds in the order of the ranking, in nats.
    #[must_use]
    pub fn shift(&self, item: &Item, last_used: Option<Timestamp>, now: Timestamp) -> f64 {
        let of_item = self.items.get(item);
        let promoted = if self.is_promoted(item) { PROMOTED_ODDS.ln() } else { 0.0 };
        let days = of_item.and_then(|of_item| of_item.half_life_days).or(self.half_life_days);
        let faded = match (days, last_used) {
            (Some(days), Some(used)) => now.seconds_since(used) * 1_000.0 / DAY_MS as f64 / f64::from(days),
            _ => 0.0,
        };
        promoted - faded * std::f64::consts::LN_2
    }

    /// The snooze that ends now, because the item is frequent again.
    pub(crate) fn ended_snoozes(&self, habits: &Habits, now: Timestamp) -> Vec<ControlId> {
        let has_ended = |decision: &&Decision| match &decision.control {
            Control::Snooze { item, until: SnoozeEnd::Frequent } => is_frequent(item, habits, decision.at, now),
            _ => false,
        };
        self.decisions.iter().filter(has_ended).map(|decision| decision.id).collect()
    }

    fn count(&mut self, decision: &Decision) {
        let of = |controls: &mut Self, item: &Item, set: &dyn Fn(&mut OfItem)| {
            set(controls.items.entry(item.clone()).or_default());
        };
        match &decision.control {
            Control::Exclude(item) => of(self, item, &|of_item| of_item.is_excluded = true),
            Control::Snooze { item, until } => {
                of(self, item, &|of_item| of_item.snooze = Some((decision.at, *until)));
            }
            Control::NeverLearn(item) => of(self, item, &|of_item| of_item.is_never_learned = true),
            Control::Pin { item, position } => of(self, item, &|of_item| of_item.pin = Some(*position)),
            Control::Promote(item) => of(self, item, &|of_item| of_item.is_promoted = true),
            Control::HalfLife { item: Some(item), days } => {
                of(self, item, &|of_item| of_item.half_life_days = Some(*days));
            }
            Control::HalfLife { item: None, days } => self.half_life_days = Some(*days),
            Control::HideProfile(profile) => {
                self.hidden_profiles.insert(*profile);
            }
            Control::PauseLearning { .. } | Control::Sealed { .. } => {}
        }
    }
}

impl OfItem {
    fn is_snoozed(&self, item: &Item, habits: &Habits, now: Timestamp) -> bool {
        match self.snooze {
            Some((_, SnoozeEnd::At(end))) => now.at_ms() < end.at_ms(),
            Some((since, SnoozeEnd::Frequent)) => !is_frequent(item, habits, since, now),
            None => false,
        }
    }
}

fn is_frequent(item: &Item, habits: &Habits, since: Timestamp, now: Timestamp) -> bool {
    habits.find(item).is_some_and(|index| habits.openings_of_week(index, since, now) >= FREQUENT_OPENINGS)
}

fn is_pin_of(decision: &Decision, item: &Item) -> bool {
    matches!(&decision.control, Control::Pin { item: pinned, .. } if pinned == item)
}
