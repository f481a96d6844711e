//! A life that every binding lives through: the same events, decisions and questions give the same rankings and the same
//! export in Rust, Kotlin and Swift. `FORETAP_REWRITE_VECTORS=1` writes the kept files anew, which is right whenever the
//! shipped model or the ranking changes.

use std::path::PathBuf;

use foretap_core::{
    Audio, Battery, Context, Control, Decision, Engine, Event, EventKind, Granularity, Item, Key, Moment, Network,
    Options, PlaceLabel, Propensity, PseudonymKey, Ranking, Request, Secret, SnoozeEnd, Timestamp, Token,
    hash_location,
};
use serde_json::{Map, Value, json};

const START_MS: i64 = 1_770_000_000_000;
const KEY: [u8; 32] = [0x1f; 32];
const SALT: [u8; 16] = [0x2e; 16];
const PSEUDONYM_SECRET: [u8; 32] = [0x3d; 32];
const EXPORT_KEY: [u8; 32] = [0x4c; 32];
const ENTROPY: [u8; 32] = [0x5b; 32];

fn vectors() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

/// What the bindings are told to do, in order.
enum Step {
    Record(Event),
    Decide(Timestamp, Control),
    Undo(usize, Timestamp),
    Predict(Box<Asked>),
}

/// A question, field by field: [`Request`] keeps its own to itself.
#[derive(Clone)]
struct Asked {
    moment: Moment,
    now: Timestamp,
    context: Context,
    surface: Option<&'static str>,
    limit: Option<usize>,
    candidates: Option<Vec<Item>>,
    move_cost: Option<f64>,
    exploration: Option<(f64, u64)>,
}

impl Asked {
    fn at(moment: Moment, now: Timestamp) -> Self {
        let context = Context::default();
        Self { moment, now, context, surface: None, limit: None, candidates: None, move_cost: None, exploration: None }
    }

    fn request(&self) -> Request {
        let asked = self.clone();
        let mut request = Request::at(asked.moment, asked.now).in_context(asked.context);
        if let Some(surface) = asked.surface {
            request = request.on_surface(Token::new(surface).expect("valid"));
        }
        if let Some(limit) = asked.limit {
            request = request.limited_to(limit).expect("valid");
        }
        if let Some(candidates) = asked.candidates {
            request = request.within(candidates).expect("valid");
        }
        if let Some(cost) = asked.move_cost {
            request = request.with_move_cost(cost).expect("valid");
        }
        if let Some((share, seed)) = asked.exploration {
            request = request.exploring(share, seed).expect("valid");
        }
        request
    }
}

fn item(name: &str) -> Item {
    Item::new(name).expect("valid")
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::new(START_MS + minutes * 60_000, 60).expect("valid")
}

