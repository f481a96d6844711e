//! The gate: a model that hurts is turned down on this phone, one that helps is believed, and one that cannot be used is
//! refused in words while the statistics answer alone.

use std::collections::BTreeMap;

use foretap_core::config::MAX_BUNDLE_BYTES;
use foretap_core::habits::Moment;
use foretap_core::model::{BundleParts, Golden, Runner};
use foretap_core::{
    AnsweredBy, Bundle, BundleError, Engine, Event, EventKind, Item, ModelChoice, ModelState, Options, Request,
    Timestamp,
};
use ndarray::ArrayView2;
use tract_onnx::prelude::Framework;

/// A person of habits: what comes next mostly follows from what was before.
fn life(openings: u32) -> Vec<Event> {
    let mut state = 0x5EED_u64;
    let mut below = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let item = |n: u64| Item::new(&format!("item {n}")).expect("valid");
    let (mut at, mut current, mut events) = (1_700_000_000_000, 0, Vec::new());
    for _ in 0..openings {
        let is_session = below(4) == 0;
        at += if is_session { 1_800_000 } else { 20_000 };
        let at = Timestamp::new(at, 60).expect("valid");
        if is_session {
            events.push(Event::new(at.plus_ms(-1_500_000), EventKind::Lock));
            events.push(Event::unlock(at.plus_ms(-1_000)));
        }
        let next = if below(10) < 6 { (5 * current + 1) % 14 } else { below(14).min(below(14)) };
        current = if next == current { (current + 1) % 14 } else { next };
        events.push(Event::launch(at, item(current)));
    }
    events
}

/// The shipped bundle with every correction multiplied by `factor`: the last layer's scale is.
fn shipped_times(factor: f32) -> Vec<u8> {
    let shipped = Bundle::shipped().expect("the shipped bundle is read in a test");
    let mut onnx = tract_onnx::Onnx::default().proto_model_for_read(&mut shipped.onnx()).expect("an ONNX file");
    let graph = onnx.graph.as_mut().expect("a graph");
    let scale = graph.node.last().and_then(|node| node.input.last()).cloned().expect("a layer");
    let scale = graph.initializer.iter_mut().find(|tensor| tensor.name == scale).expect("its scale");
    let value = f32::from_le_bytes(scale.raw_data[..].try_into().expect("one float"));
    scale.raw_data = (value * factor).to_le_bytes().to_vec();
    let onnx = prost::Message::encode_to_vec(&onnx);
    let runner = Runner::load(&onnx, shipped.manifest().features).expect("the same operators");
    let golden = shipped.golden().iter().map(|golden| {
        let rows = ArrayView2::from_shape((golden.rows, golden.features.len() / golden.rows), &golden.features);
        Golden { correction: runner.run(rows.expect("rows by features")).expect("runs"), ..golden.clone() }
    });
    let parts = BundleParts {
        manifest: shipped.manifest().clone(),
        onnx,
        calibration: *shipped.calibration(),
        start_weights: shipped.start_weights().to_string(),
        golden: golden.collect(),
        members: None,
    };
    parts.pack().expect("valid parts")
}

/// Whether each launch was among the first three, by moment, in order.
type Hits = BTreeMap<&'static str, Vec<bool>>;

fn hits(events: &[Event], engine: &mut Engine) -> Hits {
    let mut hits = Hits::new();
    let mut unlocked = None;
    for event in events {
        if let EventKind::Launch(item) = &event.kind {
            let request = match unlocked.take() {
                Some(at) => Request::unlock_or_resume(at),
                None => Request::next(event.at),
            };
            let ranking = engine.predict(&request, &|| 0);
            let is_hit = ranking.predictions.iter().take(3).any(|p| p.item == *item);
            hits.entry(ranking.moment.name()).or_default().push(is_hit);
        } else if event.kind == EventKind::Unlock {
            unlocked = Some(event.at);
        }
        engine.record(event).expect("stored");
    }
    hits
}

fn in_memory(model: ModelChoice) -> Engine {
    Engine::in_memory(Options { model, ..Options::default() }).expect("opens")
}

fn percent(hits: &[bool]) -> f64 {
    100.0 * hits.iter().filter(|hit| **hit).count() as f64 / hits.len() as f64
}

