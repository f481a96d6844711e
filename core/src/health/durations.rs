//! Histograms of durations.

use serde::{Deserialize, Serialize};

/// Eighteen minutes; anything longer counts as that.
const LONGEST_NS: u64 = 1 << 40;

/// A histogram of durations with so many bins an octave, a power of two: a quantile is at most half a bin off, 6.3 % where
/// there are 8.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Durations<const PARTS: usize = 8> {
    bins: Vec<u32>,
}

impl<const PARTS: usize> Durations<PARTS> {
    /// As many bins as there can be.
    const BINS: usize = (LONGEST_NS.ilog2() - PARTS.ilog2()) as usize * PARTS + PARTS + 1;

    /// Counts a duration.
    pub fn add(&mut self, ns: u64) {
        let bin = Self::bin_of(ns);
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
        Some(Self::start_of(bin).midpoint(Self::start_of(bin + 1) - 1))
    }

    /// How many lie from each power of two up to the next, filled ones only: from, below, and how many.
    #[must_use]
    pub fn octaves_ns(&self) -> Vec<(u64, u64, u64)> {
        let mut octaves: Vec<(u64, u64, u64)> = Vec::new();
        for (bin, &count) in self.bins.iter().enumerate().filter(|(_, count)| **count > 0) {
            let power = Self::start_of(bin).checked_ilog2();
            let (from, below) = power.map_or((0, 1), |power| (1 << power, 2 << power));
            match octaves.last_mut() {
                Some(last) if last.0 == from => last.2 += u64::from(count),
                _ => octaves.push((from, below, count.into())),
            }
        }
        octaves
    }

    /// Counts what another one counted.
    pub fn merge(&mut self, other: &Self) {
        self.bins.resize(self.bins.len().max(other.bins.len()), 0);
        self.bins.iter_mut().zip(&other.bins).for_each(|(mine, theirs)| *mine = mine.saturating_add(*theirs));
    }

    /// The microseconds that a share (0..=1) of the durations did not exceed; `None` of none.
    #[must_use]
    pub fn percentile_us(&self, share: f64) -> Option<f64> {
        self.quantile_ns(share).map(|ns| ns as f64 / 1_000.0)
    }

    /// The filled bins: from how many microseconds, to how many, and how many durations.
    #[must_use]
    pub fn bins_us(&self) -> Vec<(f64, f64, u64)> {
        let edge = |bin| Self::start_of(bin) as f64 / 1_000.0;
        let filled = self.bins.iter().enumerate().filter(|&(_, &count)| count > 0);
        filled.map(|(bin, &count)| (edge(bin), edge(bin + 1), count.into())).collect()
    }

    /// Whether it has no more bins than it may.
    pub(super) fn is_sound(&self) -> bool {
        self.bins.len() <= Self::BINS
    }

    /// One bin more than there may be.
    #[cfg(test)]
    pub(super) fn too_long() -> Self {
        Self { bins: vec![1; Self::BINS + 1] }
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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_lies_in_its_bin_and_there_are_no_more_bins() {
        let around = |octave: u32| (1_u64 << octave).saturating_sub(2)..(1 << octave) + 3;
        for ns in (0..300).chain((8..40).flat_map(around)) {
            let bin = Durations::<8>::bin_of(ns);
            assert!(Durations::<8>::start_of(bin) <= ns && ns < Durations::<8>::start_of(bin + 1), "{ns}");
        }
        assert_eq!(
            (Durations::<8>::bin_of(u64::MAX), Durations::<8>::bin_of(LONGEST_NS)),
            (Durations::<8>::BINS - 1, Durations::<8>::BINS - 1)
        );
    }

    #[test]
    fn quantiles_are_at_most_a_tenth_off() {
        for step in [1, 3, 997, 1_234_567] {
            let mut durations = Durations::<8>::default();
            let mut times: Vec<u64> = (1..5_000_u64).map(|n| 1 + (n * n * 7_919) % 5_003 * step).collect();
            times.iter().for_each(|&ns| durations.add(ns));
            times.sort_unstable();
            for (share, per_mille) in [(0.5, 500), (0.95, 950), (0.99, 990), (1.0, 1_000)] {
                let exact = times[(times.len() * per_mille).div_ceil(1_000) - 1] as f64;
                let found = durations.quantile_ns(share).expect("some") as f64;
                assert!((found / exact - 1.0).abs() <= 0.1, "{step} {share}: {found} against {exact}");
            }
        }
        assert_eq!(Durations::<8>::default().quantile_ns(0.5), None);
    }

    #[test]
    fn octaves_hold_every_duration_once() {
        let mut durations = Durations::<8>::default();
        [0, 1, 2, 3, 1_023, 1_024, 1_500, 2_047, 2_048].into_iter().for_each(|ns| durations.add(ns));
        let expected = [(0, 1, 1), (1, 2, 1), (2, 4, 2), (512, 1_024, 1), (1_024, 2_048, 3), (2_048, 4_096, 1)];
        assert_eq!(durations.octaves_ns(), expected);
    }
}
