//! What habits ask of a model: corrections of the mixer, and where trust in them begins.

use super::learning::Evidence;
use super::statistics::Statistics;

/// The most candidates that a model looks at: the mixer's first. On the UbiqLog phones the item opened next was outside in
/// 2 to 4 % of the moments.
pub const SHORTLIST: usize = 32;
/// A correction counts at most this much either way, in nats: no model can rule a candidate out for good.
pub const MAX_CORRECTION: f64 = 8.0;

/// A model that corrects the mixer. `model::Model` is the one that ships; tests bring others.
pub trait Corrector {
    /// Which model it is. What was learned about another one says nothing about it.
    fn id(&self) -> [u8; 32];

    /// Where trust in it begins, for each moment.
    fn calibration(&self) -> &[Calibration; 3];

    /// One correction in nats for each place of the shortlist; `None` if the model cannot answer.
    fn correct(&self, statistics: &Statistics<'_>, shortlisted: &Shortlisted<'_>) -> Option<Vec<f32>>;
}

/// What a model is asked about.
#[derive(Debug, Clone)]
pub struct Shortlisted<'a> {
    /// What the experts say of every candidate.
    pub evidence: &'a Evidence,
    /// The mixer's log-probabilities of every candidate, without what network and battery change.
    pub log_mix: Vec<f64>,
    /// The shortlist: the places of the mixer's first [`SHORTLIST`] candidates, the likeliest first, in the statistics'
    /// order where equal.
    pub places: Vec<usize>,
}

impl<'a> Shortlisted<'a> {
    pub(super) fn new(evidence: &'a Evidence, log_mix: Vec<f64>) -> Self {
        let mut places: Vec<usize> = (0..log_mix.len()).collect();
        places.sort_by(|&a, &b| log_mix[b].total_cmp(&log_mix[a]));
        places.truncate(SHORTLIST);
        Self { evidence, log_mix, places }
    }
}

/// What a bundle ships about itself for one moment, fitted on people that the model was not trained on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Calibration {
    /// The factor of the corrections that a phone begins with, 0..=2.
    pub trust: f32,
    /// What is added to the score of the likeliest candidate, in nats, -2..=2.
    pub top: f32,
    /// And what is added per nat of its log-probability, -1..=1.
    pub slope: f32,
}

impl Calibration {
    /// Full trust, and probabilities as they come.
    pub const NEUTRAL: Self = Self { trust: 1.0, top: 0.0, slope: 0.0 };
}

/// What the corrections change in each candidate's log-probability, where the shortlist keeps the probability that the
/// mixer gave to all of it; 0 outside.
pub(super) fn changes(log_mix: &[f64], places: &[usize], corrections: &[f32]) -> Option<Vec<f64>> {
    if corrections.len() != places.len() || corrections.iter().any(|c| !c.is_finite()) {
        return None;
    }
    let corrections: Vec<f64> =
        corrections.iter().map(|&c| f64::from(c).clamp(-MAX_CORRECTION, MAX_CORRECTION)).collect();
    let highest = places.iter().map(|&place| log_mix[place]).fold(f64::NEG_INFINITY, f64::max);
    let (mut before, mut after) = (0.0, 0.0);
    for (&place, correction) in places.iter().zip(&corrections) {
        let p = (log_mix[place] - highest).exp();
        before += p;
        after += p * correction.exp();
    }
    let scale = (before / after).ln();
    let mut changes = vec![0.0; log_mix.len()];
    for (&place, correction) in places.iter().zip(&corrections) {
        changes[place] = correction + scale;
    }
    Some(changes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::habits::statistics::Moment;

    #[test]
    fn the_shortlist_is_the_mixers_first_and_ties_stay_in_order() {
        let evidence = Evidence {
            moment: Moment::Next,
            candidates: Vec::new(),
            log_p: Vec::new(),
            unused: Vec::new(),
            notices: Vec::new(),
            changes: None,
        };
        let shortlist = |log_mix: Vec<f64>| Shortlisted::new(&evidence, log_mix).places;
        let places = shortlist((0..40).map(|n| -f64::from(n % 4)).collect());
        assert_eq!(places.len(), SHORTLIST);
        assert_eq!(places[..3], [0, 4, 8]);
        assert_eq!(places[10..12], [1, 5]);
        assert_eq!(shortlist(vec![-1.0]), [0]);
    }

    #[test]
    fn the_shortlist_keeps_its_probability_and_the_rest_theirs() {
        let log_mix = [0.5_f64, 0.3, 0.15, 0.05].map(f64::ln);
        let changes = changes(&log_mix, &[0, 1], &[-2.0, 1.0]).expect("finite");
        let after: Vec<f64> = log_mix.iter().zip(&changes).map(|(l, c)| (l + c).exp()).collect();
        assert!((after[0] + after[1] - 0.8).abs() < 1e-12 && after[1] > after[0]);
        assert_eq!(changes[2..], [0.0, 0.0]);
    }

    #[test]
    fn what_is_not_a_number_or_not_one_per_candidate_is_no_answer_and_extremes_are_cut() {
        let log_mix = [0.5_f64.ln(); 2];
        for bad in [&[f32::NAN, 0.0][..], &[f32::INFINITY, 0.0], &[0.0]] {
            assert_eq!(changes(&log_mix, &[0, 1], bad), None);
        }
        let cut = changes(&log_mix, &[0, 1], &[1e30, -1e30]).expect("finite");
        assert!((cut[0] - cut[1] - 2.0 * MAX_CORRECTION).abs() < 1e-9);
    }
}
