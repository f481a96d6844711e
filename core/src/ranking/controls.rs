//! The person's decisions at work: what is hidden, what is not learned, and how the order changes.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{FREQUENT_OPENINGS, PROMOTED_ODDS};
use crate::control::{Control, ControlId, Decision, SealedItem, SnoozeEnd};
use crate::event::{Event, Item};
use crate::habits::Habits;
use crate::time::{DAY_MS, Timestamp};

/// The decisions that count, by what they are about. `Debug` names no item.
#[derive(Clone, Default, PartialEq)]
pub struct Controls {
    decisions: Vec<Decision>,
    items: BTreeMap<Item, OfItem>,
    hidden_profiles: BTreeSet<u32>,
    half_life_days: Option<u16>,
    /// Where items are sealed: those that were compared with every seal.
    met: BTreeSet<Item>,
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
    /// Decisions in the order in which they were made: of two of a kind about the same item the later one counts. Sealed
    /// ones are recognised in `known`, the items whose names are known here.
    #[must_use]
    pub fn new<'a>(decisions: Vec<Decision>, known: impl IntoIterator<Item = &'a Item>) -> Self {
        let mut controls = Self { decisions, ..Self::default() };
        if controls.salts().next().is_some() {
            controls.met = controls.decisions.iter().filter_map(|d| d.control.item().cloned()).collect();
            controls.met.extend(known.into_iter().cloned());
            for item in controls.met.clone() {
                controls.name_seals(&item);
            }
        }
        controls.count();
        controls
    }

    /// Every decision, those that ran out or that a later one stands over too, in the order in which they were made.
    #[must_use]
    pub fn decisions(&self) -> &[Decision] {
        &self.decisions
    }

    /// Whether nothing was decided.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.decisions.is_empty()
    }

    /// The decisions that count at `now`: not run out, and of each kind about each item the last one.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &Decision> {
        let is_last = |(n, decision): &(usize, &Decision)| {
            !self.decisions[n + 1..].iter().any(|later| later.control.is_of_a_kind_with(&decision.control))
        };
        self.decisions.iter().enumerate().filter(is_last).map(|(_, decision)| decision).filter(move |decision| {
            match decision.control {
                Control::Snooze { until: SnoozeEnd::At(end), .. } | Control::PauseLearning { until: Some(end) } => {
                    now.at_ms() < end.at_ms()
                }
                Control::Paused { .. } => false,
                _ => true,
            }
        })
    }

    /// An item's name became known: sealed decisions about it get their name. Returns their numbers.
    pub(crate) fn meet(&mut self, item: &Item) -> Vec<ControlId> {
        if self.salts().next().is_none() || !self.met.insert(item.clone()) {
            return Vec::new();
        }
        let named = self.name_seals(item);
        if !named.is_empty() {
            self.count();
        }
        named
    }

    /// Whether an event that is told as it happens may be stored and learned from.
    #[must_use]
    pub fn learns(&self, event: &Event) -> bool {
        // Whatever the clock said when the pause began: a clock that is corrected must not end it.
        let pause = self.decisions.iter().rev().find_map(|decision| match decision.control {
            Control::PauseLearning { until } => Some(until),
            _ => None,
        });
        let is_paused = pause.is_some_and(|until| until.is_none_or(|until| event.at.at_ms() < until.at_ms()));
        !is_paused && self.learns_of_the_past(event)
    }

    /// Whether an event of the past may be stored: not if it happened in a pause.
    #[must_use]
    pub fn learns_of_the_past(&self, event: &Event) -> bool {
        let was_paused = self.decisions.iter().any(|decision| {
            let until = match decision.control {
                Control::PauseLearning { until } => until,
                Control::Paused { until } => Some(until),
                _ => return false,
            };
            event.at >= decision.at && until.is_none_or(|until| event.at.at_ms() < until.at_ms())
        });
        let is_never = |item: &Item| {
            self.hidden_profiles.contains(&item.profile())
                || self.items.get(item).is_some_and(|of_item| of_item.is_never_learned)
                || self.seals_of(item).any(|is_never_learn| is_never_learn)
        };
        !was_paused && !event.kind.item().is_some_and(is_never)
    }

    /// Whether the item may be named nowhere: excluded, never learned, or of a hidden profile.
    #[must_use]
    pub fn is_unnamed(&self, item: &Item) -> bool {
        self.hidden_profiles.contains(&item.profile())
            || self.items.get(item).is_some_and(|of_item| of_item.is_excluded || of_item.is_never_learned)
            || self.seals_of(item).next().is_some()
    }

    /// Whether the item is not offered at `now`.
    #[must_use]
    pub fn hides(&self, item: &Item, habits: &Habits, now: Timestamp) -> bool {
        self.is_unnamed(item) || self.items.get(item).is_some_and(|of_item| of_item.is_snoozed(item, habits, now))
    }

    /// The time from `now` until the next snooze ends by itself, in milliseconds: what is hidden changes then.
    pub(crate) fn next_snooze_end_ms(&self, now: Timestamp) -> Option<i64> {
        let left = |of_item: &OfItem| match of_item.snooze {
            Some((_, SnoozeEnd::At(end))) => Some(end.at_ms() - now.at_ms()).filter(|left| *left > 0),
            _ => None,
        };
        self.items.values().filter_map(left).min()
    }

    /// The pinned items with their places, in the order of the places; of two at one place the one pinned last leads.
    #[must_use]
    pub fn pins(&self) -> Vec<(&Item, u8)> {
        let is_pin_of = |decision: &Decision, item: &Item| matches!(&decision.control, Control::Pin { item: pinned, .. } if pinned == item);
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

    /// Whether any decision changes the odds of an item.
    #[must_use]
    pub(crate) fn changes_odds(&self) -> bool {
        self.half_life_days.is_some()
            || self.items.values().any(|of_item| of_item.is_promoted || of_item.half_life_days.is_some())
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

    /// Snoozes that are over because their item is frequent again, with those that they stand over.
    pub(crate) fn ended_by_openings(&self, habits: &Habits, now: Timestamp) -> Vec<ControlId> {
        let has_ended = |item: &Item| {
            let snooze = self.items.get(item).and_then(|of_item| of_item.snooze);
            matches!(snooze, Some((since, SnoozeEnd::Frequent)) if is_frequent(item, habits, since, now))
        };
        let is_over = |decision: &&Decision| match &decision.control {
            Control::Snooze { item, .. } => has_ended(item),
            _ => false,
        };
        self.decisions.iter().filter(is_over).map(|decision| decision.id).collect()
    }

    /// Decisions that ran out before `now`, snoozes with those that they stand over; of pauses those whose time lies further
    /// back than events are kept.
    pub(crate) fn ended_by_time(&self, now_ms: i64, kept_ms: i64) -> Vec<ControlId> {
        let has_ended = |decision: &&Decision| match decision.control {
            Control::Snooze { until: SnoozeEnd::At(end), .. } => end.at_ms() <= now_ms,
            Control::PauseLearning { until: Some(end) } | Control::Paused { until: end } => {
                now_ms - end.at_ms() > kept_ms
            }
            _ => false,
        };
        self.with_those_below(self.decisions.iter().filter(has_ended))
    }

    /// The numbers of decisions and, of snoozes, of the earlier ones about the same item: those must not come back.
    fn with_those_below<'a>(&'a self, over: impl Iterator<Item = &'a Decision>) -> Vec<ControlId> {
        let mut ids = BTreeSet::new();
        for decision in over {
            ids.insert(decision.id);
            if matches!(decision.control, Control::Snooze { .. }) {
                let is_below =
                    |other: &&Decision| other.id < decision.id && other.control.is_of_a_kind_with(&decision.control);
                ids.extend(self.decisions.iter().filter(is_below).map(|other| other.id));
            }
        }
        ids.into_iter().collect()
    }

    fn salts(&self) -> impl Iterator<Item = [u8; 16]> {
        self.decisions.iter().filter_map(|decision| match &decision.control {
            Control::Sealed { item, .. } => Some(item.salt),
            _ => None,
        })
    }

    /// Gives the sealed decisions about an item its name.
    fn name_seals(&mut self, item: &Item) -> Vec<ControlId> {
        let salts: BTreeSet<[u8; 16]> = self.salts().collect();
        let seals: Vec<SealedItem> = salts.into_iter().map(|salt| SealedItem::of(item, salt)).collect();
        let mut named = Vec::new();
        for decision in &mut self.decisions {
            if let Control::Sealed { is_never_learn, item: sealed } = &decision.control
                && seals.contains(sealed)
            {
                let item = item.clone();
                decision.control = if *is_never_learn { Control::NeverLearn(item) } else { Control::Exclude(item) };
                named.push(decision.id);
            }
        }
        named
    }

    /// Of the seals of an item that was not met, whether each says never to learn.
    fn seals_of(&self, item: &Item) -> impl Iterator<Item = bool> {
        let salts: BTreeSet<[u8; 16]> = if self.met.contains(item) { BTreeSet::new() } else { self.salts().collect() };
        let seals: Vec<SealedItem> = salts.into_iter().map(|salt| SealedItem::of(item, salt)).collect();
        self.decisions.iter().filter_map(move |decision| match &decision.control {
            Control::Sealed { is_never_learn, item } if seals.contains(item) => Some(*is_never_learn),
            _ => None,
        })
    }

    fn count(&mut self) {
        (self.items, self.hidden_profiles, self.half_life_days) = Default::default();
        for decision in &self.decisions {
            if let Some(item) = decision.control.item() {
                self.items.entry(item.clone()).or_default().decide(decision);
            }
            match decision.control {
                Control::HalfLife { item: None, days } => self.half_life_days = Some(days),
                Control::HideProfile(profile) => drop(self.hidden_profiles.insert(profile)),
                _ => {}
            }
        }
    }
}

