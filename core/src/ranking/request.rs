//! What the host asks.

use super::exploration::Exploration;
use crate::config::{DEFAULT_LIMIT, MAX_LIMIT, MAX_REQUEST_ITEMS, MOVE_COST};
use crate::error::{Error, Result};
use crate::event::{Context, Item, Token};
use crate::habits::Moment;
use crate::time::Timestamp;

/// A question for a ranking.
///
/// ```
/// use foretap_core::{Item, Request, Timestamp};
/// let now = Timestamp::new(1_700_000_000_000, 60)?;
/// let request = Request::unlock(now).limited_to(3)?.within(vec![Item::new("mail")?, Item::new("maps")?])?;
/// # Ok::<(), foretap_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub(crate) moment: Moment,
    pub(crate) now: Timestamp,
    pub(crate) context: Context,
    pub(crate) surface: Token,
    pub(crate) limit: usize,
    pub(crate) candidates: Option<Vec<Item>>,
    pub(crate) move_cost: f64,
    pub(crate) exploration: Option<Exploration>,
}

impl Request {
    /// What will be opened after this unlock? The item in front when the phone was locked is not offered: the phone
    /// shows it by itself.
    #[must_use]
    pub fn unlock(now: Timestamp) -> Self {
        Self::at(Moment::Unlock, now)
    }

    /// The same, with the item in front when the phone was locked offered like any other.
    #[must_use]
    pub fn unlock_or_resume(now: Timestamp) -> Self {
        Self::at(Moment::UnlockOrResume, now)
    }

    /// What will be opened after the item that is open now, or was last?
    #[must_use]
    pub fn next(now: Timestamp) -> Self {
        Self::at(Moment::Next, now)
    }

    /// A question about any moment.
    #[must_use]
    pub fn at(moment: Moment, now: Timestamp) -> Self {
        let surface = Token::new("main").expect("a short word");
        Self {
            moment,
            now,
            context: Context::default(),
            surface,
            limit: DEFAULT_LIMIT,
            candidates: None,
            move_cost: MOVE_COST,
            exploration: None,
        }
    }

    /// In these surroundings.
    #[must_use]
    pub fn in_context(self, context: Context) -> Self {
        Self { context, ..self }
    }

    /// To be shown on this surface; `main` unless said.
    #[must_use]
    pub fn on_surface(self, surface: Token) -> Self {
        Self { surface, ..self }
    }

    /// With at most this many predictions; [`DEFAULT_LIMIT`] unless said.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless it is 1 to [`MAX_LIMIT`].
    pub fn limited_to(self, limit: usize) -> Result<Self> {
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(Error::OutOfRange { what: "limit", limit: "1..=64" });
        }
        Ok(Self { limit, ..self })
    }

    /// Only of these items. Those never opened are offered too, in this order; the item in front is not, unless the
    /// moment offers it ([`Self::unlock_or_resume`]).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if they are more than [`MAX_REQUEST_ITEMS`].
    pub fn within(self, items: Vec<Item>) -> Result<Self> {
        if items.len() > MAX_REQUEST_ITEMS {
            return Err(Error::OutOfRange { what: "candidates", limit: "0..=4096" });
        }
        Ok(Self { candidates: Some(items), ..self })
    }

    /// What it costs that a slot of the row shows something else than it did: an item moves only if it is wanted this much
    /// more, in chances of being opened; [`MOVE_COST`] unless said, 0 for the plain order.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless it is 0 to 1.
    pub fn with_move_cost(self, move_cost: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&move_cost) {
            return Err(Error::OutOfRange { what: "move cost", limit: "0..=1" });
        }
        Ok(Self { move_cost, ..self })
    }

    /// With one slot explored in this share of the moments, 0..=1, as [`Exploration`] says; 0 unless said. The core has no
    /// chance of its own: `seed` is the host's, another one for each row shown.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless the share is 0 to 1.
    pub fn exploring(self, share: f64, seed: u64) -> Result<Self> {
        let exploration = Exploration::new(share, seed)?;
        Ok(Self { exploration: (share > 0.0).then_some(exploration), ..self })
    }

    /// Whether a ranking computed for `self` ahead of time answers `other`: the same question about the same surroundings,
    /// at most `age_ms` later, within the same local hour.
    pub(crate) fn answers(&self, other: &Self, age_ms: i64) -> bool {
        let Self { moment, now, context, surface, limit, candidates, move_cost, exploration } = other;
        (0..=age_ms).contains(&(now.at_ms() - self.now.at_ms()))
            && (self.now.hour(), self.now.day()) == (now.hour(), now.day())
            && (self.moment, self.limit, self.exploration) == (*moment, *limit, *exploration)
            && (&self.context, &self.surface, &self.candidates) == (context, surface, candidates)
            && self.move_cost == *move_cost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ranking_prepared_for_another_exploration_answers_nothing() {
        let request = Request::unlock(Timestamp::new(0, 0).expect("valid"));
        let exploring = |share, seed| request.clone().exploring(share, seed).expect("valid");
        assert!(exploring(0.2, 1).answers(&exploring(0.2, 1), 0));
        assert!(request.answers(&exploring(0.0, 9), 0), "nothing is explored");
        for other in [request.clone(), exploring(0.2, 2), exploring(0.3, 1)] {
            assert!(!exploring(0.2, 1).answers(&other, 0) && !other.answers(&exploring(0.2, 1), 0));
        }
        assert!(request.exploring(1.1, 0).is_err());
    }

    #[test]
    fn limits_are_accepted_and_one_beyond_is_refused() {
        let request = || Request::unlock(Timestamp::new(0, 0).expect("valid"));
        let items = |n: usize| (0..n).map(|i| Item::new(&format!("{i}")).expect("valid")).collect();
        assert!(request().limited_to(1).is_ok() && request().limited_to(MAX_LIMIT).is_ok());
        assert!(request().limited_to(0).is_err() && request().limited_to(MAX_LIMIT + 1).is_err());
        assert!(request().with_move_cost(0.0).is_ok() && request().with_move_cost(1.0).is_ok());
        assert!([-0.1, 1.1, f64::NAN].into_iter().all(|cost| request().with_move_cost(cost).is_err()));
        assert!(request().within(items(MAX_REQUEST_ITEMS)).is_ok());
        assert!(request().within(items(MAX_REQUEST_ITEMS + 1)).is_err());
    }
}
