use foretap_core::sync::{Reason, SyncError};

use super::*;

fn report(outcome: Outcome, rehearsal: Option<Rehearsal>) -> Report {
    let status = SyncStatus {
        release: Some(("beta".to_owned(), 4)),
        active: Some([0xab; 32]),
        is_on_trial: false,
        given_back: Vec::new(),
    };
    let file = |path: &str, bytes| Fetched { path: path.to_owned(), bytes };
    let fetched = vec![file("timestamp", 269), file("delta/00", 1_000)];
    Report { outcome, problem: None, fetched, rehearsal, status, model: Some("mlp 2".to_owned()) }
}

fn rehearsal(conclusion: Conclusion) -> Option<Rehearsal> {
    let tally = Tally { answers: [0, 100, 7], before: [0, 61, 5], hits: [0, 62, 6] };
    Some(Rehearsal { tally, answer_ns: 84_999, conclusion })
}

#[test]
fn every_outcome_and_every_conclusion_has_a_word_of_its_own() {
    let outcomes = [
        (Outcome::Fetched, "fetched"),
        (Outcome::UpToDate, "up_to_date"),
        (Outcome::Withdrawn, "withdrawn"),
        (Outcome::Unusable, "unusable"),
        (Outcome::GivenBack, "given_back"),
        (Outcome::Unreachable, "unreachable"),
        (Outcome::Refused(SyncError::WrongBundle), "refused"),
    ];
    for (outcome, word) in outcomes {
        let is_failure = matches!(outcome, Outcome::Unreachable | Outcome::Refused(_));
        let report = report(outcome, None);
        assert_eq!((&report.json()["outcome"], report.failure().is_some()), (&word.into(), is_failure));
        assert!(report.to_string().contains(&format!("outcome     {word} (release 4 of beta)\n")), "{report}");
    }
    let conclusions = [
        (Conclusion::Activated, "activated"),
        (Conclusion::GoesOn, "goes_on"),
        (Conclusion::Proven, "proven"),
        (Conclusion::Overtaken, "overtaken"),
    ];
    for (conclusion, word) in conclusions {
        let report = report(Outcome::UpToDate, rehearsal(conclusion));
        assert_eq!((&report.json()["conclusion"], &report.json()["reason"]), (&word.into(), &Value::Null));
        assert!(report.to_string().contains(&format!("conclusion  {word}\n")), "{report}");
    }
    for reason in Reason::ALL {
        let report = report(Outcome::Fetched, rehearsal(Conclusion::GivenBack(reason)));
        assert_eq!(
            (&report.json()["conclusion"], &report.json()["reason"]),
            (&"given_back".into(), &reason.code().into())
        );
        assert!(report.to_string().contains(&format!("conclusion  given_back ({})\n", reason.code())), "{report}");
    }
}

#[test]
fn people_read_what_machines_read() {
    let report = report(Outcome::Fetched, rehearsal(Conclusion::Activated));
    let tally = json!({
        "next": { "answers": 0, "before": 0, "hits": 0 },
        "unlock": { "answers": 100, "before": 61, "hits": 62 },
        "unlock_or_resume": { "answers": 7, "before": 5, "hits": 6 },
    });
    let object = report.json();
    assert_eq!((&object["tally"], &object["answer_us"], &object["bytes"]), (&tally, &84.into(), &1_269.into()));
    assert_eq!(object["fetched"][1], json!({ "path": "delta/00", "bytes": 1_000 }));
    let expected = format!(
        "fetched     timestamp     269 bytes\n\
         fetched     delta        1000 bytes\n\
         together    1269 bytes in 2 files\n\
         outcome     fetched (release 4 of beta)\n\
         rehearsal   unlock: 62 hits in 100 answers, 61 before\n\
         rehearsal   unlock_or_resume: 6 hits in 7 answers, 5 before\n\
         answer      84 us (median)\n\
         conclusion  activated\n\
         answers now mlp 2 ({})\n",
        "ab".repeat(32)
    );
    assert_eq!(report.to_string(), expected);
}

#[test]
fn a_failure_says_why_and_a_phone_without_a_model_says_so() {
    let mut report = report(Outcome::Unreachable, None);
    assert_eq!(report.failure().as_deref(), Some("the repository cannot be reached"));
    report.problem = Some(("timestamp".to_owned(), FetchError::Status(500)));
    assert_eq!(report.failure().as_deref(), Some("timestamp: the server answered with status 500"));
    assert_eq!(report.json()["refusal"], Value::Null);
    report.outcome = Outcome::Refused(SyncError::WrongBundle);
    assert_eq!(report.failure().as_deref(), Some("the repository is refused: this is not the bundle that was named"));
    assert_eq!(report.json()["refusal"], "this is not the bundle that was named");
    (report.status.release, report.status.active, report.model) = (None, None, None);
    let object = report.json();
    assert!(["release", "active", "model"].iter().all(|field| object[*field].is_null()), "{object}");
    assert!(report.to_string().ends_with("answers now none, the statistics alone (the shipped bundle)\n"), "{report}");
}
