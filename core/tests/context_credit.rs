//! What happens because of a context counts there: an item opened for the headphones is offered with them, and is not
//! offered more without.

use foretap_core::{Audio, Context, Engine, Event, Item, ModelChoice, Options, Request, Timestamp, Token};

fn at(minutes: i64) -> Timestamp {
    Timestamp::new(1_700_000_000_000 + 60_000 * minutes, 60).expect("valid")
}

fn with(audio: Audio) -> Context {
    Context { audio: Some(audio), ..Context::default() }
}

/// Forty days of a person who opens "music" whenever headphones are on, at any hour, and "podcasts" in the car.
fn lived() -> Engine {
    let mut engine = Engine::in_memory(Options { model: ModelChoice::Off, ..Options::default() }).expect("memory");
    let mut state = 7_u64;
    let mut draw = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    for n in 0..2_000_i64 {
        let audio = match draw(5) {
            0 => Audio::Headphones,
            1 => Audio::Car,
            _ => Audio::Phone,
        };
        let name = match (audio, draw(10)) {
            (Audio::Headphones, 0..8) => "music",
            (Audio::Car, 0..8) => "podcasts",
            _ => ["mail", "chat", "maps", "news"][usize::try_from(draw(4)).expect("small")],
        };
        engine.record(&Event::unlock(at(29 * n)).in_context(with(audio))).expect("stored");
        let launch = Event::launch(at(29 * n).plus_ms(1_000), Item::new(name).expect("valid"));
        engine.record(&launch.in_context(with(audio))).expect("stored");
    }
    engine
}

#[test]
fn what_headphones_explain_counts_with_them_and_not_without() {
    let engine = lived();
    let now = at(29 * 2_000);
    let chance = |audio: Option<Audio>, name: &str| {
        let context = Context { audio, ..Context::default() };
        let ranking = engine.predict(&Request::unlock_or_resume(now).in_context(context), &|| 0);
        ranking.predictions.iter().find(|p| p.item.id() == name).map_or(0.0, |p| p.probability)
    };
    let [with, without, unknown] = [Some(Audio::Headphones), Some(Audio::Phone), None].map(|a| chance(a, "music"));
    assert!(with > 0.5 && without < 0.08 && with > 3.0 * unknown, "{with} {unknown} {without}");
    assert!(chance(Some(Audio::Car), "podcasts") > 0.5 && chance(Some(Audio::Headphones), "podcasts") < 0.15);
    let context = with_headphones();
    let first = &engine.predict(&Request::unlock_or_resume(now).in_context(context), &|| 0).predictions[0];
    assert_eq!((first.item.id(), first.reasons[0].code.name()), ("music", "with_this_audio"));
}

fn with_headphones() -> Context {
    with(Audio::Headphones)
}

#[test]
fn a_launch_from_a_slot_counts_for_its_surface() {
    let mut engine = lived();
    let surface = Token::new("dock").expect("valid");
    let now = at(29 * 2_001);
    let ranking = engine.predict(&Request::unlock(now).on_surface(surface.clone()), &|| 0);
    engine.record_all(&ranking.impressions(now)).expect("stored");
    let launch = Event::launch(now.plus_ms(800), ranking.predictions[1].item.clone());
    engine.record(&launch.from_slot(surface.clone(), 1)).expect("stored");
    let shown = engine.habits().shown(&surface);
    assert_eq!((shown.impressions, shown.openings, shown.dismissals), (5, 1, 0));
    assert_eq!(engine.habits().last_slot(&surface, &ranking.predictions[1].item), Some(1));
}
