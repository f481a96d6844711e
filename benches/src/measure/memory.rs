//! How much memory an open engine adds to its process, measured in a fresh one.

use std::path::Path;
use std::process::Command;

use foretap_core::Recorded;

use crate::Result;
use crate::log_file::{self, LogFile};
use crate::peer::Launcher;
use crate::report::{Figure, Unit};
use crate::workload::{Workload, questions};

const AT_MOST_BYTES: u64 = 16 << 20;
/// Questions asked, and events recorded, before the second look.
const CALLS: usize = 100;
/// Fresh processes; the greatest growth counts.
const CHILDREN: usize = 3;

/// Whose memory is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// An engine.
    Foretap,
    /// A launcher that asks by SQL.
    Launcher,
}

impl Subject {
    const fn name(self) -> &'static str {
        match self {
            Self::Foretap => "foretap",
            Self::Launcher => "launcher",
        }
    }
}

/// Starts this program again as `program --memory-of SUBJECT --log FILE`, which must call [`in_child`]. `None` where the
/// system does not tell how much memory a process has.
///
/// # Errors
/// If a child fails.
pub fn memory(program: &Path, log: &LogFile) -> Result<Option<Vec<Figure>>> {
    if status("VmRSS").is_none() {
        return Ok(None);
    }
    let figure = |subject: Subject, name: &str| -> Result<Figure> {
        let mut most = [0; 2];
        for _ in 0..CHILDREN {
            let file = log.copy()?;
            let mut child = Command::new(program);
            let output = child.args(["--memory-of", subject.name(), "--log"]).arg(file.path()).output()?;
            let text = String::from_utf8(output.stdout)?;
            let numbers: Vec<u64> = text.split_whitespace().map(str::parse).collect::<std::result::Result<_, _>>()?;
            let [all, anonymous] = numbers[..] else {
                return Err(format!(
                    "a child ended with {}: {}",
                    output.status,
                    String::from_utf8_lossy(&output.stderr)
                )
                .into());
            };
            most = [most[0].max(all), most[1].max(anonymous)];
        }
        let numbers = vec![("RSS", most[0]), ("anon", most[1])];
        let name = name.to_owned();
        Ok(Figure { name, unit: Unit::Bytes, times: CHILDREN, numbers, budget: None, ratios: Vec::new() })
    };
    let peer = figure(Subject::Launcher, "  SQL: open, decayed counts, inserts")?;
    let ours = figure(Subject::Foretap, "added memory")?.within("RSS", AT_MOST_BYTES).beside(&peer);
    Ok(Some(vec![ours, peer]))
}

/// What the child does: opens the log, asks, records, and prints by how many bytes its memory (all, and the anonymous
/// part) has grown. The events and questions count too.
///
/// # Errors
/// The engine's and SQLite's.
///
/// # Panics
/// If a ranking is empty or an event is not stored.
pub fn in_child(subject: Subject, log: &Path) -> Result<()> {
    let before = now()?;
    let events = Workload::later_day()?;
    let mut asked = questions(&events);
    match subject {
        Subject::Foretap => {
            let mut engine = log_file::open(log)?;
            for event in &events[..CALLS] {
                let (_, request) = asked.next().ok_or("the day has launches")?;
                assert_eq!(engine.predict(&request, &|| 0).predictions.len(), 5);
                assert_eq!(engine.record(event)?, Recorded::Stored);
            }
            print_growth(before)?;
        }
        Subject::Launcher => {
            let launcher = Launcher::open(log)?;
            let mut shown = 0;
            for event in &events[..CALLS] {
                launcher.append(event)?;
                shown = launcher.frecency(event.at)?.len();
            }
            assert_eq!(shown, 5);
            print_growth(before)?;
        }
    }
    Ok(())
}

fn print_growth(before: [u64; 2]) -> Result<()> {
    let after = now()?;
    println!("{} {}", after[0].saturating_sub(before[0]), after[1].saturating_sub(before[1]));
    Ok(())
}

fn now() -> Result<[u64; 2]> {
    let bytes = |name| status(name).ok_or("/proc/self/status tells the memory of this process");
    Ok([bytes("VmRSS")?, bytes("RssAnon")?])
}

/// A line of `/proc/self/status` in kB, as bytes.
fn status(name: &str) -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kb| kb << 10)
}