/// Three weeks: mornings, office hours and evenings with their own items, notifications, a work profile, every kind of
/// event, of decision and of context.
fn life() -> Vec<Step> {
    let mut steps = Vec::new();
    let main = || Token::new("main").expect("valid");
    for day in 0..21 {
        let morning = day * 1_440 + 7 * 60;
        let place = |name: &str| Some(Token::new(name).expect("valid"));
        let home = Context {
            place: place("city_1"),
            label: Some(PlaceLabel::Home),
            network: Some(Network::Wifi),
            access_point: place("ap 1"),
            battery: Some(Battery::High),
            audio: Some(Audio::Phone),
        };
        let way = Context {
            network: Some(Network::ALL[usize::try_from(day).expect("small") % 6]),
            audio: Some(Audio::ALL[usize::try_from(day).expect("small") % 4]),
            label: Some(PlaceLabel::Commute),
            ..Context::default()
        };
        let office = Context {
            place: place("city_2"),
            battery: Some(Battery::ALL[usize::try_from(day).expect("small") % 4]),
            ..Context::default()
        };
        let visits: [(i64, &Context, &[&str]); 4] = [
            (morning, &home, &["weather", "mail", "news"]),
            (morning + 45, &way, &["podcast", "maps"]),
            (morning + 180, &office, &["mail", "calendar", "chat", "mail"]),
            (morning + 780, &home, &["video", "chat", "game"]),
        ];
        for (minutes, context, opened) in visits {
            steps.push(Step::Record(Event::unlock(at(minutes)).in_context(context.clone())));
            for (n, name) in (1..).zip(opened) {
                let opened = if *name == "calendar" { Item::in_profile(name, 10).expect("valid") } else { item(name) };
                let event = Event::launch(at(minutes + n), opened).in_context(context.clone());
                let event = if n == 1 && day > 10 { event.from_slot(main(), 0) } else { event };
                steps.push(Step::Record(event));
            }
            steps.push(Step::Record(Event::new(at(minutes + 9), EventKind::Close(item(opened[opened.len() - 1])))));
            steps.push(Step::Record(Event::new(at(minutes + 10), EventKind::Lock)));
        }
        steps.push(Step::Record(Event::new(at(morning + 700), EventKind::Notification(item("chat")))));
        if day % 3 == 0 {
            steps.push(Step::Record(Event::new(at(morning + 710), EventKind::NotificationCleared(item("chat")))));
        }
        steps.push(Step::Predict(Box::new(Asked { context: home, ..Asked::at(Moment::Unlock, at(morning + 770)) })));
        match day {
            5 => steps.push(Step::Record(Event::new(at(morning + 1_000), EventKind::Install(item("scanner"))))),
            6 => {
                let shown = EventKind::Impression {
                    item: item("mail"),
                    surface: main(),
                    position: 0,
                    propensity: Some(Propensity::from_millionths(750_000).expect("valid")),
                };
                steps.push(Step::Record(Event::new(at(morning + 1_000), shown)));
                let away = EventKind::Dismiss { item: item("mail"), surface: main() };
                steps.push(Step::Record(Event::new(at(morning + 1_001), away)));
                steps.push(Step::Record(Event::new(at(morning + 1_002), EventKind::Home)));
            }
            7 => steps.push(Step::Decide(at(morning + 1_000), Control::Exclude(item("game")))),
            8 => {
                let until = SnoozeEnd::At(at(morning + 3 * 1_440));
                steps.push(Step::Decide(at(morning + 1_000), Control::Snooze { item: item("news"), until }));
            }
            9 => steps.push(Step::Decide(at(morning + 1_000), Control::Pin { item: item("maps"), position: 1 })),
            10 => steps.push(Step::Decide(at(morning + 1_000), Control::Promote(item("podcast")))),
            11 => steps.push(Step::Decide(at(morning + 1_000), Control::HalfLife { item: None, days: 30 })),
            12 => steps.push(Step::Undo(0, at(morning + 1_000))),
            13 => {
                let until = SnoozeEnd::Frequent;
                steps.push(Step::Decide(at(morning + 1_000), Control::Snooze { item: item("video"), until }));
            }
            14 => steps.push(Step::Decide(at(morning + 1_000), Control::NeverLearn(item("bank")))),
            15 => steps.push(Step::Decide(at(morning + 1_000), Control::HideProfile(99))),
            16 => {
                let until = Some(at(morning + 1_100));
                steps.push(Step::Decide(at(morning + 1_000), Control::PauseLearning { until }));
                steps.push(Step::Record(Event::launch(at(morning + 1_050), item("not learned"))));
            }
            17 => steps.push(Step::Record(Event::new(at(morning + 1_000), EventKind::Uninstall(item("weather"))))),
            _ => {}
        }
    }
    let end = 21 * 1_440;
    for moment in Moment::ALL {
        let asked = Asked::at(moment, at(end + 450));
        steps.push(Step::Predict(Box::new(asked.clone())));
        let candidates = Some(["mail", "unknown", "chat", "game"].map(item).to_vec());
        steps.push(Step::Predict(Box::new(Asked { candidates, limit: Some(3), ..asked.clone() })));
        let exploration = Some((1.0, 11));
        let wide = Asked { exploration, limit: Some(12), surface: Some("drawer"), move_cost: Some(0.0), ..asked };
        steps.push(Step::Predict(Box::new(wide)));
    }
    steps
}

