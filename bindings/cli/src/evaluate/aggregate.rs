//! From users to one line of a table.

use super::metrics::HitRates;

/// One user's result in one task.
#[derive(Debug, Clone, PartialEq)]
pub struct UserScore {
    /// The user's name.
    pub user: String,
    /// The user's events, after repeats were merged.
    pub events: u64,
    /// The user's queries in the scored part, before thinning.
    pub queries: u64,
    /// The rates over the thinned queries.
    pub rates: HitRates,
}

/// Which users are left out because there is too little of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveOut {
    /// Users with fewer events are left out.
    pub min_events: u64,
    /// Users with fewer queries are left out.
    pub min_queries: u64,
}

impl LeaveOut {
    /// The rule of the tables: 200 events, 30 queries.
    pub const TABLES: Self = Self { min_events: 200, min_queries: 30 };
    /// The rule of the first events of everyone: 5 queries.
    pub const COLD_START: Self = Self { min_events: 0, min_queries: 5 };

    /// Whether a user counts.
    #[must_use]
    pub const fn keeps(self, events: u64, queries: u64) -> bool {
        events >= self.min_events && queries >= self.min_queries
    }
}

/// The rates over all users that are not left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Aggregate {
    /// The users that count, in the order they were given.
    pub users: Vec<UserScore>,
    /// How many were left out.
    pub left_out: usize,
    /// The mean over users, each counted once.
    pub by_user: HitRates,
    /// The mean over users, each counted by the true number of queries.
    pub by_query: HitRates,
}

impl Aggregate {
    /// The aggregate of some users; `None` if all are left out.
    #[must_use]
    pub fn of(scores: Vec<UserScore>, rule: LeaveOut) -> Option<Self> {
        let all = scores.len();
        let users: Vec<_> = scores.into_iter().filter(|s| rule.keeps(s.events, s.queries)).collect();
        #[expect(clippy::cast_precision_loss, reason = "numbers of queries")]
        let by_query = mean(&users, |s| s.queries as f64)?;
        Some(Self { left_out: all - users.len(), by_user: mean(&users, |_| 1.0)?, by_query, users })
    }

    /// One rate of every user that counts, for a [`mean_interval`](super::mean_interval).
    #[must_use]
    pub fn each(&self, rate: fn(&HitRates) -> f64) -> Vec<f64> {
        self.users.iter().map(|s| rate(&s.rates)).collect()
    }
}

/// The weighted mean; `None` where the weights have no sum.
fn mean(users: &[UserScore], weight: impl Fn(&UserScore) -> f64) -> Option<HitRates> {
    let total: f64 = users.iter().map(&weight).sum();
    let mut sums = [0.0; 5];
    for user in users {
        let weight = weight(user);
        sums.iter_mut().zip(user.rates.values()).for_each(|(sum, value)| *sum += weight * value);
    }
    (total > 0.0).then(|| HitRates::from_values(sums.map(|sum| sum / total)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(events: u64, queries: u64, hr1: f64) -> UserScore {
        UserScore { user: "u".into(), events, queries, rates: HitRates { hr1, ..HitRates::default() } }
    }

    #[test]
    fn users_count_once_or_by_their_queries() {
        let a = Aggregate::of(vec![score(200, 30, 10.0), score(900, 90, 50.0)], LeaveOut::TABLES).expect("users");
        assert_eq!((a.by_user.hr1, a.by_query.hr1, a.left_out), (30.0, 40.0, 0));
        assert_eq!(a.each(|r| r.hr1), [10.0, 50.0]);
    }

    #[test]
    fn users_with_too_little_are_left_out() {
        let scores = vec![score(199, 90, 90.0), score(200, 29, 90.0), score(200, 30, 10.0)];
        let a = Aggregate::of(scores.clone(), LeaveOut::TABLES).expect("one user");
        assert_eq!((a.users.len(), a.left_out, a.by_user.hr1), (1, 2, 10.0));
        assert_eq!(Aggregate::of(scores[..2].to_vec(), LeaveOut::TABLES), None);
        assert_eq!(Aggregate::of(scores, LeaveOut::COLD_START).expect("all").left_out, 0);
    }
}
