//! What is armed is for the whole process: this test is alone in its own.
#![cfg(feature = "panic-injection")]

#[allow(dead_code, reason = "the tests of exports use the rest")]
mod fixtures;

use fixtures::{Place, at, habit, item, request};
use foretap_core::Control;
use foretap_ffi::injection::foretap_panic_in;
use foretap_ffi::{Export, ForetapError};

#[test]
fn after_a_panic_the_engine_goes_on_as_if_it_had_been_opened_again() {
    let place = Place::new();
    let engine = place.open().expect("opens");
    engine.record_all(habit()).expect("stored");
    let before = engine.predict(request()).expect("open").predictions;
    let number = |name: &str| Export::ALL.iter().position(|export| export.name() == name).expect("listed");
    assert_eq!(foretap_panic_in(u32::try_from(Export::ALL.len()).expect("few")), 0, "there is none of that number");
    for name in ["record", "predict", "health", "decide", "maintain"] {
        assert_ne!(foretap_panic_in(u32::try_from(number(name)).expect("few")), 0);
        let outcome = match name {
            "record" => engine.record(habit().remove(0)).map(|_| ()),
            "predict" => engine.predict(request()).map(|_| ()),
            "health" => engine.health(at(400)).map(|_| ()),
            "decide" => engine.decide(at(400), Control::NeverLearn(item("bank"))).map(|_| ()),
            _ => engine.maintain().map(|_| ()),
        };
        assert!(matches!(outcome, Err(ForetapError::Internal { export }) if export == name));
        assert_eq!(engine.predict(request()).expect("goes on").predictions, before);
    }
    assert_eq!(engine.decisions(at(401)).expect("open").len(), 1, "it was made before the panic");

    // Threads that wait while one panics find out too.
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..50 {
                    foretap_panic_in(u32::try_from(number("record")).expect("few"));
                    let _ = engine.record(habit().remove(0));
                    assert_eq!(engine.predict(request()).expect("goes on").predictions, before);
                }
            });
        }
    });
    // After a panic the engine can be shut without more, and erased.
    foretap_panic_in(u32::try_from(number("health")).expect("few"));
    assert!(engine.health(at(400)).is_err());
    engine.shut().expect("closes");
    place.open().expect("is free").erase().expect("erased");
}
