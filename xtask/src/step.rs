//! One step of a command: a heading before, its duration after.

use std::process::{Command, ExitStatus};
use std::time::Instant;

use crate::failure::Failure;

/// Does `work` between a heading and a line with its duration.
///
/// # Errors
/// Those of `work`.
pub(crate) fn step<T>(title: &str, work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    println!("\n== {title}");
    let start = Instant::now();
    let outcome = work();
    let verdict = if outcome.is_ok() { "ok" } else { "failed" };
    println!("-- {title}: {verdict}, {:.1} s", start.elapsed().as_secs_f64());
    outcome
}

/// Runs a program as a step; its output goes to this terminal.
///
/// # Errors
/// If it cannot be started or does not end with exit code 0.
pub(crate) fn run(title: &str, command: &mut Command) -> Result<(), Failure> {
    step(title, || {
        let status = command.status().map_err(|error| not_started(command, &error))?;
        passed(title, status)
    })
}

/// What a program wrote to its standard output.
///
/// # Errors
/// If it cannot be started, does not end with exit code 0, or writes no UTF-8.
pub(crate) fn output(title: &str, command: &mut Command) -> Result<String, Failure> {
    let output = command.stderr(std::process::Stdio::inherit()).output();
    let output = output.map_err(|error| not_started(command, &error))?;
    passed(title, output.status)?;
    String::from_utf8(output.stdout).map_err(|_| Failure::new(format!("{title}: the output is not UTF-8")))
}

/// Whether the program ended with exit code 0.
///
/// # Errors
/// If it did not.
pub(crate) fn passed(title: &str, status: ExitStatus) -> Result<(), Failure> {
    if status.success() { Ok(()) } else { Err(Failure::new(format!("{title} did not pass ({status})"))) }
}

/// The failure of a program that could not be started.
pub(crate) fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    Failure::missing(format!("{} could not be started: {error}", command.get_program().to_string_lossy()))
}
