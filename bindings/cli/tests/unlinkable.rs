//! What somebody who has the library and everything that a server keeps can find out about simulated people: no field is turned back
//! into a name, and no two weeks of a person are told to belong together better than by chance and 1 %. `FORETAP_PEOPLE` says how
//! many people; 240 by default.

use std::collections::BTreeSet;

use foretap_cli::dice::Dice;
use foretap_cli::simulate::{Job, Options, Simulation};
use foretap_core::features::Feature;
use foretap_core::time::DAY_MS;
use foretap_core::upload::{Batch, ErasureToken, QUESTIONS, Report, Sample, Week};
use foretap_core::{Consent, Engine, EventKind, ModelChoice, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// Monday 2026-11-02.
const FIRST_DAY: i64 = 20_759;
/// Days before anything is sent.
const HISTORY: i64 = 14;
/// The better half of what chance gives, and this.
const MARGIN: f64 = 0.01;

/// What the lake has of a person in a week.
#[derive(Default)]
struct Sent {
    samples: Vec<Sample>,
    reports: Vec<Report>,
    bytes: Vec<u8>,
}

/// A person's two weeks in the lake, and the names that they gave to things.
struct Person {
    weeks: [Sent; 2],
    names: BTreeSet<String>,
}

fn person(number: u32) -> Person {
    let mut dice = Dice::new(u64::from(number) + 1);
    let options = Options {
        days: u32::try_from(HISTORY).expect("few") + 14,
        first_day: FIRST_DAY,
        // People differ by far in how much they use a phone, what is on it, and when they work.
        scale: dice.between(0.08_f64.ln(), 0.5_f64.ln()).exp(),
        extra_items: u16::try_from(dice.below(41)).expect("few"),
        job: [Job::Office, Job::Shop, Job::None][usize::try_from(dice.below(3)).expect("three")],
        ..Options::default()
    };
    let model = foretap_core::Options { model: ModelChoice::Off, ..foretap_core::Options::default() };
    let mut engine = Engine::in_memory(model).expect("memory");
    let day = |day: i64| Timestamp::new((FIRST_DAY + day) * DAY_MS, 0).expect("valid");
    let secret: [u8; 32] = Sha256::digest(number.to_be_bytes()).into();
    let mut weeks = [Sent::default(), Sent::default()];
    let mut names = BTreeSet::new();
    let (mut begun, mut sealed) = (false, 0);
    let mut seal = |engine: &mut Engine, until: i64| {
        engine.seal_uploads(day(until)).expect("sealed");
        for waiting in engine.outbox().expect("reads") {
            let batch = Batch::open(&waiting.bytes).expect("a batch");
            let place = |week: Week| usize::from(week > Week::of(day(HISTORY)));
            batch.samples.into_iter().for_each(|sample| weeks[place(sample.week)].samples.push(sample));
            batch.reports.into_iter().for_each(|report| weeks[place(report.week)].reports.push(report));
            weeks[0].bytes.extend(&waiting.bytes);
        }
        let mut upload = engine.begin_upload().expect("reads");
        (0..9).for_each(|_| upload.answered(foretap_core::upload::Reply::Taken));
        engine.end_upload(upload).expect("stored");
    };
    for event in Simulation::new(u64::from(number), options).expect("in range") {
        if let Some(item) = event.kind.item() {
            names.insert(item.id().to_owned());
        }
        names.extend(event.context.place.iter().chain(&event.context.access_point).map(|t| t.as_str().to_owned()));
        if !begun && event.at >= day(HISTORY).plus_ms(-1) {
            let both = Consent { reports: true, samples: true };
            engine.set_consent(both, day(HISTORY - 1), secret).expect("stored");
            begun = true;
        }
        let today = event.at.day() - FIRST_DAY;
        if begun && today >= HISTORY + sealed + 7 {
            sealed += 7;
            seal(&mut engine, HISTORY + sealed);
        }
        if matches!(event.kind, EventKind::Launch(_) | EventKind::Close(_) | EventKind::Unlock | EventKind::Lock) {
            engine.record(&event).expect("stored");
        }
    }
    seal(&mut engine, HISTORY + 14);
    Person { weeks, names }
}

fn people() -> Vec<Person> {
    let count = std::env::var("FORETAP_PEOPLE").ok().and_then(|people| people.parse().ok()).unwrap_or(240);
    let numbers: Vec<u32> = (0..count).collect();
    std::thread::scope(|scope| {
        let halves = numbers
            .chunks(numbers.len().div_ceil(2))
            .map(|half| scope.spawn(move || half.iter().map(|&number| person(number)).collect::<Vec<_>>()));
        let halves: Vec<_> = halves.collect();
        halves.into_iter().flat_map(|half| half.join().expect("lives")).collect()
    })
}

/// What an attacker looks at in a row: bins, each of at most 16.
type Columns = Vec<u8>;

/// All bins of both candidates, and the moment.
fn columns(sample: &Sample) -> Columns {
    let mut columns: Columns = sample.opened.to_vec();
    // What describes the moment is said once.
    columns.extend(&sample.other[..Feature::Gap as usize]);
    columns.extend([sample.moment as u8, sample.part_of_day as u8]);
    columns
}

/// How much more often two bins of a column are met in two weeks of one person than of two: logarithms, learned from other people.
struct Ratios(Vec<[[f32; 16]; 16]>);

impl Ratios {
    fn learn(pairs: &[[Vec<Columns>; 2]]) -> Self {
        let width = pairs[0][0][0].len();
        let mut tables = Vec::with_capacity(width);
        for column in 0..width {
            let (mut both, mut first, mut second, mut all) = ([[0.5_f64; 16]; 16], [8.0; 16], [8.0; 16], 128.0);
            for [before, after] in pairs {
                for a in before {
                    for b in after {
                        let (a, b) = (usize::from(a[column]), usize::from(b[column]));
                        both[a][b] += 1.0;
                        first[a] += 1.0;
                        second[b] += 1.0;
                        all += 1.0;
                    }
                }
            }
            #[expect(clippy::cast_possible_truncation, reason = "a score")]
            let ratio = |a: usize, b: usize| (both[a][b] * all / (first[a] * second[b])).ln() as f32;
            tables.push(std::array::from_fn(|a| std::array::from_fn(|b| ratio(a, b))));
        }
        Self(tables)
    }

    fn of<'a>(&'a self, a: &'a Columns, b: &'a Columns) -> impl Iterator<Item = f32> + 'a {
        self.0.iter().zip(a.iter().zip(b)).map(|(table, (a, b))| table[usize::from(*a)][usize::from(*b)])
    }
}

