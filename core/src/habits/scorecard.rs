//! How predictions did on this phone, day by day, beside simple rules; and what they were made from.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::inputs::{Bins, Input, Inputs, bin, count};
use super::rules::{Field, Rule};
use super::statistics::{Moment, Statistics};
use crate::time::Timestamp;

/// The rules that predictions are measured against.
pub const MEASURED_RULES: [Rule; 4] = [Rule::Mfu, Rule::Mru, Rule::Markov1, Rule::RankFrecency];
/// Bins of the place that what was opened had: 1, 2, 3, 4 to 5, 6 to 10, later, and no candidate.
pub const RANK_BINS: usize = 7;
/// Bins of the likeliest candidate's probability, a tenth each.
pub const PROBABILITY_BINS: usize = 10;
/// Thirty days are reported; one more, so that a day of a wrong clock takes no other's place.
const DAYS: usize = 31;
/// Where the bins after the first begin.
const RANKS: [usize; RANK_BINS - 2] = [2, 3, 4, 6, 11];
const PROBABILITIES: [f64; PROBABILITY_BINS - 1] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
/// Probabilities are summed in parts of this size.
const PROBABILITY_PARTS: f64 = 1e4;
/// No place of a candidate.
const NOBODY: u8 = u8::MAX;

/// What the rules would have shown first when a question was asked.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Sight {
    moment: Moment,
    /// The first three candidates of each rule; equal scores go to the earlier candidate.
    firsts: [[u8; 3]; MEASURED_RULES.len()],
}

impl Sight {
    pub(super) fn of(statistics: &Statistics<'_>) -> Self {
        let field = Field::of(statistics);
        let mut firsts = [[NOBODY; 3]; MEASURED_RULES.len()];
        let mut best = [[f64::NEG_INFINITY; 3]; MEASURED_RULES.len()];
        for ((place, candidate), name) in statistics.candidates.iter().enumerate().zip(0..NOBODY) {
            for ((rule, firsts), best) in MEASURED_RULES.iter().zip(&mut firsts).zip(&mut best) {
                let score = rule.score(&field, place, candidate);
                if score > best[2] {
                    let at = best.partition_point(|better| *better >= score);
                    firsts[at..].rotate_right(1);
                    best[at..].rotate_right(1);
                    (firsts[at], best[at]) = (name, score);
                }
            }
        }
        Self { moment: statistics.moment, firsts }
    }

    /// A question that no rule was asked.
    #[cfg(test)]
    pub(super) const fn unseen(moment: Moment) -> Self {
        Self { moment, firsts: [[NOBODY; 3]; MEASURED_RULES.len()] }
    }
}

/// How a question was answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Outcome {
    /// The candidate that was opened.
    place: Option<usize>,
    /// Its place from 1 in the ranking, and in the mixer's.
    ranks: Option<(usize, usize)>,
    /// The likeliest candidate's probability.
    first: f64,
}

impl Outcome {
    /// What was opened, against the mixer's log-probabilities and those that were shown.
    pub(super) fn of(place: Option<usize>, log_mix: &[f64], log_p: &[f64]) -> Self {
        let ranks = place.map(|place| (rank_of(log_p, place), rank_of(log_mix, place)));
        let first = log_p.iter().copied().fold(f64::NEG_INFINITY, f64::max).exp();
        Self { place, ranks, first }
    }
}

/// The place from 1 that a candidate has under these scores; equal ones go to the earlier candidate.
///
/// # Panics
/// If there is no such candidate.
#[must_use]
pub fn rank_of(scores: &[f64], place: usize) -> usize {
    let own = scores[place];
    let ahead = scores[..place].iter().filter(|score| **score >= own).count();
    1 + ahead + scores[place + 1..].iter().filter(|score| **score > own).count()
}

/// How the questions of one kind and day were answered.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Card {
    ranks: [u16; RANK_BINS],
    firsts: [u16; PROBABILITY_BINS],
    /// How often what was opened was first, and among the first three.
    mixer: [u16; 2],
    rules: [[u16; 2]; MEASURED_RULES.len()],
}

/// One local day.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Day {
    /// Days since 1970-01-01.
    day: i32,
    /// The sum of the first probabilities of each moment.
    first_sums: [u32; 3],
    cards: [Card; 3],
    inputs: Inputs,
}

/// Counts of the last 31 days on which something was answered, the day counted last at the end: at most 31 times 260
/// bytes, 8,060 in memory, and about 4,500 of a checkpoint. A clock that is wrong for a day costs one place and loses nothing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scorecard {
    days: Vec<Day>,
}

impl Scorecard {
    /// Whether it holds no more days than it may.
    pub(super) fn is_sound(&self) -> bool {
        self.days.len() <= DAYS
    }

