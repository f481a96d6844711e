use serde_json::{Value, json};

use super::*;

/// A score with this HR@3; its other figures follow from it.
fn score(hr3: f64) -> Value {
    json!({
        "macro": { "hr1": hr3 - 20.0, "hr3": hr3, "hr4": hr3 + 5.0, "hr5": hr3 + 10.0, "mrr": 40.0 },
        "interval": { "mean": hr3, "low": hr3 - 4.0, "high": hr3 + 4.0 },
    })
}

/// A replay in which model and Foretap are `better` than what is just good enough.
fn replay(better: f64) -> Value {
    let task = |foretap: f64| {
        json!({
            "mru": score(40.0), "rank_frecency": score(45.0), "ppm3": score(44.0), "logmix": score(54.0),
            "mixer": score(54.5), "model": score(foretap - 0.5 + better), "foretap": score(foretap + better),
        })
    };
    json!({
        "tasks": { "A": task(57.0), "B": task(67.3), "C": task(55.6) },
        "ece": { "A": 0.01, "B": 0.02 + better / 10.0, "C": 0.03 },
    })
}

fn ranker() -> Value {
    let lightgbm = json!({
        "macro": { "hr1": 33.0, "hr3": 56.0, "hr4": 60.0, "hr5": 68.0, "mrr": 49.0 },
        "interval": { "hr1": [30.0, 36.0], "hr3": [52.0, 60.0] },
        "ece": null,
    });
    let moment = json!({ "people": 30, "systems": { "lightgbm": lightgbm } });
    json!({ "against": "mixer", "moments": { "next": moment, "unlock": moment } })
}

/// Everything is kept, nothing by far.
fn outcomes() -> Outcomes {
    Outcomes {
        int8: vec![replay(0.0), replay(0.1)],
        fp32: vec![replay(0.2), replay(0.1)],
        ranker: vec![ranker(), ranker()],
        two_phones: replay(0.0),
    }
}

fn lines_with(summary: &Summary, part: &str) -> Vec<String> {
    summary.to_string().lines().filter(|line| line.contains(part)).map(str::to_owned).collect()
}

#[test]
fn rates_and_intervals_are_means_over_the_seeds_and_every_system_has_a_row() {
    let summary = Summary::of(&outcomes());
    let names: Vec<_> = summary.rows.iter().map(|row| row.system.as_str()).collect();
    let replayed = ["mru", "rank_frecency", "ppm3", "logmix", "mixer", "model", "foretap"];
    assert_eq!(names, [&replayed[..], &["model fp32", "foretap fp32", "lightgbm"]].concat());
    let json = summary.json();
    let foretap = &json["tasks"]["A"]["foretap"];
    let expected =
        json!({ "hr1": 37.05, "hr3": 57.05, "low": 53.05, "high": 61.05, "hr5": 67.05, "hr3_of_seeds": [57.0, 57.1] });
    assert_eq!(*foretap, expected);
    assert_eq!(json["tasks"]["C"]["foretap fp32"]["hr3"], 55.75);
    assert_eq!(json["tasks"]["A"]["lightgbm"]["hr3"], 56.0);
    assert!(json["tasks"]["B"].get("lightgbm").is_none(), "nobody has enough of it");
    assert_eq!(json["ece"], json!({ "A": 0.01, "B": 0.025, "C": 0.03 }));
    assert_eq!(json["seeds"], 2);
}

#[test]
fn the_table_is_aligned_and_no_wider_than_a_terminal() {
    let text = Summary::of(&outcomes()).to_string();
    assert!(text.lines().all(|line| line.chars().count() <= 120), "{text}");
    let column = |start: &str, part: &str| {
        let line = text.lines().find(|line| line.starts_with(start)).expect(start);
        line.rfind(part).expect(part)
    };
    assert_eq!(column("system", "HR@3"), column("mru", "40.0 [36.0, 44.0]"));
    assert_eq!(column("system", "HR@3"), column("lightgbm", "56.0 [52.0, 60.0]"));
    assert_eq!(column("     ", "C unlock"), column("system", "HR@1"));
}