/// A weight for each column, learned on pairs of other people: logistic regression.
fn weights(ratios: &Ratios, pairs: &[[Vec<Columns>; 2]]) -> Vec<f32> {
    let mut weights = vec![0.02_f32; ratios.0.len()];
    let mut bias = 0.0_f32;
    let mut dice = Dice::new(7);
    let pick = |dice: &mut Dice, length: usize| {
        usize::try_from(dice.below(u32::try_from(length).expect("few"))).expect("below a length")
    };
    for step in 0..60_000 {
        let (one, other) = (pick(&mut dice, pairs.len()), pick(&mut dice, pairs.len()));
        let is_same = step % 2 == 0;
        let other = if is_same { one } else { other };
        let (before, after) = (&pairs[one][0], &pairs[other][1]);
        if before.is_empty() || after.is_empty() || (!is_same && one == other) {
            continue;
        }
        let (a, b) = (&before[pick(&mut dice, before.len())], &after[pick(&mut dice, after.len())]);
        let score: f32 = bias + ratios.of(a, b).zip(&weights).map(|(ratio, weight)| ratio * weight).sum::<f32>();
        let error = f32::from(u8::from(is_same)) - 1.0 / (1.0 + (-score).exp());
        let rate = 0.01 / (1.0 + step as f32 / 20_000.0);
        bias += rate * error;
        for (weight, ratio) in weights.iter_mut().zip(ratios.of(a, b)) {
            *weight += rate * (error * ratio - 0.001 * *weight);
        }
    }
    weights
}

/// How often the best match among all rows of the second week is of the same person, and how often chance would find one.
fn linked(targets: &[[Vec<Columns>; 2]], score: &(dyn Fn(&Columns, &Columns) -> f32 + Sync)) -> [f64; 2] {
    let rows: Vec<(usize, &Columns)> =
        targets.iter().enumerate().flat_map(|(who, [_, after])| after.iter().map(move |row| (who, row))).collect();
    let questions: Vec<(usize, &Columns)> = targets
        .iter()
        .enumerate()
        .flat_map(|(who, [before, _])| before.iter().take(6).map(move |r| (who, r)))
        .collect();
    let found: usize = std::thread::scope(|scope| {
        let parts = questions.chunks(questions.len().div_ceil(2)).map(|part| {
            let rows = &rows;
            scope.spawn(move || {
                let best = |row: &Columns| {
                    rows.iter().map(|(who, other)| (score(row, other), *who)).max_by(|a, b| a.0.total_cmp(&b.0))
                };
                part.iter().filter(|(who, row)| best(row).is_some_and(|(_, found)| found == *who)).count()
            })
        });
        parts.collect::<Vec<_>>().into_iter().map(|part| part.join().expect("scores")).sum()
    });
    let of = |who: usize| targets[who][1].len() as f64 / rows.len() as f64;
    let chance: f64 = questions.iter().map(|(who, _)| of(*who)).sum();
    [found as f64 / questions.len() as f64, chance / questions.len() as f64]
}