impl std::fmt::Debug for Controls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Controls").field("decisions", &self.decisions.len()).finish_non_exhaustive()
    }
}

impl OfItem {
    fn decide(&mut self, decision: &Decision) {
        match &decision.control {
            Control::Exclude(_) => self.is_excluded = true,
            Control::Snooze { until, .. } => self.snooze = Some((decision.at, *until)),
            Control::NeverLearn(_) => self.is_never_learned = true,
            Control::Pin { position, .. } => self.pin = Some(*position),
            Control::Promote(_) => self.is_promoted = true,
            Control::HalfLife { days, .. } => self.half_life_days = Some(*days),
            Control::PauseLearning { .. }
            | Control::Paused { .. }
            | Control::HideProfile(_)
            | Control::Sealed { .. } => {}
        }
    }

    fn is_snoozed(&self, item: &Item, habits: &Habits, now: Timestamp) -> bool {
        match self.snooze {
            Some((_, SnoozeEnd::At(end))) => now.at_ms() < end.at_ms(),
            Some((since, SnoozeEnd::Frequent)) => !is_frequent(item, habits, since, now),
            None => false,
        }
    }
}

/// Whether the item was opened often enough within a week, after `since`. Where that lies ahead, because the clock was
/// ahead then, the week counts as a whole.
fn is_frequent(item: &Item, habits: &Habits, since: Timestamp, now: Timestamp) -> bool {
    let since = if since > now { now.plus_ms(-7 * DAY_MS) } else { since };
    habits.find(item).is_some_and(|index| habits.openings_of_week(index, since, now) >= FREQUENT_OPENINGS)
}
