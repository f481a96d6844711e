//! The last openings as a sequence model reads them: how far down the order of last use each item was, after what gap,
//! and when in the week. No item, no place and no date is among them.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::time::{SECOND_MS, Timestamp};

/// How many openings a sequence model looks back.
pub const PAST: usize = 32;
/// The rank of an opening of an item that was this far down the order of last use, further down, or never opened before.
pub const LAST_RANK: u8 = 64;
/// The gap that is as long as gaps are told apart: `2^15 - 1` seconds, nine hours, or nothing was opened before.
pub const LONGEST_GAP: u8 = 15;

/// An opening without its item. Where there was none all of it is 0.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningToken {
    /// The item's place in the order of last use right before it was opened, from 1, to [`LAST_RANK`].
    pub rank: u8,
    /// The gap since the opening before ended: `floor(log2(1 + seconds))`, at most [`LONGEST_GAP`].
    pub gap: u8,
    /// Hour of the local day, 32 more on weekends, 64 more where it began a session.
    pub time: u8,
}

impl OpeningToken {
    /// The three numbers in the order of the fields.
    #[must_use]
    pub const fn bytes(self) -> [u8; 3] {
        [self.rank, self.gap, self.time]
    }

    /// Whether it is one that an opening gives.
    fn is_sound(self) -> bool {
        (1..=LAST_RANK).contains(&self.rank)
            && self.gap <= LONGEST_GAP
            && self.time & (WEEKEND - 1) < 24
            && self.time < 2 * SESSION
    }
}

/// What was opened up to a moment, and the moment itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// The last openings, the oldest first; those that never were stand in front.
    pub openings: [OpeningToken; PAST],
    /// The gap up to the moment, as [`OpeningToken::gap`]: 0 at [`Moment::Next`](super::Moment::Next), where the item
    /// before has just been left.
    pub gap: u8,
    /// The time of the moment, as [`OpeningToken::time`]; that it begins a session is never said here.
    pub time: u8,
}

impl Past {
    /// The past of numbers as [`Self::bytes`] gives them, if openings can give such ones.
    #[must_use]
    pub fn of_bytes(history: [u8; 3 * PAST], gap: u8, time: u8) -> Option<Self> {
        let tokens = history.as_chunks().0;
        let openings = std::array::from_fn(|n| {
            let [rank, gap, time] = tokens[n];
            OpeningToken { rank, gap, time }
        });
        let first = openings.iter().position(|token| *token != OpeningToken::default()).unwrap_or(PAST);
        let is_sound = openings[first..].iter().all(|token| token.is_sound());
        let moment = OpeningToken { rank: LAST_RANK, gap, time };
        (is_sound && moment.is_sound() && time < SESSION).then_some(Self { openings, gap, time })
    }

    /// The openings' numbers one after the other.
    #[must_use]
    pub fn bytes(&self) -> [u8; 3 * PAST] {
        std::array::from_fn(|n| self.openings[n / 3].bytes()[n % 3])
    }
}

/// The last openings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Sequence {
    /// The oldest first.
    openings: VecDeque<OpeningToken>,
}

impl Sequence {
    /// Adds an opening of the item at this place of the order of last use as it was before, from 0. `ended` is when the
    /// opening before ended.
    pub(super) fn open(&mut self, place: Option<usize>, ended: Option<Timestamp>, at: Timestamp, starts_session: bool) {
        if self.openings.len() == PAST {
            self.openings.pop_front();
        }
        let rank = place.and_then(|place| u8::try_from(place + 1).ok()).map_or(LAST_RANK, |rank| rank.min(LAST_RANK));
        let time = time_of(at) + if starts_session { SESSION } else { 0 };
        self.openings.push_back(OpeningToken { rank, gap: gap_of(ended, at), time });
    }

    /// The past of a question that is asked at `now`, where `ended` is when the last opening ended.
    pub(super) fn past(&self, ended: Option<Timestamp>, now: Timestamp) -> Past {
        let mut openings = [OpeningToken::default(); PAST];
        let missing = PAST - self.openings.len();
        openings[missing..].iter_mut().zip(&self.openings).for_each(|(to, from)| *to = *from);
        Past { openings, gap: gap_of(ended, now), time: time_of(now) }
    }

    /// Whether there are no more than may be, each one that an opening gives.
    pub(super) fn is_sound(&self) -> bool {
        self.openings.len() <= PAST && self.openings.iter().all(|token| token.is_sound())
    }
}

/// What marks the weekend in a time.
const WEEKEND: u8 = 32;
/// What marks the first opening of a session in a time.
const SESSION: u8 = 64;

fn gap_of(ended: Option<Timestamp>, at: Timestamp) -> u8 {
    // The whole part of a logarithm is the same for a number and its whole part.
    let seconds = ended.map_or(i64::MAX, |ended| (at.at_ms() - ended.at_ms()).max(0) / SECOND_MS);
    u8::try_from(seconds.saturating_add(1).ilog2()).map_or(LONGEST_GAP, |gap| gap.min(LONGEST_GAP))
}