/// Lives the life; each ranking, and the engine at the end.
fn lived(engine: &mut Engine, steps: &[Step]) -> Vec<Ranking> {
    let (mut rankings, mut decided) = (Vec::new(), Vec::new());
    for step in steps {
        match step {
            Step::Record(event) => {
                engine.record(event).expect("stored");
            }
            Step::Decide(at, control) => decided.push(engine.decide(*at, control.clone()).expect("decided")),
            Step::Undo(number, now) => assert!(engine.undo(decided[*number], *now).expect("undone")),
            Step::Predict(asked) => rankings.push(engine.predict(&asked.request(), &|| 0)),
        }
    }
    rankings
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a flag of the test, not of the core")]
fn the_kept_life_gives_the_kept_rankings_and_the_kept_export() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("life.db");
    let steps = life();
    let mut engine = Engine::open(&path, &Key::new(KEY, SALT), Options::default()).expect("opens");
    let rankings = lived(&mut engine, &steps);
    let mut export = Vec::new();
    engine.export(&mut export, &Secret::Key(&EXPORT_KEY), ENTROPY).expect("exports");
    let now = at(22 * 1_440);
    let decisions: Vec<Decision> = engine.decisions(now).into_iter().cloned().collect();
    assert_eq!(decisions.len(), 5, "those that are still in force");
    let document = json!({
        "what": "Do the steps in order, on an empty log; each ranking must have these items in this order, with these \
                 probabilities within 0.0001. Then export with the key and entropy: the same bytes as life-1.export.",
        "key": hex(&KEY), "salt": hex(&SALT), "pseudonym_secret": hex(&PSEUDONYM_SECRET),
        "export_key": hex(&EXPORT_KEY), "entropy": hex(&ENTROPY),
        "steps": steps_json(&steps, &rankings),
        "decisions_at": time(now),
        "decisions": decisions.iter().map(|decision| control(&decision.control)).collect::<Vec<_>>(),
        "pseudonyms": pseudonyms(),
    });
    if std::env::var_os("FORETAP_REWRITE_VECTORS").is_some() {
        let text = serde_json::to_string(&document).expect("JSON").replace("{\"step\"", "\n{\"step\"") + "\n";
        std::fs::write(vectors().join("life-1.json"), text).expect("writable");
        std::fs::write(vectors().join("life-1.export"), &export).expect("writable");
    }
    let kept = std::fs::read_to_string(vectors().join("life-1.json")).expect("kept with the sources");
    let kept: Value = serde_json::from_str(&kept).expect("JSON");
    for part in ["key", "salt", "pseudonym_secret", "export_key", "entropy", "decisions_at", "decisions", "pseudonyms"]
    {
        assert_eq!(kept[part], document[part], "{part}");
    }
    let (kept, steps) = (kept["steps"].as_array().expect("steps"), document["steps"].as_array().expect("steps"));
    assert_eq!(kept.len(), steps.len());
    for (kept, step) in kept.iter().zip(steps) {
        assert_eq!(kept["do"], step["do"]);
        assert_eq!(kept["items"], step["items"], "{}", step["do"]);
        assert_eq!(kept["reasons"], step["reasons"], "{}", step["do"]);
        let numbers = |step: &Value| -> Vec<f64> {
            let numbers = step["probabilities"].as_array();
            numbers.map_or_else(Vec::new, |all| all.iter().filter_map(Value::as_f64).collect())
        };
        assert!(numbers(kept).iter().zip(numbers(step)).all(|(kept, now)| (kept - now).abs() < 1e-4), "{}", step["do"]);
    }
    let kept = std::fs::read(vectors().join("life-1.export")).expect("kept with the sources");
    // Powers differ by platform in their last bit, and habits keep every bit.
    if cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        assert!(kept == export, "the export has the kept bytes");
    }
}

fn steps_json(steps: &[Step], rankings: &[Ranking]) -> Vec<Value> {
    let mut rankings = rankings.iter();
    let step = |step: &Step| match step {
        Step::Record(event) => json!({ "step": "record", "do": event_json(event) }),
        Step::Decide(at, decided) => {
            json!({ "step": "decide", "do": { "at": time(*at), "control": control(decided) } })
        }
        Step::Undo(number, now) => json!({ "step": "undo", "do": { "at": time(*now), "decision": number } }),
        Step::Predict(asked) => {
            let ranking = rankings.next().expect("one for each question");
            let names = |ranking: &Ranking| ranking.predictions.iter().map(|p| name(&p.item)).collect::<Vec<_>>();
            json!({
                "step": "predict",
                "do": request(asked),
                "items": names(ranking),
                "probabilities": ranking.predictions.iter().map(|p| p.probability).collect::<Vec<_>>(),
                "reasons": ranking.predictions.iter().map(|p| p.reasons[0].code.to_string()).collect::<Vec<_>>(),
            })
        }
    };
    steps.iter().map(step).collect()
}

fn time(at: Timestamp) -> Value {
    json!([at.at_ms(), at.utc_offset_min()])
}

fn name(item: &Item) -> Value {
    json!([item.id(), item.profile()])
}

