//! One person's log, played back: before each opening every system ranks, then the opening is learned.

use foretap_core::habits::{self, Belief, Corrector, Evidence, Habits, Moment, Query, StartWeights};
use foretap_core::model::Reading;
use foretap_core::{Event, Item, Model};

use super::examiner::{Examiner, examine};
use super::system::{PlainMixer, System};
use crate::latency::Latency;

/// Someone who watches a playback: for progress bars, and to time the engine on every question.
pub trait Witness {
    /// A question with candidates is asked of these habits. Gives the nanoseconds of the stages, in the order of
    /// [`Stage::ALL`](crate::latency::Stage::ALL), if it had the question answered by an engine.
    fn asked(&mut self, habits: &Habits, query: &Query<'_>) -> Option<[u64; 4]>;

    /// The event was learned.
    fn played(&mut self, event: &Event);
}

/// Nobody watches.
impl Witness for () {
    fn asked(&mut self, _: &Habits, _: &Query<'_>) -> Option<[u64; 4]> {
        None
    }

    fn played(&mut self, _: &Event) {}
}

/// A question that was answered, and how every system did.
#[derive(Debug, Clone)]
pub struct Answered {
    /// The moment.
    pub moment: Moment,
    /// The number of the opening before which it was asked, from 0.
    pub opening: u64,
    /// Local hour of the day at the moment.
    pub hour: usize,
    /// Local day at the moment, days since 1970-01-01.
    pub day: i64,
    /// The target's place in each system's ranking from 1; `u16::MAX` where it was no candidate.
    pub ranks: [u16; System::COUNT],
    /// Foretap's probabilities, the best first.
    pub probabilities: Vec<f32>,
    /// Whether the model's router sent it to fewer members; `None` where there is no router.
    pub is_simple: Option<bool>,
}

/// What the playback of one person's log gave.
#[derive(Debug, Clone)]
pub struct Played {
    /// Openings in the log.
    pub openings: u64,
    /// Every answered question, in order of the answers.
    pub answered: Vec<Answered>,
    /// The stage times that the witness gave.
    pub latency: Latency,
}

/// A question asked, not answered yet.
struct Asked {
    opening: u64,
    hour: usize,
    day: i64,
    evidence: Evidence,
    /// The candidates' items: a number may belong to another item by the time of the answer.
    items: Vec<Item>,
    belief: Belief,
    scores: Vec<Vec<f64>>,
    is_simple: Option<bool>,
}

/// Plays a log back from nothing known but these start weights, and with this model.
pub fn play(events: &[Event], start: &StartWeights, model: Option<&Model>, witness: &mut impl Witness) -> Played {
    let corrector = model.map(|model| model as &dyn Corrector);
    let mut habits = Habits::new(start);
    if let Some(corrector) = corrector {
        habits.adopt(corrector);
    }
    let (plain, answered, latency) = Default::default();
    let mut comparison = Comparison { model, witness, plain, answered, latency };
    examine(events, &mut habits, corrector, &mut comparison);
    Played { openings: habits.openings(), answered: comparison.answered, latency: comparison.latency }
}

/// Every system answers every question.
struct Comparison<'a, W> {
    model: Option<&'a Model>,
    witness: &'a mut W,
    plain: PlainMixer,
    answered: Vec<Answered>,
    latency: Latency,
}

impl<W: Witness> Examiner for Comparison<'_, W> {
    type Asked = Asked;

    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Asked> {
        let asked = ask(habits, query, self.model, &self.plain)?;
        self.witness.asked(habits, query).into_iter().for_each(|stages_ns| self.latency.add(stages_ns));
        Some(asked)
    }

    fn answered(&mut self, asked: Asked, target: &Item) {
        self.answered.push(answer(asked, target, &mut self.plain));
    }

    fn played(&mut self, event: &Event) {
        self.witness.played(event);
    }
}

fn ask(habits: &Habits, query: &Query<'_>, model: Option<&Model>, plain: &PlainMixer) -> Option<Asked> {
    let candidates = habits.candidates(query.moment, None);
    if candidates.is_empty() {
        return None;
    }
    let statistics = habits.statistics(query, &candidates);
    let evidence = habits.evidence(&statistics, model.map(|model| model as &dyn Corrector));
    let router = model.filter(|model| model.has_router());
    let is_simple = router.map(|model| model.is_simple(&Reading::of(&statistics, &habits.shortlisted(&evidence))));
    let belief = habits.believe(&evidence);
    let scores = System::all().map(|system| system.scores(&statistics, &evidence, &belief, plain)).into();
    let (hour, day) = (query.now.hour(), query.now.day());
    let items = candidates.iter().map(|&index| habits.item(index).clone()).collect();
    Some(Asked { opening: habits.openings(), hour, day, evidence, items, belief, scores, is_simple })
}

#[expect(clippy::cast_possible_truncation, reason = "four digits of a probability are plenty")]
fn answer(asked: Asked, target: &Item, plain: &mut PlainMixer) -> Answered {
    let place = asked.items.iter().position(|item| item == target);
    let mut ranks = [u16::MAX; System::COUNT];
    if let Some(place) = place {
        for (rank, scores) in ranks.iter_mut().zip(&asked.scores) {
            *rank = rank_of(scores, place);
        }
        plain.learn(asked.evidence.moment, &asked.evidence.log_p, place);
    }
    let mut probabilities: Vec<f32> = asked.belief.log_p.iter().map(|log_p| log_p.exp() as f32).collect();
    probabilities.sort_by(|a, b| b.total_cmp(a));
    let moment = asked.evidence.moment;
    let Asked { opening, hour, day, is_simple, .. } = asked;
    Answered { moment, opening, hour, day, ranks, probabilities, is_simple }
}

/// The place from 1 that a candidate has under these scores; equal scores go to the earlier candidate.
pub(crate) fn rank_of(scores: &[f64], place: usize) -> u16 {
    u16::try_from(habits::rank_of(scores, place)).expect("at most MAX_CANDIDATES")
}

#[cfg(test)]
mod tests {
    use foretap_core::{EventKind, Timestamp};

    use super::*;

    fn at(minutes: i64) -> Timestamp {
        Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 0).expect("valid")
    }

    fn launch(minutes: i64, name: &str) -> Event {
        Event::launch(at(minutes), Item::new(name).expect("valid"))
    }

    #[test]
    fn an_item_opened_for_the_first_time_was_no_candidate_even_if_it_takes_a_forgotten_ones_number() {
        // Twenty frequent items, then so many others that the next new one takes the place of a frequent one.
        let old = (0..400).map(|n| format!("old {}", n % 20));
        let names = old.chain((0..1_004).map(|n| format!("new {n}"))).chain(["the 1,025th".to_owned()]);
        let events: Vec<Event> = (0..).zip(names).map(|(minute, name)| launch(minute, &name)).collect();
        let played = play(&events, &StartWeights::neutral(), None, &mut ());
        let last = played.answered.iter().rfind(|answered| answered.moment == Moment::Next).expect("asked");
        assert_eq!((last.opening, last.ranks), (1_404, [u16::MAX; System::COUNT]));
    }

    #[test]
    fn a_late_launch_answers_nothing() {
        let events = [
            launch(0, "a"),
            launch(1, "b"),
            launch(2, "a"),
            Event::new(at(3), EventKind::Lock),
            Event::unlock(at(10)),
            launch(10, "a"), // The phone shows what was in front: what the person went for is still to come.
            launch(5, "b"),
        ];
        let played = play(&events, &StartWeights::neutral(), None, &mut ());
        assert!(played.answered.iter().all(|answered| answered.moment != Moment::Unlock));
    }
}
