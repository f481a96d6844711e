//! Off-policy estimates against the truth, over a hundred simulated people who react to what they are shown.

use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Output};

use foretap_cli::policy::{OffPolicy, Policy, PolicyEstimate, moments};
use foretap_cli::simulate::{Options, Ranked, Reacted, Reaction, Simulation, react};
use foretap_core::habits::StartWeights;
use foretap_core::{Event, EventKind};

const SEEDS: u64 = 100;
const DAYS: u32 = 40;
/// Items in a row.
const LIMIT: usize = 3;
/// The share of rows that are explored.
const SHARE: f64 = 0.5;
/// What is asked of each log: the rows as shown, the same without exploration, and four rules unlike them.
const POLICIES: [&str; 6] = ["logged", "foretap", "mru", "rank_frecency", "mfu", "return"];
/// The policies whose intervals are judged: none of them fills the rows that are shown.
const JUDGED: [&str; 4] = ["mru", "rank_frecency", "mfu", "return"];

fn lived(seed: u64, days: u32, share: f64) -> Reacted {
    let life: Vec<Event> = Simulation::new(seed, Options { days, ..Options::default() }).expect("valid").collect();
    let mut logging = Ranked::new(&StartWeights::default(), LIMIT, share).expect("valid");
    react(&life, &Reaction::default(), &mut logging, seed)
}

fn policies() -> Vec<Policy> {
    POLICIES.iter().map(|name| name.parse().expect("a known name")).collect()
}

/// One person's estimates, each with the truth: what the same person would have opened on average from the policy's rows at
/// the same moments, from the chances that the simulation draws with.
fn judged(seed: u64) -> Vec<(PolicyEstimate, f64)> {
    let reacted = lived(seed, DAYS, SHARE);
    let policies = policies();
    let read = moments(&reacted.events, &StartWeights::default(), None, &policies);
    assert_eq!(read.len(), reacted.intents.len());
    let open: Vec<_> =
        read.iter().zip(&reacted.intents).filter(|(moment, _)| moment.shown.is_explored() == Some(true)).collect();
    let truth = |n: usize| {
        let rewards = open.iter().map(|(moment, intent)| intent.reward(moment.offered[n].iter().map(|o| &o.item)));
        rewards.sum::<f64>() / open.len() as f64
    };
    let truths: Vec<f64> = (0..policies.len()).map(truth).collect();
    let explored = open.len();
    let found = OffPolicy::of_moments(&[read], &policies).expect("explored");
    assert_eq!(found.explored, explored);
    found.policies.into_iter().zip(truths).collect()
}

/// Everyone's, on two threads.
fn everyone() -> Vec<Vec<(PolicyEstimate, f64)>> {
    let half = |seeds: std::ops::Range<u64>| move || seeds.map(judged).collect::<Vec<_>>();
    std::thread::scope(|scope| {
        let halves = [half(0..SEEDS / 2), half(SEEDS / 2..SEEDS)].map(|half| scope.spawn(half));
        halves.into_iter().flat_map(|half| half.join().expect("no panic")).collect()
    })
}

#[test]
fn intervals_hold_the_truth_for_policies_that_were_never_shown() {
    let everyone = everyone();
    let (mut table, mut failed) = (String::new(), Vec::new());
    let line = "policy          truth | bias of naive      DM     IPS   SNIPS      DR | held by IPS SNIPS  DR | \
                mean width IPS  SNIPS     DR | unsupported";
    writeln!(table, "{line}").expect("to memory");
    for (n, name) in POLICIES.into_iter().enumerate() {
        let of_policy = || everyone.iter().map(|person| &person[n]);
        let mean = |of: &dyn Fn(&PolicyEstimate, f64) -> f64| {
            of_policy().map(|(estimate, truth)| of(estimate, *truth)).sum::<f64>() / SEEDS as f64
        };
        let count = |of: &dyn Fn(&PolicyEstimate, f64) -> bool| of_policy().filter(|(e, truth)| of(e, *truth)).count();
        let truth = mean(&|_, truth| truth);
        let naive = mean(&|e, truth| e.naive - truth);
        let biases = [
            mean(&|e, truth| e.direct - truth),
            mean(&|e, truth| e.ips.value - truth),
            mean(&|e, truth| e.snips.value - truth),
            mean(&|e, truth| e.doubly_robust.value - truth),
        ];
        let held = [
            count(&|e, truth| e.ips.holds(truth)),
            count(&|e, truth| e.snips.holds(truth)),
            count(&|e, truth| e.doubly_robust.holds(truth)),
        ];
        let widths =
            [mean(&|e, _| e.ips.width()), mean(&|e, _| e.snips.width()), mean(&|e, _| e.doubly_robust.width())];
        let unsupported = mean(&|e, _| e.unsupported);
        write!(table, "{name:14} {truth:>6.4} | {naive:>+13.4}").expect("to memory");
        biases.iter().for_each(|bias| write!(table, " {bias:>+7.4}").expect("to memory"));
        let [[ips, snips, dr], [wide, normalised, robust]] = [held.map(|h| h as f64), widths];
        writeln!(
            table,
            " | {ips:>11} {snips:>5} {dr:>3} | {wide:>14.4} {normalised:>6.4} {robust:>6.4} | {unsupported:.3}"
        )
        .expect("to memory");
        if JUDGED.contains(&name) {
            let lower = |e: &foretap_cli::policy::Estimate| e.value - e.low;
            let is_narrower = mean(&|e, _| lower(&e.doubly_robust)) <= mean(&|e, _| lower(&e.ips)) && robust <= wide;
            // Counting without propensities is wrong by more than a fifth, and ten times as wrong as DR.
            let naive_misleads = naive > 0.2 * truth && naive > 10.0 * biases[3].abs();
            if ips < 95.0 || dr < 95.0 || !is_narrower || !naive_misleads {
                failed.push(name);
            }
        }
    }
    println!("{table}");
    assert!(failed.is_empty(), "{failed:?}\n{table}");
}

