//! `foretap log`: a phone's own encrypted log at work.

mod consent;
mod decide;
mod files;
mod show;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use foretap_cli::beside::with_suffix;
use foretap_cli::key_file;
use foretap_core::{Engine, ModelChoice, Opened, Options, Timestamp};

use super::output;
use crate::failure::Failure;

/// Works with an encrypted log as a phone does: records, predicts, keeps to decisions, exports, imports, erases.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The encrypted log; it is made where there is none.
    #[arg(value_name = "DB")]
    db: PathBuf,
    /// The key and the salt of the log: 48 bytes in hexadecimal digits. Where the file is missing and the log too, a new
    /// key is made.
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,
    /// The statistics alone.
    #[arg(long, global = true)]
    no_model: bool,
    /// The time of what is asked or decided, in UTC epoch milliseconds; by default that of the newest event.
    #[arg(long, global = true, value_name = "MS", value_parser = clap::value_parser!(i64).range(0..=Timestamp::MAX_MS))]
    at: Option<i64>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Records a person's events from a log in a file; events that are there already are not stored twice.
    Record(files::Record),
    /// Ranks what will be opened next, and says why.
    Predict(show::Predict),
    /// Makes a decision of the person.
    #[command(subcommand)]
    Decide(decide::Decide),
    /// Undoes a decision.
    Undo {
        /// The number that `decisions` shows.
        id: i64,
    },
    /// Lists the decisions that are in force, with their numbers and times.
    Decisions,
    /// Writes everything into an encrypted file of the person's own.
    Export(files::Export),
    /// Takes an export in.
    Import(files::Import),
    /// Says what may be sent, and changes it; to begin with nothing. What is taken back is erased, here and, with the next
    /// `foretap upload`, on the server.
    Consent(consent::Consent),
    /// Saves what was learned and deletes what retention no longer keeps, as a phone does once a day.
    Maintain,
    /// Erases the log and everything beside it for good. The key file stays: throw it away as well.
    Erase,
}

const EXAMPLES: &str = "Examples:
  foretap log me.db --key-file key.hex record month.csv.gz
  foretap log me.db --key-file key.hex predict --language de
  foretap log me.db --key-file key.hex decide exclude com.example.dating
  foretap log me.db --key-file key.hex decide snooze com.example.news --days 7
  foretap log me.db --key-file key.hex decisions
  foretap log me.db --key-file key.hex undo 1
  foretap log me.db --key-file key.hex export me.foretap --passphrase-file words.txt
  foretap log new.db --key-file new.hex import me.foretap --passphrase-file words.txt
  foretap log me.db --key-file key.hex consent --reports yes --samples yes
  foretap health --db me.db --key-file key.hex";

