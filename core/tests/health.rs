//! The health report: the scorecard is what one counts by hand over any life, nothing is lost by reopening, and no name is
//! ever in it.

mod lives;

use foretap_core::habits::{
    Evidence, Habits, Input, MEASURED_RULES, Moment, Query, Rule, StartWeights, Statistics, Totals,
};
use foretap_core::health::{Found, Health, Latency, ModelHealth};
use foretap_core::store::Store;
use foretap_core::time::{DAY_MS, HOUR_MS, SECOND_MS};
use foretap_core::{
    Battery, Context, Engine, Event, EventKind, Item, Key, ModelChoice, Network, Options, Request, StoreOptions,
    Timestamp, Token,
};
use lives::Random;

const CANARY: &str = "canary-yellow-4711";

/// A life of a dozen items; where `is_wild`, with late events, zones that change and clocks set to anything.
fn life(seed: u64, events: usize, is_wild: bool) -> Vec<Event> {
    let mut random = Random(seed);
    let (mut now_ms, mut offset_min) = (1_700_000_000_000, 60);
    let text = |what: &str, n: u64| format!("{CANARY} {what} {n}");
    let event = |_| {
        now_ms += random.pick(&[0, 700, 30 * SECOND_MS, 400 * SECOND_MS, HOUR_MS, 5 * HOUR_MS]);
        let mut at_ms = now_ms;
        if is_wild {
            match random.below(120) {
                0 => now_ms = random.pick(&[0, Timestamp::MAX_MS, now_ms - 5 * DAY_MS, now_ms + 9 * DAY_MS]),
                1..3 => now_ms = 1_700_000_000_000 + i64::try_from(random.below(90)).expect("small") * DAY_MS,
                3..6 => offset_min = random.pick(&[-1_080, 0, 345, 1_080]),
                6..20 => at_ms -= random.pick(&[1, HOUR_MS, DAY_MS]),
                _ => {}
            }
            now_ms = now_ms.clamp(0, Timestamp::MAX_MS);
            at_ms = at_ms.clamp(0, Timestamp::MAX_MS);
        }
        let item = Item::new(&text("item", random.below(12).min(random.below(12)))).expect("valid");
        let kind = match random.below(12) {
            0..6 => EventKind::Launch(item),
            6 | 7 => EventKind::Unlock,
            8 => EventKind::Lock,
            9 => EventKind::Close(item),
            10 => EventKind::Notification(item),
            _ => EventKind::Impression {
                item,
                surface: Token::new(&text("surface", 1)).expect("valid"),
                position: 0,
                propensity: None,
            },
        };
        let mut token = |what| (random.below(3) > 0).then(|| Token::new(&text(what, random.below(4))).expect("valid"));
        let (place, access_point) = (token("place"), token("access point"));
        let context = Context {
            place,
            access_point,
            network: (random.below(2) > 0).then(|| random.pick(&Network::ALL)),
            battery: (random.below(2) > 0).then(|| random.pick(&Battery::ALL)),
            ..Context::default()
        };
        Event::new(Timestamp::new(at_ms, offset_min).expect("in range"), kind).in_context(context)
    };
    (0..events).map(event).collect()
}

/// A question and what each would have answered, by sorting.
struct Asked {
    moment: Moment,
    candidates: Vec<Item>,
    /// Of the belief, the mixer and the rules.
    orders: Vec<Vec<usize>>,
    first: f64,
}

impl Asked {
    fn of(habits: &Habits, statistics: &Statistics<'_>, evidence: &Evidence) -> Self {
        let belief = habits.believe(evidence);
        let order = |scores: &[f64]| {
            let mut order: Vec<usize> = (0..scores.len()).collect();
            order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
            order
        };
        let mut orders = vec![order(&belief.log_p), order(&belief.log_mix)];
        orders.extend(MEASURED_RULES.map(|rule: Rule| order(&rule.scores(statistics))));
        let first = belief.log_p[orders[0][0]].exp();
        let candidates = evidence.candidates.iter().map(|&index| habits.item(index).clone()).collect();
        Self { moment: evidence.moment, candidates, orders, first }
    }
}

/// An answered question: the day, the moment, the ranks from 1 and the first probability.
type Answered = (i64, Moment, Option<Vec<usize>>, f64);

/// Counts by hand, from what is posed before each event is applied.
#[derive(Default)]
struct ByHand {
    deferred: Option<Asked>,
    /// The days on which something was counted, the last counted at the end.
    days: Vec<i64>,
    answered: Vec<Answered>,
    inputs: Vec<(i64, [usize; Input::ALL.len()])>,
}

