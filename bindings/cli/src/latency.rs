//! How long predictions take, stage by stage.

/// The stages of a prediction, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Finding the candidates.
    Retrieval,
    /// Computing what is known of each.
    Features,
    /// The experts, the mixer and the model.
    Inference,
    /// Sorting and handing out.
    Formatting,
}

impl Stage {
    /// Every stage.
    pub const ALL: [Self; 4] = [Self::Retrieval, Self::Features, Self::Inference, Self::Formatting];

    /// The word used in tables and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Retrieval => "retrieval",
            Self::Features => "features",
            Self::Inference => "inference",
            Self::Formatting => "formatting",
        }
    }
}

/// Durations of many predictions: of each stage, and of all four together.
///
/// ```
/// use foretap_cli::latency::{Latency, Stage};
/// let mut latency = Latency::default();
/// (1..=99).for_each(|n| latency.add([0, 1_000 * n, 0, 0]));
/// let p50_us = latency.stage(Stage::Features).percentile_us(0.5).expect("99 queries");
/// assert!((p50_us - 50.0).abs() < 1.0);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Latency {
    total: Durations,
    stages: [Durations; 4],
}

impl Latency {
    /// Counts a prediction by the nanoseconds of its stages, in the order of [`Stage::ALL`].
    pub fn add(&mut self, stages_ns: [u64; 4]) {
        self.total.add(stages_ns.iter().fold(0, |sum, &ns| sum.saturating_add(ns)));
        self.stages.iter_mut().zip(stages_ns).for_each(|(stage, ns)| stage.add(ns));
    }

    /// Counts the predictions of another one as well.
    pub fn merge(&mut self, other: &Self) {
        self.total.merge(&other.total);
        self.stages.iter_mut().zip(&other.stages).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// The four stages together.
    #[must_use]
    pub const fn total(&self) -> &Durations {
        &self.total
    }

    /// One stage.
    #[must_use]
    pub const fn stage(&self, stage: Stage) -> &Durations {
        &self.stages[stage as usize]
    }
}

/// A histogram of durations: 32 bins an octave, so a percentile is at most 1.6 % off.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Durations {
    bins: Vec<u64>,
}

impl Durations {
    /// Counts a duration.
    fn add(&mut self, ns: u64) {
        let bin = bin_of(ns);
        if bin >= self.bins.len() {
            self.bins.resize(bin + 1, 0);
        }
        self.bins[bin] += 1;
    }

    fn merge(&mut self, other: &Self) {
        self.bins.resize(self.bins.len().max(other.bins.len()), 0);
        self.bins.iter_mut().zip(&other.bins).for_each(|(mine, theirs)| *mine += theirs);
    }

    /// How many were counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.bins.iter().sum()
    }

    /// The microseconds that a share (0..=1) of the durations did not exceed; `None` of none.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of queries, nanoseconds")]
    pub fn percentile_us(&self, share: f64) -> Option<f64> {
        let wanted = share * self.count() as f64;
        let mut reached = 0;
        let bin = self.bins.iter().position(|&queries| {
            reached += queries;
            queries > 0 && reached as f64 >= wanted
        })?;
        Some((start_of(bin) as f64 + (start_of(bin + 1) - 1) as f64) / 2_000.0)
    }

    /// The filled bins: from how many microseconds, to how many, and how many durations.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "nanoseconds")]
    pub fn bins_us(&self) -> Vec<(f64, f64, u64)> {
        let edge = |bin| start_of(bin) as f64 / 1_000.0;
        let filled = self.bins.iter().enumerate().filter(|&(_, &count)| count > 0);
        filled.map(|(bin, &count)| (edge(bin), edge(bin + 1), count)).collect()
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

const PARTS: usize = 32;
/// Eighteen minutes; anything longer counts as that.
const LONGEST_NS: u64 = 1 << 40;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_lies_in_its_bin() {
        let around = |octave: u32| (1_u64 << octave).saturating_sub(2)..(1 << octave) + 3;
        for ns in (0..200).chain((8..40).flat_map(around)) {
            let bin = bin_of(ns);
            assert!(start_of(bin) <= ns.min(LONGEST_NS) && ns.min(LONGEST_NS) < start_of(bin + 1), "{ns}");
        }
        assert_eq!(bin_of(u64::MAX), bin_of(LONGEST_NS));
    }

    #[test]
    fn percentiles_are_near_the_true_ones_and_merging_is_counting_all() {
        let (mut odd, mut even) = <(Latency, Latency)>::default();
        for n in 0..100_000_u64 {
            let half = if n % 2 == 0 { &mut even } else { &mut odd };
            half.add([n, 2 * n, 0, 3]);
        }
        odd.merge(&even);
        assert_eq!(odd.total().count(), 100_000);
        for (share, true_us) in [(0.5, 150.003), (0.99, 297.003)] {
            let us = odd.total().percentile_us(share).expect("some");
            assert!((us / true_us - 1.0).abs() < 0.016, "{us} against {true_us}");
        }
        assert_eq!(odd.stage(Stage::Formatting).percentile_us(0.99), Some(0.003));
        assert_eq!(Latency::default().total().percentile_us(0.5), None);
    }
}