/// Runs the command.
///
/// # Errors
/// If the log, its key or a file cannot be used, or the core refuses what is asked.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    // Files beside the log tell that there was one, and under another key.
    let is_new = !is_there(&arguments.db);
    let makes_a_log = matches!(arguments.action, Action::Record(_) | Action::Import(_) | Action::Decide(_));
    if is_new && !makes_a_log {
        return Err(Failure::Argument(format!(
            "{}: there is no log; `record` or `import` makes one",
            arguments.db.display()
        )));
    }
    if is_new && !arguments.key_file.exists() {
        eprintln!("foretap: a new key is in {}", arguments.key_file.display());
        key_file::write(&arguments.key_file, &random()?).map_err(Failure::output(&arguments.key_file))?;
    }
    let key = key_file::read(&arguments.key_file)?;
    // What is read is read before a log is made for it.
    let user = match &arguments.action {
        Action::Record(record) => Some(files::read(record)?),
        _ => None,
    };
    let model = if arguments.no_model { ModelChoice::Off } else { ModelChoice::Shipped };
    let mut engine = Engine::open(&arguments.db, &key, Options { model, ..Options::default() })?;
    tell_surprise(&engine, &arguments.db);
    let now = now(&engine, arguments.at)?;
    match &arguments.action {
        Action::Record(record) => files::record(&mut engine, record, &user.expect("read above")),
        Action::Predict(predict) => show::predict(&engine, predict, now),
        Action::Decide(decide) => {
            let control = decide.control(now)?;
            let is_unknown = control.item().is_some_and(|item| engine.habits().find(item).is_none());
            let words = show::words(&control);
            let note = if is_unknown { " (never seen in this log)" } else { "" };
            let id = engine.decide(now, control)?;
            output::print(&format!("decision {}: {words}{note}\n", id.number()))
        }
        Action::Undo { id } => {
            let is_undone = engine.undo(foretap_core::ControlId::of(*id), now)?;
            if !is_undone {
                return Err(Failure::Argument(format!("there is no decision {id} in force")));
            }
            output::print(&format!("decision {id} is undone\n"))
        }
        Action::Decisions => show::decisions(&engine, now),
        Action::Export(export) => files::export(&mut engine, export, &arguments.key_file, &arguments.db),
        Action::Import(import) => files::import(&mut engine, import),
        Action::Consent(consent) => consent::consent(&mut engine, consent, now),
        Action::Maintain => {
            let deleted = engine.maintain()?;
            output::print(&format!("{deleted} events deleted\n"))
        }
        Action::Erase => {
            engine.erase()?;
            let (db, key) = (arguments.db.display(), arguments.key_file.display());
            let mut text = format!("{db} and the files beside it are erased; throw {key} away as well\n");
            if with_suffix(&arguments.db, ".erasures").exists() {
                text += &format!("{db}.erasures stays: with it the next log here has a server erase what was sent\n");
            }
            output::print(&text)
        }
    }
}

/// Whether there is a log, or was one: then files lie beside it.
fn is_there(db: &Path) -> bool {
    ["", ".kcv", ".snapshot"].iter().any(|suffix| with_suffix(db, suffix).exists())
}

/// Refuses where there is no log, for commands that make none.
///
/// # Errors
/// [`Failure::Argument`], which says how to make one.
pub(super) fn must_be_there(db: &Path) -> Result<(), Failure> {
    if is_there(db) {
        return Ok(());
    }
    let what = "there is no log; `foretap log` makes one with `record` or `import`";
    Err(Failure::Argument(format!("{}: {what}", db.display())))
}

/// Tells what opening found, if it is not what was expected.
pub(super) fn tell_surprise(engine: &Engine, db: &Path) {
    if let Some(what) = surprise(engine.opened()) {
        eprintln!("foretap: {}: {what}", db.display());
    }
}

/// What opening found, if it is not what was expected.
fn surprise(opened: &Opened) -> Option<String> {
    let restored = |is_restored: bool| if is_restored { "; habits and decisions are restored" } else { "" };
    match opened {
        Opened::SetAside { quarantine, restored: is_restored } => {
            let at = quarantine.display();
            Some(format!("the log was damaged and lies at {at} now{}", restored(*is_restored)))
        }
        Opened::Vanished { restored: is_restored } => Some(format!("the log was gone{}", restored(*is_restored))),
        Opened::Created | Opened::Existing => None,
    }
}

/// The time that was asked for, or that of the newest event, or the clock's where there is none.
pub(super) fn now(engine: &Engine, at_ms: Option<i64>) -> Result<Timestamp, Failure> {
    let newest = engine.habits().newest();
    let at_ms = at_ms.or(newest.map(Timestamp::at_ms)).unwrap_or_else(clock_ms);
    Ok(Timestamp::new(at_ms, newest.map_or(0, Timestamp::utc_offset_min))?)
}

/// The system's clock, in UTC epoch milliseconds.
pub(super) fn clock_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(Timestamp::MAX_MS)
}

/// Bytes from the system's random numbers.
fn random<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|error| Failure::Argument(format!("no random numbers: {error}")))?;
    Ok(bytes)
}
