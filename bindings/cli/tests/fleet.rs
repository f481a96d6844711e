//! A fleet of 10,000 phones under canary releases of a better and of a worse model. Each phone verifies real signatures,
//! draws for itself and concludes by the library's own rules; what a model does to its person is measured once for each of
//! some simulated people, by rehearsal and trial on their logs.

#[path = "../../../core/tests/lives/mod.rs"]
mod lives;
#[path = "../../../core/tests/members/mod.rs"]
mod members;
#[path = "../../../core/tests/sync/phone.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod phone;
#[path = "../../../core/tests/sync/repository.rs"]
#[allow(dead_code, reason = "the tests of sync use the rest")]
mod repository;

use std::collections::BTreeMap;

use foretap_cli::simulate::{Options as People, Simulation};
use foretap_core::features::schema_hash;
use foretap_core::model::FORMAT;
use foretap_core::sync::{
    Arm, Bucket, Outcome, Reason, Release, Segment, Session, Shown, Slots, Start, StopRule, Sum, Trust,
};
use foretap_core::time::DAY_MS;
use foretap_core::{Bundle, Conclusion, Engine, Event, Options, Request, SyncOptions, Timestamp};
use phone::{LENIENT, alike, entry};
use repository::{CHANNEL, DAY_S, NOW_S, Repository, release, release_file, root, root_file, sum};

const PHONES: usize = 10_000;
/// People whose logs are played; each stands for as many phones.
const PEOPLE: usize = 16;
/// Three hits of a hundred may be lost, judged from 100 answers on.
const STOP: StopRule = StopRule { least_answers: 100, most_lost: 300 };
/// The share of phones that gave a model back from which on it is not given to more.
const MOST_GIVEN_BACK: f64 = 0.2;

/// What a model does to a person: what the rehearsal shows, then what the trial shows where it comes to one.
#[derive(Debug, Clone, Copy)]
struct Fate {
    rehearsal: Shown,
    trial: Option<Shown>,
}

/// A bundle that is turned round: it corrects against what it learned, is believed at first, and makes the likeliest item
/// the less likely. What a phone learns of its own makes up for most of that, but not at once.
fn turned_round(version: &str) -> Vec<u8> {
    let mut parts = members::Made::new(1).parts([members::weights(-4.0, 0.0, 0.0); 3], None);
    version.clone_into(&mut parts.manifest.version);
    for calibration in &mut parts.calibration {
        (calibration.trust, calibration.top, calibration.slope) = (2.0, -2.0, -1.0);
    }
    parts.pack().expect("packs")
}

/// The fate of a model on a person's phone that has another one, which has proved itself.
fn fate(seed: u64, before: &[u8], file: &[u8]) -> Fate {
    let people = People { days: 12, scale: 0.4, ..People::default() };
    let events: Vec<Event> = Simulation::new(seed, people).expect("in range").collect();
    let first_ms = events[0].at.at_ms();
    let (past, later): (Vec<_>, Vec<_>) =
        events.into_iter().partition(|event| event.at.at_ms() < first_ms + 7 * DAY_MS);
    let (proving, past) = past.split_at(past.len() / 2);
    let mut engine = Engine::in_memory(Options::default()).expect("memory");
    let had = everyone_has(before, 2, LENIENT);
    assert_eq!(run(&mut engine, &had, 0).map(|(_, conclusion)| conclusion), Some(Conclusion::Activated));
    engine.record_all(proving).expect("records");
    assert_eq!(run(&mut engine, &had, 2).map(|(_, conclusion)| conclusion), Some(Conclusion::Proven));
    engine.record_all(past).expect("records");
    let repository = everyone_has(file, 3, STOP);
    let first = run(&mut engine, &repository, 3).expect("a rehearsal");
    let trial = (first.1 == Conclusion::Activated).then(|| {
        engine.record_all(&later).expect("records");
        run(&mut engine, &repository, 5).expect("a trial").0
    });
    Fate { rehearsal: first.0, trial }
}

fn run(engine: &mut Engine, repository: &Repository, day: i64) -> Option<(Shown, Conclusion)> {
    let first = root_file(&root(1));
    let now = Timestamp::new(NOW_S * 1_000 + day * DAY_MS, 60).expect("in range");
    let options = SyncOptions { root: &first, channel: CHANNEL, segments: &[] };
    let mut session = engine.begin_sync(&options, now).expect("begins");
    repository.serve(&mut session, 65_536);
    let rehearsed = engine.end_sync(session).expect("ends").rehearsal?.run(&|| 0);
    let asked = |engine: &Engine| engine.predict(&Request::unlock(now), &|| 0).predictions.len();
    let before = asked(engine);
    let shown = rehearsed.shown();
    let conclusion = engine.conclude(rehearsed, now).expect("concludes");
    assert_eq!(asked(engine), before, "a prediction failed after the switch");
    assert!(before > 0 || engine.habits().openings() == 0);
    Some((shown, conclusion))
}

