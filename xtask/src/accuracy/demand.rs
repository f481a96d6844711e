//! What the figures have to be.

use std::fmt;

use serde_json::{Value, json};

use super::figures::{Cell, Figures, Outcomes, Row, TASKS, Task, mean, rounded};

/// HR@3 of Foretap on UbiqLog, percent, by task.
const LEAST_HR3: [f64; 3] = [57.0, 67.3, 55.6];
/// HR@3 at INT8 against FP32, points.
const MOST_APART: f64 = 0.2;
/// The calibration error of Foretap's first suggestion, a share.
const MOST_ECE: f64 = 0.03;
/// HR@3 of Foretap over the best simple rule on the two phones, points, by task.
const LEAST_LEADS: [f64; 3] = [0.0, 0.0, 5.0];
/// Of Foretap against the mixer that ships nothing, points.
const MOST_BEHIND: f64 = 1.0;
/// What is no simple rule.
const LEARNERS: [&str; 5] = ["ppm3", "logmix", "mixer", "model", "foretap"];

/// On which side of its limit a number has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    AtLeast,
    AtMost,
}

/// A number with its limit.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Demand {
    what: String,
    bound: Bound,
    /// What was measured, and the limit; `None` where something that it takes is not there.
    numbers: Option<(f64, f64)>,
    /// Said behind the limit.
    note: String,
    decimals: usize,
}

impl Demand {
    /// A number that has to be at least its limit: what was measured, and that.
    pub(super) fn at_least(what: String, numbers: Option<(f64, f64)>) -> Self {
        Self { what, bound: Bound::AtLeast, numbers, note: String::new(), decimals: 2 }
    }

    fn at_most(what: String, numbers: Option<(f64, f64)>) -> Self {
        Self { bound: Bound::AtMost, ..Self::at_least(what, numbers) }
    }

    /// Everything that is demanded.
    pub(super) fn all(outcomes: &Outcomes, rows: &[Row], ece: [Option<f64>; 3]) -> Vec<Self> {
        let each = |of: &dyn Fn(usize, Task) -> Vec<Self>| -> Vec<Self> {
            TASKS.into_iter().enumerate().flat_map(|(n, task)| of(n, task)).collect()
        };
        let cell = |system: &str, n: usize| Row::cell(rows, system, n);
        [
            each(&|n, task| vec![accurate(task, cell("foretap", n), LEAST_HR3[n])]),
            each(&|n, task| ["model", "foretap"].map(|name| alike(task, name, |s| cell(s, n))).to_vec()),
            each(&|n, task| vec![calibrated(task, ece[n])]),
            each(&|n, task| vec![ahead(task, &outcomes.two_phones, LEAST_LEADS[n])]),
            each(&|n, task| {
                let [foretap, logmix] = ["foretap", "logmix"].map(|name| cell(name, n).map(|cell| cell.mean));
                not_behind("UbiqLog", task, foretap, logmix).to_vec()
            }),
            each(&|_, task| {
                let of = |name| Figures::of_replay(&outcomes.two_phones, task, name);
                not_behind("two phones", task, of("foretap"), of("logmix")).to_vec()
            }),
        ]
        .concat()
    }

    /// Whether it is kept; one that was not measured is not.
    pub(super) fn is_kept(&self) -> bool {
        // Means of numbers with four decimals: the last bits say nothing.
        self.numbers.is_some_and(|(measured, limit)| match self.bound {
            Bound::AtLeast => measured >= limit - 1e-9,
            Bound::AtMost => measured <= limit + 1e-9,
        })
    }

