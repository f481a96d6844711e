//! Whether something is distributed as it was: the population stability index.

use serde::Serialize;

use crate::config::{DRIFT_MODERATE, DRIFT_QUESTIONS, DRIFT_STRONG};

/// How far the last seven days are from the 23 days before them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Drift {
    /// There was enough to compare.
    Measured {
        /// The population stability index, 0 where nothing changed.
        psi: f64,
        /// What it is taken to mean.
        band: Band,
    },
    /// There was too little of one of them.
    TooFew {
        /// Questions of the last seven days.
        recent: u64,
        /// Questions of the 23 days before.
        before: u64,
        /// How many either needs: [`DRIFT_QUESTIONS`].
        needed: u64,
    },
}

/// What a population stability index is taken to mean; the limits are those of credit scoring (Siddiqi 2006).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Below [`DRIFT_MODERATE`].
    Stable,
    /// From there to below [`DRIFT_STRONG`].
    Moderate,
    /// From there on.
    Strong,
}

impl Band {
    /// The band of an index.
    #[must_use]
    pub fn of(psi: f64) -> Self {
        if psi >= DRIFT_STRONG {
            Self::Strong
        } else if psi >= DRIFT_MODERATE {
            Self::Moderate
        } else {
            Self::Stable
        }
    }

    /// The word used in reports, as `stable`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Moderate => "moderate",
            Self::Strong => "strong",
        }
    }
}

impl Drift {
    /// Compares counts of the same bins.
    #[must_use]
    pub fn between(recent: &[u64], before: &[u64]) -> Self {
        let [sum, sum_before] = [recent, before].map(|counts| counts.iter().sum::<u64>());
        if sum.min(sum_before) < DRIFT_QUESTIONS {
            return Self::TooFew { recent: sum, before: sum_before, needed: DRIFT_QUESTIONS };
        }
        let psi = psi(recent, before);
        Self::Measured { psi, band: Band::of(psi) }
    }

    /// The index, if there was enough to compare.
    #[must_use]
    pub const fn psi(&self) -> Option<f64> {
        match self {
            Self::Measured { psi, .. } => Some(*psi),
            Self::TooFew { .. } => None,
        }
    }
}

/// The sum over the bins of (a - b) ln(a / b), where a and b are the shares of each. An empty bin counts as half a
/// question, so that its logarithm is finite and says no more than what was seen.
fn psi(recent: &[u64], before: &[u64]) -> f64 {
    let [sum, sum_before] = [recent, before].map(|counts| counts.iter().sum::<u64>().max(1) as f64);
    let share = |count: u64, sum: f64| (count as f64).max(0.5) / sum;
    let bins = recent.iter().zip(before).filter(|(a, b)| **a + **b > 0);
    bins.map(|(&a, &b)| (share(a, sum), share(b, sum_before))).map(|(a, b)| (a - b) * (a / b).ln()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_what_one_finds_by_hand() {
        // 0.5 and 0.5 against 0.25 and 0.75: 0.25 ln 2 - 0.25 ln (2 / 3) = 0.25 ln 3.
        assert!((psi(&[100, 100], &[100, 300]) - 0.25 * 3_f64.ln()).abs() < 1e-12);
        // 0.6, 0.3, 0.1 against 0.5, 0.3, 0.2: 0.1 ln 1.2 + 0.1 ln 2.
        assert!((psi(&[600, 300, 100], &[50, 30, 20]) - (0.1 * 1.2_f64.ln() + 0.1 * 2_f64.ln())).abs() < 1e-12);
        // The empty bin counts as half of 1,000: (0.0005 - 0.1) ln 0.005, and 0.1 ln (1 / 0.9) of the other.
        let by_hand = -0.0995 * 0.005_f64.ln() + 0.1 * (1.0 / 0.9_f64).ln();
        assert!((psi(&[0, 1_000], &[100, 900]) - by_hand).abs() < 1e-12);
        assert_eq!(psi(&[7, 0, 3], &[70, 0, 30]), 0.0, "a bin that nobody uses says nothing");
    }

    #[test]
    fn the_bands_begin_where_they_say() {
        let just_below = |limit: f64| f64::from_bits(limit.to_bits() - 1);
        for (psi, band) in [
            (0.0, Band::Stable),
            (just_below(0.1), Band::Stable),
            (0.1, Band::Moderate),
            (just_below(0.25), Band::Moderate),
            (0.25, Band::Strong),
            (9.0, Band::Strong),
        ] {
            assert_eq!(Band::of(psi), band, "{psi}");
        }
    }

    #[test]
    fn too_little_is_said_and_just_enough_is_compared() {
        let needed = DRIFT_QUESTIONS;
        let enough = Drift::between(&[needed, 0], &[0, needed]);
        assert!(matches!(enough, Drift::Measured { band: Band::Strong, .. }) && enough.psi() > Some(5.0));
        for (recent, before) in [(needed - 1, needed), (needed, needed - 1), (0, 0)] {
            let drift = Drift::between(&[recent], &[before]);
            assert_eq!(drift, Drift::TooFew { recent, before, needed });
            assert_eq!(drift.psi(), None);
        }
        assert_eq!(Drift::between(&[], &[]).psi(), None);
    }
}
