//! The moments in which a log shows a row, as the estimators see them: what was shown, what came of it, and what other
//! policies would have shown, from the habits of that time.

use foretap_core::habits::{Corrector, Habits, Moment, Query, StartWeights};
use foretap_core::{Context, Event, EventKind, Item};

use super::choice::Policy;
use super::shown::{ShownRow, rows};
use crate::replay::{Examiner, PlainMixer, System, examine};

/// An item that a policy would show.
#[derive(Debug, Clone, PartialEq)]
pub struct Offered {
    /// The item.
    pub item: Item,
    /// How likely it was to be opened next, as the habits of that time believed; 0 where they knew nothing of it.
    pub probability: f64,
}

/// A moment in which a row was shown.
#[derive(Debug, Clone, PartialEq)]
pub struct LoggedMoment {
    /// The row.
    pub shown: ShownRow,
    /// What the habits of that time believed of each item shown.
    pub probabilities: Vec<f64>,
    /// What each policy would have shown, in the order asked for: as many items as were shown, where it has them.
    pub offered: Vec<Vec<Offered>>,
    /// How many unlocks came before.
    pub session: u64,
}

/// Reads the moments of one person's events, from nothing known but these start weights, and with this model.
#[must_use]
pub fn moments(
    events: &[Event],
    start: &StartWeights,
    corrector: Option<&dyn Corrector>,
    policies: &[Policy],
) -> Vec<LoggedMoment> {
    let rows = rows(events);
    let mut habits = Habits::new(start);
    if let Some(corrector) = corrector {
        habits.adopt(corrector);
    }
    let at_unlock = if offers_current(events, &rows) { Moment::UnlockOrResume } else { Moment::Unlock };
    let mut reader = Reader {
        at_unlock,
        corrector,
        policies,
        rows: rows.into_iter().peekable(),
        plain: PlainMixer::default(),
        needs_plain: policies.contains(&Policy::System(System::LogMix)),
        events: 0,
        session: 0,
        is_after_unlock: false,
        known: Context::default(),
        moments: Vec::new(),
    };
    examine(events, &mut habits, corrector, &mut reader);
    reader.moments
}

/// Whether a row shown at an unlock ever holds the item in front: then the host asks for it.
fn offers_current(events: &[Event], rows: &[ShownRow]) -> bool {
    let (mut current, mut is_after_unlock) = (None, false);
    let mut rows = rows.iter().peekable();
    for (n, event) in events.iter().enumerate() {
        match &event.kind {
            EventKind::Unlock => is_after_unlock = true,
            EventKind::Launch(item) => (current, is_after_unlock) = (Some(item), false),
            _ => {}
        }
        if let Some(row) = rows.next_if(|row| row.event == n)
            && is_after_unlock
            && row.items.iter().any(|shown| Some(&shown.item) == current)
        {
            return true;
        }
    }
    false
}

/// Takes the rows down as the log is played.
struct Reader<'a, R: Iterator<Item = ShownRow>> {
    at_unlock: Moment,
    corrector: Option<&'a dyn Corrector>,
    policies: &'a [Policy],
    rows: std::iter::Peekable<R>,
    plain: PlainMixer,
    needs_plain: bool,
    events: usize,
    session: u64,
    is_after_unlock: bool,
    /// The surroundings that were told last.
    known: Context,
    moments: Vec<LoggedMoment>,
}

impl<R: Iterator<Item = ShownRow>> Examiner for Reader<'_, R> {
    type Asked = (Moment, Vec<Item>, foretap_core::habits::Evidence);

    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Self::Asked> {
        let candidates = if self.needs_plain { habits.candidates(query.moment, None) } else { Vec::new() };
        let items = candidates.iter().map(|&index| habits.item(index).clone()).collect();
        let evidence = || habits.evidence(&habits.statistics(query, &candidates), None);
        (!candidates.is_empty()).then(|| (query.moment, items, evidence()))
    }

    fn answered(&mut self, (moment, items, evidence): Self::Asked, target: &Item) {
        if let Some(place) = items.iter().position(|item| item == target) {
            self.plain.learn(moment, &evidence.log_p, place);
        }
    }

    fn coming(&mut self, habits: &Habits, event: &Event) {
        let number = self.events;
        self.events += 1;
        match &event.kind {
            EventKind::Unlock => {
                self.session += 1;
                self.is_after_unlock = true;
            }
            EventKind::Launch(_) => self.is_after_unlock = false,
            _ => {}
        }
        if event.context != Context::default() {
            self.known = event.context.clone();
        }
        if let Some(shown) = self.rows.next_if(|row| row.event == number) {
            self.moments.push(self.moment(habits, shown));
        }
    }
}

impl<R: Iterator<Item = ShownRow>> Reader<'_, R> {
    fn moment(&self, habits: &Habits, shown: ShownRow) -> LoggedMoment {
        let moment = if self.is_after_unlock { self.at_unlock } else { Moment::Next };
        let query = Query { moment, now: shown.at, context: &self.known };
        let candidates = habits.candidates(moment, None);
        let statistics = habits.statistics(&query, &candidates);
        let evidence = habits.evidence(&statistics, self.corrector.filter(|_| !candidates.is_empty()));
        let belief = habits.believe(&evidence);
        let items: Vec<&Item> = candidates.iter().map(|&index| habits.item(index)).collect();
        let probability = |item: &Item| {
            items.iter().position(|candidate| *candidate == item).map_or(0.0, |place| belief.log_p[place].exp())
        };
        let offered = self.policies.iter().map(|policy| match policy {
            Policy::Logged => shown.items.iter().map(|s| s.item.clone()).collect(),
            Policy::System(system) => {
                let scores = system.scores(&statistics, &evidence, &belief, &self.plain);
                let mut places: Vec<usize> = (0..scores.len()).collect();
                places.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
                places.iter().take(shown.items.len()).map(|&place| items[place].clone()).collect()
            }
        });
        let offered = offered.map(|items: Vec<Item>| {
            items.into_iter().map(|item| Offered { probability: probability(&item), item }).collect()
        });
        LoggedMoment {
            probabilities: shown.items.iter().map(|shown| probability(&shown.item)).collect(),
            offered: offered.collect(),
            session: self.session,
            shown,
        }
    }
}
