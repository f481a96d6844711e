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

/// Histograms with 32 bins an octave, so a percentile is at most 1.6 % off.
pub type Durations = foretap_core::health::Durations<32>;

#[cfg(test)]
mod tests {
    use super::*;

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
