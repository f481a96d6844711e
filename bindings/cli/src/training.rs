//! What a model is trained on and judged by: for chosen questions of a log, the mixer's shortlist with its features.

use std::collections::BTreeSet;
use std::path::Path;

use foretap_core::features::{SCHEMA, features, schema_hash};
use foretap_core::habits::{Habits, Moment, PAST, Past, Query, SHORTLIST, StartWeights};
use foretap_core::{Event, Item};
use ndarray::Array2;

use crate::crowd;
use crate::evaluate::{MAX_QUERIES, Part, thin};
use crate::features_file::{FeatureFile, FeatureFileError, QueryRow};
use crate::hex::hex;
use crate::replay::{Examiner, Split, Task, examine, rank_of};

/// Questions before this opening teach nothing: hardly anything is known.
const FIRST_OPENING: u64 = 5;

/// A question with its answer.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The moment.
    pub moment: Moment,
    /// The number of the opening before which it was asked, from 0.
    pub opening: u64,
    /// Whether it is one to train on.
    pub is_training: bool,
    /// Whether it is one that the protocol scores.
    pub is_scored: bool,
    /// The features of the shortlist, `[place in the shortlist][feature]`.
    pub features: Array2<f32>,
    /// The mixer's log-probability of each candidate of the shortlist.
    pub log_mix: Vec<f32>,
    /// The place of what was opened in the shortlist; `None` if it is outside.
    pub target: Option<usize>,
    /// Its place among all candidates under the mixer, from 1; 0 if it was no candidate.
    pub mixer_rank: u16,
    /// The place of each candidate of the shortlist in the order of last use of all candidates, from 0.
    pub recency: Vec<usize>,
    /// The last openings before the question, and the moment itself.
    pub past: Past,
    /// Calendar days, by the person's clock, since their first event; 0 before it.
    pub day: u32,
}

/// How many questions of each moment are taken of a person, evenly thinned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampling {
    /// To train on.
    pub training: usize,
    /// To judge on; the protocol's are [`MAX_QUERIES`].
    pub scored: usize,
}

/// Plays a person's log and hands on the lessons in order of their answers. Returns the openings of the whole log.
///
/// Which questions are chosen, and their shortlists, do not depend on what was opened.
pub fn lessons(
    events: &[Event],
    start: &StartWeights,
    sampling: Sampling,
    each: &impl Fn(),
    take: impl FnMut(Lesson, u64),
) -> u64 {
    let mut census = Census { questions: Vec::new(), each };
    let mut habits = Habits::new(start);
    examine(events, &mut habits, None, &mut census);
    let openings = habits.openings();
    let (mut training, mut scored) = (BTreeSet::new(), BTreeSet::new());
    for task in Task::ALL {
        let mut of_task: Vec<u64> = census
            .questions
            .iter()
            .filter(|(moment, _)| *moment == task.moment())
            .map(|(_, opening)| *opening)
            .collect();
        of_task.sort_unstable();
        let late: Vec<u64> = of_task.iter().copied().filter(|&opening| Part::Scored.holds(opening, openings)).collect();
        scored.extend(thin(&late, sampling.scored).into_iter().map(|opening| (task.moment() as usize, opening)));
        of_task.retain(|&opening| opening >= FIRST_OPENING);
        training.extend(thin(&of_task, sampling.training).into_iter().map(|opening| (task.moment() as usize, opening)));
    }
    let first_day = events.first().map_or(0, |event| event.at.day());
    let mut class = Class { training, scored, openings, first_day, each, take };
    examine(events, &mut Habits::new(start), None, &mut class);
    openings
}

/// Writes the lessons of everyone, people in the order of names, each with their fold of the split, and returns how many
/// questions there were. `each` hears of every event, twice.
///
/// # Errors
/// If the file cannot be written.
pub fn write(
    path: &Path,
    log_sha256: &str,
    people: &[&[Event]],
    split: &Split,
    start: &StartWeights,
    most: usize,
    each: &(impl Fn() + Sync),
) -> Result<u64, FeatureFileError> {
    let mut file = create(path, log_sha256, split)?;
    let sampling = Sampling { training: most, scored: MAX_QUERIES };
    // A few people at a time: the lessons of all of them together would not fit in memory.
    for (block, people) in people.chunks(TOGETHER).enumerate() {
        let taught = crowd::map(
            people,
            |events| events.len(),
            |events| {
                let mut taught = Vec::new();
                let openings = lessons(events, start, sampling, each, |lesson, _| taught.push(lesson));
                (openings, taught)
            },
        );
        for (n, (openings, taught)) in taught.into_iter().enumerate() {
            for lesson in taught {
                let person = TOGETHER * block + n;
                add(&mut file, (person, split.fold_of(person)), openings, &lesson)?;
            }
        }
    }
    file.finish()
}

