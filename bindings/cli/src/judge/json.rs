//! The machine-readable judgement.

use serde_json::{Value, json};

use super::Judgement;
use super::moment::{GroupScore, JudgedMoment, SystemScore};
use crate::evaluate::json::{days, interval, object, rates, reliability, rounded};
use crate::evaluate::{Confusion, Interval, UserScore};

/// The whole judgement. Rates and leads are percentages, rounded to four decimals; `ece`, the classification figures and
/// the reliability bins are shares from 0 to 1, null or empty for systems without probabilities.
#[must_use]
pub fn json(judgement: &Judgement) -> Value {
    let j = judgement;
    json!({
        "against": j.systems[j.against],
        "part": j.part.name(),
        "moments": object(j.moments.iter().map(|moment| (moment.moment.name(), of_moment(j, moment)))),
    })
}

fn of_moment(judgement: &Judgement, moment: &JudgedMoment) -> Value {
    let names = || judgement.systems.iter();
    let group = |group: &GroupScore| {
        let leads = group.leads.iter().flatten();
        let of_system =
            |lead: &crate::evaluate::GroupLead| json!({ "hr3": rounded(lead.ours), "lead": interval(&lead.points) });
        let people = group.leads.as_ref().and_then(|leads| leads.first()).map_or(0, |lead| lead.users);
        json!({ "people": people, "systems": object(names().zip(leads.map(of_system))) })
    };
    let mut value = json!({
        "people": moment.people,
        "left_out": moment.left_out,
        "queries": moment.queries,
        "systems": object(names().zip(moment.systems.iter().map(system))),
    });
    if !moment.groups.is_empty() {
        value["groups"] = object(moment.groups.iter().map(|of| (&of.name, group(of))));
    }
    value
}

fn system(score: &SystemScore) -> Value {
    let ends = |interval: &Interval| json!([rounded(interval.low), rounded(interval.high)]);
    let person = |user: &UserScore| {
        json!({
            "person": user.user.parse::<u32>().expect("a person is a number here"),
            "queries": user.queries,
            "hr1": rounded(user.rates.hr1),
            "hr3": rounded(user.rates.hr3),
        })
    };
    let c = &score.classification;
    let stability = |s: &crate::evaluate::Stability| json!({ "mean": rounded(s.mean), "deviation": rounded(s.deviation), "slope_per_day": rounded(s.slope) });
    json!({
        "macro": rates(&score.rates.by_user),
        "micro": rates(&score.rates.by_query),
        "interval": { "hr1": ends(&score.hr1), "hr3": ends(&score.hr3) },
        "lead": { "hr1": interval(&score.lead_hr1), "hr3": interval(&score.lead_hr3) },
        "ece": score.calibration.ece().map(rounded),
        "reliability": reliability(&score.calibration),
        "classification": { "1": decisions(&c.at_1), "3": decisions(&c.at_3), "auc": c.roc.auc().map(rounded) },
        "moved": score.moved.counts(),
        "people": score.rates.users.iter().map(person).collect::<Value>(),
        "stability": score.stability.as_ref().map(stability),
        "days": score.stability.as_ref().map_or_else(|| json!([]), days),
    })
}

fn decisions(c: &Confusion) -> Value {
    json!({
        "tp": c.tp,
        "fp": c.fp,
        "fn": c.fn_,
        "tn": c.tn,
        "accuracy": rounded(c.accuracy()),
        "precision": rounded(c.precision()),
        "recall": rounded(c.recall()),
        "f1": rounded(c.f1()),
    })
}
