//! The log that a command reads.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use foretap_cli::logs::{Format, Log, Reading, UserLog};
use foretap_cli::replay::with_sessions;
use foretap_core::{Event, EventKind};

use crate::failure::Failure;

/// Which log to read, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Source {
    /// The log: a file, gzipped or not.
    #[arg(value_name = "LOG")]
    log: PathBuf,
    /// How the log is written; by default its content decides.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<Format>,
    /// The phone's offset from UTC in minutes, for logs that do not tell it.
    #[arg(long, value_name = "MINUTES", default_value_t = 0, allow_negative_numbers = true,
          value_parser = clap::value_parser!(i16).range(-1080..=1080))]
    utc_offset_min: i16,
    /// Leaves notifications out, as if the phone had never allowed to read them.
    #[arg(long)]
    pub(crate) without_notifications: bool,
    /// Prints nothing but errors.
    #[arg(long)]
    pub(crate) quiet: bool,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).map(|name| name.parse().expect("one of the names"))
}

impl Source {
    /// The log's file.
    pub(crate) fn path(&self) -> &std::path::Path {
        &self.log
    }

    /// Reads the log and prepares everyone's events for a playback; bad rows are counted and the first ones named on
    /// standard error.
    ///
    /// # Errors
    /// If the log cannot be used.
    pub(crate) fn read(&self) -> Result<Log, Failure> {
        let mut log = Log::read_with(&self.log, Reading { format: self.format, utc_offset_min: self.utc_offset_min })?;
        for user in &mut log.users {
            user.events.retain(|event| !(self.without_notifications && is_notification(event)));
            user.events = with_sessions(&user.events);
        }
        let is_launch = |event: &Event| matches!(event.kind, EventKind::Launch(_));
        let is_empty = !log.users.iter().flat_map(|user| &user.events).any(is_launch);
        let problems = &log.problems;
        if problems.bad > 0 && !self.quiet {
            eprintln!("foretap: {}: {} of {} rows are bad", self.log.display(), problems.bad, problems.rows);
            for problem in problems.named.iter().take(NAMED) {
                eprintln!("foretap: {}:{}: {}", self.log.display(), problem.line, problem.reason);
            }
            if problems.bad > NAMED as u64 {
                eprintln!("foretap: ... and {} more", problems.bad - NAMED as u64);
            }
        }
        if is_empty {
            return Err(Failure::Argument(format!("{}: there is no launch in it", self.log.display())));
        }
        Ok(log)
    }
}

/// The log of one user.
///
/// # Errors
/// If nobody is called so; names some who are in it.
pub(crate) fn find<'a>(log: &'a Log, name: &str) -> Result<&'a UserLog, Failure> {
    log.users.iter().find(|user| user.user == name).ok_or_else(|| {
        let known = log.users.iter().map(|user| user.user.as_str()).take(5).collect::<Vec<_>>().join(", ");
        let more = if log.users.len() > 5 { ", ..." } else { "" };
        Failure::Argument(format!("{}: nobody is called {name}; known: {known}{more}", log.name))
    })
}

fn is_notification(event: &Event) -> bool {
    matches!(event.kind, EventKind::Notification(_) | EventKind::NotificationCleared(_))
}

/// How many bad rows are named.
const NAMED: usize = 5;
