//! How good every system was at a task, judged as the published protocol says.

use super::person::Answered;
use super::playback::Person;
use super::system::System;
use super::task::{Span, Task};
use crate::evaluate::{
    Aggregate, Calibration, Classification, HitRates, Interval, LeaveOut, Panel, Ranked, Series, Stability,
    mean_interval, paired_difference,
};

/// What a replay found about one task.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The task.
    pub task: Task,
    /// Answered questions in the whole log.
    pub answered: u64,
    /// The scores; `None` where everybody has too few events.
    pub scored: Option<Scored>,
    /// The most openings, and the most scored queries, that one person has.
    pub most: (u64, u64),
    /// The first openings of everyone, where there are enough of them.
    pub cold_start: Vec<ColdStart>,
    /// Foretap's HR@3 by day of use, over all answered questions.
    pub stability: Option<Stability>,
}

/// The scores of a task on the last 30 % of everyone's log.
#[derive(Debug, Clone)]
pub struct Scored {
    /// How many people count.
    pub users: usize,
    /// How many have too few events or queries.
    pub left_out: usize,
    /// Their queries, thinned.
    pub queries: u64,
    /// Their queries before thinning: what the means over queries are weighted by.
    pub all_queries: u64,
    /// Every system that is shown, in the order of [`System::all`].
    pub systems: Vec<SystemScore>,
    /// Foretap's lead over the best simple rule and over the plain mixer.
    pub leads: Vec<Lead>,
    /// Whether the probability of Foretap's first suggestion means what it says.
    pub calibration: Calibration,
    /// Foretap as a classifier.
    pub classification: Classification,
    /// Queries and Foretap's HR@3 in percent, by local hour of the day.
    pub by_hour: [(u64, Option<f64>); 24],
    /// How many of the queries the model's router sent to cheap members; `None` where there is no router.
    pub simple: Option<u64>,
}

/// One system's scores.
#[derive(Debug, Clone)]
pub struct SystemScore {
    /// The system.
    pub system: System,
    /// Its rates, over users and over queries.
    pub rates: Aggregate,
    /// HR@3 over users, with its 95 % interval.
    pub hr3: Interval,
}

/// How far Foretap lies ahead of another system: the difference over the same users.
#[derive(Debug, Clone, Copy)]
pub struct Lead {
    /// The other system. Where it is a rule, it is the best one at this rate.
    pub over: System,
    /// Which rate: `HR@1`, `HR@3` or `HR@5`.
    pub rate: &'static str,
    /// The difference in percentage points, with its 95 % interval.
    pub points: Interval,
}

/// The scores of a part of everyone's first openings.
#[derive(Debug, Clone)]
pub struct ColdStart {
    /// The part.
    pub span: Span,
    /// Every system that is shown, in the order of [`System::all`].
    pub systems: Vec<(System, Aggregate)>,
}

impl Verdict {
    /// Judges a task. The seed is that of the bootstrap.
    #[must_use]
    pub fn of(task: Task, people: &[Person], has_model: bool, seed: u64) -> Self {
        let scored: Vec<Series<&Answered>> = people.iter().map(|person| series(person, task.scored(person))).collect();
        let cold_start = Span::COLD_START.into_iter().filter_map(|span| {
            let within = |person| task.of(person).filter(|answered| span.holds(answered)).collect();
            let panel = Panel::of(people.iter().map(|person| series(person, within(person))), LeaveOut::COLD_START);
            let rates = |system| Some((system, rates(&panel, system)?));
            Some(ColdStart { span, systems: System::shown(has_model).map(rates).collect::<Option<_>>()? })
        });
        let most_openings = people.iter().map(|person| person.openings).max().unwrap_or(0);
        let most_queries = scored.iter().map(|series| series.queries.len() as u64).max().unwrap_or(0);
        let by_day = |person: &Person| {
            let first_day = person.first_day;
            let day = move |a: &Answered| (a.day - first_day, a.ranks[System::Foretap.column()]);
            task.of(person).map(day).collect::<Vec<_>>()
        };
        Self {
            task,
            answered: people.iter().map(|person| task.of(person).count() as u64).sum(),
            cold_start: cold_start.collect(),
            most: (most_openings, most_queries),
            stability: Stability::of(people.iter().flat_map(by_day)),
            scored: Scored::of(&Panel::of(scored, LeaveOut::TABLES), has_model, seed),
        }
    }
}