fn foretap(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_foretap")).args(arguments).output().expect("it was built for this test")
}

/// A log in the plain form; `with` says whether propensities and slots are told.
fn csv(events: &[Event], propensities: bool, slots: bool) -> String {
    let mut rows = String::from("user,at_ms,utc_offset_min,kind,item,surface,position,propensity\n");
    for event in events {
        let (kind, item, slot) = match &event.kind {
            EventKind::Launch(item) => {
                let slot = event.slot.as_ref().filter(|_| slots);
                ("launch", item.id(), slot.map(|slot| format!("{},{},", slot.surface, slot.position)))
            }
            EventKind::Impression { item, surface, position, propensity } => {
                let share = propensity.filter(|_| propensities).map(|p| p.share().to_string()).unwrap_or_default();
                ("impression", item.id(), Some(format!("{surface},{position},{share}")))
            }
            EventKind::Close(item) => ("close", item.id(), None),
            EventKind::Unlock => ("unlock", "", None),
            EventKind::Lock => ("lock", "", None),
            _ => continue,
        };
        let (at_ms, offset) = (event.at.at_ms(), event.at.utc_offset_min());
        writeln!(rows, "me,{at_ms},{offset},{kind},{item},{}", slot.unwrap_or(",,".into())).expect("to memory");
    }
    rows
}

fn written(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).expect("writable");
    path.to_str().expect("UTF-8").to_owned()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn a_replay_estimates_the_policies_asked_for_and_nothing_else_changes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let events = lived(7, 12, SHARE).events;
    let log = written(folder.path(), "log.csv", &csv(&events, true, true));
    let numbers = folder.path().join("numbers.json");
    let numbers = numbers.to_str().expect("UTF-8");
    let with = foretap(&["replay", &log, "--no-model", "--policy", "logged,mru,foretap", "--json", numbers]);
    let says = text(&with.stdout);
    assert!(with.status.success(), "{}", text(&with.stderr));
    assert!(says.lines().all(|line| line.chars().count() <= 120), "{says}");
    let (_, table) = says.split_once("Policies: ").expect("a table of policies");
    assert!(table.contains("intervals over 12 days") && !table.contains("tell no slot"), "{table}");
    let names: Vec<&str> = table.lines().skip(3).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(names[..3], ["logged", "mru", "foretap"]);

    let json: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(numbers).expect("written")).expect("JSON");
    let dr = &json["off_policy"]["policies"]["mru"]["dr"];
    assert!(dr["low"].as_f64() < dr["value"].as_f64() && dr["value"].as_f64() < dr["high"].as_f64(), "{dr}");
    assert_eq!(json["off_policy"]["rewards_by"], "slot");

    let untimed = |says: &str| says.split("\nLatency").next().map(str::to_owned);
    let without = foretap(&["replay", &log, "--no-model"]);
    assert_eq!(untimed(&text(&without.stdout)), untimed(&says));
    assert!(!text(&without.stdout).contains("Policies"));
}

#[test]
fn without_slots_the_next_launch_counts_and_gives_nearly_the_same() {
    let events = lived(7, 40, SHARE).events;
    let unslotted: Vec<Event> = events.iter().map(|event| Event { slot: None, ..event.clone() }).collect();
    let opened = |events: &[Event]| {
        let read = moments(events, &StartWeights::default(), None, &policies());
        OffPolicy::of_moments(&[read], &policies()).expect("explored").opened as f64
    };
    let (by_slot, by_window) = (opened(&events), opened(&unslotted));
    // An item found elsewhere while the row showed it unseen is credited to the row.
    assert!(by_window >= by_slot && by_window < 2.0 * by_slot, "{by_slot} {by_window}");
}

#[test]
fn a_log_that_says_nothing_of_other_policies_is_refused_before_it_is_played() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (explored, plain) = (lived(7, 3, SHARE).events, lived(7, 3, 0.0).events);
    let launches: Vec<Event> = explored.iter().filter(|e| matches!(e.kind, EventKind::Launch(_))).cloned().collect();
    for (name, log, policy, why) in [
        ("none.csv", csv(&launches, true, true), "mru", "the log has no impressions"),
        ("blind.csv", csv(&explored, false, true), "mru", "no impression of the log has a propensity"),
        ("plain.csv", csv(&plain, true, true), "mru", "0 rows were open to exploration in this log"),
        ("model.csv", csv(&explored, true, true), "model", "the policy model needs a model"),
        ("word.csv", csv(&explored, true, true), "best", "known are logged, mfu, mru"),
    ] {
        let output = foretap(&["replay", &written(folder.path(), name, &log), "--no-model", "--policy", policy]);
        let says = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{says}");
        assert!(says.contains(why) && output.stdout.is_empty(), "{says}");
    }
}
