//! An unlock: what was predicted at it, what the simple rules would have offered, and what was opened.

use foretap_core::habits::{Habits, ItemIndex, Moment, Query, Rule};
use foretap_core::{Context, Engine, Item, Network, PlaceLabel, Ranking, Request, Timestamp};

/// An unlock.
#[derive(Debug, Clone)]
pub struct Unlock {
    /// When.
    pub at: Timestamp,
    /// What the place means, if the habits know.
    pub label: Option<PlaceLabel>,
    /// The network.
    pub network: Option<Network>,
    /// What was predicted.
    pub ranking: Ranking,
    /// The item that was on the screen already.
    pub resumed: Option<Item>,
    /// What the person opened; `None` if they only looked at what was there.
    pub opened: Option<Item>,
    /// Whether each rule, in the order of [`Rule::ALL`], had it among its first 3.
    pub by_rule: [bool; Rule::ALL.len()],
}

impl Unlock {
    /// The place from 1 of what was opened among the predictions.
    #[must_use]
    pub fn hit(&self) -> Option<usize> {
        let opened = self.opened.as_ref()?;
        self.ranking.predictions.iter().position(|p| p.item == *opened).map(|place| place + 1)
    }
}

/// An unlock after which nothing was opened yet.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) unlock: Unlock,
    /// The first 3 of each rule.
    guesses: [Vec<ItemIndex>; Rule::ALL.len()],
}

impl Open {
    /// Predicts.
    pub(super) fn at(engine: &Engine, at: Timestamp, context: &Context, clock_ns: &dyn Fn() -> u64) -> Self {
        let ranking = engine.predict(&Request::at(Moment::Unlock, at).in_context(context.clone()), clock_ns);
        let habits = engine.habits();
        let (label, resumed) = (habits.place_label(context), habits.last_three()[0].cloned());
        let (network, by_rule) = (context.network, Default::default());
        let unlock = Unlock { at, label, network, ranking, resumed, opened: None, by_rule };
        Self { unlock, guesses: guesses(habits, &Query { moment: Moment::Unlock, now: at, context }) }
    }

    /// Whether this launch answers it: going on with what was on the screen does not.
    pub(super) fn is_answered_by(&self, item: &Item) -> bool {
        self.unlock.resumed.as_ref() != Some(item)
    }

    /// The unlock after which `item` was opened, with the habits as they are after that.
    pub(super) fn opened(self, item: &Item, habits: &Habits) -> Unlock {
        let index = habits.find(item);
        let by_rule = self.guesses.map(|first| index.is_some_and(|index| first.contains(&index)));
        Unlock { opened: Some(item.clone()), by_rule, ..self.unlock }
    }
}

fn guesses(habits: &Habits, query: &Query<'_>) -> [Vec<ItemIndex>; Rule::ALL.len()] {
    let candidates = habits.candidates(query.moment, None);
    let statistics = habits.statistics(query, &candidates);
    Rule::ALL.map(|rule| {
        let mut scored: Vec<_> = rule.scores(&statistics).into_iter().zip(candidates.iter().copied()).collect();
        scored.sort_by(|a, b| b.0.total_cmp(&a.0));
        scored.into_iter().take(3).map(|(_, index)| index).collect()
    })
}
