//! Suggestions seen as a classifier: every candidate of every query is one decision, the target is the positive one.

use super::metrics::place;

/// The decisions of taking the first `k` candidates as positive, counted over queries.
///
/// A target that is no candidate is a false negative, so recall is the hit rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Confusion {
    /// Suggested and opened.
    pub tp: u64,
    /// Suggested, not opened.
    pub fp: u64,
    /// Opened, not suggested.
    pub fn_: u64,
    /// Neither.
    pub tn: u64,
}

impl Confusion {
    fn add(&mut self, k: u16, candidates: u16, rank: u16) {
        let suggested = u64::from(k.min(candidates));
        let is_hit = place(rank).is_some_and(|p| p <= k);
        // A target that is a candidate is one of the candidates; any other one comes on top.
        let others = u64::from(candidates) - u64::from(place(rank).is_some());
        // No more than the others: a target that is not hit lies behind all that is suggested.
        let fp = suggested - u64::from(is_hit);
        self.tp += u64::from(is_hit);
        self.fn_ += u64::from(!is_hit);
        self.fp += fp;
        self.tn += others - fp;
    }

    fn merge(&mut self, other: &Self) {
        self.tp += other.tp;
        self.fp += other.fp;
        self.fn_ += other.fn_;
        self.tn += other.tn;
    }

    /// The share of decisions that were right, 0..=1; 0 without any.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        share(self.tp + self.tn, self.tp + self.tn + self.fp + self.fn_)
    }

    /// The share of suggestions that were opened, 0..=1; 0 without any.
    #[must_use]
    pub fn precision(&self) -> f64 {
        share(self.tp, self.tp + self.fp)
    }

    /// The share of targets that were suggested, 0..=1; 0 without any.
    #[must_use]
    pub fn recall(&self) -> f64 {
        share(self.tp, self.tp + self.fn_)
    }

    /// The harmonic mean of precision and recall, 0..=1; 0 without suggestions or targets.
    #[must_use]
    pub fn f1(&self) -> f64 {
        share(2 * self.tp, 2 * self.tp + self.fp + self.fn_)
    }
}

/// The ROC curve of all candidates' probabilities together.
///
/// Kept as 1,000 bins of equal width in log-odds from -10 to 10, because most candidates have a probability near 0; two
/// candidates in one bin count as a tie. A probability that is not a number counts as 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RocCurve {
    targets: Vec<u64>,
    others: Vec<u64>,
}

impl Default for RocCurve {
    fn default() -> Self {
        Self { targets: vec![0; ROC_BINS], others: vec![0; ROC_BINS] }
    }
}

impl RocCurve {
    /// Counts a query: all its candidates' probabilities in the order of the ranking, and the target's rank (from 1; 0 or
    /// [`NO_CANDIDATE`](super::NO_CANDIDATE) where it is none of them). At most 65,534 candidates count.
    pub fn add_query(&mut self, probabilities: &[f64], rank: u16) {
        for (at, &p) in (1..u16::MAX).zip(probabilities) {
            self.add(p, at == rank);
        }
    }

    fn add(&mut self, probability: f64, is_target: bool) {
        let side = if is_target { &mut self.targets } else { &mut self.others };
        side[bin(probability)] += 1;
    }

    /// The probability that a target is given a higher probability than another candidate (Hanley and McNeil 1982),
    /// ties counted half; `None` without targets or without others.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "numbers of candidates")]
    pub fn auc(&self) -> Option<f64> {
        let (mut below, mut won) = (0_u64, 0.0);
        for (&targets, &others) in self.targets.iter().zip(&self.others) {
            won += targets as f64 * (below as f64 + others as f64 / 2.0);
            below += others;
        }
        let pairs = self.targets.iter().sum::<u64>() as f64 * below as f64;
        (pairs > 0.0).then(|| won / pairs)
    }
}

/// Everything about suggestions as a classifier.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Classification {
    /// The first candidate taken as positive.
    pub at_1: Confusion,
    /// The first three taken as positive.
    pub at_3: Confusion,
    /// The probabilities of all candidates.
    pub roc: RocCurve,
}

