//! Habits: one person's running statistics and what is learned from them. Pure; the same events in the same order give
//! the same habits bit for bit.

mod apply;
mod checkpoint;
mod confidence;
mod corrector;
mod counts;
mod excess;
mod experts;
mod gate;
mod hours;
mod inputs;
mod items;
mod learning;
mod mixer;
mod notifications;
mod places;
mod returns;
mod rules;
mod scorecard;
mod sequence;
mod sessions;
mod skip_grams;
mod start_weights;
mod statistics;
mod surfaces;
mod transitions;

use serde::{Deserialize, Serialize};

pub use apply::Posed;
pub use corrector::{Calibration, Corrector, MAX_CORRECTION, SHORTLIST, Shortlisted};
pub use counts::{Counts, HALF_LIVES_H, HALF_LIVES_OPENINGS, MAX_WEEK_OPENINGS, WINDOW_OPENINGS};
pub use experts::{EXPERTS, Expert, LogProbabilities, Topic, ppm3};
pub use hours::AroundHour;
pub use inputs::Input;
pub use items::ItemIndex;
pub use learning::{Belief, Contributions, Evidence};
pub use mixer::{Mixer, RATE};
pub use notifications::{MAX_WAITING, NOTICE_FEATURES, Notices};
pub use rules::Rule;
pub use scorecard::{MEASURED_RULES, MomentTotals, PROBABILITY_BINS, RANK_BINS, Scorecard, Totals, rank_of};
pub use sequence::{LAST_RANK, LONGEST_GAP, OpeningToken, PAST, Past};
pub use start_weights::{RANKS, StartWeights};
pub use statistics::{Candidate, Moment, Query, Scene, Statistics};
pub use surfaces::Shown;
pub use transitions::{Followed, MAX_OCCURRENCES};

use crate::config::{MAX_CANDIDATES, RECENT_CANDIDATES};
use crate::event::{Context, Item, PlaceLabel, Token};
use crate::time::Timestamp;

/// One person's running statistics, updated by [`Habits::apply`]. `Debug` shows no item and no place.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Habits {
    items: items::Items,
    counts: counts::CountTable,
    transitions: transitions::Transitions,
    skip_grams: skip_grams::SkipGrams,
    hours: hours::Hours,
    places: places::Places,
    sessions: sessions::Sessions,
    notifications: notifications::Notifications,
    surfaces: surfaces::Surfaces,
    learning: learning::Learning,
    newest: Option<Timestamp>,
    scorecard: Scorecard,
    sequence: sequence::Sequence,
}

impl Habits {
    /// Habits of a person of whom nothing is known.
    #[must_use]
    pub fn new(start: &StartWeights) -> Self {
        Self {
            items: items::Items::default(),
            counts: counts::CountTable::default(),
            transitions: transitions::Transitions::default(),
            skip_grams: skip_grams::SkipGrams::default(),
            hours: hours::Hours::default(),
            places: places::Places::default(),
            sessions: sessions::Sessions::default(),
            notifications: notifications::Notifications::default(),
            surfaces: surfaces::Surfaces::default(),
            learning: learning::Learning::new(start),
            newest: None,
            scorecard: Scorecard::default(),
            sequence: sequence::Sequence::default(),
        }
    }

    /// Openings so far; repeats within a session count once.
    #[must_use]
    pub fn openings(&self) -> u64 {
        self.counts.openings()
    }

    /// The time of the newest event.
    #[must_use]
    pub const fn newest(&self) -> Option<Timestamp> {
        self.newest
    }

    /// The number of an item, if habits know it.
    #[must_use]
    pub fn find(&self, item: &Item) -> Option<ItemIndex> {
        self.items.find(item)
    }

    /// Every item that habits know, with its number, in the order of their names.
    pub fn items(&self) -> impl Iterator<Item = (ItemIndex, &Item)> {
        self.items.all()
    }

    /// The item of a number.
    ///
    /// # Panics
    /// If these habits did not give the number. A number whose item was forgotten is given to another one: numbers are
    /// for use between two calls of [`Self::apply`], not for keeping.
    #[must_use]
    pub fn item(&self, index: ItemIndex) -> &Item {
        self.items.item(index)
    }

    /// The last three items opened, the most recent first.
    #[must_use]
    pub fn last_three(&self) -> [Option<&Item>; 3] {
        self.transitions.last().map(|index| index.map(|i| self.items.item(i)))
    }

