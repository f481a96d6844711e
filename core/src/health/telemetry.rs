//! What is no function of the log: how long rankings took, and what gave them.

use serde::{Deserialize, Serialize};

use crate::ranking::{AnsweredBy, Ranking};

/// The first byte of saved telemetry; a later format has another one.
const FORMAT: u8 = 1;
/// Bins an octave.
const PARTS: usize = 8;
/// Eighteen minutes; anything longer counts as that.
const LONGEST_NS: u64 = 1 << 40;

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
        let is_sound = |durations: &Durations| durations.bins.len() <= BINS;
        let is_sound = is_sound(&read.total) && is_sound(&read.prepared) && read.stages.iter().all(is_sound);
        is_sound.then_some(read)
    }
}

/// A histogram of durations with 8 bins an octave: a quantile is at most 6.3 % off, half a bin.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations {
    bins: Vec<u32>,
}

impl Durations {
    /// Counts a duration.
    pub fn add(&mut self, ns: u64) {
        let bin = bin_of(ns);
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] = self.bins[bin].saturating_add(1);
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.bins.iter().copied().map(u64::from).sum()
    }

    /// The nanoseconds that a share (0..=1) of the durations did not exceed; `None` of none.
    #[must_use]
    pub fn quantile_ns(&self, share: f64) -> Option<u64> {
        let wanted = share * self.count() as f64;
        let mut reached = 0;
        let bin = self.bins.iter().position(|&count| {
            reached += u64::from(count);
            count > 0 && reached as f64 >= wanted
        })?;
        Some(start_of(bin).midpoint(start_of(bin + 1) - 1))
    }

    /// How many lie from each power of two up to the next, filled ones only: from, below, and how many.
    #[must_use]
    pub fn octaves_ns(&self) -> Vec<(u64, u64, u64)> {
        let mut octaves: Vec<(u64, u64, u64)> = Vec::new();
        for (bin, &count) in self.bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            let power = start_of(bin).checked_ilog2();
            let (from, below) = power.map_or((0, 1), |power| (1 << power, 2 << power));
            match octaves.last_mut() {
                Some(last) if last.0 == from => last.2 += u64::from(count),
                _ => octaves.push((from, below, count.into())),
            }
        }
        octaves
    }
}

/// The first `2 * PARTS` bins are one nanosecond wide, the next `PARTS` two, and so on.
fn bin_of(ns: u64) -> usize {
    let ns = ns.min(LONGEST_NS);
    let shift = ns.checked_ilog2().unwrap_or(0).saturating_sub(PARTS.ilog2());
    let part = usize::try_from(ns >> shift).expect("below 2 * PARTS");
    shift as usize * PARTS + part
}

fn start_of(bin: usize) -> u64 {
    let shift = (bin / PARTS).saturating_sub(1);
    ((bin - shift * PARTS) as u64) << shift
}

/// As many bins as there can be.
const BINS: usize = (LONGEST_NS.ilog2() - PARTS.ilog2()) as usize * PARTS + PARTS + 1;

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
    fn every_duration_lies_in_its_bin_and_there_are_no_more_bins() {
        let around = |octave: u32| (1_u64 << octave).saturating_sub(2)..(1 << octave) + 3;
        for ns in (0..300).chain((8..40).flat_map(around)) {
            let bin = bin_of(ns);
            assert!(start_of(bin) <= ns && ns < start_of(bin + 1), "{ns}");
        }
        assert_eq!((bin_of(u64::MAX), bin_of(LONGEST_NS)), (BINS - 1, BINS - 1));
    }

    #[test]
    fn quantiles_are_at_most_a_tenth_off() {
        for step in [1, 3, 997, 1_234_567] {
            let mut durations = Durations::default();
            let mut times: Vec<u64> = (1..5_000_u64).map(|n| 1 + (n * n * 7_919) % 5_003 * step).collect();
            times.iter().for_each(|&ns| durations.add(ns));
            times.sort_unstable();
            for (share, per_mille) in [(0.5, 500), (0.95, 950), (0.99, 990), (1.0, 1_000)] {
                let exact = times[(times.len() * per_mille).div_ceil(1_000) - 1] as f64;
                let found = durations.quantile_ns(share).expect("some") as f64;
                assert!((found / exact - 1.0).abs() <= 0.1, "{step} {share}: {found} against {exact}");
            }
        }
        assert_eq!(Durations::default().quantile_ns(0.5), None);
    }

    #[test]
    fn octaves_hold_every_duration_once() {
        let mut durations = Durations::default();
        [0, 1, 2, 3, 1_023, 1_024, 1_500, 2_047, 2_048].into_iter().for_each(|ns| durations.add(ns));
        let expected = [(0, 1, 1), (1, 2, 1), (2, 4, 2), (512, 1_024, 1), (1_024, 2_048, 3), (2_048, 4_096, 1)];
        assert_eq!(durations.octaves_ns(), expected);
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
        long.total.bins = vec![1; BINS];
        assert!(Telemetry::from_bytes(&long.to_bytes()).is_some());
        long.total.bins.push(1);
        assert_eq!(Telemetry::from_bytes(&long.to_bytes()), None);
        for bytes in [&[][..], &[0], &[FORMAT], &[FORMAT, 200], &[FORMAT + 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]] {
            assert_eq!(Telemetry::from_bytes(bytes), None, "{bytes:?}");
        }
    }
}