fn context(context: &Context) -> Value {
    let mut fields = Map::new();
    let mut add = |field: &str, value: Option<String>| value.map(|value| fields.insert(field.into(), value.into()));
    add("place", context.place.as_ref().map(Token::to_string));
    add("label", context.label.map(|label| label.name().to_owned()));
    add("network", context.network.map(|network| network.name().to_owned()));
    add("access_point", context.access_point.as_ref().map(Token::to_string));
    add("battery", context.battery.map(|battery| battery.name().to_owned()));
    add("audio", context.audio.map(|audio| audio.name().to_owned()));
    fields.into()
}

fn event_json(event: &Event) -> Value {
    let kind = match &event.kind {
        EventKind::Launch(item) => json!({ "kind": "launch", "item": name(item) }),
        EventKind::Close(item) => json!({ "kind": "close", "item": name(item) }),
        EventKind::Unlock => json!({ "kind": "unlock" }),
        EventKind::Lock => json!({ "kind": "lock" }),
        EventKind::Home => json!({ "kind": "home" }),
        EventKind::Notification(item) => json!({ "kind": "notification", "item": name(item) }),
        EventKind::NotificationCleared(item) => json!({ "kind": "notification_cleared", "item": name(item) }),
        EventKind::Impression { item, surface, position, propensity } => json!({
            "kind": "impression", "item": name(item), "surface": surface.as_str(), "position": position,
            "propensity": propensity.map(Propensity::share),
        }),
        EventKind::Dismiss { item, surface } => {
            json!({ "kind": "dismiss", "item": name(item), "surface": surface.as_str() })
        }
        EventKind::Install(item) => json!({ "kind": "install", "item": name(item) }),
        EventKind::Uninstall(item) => json!({ "kind": "uninstall", "item": name(item) }),
    };
    let slot = event.slot.as_ref().map(|slot| json!([slot.surface.as_str(), slot.position]));
    json!({ "at": time(event.at), "event": kind, "context": context(&event.context), "slot": slot })
}

fn request(asked: &Asked) -> Value {
    let moment = match asked.moment {
        Moment::Unlock => "unlock",
        Moment::UnlockOrResume => "unlock_or_resume",
        Moment::Next => "next",
    };
    json!({
        "moment": moment, "at": time(asked.now), "context": context(&asked.context), "surface": asked.surface,
        "limit": asked.limit, "move_cost": asked.move_cost, "exploration": asked.exploration,
        "candidates": asked.candidates.as_ref().map(|items| items.iter().map(name).collect::<Vec<_>>()),
    })
}

fn control(control: &Control) -> Value {
    let kind = control.name();
    match control {
        Control::Exclude(item) | Control::NeverLearn(item) | Control::Promote(item) => {
            json!({ "kind": kind, "item": name(item) })
        }
        Control::Snooze { item, until: SnoozeEnd::At(until) } => {
            json!({ "kind": kind, "item": name(item), "until": time(*until) })
        }
        Control::Snooze { item, until: SnoozeEnd::Frequent } => {
            json!({ "kind": kind, "item": name(item), "until": "frequent" })
        }
        Control::Pin { item, position } => json!({ "kind": kind, "item": name(item), "position": position }),
        Control::HalfLife { item, days } => json!({ "kind": kind, "item": item.as_ref().map(name), "days": days }),
        Control::PauseLearning { until } => json!({ "kind": kind, "until": until.map(time) }),
        Control::HideProfile(profile) => json!({ "kind": kind, "profile": profile }),
        other => panic!("{} is not in the life", other.name()),
    }
}

/// Places and tokens under the secret.
fn pseudonyms() -> Value {
    let key = PseudonymKey::new(PSEUDONYM_SECRET);
    let place = |latitude: f64, longitude: f64, granularity: Granularity| {
        let token = hash_location(&key, latitude, longitude, granularity).expect("on earth");
        json!({ "latitude": latitude, "longitude": longitude, "granularity": granularity.name(), "is": token.as_str() })
    };
    json!({
        "places": [
            place(52.52, 13.405, Granularity::City),
            place(-33.8688, 151.2093, Granularity::District),
            place(90.0, 180.0, Granularity::Block),
            place(-90.0, -180.0, Granularity::City),
        ],
        "token": { "label": "bssid", "text": "02:00:5e:10:00:01", "is": key.token("bssid", "02:00:5e:10:00:01").as_str() },
        "user_id": { "id": "ada", "is": key.hash_user_id("ada").to_string() },
        "device_id": { "id": "ada", "is": key.hash_device_id("ada").to_string() },
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
