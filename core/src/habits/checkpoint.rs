//! Habits as bytes and back, bit for bit.

use super::items::Items;
use super::learning::FormerLearning;
use super::skip_grams::SkipGrams;
use super::{Habits, ItemIndex};

/// The first byte of every checkpoint; a later format has another one, and its reader still reads this.
const FORMAT: u8 = 3;
/// The format before skip-grams and returns.
const OF_22_EXPERTS: u8 = 2;
/// The same, that ended before the sequence of openings.
const WITHOUT_SEQUENCE: u8 = 1;

impl Habits {
    /// The habits as bytes: a format byte, then postcard.
    #[must_use]
    pub fn to_checkpoint(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![FORMAT]).expect("writing to memory does not fail")
    }

    /// The habits of bytes that [`Self::to_checkpoint`] wrote, in this version or a former one; `None` if they are of no
    /// such format, in which case the log has to be read again. Habits of format 1 know no last openings; those of
    /// formats 1 and 2 know neither when items are returned to nor what comes soon, and begin to learn it.
    #[must_use]
    pub fn from_checkpoint(bytes: &[u8]) -> Option<Self> {
        match bytes.split_first()? {
            (&FORMAT, rest) => postcard::from_bytes(rest).ok(),
            (&OF_22_EXPERTS, rest) => Self::of_22_experts(rest),
            // An empty sequence is its length, a zero.
            (&WITHOUT_SEQUENCE, rest) => Self::of_22_experts(&[rest, &[0]].concat()),
            _ => None,
        }
    }

    /// Reads the fields of format 2 in their order.
    fn of_22_experts(bytes: &[u8]) -> Option<Self> {
        let (tables, rest) = postcard::take_from_bytes(bytes).ok()?;
        let (items, counts, transitions, hours, places, sessions, notifications, surfaces) = tables;
        let (learning, newest, scorecard, sequence): (FormerLearning, _, _, _) = postcard::from_bytes(rest).ok()?;
        let rows = Items::rows(&items);
        let mut skip_grams = SkipGrams::default();
        skip_grams.make_room(rows);
        let learning = learning.now(rows);
        Some(Self {
            items,
            counts,
            transitions,
            skip_grams,
            hours,
            places,
            sessions,
            notifications,
            surfaces,
            learning,
            newest,
            scorecard,
            sequence,
        })
    }

    /// Whether every number points at what is there and every table has its rows, so that nothing panics later: asked of
    /// bytes that came from elsewhere. That they say something true is not asked.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        let rows = self.items.rows();
        let is_known = |index: ItemIndex| self.items.holds(index);
        self.items.is_sound()
            && self.counts.is_sound(rows, self.sessions.sessions(), &is_known)
            && self.transitions.is_sound(rows, &is_known)
            && self.skip_grams.is_sound(rows, &is_known)
            && self.hours.has_rows(rows)
            && self.notifications.has_rows(rows)
            && self.sessions.is_sound(&is_known)
            && self.learning.is_sound(rows)
            && self.scorecard.is_sound()
            && self.surfaces.is_sound()
            && self.sequence.is_sound()
    }
}

#[cfg(test)]
mod tests {
    use super::super::StartWeights;
    use super::*;
    use crate::event::{Event, Item};
    use crate::ranking::{Controls, rank};
    use crate::time::Timestamp;

    fn habits() -> Habits {
        let mut habits = Habits::new(&StartWeights::default());
        for n in 0..40_i64 {
            let at = Timestamp::new(1_700_000_000_000 + n * 600_000, 60).expect("valid");
            habits.apply(&Event::launch(at, Item::new(&format!("item {}", n * n % 7)).expect("valid")), None);
        }
        habits
    }

    #[test]
    fn habits_that_were_learned_are_sound_and_so_are_those_without_some_of_them() {
        let habits = habits();
        assert!(habits.is_sound());
        let gone: Vec<Item> = habits.items().map(|(_, item)| item.clone()).step_by(2).collect();
        let left = habits.without(&mut |item| gone.contains(item));
        assert!(left.is_sound());
        assert_eq!(left.items().count() + gone.len(), habits.items().count());
        assert_eq!(habits.without(&mut |_| false), habits);
    }

    #[test]
    fn a_table_of_another_length_or_a_number_of_nobody_is_not_sound() {
        let spoilt: [fn(&mut Habits); 7] = [
            |habits| habits.counts.make_room(500),
            |habits| habits.transitions.make_room(500),
            |habits| habits.skip_grams.make_room(500),
            |habits| habits.learning.make_room(500),
            |habits| habits.hours.make_room(500),
            |habits| habits.notifications.make_room(500),
            |habits| habits.items.forget(&[ItemIndex::of_row(0)]),
        ];
        for (case, spoil) in spoilt.iter().enumerate() {
            let mut habits = habits();
            spoil(&mut habits);
            assert!(!habits.is_sound(), "case {case}");
        }
    }

    #[test]
    fn whatever_is_sound_goes_on_without_panic() {
        let bytes = habits().to_checkpoint();
        let mut sound = 0;
        for place in 1..bytes.len() {
            for value in [0, 0x7f, 0xff, bytes[place] ^ 1] {
                let mut changed = bytes.clone();
                changed[place] = value;
                let Some(mut habits) = Habits::from_checkpoint(&changed).filter(Habits::is_sound) else { continue };
                sound += 1;
                for n in 0..5_i64 {
                    let at = Timestamp::new(1_700_030_000_000 + n * 900_000, 60).expect("valid");
                    habits.apply(&Event::unlock(at), None);
                    let ranking = rank(&habits, None, &Controls::default(), &crate::Request::unlock(at), &|| 0);
                    assert!(ranking.predictions.len() <= crate::config::DEFAULT_LIMIT);
                    let item = Item::new(&format!("item {n}")).expect("valid");
                    habits.apply(&Event::launch(at.plus_ms(1), item), None);
                }
            }
        }
        assert!(sound > 5_000, "{sound} of them are sound: most of the bytes are parts of floats");
    }
}
