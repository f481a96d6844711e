//! What a report answers: a few questions about a day, each with closed answers, each answered with noise.

use std::fmt;

use crate::config::{MAX_EPSILON, MAX_EPSILON_A_DAY};
use crate::privacy::RandomisedResponse;

/// A question about a day.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Question {
    /// Its name in tables, as `hits_at_3`.
    pub name: &'static str,
    /// What it asks.
    pub asks: &'static str,
    /// The answers.
    pub answers: &'static [&'static str],
    /// What an answer tells at most, in nats.
    pub epsilon: f64,
}

impl Question {
    /// How it is answered.
    #[must_use]
    pub fn response(&self) -> RandomisedResponse {
        let bins = u8::try_from(self.answers.len()).expect("a handful of answers");
        RandomisedResponse::new(bins, self.epsilon)
    }
}

/// The questions, in the order of a report's answers. One that is answered is never changed: another is added at the end.
pub const QUESTIONS: [Question; 7] = [
    Question {
        name: "openings",
        asks: "how many questions a day's openings answered",
        answers: &["none", "1 to 9", "10 to 29", "30 to 69", "70 or more"],
        epsilon: 0.5,
    },
    Question {
        name: "hits_at_3",
        asks: "of the openings after an unlock, how many were among the first three predictions",
        answers: &["none asked", "below 40 %", "40 to 55 %", "55 to 65 %", "65 to 80 %", "80 % or more"],
        epsilon: 0.75,
    },
    Question {
        name: "against_rule",
        asks: "whether the first three predictions were right more often than rank frecency's",
        answers: &["less often", "as often", "more often"],
        epsilon: 0.5,
    },
    Question {
        name: "against_statistics",
        asks: "whether they were right more often than without the model",
        answers: &["less often", "as often", "more often"],
        epsilon: 0.5,
    },
    Question {
        name: "latency_p95",
        asks: "how long 95 % of the rankings took at most, since the log was made",
        answers: &["none", "below 0.25 ms", "below 0.5 ms", "below 1 ms", "below 2 ms", "longer"],
        epsilon: 0.5,
    },
    Question {
        name: "drift",
        asks: "how much the places of what was opened changed within a month",
        answers: &["too few", "stable", "moderate", "strong"],
        epsilon: 0.5,
    },
    Question {
        name: "trial",
        asks: "what became of models that sync brought",
        answers: &["none came", "proved itself", "on trial", "given back"],
        epsilon: 0.75,
    },
];

/// What the questions are answered from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Facts {
    /// Questions that were answered by the day's openings, and how often the first three predictions were right.
    pub answered: u64,
    /// Of those, what came after an unlock: questions, hits of the first three, hits of rank frecency's and of the mixer's.
    pub unlocks: u64,
    /// Hits of the first three predictions.
    pub hits: u64,
    /// Hits of rank frecency's.
    pub rule_hits: u64,
    /// Hits of the mixer's, which has no model.
    pub mixer_hits: u64,
    /// What 95 % of the rankings took at most, in nanoseconds.
    pub p95_ns: Option<u64>,
    /// Drift of ranks: 0 too few, 1 stable, 2 moderate, 3 strong.
    pub drift: u8,
    /// What became of models: as the answers.
    pub model: u8,
}

/// A true answer, before noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer(u8);

impl Facts {
    /// The true answers, in the order of [`QUESTIONS`].
    #[must_use]
    pub fn truths(&self) -> [Answer; QUESTIONS.len()] {
        let openings = bin(self.answered, &[1, 10, 30, 70]);
        let hits = match (100 * self.hits).checked_div(self.unlocks) {
            None => 0,
            Some(percent) => 1 + bin(percent, &[40, 55, 65, 80]),
        };
        let against = |other: u64| match self.hits.cmp(&other) {
            std::cmp::Ordering::Less => 0,
            std::cmp::Ordering::Equal => 1,
            std::cmp::Ordering::Greater => 2,
        };
        let latency = self.p95_ns.map_or(0, |ns| 1 + bin(ns, &[250_000, 500_000, 1_000_000, 2_000_000]));
        [
            openings,
            hits,
            against(self.rule_hits),
            against(self.mixer_hits),
            latency,
            self.drift.min(3),
            self.model.min(3),
        ]
        .map(Answer)
    }
}

impl Answer {
    /// What is said in its place; `draw` is a random number of this answer alone.
    ///
    /// # Panics
    /// If it is no answer to this question.
    #[must_use]
    pub fn noisy(self, question: &Question, draw: u64) -> u8 {
        question.response().answer(self.0, draw)
    }

    /// The bin of the truth.
    #[must_use]
    pub const fn bin(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.asks)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a handful of edges")]
fn bin(value: u64, edges: &[u64]) -> u8 {
    edges.partition_point(|edge| *edge <= value) as u8
}

/// What a day may tell is bounded when this is compiled.
const _: () = {
    let (mut sum, mut n) = (0.0, 0);
    while n < QUESTIONS.len() {
        assert!(QUESTIONS[n].epsilon <= MAX_EPSILON && QUESTIONS[n].epsilon > 0.0);
        assert!(QUESTIONS[n].answers.len() >= 2 && QUESTIONS[n].answers.len() <= 16);
        sum += QUESTIONS[n].epsilon;
        n += 1;
    }
    assert!(sum <= MAX_EPSILON_A_DAY);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_gives_its_answers() {
        let bins = |facts: Facts| facts.truths().map(Answer::bin);
        assert_eq!(bins(Facts::default()), [0, 0, 1, 1, 0, 0, 0]);
        let facts = Facts {
            answered: 70,
            unlocks: 20,
            hits: 13,
            rule_hits: 12,
            mixer_hits: 14,
            p95_ns: Some(999_999),
            drift: 2,
            model: 3,
        };
        assert_eq!(bins(facts), [4, 4, 2, 0, 3, 2, 3]);
        assert_eq!(bins(Facts { hits: 20, p95_ns: Some(9_000_000), ..facts })[1..5], [5, 2, 2, 5]);
        for truths in [bins(facts), bins(Facts { hits: 0, ..facts })] {
            for (question, truth) in QUESTIONS.iter().zip(truths) {
                assert!(usize::from(truth) < question.answers.len(), "{question}");
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = QUESTIONS.iter().map(|question| question.name).collect();
        assert_eq!(names.len(), QUESTIONS.len());
    }
}