#[test]
fn a_model_that_hurts_is_turned_down_within_two_hundred_events() {
    let events = life(6_000);
    let (known, rest) = events.split_at(events.len() / 2);
    let (soon, late) = rest.split_at(200);
    let folder = tempfile::tempdir().expect("a folder");
    // A phone that knows its person, before and after a bundle came that is wrong about everything.
    let mut engines = [ModelChoice::Off, ModelChoice::Bundle(shipped_times(-8.0))].map(|model| {
        let path = folder.path().join(format!("{}.db", model == ModelChoice::Off));
        let open = |model| {
            let key = foretap_core::Key::new([1; 32], [2; 16]);
            Engine::open(&path, &key, Options { model, ..Options::default() }).expect("opens")
        };
        let mut engine = open(ModelChoice::Off);
        engine.record_all(known).expect("stored");
        engine.checkpoint().expect("saved");
        drop(engine);
        open(model)
    });
    assert!(engines[1].model().active().is_some());
    let [alone_first, with_first] = engines.each_mut().map(|engine| hits(&soon[..40], engine));
    engines.iter_mut().for_each(|engine| drop(hits(&soon[40..], engine)));
    let [alone, with] = engines.each_mut().map(|engine| hits(late, engine));
    let hurt = percent(&alone_first["next"]) - percent(&with_first["next"]);
    println!("next: the first 40 events {hurt:.1} points below the statistics alone");
    assert!(hurt > 15.0, "the model does hurt at first: {hurt:.1}");
    for (moment, alone) in &alone {
        let lost = percent(alone) - percent(&with[moment]);
        println!("{moment}: after 200 events {lost:.1} points below, {} launches", alone.len());
        assert!(lost < 1.0, "{moment}: {lost:.1} points lost for good");
    }
    for moment in [Moment::Next, Moment::UnlockOrResume] {
        let trust = engines[1].habits().trust(moment);
        assert!(trust < 0.05, "{moment:?}: {trust}");
    }
}

#[test]
fn a_model_that_helps_is_believed_and_says_that_it_answered() {
    let events = life(1_500);
    let mut engine = in_memory(ModelChoice::Shipped);
    hits(&events, &mut engine);
    let now = events[events.len() - 1].at.plus_ms(60_000);
    let ranking = engine.predict(&Request::next(now), &|| 0);
    assert_eq!(ranking.answered_by, AnsweredBy::Model);
    assert!(ranking.model.is_some_and(|model| model.starts_with("ubiqlog-mlp ")));
    assert!(Moment::ALL.iter().all(|&moment| (0.0..=1.5).contains(&engine.habits().trust(moment))));
}

#[test]
fn a_bundle_that_cannot_be_used_is_refused_in_words_and_the_statistics_answer_alone() {
    let events = life(300);
    let good = shipped_times(1.0);
    let shipped = Bundle::shipped().expect("valid");
    let packed = |change: &dyn Fn(&mut BundleParts)| {
        let mut parts = BundleParts {
            manifest: shipped.manifest().clone(),
            onnx: shipped.onnx().to_vec(),
            calibration: *shipped.calibration(),
            start_weights: shipped.start_weights().to_string(),
            golden: shipped.golden().to_vec(),
            members: None,
        };
        change(&mut parts);
        parts.pack().expect("a bundle by its form")
    };
    let damaged = {
        let mut bytes = good.clone();
        bytes[5_000] ^= 1;
        bytes
    };
    type IsExpected = fn(&BundleError) -> bool;
    let cases: [(&str, Vec<u8>, IsExpected); 6] = [
        ("damaged", damaged, |e| *e == BundleError::Damaged),
        ("oversized", [good, vec![0; MAX_BUNDLE_BYTES]].concat(), |e| matches!(e, BundleError::TooLarge { .. })),
        ("another schema", packed(&|p| p.manifest.feature_schema[0] ^= 1), |e| {
            matches!(e, BundleError::WrongSchema { .. })
        }),
        ("no graph", packed(&|p| p.onnx = b"nothing".to_vec()), |e| matches!(e, BundleError::Graph { .. })),
        ("another answer", packed(&|p| p.golden[0].correction[0] += 2e-4), |e| {
            matches!(e, BundleError::Golden { vector: 0, .. })
        }),
        ("nothing", Vec::new(), |e| *e == BundleError::NotABundle),
    ];
    let alone = hits(&events, &mut in_memory(ModelChoice::Off));
    for (name, bytes, is_expected) in cases {
        let mut engine = in_memory(ModelChoice::Bundle(bytes));
        let with = hits(&events, &mut engine);
        let ModelState::Refused(refused) = engine.model() else { panic!("{name}: not refused") };
        assert!(is_expected(refused), "{name}: {refused}");
        assert_eq!(with, alone, "{name}");
        let ranking = engine.predict(&Request::next(events[events.len() - 1].at), &|| 0);
        assert_eq!((ranking.answered_by, ranking.model), (AnsweredBy::Mixer, None), "{name}");
    }
}

#[test]
fn another_model_begins_with_the_trust_that_its_bundle_ships() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log.db");
    let key = || foretap_core::Key::new([1; 32], [2; 16]);
    let open = |model| Engine::open(&path, &key(), Options { model, ..Options::default() }).expect("opens");
    let bad = || ModelChoice::Bundle(shipped_times(-4.0));
    let mut engine = open(bad());
    engine.record_all(&life(600)).expect("stored");
    engine.checkpoint().expect("saved");
    let learned = engine.habits().trust(Moment::Next);
    assert!(learned < 0.05, "{learned}");
    drop(engine);
    assert_eq!(open(bad()).habits().trust(Moment::Next), learned, "the same model is known again");
    let shipped = Bundle::shipped().expect("valid").calibration()[0].trust;
    assert_eq!(open(ModelChoice::Shipped).habits().trust(Moment::Next), f64::from(shipped));
}
