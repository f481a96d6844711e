//! All systems at one kind of moment.

use std::collections::BTreeMap;

use foretap_core::Moment;

use super::Rules;
use crate::answers::Query;
use crate::evaluate::{
    Aggregate, Calibration, Classification, GroupLead, HitRates, Interval, LeaveOut, Moved, Panel, Ranked, Series,
    Stability, mean_interval, paired_difference,
};

/// What was found at one kind of moment.
#[derive(Debug, Clone)]
pub struct JudgedMoment {
    /// The kind.
    pub moment: Moment,
    /// How many people count.
    pub people: usize,
    /// How many have too few openings or queries.
    pub left_out: usize,
    /// The queries of those who count, thinned.
    pub queries: u64,
    /// Every system, in the order of the file.
    pub systems: Vec<SystemScore>,
    /// Every group of people, in the order of names; none without groups.
    pub groups: Vec<GroupScore>,
}

/// One system's figures.
#[derive(Debug, Clone)]
pub struct SystemScore {
    /// The rates, over people and over queries.
    pub rates: Aggregate,
    /// HR@1 over people.
    pub hr1: Interval,
    /// HR@3 over people.
    pub hr3: Interval,
    /// What HR@1 is ahead of the system compared with, over the same people.
    pub lead_hr1: Interval,
    /// What HR@3 is ahead of it.
    pub lead_hr3: Interval,
    /// Whether the probability of the first suggestion means what it says; empty without probabilities.
    pub calibration: Calibration,
    /// The system as a classifier of the candidates that it ranked.
    pub classification: Classification,
    /// How the targets' ranks moved from the system compared with to this one.
    pub moved: Moved,
    /// HR@3 by day of use, over everyone's queries in the file; `None` if none is of a day that counts.
    pub stability: Option<Stability>,
}

/// One group of people.
#[derive(Debug, Clone)]
pub struct GroupScore {
    /// The group's name.
    pub name: String,
    /// Every system's HR@3 beside that of the one compared with; `None` where nobody of the group counts.
    pub leads: Option<Vec<GroupLead>>,
}

impl JudgedMoment {
    /// Judges the queries of one kind; `None` if nobody has enough of them.
    pub(super) fn of(
        moment: Moment,
        queries: &[&Query],
        systems: usize,
        against: usize,
        rules: Rules<'_>,
    ) -> Option<Self> {
        let mut people = BTreeMap::<u32, Vec<&Query>>::new();
        let counts = |query: &&&Query| rules.part.holds(query.opening, query.openings);
        for query in queries {
            people.entry(query.person).or_default().extend(counts(&query).then_some(*query));
        }
        let series = people.into_iter().map(|(person, mut queries)| {
            queries.sort_by_key(|query| query.opening);
            let openings = queries.first().map_or(0, |query| query.openings);
            Series { user: person.to_string(), openings, queries }
        });
        let panel = Panel::of(series, LeaveOut::TABLES);
        let all = (0..systems).map(|system| panel.rates(|query| query.answers[system].rank));
        let all: Vec<Aggregate> = all.collect::<Option<_>>()?;
        let score = |(system, rates): (usize, &Aggregate)| {
            let each = |rate: fn(&HitRates) -> f64| (rates.each(rate), all[against].each(rate));
            let interval = |rate| mean_interval(&each(rate).0, rules.seed);
            let lead = |rate| {
                let (ours, theirs) = each(rate);
                paired_difference(&ours, &theirs, rules.seed)
            };
            let (calibration, classification) = panel.certainty(|query| Ranked {
                rank: query.answers[system].rank,
                candidates: query.candidates,
                probabilities: query.answers[system].probabilities.as_deref(),
            });
            let ranks = panel.queries().map(|query| (query.answers[against].rank, query.answers[system].rank));
            Some(SystemScore {
                rates: rates.clone(),
                hr1: interval(|r| r.hr1)?,
                hr3: interval(|r| r.hr3)?,
                lead_hr1: lead(|r| r.hr1)?,
                lead_hr3: lead(|r| r.hr3)?,
                calibration,
                classification,
                moved: Moved::of(ranks),
                stability: Stability::of(queries.iter().map(|query| (query.day, query.answers[system].rank))),
            })
        };
        let group = |(number, name): (usize, &String)| {
            let is_in = |user: &str| {
                let person = user.parse::<usize>().ok();
                person.is_some_and(|person| rules.groups.is_some_and(|groups| groups.number(person) == number))
            };
            let lead = |rates| GroupLead::of(rates, &all[against], is_in, rules.seed);
            GroupScore { name: name.clone(), leads: all.iter().map(lead).collect() }
        };
        let groups = rules.groups.map(|groups| groups.names().iter().enumerate().map(group).collect());
        Some(Self {
            moment,
            people: all[against].users.len(),
            left_out: all[against].left_out,
            queries: panel.queries().count() as u64,
            systems: all.iter().enumerate().map(score).collect::<Option<_>>()?,
            groups: groups.unwrap_or_default(),
        })
    }
}
