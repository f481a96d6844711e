//! A group of people judged on its own: those whose phone is of one maker, say.

use super::aggregate::Aggregate;
use super::bootstrap::{Interval, paired_difference};
use super::metrics::HitRates;

/// HR@3 of two systems over the same people of a group, percent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GroupLead {
    /// How many people count.
    pub users: usize,
    /// Of the one system, mean over them.
    pub ours: f64,
    /// Of the other.
    pub theirs: f64,
    /// The difference in points, with its 95 % interval over people.
    pub points: Interval,
}

impl GroupLead {
    /// The lead among the people of whom `is_in` says that they are of the group; `None` if nobody of it counts.
    ///
    /// # Panics
    /// If the systems were not judged on the same people.
    #[must_use]
    pub fn of(ours: &Aggregate, theirs: &Aggregate, is_in: impl Fn(&str) -> bool, seed: u64) -> Option<Self> {
        let of_group = |of: &Aggregate| -> Vec<f64> {
            of.users.iter().filter(|user| is_in(&user.user)).map(|user| hr3(&user.rates)).collect()
        };
        let (ours, theirs) = (of_group(ours), of_group(theirs));
        let points = paired_difference(&ours, &theirs, seed)?;
        #[expect(clippy::cast_precision_loss, reason = "numbers of people")]
        let mean = |rates: &[f64]| rates.iter().sum::<f64>() / rates.len() as f64;
        Some(Self { users: ours.len(), ours: mean(&ours), theirs: mean(&theirs), points })
    }
}

const fn hr3(rates: &HitRates) -> f64 {
    rates.hr3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::{LeaveOut, UserScore};

    fn aggregate(rates: [f64; 4]) -> Aggregate {
        let score = |(user, hr3): (&str, f64)| UserScore {
            user: user.into(),
            events: 300,
            queries: 40,
            rates: HitRates { hr3, ..HitRates::default() },
        };
        Aggregate::of(["a", "b", "c", "d"].into_iter().zip(rates).map(score).collect(), LeaveOut::TABLES).expect("four")
    }

    #[test]
    fn only_the_people_of_the_group_count() {
        let (ours, theirs) = (aggregate([60.0, 50.0, 90.0, 10.0]), aggregate([50.0, 44.0, 10.0, 90.0]));
        let lead = GroupLead::of(&ours, &theirs, |user| user < "c", 0).expect("two people");
        assert_eq!((lead.users, lead.ours, lead.theirs, lead.points.mean), (2, 55.0, 47.0, 8.0));
        assert_eq!((lead.points.low, lead.points.high), (6.0, 10.0));
        assert_eq!(GroupLead::of(&ours, &theirs, |user| user > "d", 0), None);
    }
}
