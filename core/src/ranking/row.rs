//! The row that is shown: what the decisions hide goes, pins go to their places, the others into stable slots.

use std::collections::{BTreeMap, BTreeSet};

use super::controls::Controls;
use super::request::Request;
use super::slots;
use crate::event::{Item, Propensity};
use crate::habits::{Belief, Habits, Statistics};
use crate::time::Timestamp;

/// Something that can be offered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Offer<'a> {
    pub(super) item: &'a Item,
    /// Its place among the candidates; `None` if it was never opened, or is offered only because it is pinned.
    pub(super) candidate: Option<usize>,
    /// How likely it is opened next.
    pub(super) probability: f64,
    /// The same with what the decisions add: what the order goes by.
    wanted: f64,
}

/// What a slot shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Slot<'a> {
    pub(super) offer: Offer<'a>,
    pub(super) propensity: Propensity,
    /// Whether it stands here only because the row is explored.
    pub(super) is_explored: bool,
}

/// The row, slot by slot: at most as many as the request has room for.
pub(super) fn row<'a>(
    habits: &'a Habits,
    controls: &'a Controls,
    request: &Request,
    mut offers: Vec<Offer<'a>>,
) -> Vec<Slot<'a>> {
    offers.sort_by(|a, b| b.wanted.total_cmp(&a.wanted));
    let count = request.limit.min(offers.len());
    let mut row: Vec<Option<Offer<'a>>> = vec![None; count];
    for (item, position) in controls.pins() {
        let wished = usize::from(position).min(count.saturating_sub(1));
        let free = (wished..count).chain((0..wished).rev()).find(|&slot| row[slot].is_none());
        let offer = offers.iter().position(|offer| offer.item == item);
        if let (Some(slot), Some(offer)) = (free, offer) {
            row[slot] = Some(offers.remove(offer));
        }
    }
    let slots: Vec<usize> = (0..count).filter(|&slot| row[slot].is_none()).collect();
    let homes: BTreeMap<&Item, usize> =
        habits.last_slots(&request.surface).map(|(item, slot)| (item, slot.into())).collect();
    let homes: Vec<Option<usize>> = offers.iter().map(|offer| homes.get(offer.item).copied()).collect();
    // Shares of being wanted, as the cost is: where everything has faded, what is left still counts.
    let all: f64 = offers.iter().map(|offer| offer.wanted).sum();
    let scale = if all > 0.0 && controls.changes_odds() { all } else { 1.0 };
    let wanted: Vec<f64> = offers.iter().map(|offer| offer.wanted / scale).collect();
    let settled = slots::settle(&wanted, &homes, &slots, request.move_cost);
    for (slot, offer) in slots.iter().zip(&settled) {
        row[*slot] = Some(offers[*offer]);
    }
    let row: Vec<Offer<'a>> = row.into_iter().flatten().collect();
    let Some(exploration) = request.exploration else {
        let certain = |offer| Slot { offer, propensity: Propensity::CERTAIN, is_explored: false };
        return row.into_iter().map(certain).collect();
    };
    let pinned: Vec<usize> = (0..count).filter(|slot| !slots.contains(slot)).collect();
    let next = offers.iter().enumerate().filter(|(place, _)| !settled.contains(place)).map(|(_, offer)| *offer);
    let considered: Vec<Offer<'a>> = row.iter().copied().chain(next.take(count)).collect();
    let explored = exploration.row(considered, count, &pinned).into_iter().zip(&row);
    explored
        .map(|((offer, propensity), usual)| Slot { offer, propensity, is_explored: offer.item != usual.item })
        .collect()
}

/// Everything that may be offered, with probabilities of opened and of never opened items together.
///
/// The chance that something never opened comes next is estimated as Good and Turing do: by the share of openings that
/// went to items opened once. It is shared out by rank in the host's order.
pub(super) fn offers<'a>(
    habits: &'a Habits,
    controls: &'a Controls,
    request: &Request,
    statistics: &Statistics<'_>,
    belief: &Belief,
    unopened: &'a [Item],
) -> Vec<Offer<'a>> {
    let (once, openings) = habits.opened_once();
    let new = match (unopened.len(), belief.log_p.len()) {
        (0, _) => 0.0,
        (_, 0) => 1.0,
        _ => (once as f64 + 1.0) / (openings as f64 + 2.0),
    };
    let all: f64 = (1..=unopened.len()).map(|rank| 1.0 / rank as f64).sum();
    let offer = |item: &'a Item, candidate, probability: f64, last_used: Option<Timestamp>| {
        let wanted = probability * controls.shift(item, last_used, request.now).exp();
        Offer { item, candidate, probability, wanted }
    };
    let opened = statistics.candidates.iter().zip(&belief.log_p).enumerate().map(|(place, (candidate, log_p))| {
        offer(habits.item(candidate.index), Some(place), (1.0 - new) * log_p.exp(), candidate.last_used)
    });
    let never = (1..).zip(unopened).map(|(rank, item)| offer(item, None, new / all / f64::from(rank), None));
    if controls.is_empty() {
        return opened.chain(never).collect();
    }
    let mut offers: Vec<Offer<'a>> =
        opened.chain(never).filter(|offer| !controls.hides(offer.item, habits, request.now)).collect();
    let offered: BTreeSet<&Item> = offers.iter().map(|offer| offer.item).collect();
    let is_possible = |item: &Item| {
        !controls.hides(item, habits, request.now)
            && !habits.find(item).is_some_and(|index| habits.is_gone(index))
            && request.candidates.as_ref().is_none_or(|within| within.contains(item))
    };
    let pinned = controls.pins().into_iter().map(|(item, _)| item);
    let more: Vec<&Item> = pinned.filter(|item| !offered.contains(item) && is_possible(item)).collect();
    offers.extend(more.into_iter().map(|item| Offer { item, candidate: None, probability: 0.0, wanted: 0.0 }));
    offers
}
