//! A query put together from its rows.

use foretap_core::Moment;
use foretap_core::habits::SHORTLIST;

use super::columns::Columns;
use super::error::AnswersFault;
use super::rows::Rows;
use super::{Answer, Query};
use crate::evaluate::NO_CANDIDATE;

/// Probabilities may sum to this much more than 1: they are 32 floats of 32 bits.
const MASS_SLACK: f64 = 1e-3;

/// A query whose rows are not all known yet.
pub(super) struct Open {
    /// The first row, from 0.
    row: u64,
    shared: Shared,
    /// The target's place, if one of the rows was it.
    target: Option<usize>,
    /// `[system][place]`.
    scores: Vec<(Vec<f32>, Option<Vec<f32>>)>,
}

/// What is the same in every row of a query.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Shared {
    person: i32,
    moment: i32,
    query: i64,
    opening: i64,
    openings: i64,
    day: i32,
    mixer_rank: i32,
}

impl Shared {
    fn of(rows: &Rows, at: usize) -> Self {
        Self {
            person: rows.person[at],
            moment: rows.moment[at],
            query: rows.query[at],
            opening: rows.opening[at],
            openings: rows.openings[at],
            day: rows.day[at],
            mixer_rank: rows.mixer_rank[at],
        }
    }
}

impl Open {
    /// Begins with a row, the file's `row`-th, behind the query of this number.
    pub(super) fn begin(
        rows: &Rows,
        at: usize,
        row: u64,
        before: Option<i64>,
        columns: &Columns,
    ) -> Result<Self, AnswersFault> {
        let shared = Shared::of(rows, at);
        if before.is_some_and(|before| before >= shared.query) {
            let reason = "the rows of a query are not consecutive, or the queries not ascending";
            return Err(AnswersFault::BrokenQuery { row, reason });
        }
        let scores = rows.scores.iter().map(|(_, p)| (Vec::new(), p.as_ref().map(|_| Vec::new()))).collect();
        let mut open = Self { row, shared, target: None, scores };
        open.add(rows, at, row, columns)?;
        Ok(open)
    }

    /// Whether a row is of this query.
    pub(super) fn takes(&self, rows: &Rows, at: usize) -> bool {
        rows.query[at] == self.shared.query
    }

    /// The query's number.
    pub(super) fn number(&self) -> i64 {
        self.shared.query
    }

    /// Adds a row of this query, the file's `row`-th.
    pub(super) fn add(&mut self, rows: &Rows, at: usize, row: u64, columns: &Columns) -> Result<(), AnswersFault> {
        let place = self.scores.first().map_or(0, |(scores, _)| scores.len());
        let broken = |reason| AnswersFault::BrokenQuery { row, reason };
        if Shared::of(rows, at) != self.shared {
            return Err(broken("something differs within a query"));
        }
        if usize::try_from(rows.place[at]) != Ok(place) {
            return Err(broken("the places of a query are not 0, 1, 2, ..."));
        }
        if place == SHORTLIST {
            return Err(AnswersFault::Shortlist { row, reason: "more candidates than a shortlist has" });
        }
        if rows.is_target[at] && self.target.replace(place).is_some() {
            return Err(AnswersFault::Target { row: self.row, reason: "two targets in one query" });
        }
        for ((to, from), system) in self.scores.iter_mut().zip(&rows.scores).zip(&columns.of_systems) {
            let score = from.0[at];
            if !score.is_finite() {
                return Err(AnswersFault::NotFinite { row, column: system.score_name() });
            }
            to.0.push(score);
            if let (Some(to), Some(from)) = (&mut to.1, &from.1) {
                if !(0.0..=1.0).contains(&from[at]) {
                    return Err(AnswersFault::NotAProbability { row, column: system.probability_name() });
                }
                to.push(from[at]);
            }
        }
        Ok(())
    }

    /// The query with its first row, checked and ranked.
    pub(super) fn close(self, columns: &Columns) -> Result<(u64, Query), AnswersFault> {
        let Self { row, shared, target, scores } = self;
        let broken = |reason| AnswersFault::BrokenQuery { row, reason };
        let misplaced = |reason| AnswersFault::Target { row, reason };
        let candidates = scores.first().map_or(0, |(scores, _)| scores.len());
        let rank = u16::try_from(shared.mixer_rank).ok().filter(|&rank| rank != NO_CANDIDATE);
        let rank = rank.ok_or(misplaced("mixer_rank is negative, or beyond every candidate"))?;
        if target != usize::from(rank).checked_sub(1).filter(|&at| at < SHORTLIST) {
            return Err(misplaced("the target is not where mixer_rank says"));
        }
        if usize::from(rank) > SHORTLIST && candidates < SHORTLIST {
            return Err(AnswersFault::Shortlist { row, reason: "a target below the shortlist, which is not full" });
        }
        let moment =
            usize::try_from(shared.moment).ok().and_then(|n| Moment::ALL.into_iter().find(|m| *m as usize == n));
        let whole = |n: i64| u64::try_from(n).ok();
        let (opening, openings) = (whole(shared.opening), whole(shared.openings));
        let inside = opening.zip(openings).filter(|(opening, openings)| opening < openings);
        let (opening, openings) = inside.ok_or(broken("opening is not one of the openings"))?;
        let mut answers = Vec::with_capacity(scores.len());
        for ((scores, probabilities), system) in scores.iter().zip(&columns.of_systems) {
            let sum: f64 = probabilities.iter().flatten().map(|&p| f64::from(p)).sum();
            if sum > 1.0 + MASS_SLACK {
                return Err(AnswersFault::NotAProbability { row, column: system.probability_name() });
            }
            answers.push(answer(scores, probabilities.as_deref(), target, rank));
        }
        let query = Query {
            person: u32::try_from(shared.person).map_err(|_| broken("a negative person"))?,
            moment: moment.ok_or(broken("an unknown moment"))?,
            opening,
            openings,
            day: shared.day.into(),
            candidates,
            answers,
        };
        Ok((row, query))
    }
}

/// A system's answer: higher scores first, equal ones in the mixer's order. A target outside the shortlist keeps its rank
/// under the mixer, for the shortlist stands before all others, whatever its scores.
fn answer(scores: &[f32], probabilities: Option<&[f32]>, target: Option<usize>, mixer_rank: u16) -> Answer {
    let mut order: Vec<usize> = (0..scores.len()).collect();
    order.sort_by(|&a, &b| scores[b].partial_cmp(&scores[a]).expect("scores are finite"));
    let rank = target.and_then(|target| order.iter().position(|&at| at == target));
    Answer {
        rank: rank.map_or(mixer_rank, |rank| u16::try_from(rank + 1).expect("at most a shortlist")),
        probabilities: probabilities.map(|p| order.iter().map(|&at| p[at]).collect()),
    }
}