    /// For machines.
    pub(super) fn json(&self) -> Value {
        let bound = match self.bound {
            Bound::AtLeast => "at_least",
            Bound::AtMost => "at_most",
        };
        let (measured, limit) = self.numbers.map(|(measured, limit)| (rounded(measured), rounded(limit))).unzip();
        json!({ "what": self.what, "measured": measured, bound: limit, "kept": self.is_kept() })
    }
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:8}{}: ", if self.is_kept() { "ok" } else { "MISSED" }, self.what)?;
        let Some((measured, limit)) = self.numbers else { return write!(f, "not measured") };
        let bound = match self.bound {
            Bound::AtLeast => "at least",
            Bound::AtMost => "at most",
        };
        write!(f, "{measured:.0$}, {bound} {limit:.0$}{1}", self.decimals, self.note)
    }
}

fn accurate(task: Task, foretap: Option<&Cell>, limit: f64) -> Demand {
    let numbers = foretap.map(|cell| (cell.mean.hr3, limit));
    Demand::at_least(format!("UbiqLog {}: foretap HR@3", task.letter), numbers)
}

fn alike<'a>(task: Task, system: &str, cell: impl Fn(&str) -> Option<&'a Cell>) -> Demand {
    let what = format!("UbiqLog {}: {system} HR@3, int8 against fp32", task.letter);
    let Some((int8, fp32)) = cell(system).zip(cell(&format!("{system} fp32"))) else {
        return Demand::at_most(what, None);
    };
    let apart = int8.hr3.iter().zip(&fp32.hr3).map(|(int8, fp32)| (int8 - fp32).abs());
    let note = format!(" (most in one seed: {:.2})", apart.fold(0.0, f64::max));
    Demand { note, ..Demand::at_most(what, Some(((int8.mean.hr3 - fp32.mean.hr3).abs(), MOST_APART))) }
}

fn calibrated(task: Task, ece: Option<f64>) -> Demand {
    let what = format!("UbiqLog {}: foretap ECE", task.letter);
    Demand { decimals: 4, ..Demand::at_most(what, ece.map(|ece| (ece, MOST_ECE))) }
}

fn ahead(task: Task, two_phones: &Value, lead: f64) -> Demand {
    let foretap = Figures::of_replay(two_phones, task, "foretap");
    let rules = two_phones["tasks"][task.letter].as_object().into_iter().flat_map(|systems| systems.keys());
    let rules = rules.filter(|name| !LEARNERS.contains(&name.as_str()));
    let rates = rules.filter_map(|name| Some((name, Figures::of_replay(two_phones, task, name)?.hr3)));
    let best = rates.max_by(|a, b| a.1.total_cmp(&b.1));
    let note = best.map(|(name, rate)| match lead > 0.0 {
        true => format!(" ({name} {rate:.2} + {lead:.1})"),
        false => format!(" ({name})"),
    });
    let numbers = foretap.zip(best).map(|(foretap, (_, rate))| (foretap.hr3, rate + lead));
    let what = format!("two phones {}: foretap HR@3, over the best simple rule", task.letter);
    Demand { note: note.unwrap_or_default(), ..Demand::at_least(what, numbers) }
}

fn not_behind(log: &str, task: Task, foretap: Option<Figures>, logmix: Option<Figures>) -> [Demand; 2] {
    let demand = |name: &str, rate: fn(&Figures) -> f64| {
        let pair = foretap.zip(logmix);
        let numbers = pair.map(|(foretap, logmix)| (rate(&foretap), rate(&logmix) - MOST_BEHIND));
        let what = format!("{log} {}: foretap {name}, against logmix", task.letter);
        let note = format!(" (logmix - {MOST_BEHIND:.1})");
        Demand { note, ..Demand::at_least(what, numbers) }
    };
    [demand("HR@1", |f| f.hr1), demand("HR@3", |f| f.hr3)]
}

/// The calibration error of Foretap's first suggestion, a share, mean over the seeds.
pub(super) fn ece(replays: &[Value], task: Task) -> Option<f64> {
    let shares = replays.iter().map(|replay| replay["ece"][task.letter].as_f64()).collect::<Option<Vec<_>>>()?;
    mean(shares.into_iter())
}
