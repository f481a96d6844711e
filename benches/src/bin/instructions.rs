//! Prints how many instructions a call takes: the same on a busy machine as on an idle one. Runs itself under valgrind once
//! for the preparation alone and once with each kind of call after it; the difference is what the calls took.

use std::path::Path;
use std::process::{Command, ExitCode};

use clap::{Parser, ValueEnum};
use foretap_benches::Result;
use foretap_benches::workload::{Workload, questions};
use foretap_core::{Engine, Options, Recorded, Request};

/// Events in the log before the calls: every candidate's place is taken.
const EVENTS: usize = 6_000;
/// Calls of each kind.
const CALLS: u64 = 400;

/// Counts instructions per call with valgrind; says so and ends well where valgrind is not installed.
#[derive(Parser)]
struct Arguments {
    /// What a child process does.
    #[arg(long, hide = true)]
    child: Option<Calls>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Calls {
    Nothing,
    Predict,
    Record,
    Learn,
}

fn main() -> Result<ExitCode> {
    if let Some(calls) = Arguments::parse().child {
        run(calls)?;
        return Ok(ExitCode::SUCCESS);
    }
    if Command::new("valgrind").arg("--version").output().is_err() {
        println!("skipped: valgrind");
        return Ok(ExitCode::SUCCESS);
    }
    let program = std::env::current_exe()?;
    let nothing = counted(&program, "nothing")?;
    println!("{EVENTS} events in memory, {CALLS} calls of each kind; instructions a call:");
    for (calls, about) in [
        ("predict", "five predictions with reasons"),
        ("record", "an event of any kind, stored in memory and learnt from"),
        ("learn", "the second half of record"),
    ] {
        let each = counted(&program, calls)?.saturating_sub(nothing) / CALLS;
        println!("{calls:<8} {each:>9}  {about}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The instructions of this program as a child.
fn counted(program: &Path, calls: &str) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    let output = valgrind
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--child", calls])
        .output()?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counted = text.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    counted
        .filter(|_| output.status.success())
        .ok_or_else(|| format!("valgrind ended with {}: {text}", output.status).into())
}

fn run(calls: Calls) -> Result<()> {
    let workload = Workload::of_events(EVENTS)?;
    let count = usize::try_from(CALLS)?;
    let requests: Vec<Request> = questions(&workload.next).take(count).map(|(_, request)| request).collect();
    assert_eq!(requests.len(), count);
    let mut engine = Engine::in_memory(Options::default())?;
    engine.record_all(&workload.history)?;
    let mut habits = engine.habits().clone();
    match calls {
        Calls::Nothing => {}
        Calls::Predict => {
            for request in &requests {
                assert_eq!(engine.predict(request, &|| 0).predictions.len(), 5);
            }
        }
        Calls::Record => {
            let mut stored = 0;
            for event in &workload.next[..count] {
                stored += usize::from(engine.record(event)? == Recorded::Stored);
            }
            assert!(100 * stored >= 99 * count, "{stored} of {count} were new");
        }
        Calls::Learn => {
            workload.next[..count].iter().for_each(|event| habits.apply(event, engine.model().corrector()));
            assert!(habits.openings() > engine.habits().openings());
        }
    }
    Ok(())
}
