//! What is no function of the log: how long rankings took, and what gave them.

use serde::{Deserialize, Serialize};

use super::durations::Durations;
use crate::ranking::{AnsweredBy, Ranking};

/// The first byte of saved telemetry; a later format has another one.
const FORMAT: u8 = 1;

/// Counts of all rankings since the log was made, as far as they were saved.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Telemetry {
    total: Durations,
    stages: [Durations; 4],
    prepared: Durations,
    answered: [u64; 3],
}

impl Telemetry {
    /// Counts a ranking that was given to the host.
    pub fn count(&mut self, ranking: &Ranking) {
        let answered = &mut self.answered[ranking.answered_by as usize];
        *answered = answered.saturating_add(1);
        if ranking.is_prepared {
            self.prepared.add(ranking.stages.total_ns());
            return;
        }
        self.total.add(ranking.stages.total_ns());
        self.stages.iter_mut().zip(ranking.stages.in_order_ns()).for_each(|(stage, ns)| stage.add(ns));
    }

    /// All stages together, of the rankings that were computed when they were asked for.
    #[must_use]
    pub const fn total(&self) -> &Durations {
        &self.total
    }

    /// Retrieval, features, inference and formatting of the same.
    #[must_use]
    pub const fn stages(&self) -> &[Durations; 4] {
        &self.stages
    }

    /// Finding the rankings that were prepared ahead.
    #[must_use]
    pub const fn prepared(&self) -> &Durations {
        &self.prepared
    }

    /// How many rankings were given by this.
    #[must_use]
    pub const fn answered(&self, by: AnsweredBy) -> u64 {
        self.answered[by as usize]
    }

    /// As bytes: a format byte, then postcard.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_extend(self, vec![FORMAT]).expect("writing to memory does not fail")
    }

    /// Of bytes that [`Self::to_bytes`] wrote; `None` if they are not of this format.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (&FORMAT, rest) = bytes.split_first()? else { return None };
        let read: Self = postcard::from_bytes(rest).ok()?;
        let is_sound = read.total.is_sound() && read.prepared.is_sound() && read.stages.iter().all(Durations::is_sound);
        is_sound.then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Token;
    use crate::habits::Moment;
    use crate::ranking::StageTimes;

    fn ranking(answered_by: AnsweredBy, is_prepared: bool, inference_ns: u64) -> Ranking {
        Ranking {
            predictions: Vec::new(),
            moment: Moment::Unlock,
            surface: Token::new("main").expect("valid"),
            answered_by,
            model: None,
            is_prepared,
            stages: StageTimes { retrieval_ns: 5, inference_ns, ..StageTimes::default() },
        }
    }

    #[test]
    fn rankings_are_counted_by_what_gave_them_and_bytes_read_back() {
        let mut telemetry = Telemetry::default();
        telemetry.count(&ranking(AnsweredBy::HostOrder, false, 100));
        telemetry.count(&ranking(AnsweredBy::Model, false, 200));
        telemetry.count(&ranking(AnsweredBy::Model, true, 0));
        assert_eq!(
            [AnsweredBy::HostOrder, AnsweredBy::Mixer, AnsweredBy::Model].map(|by| telemetry.answered(by)),
            [1, 0, 2]
        );
        assert_eq!((telemetry.total().count(), telemetry.prepared().count()), (2, 1));
        assert!(telemetry.stages()[2].quantile_ns(1.0).is_some_and(|ns| (190..=210).contains(&ns)));
        let bytes = telemetry.to_bytes();
        assert_eq!(Telemetry::from_bytes(&bytes), Some(telemetry));
    }

    #[test]
    fn bytes_of_anything_else_are_refused() {
        let mut long = Telemetry::default();
        long.total.add(u64::MAX);
        assert!(Telemetry::from_bytes(&long.to_bytes()).is_some());
        long.total = Durations::too_long();
        assert_eq!(Telemetry::from_bytes(&long.to_bytes()), None);
        for bytes in [&[][..], &[0], &[FORMAT], &[FORMAT, 200], &[FORMAT + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Telemetry::from_bytes(bytes), None, "{bytes:?}");
        }
    }
}