fn everyone_has(file: &[u8], version: u64, stop: StopRule) -> Repository {
    let mut release = canary(version, &[file], Some(file), None, 10_000, [5; 16]);
    release.rollout.stop = stop;
    let mut repository = Repository::of(version, &release);
    repository.add("bundle", file);
    repository
}

/// A release in which the first `share` buckets get `new`, and the rest `old` where there is one; `None` in `new` is the
/// shipped bundle.
fn canary(
    version: u64,
    files: &[&[u8]],
    new: Option<&[u8]>,
    old: Option<Option<&[u8]>>,
    share: u32,
    salt: [u8; 16],
) -> Release {
    let mut release = release(version);
    release.models = files.iter().map(|file| entry(file)).collect();
    let mut arms = vec![Arm { name: "canary".to_owned(), first: 0, share, model: new.map(sum) }];
    if let Some(old) = old.filter(|_| share < 10_000) {
        arms.push(Arm { name: "rest".to_owned(), first: share, share: 10_000 - share, model: old.map(sum) });
    }
    release.rollout.segments = vec![Segment { name: String::new(), arms }];
    (release.rollout.salt, release.rollout.stop) = (salt, STOP);
    release
}

struct Phone {
    trust: Trust,
    secret: [u8; 32],
    slots: Slots,
    person: usize,
}

/// What the phones said of one round, counted.
#[derive(Debug, Default)]
struct Report {
    fetched: usize,
    activated: usize,
    proven: usize,
    given_back: BTreeMap<&'static str, usize>,
}

impl Report {
    /// Whether the rollout may go on: the lower end of Wilson's 95 % interval is not above the limit.
    fn goes_on(&self) -> bool {
        let back = self.given_back.values().sum::<usize>() as f64;
        let all = back + self.activated as f64;
        let (share, z) = (back / all, 1.96);
        let middle = share + z * z / (2.0 * all);
        let half = z * (share * (1.0 - share) / all + z * z / (4.0 * all * all)).sqrt();
        (middle - half) / (1.0 + z * z / all) <= MOST_GIVEN_BACK
    }
}

struct Fleet {
    phones: Vec<Phone>,
    shipped: Sum,
    day: i64,
}

impl Fleet {
    /// Phones on which this model has proved itself.
    fn new(good: Sum) -> Self {
        let trust = Trust::first(&root_file(&root(1)), CHANNEL).expect("a root");
        let phones = (0..PHONES).map(|n| Phone {
            trust: trust.clone(),
            secret: sum(format!("phone {n}").as_bytes()),
            slots: Slots { good: Some(good), ..Slots::default() },
            person: n % PEOPLE,
        });
        Self { phones: phones.collect(), shipped: sum(Bundle::shipped_file()), day: 0 }
    }

    /// Every phone synchronises once, and concludes what its person's fate says.
    fn syncs(&mut self, repository: &Repository, fates: &BTreeMap<Sum, Vec<Fate>>) -> Report {
        let mut report = Report::default();
        self.day += 1;
        let now_s = NOW_S + self.day;
        for phone in &mut self.phones {
            let mut session = Session::new(Start {
                trust: phone.trust.clone(),
                device_s: now_s,
                secret: &phone.secret,
                segments: Vec::new(),
                feature_schema: schema_hash(),
                format: u32::from(FORMAT),
                bundles: Vec::new(),
                active: phone.slots.active(),
                given_back: phone.slots.given_back.iter().map(|given| given.sha256).collect(),
            });
            let (outcome, _) = repository.serve(&mut session, 262_144);
            assert!(!matches!(outcome, Outcome::Refused(_) | Outcome::Unreachable), "{outcome:?}");
            report.fetched += usize::from(outcome == Outcome::Fetched);
            let end = session.end();
            phone.slots.settle(&outcome, &end, &self.shipped);
            phone.trust = end.trust;
            let shown = match (phone.slots.standby, phone.slots.trial) {
                (Some(standby), _) => Some(Shown { trial: standby, ..fates[&standby.sha256][phone.person].rehearsal }),
                // A day later, with what was opened since.
                (None, Some(trial)) => fates[&trial.sha256][phone.person].trial.map(|shown| Shown { trial, ..shown }),
                (None, None) => None,
            };
            match shown.map(|shown| phone.slots.conclude(&shown, 0, now_s + self.day * DAY_S)) {
                Some(Conclusion::Activated) => report.activated += 1,
                Some(Conclusion::Proven) => report.proven += 1,
                Some(Conclusion::GivenBack(reason)) => *report.given_back.entry(reason.code()).or_default() += 1,
                Some(Conclusion::GoesOn) | None => {}
                Some(Conclusion::Overtaken) => panic!("nobody else runs"),
            }
        }
        report
    }

    fn have(&self, file: &[u8]) -> usize {
        let sum = sum(file);
        self.phones.iter().filter(|phone| phone.slots.active() == Some(sum)).count()
    }
}

