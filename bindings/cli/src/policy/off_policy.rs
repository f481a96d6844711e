//! The estimates of everyone's log together.

use std::collections::{BTreeMap, BTreeSet};

use foretap_core::Event;

use super::choice::Policy;
use super::error::PolicyError;
use super::estimate::{Clustered, CrossFitted, PolicyEstimate, estimate};
use super::moment::{LoggedMoment, moments};
use super::shown::{has_slots, rows};
use crate::crowd;
use crate::replay::{Start, System};

/// What moments may depend on each other in: the clusters of the intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClusteredBy {
    /// One person's local day.
    Day,
    /// One person's session, from unlock to unlock, where there are fewer than [`MIN_DAYS`] days.
    Session,
}

impl ClusteredBy {
    /// The word used in tables and JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Session => "session",
        }
    }
}

/// How other policies' rows would have done.
#[derive(Debug, Clone, PartialEq)]
pub struct OffPolicy {
    /// Rows in the log.
    pub rows: usize,
    /// Those that an estimate rests on: something else could have been shown, and how likely each item was is known.
    pub explored: usize,
    /// Of these, how many had an item opened from them.
    pub opened: usize,
    /// What the intervals take together.
    pub clustered_by: ClusteredBy,
    /// How many clusters there are.
    pub clusters: usize,
    /// Whether launches tell their slots; if not, those soon after a row are credited to it.
    pub has_slots: bool,
    /// By policy, in the order asked for.
    pub policies: Vec<PolicyEstimate>,
}

impl OffPolicy {
    /// Whether there is enough in a log for an estimate, before anything is played.
    ///
    /// # Errors
    /// [`PolicyError`] as [`Self::of`], except for what only a playback shows.
    pub fn check(people: &[(&str, &[Event])]) -> Result<(), PolicyError> {
        let rows: Vec<_> = people.iter().flat_map(|(_, events)| rows(events)).collect();
        if rows.is_empty() {
            return Err(PolicyError::NoImpressions);
        }
        if rows.iter().all(|row| row.is_explored().is_none()) {
            return Err(PolicyError::NoPropensities);
        }
        enough(rows.iter().filter(|row| row.is_explored() == Some(true)).count())
    }

    /// Plays everyone's log, people being their names and events in the order of `start`, and estimates each policy.
    ///
    /// # Errors
    /// [`PolicyError`] if the log has no impressions, no propensities, too few explored rows, or a policy needs a model.
    pub fn of(people: &[(&str, &[Event])], start: &Start, policies: &[Policy]) -> Result<Self, PolicyError> {
        Self::check(people)?;
        let needs_model = |policy: &&Policy| **policy == Policy::System(System::Model) && start.model.is_none();
        if let Some(policy) = policies.iter().find(needs_model) {
            return Err(PolicyError::NoModel(*policy));
        }
        let numbered: Vec<_> = people.iter().enumerate().collect();
        let size = |&(_, &(_, events)): &(usize, &(&str, &[Event]))| events.len();
        let played = crowd::map(&numbered, size, |&(n, &(_, events))| {
            moments(events, start.of(n), start.corrector_of(n), policies)
        });
        let has_slots = people.iter().any(|(_, events)| has_slots(events));
        Ok(Self { has_slots, ..Self::of_moments(&played, policies)? })
    }

    /// The estimates from moments that were read with the same policies, in the same order, person by person.
    ///
    /// # Errors
    /// [`PolicyError`] if there are too few, or all are of one session.
    pub fn of_moments(people: &[Vec<LoggedMoment>], policies: &[Policy]) -> Result<Self, PolicyError> {
        let explored: Vec<(usize, &LoggedMoment)> = (0..)
            .zip(people)
            .flat_map(|(person, moments)| moments.iter().map(move |moment| (person, moment)))
            .filter(|(_, moment)| moment.shown.is_explored() == Some(true))
            .collect();
        enough(explored.len())?;
        let days: BTreeSet<_> = explored.iter().map(|(person, moment)| (*person, moment.shown.at.day())).collect();
        let clustered_by = if days.len() >= MIN_DAYS { ClusteredBy::Day } else { ClusteredBy::Session };
        let mut numbers: BTreeMap<(usize, i64), usize> = BTreeMap::new();
        let clustered: Vec<Clustered<'_>> = explored
            .into_iter()
            .map(|(person, moment)| {
                let of = match clustered_by {
                    ClusteredBy::Day => moment.shown.at.day(),
                    ClusteredBy::Session => i64::try_from(moment.session).unwrap_or(i64::MAX),
                };
                let next = numbers.len();
                (*numbers.entry((person, of)).or_insert(next), moment)
            })
            .collect();
        if numbers.len() < 2 {
            return Err(PolicyError::OneSession);
        }
        let models = CrossFitted::of(&clustered);
        let estimates = policies.iter().enumerate().map(|(n, &policy)| estimate(policy, n, &clustered, &models));
        Ok(Self {
            rows: people.iter().map(Vec::len).sum(),
            explored: clustered.len(),
            opened: clustered.iter().filter(|(_, moment)| moment.shown.opened.is_some()).count(),
            clustered_by,
            clusters: numbers.len(),
            has_slots: true,
            policies: estimates.collect(),
        })
    }
}

fn enough(rows: usize) -> Result<(), PolicyError> {
    if rows < MIN_EXPLORED { Err(PolicyError::TooFewExplored { rows, needed: MIN_EXPLORED }) } else { Ok(()) }
}

/// With fewer explored rows an interval would say nothing.
pub const MIN_EXPLORED: usize = 100;
/// With fewer days, Student's t over days would say little.
pub const MIN_DAYS: usize = 10;