impl Classification {
    /// Counts the decisions of a query: of so many candidates (65,534 at most), and with this rank of the target (from 1; 0
    /// or [`NO_CANDIDATE`](super::NO_CANDIDATE) where it is none of them). The probabilities are counted apart, in `roc`.
    pub fn add(&mut self, candidates: usize, rank: u16) {
        let candidates = u16::try_from(candidates).unwrap_or(u16::MAX - 1);
        let rank = place(rank).filter(|&p| p <= candidates).unwrap_or(0);
        self.at_1.add(1, candidates, rank);
        self.at_3.add(3, candidates, rank);
    }

    /// Counts the queries of another one as well.
    pub fn merge(&mut self, other: &Self) {
        self.at_1.merge(&other.at_1);
        self.at_3.merge(&other.at_3);
        for (mine, theirs) in [(&mut self.roc.targets, &other.roc.targets), (&mut self.roc.others, &other.roc.others)] {
            mine.iter_mut().zip(theirs).for_each(|(m, t)| *m += t);
        }
    }
}

fn bin(probability: f64) -> usize {
    let p = if probability.is_nan() { 0.0 } else { probability.clamp(0.0, 1.0) };
    let log_odds = (p / (1.0 - p)).ln().clamp(-MAX_LOG_ODDS, MAX_LOG_ODDS);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0..=ROC_BINS")]
    let at = ((log_odds + MAX_LOG_ODDS) / (2.0 * MAX_LOG_ODDS) * ROC_BINS as f64) as usize;
    at.min(ROC_BINS - 1)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of decisions")]
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

const ROC_BINS: usize = 1_000;
const MAX_LOG_ODDS: f64 = 10.0;

#[cfg(test)]
mod tests {
    use super::*;

    fn add(to: &mut Classification, probabilities: &[f64], rank: u16) {
        to.add(probabilities.len(), rank);
        to.roc.add_query(probabilities, rank);
    }

    #[test]
    fn decisions_are_counted_per_candidate() {
        let mut c = Classification::default();
        add(&mut c, &[0.6, 0.3, 0.1], 1);
        add(&mut c, &[0.4, 0.3, 0.2, 0.1], 4);
        add(&mut c, &[0.9, 0.1], 0);
        // k = 1: hit, miss, miss (no candidate); 3 + 4 + 2 candidates and one target more.
        assert_eq!(c.at_1, Confusion { tp: 1, fp: 2, fn_: 2, tn: 2 + 2 + 1 });
        assert_eq!(c.at_3, Confusion { tp: 1, fp: 2 + 3 + 2, fn_: 2, tn: 0 });
        assert_eq!((c.at_1.accuracy(), c.at_1.precision(), c.at_1.recall()), (0.6, 1.0 / 3.0, 1.0 / 3.0));
        assert_eq!(c.at_3.f1(), 2.0 / (2.0 + 7.0 + 2.0));
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_the_right_order() {
        let mut c = Classification::default();
        add(&mut c, &[0.6, 0.3, 0.1], 1);
        add(&mut c, &[0.5, 0.2], 2);
        // Targets 0.6 and 0.2; others 0.3, 0.1, 0.5: 0.6 wins three times, 0.2 once: 4 of 6.
        assert!((c.roc.auc().expect("pairs") - 4.0 / 6.0).abs() < 1e-12);
        let mut tied = Classification::default();
        add(&mut tied, &[0.5, 0.5], 1);
        assert_eq!(tied.roc.auc(), Some(0.5));
        assert_eq!(RocCurve::default().auc(), None);
    }

    #[test]
    fn merging_is_counting_everything_in_one() {
        let (mut one, mut two, mut both) = <(Classification, Classification, Classification)>::default();
        add(&mut one, &[0.7, 0.3], 2);
        add(&mut two, &[0.8, f64::NAN, 1.5], 1);
        add(&mut both, &[0.7, 0.3], 2);
        add(&mut both, &[0.8, f64::NAN, 1.5], 1);
        one.merge(&two);
        assert_eq!(one, both);
    }

    #[test]
    fn nothing_counted_gives_zeros() {
        let c = Confusion::default();
        assert_eq!((c.accuracy(), c.precision(), c.recall(), c.f1()), (0.0, 0.0, 0.0, 0.0));
        let mut none = Classification::default();
        add(&mut none, &[], 3);
        assert_eq!(none.at_3, Confusion { fn_: 1, ..Confusion::default() });
    }
}