#[test]
fn no_two_weeks_of_a_person_are_told_to_belong_together() {
    let people = people();
    let rows = |person: &Person| person.weeks.each_ref().map(|sent| sent.samples.iter().map(columns).collect());
    let all: Vec<[Vec<Columns>; 2]> = people.iter().map(rows).collect();
    assert!(all.iter().filter(|[a, b]| !a.is_empty() && !b.is_empty()).count() * 10 > 9 * all.len());
    let answers = |person: &Person| {
        person.weeks.each_ref().map(|sent| sent.reports.iter().map(|report| report.answers.to_vec()).collect())
    };
    let reports: Vec<[Vec<Columns>; 2]> = people.iter().map(answers).collect();
    assert!(reports.iter().all(|[a, b]| a.len() >= 6 && b.len() >= 6), "a report of each day");

    let mut results: Vec<(&str, [f64; 2])> = Vec::new();
    let half = all.len() / 2;
    for (targets, others, name) in [(0..half, half..all.len(), "first half"), (half..all.len(), 0..half, "second half")]
    {
        // The attacker has the library, so other people can be simulated and learned from.
        let (pairs, targets_rows) = (&all[others.clone()], &all[targets.clone()]);
        let ratios = Ratios::learn(pairs);
        let weights = weights(&ratios, pairs);
        let sum = |a: &Columns, b: &Columns| ratios.of(a, b).sum::<f32>();
        let weighted = |a: &Columns, b: &Columns| ratios.of(a, b).zip(&weights).map(|(r, w)| r * w).sum::<f32>();
        println!("{name}");
        for (attack, linked) in [
            ("a sample: all columns alike", linked(targets_rows, &sum)),
            ("a sample: columns weighed by logistic regression", linked(targets_rows, &weighted)),
        ] {
            println!("  {attack}: {:.2} %, chance {:.2} %", 100.0 * linked[0], 100.0 * linked[1]);
            results.push((attack, linked));
        }
        // Of reports, those of a week share a name: all of one week against all of another.
        let ratios = Ratios::learn(&reports[others]);
        let week = |[before, after]: [&Vec<Columns>; 2]| {
            before.iter().flat_map(|a| after.iter().map(|b| ratios.of(a, b).sum::<f32>())).sum::<f32>()
        };
        let targets = &reports[targets];
        let found = targets.iter().enumerate().filter(|(who, [before, _])| {
            let best = targets.iter().map(|[_, after]| week([before, after])).enumerate();
            best.max_by(|a, b| a.1.total_cmp(&b.1)).is_some_and(|(found, _)| found == *who)
        });
        let linked = [found.count() as f64 / targets.len() as f64, 1.0 / targets.len() as f64];
        println!("  reports of a week: {:.2} %, chance {:.2} %", 100.0 * linked[0], 100.0 * linked[1]);
        results.push(("reports of a week", linked));
    }
    for attack in results.iter().map(|(attack, _)| *attack).collect::<BTreeSet<_>>() {
        let of: Vec<[f64; 2]> = results.iter().filter(|(name, _)| *name == attack).map(|(_, r)| *r).collect();
        let mean = |n: usize| of.iter().map(|linked| linked[n]).sum::<f64>() / of.len() as f64;
        println!("{attack}: {:.2} % linked, {:.2} % by chance", 100.0 * mean(0), 100.0 * mean(1));
        assert!(mean(0) <= mean(1) + MARGIN, "{attack}: {} is more than chance, {}, and 1 %", mean(0), mean(1));
    }
}

/// Everything that the library could compute of a text without the phone's secret.
fn computable(text: &str) -> Vec<[u8; 32]> {
    let labels =
        ["", "foretap/upload/v1|", "foretap/row/v1|", "foretap/batch/v1|", "foretap/token/v1|", "foretap/user-id/v1|"];
    let mut all = Vec::new();
    for label in labels {
        let whole = [label.as_bytes(), text.as_bytes()].concat();
        all.push(Sha256::digest(&whole).into());
        for key in [[0; 32], Sha256::digest(text).into(), Sha256::digest(label).into()] {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("any length");
            mac.update(&whole);
            all.push(mac.finalize().into_bytes().into());
        }
    }
    all
}

#[test]
fn no_field_is_turned_back_into_a_name() {
    let people: Vec<Person> = (0..12).map(person).collect();
    let mut guesses = 0;
    for person in &people {
        let rows: Vec<u8> = person.weeks.iter().flat_map(|sent| &sent.samples).flat_map(Sample::to_bytes).collect();
        let reports = person.weeks.iter().flat_map(|sent| &sent.reports);
        let names: Vec<u8> = reports.flat_map(|report| *report.pseudonym.bytes()).collect();
        let lake = [rows, names, person.weeks[0].bytes.clone()].concat();
        assert!(lake.len() > 10_000 && person.names.len() > 20);
        let eights: BTreeSet<&[u8]> = lake.windows(8).collect();
        for name in &person.names {
            assert!(!lake.windows(name.len()).any(|window| window.eq_ignore_ascii_case(name.as_bytes())), "{name}");
            for digest in computable(name) {
                assert!(!eights.contains(&digest[..8]) && !eights.contains(&digest[24..]), "{name}");
                guesses += 1;
            }
        }
        // Nor from the week, which is known, without the secret.
        for week in person.weeks.iter().flat_map(|sent| &sent.samples).map(|sample| sample.week.number()) {
            for digest in computable(&week.to_string()).into_iter().chain(std::iter::once([0; 32])) {
                let token = ErasureToken::new(digest);
                assert!(token.pseudonyms().iter().all(|name| !eights.contains(&name.bytes()[..8])));
            }
        }
    }
    println!("{} people, {guesses} guesses, none right", people.len());
    assert!(QUESTIONS.len() > 3);
}
