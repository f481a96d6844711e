//! Start weights learned from a log: of everyone in it, or of everyone but a fold.

use foretap_core::Event;
use foretap_core::habits::{Habits, StartWeights};

use super::split::Split;
use crate::crowd;

/// The start weights that everyone's habits have in common, learned in [`ROUNDS`] rounds.
///
/// Each person is the list of their events; people with fewer than [`MIN_OPENINGS`] openings do not count. `learned_on`
/// is the SHA-256 sum (hex) of the log. `each` hears of every event played.
#[must_use]
pub fn learn_from_all(people: &[&[Event]], learned_on: &str, each: &(impl Fn() + Sync)) -> StartWeights {
    let learned = learn(people, &Split::fifths(people.len()), &[None], learned_on, each);
    learned.into_iter().next().expect("one group, one answer")
}

/// The start weights of each fold: learned as by [`learn_from_all`] from everyone but the people of that fold, whose
/// events are not looked at.
#[must_use]
pub fn learn_folds(
    people: &[&[Event]],
    split: &Split,
    learned_on: &str,
    each: &(impl Fn() + Sync),
) -> Vec<StartWeights> {
    let without: Vec<Option<usize>> = (0..split.count()).map(Some).collect();
    learn(people, split, &without, learned_on, each)
}

/// How many events [`learn_folds`] plays at most, of a log with this many and of so many folds.
#[must_use]
pub const fn most_events_played(events: u64, folds: u64) -> u64 {
    events * (1 + (ROUNDS as u64 - 1) * (folds - 1))
}

/// One answer for each group, which is everyone but the people of the given fold.
fn learn(
    people: &[&[Event]],
    split: &Split,
    without: &[Option<usize>],
    learned_on: &str,
    each: &(impl Fn() + Sync),
) -> Vec<StartWeights> {
    let live = |events: &[Event], start: &StartWeights| {
        let mut habits = Habits::new(start);
        for event in events {
            habits.apply(event, None);
            each();
        }
        habits
    };
    let neutral = StartWeights::neutral();
    // The first round starts from the same weights in every group.
    let first = crowd::map(people, |events| events.len(), |events| live(events, &neutral));
    let counts: Vec<bool> = first.iter().map(|habits| habits.openings() >= MIN_OPENINGS).collect();
    let members = |fold: Option<usize>| {
        let counts = &counts;
        (0..people.len()).filter(move |&person| counts[person] && fold != Some(split.fold_of(person)))
    };
    let sums = || vec![learned_on.to_owned()];
    let first_of = |&fold: &Option<usize>| {
        StartWeights::mean_of(&members(fold).map(|person| &first[person]).collect::<Vec<_>>(), sums())
    };
    let mut learned: Vec<StartWeights> = without.iter().map(first_of).collect();
    for _ in 1..ROUNDS {
        let of_group = |(group, &fold)| members(fold).map(move |person| (group, person));
        let work: Vec<(usize, usize)> = without.iter().enumerate().flat_map(of_group).collect();
        let size = |&(_, person): &(usize, usize)| people[person].len();
        let habits = crowd::map(&work, size, |&(group, person)| live(people[person], &learned[group]));
        let next = |group| {
            let of_group = work.iter().zip(&habits).filter(|((g, _), _)| *g == group);
            StartWeights::mean_of(&of_group.map(|(_, habits)| habits).collect::<Vec<_>>(), sums())
        };
        learned = (0..without.len()).map(next).collect();
    }
    learned
}

/// How often everyone is played, each time from what the time before has taught.
pub const ROUNDS: usize = 3;

/// People with fewer openings have not lived long enough for their weights to say anything.
pub const MIN_OPENINGS: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulate::{Options, Simulation};

    fn person(seed: u64, days: u32) -> Vec<Event> {
        Simulation::new(seed, Options { days, ..Options::default() }).expect("valid").collect()
    }

    #[test]
    fn the_weights_of_a_fold_do_not_depend_on_its_people() {
        let mut people: Vec<Vec<Event>> = (0..6).map(|seed| person(seed, 9)).collect();
        let learn = |people: &[Vec<Event>]| {
            let people: Vec<&[Event]> = people.iter().map(Vec::as_slice).collect();
            learn_folds(&people, &Split::fifths(people.len()), "00", &|| {})
        };
        let before = learn(&people);
        people[1] = person(77, 10);
        let after = learn(&people);
        let is_same: Vec<bool> = before.iter().zip(&after).map(|(b, a)| b == a).collect();
        assert_eq!(is_same, [false, true, false, false, false]);
        assert!(before.iter().all(|weights| weights != &StartWeights::neutral()), "nine days are enough to count");
    }

    #[test]
    fn people_of_few_openings_teach_nothing() {
        let [long, short] = [person(1, 9), person(2, 1)];
        let alone = learn_from_all(&[&long], "00", &|| {});
        assert_eq!(learn_from_all(&[&long, &short], "00", &|| {}), alone);
        assert_eq!(learn_from_all(&[&short], "00", &|| {}), StartWeights::neutral());
    }
}
