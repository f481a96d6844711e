//! How much a row of predictions moves, and what it costs in hits to let it move less.

use std::collections::{BTreeMap, BTreeSet};

use foretap_core::habits::{Corrector, Habits, Query};
use foretap_core::ranking::rank;
use foretap_core::{Controls, Event, EventKind, Item, Model, Request, Token};

use crate::crowd;
use crate::evaluate::{LeaveOut, Part};
use crate::replay::{Examiner, Start, Task, examine};

/// A row shown at every unlock under one cost of moving: means over people.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Steadiness {
    /// The cost that a slot shows something else than it did.
    pub move_cost: f64,
    /// How often the row had the item opened next, percent.
    pub hit_rate: f64,
    /// How often the first slot had it, percent.
    pub first_slot: f64,
    /// Slots that showed something else than the time before, a day.
    pub changes_a_day: f64,
    /// Items that stood elsewhere than the last time they were shown, a day.
    pub moves_a_day: f64,
    /// Unlocks at which the row was the same as the time before, percent.
    pub unchanged: f64,
}

/// What [`steadiness`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct Steadied {
    /// A line for each cost.
    pub lines: Vec<Steadiness>,
    /// People who count.
    pub people: usize,
    /// Unlocks of theirs that count.
    pub unlocks: u64,
}

/// Plays everyone's log, shows a row of `slots` at every unlock under each cost, and counts hits and movements in the last
/// 30 % of each person's openings. People with too little of it are left out; `None` if that is everyone.
#[must_use]
pub fn steadiness(
    people: &[&[Event]],
    start: &Start,
    slots: usize,
    costs: &[f64],
    each: &(impl Fn() + Sync),
) -> Option<Steadied> {
    let numbered: Vec<_> = people.iter().enumerate().collect();
    let played = crowd::map(
        &numbered,
        |(_, events)| events.len(),
        |&(n, &events)| {
            let mut habits = Habits::new(start.of(n));
            let corrector: Option<&dyn Corrector> = start.corrector_of(n);
            if let Some(corrector) = corrector {
                habits.adopt(corrector);
            }
            let mut watcher = Watcher::new(start.model_of(n), slots, costs, each);
            examine(events, &mut habits, corrector, &mut watcher);
            watcher.counts(habits.openings())
        },
    );
    let counted: Vec<Vec<Counts>> = played
        .into_iter()
        .filter(|(openings, of_costs)| LeaveOut::TABLES.keeps(*openings, of_costs.first().map_or(0, |c| c.unlocks)))
        .map(|(_, of_costs)| of_costs)
        .collect();
    if counted.is_empty() {
        return None;
    }
    let lines = costs.iter().enumerate().map(|(cost, &move_cost)| {
        let mean = |of: &dyn Fn(&Counts) -> f64| {
            counted.iter().map(|of_costs| of(&of_costs[cost])).sum::<f64>() / counted.len() as f64
        };
        let share = |part: u64, counts: &Counts| 100.0 * part as f64 / counts.unlocks as f64;
        Steadiness {
            move_cost,
            hit_rate: mean(&|c| share(c.hits, c)),
            first_slot: mean(&|c| share(c.first_slot, c)),
            changes_a_day: mean(&|c| c.changes as f64 / c.days as f64),
            moves_a_day: mean(&|c| c.moves as f64 / c.days as f64),
            unchanged: mean(&|c| share(c.unchanged, c)),
        }
    });
    let unlocks = counted.iter().map(|of_costs| of_costs[0].unlocks).sum();
    Some(Steadied { lines: lines.collect(), people: counted.len(), unlocks })
}

/// What was counted of one person under one cost.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    unlocks: u64,
    days: u64,
    hits: u64,
    first_slot: u64,
    changes: u64,
    moves: u64,
    unchanged: u64,
}

/// A row that was shown, and where the item opened next stood.
struct ShownRow {
    opening: u64,
    day: i64,
    row: Vec<Item>,
    hit: Option<usize>,
}

/// Shows rows and keeps what was shown.
struct Watcher<'a, F> {
    model: Option<&'a Model>,
    slots: usize,
    /// A surface for each cost, so that each has the row that it showed.
    costs: Vec<(f64, Token)>,
    each: &'a F,
    shown: Vec<Vec<ShownRow>>,
    impressions: Vec<Event>,
}