/// Begins a features file of the core's features.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn create(path: &Path, log_sha256: &str, split: &Split) -> Result<FeatureFile, FeatureFileError> {
    let mut metadata = vec![
        ("foretap.feature_schema", hex(&schema_hash())),
        ("foretap.log_sha256", log_sha256.to_owned()),
        ("foretap.shortlist", SHORTLIST.to_string()),
        ("foretap.history", format!("{PAST}x3")),
    ];
    metadata.extend(split.metadata());
    FeatureFile::create(path, &SCHEMA.map(|feature| feature.name), &metadata)
}

/// Adds a lesson of a person, with their fold and so many openings, to a features file.
///
/// # Errors
/// If the file cannot be written.
pub(crate) fn add(
    file: &mut FeatureFile,
    (person, fold): (usize, usize),
    openings: u64,
    lesson: &Lesson,
) -> Result<(), FeatureFileError> {
    let row = QueryRow {
        person,
        fold,
        moment: lesson.moment,
        opening: lesson.opening,
        openings,
        is_training: lesson.is_training,
        is_scored: lesson.is_scored,
        mixer_rank: lesson.mixer_rank.into(),
        day: lesson.day,
        past: lesson.past,
    };
    let features = lesson.features.as_slice().expect("rows stand one after the other");
    file.query(&row, features, &lesson.log_mix, &lesson.recency, lesson.target)
}

/// How many people are played at a time.
const TOGETHER: usize = 4;

/// Which questions there are.
struct Census<'a, F> {
    questions: Vec<(Moment, u64)>,
    each: &'a F,
}

impl<F: Fn()> Examiner for Census<'_, F> {
    type Asked = (Moment, u64);

    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Self::Asked> {
        (!habits.candidates(query.moment, None).is_empty()).then(|| (query.moment, habits.openings()))
    }

    fn answered(&mut self, asked: Self::Asked, _: &Item) {
        self.questions.push(asked);
    }

    fn played(&mut self, _: &Event) {
        (self.each)();
    }
}

/// Teaches the chosen questions.
struct Class<'a, F, T> {
    training: BTreeSet<(usize, u64)>,
    scored: BTreeSet<(usize, u64)>,
    openings: u64,
    /// The day of the first event.
    first_day: i64,
    each: &'a F,
    take: T,
}

/// A question whose answer is still to come.
struct Posed {
    lesson: Lesson,
    /// All candidates, and the mixer's log-probabilities of them.
    candidates: Vec<Item>,
    log_mix: Vec<f64>,
}

impl<F: Fn(), T: FnMut(Lesson, u64)> Examiner for Class<'_, F, T> {
    type Asked = Posed;

    fn ask(&mut self, habits: &Habits, query: &Query<'_>) -> Option<Posed> {
        let (moment, opening) = (query.moment, habits.openings());
        let key = (moment as usize, opening);
        let (is_training, is_scored) = (self.training.contains(&key), self.scored.contains(&key));
        if !is_training && !is_scored {
            return None;
        }
        let candidates = habits.candidates(moment, None);
        let statistics = habits.statistics(query, &candidates);
        let evidence = habits.evidence(&statistics, None);
        let asked = habits.shortlisted(&evidence);
        let lesson = Lesson {
            moment,
            opening,
            is_training,
            is_scored,
            features: features(&statistics, &asked),
            log_mix: asked.places.iter().map(|&place| single(asked.log_mix[place])).collect(),
            target: None,
            mixer_rank: 0,
            past: statistics.past,
            // A clock that was set back asks before the first event.
            day: u32::try_from(query.now.day() - self.first_day).unwrap_or_default(),
            recency: asked.places,
        };
        let candidates = candidates.iter().map(|&index| habits.item(index).clone()).collect();
        Some(Posed { lesson, candidates, log_mix: asked.log_mix })
    }

    fn answered(&mut self, Posed { mut lesson, candidates, log_mix }: Posed, target: &Item) {
        let place = candidates.iter().position(|item| item == target);
        lesson.mixer_rank = place.map_or(0, |place| rank_of(&log_mix, place));
        lesson.target = usize::from(lesson.mixer_rank).checked_sub(1).filter(|&rank| rank < lesson.log_mix.len());
        (self.take)(lesson, self.openings);
    }

    fn played(&mut self, _: &Event) {
        (self.each)();
    }
}