    /// The share of each follower of `item` among its last occurrences, the most frequent first.
    #[must_use]
    pub fn followers(&self, item: ItemIndex) -> Vec<(ItemIndex, f64)> {
        self.transitions.shares(item)
    }

    /// Openings of each item in the last 24 h and 7 d before `now`, which is not before the newest event, by [`ItemIndex::row`].
    #[must_use]
    pub fn recent_counts(&self, now: Timestamp) -> Vec<(u32, u32)> {
        self.counts.recent_at(now)
    }

    /// What the context's place means to the person, as told or as inferred.
    #[must_use]
    pub fn place_label(&self, context: &Context) -> Option<PlaceLabel> {
        self.places.label(context)
    }

    /// Openings of an item by day of the week, Monday first.
    #[must_use]
    pub fn weekdays(&self, item: ItemIndex) -> &[u32; 7] {
        self.hours.weekdays(item)
    }

    /// How often predictions were shown and put away on a surface.
    #[must_use]
    pub fn shown(&self, surface: &Token) -> Shown {
        self.surfaces.of(surface)
    }

    /// The slot in which the surface showed the item the last time, from 0, as impressions told.
    #[must_use]
    pub fn last_slot(&self, surface: &Token, item: &Item) -> Option<u8> {
        self.last_slots(surface).find(|(shown, _)| *shown == item).map(|(_, slot)| slot)
    }

    /// The slot in which the surface showed each item that it remembers, the one shown latest first.
    pub fn last_slots(&self, surface: &Token) -> impl Iterator<Item = (&Item, u8)> {
        self.surfaces.last_slots(surface)
    }

    /// Openings of an item after `since` and within the seven days before `now`.
    #[must_use]
    pub fn openings_of_week(&self, item: ItemIndex, since: Timestamp, now: Timestamp) -> usize {
        self.counts.openings_of_week(item, since, now)
    }

    /// When the newest notification that still counts was posted.
    #[must_use]
    pub fn newest_notification(&self) -> Option<Timestamp> {
        self.notifications.newest()
    }

    /// Openings in the running session, and sessions so far.
    #[must_use]
    pub fn session(&self) -> (u32, u64) {
        (self.sessions.position(), self.sessions.sessions())
    }

    /// Available items that were never opened, the one known first leading.
    #[must_use]
    pub fn never_opened(&self) -> Vec<ItemIndex> {
        self.items.never_opened()
    }

    /// The mixer as it has learned so far.
    #[must_use]
    pub fn mixer(&self) -> &Mixer {
        self.learning.mixer()
    }

    /// How often the first, second, ... candidate in order of last use was opened, decayed.
    #[must_use]
    pub fn recency_ranks(&self, moment: Moment) -> &[f64] {
        self.learning.recency_ranks(moment)
    }

    /// The candidates at a moment: available, opened before, within the given set if there is one; the
    /// most recent first, then the most frequent of the rest; at most [`MAX_CANDIDATES`].
    #[must_use]
    pub fn candidates(&self, moment: Moment, within: Option<&[ItemIndex]>) -> Vec<ItemIndex> {
        let hidden = if moment.offers_current() { None } else { self.transitions.last()[0] };
        let mut allowed = vec![within.is_none(); self.items.rows()];
        for index in within.unwrap_or_default() {
            allowed[index.row()] = true;
        }
        let known: Vec<ItemIndex> =
            self.items.recency().iter().copied().filter(|i| allowed[i.row()] && self.items.is_available(*i)).collect();
        let (recent, rest) = if known.len() <= MAX_CANDIDATES {
            (&known[..], Vec::new())
        } else {
            let (recent, rest) = known.split_at(RECENT_CANDIDATES);
            let mut rest = rest.to_vec();
            rest.sort_by_key(|&index| std::cmp::Reverse(self.counts.of(index).total));
            rest.truncate(MAX_CANDIDATES - RECENT_CANDIDATES);
            (recent, rest)
        };
        recent.iter().copied().chain(rest).filter(|&index| Some(index) != hidden).collect()
    }

