//! What goes into an encrypted log, and what comes out of it.

use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::path::PathBuf;

use foretap_core::{Engine, Error, Secret};

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

/// Records a person's events.
pub(super) fn record(engine: &mut Engine, record: &Record) -> Result<(), Failure> {
    let log = record.source.read()?;
    let user = match &record.user {
        Some(name) => find(&log, name)?,
        None => log.users.first().ok_or_else(|| Failure::Argument(format!("{}: nobody is in it", log.name)))?,
    };
    let added = engine.backfill(&user.events)?;
    engine.checkpoint()?;
    if record.source.quiet {
        return Ok(());
    }
    output::print(&format!("{added} of {} events of {} stored\n", user.events.len(), user.user))
}

/// Writes an export.
pub(super) fn export(engine: &mut Engine, export: &Export) -> Result<(), Failure> {
    output::check(&export.file)?;
    let passphrase = export.secret.passphrase()?;
    let failed = Failure::output(&export.file);
    // Beside it first: an export that is cut short must not stand in the place of one that was whole.
    let mut partial = export.file.clone().into_os_string();
    partial.push(".part");
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
        "{} events added, {} known, {} of hidden items left out, {} learned on top; {} decisions\n",
        imported.added, imported.known, imported.left_out, imported.on_top, imported.controls
    ))
}

fn of_secret(error: Error, secret: &SecretFile) -> Failure {
    match error {
        Error::Backup(error) => Failure::Argument(format!("{}: {error}", secret.passphrase_file.display())),
        error => error.into(),
    }
}