impl Scored {
    fn of(panel: &Panel<&Answered>, has_model: bool, seed: u64) -> Option<Self> {
        let score = |system| {
            let rates = rates(panel, system)?;
            let hr3 = mean_interval(&rates.each(|r| r.hr3), seed)?;
            Some(SystemScore { system, rates, hr3 })
        };
        let systems: Vec<SystemScore> = System::shown(has_model).map(score).collect::<Option<_>>()?;
        let (calibration, classification) = panel.certainty(|query| Ranked {
            rank: query.ranks[System::Foretap.column()],
            candidates: query.probabilities.len(),
            probabilities: Some(&query.probabilities),
        });
        let mut by_hour: [Vec<u16>; 24] = Default::default();
        panel.queries().for_each(|query| by_hour[query.hour].push(query.ranks[System::Foretap.column()]));
        let asked = || panel.queries().filter_map(|query| query.is_simple);
        let simple = asked().next().map(|_| asked().map(u64::from).sum());
        let all = &systems.first()?.rates;
        Some(Self {
            users: all.users.len(),
            left_out: all.left_out,
            queries: by_hour.iter().map(|ranks| ranks.len() as u64).sum(),
            all_queries: all.users.iter().map(|user| user.queries).sum(),
            leads: leads(&systems, seed),
            calibration,
            classification,
            by_hour: by_hour.map(|ranks| (ranks.len() as u64, HitRates::of(&ranks).map(|rates| rates.hr3))),
            simple,
            systems,
        })
    }

    /// One system's scores.
    #[must_use]
    pub fn system(&self, system: System) -> &SystemScore {
        find(&self.systems, system)
    }

    /// The simple rule that is best at a rate; the earlier one of two equal ones.
    #[must_use]
    pub fn best_rule(&self, rate: fn(&HitRates) -> f64) -> &SystemScore {
        best_rule(&self.systems, rate)
    }
}

impl ColdStart {
    /// One system's rates.
    #[must_use]
    pub fn system(&self, system: System) -> &Aggregate {
        self.systems
            .iter()
            .find(|(of, _)| *of == system)
            .map(|(_, rates)| rates)
            .expect("every shown system has its rates")
    }

    /// The simple rule with the highest HR@1; the earlier one of two equal ones.
    #[must_use]
    pub fn best_rule_at_1(&self) -> System {
        let rules = System::all().into_iter().filter(|system| system.is_rule());
        let hr1 = |system| self.system(system).by_user.hr1;
        rules.reduce(|best, next| if hr1(next) > hr1(best) { next } else { best }).expect("there are rules")
    }
}

/// A rate by its name.
type Rate = (&'static str, fn(&HitRates) -> f64);
const LEAD_RATES: [Rate; 3] = [("HR@1", |r| r.hr1), ("HR@3", |r| r.hr3), ("HR@5", |r| r.hr5)];

fn leads(systems: &[SystemScore], seed: u64) -> Vec<Lead> {
    let foretap = find(systems, System::Foretap);
    let lead = |over: &SystemScore, (rate, value): Rate| {
        let points = paired_difference(&foretap.rates.each(value), &over.rates.each(value), seed)?;
        Some(Lead { over: over.system, rate, points })
    };
    let over_rules = LEAD_RATES.into_iter().filter_map(|rate| lead(best_rule(systems, rate.1), rate));
    let over_mixer = LEAD_RATES.into_iter().filter_map(|rate| lead(find(systems, System::LogMix), rate));
    over_rules.chain(over_mixer).collect()
}

fn find(systems: &[SystemScore], system: System) -> &SystemScore {
    systems.iter().find(|score| score.system == system).expect("every shown system has its scores")
}

fn best_rule(systems: &[SystemScore], rate: fn(&HitRates) -> f64) -> &SystemScore {
    let rules = systems.iter().filter(|score| score.system.is_rule());
    rules
        .reduce(|best, next| if rate(&next.rates.by_user) > rate(&best.rates.by_user) { next } else { best })
        .expect("there are rules")
}

fn series<'a>(person: &Person, queries: Vec<&'a Answered>) -> Series<&'a Answered> {
    Series { user: person.user.clone(), openings: person.openings, queries }
}

fn rates(panel: &Panel<&Answered>, system: System) -> Option<Aggregate> {
    panel.rates(|query| query.ranks[system.column()])
}
