use foretap_core::habits::Moment;
use foretap_core::ranking::{AnsweredBy, Prediction, Ranking, Reason, ReasonCode, StageTimes};
use foretap_core::{Item, Propensity, Timestamp, Token};

use super::*;
use crate::demo::Unlock;

fn item(id: &str) -> Item {
    Item::new(id).expect("valid")
}

/// One unlock of which `predicted` was predicted and `opened` opened.
fn demo(predicted: &str, opened: Option<&str>, resumed: Option<&str>) -> Demo {
    let at = Timestamp::new(1_000, 0).expect("valid");
    let reasons = vec![Reason { code: ReasonCode::Follows { item: item(predicted) }, weight: 1.0 }];
    let ranking = Ranking {
        predictions: vec![Prediction {
            item: item(predicted),
            probability: 0.5,
            reasons,
            propensity: Propensity::CERTAIN,
        }],
        moment: Moment::Unlock,
        surface: Token::new("main").expect("valid"),
        answered_by: AnsweredBy::Mixer,
        is_prepared: false,
        model: None,
        stages: StageTimes::default(),
    };
    let (opened, resumed) = (opened.map(item), resumed.map(item));
    let unlock = Unlock { at, label: None, network: None, ranking, resumed, opened, by_rule: Default::default() };
    Demo {
        seed: 1,
        days: 1,
        first_day: 0,
        events: 1,
        openings: 1,
        lived_s: 0.0,
        record_us: Vec::new(),
        unlocks: vec![unlock],
        log_bytes: 0,
        reopened_ms: 0.0,
    }
}

#[test]
fn names_cannot_become_markup() {
    let name = "<b>\"x\"&";
    for page in [
        html(&demo(name, Some(name), None)),
        html(&demo("mail", Some(name), None)),
        html(&demo("mail", None, Some(name))),
    ] {
        assert!(!page.contains("<b>\"") && page.contains("&lt;b&gt;&quot;x&quot;&amp;"));
    }
}

#[test]
fn hits_misses_and_unlocks_without_an_opening_are_told_apart() {
    let hit = html(&demo("mail", Some("mail"), None));
    assert!(hit.contains("class=\"chip hit\" style=\"--p:50%\">mail") && hit.contains("outcome hit\">first"));
    let miss = html(&demo("mail", Some("maps"), None));
    assert!(!miss.contains("--p:50%\">mail <b>50</b></span></span><span class=\"outcome hit"));
    assert!(miss.contains("class=\"outcome miss\">maps"));
    assert!(html(&demo("mail", None, Some("maps"))).contains("class=\"outcome\">back to maps"));
}

#[test]
fn a_demo_without_unlocks_has_a_page_without_charts() {
    let page = html(&Demo { unlocks: Vec::new(), ..demo("mail", None, None) });
    assert!(page.contains("events stored and learned") && !page.contains("<svg") && !page.contains("NaN"));
}
