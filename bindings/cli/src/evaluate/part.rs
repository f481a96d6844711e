//! The parts of a person's log: 70 % to learn from, 15 % to choose by, 15 % to judge on, in the order of time.

/// A part of everyone's log, by the number of the opening that answered a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Part {
    /// The whole log.
    #[default]
    All,
    /// The last 30 %: what the published protocol scores.
    Scored,
    /// The first half of that: to choose by.
    Validation,
    /// The last 15 %: to judge what was chosen.
    Test,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 4] = [Self::All, Self::Scored, Self::Validation, Self::Test];

    /// The word used in arguments and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Scored => "scored",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }

    /// Whether a question asked before this opening (from 0), of so many in the log, is in it.
    #[must_use]
    pub const fn holds(self, opening: u64, openings: u64) -> bool {
        match self {
            Self::All => true,
            Self::Scored => opening >= first(0.7, openings),
            Self::Validation => opening >= first(0.7, openings) && opening < first(0.85, openings),
            Self::Test => opening >= first(0.85, openings),
        }
    }
}

/// The first opening behind this share of them. In floating point, as the published protocol has it: 0.7 * 90 is below
/// 63.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a number of openings"
)]
const fn first(share: f64, openings: u64) -> u64 {
    (share * openings as f64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_borders_belong_to_the_later_part() {
        let parts = |opening| Part::ALL.map(|part| part.holds(opening, 200));
        assert_eq!(parts(139), [true, false, false, false]);
        assert_eq!(parts(140), [true, true, true, false]);
        assert_eq!(parts(169), [true, true, true, false]);
        assert_eq!(parts(170), [true, true, false, true]);
        assert_eq!(parts(199), [true, true, false, true]);
    }

    #[test]
    fn what_is_scored_is_validation_or_test_and_never_both() {
        for openings in 0..500 {
            for opening in 0..openings {
                let [_, scored, validation, test] = Part::ALL.map(|part| part.holds(opening, openings));
                assert_eq!((scored, validation && test), (validation || test, false), "{opening} of {openings}");
            }
        }
        assert!(Part::Scored.holds(62, 90), "0.7 * 90 is a little less than 63");
    }
}