    /// Counts an answer, on the day of the opening that gave it.
    pub(super) fn answer(&mut self, at: Timestamp, sight: &Sight, outcome: &Outcome) {
        let day = self.day(at);
        let row = sight.moment.row();
        let card = &mut day.cards[row];
        count(&mut card.ranks[outcome.ranks.map_or(RANK_BINS - 1, |(rank, _)| bin(&rank, &RANKS))]);
        count(&mut card.firsts[bin(&outcome.first, &PROBABILITIES)]);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to PROBABILITY_PARTS")]
        let first = (outcome.first.clamp(0.0, 1.0) * PROBABILITY_PARTS).round() as u32;
        day.first_sums[row] = day.first_sums[row].saturating_add(first);
        let (Some((_, by_mixer)), Some(place)) = (outcome.ranks, outcome.place) else { return };
        hit(&mut card.mixer, by_mixer);
        for (hits, firsts) in card.rules.iter_mut().zip(&sight.firsts) {
            if let Some(before) = firsts.iter().position(|first| usize::from(*first) == place) {
                hit(hits, before + 1);
            }
        }
    }

    /// Counts what a question was made from, on the day of the opening that answers it.
    pub(super) fn input(&mut self, at: Timestamp, bins: &Bins) {
        self.day(at).inputs.count(bins);
    }

    /// The counts of the days that are this many days old at `now`: `0..7` is today and the six days before. A day that
    /// is still to come by the clock of `now` counts as today.
    #[must_use]
    pub fn over(&self, now: Timestamp, ages: Range<i64>) -> Totals {
        let mut totals = Totals::default();
        for day in self.days.iter().filter(|day| ages.contains(&(now.day() - i64::from(day.day)).max(0))) {
            for ((sum, first_sum), card) in totals.moments.iter_mut().zip(day.first_sums).zip(&day.cards) {
                add(&mut sum.ranks, &card.ranks);
                add(&mut sum.firsts, &card.firsts);
                add(&mut sum.mixer, &card.mixer);
                sum.rules.iter_mut().zip(&card.rules).for_each(|(sum, hits)| add(sum, hits));
                sum.first_sum += u64::from(first_sum);
            }
            for (sum, input) in totals.inputs.iter_mut().zip(Input::ALL) {
                let bins = day.inputs.of(input);
                sum.resize(bins.len(), 0);
                add(sum, bins);
            }
        }
        totals
    }

    /// The day of a moment, which is from now on the one counted last. The one counted longest ago makes room.
    fn day(&mut self, at: Timestamp) -> &mut Day {
        let day = i32::try_from(at.day()).expect("days before the year 10000");
        if self.days.last().is_none_or(|last| last.day != day) {
            match self.days.iter().position(|known| known.day == day) {
                Some(known) => self.days[known..].rotate_left(1),
                None => {
                    if self.days.len() >= DAYS {
                        self.days.remove(0);
                    }
                    self.days.push(Day { day, ..Day::default() });
                }
            }
        }
        self.days.last_mut().expect("the day is there now")
    }
}

fn hit(hits: &mut [u16; 2], rank: usize) {
    for (cell, within) in hits.iter_mut().zip([1, 3]) {
        if rank <= within {
            count(cell);
        }
    }
}

fn add(sum: &mut [u64], counts: &[u16]) {
    sum.iter_mut().zip(counts).for_each(|(sum, count)| *sum += u64::from(*count));
}

/// Counts of some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    moments: [MomentTotals; 3],
    inputs: [Vec<u64>; Input::ALL.len()],
}

impl Totals {
    /// How the questions of a moment were answered.
    #[must_use]
    pub const fn of(&self, moment: Moment) -> &MomentTotals {
        &self.moments[moment.row()]
    }

    /// How many openings fell into each bin of an input; empty where there are none. An opening that starts a session
    /// counts with what was known at the unlock, any other with what was known of the item before it.
    #[must_use]
    pub fn input(&self, input: Input) -> &[u64] {
        &self.inputs[input as usize]
    }
}

/// How the questions of one kind were answered on some days.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MomentTotals {
    /// By the place that what was opened had in the ranking of everything opened before, in the bins of [`RANK_BINS`].
    pub ranks: [u64; RANK_BINS],
    /// By the probability of the likeliest candidate.
    pub firsts: [u64; PROBABILITY_BINS],
    /// How often what was opened was the mixer's first candidate, and among its first three.
    pub mixer: [u64; 2],
    /// The same of each of [`MEASURED_RULES`].
    pub rules: [[u64; 2]; MEASURED_RULES.len()],
    /// The sum of the likeliest candidates' probabilities, in ten-thousandths.
    pub first_sum: u64,
}

impl MomentTotals {
    /// How many questions were answered.
    #[must_use]
    pub fn answered(&self) -> u64 {
        self.ranks.iter().sum()
    }

    /// How often what was opened was the first prediction, and among the first three.
    #[must_use]
    pub fn hits(&self) -> [u64; 2] {
        [self.ranks[0], self.ranks[..3].iter().sum()]
    }