#[expect(clippy::cast_possible_truncation, reason = "training reads floats of 32 bits")]
fn single(value: f64) -> f32 {
    value as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Options, Simulation};

    fn taught(events: &[Event], most: usize) -> Vec<Lesson> {
        let mut taught = Vec::new();
        let sampling = Sampling { training: most, scored: MAX_QUERIES };
        lessons(events, &StartWeights::neutral(), sampling, &|| (), |lesson, _| taught.push(lesson));
        taught
    }

    #[test]
    fn a_shortlist_does_not_know_what_will_be_opened() {
        let options = Options { days: 12, extra_items: 60, scale: 2.0, ..Options::default() };
        let events: Vec<Event> = Simulation::new(3, options).expect("valid").collect();
        let before = taught(&events, 400);
        // The last launch opens another item: every shortlist and feature stays, only the answer of the last ones differs.
        let mut other = events.clone();
        let last = other.iter().rposition(|e| matches!(e.kind, foretap_core::EventKind::Launch(_))).expect("a launch");
        other[last].kind = foretap_core::EventKind::Launch(Item::new("something else").expect("valid"));
        let after = taught(&other, 400);
        let shape = |l: &Lesson| (l.moment as usize, l.opening, l.log_mix.clone(), l.features.clone());
        let common = before.len().min(after.len()) - 3;
        assert!(common > 500);
        assert!(before[..common].iter().map(shape).eq(after[..common].iter().map(shape)));
        // Targets outside the shortlist exist and are not pulled in.
        let outside = before.iter().filter(|l| l.target.is_none() && usize::from(l.mixer_rank) > SHORTLIST).count();
        assert!(
            outside > 0 && before.iter().all(|l| l.log_mix.len() <= SHORTLIST && l.log_mix.is_sorted_by(|a, b| a >= b))
        );
        assert!(before.iter().all(|l| l.target.is_none_or(|t| t + 1 == usize::from(l.mixer_rank))));
    }

    #[test]
    fn the_past_is_that_before_the_answer_and_candidates_stand_in_the_order_of_last_use() {
        let events: Vec<Event> =
            Simulation::new(5, Options { days: 5, ..Options::default() }).expect("valid").collect();
        let taught = taught(&events, 1_000_000);
        let rank = foretap_core::features::Feature::RecencyRank as usize;
        for lesson in &taught {
            let known = lesson.past.openings.iter().filter(|token| token.rank > 0).count();
            assert_eq!(known, PAST.min(usize::try_from(lesson.opening).expect("few")));
            for (row, &place) in lesson.features.rows().into_iter().zip(&lesson.recency) {
                assert_eq!(row[rank], single((place as f64).ln_1p()), "the order that the features know");
            }
            assert_eq!(lesson.recency.len(), lesson.log_mix.len());
            assert_eq!(lesson.past.gap == 0, lesson.moment == Moment::Next || lesson.features[[0, GAP]] < 0.69);
        }
        assert!(taught.is_sorted_by_key(|lesson| lesson.day / 2), "answers come late, but not by two days");
        assert_eq!((taught[0].day, taught.iter().map(|lesson| lesson.day).max()), (0, Some(4)));
    }

    /// The feature of the gap.
    const GAP: usize = foretap_core::features::Feature::Gap as usize;

    #[test]
    fn at_most_so_many_of_each_moment_are_trained_on_and_every_scored_one_is_there() {
        let events: Vec<Event> =
            Simulation::new(4, Options { days: 9, ..Options::default() }).expect("valid").collect();
        let (few, many) = (taught(&events, 20), taught(&events, 1_000_000));
        for task in Task::ALL {
            let count = |lessons: &[Lesson], of: fn(&Lesson) -> bool| {
                lessons.iter().filter(|l| l.moment == task.moment() && of(l)).count()
            };
            assert_eq!(count(&few, |l| l.is_training), 20);
            assert_eq!(count(&few, |l| l.is_scored), count(&many, |l| l.is_scored));
            assert!(count(&many, |l| l.is_training) > count(&many, |l| l.is_scored));
        }
    }
}