fn served(releases: &[(u64, &Release)], files: &[&[u8]]) -> Repository {
    let mut repository = Repository::default();
    for (timestamp, release) in releases {
        repository.publish(*timestamp, release);
    }
    files.iter().for_each(|file| repository.add("bundle", file));
    repository
}

#[test]
fn a_better_model_reaches_the_fleet_and_a_worse_one_stops_and_goes_back() {
    let (old, better, worse) = (turned_round("1.0.0"), alike("2.0.0"), turned_round("3.0.0"));
    let fates: BTreeMap<Sum, Vec<Fate>> = std::thread::scope(|scope| {
        let played = [(&old, &better), (&better, &worse)].map(|(before, file)| {
            let fates = move || (0..PEOPLE as u64).map(|seed| fate(seed, before, file)).collect::<Vec<_>>();
            scope.spawn(move || (sum(file), fates()))
        });
        played.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });
    let mut fleet = Fleet::new(sum(&old));
    for (share, version) in [(100, 2), (1_000, 3), (10_000, 4)] {
        let release = canary(version, &[&old, &better], Some(&better), Some(Some(&old)), share, [5; 16]);
        let repository = served(&[(version, &release)], &[&old, &better]);
        let tried = fleet.syncs(&repository, &fates);
        let judged = fleet.syncs(&repository, &fates);
        println!("better, {:3} %: {tried:?}, then {judged:?}", share / 100);
        assert!(tried.goes_on() && judged.given_back.is_empty(), "{tried:?} {judged:?}");
        let (had, expected) = (fleet.have(&better) as f64, PHONES as f64 * f64::from(share) / 10_000.0);
        assert!((had - expected).abs() <= 4.0 * expected.sqrt(), "{had} of {expected}");
        assert_eq!(fleet.have(&old) + fleet.have(&better), PHONES);
    }
    assert!(fleet.phones.iter().all(|phone| phone.slots.good == Some(sum(&better))), "proven on all");

    let release = canary(5, &[&better, &worse], Some(&worse), Some(Some(&better)), 100, [6; 16]);
    let repository = served(&[(5, &release)], &[&better, &worse]);
    let tried = fleet.syncs(&repository, &fates);
    let judged = fleet.syncs(&repository, &fates);
    println!("worse, 1 %: {tried:?}, then {judged:?}; {} phones have it still", fleet.have(&worse));
    assert!(tried.given_back.contains_key(Reason::Rehearsal.code()), "phones give it back by themselves");
    assert!(!tried.goes_on(), "and it goes to no more of them");
    // The publisher's answer: the model before, for everyone, under a higher version.
    let release = canary(6, &[&better], Some(&better), None, 10_000, [6; 16]);
    fleet.syncs(&served(&[(6, &release)], &[&better]), &fates);
    assert_eq!((fleet.have(&worse), fleet.have(&better)), (0, PHONES), "the fleet is where it was");
}

/// Pearson's statistic of counts against what was expected of each.
fn chi_square(counts: &[f64], expected: f64) -> f64 {
    counts.iter().map(|count| (count - expected).powi(2) / expected).sum()
}

#[test]
fn draws_are_balanced_and_those_of_two_releases_independent() {
    let secrets: Vec<[u8; 32]> = (0..PHONES).map(|n| sum(format!("phone {n}").as_bytes())).collect();
    let mut worst = [0.0_f64; 2];
    for salt in 0..20_u8 {
        let (mut single, mut pairs) = ([0.0; 20], [0.0; 100]);
        for secret in &secrets {
            let [one, other] = [salt, salt + 100].map(|salt| Bucket::draw(secret, &[salt; 16]).number() as usize);
            single[one / 500] += 1.0;
            pairs[one / 1_000 * 10 + other / 1_000] += 1.0;
        }
        worst[0] = worst[0].max(chi_square(&single, PHONES as f64 / 20.0));
        worst[1] = worst[1].max(chi_square(&pairs, PHONES as f64 / 100.0));
    }
    println!("chi-square, worst of 20 salts: 20 parts {:.1}, 10 x 10 of two releases {:.1}", worst[0], worst[1]);
    // Of 20 draws each, at 0.1 %: chi-square's quantile at 0.99995 with 19 and with 99 degrees of freedom.
    assert!(worst[0] < 52.1 && worst[1] < 163.6, "{worst:?}");
    // A share that grows under one salt keeps who was in it.
    let (release_1, release_2) =
        (canary(2, &[b"m"], Some(b"m"), None, 100, [5; 16]), canary(3, &[b"m"], Some(b"m"), None, 1_000, [5; 16]));
    for secret in &secrets {
        let bucket = Bucket::draw(secret, &[5; 16]);
        let arm = |release: &Release| release.rollout.arm(bucket, &|_| false).is_some();
        assert!(!arm(&release_1) || arm(&release_2));
    }
    assert!(release_file(&release_1).len() < 2_000);
}