impl ByHand {
    fn watch(&mut self, habits: &Habits, event: &Event) {
        let EventKind::Launch(item) = &event.kind else { return };
        let posed = habits.posed(event);
        let starts_session = posed.iter().any(|question| question.moment == Moment::UnlockOrResume);
        if starts_session {
            self.deferred = None;
        }
        let is_other = posed.iter().any(|question| question.moment == Moment::Next);
        for question in posed {
            let query = Query { moment: question.moment, now: question.now, context: &question.context };
            let candidates = habits.candidates(query.moment, None);
            if candidates.is_empty() {
                continue;
            }
            let statistics = habits.statistics(&query, &candidates);
            let asked = Asked::of(habits, &statistics, &habits.evidence(&statistics, None));
            let is_told = if starts_session { Moment::UnlockOrResume } else { Moment::Next } == query.moment;
            if is_told {
                let label = habits.place_label(query.context);
                self.touch(event.at.day());
                self.inputs.push((event.at.day(), Input::ALL.map(|i| i.bin(&statistics, query.context, label))));
            }
            if question.is_answered { self.answer(event.at, asked, item) } else { self.deferred = Some(asked) }
        }
        if let Some(asked) = self.deferred.take_if(|_| is_other) {
            self.answer(event.at, asked, item);
        }
    }

    fn answer(&mut self, at: Timestamp, asked: Asked, item: &Item) {
        self.touch(at.day());
        let rank_of = |target| {
            let rank = |order: &Vec<usize>| 1 + order.iter().position(|place| *place == target).expect("all are in it");
            asked.orders.iter().map(rank).collect()
        };
        let ranks = asked.candidates.iter().position(|candidate| candidate == item).map(rank_of);
        self.answered.push((at.day(), asked.moment, ranks, asked.first));
    }

    fn touch(&mut self, day: i64) {
        self.days.retain(|known| *known != day);
        self.days.push(day);
        if self.days.len() > 31 {
            let gone = self.days.remove(0);
            self.answered.retain(|(day, ..)| *day != gone);
            self.inputs.retain(|(day, _)| *day != gone);
        }
    }

    fn assert_equals(&self, totals: &Totals, now: Timestamp, ages: std::ops::Range<i64>) {
        let is_asked = |day: i64| ages.contains(&(now.day() - day).max(0));
        for moment in Moment::ALL {
            let answered: Vec<&Answered> =
                self.answered.iter().filter(|(day, of, ..)| *of == moment && is_asked(*day)).collect();
            let found = totals.of(moment);
            assert_eq!(found.answered(), answered.len() as u64);
            let hits = |system: usize| {
                let within =
                    |limit| answered.iter().filter(|a| a.2.as_ref().is_some_and(|r| r[system] <= limit)).count();
                [within(1) as u64, within(3) as u64]
            };
            assert_eq!(found.hits(), hits(0), "{moment:?}");
            assert_eq!(found.mixer, hits(1));
            assert_eq!(found.rules.to_vec(), (2..6).map(hits).collect::<Vec<_>>(), "{moment:?}");
            let later = answered.iter().filter(|a| a.2.as_ref().is_some_and(|ranks| ranks[0] > 10)).count();
            let strangers = answered.iter().filter(|a| a.2.is_none()).count();
            assert_eq!(found.ranks[5..], [later as u64, strangers as u64]);
            let sure = answered.iter().filter(|a| a.3 >= 0.9).count();
            assert_eq!(found.firsts[9], sure as u64);
            let sum: f64 = answered.iter().map(|a| a.3).sum();
            assert!((found.first_sum as f64 / 1e4 - sum).abs() <= 0.000_051 * answered.len() as f64);
        }
        for (n, input) in Input::ALL.into_iter().enumerate() {
            let bins: Vec<usize> =
                self.inputs.iter().filter(|(day, _)| is_asked(*day)).map(|(_, bins)| bins[n]).collect();
            let found = totals.input(input);
            assert_eq!(found.iter().sum::<u64>(), bins.len() as u64);
            for (bin, count) in found.iter().enumerate() {
                assert_eq!(*count, bins.iter().filter(|b| **b == bin).count() as u64, "{input:?}");
            }
        }
    }
}

