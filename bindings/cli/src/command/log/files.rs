//! What goes into an encrypted log, and what comes out of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use foretap_cli::beside::with_suffix;
use foretap_cli::logs::UserLog;
use foretap_core::engine::Recorded;
use foretap_core::{Engine, Error, Event, Secret};

use super::super::source::{Source, find};
use super::{output, random};
use crate::failure::Failure;

/// What is recorded.
#[derive(Debug, clap::Args)]
pub(super) struct Record {
    #[command(flatten)]
    source: Source,
    /// Whose events; the first person's by default.
    #[arg(long, value_name = "NAME")]
    user: Option<String>,
}

/// Where an export goes.
#[derive(Debug, clap::Args)]
pub(super) struct Export {
    /// The file; it is replaced.
    file: PathBuf,
    #[command(flatten)]
    secret: SecretFile,
}

/// Where an import comes from.
#[derive(Debug, clap::Args)]
pub(super) struct Import {
    /// The file.
    file: PathBuf,
    #[command(flatten)]
    secret: SecretFile,
}

#[derive(Debug, clap::Args)]
struct SecretFile {
    /// A file with the passphrase, at least 8 bytes; white space at its ends does not count.
    #[arg(long, value_name = "FILE")]
    passphrase_file: PathBuf,
}

impl SecretFile {
    fn passphrase(&self) -> Result<String, Failure> {
        let path = &self.passphrase_file;
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|error| Failure::Argument(format!("{}: cannot be read: {error}", path.display())))?;
        Ok(text.trim().to_owned())
    }
}

/// Reads the events of the person whose they are.
pub(super) fn read(record: &Record) -> Result<UserLog, Failure> {
    let log = record.source.read()?;
    let user = match &record.user {
        Some(name) => find(&log, name)?,
        None => log.users.first().ok_or_else(|| Failure::Argument(format!("{}: nobody is in it", log.name)))?,
    };
    let others = log.users.len() - 1;
    if others > 0 && record.user.is_none() && !record.source.quiet {
        eprintln!("foretap: {}: {others} more people are in it; --user chooses", record.source.path().display());
    }
    Ok(user.clone())
}

/// Records a person's events: those after the newest one as they would have come, the others as history.
pub(super) fn record(engine: &mut Engine, record: &Record, user: &UserLog) -> Result<(), Failure> {
    let newest = engine.habits().newest();
    let (new, old): (Vec<Event>, Vec<Event>) =
        user.events.iter().cloned().partition(|event| newest.is_some_and(|newest| event.at > newest));
    let mut stored = engine.backfill(&old)?;
    let mut not_learned = 0;
    for events in new.chunks(AT_ONCE) {
        for recorded in engine.record_all(events)? {
            stored += usize::from(recorded == Recorded::Stored);
            not_learned += usize::from(recorded == Recorded::NotLearned);
        }
    }
    engine.checkpoint()?;
    if record.source.quiet {
        return Ok(());
    }
    let (all, name) = (user.events.len(), &user.user);
    let known = all - stored - not_learned;
    let mut text = format!("{stored} of {all} events of {name} stored");
    if known > 0 {
        text += &format!("; {known} are there already, counted already, or from a pause");
    }
    if not_learned > 0 {
        text += &format!("; {not_learned} are not to be learned");
    }
    output::print(&(text + "\n"))
}

/// Events of one transaction.
const AT_ONCE: usize = 10_000;

/// Writes an export.
pub(super) fn export(engine: &mut Engine, export: &Export, key_file: &Path, db: &Path) -> Result<(), Failure> {
    output::check(&export.file, &[key_file, &export.secret.passphrase_file])?;
    if is_beside(&export.file, db) {
        return Err(Failure::Argument(format!("{}: is a file of the log", export.file.display())));
    }
    let passphrase = export.secret.passphrase()?;
    let failed = Failure::output(&export.file);
    // Beside it first: an export that is cut short must not stand in the place of one that was whole.
    let partial = with_suffix(&export.file, ".part");
    let mut file = BufWriter::new(File::create(&partial).map_err(&failed)?);
    let exported = engine.export(&mut file, &Secret::Passphrase(&passphrase), random()?).map_err(|error| {
        let _ = std::fs::remove_file(&partial);
        of_secret(error, &export.secret)
    })?;
    file.flush().and_then(|()| std::fs::rename(&partial, &export.file)).map_err(&failed)?;
    output::print(&format!(
        "{}: {} events, {} decisions, {} bytes; {} events of hidden items left out\n",
        export.file.display(),
        exported.events,
        exported.controls,
        exported.bytes,
        exported.left_out
    ))
}

/// Takes an export in.
pub(super) fn import(engine: &mut Engine, import: &Import) -> Result<(), Failure> {
    let passphrase = import.secret.passphrase()?;
    let path = import.file.display();
    let file =
        File::open(&import.file).map_err(|error| Failure::Argument(format!("{path}: cannot be read: {error}")))?;
    let imported = engine.import(&mut BufReader::new(file), &Secret::Passphrase(&passphrase));
    let imported = imported.map_err(|error| match error {
        Error::Backup(error) => Failure::Argument(format!("{path}: {error}")),
        error => error.into(),
    })?;
    output::print(&format!(
        "{} events added, {} known, {} of hidden items left out; {} that were here are learned on top of them; {} decisions\n",
        imported.added, imported.known, imported.left_out, imported.on_top, imported.controls
    ))
}

/// Whether a path is the log's or that of a file beside it.
fn is_beside(path: &Path, db: &Path) -> bool {
    let folder = |path: &Path| {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        parent.canonicalize().ok()
    };
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let suffix = name(path).strip_prefix(&name(db)).map(str::to_owned);
    folder(path) == folder(db) && suffix.is_some_and(|suffix| suffix.is_empty() || suffix.starts_with(['-', '.']))
}

fn of_secret(error: Error, secret: &SecretFile) -> Failure {
    match error {
        Error::Backup(error) => Failure::Argument(format!("{}: {error}", secret.passphrase_file.display())),
        error => error.into(),
    }
}