impl<'a, F: Fn()> Watcher<'a, F> {
    fn new(model: Option<&'a Model>, slots: usize, costs: &[f64], each: &'a F) -> Self {
        let surface = |n: usize| Token::new(&format!("cost {n}")).expect("a short word");
        let costs: Vec<(f64, Token)> = costs.iter().enumerate().map(|(n, &cost)| (cost, surface(n))).collect();
        let shown = costs.iter().map(|_| Vec::new()).collect();
        Self { model, slots, costs, each, shown, impressions: Vec::new() }
    }

    fn counts(self, openings: u64) -> (u64, Vec<Counts>) {
        let of_cost = |rows: Vec<ShownRow>| {
            let scored: Vec<&ShownRow> = rows.iter().filter(|row| Part::Scored.holds(row.opening, openings)).collect();
            let mut counts = Counts { unlocks: scored.len() as u64, ..Counts::default() };
            let days: BTreeSet<i64> = scored.iter().map(|row| row.day).collect();
            counts.days = (days.len() as u64).max(1);
            for row in &scored {
                counts.hits += u64::from(row.hit.is_some());
                counts.first_slot += u64::from(row.hit == Some(0));
            }
            let mut homes: BTreeMap<&Item, usize> = BTreeMap::new();
            for shown in rows.iter() {
                let is_scored = Part::Scored.holds(shown.opening, openings);
                for (slot, item) in shown.row.iter().enumerate() {
                    let has_moved = homes.insert(item, slot).is_some_and(|home| home != slot);
                    counts.moves += u64::from(has_moved && is_scored);
                }
            }
            for pair in scored.windows(2) {
                let [before, now] = [&pair[0].row, &pair[1].row];
                let changed: Vec<&Item> =
                    now.iter().enumerate().filter(|(n, item)| before.get(*n) != Some(item)).map(|(_, i)| i).collect();
                counts.changes += changed.len() as u64;
                counts.unchanged += u64::from(changed.is_empty() && before.len() == now.len());
            }
            counts
        };
        (openings, self.shown.into_iter().map(of_cost).collect())
    }
}

impl<F: Fn()> Examiner for Watcher<'_, F> {
    type Asked = Vec<ShownRow>;

    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Vec<ShownRow>> {
        if query.moment != Task::C.moment() || habits.candidates(query.moment, None).is_empty() {
            return None;
        }
        let shown_at = habits.newest().map_or(query.now, |newest| newest.max(query.now));
        let mut rows = Vec::new();
        for (cost, surface) in &self.costs {
            let request = Request::at(query.moment, query.now)
                .in_context(query.context.clone())
                .on_surface(surface.clone())
                .limited_to(self.slots)
                .and_then(|request| request.with_move_cost(*cost))
                .expect("checked by the caller");
            let ranking = rank(habits, self.model, &Controls::default(), &request, &|| 0);
            self.impressions.extend(ranking.impressions(shown_at));
            let row = ranking.predictions.into_iter().map(|prediction| prediction.item).collect();
            rows.push(ShownRow { opening: habits.openings(), day: query.now.day(), row, hit: None });
        }
        Some(rows)
    }

    fn shown(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.impressions)
    }

    fn answered(&mut self, asked: Vec<ShownRow>, target: &Item) {
        for (mut shown, rows) in asked.into_iter().zip(&mut self.shown) {
            shown.hit = shown.row.iter().position(|item| item == target);
            rows.push(shown);
        }
    }

    fn played(&mut self, event: &Event) {
        if !matches!(event.kind, EventKind::Impression { .. }) {
            (self.each)();
        }
    }
}

#[cfg(test)]
mod tests {
    use foretap_core::habits::StartWeights;

    use super::*;
    use crate::simulate::{Options, Simulation};

    #[test]
    fn a_higher_cost_moves_less_and_none_is_the_plain_order() {
        let life: Vec<Event> = Simulation::new(5, Options { days: 20, ..Options::default() }).expect("valid").collect();
        let start = Start::without_model("shipped", StartWeights::default());
        let costs = [0.0, 0.02, 0.3];
        let found = steadiness(&[&life], &start, 4, &costs, &|| ()).expect("enough");
        let [plain, some, high] = found.lines[..] else { panic!("three lines") };
        assert!(plain.changes_a_day > some.changes_a_day && some.changes_a_day > high.changes_a_day, "{found:?}");
        assert!(some.hit_rate > high.hit_rate, "{found:?}");
        assert!(high.unchanged > 20.0 && plain.unchanged < 10.0, "{found:?}");
        assert!(plain.moves_a_day > 2.0 * some.moves_a_day && some.moves_a_day > high.moves_a_day, "{found:?}");
    }
}