    /// The mean probability of the likeliest candidate; `None` of no question.
    #[must_use]
    pub fn mean_first(&self) -> Option<f64> {
        let answered = self.answered();
        (answered > 0).then(|| self.first_sum as f64 / PROBABILITY_PARTS / answered as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::new(day * crate::time::DAY_MS, 0).expect("valid")
    }

    fn sight(firsts: [u8; 3]) -> Sight {
        Sight { moment: Moment::Unlock, firsts: [firsts; 4] }
    }

    fn outcome(rank: usize, first: f64) -> Outcome {
        Outcome { place: Some(7), ranks: Some((rank, 4)), first }
    }

    fn all(scorecard: &Scorecard, now: i64) -> u64 {
        scorecard.over(at(now), 0..i64::MAX).of(Moment::Unlock).answered()
    }

    #[test]
    fn a_day_is_as_large_as_is_said() {
        assert_eq!(size_of::<Day>(), 260);
        assert!(DAYS * size_of::<Day>() < 8_192);
        let mut scorecard = Scorecard::default();
        for question in 0..31 * 200_usize {
            let moment = Moment::ALL[question % 3];
            let (at, first) = (at((question / 200).try_into().expect("small")), (question % 100) as f64 / 100.0);
            scorecard.answer(at, &Sight { moment, ..sight([7, 1, 2]) }, &outcome(1 + question % 14, first));
            scorecard.input(at, &Bins::first());
        }
        let bytes = postcard::to_allocvec(&scorecard).expect("to memory").len();
        assert!((3_500..5_000).contains(&bytes), "{bytes}");
    }

    #[test]
    fn ranks_and_probabilities_fall_on_the_right_side_of_each_limit() {
        let mut scorecard = Scorecard::default();
        for (rank, expected) in [(1, 0), (2, 1), (3, 2), (4, 3), (5, 3), (6, 4), (10, 4), (11, 5), (64, 5)] {
            let before = scorecard.over(at(0), 0..1).of(Moment::Unlock).ranks;
            scorecard.answer(at(0), &sight([7, 1, 2]), &outcome(rank, 0.5));
            let after = scorecard.over(at(0), 0..1).of(Moment::Unlock).ranks;
            assert_eq!(after[expected], before[expected] + 1, "rank {rank}");
        }
        let stranger = Outcome { place: None, ranks: None, first: 0.5 };
        scorecard.answer(at(0), &sight([7, 1, 2]), &stranger);
        let totals = scorecard.over(at(0), 0..1);
        let totals = totals.of(Moment::Unlock);
        assert_eq!((totals.ranks, totals.hits()), ([1, 1, 1, 2, 2, 2, 1], [1, 3]));
        assert_eq!((totals.mixer, totals.rules[0], totals.mean_first()), ([0, 0], [9, 9], Some(0.5)));
        for (first, expected) in [(0.0, 0), (0.0999, 0), (0.1, 1), (0.8999, 8), (0.9, 9), (1.0, 9)] {
            let mut scorecard = Scorecard::default();
            scorecard.answer(at(0), &sight([1, 2, 7]), &outcome(1, first));
            let totals = scorecard.over(at(0), 0..1);
            assert_eq!(totals.of(Moment::Unlock).firsts[expected], 1, "{first}");
            assert_eq!(totals.of(Moment::Unlock).rules[0], [0, 1], "third is among the first three");
        }
    }

    #[test]
    fn equal_log_probabilities_keep_their_order() {
        let log_p = [-2.0, -1.0, -2.0, -1.0];
        assert_eq!([0, 1, 2, 3].map(|place| rank_of(&log_p, place)), [3, 1, 4, 2]);
    }

    #[test]
    fn a_full_ring_lets_the_day_counted_longest_ago_go() {
        let mut scorecard = Scorecard::default();
        let answer = |scorecard: &mut Scorecard, day| scorecard.answer(at(day), &sight([1, 2, 3]), &outcome(1, 0.3));
        (100..131).for_each(|day| answer(&mut scorecard, day));
        assert_eq!(all(&scorecard, 130), 31);
        answer(&mut scorecard, 100);
        answer(&mut scorecard, 131);
        assert_eq!(all(&scorecard, 131), 32, "day 101 made room, day 100 did not");
    }

    #[test]
    fn a_clock_set_anywhere_loses_nothing_and_gives_no_negative_age() {
        let mut scorecard = Scorecard::default();
        for day in [1_000, 2_932_896, 0, 1_000, 1_001] {
            scorecard.answer(at(day), &sight([1, 2, 3]), &outcome(1, 0.3));
        }
        assert_eq!((all(&scorecard, 0), all(&scorecard, 1_001)), (5, 5));
        let days = |ages| scorecard.over(at(1_001), ages).of(Moment::Unlock).answered();
        assert_eq!(days(0..1), 2, "today, and the day that is still to come");
        assert_eq!((days(1..2), days(2..31), days(31..i64::MAX)), (2, 0, 1));
    }

    #[test]
    fn counts_stop_at_what_they_can_hold() {
        let mut scorecard = Scorecard::default();
        for _ in 0..70_000 {
            scorecard.answer(at(0), &sight([7, 2, 3]), &outcome(1, 1.0));
        }
        let totals = scorecard.over(at(0), 0..1);
        assert_eq!(totals.of(Moment::Unlock).hits(), [65_535, 65_535]);
    }
}