#[test]
fn the_scorecard_is_what_one_counts_by_hand_over_any_life() {
    let mut answered = [0; 3];
    for (seed, events, is_wild) in [(1, 1_200, false), (2, 1_200, true), (3, 900, true), (4, 900, true)] {
        let (mut habits, mut by_hand) = (Habits::new(&StartWeights::default()), ByHand::default());
        for (n, event) in life(seed, events, is_wild).iter().enumerate() {
            by_hand.watch(&habits, event);
            habits.apply(event, None);
            if n % 61 == 0 || n + 1 == events {
                let newest = habits.newest().expect("something happened");
                for now in [newest, newest.plus_ms(3 * DAY_MS), newest.plus_ms(-3 * DAY_MS)] {
                    for ages in [0..7, 7..30, 0..30, 0..i64::MAX] {
                        by_hand.assert_equals(&habits.scorecard().over(now, ages.clone()), now, ages);
                    }
                }
            }
        }
        let all = habits.scorecard().over(habits.newest().expect("something happened"), 0..i64::MAX);
        Moment::ALL.into_iter().zip(&mut answered).for_each(|(m, n)| *n += all.of(m).answered());
    }
    assert!(answered.iter().all(|n| *n > 200), "{answered:?}");
}

fn clock() -> impl Fn() -> u64 {
    let ns = std::cell::Cell::new(0);
    move || {
        ns.set(ns.get() + 1_000);
        ns.get()
    }
}

/// Records a life and asks at each unlock.
fn live(engine: &mut Engine, life: &[Event], clock_ns: &dyn Fn() -> u64) -> u64 {
    let mut asked = 0;
    for event in life {
        engine.record(event).expect("stored");
        if matches!(event.kind, EventKind::Unlock) {
            let _ = engine.predict(&Request::unlock(event.at).in_context(event.context.clone()), clock_ns);
            asked += 1;
        }
    }
    asked
}

fn health(engine: &Engine) -> Health {
    engine.health(engine.habits().newest().expect("something happened")).expect("reads")
}

#[test]
fn health_is_the_same_after_reopening_and_counts_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, key) = (folder.path().join("log.db"), || Key::new([1; 32], [2; 16]));
    let mut engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    let life = life(6, 1_600, false);
    let asked = live(&mut engine, &life[..1_400], &clock());
    engine.maintain().expect("saved");
    let before = health(&engine);
    assert_eq!((before.log.found, before.answers.host_order + before.answers.model), (Found::Nothing, asked));
    assert_eq!(before.latency.total.count, asked);
    assert!(before.latency.total.p50_ns.is_some_and(|ns| (3_700..4_300).contains(&ns)), "{:?}", before.latency.total);
    drop(engine);
    let mut engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    let mut after = health(&engine);
    assert_eq!(after.log.found, Found::Log);
    after.log = before.log;
    assert_eq!(after, before);
    // Some more rankings, and a maintenance without any event: nothing of either is lost.
    let more = live(&mut engine, &life[1_400..], &clock());
    engine.maintain().expect("saved");
    let _ = engine.predict(&Request::unlock(life[1_599].at), &|| 0);
    engine.maintain().expect("saved");
    drop(engine);
    let engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    assert_eq!(health(&engine).latency.total.count, asked + more + 1);
    engine.erase().expect("erased");
    let engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    assert_eq!(engine.health(life[0].at).expect("reads").latency, Latency::default(), "erased with everything else");
}

#[test]
fn a_checkpoint_saves_what_was_counted() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, key) = (folder.path().join("log.db"), || Key::new([1; 32], [2; 16]));
    let mut engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    let asked = live(&mut engine, &life(7, 1_200, false), &|| 0);
    drop(engine);
    let engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    let saved = health(&engine).latency.total.count;
    assert!(saved > 100 && saved < asked, "{saved} of {asked}: those up to the 1,024th event");
}

#[test]
fn telemetry_of_another_version_is_dropped() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, key) = (folder.path().join("log.db"), || Key::new([1; 32], [2; 16]));
    let mut engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    live(&mut engine, &life(8, 300, false), &|| 0);
    engine.maintain().expect("saved");
    drop(engine);
    let (mut store, _) = Store::open(&path, &key(), &StoreOptions::default()).expect("opens");
    store.save_report("telemetry", b"\xFFnothing that this version reads").expect("saved");
    drop(store);
    let engine = Engine::open(&path, &key(), Options::default()).expect("opens");
    let health = health(&engine);
    assert_eq!((health.latency.total.count, health.answers.model), (0, 0));
    assert!(health.habits.openings > 50);
}