    /// Everything known of these candidates at a moment.
    #[must_use]
    pub fn statistics(&self, query: &Query<'_>, candidates: &[ItemIndex]) -> Statistics<'_> {
        Statistics::gather(self, query, candidates)
    }

    /// What the experts, the notifications and, where there is one, the model say.
    #[must_use]
    pub fn evidence(&self, statistics: &Statistics<'_>, corrector: Option<&dyn Corrector>) -> Evidence {
        let unused: Vec<u8> =
            statistics.candidates.iter().map(|c| returns::bucket(c.unused_s(statistics.now))).collect();
        let mut evidence = Evidence {
            moment: statistics.moment,
            candidates: statistics.candidates.iter().map(|c| c.index).collect(),
            log_p: experts::log_probabilities(
                statistics,
                self.learning.recency_ranks(statistics.moment),
                self.learning.returns(),
                &unused,
            ),
            unused,
            notices: statistics.candidates.iter().map(|c| c.notices.features()).collect(),
            changes: None,
        };
        if let Some(corrector) = corrector.filter(|_| !evidence.candidates.is_empty()) {
            let asked = self.shortlisted(&evidence);
            let corrections = corrector.correct(statistics, &asked);
            let places = asked.places;
            if let Some(corrections) = corrections {
                self.correct(&mut evidence, &places, &corrections);
            }
        }
        evidence
    }

    /// What a model is asked about: the first candidates of the mixer that does not know network and battery. Models are
    /// trained on people of whom neither was known, and would take their effect back.
    #[must_use]
    pub fn shortlisted<'a>(&self, evidence: &'a Evidence) -> Shortlisted<'a> {
        Shortlisted::new(evidence, self.learning.undisturbed(evidence))
    }

    /// Takes a model's corrections of a shortlist into the evidence.
    pub fn correct(&self, evidence: &mut Evidence, places: &[usize], corrections: &[f32]) {
        let log_mix = self.learning.mixer().log_mix(evidence.moment, &evidence.log_p);
        evidence.correct(&log_mix, places, corrections);
    }

    /// Begins with a model. Where it is another one than the one before, trust in it begins where its bundle says.
    pub fn adopt(&mut self, corrector: &dyn Corrector) {
        self.learning.adopt(corrector);
    }

    /// How far this phone trusts the model at a moment: 0 not at all, 1 as the model says, 1.5 at most.
    #[must_use]
    pub fn trust(&self, moment: Moment) -> f64 {
        self.learning.trust(moment)
    }

    /// What the learned weights make of the evidence.
    #[must_use]
    pub fn believe(&self, evidence: &Evidence) -> Belief {
        self.learning.believe(evidence)
    }

    /// What each expert, and the notifications, added to each candidate's score, against the mean over the belief.
    #[must_use]
    pub fn contributions(&self, evidence: &Evidence, belief: &Belief) -> Vec<Contributions> {
        self.learning.contributions(evidence, belief)
    }

    /// How predictions did, day by day.
    #[must_use]
    pub const fn scorecard(&self) -> &Scorecard {
        &self.scorecard
    }

    /// Begins a new scorecard: what was answered before is not judged.
    pub fn forget_scorecard(&mut self) {
        self.scorecard = Scorecard::default();
    }

    /// How many items were ever opened, of those that are remembered.
    #[must_use]
    pub fn opened_items(&self) -> usize {
        self.items.recency().len()
    }

    /// The item in front, or the one that was last.
    #[must_use]
    pub fn current(&self) -> Option<ItemIndex> {
        self.transitions.last()[0]
    }

    /// Whether the item was removed and did not come back.
    #[must_use]
    pub fn is_gone(&self, index: ItemIndex) -> bool {
        self.items.is_gone(index)
    }

    /// Whether the item was ever opened.
    #[must_use]
    pub fn was_opened(&self, index: ItemIndex) -> bool {
        self.counts.of(index).total > 0
    }

    /// When the first opening was of all that are remembered.
    #[must_use]
    pub fn first_opening(&self) -> Option<Timestamp> {
        self.items().filter_map(|(index, _)| self.counts.of(index).first).min()
    }

    /// How many items were opened once only, and openings of all items, late ones too.
    #[must_use]
    pub fn opened_once(&self) -> (usize, u64) {
        (self.counts.once(), self.counts.counted())
    }

    /// When the item was last on the screen.
    fn last_used(&self, index: ItemIndex) -> Option<Timestamp> {
        let current = self.sessions.current().filter(|opening| opening.index == index).map(|opening| opening.end);
        current.max(self.counts.of(index).last_end)
    }
}

impl std::fmt::Debug for Habits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Habits")
            .field("openings", &self.openings())
            .field("newest", &self.newest)
            .finish_non_exhaustive()
    }
}