#[test]
fn numbers_at_their_limits_are_good_enough() {
    let summary = Summary::of(&outcomes());
    assert_eq!(summary.missed(), 0, "{summary}");
    assert_eq!(summary.demands.len(), 27);
    assert_eq!(lines_with(&summary, "ok  ").len(), 27);
    let two_phones = lines_with(&summary, "two phones C");
    assert!(two_phones[0].ends_with("55.60, at least 50.00 (rank_frecency 45.00 + 5.0)"), "{two_phones:?}");
    let apart = lines_with(&summary, "UbiqLog A: model HR@3, int8");
    assert!(apart[0].ends_with("0.10, at most 0.20 (most in one seed: 0.20)"), "{apart:?}");
}

/// The demands that are missed after a number was replaced.
fn missed_after(change: impl Fn(&mut Outcomes)) -> Vec<String> {
    let mut outcomes = outcomes();
    change(&mut outcomes);
    let summary = Summary::of(&outcomes);
    let missed = lines_with(&summary, "MISSED");
    assert_eq!(missed.len(), summary.missed());
    missed
}

#[test]
fn each_demand_can_be_missed() {
    let both = |change: &dyn Fn(&mut Value)| missed_after(|outcomes| outcomes.int8.iter_mut().for_each(change));
    let low = both(&|replay| replay["tasks"]["B"]["foretap"]["macro"]["hr3"] = json!(67.29));
    assert!(low.len() == 1 && low[0].contains("UbiqLog B: foretap HR@3: 67.29, at least 67.30"), "{low:?}");
    let ece = both(&|replay| replay["ece"]["C"] = json!(0.0301));
    assert!(ece.len() == 1 && ece[0].contains("UbiqLog C: foretap ECE: 0.0301, at most 0.0300"), "{ece:?}");
    let logmix = both(&|replay| replay["tasks"]["A"]["logmix"]["macro"]["hr1"] = json!(38.1));
    assert!(logmix.len() == 1 && logmix[0].contains("UbiqLog A: foretap HR@1, against logmix: 37.05, at least 37.10"));
    let apart = missed_after(|outcomes| {
        for fp32 in &mut outcomes.fp32 {
            fp32["tasks"]["C"]["model"]["macro"]["hr3"] = json!(54.9);
        }
    });
    assert!(apart.len() == 1 && apart[0].contains("UbiqLog C: model HR@3, int8 against fp32: 0.25"), "{apart:?}");
    let rule = missed_after(|outcomes| outcomes.two_phones["tasks"]["C"]["mru"] = score(51.0));
    assert!(rule.len() == 1 && rule[0].contains("two phones C") && rule[0].contains("(mru 51.00 + 5.0)"), "{rule:?}");
    let behind = missed_after(|outcomes| outcomes.two_phones["tasks"]["B"]["logmix"] = score(68.4));
    assert!(behind.len() == 2 && behind[1].contains("two phones B: foretap HR@3, against logmix: 67.30"), "{behind:?}");
    let learner = missed_after(|outcomes| outcomes.two_phones["tasks"]["A"]["ppm3"] = score(99.0));
    assert!(learner.is_empty(), "a learner is no simple rule: {learner:?}");
}

#[test]
fn what_was_not_measured_is_missed_and_shown_as_a_gap() {
    let outcomes = Outcomes { two_phones: json!({ "tasks": { "A": {} } }), ..outcomes() };
    let summary = Summary::of(&outcomes);
    assert_eq!(summary.missed(), 9);
    assert!(lines_with(&summary, "MISSED").iter().all(|line| line.ends_with("not measured")));
    let nothing = Summary::of(&Outcomes::default());
    assert_eq!(nothing.missed(), 27);
    assert!(lines_with(&nothing, "ECE of foretap")[0].ends_with("A -, B -, C -"));
}
