//! The machine-readable table of a replay.

use serde_json::{Value, json};

use super::by_group::{GroupVerdict, RULE};
use super::outcome::Outcome;
use super::verdict::{ColdStart, Scored, Verdict};
use crate::evaluate::json::{days, interval, object, rates, reliability, rounded};
use crate::evaluate::{Aggregate, Confusion, Stability};
use crate::latency::{Durations, Latency, Stage};
use crate::logs::Problems;

/// The whole outcome. Rates are percentages, rounded to four decimals; `ece`, the classification figures, the
/// reliability bins and the router's share are shares from 0 to 1; latencies are microseconds, null where nothing was timed.
#[must_use]
pub fn json(outcome: &Outcome) -> Value {
    let by_task = |of: &dyn Fn(&Verdict) -> Value| object(outcome.verdicts.iter().map(|v| (v.task.letter(), of(v))));
    let scored = |of: fn(&Scored) -> Value| by_task(&|v| v.scored.as_ref().map_or(Value::Null, of));
    json!({
        "log": outcome.log,
        "sha256": outcome.sha256,
        "format": outcome.format.name(),
        "users": outcome.users,
        "openings": outcome.openings,
        "weights": { "name": outcome.weights, "learned_on_this_log": outcome.is_seen },
        "model": outcome.model,
        "without_notifications": outcome.without_notifications,
        "seed": outcome.seed,
        "problems": problems(&outcome.problems),
        "tasks": by_task(&|v| v.scored.as_ref().map_or(json!({}), systems)),
        "answered": by_task(&|v| v.answered.into()),
        "paired": scored(leads),
        "cold_start": by_task(&|v| object(v.cold_start.iter().map(|part| (part.span.to_string(), cold_start(part))))),
        "ece": scored(|s| s.calibration.ece().map_or(Value::Null, rounded)),
        "reliability": scored(|s| reliability(&s.calibration)),
        "classification": scored(classification),
        "router": scored(router),
        "stability": by_task(&|v| v.stability.as_ref().map_or(Value::Null, stability)),
        "by_hour": scored(|s| s.by_hour.iter().map(|&(n, hr3)| json!({ "queries": n, "hr3": hr3.map(rounded) })).collect()),
        "groups": by_task(&|v| object(outcome.groups.iter().filter(|g| g.task == v.task).map(|g| (&g.group, group(g))))),
        "latency_us": latency(&outcome.latency),
    })
}

fn group(group: &GroupVerdict) -> Value {
    group.lead.as_ref().map_or(Value::Null, |lead| {
        json!({
            "users": lead.users,
            "foretap": rounded(lead.ours),
            (RULE.name()): rounded(lead.theirs),
            "lead": interval(&lead.points),
        })
    })
}

fn systems(scored: &Scored) -> Value {
    object(scored.systems.iter().map(|score| {
        let value = json!({
            "macro": rates(&score.rates.by_user),
            "micro": rates(&score.rates.by_query),
            "users": scored.users,
            "queries": scored.queries,
            "queries_before_thinning": scored.all_queries,
            "left_out": scored.left_out,
            "interval": interval(&score.hr3),
        });
        (score.system.name(), value)
    }))
}

fn cold_start(part: &ColdStart) -> Value {
    object(part.systems.iter().map(|(system, aggregate): &(_, Aggregate)| {
        let queries: u64 = aggregate.users.iter().map(|user| user.queries).sum();
        let value = json!({ "macro": rates(&aggregate.by_user), "users": aggregate.users.len(), "queries": queries });
        (system.name(), value)
    }))
}

fn leads(scored: &Scored) -> Value {
    let lead = |lead: &super::verdict::Lead| json!({ "over": lead.over.name(), "rate": lead.rate, "points": interval(&lead.points) });
    scored.leads.iter().map(lead).collect()
}

fn classification(scored: &Scored) -> Value {
    let at = |c: &Confusion| {
        json!({
            "accuracy": rounded(c.accuracy()),
            "precision": rounded(c.precision()),
            "recall": rounded(c.recall()),
            "f1": rounded(c.f1()),
            "confusion": { "tp": c.tp, "fp": c.fp, "fn": c.fn_, "tn": c.tn },
        })
    };
    let c = &scored.classification;
    json!({ "at_1": at(&c.at_1), "at_3": at(&c.at_3), "auc_roc": c.roc.auc().map(rounded) })
}

fn router(scored: &Scored) -> Value {
    let share = |simple: u64| json!({ "simple": simple, "share": rounded(simple as f64 / scored.queries as f64) });
    scored.simple.map_or(Value::Null, share)
}

fn stability(stability: &Stability) -> Value {
    json!({
        "mean": rounded(stability.mean),
        "deviation": rounded(stability.deviation),
        "slope_per_day": rounded(stability.slope),
        "days": days(stability),
    })
}

fn latency(latency: &Latency) -> Value {
    let percentiles = |durations: &Durations| {
        let at = |share| durations.percentile_us(share).map(rounded);
        json!({ "p50": at(0.5), "p99": at(0.99) })
    };
    let stages = Stage::ALL.map(|stage| (stage.name(), percentiles(latency.stage(stage))));
    object([("total", percentiles(latency.total()))].into_iter().chain(stages))
}

fn problems(problems: &Problems) -> Value {
    let named = problems.named.iter().map(|p| json!({ "line": p.line, "reason": p.reason }));
    json!({ "rows": problems.rows, "bad": problems.bad, "unused": problems.unused, "named": named.collect::<Value>() })
}