fn time_of(at: Timestamp) -> u8 {
    let hour = u8::try_from(at.hour()).expect("0..24 fits");
    if at.weekday().is_weekend() { hour + WEEKEND } else { hour }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Monday 2024-01-01, midnight, and so many seconds.
    fn at(seconds: i64) -> Timestamp {
        Timestamp::new(1_704_067_200_000 + seconds * SECOND_MS, 0).expect("valid")
    }

    fn token(place: Option<usize>, ended: Option<i64>, seconds: i64, starts_session: bool) -> [u8; 3] {
        let mut sequence = Sequence::default();
        sequence.open(place, ended.map(at), at(seconds), starts_session);
        assert!(sequence.is_sound());
        sequence.past(None, at(seconds)).openings[PAST - 1].bytes()
    }

    #[test]
    fn places_are_told_apart_up_to_the_last_rank() {
        for (place, rank) in [
            (Some(0), 1),
            (Some(62), 63),
            (Some(63), 64),
            (Some(64), 64),
            (Some(254), 64),
            (Some(255), 64),
            (Some(1_000), 64),
            (None, 64),
        ] {
            assert_eq!(token(place, None, 0, false)[0], rank, "{place:?}");
        }
    }

    #[test]
    fn a_pause_is_the_logarithm_of_its_seconds_and_ends_at_fifteen() {
        for (seconds, gap) in [
            (-5, 0),
            (0, 0),
            (1, 1),
            (2, 1),
            (3, 2),
            (6, 2),
            (7, 3),
            (16_382, 13),
            (16_383, 14),
            (32_766, 14),
            (32_767, 15),
            (65_535, 15),
            (10_000_000, 15),
        ] {
            assert_eq!(token(None, Some(1_000), 1_000 + seconds, false)[1], gap, "{seconds} s");
        }
        assert_eq!(token(None, None, 0, false)[1], LONGEST_GAP, "nothing was opened before");
        let almost = Sequence::default().past(Some(at(0)), at(1).plus_ms(-1));
        assert_eq!(almost.gap, 0, "a millisecond short of a second is none");
    }

    #[test]
    fn times_tell_the_hour_the_weekend_and_where_a_session_begins() {
        let day = 86_400;
        for (seconds, starts_session, time) in [
            (0, false, 0),
            (23 * 3_600 + 3_599, true, 23 + 64),
            (5 * day - 1, false, 23),
            (5 * day, false, 32),
            (7 * day - 1, true, 23 + 32 + 64),
            (7 * day, true, 64),
        ] {
            assert_eq!(token(None, None, seconds, starts_session)[2], time, "{seconds} s");
            assert_eq!(Sequence::default().past(None, at(seconds)).time, time & 63);
        }
    }

    #[test]
    fn the_last_openings_stay_and_what_never_was_stands_in_front() {
        let mut sequence = Sequence::default();
        assert_eq!(sequence.past(None, at(0)).bytes(), [0; 96]);
        for place in 0..PAST {
            sequence.open(Some(place), None, at(0), false);
            let openings = sequence.past(None, at(0)).openings;
            let ranks: Vec<usize> = openings.iter().map(|token| token.rank.into()).collect();
            let expected: Vec<usize> = vec![0; PAST - place - 1].into_iter().chain(1..=place + 1).collect();
            assert_eq!(ranks, expected);
        }
        sequence.open(Some(40), None, at(0), false);
        let past = sequence.past(None, at(0));
        assert_eq!([past.openings[0].rank, past.openings[PAST - 1].rank], [2, 41], "the oldest leaves");
        assert_eq!(past.bytes()[93..], past.openings[PAST - 1].bytes());
    }

    #[test]
    fn a_past_is_read_as_it_was_written_and_what_is_none_is_refused() {
        let mut sequence = Sequence::default();
        for place in 0..3 {
            sequence.open(Some(place), Some(at(0)), at(100), place == 0);
        }
        let past = sequence.past(Some(at(100)), at(7 * 3_600));
        let (bytes, gap, time) = (past.bytes(), past.gap, past.time);
        assert_eq!(Past::of_bytes(bytes, gap, time), Some(past));
        assert!(Past::of_bytes([0; 96], LONGEST_GAP, 23 + WEEKEND).is_some());
        for (bad_gap, bad_time) in [(LONGEST_GAP + 1, time), (gap, 24), (gap, SESSION)] {
            assert_eq!(Past::of_bytes(bytes, bad_gap, bad_time), None);
        }
        // A rank that is none, a hole, and numbers of an opening without a rank.
        for (place, value) in [(95 - 2, LAST_RANK + 1), (95 - 5, 0), (1, 1)] {
            let mut bad = bytes;
            bad[place] = value;
            assert_eq!(Past::of_bytes(bad, gap, time), None, "byte {place}");
        }
    }

    #[test]
    fn a_token_that_no_opening_gives_is_not_sound() {
        let good = OpeningToken { rank: LAST_RANK, gap: LONGEST_GAP, time: 23 + WEEKEND + SESSION };
        let sequence = |token, count| Sequence { openings: std::iter::repeat_n(token, count).collect() };
        assert!(sequence(good, PAST).is_sound() && !sequence(good, PAST + 1).is_sound());
        for bad in [
            OpeningToken::default(),
            OpeningToken { rank: 65, ..good },
            OpeningToken { gap: 16, ..good },
            OpeningToken { time: 24, ..good },
            OpeningToken { time: 128, ..good },
        ] {
            assert!(!sequence(bad, 1).is_sound(), "{bad:?}");
        }
    }
}
