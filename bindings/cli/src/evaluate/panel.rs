//! Everyone's queries of one kind, thinned, and the rule by which people count: what every figure is made of.

use super::aggregate::{Aggregate, LeaveOut, UserScore};
use super::calibration::Calibration;
use super::classification::Classification;
use super::metrics::HitRates;
use super::thin::thin;

/// At most this many queries of a person count in a task, evenly thinned.
pub const MAX_QUERIES: usize = 2_000;

/// One person's queries of one kind.
#[derive(Debug, Clone)]
pub struct Series<Q> {
    /// The person's name.
    pub user: String,
    /// All openings of the person.
    pub openings: u64,
    /// The queries, in the order in which they were asked.
    pub queries: Vec<Q>,
}

/// The queries that are judged together.
#[derive(Debug, Clone)]
pub struct Panel<Q> {
    /// Everyone, thinned, with the number of queries before.
    people: Vec<(Series<Q>, u64)>,
    rule: LeaveOut,
}

/// How a system answered a query, as far as its probabilities go.
#[derive(Debug, Clone, Copy)]
pub struct Ranked<'a> {
    /// The target's rank.
    pub rank: u16,
    /// The candidates that were ranked.
    pub candidates: usize,
    /// Their probabilities in the order of the ranking, if there are any.
    pub probabilities: Option<&'a [f32]>,
}

impl<Q: Clone> Panel<Q> {
    /// Takes everyone's queries, at most [`MAX_QUERIES`] of each person.
    #[must_use]
    pub fn of(people: impl IntoIterator<Item = Series<Q>>, rule: LeaveOut) -> Self {
        let thinned = |series: Series<Q>| {
            let all = series.queries.len() as u64;
            (Series { queries: thin(&series.queries, MAX_QUERIES), ..series }, all)
        };
        Self { people: people.into_iter().map(thinned).collect(), rule }
    }

    /// The rates of a system, of which this is the target's rank; `None` if everyone is left out.
    #[must_use]
    pub fn rates(&self, rank: impl Fn(&Q) -> u16) -> Option<Aggregate> {
        let score = |(series, all): &(Series<Q>, u64)| {
            let ranks: Vec<u16> = series.queries.iter().map(&rank).collect();
            UserScore {
                user: series.user.clone(),
                events: series.openings,
                queries: *all,
                rates: HitRates::of(&ranks).unwrap_or_default(),
            }
        };
        Aggregate::of(self.people.iter().map(score).collect(), self.rule)
    }

    /// The queries of those who count, person by person.
    pub fn queries(&self) -> impl Iterator<Item = &Q> {
        let rule = self.rule;
        let kept = self.people.iter().filter(move |(series, all)| rule.keeps(series.openings, *all));
        kept.flat_map(|(series, _)| &series.queries)
    }

    /// A system as a classifier, and whether the probabilities of its first suggestions mean what they say; of those who
    /// count. Without probabilities there are no bins and no ROC curve.
    #[must_use]
    pub fn certainty<'a>(&'a self, answer: impl Fn(&'a Q) -> Ranked<'a>) -> (Calibration, Classification) {
        let (mut calibration, mut classification) = <(Calibration, Classification)>::default();
        for Ranked { rank, candidates, probabilities } in self.queries().map(answer) {
            classification.add(candidates, rank);
            if let Some(probabilities) = probabilities {
                let probabilities: Vec<f64> = probabilities.iter().map(|&p| f64::from(p)).collect();
                calibration.add(probabilities.first().copied().unwrap_or(0.0), rank == 1);
                classification.roc.add_query(&probabilities, rank);
            }
        }
        (calibration, classification)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(user: &str, openings: u64, ranks: &[u16]) -> Series<u16> {
        Series { user: user.into(), openings, queries: ranks.to_vec() }
    }

    #[test]
    fn a_person_has_at_most_so_many_queries_but_counts_with_all_of_them() {
        let many = [vec![1; MAX_QUERIES], vec![9; 2 * MAX_QUERIES]].concat();
        let panel = Panel::of([series("a", 90_000, &many), series("b", 200, &[9; 30])], LeaveOut::TABLES);
        assert_eq!(panel.queries().count(), MAX_QUERIES + 30);
        let rates = panel.rates(|&rank| rank).expect("two people");
        assert_eq!(rates.users[0].queries, 3 * MAX_QUERIES as u64);
        assert!((rates.by_user.hr1 - 100.0 / 6.0).abs() < 0.1, "half of a third: {}", rates.by_user.hr1);
        assert!(rates.by_query.hr1 > 32.0);
    }

    #[test]
    fn who_is_left_out_is_asked_nothing() {
        let panel = Panel::of([series("a", 199, &[1; 90]), series("b", 200, &[2; 30])], LeaveOut::TABLES);
        assert_eq!((panel.queries().count(), panel.rates(|&rank| rank).expect("b").left_out), (30, 1));
        let nobody = Panel::of([series("a", 200, &[1; 29])], LeaveOut::TABLES);
        assert_eq!((nobody.queries().count(), nobody.rates(|&rank| rank)), (0, None));
    }

    #[test]
    fn without_probabilities_there_are_decisions_and_nothing_else() {
        let panel = Panel::of([series("a", 200, &[1; 30])], LeaveOut::TABLES);
        let answer = |probabilities| move |&rank: &u16| Ranked { rank, candidates: 3, probabilities };
        let (calibration, decisions) = panel.certainty(answer(None));
        assert_eq!(
            (calibration.ece(), decisions.roc.auc(), decisions.at_1.tp, decisions.at_1.tn),
            (None, None, 30, 60)
        );
        let (calibration, decisions) = panel.certainty(answer(Some(&[1.0, 0.0, 0.0])));
        assert_eq!((calibration.ece(), decisions.roc.auc()), (Some(0.0), Some(1.0)));
    }
}