#[test]
fn the_same_life_twice_gives_the_same_report_but_for_the_time_it_took() {
    let life = life(9, 1_500, true);
    let report = |step_ns: u64| {
        let mut engine = Engine::in_memory(Options::default()).expect("memory");
        let ns = std::cell::Cell::new(0);
        live(&mut engine, &life, &|| {
            ns.set(ns.get() + step_ns);
            ns.get()
        });
        health(&engine)
    };
    let (fast, slow) = (report(1_000), report(9_000));
    assert_ne!(fast.latency, slow.latency);
    assert_eq!(Health { latency: slow.latency.clone(), ..fast }, slow);
}

#[test]
fn a_prepared_ranking_is_counted_apart() {
    let mut engine = Engine::in_memory(Options::default()).expect("memory");
    let life = life(10, 200, false);
    engine.record_all(&life).expect("stored");
    let request = Request::unlock(life[199].at.plus_ms(1_000));
    engine.prepare(request.clone(), &|| 0).expect("prepared");
    let _ = engine.predict(&request, &clock());
    let health = health(&engine);
    assert_eq!((health.answers.model, health.answers.prepared, health.latency.total.count), (1, 1, 0));
    assert!(health.latency.prepared.p99_ns.is_some_and(|ns| ns >= 1_900));
}

#[test]
fn no_name_is_ever_in_it() {
    let mut engine = Engine::in_memory(Options::default()).expect("memory");
    live(&mut engine, &life(11, 2_000, false), &clock());
    let health = health(&engine);
    assert!(matches!(&health.model, ModelHealth::Active { .. }));
    for text in [format!("{health}"), format!("{health:?}"), format!("{engine:?}")] {
        assert!(!text.contains("canary") && text.len() > 20, "{text}");
    }
}

#[test]
fn what_is_wrong_with_the_model_and_the_log_is_said() {
    let bundle = Options { model: ModelChoice::Bundle(b"no bundle".to_vec()), ..Options::default() };
    let engine = Engine::in_memory(bundle).expect("memory");
    let now = Timestamp::new(1_700_000_000_000, 60).expect("valid");
    let health = engine.health(now).expect("reads");
    assert_eq!(health.model, ModelHealth::Refused { reason: "not a model bundle".to_owned() });
    let text = health.to_string();
    assert!(text.contains("refused, the statistics answer alone: not a model bundle"), "{text}");
    assert!(text.contains("nothing was asked") && text.contains("too few questions: 0 and 0, of 200 each"), "{text}");
    assert_eq!(
        (health.log.age_days, health.moments[0].trust, health.moments[0].week.rates.is_none()),
        (None, None, true)
    );

    let folder = tempfile::tempdir().expect("a folder");
    let (path, key) = (folder.path().join("log.db"), || Key::new([1; 32], [2; 16]));
    Engine::open(&path, &key(), Options::default()).expect("opens").record(&Event::unlock(now)).expect("stored");
    let mut bytes = std::fs::read(&path).expect("reads");
    bytes[100..4_000].fill(0x5a);
    std::fs::write(&path, bytes).expect("writes");
    let engine = Engine::open(&path, &key(), Options { model: ModelChoice::Off, ..Options::default() }).expect("opens");
    let health = engine.health(now).expect("reads");
    assert_eq!((health.log.found, health.log.resets, &health.model), (Found::Damage, 1, &ModelHealth::Off));
    assert!(!format!("{health} {health:?}").contains("log.db"), "no path");
}

#[test]
fn ages_are_never_negative() {
    let mut engine = Engine::in_memory(Options::default()).expect("memory");
    let at = |days: i64| Timestamp::new(1_700_000_000_000 + days * DAY_MS, 0).expect("valid");
    for days in 0..3 {
        engine.record(&Event::launch(at(days), Item::new(&format!("{days}")).expect("valid"))).expect("stored");
    }
    for (now, age, quiet) in [(at(-5), 0, 0), (at(2), 2, 0), (at(9), 9, 7)] {
        let log = engine.health(now).expect("reads").log;
        assert_eq!((log.age_days, log.quiet_days), (Some(age), Some(quiet)));
    }
    let score = |now| engine.health(now).expect("reads").moments[0].week.questions;
    assert_eq!([at(-5), at(2), at(8), at(9)].map(score), [1, 1, 1, 0]);
}
