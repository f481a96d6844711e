//! `foretap upload`: what the person allowed to be sent is sealed, shown or sent.

use std::path::PathBuf;

use foretap_cli::beside::with_suffix;
use foretap_cli::transport::{AddressError, Https, Timeouts};
use foretap_cli::{key_file, upload};
use foretap_core::engine::Sealed;
use foretap_core::upload::{Batch, Reply, Step};
use foretap_core::{Consent, Engine, Options, Timestamp};

use super::{log, output};
use crate::failure::Failure;

/// Seals the days that are over and sends what waits, where the person allowed it (`foretap log DB consent`): noisy reports of a
/// day, samples of unlocks as bins without a name, and requests to erase what was taken back. `--preview` shows every field of
/// what waits, read from the very bytes that are sent, and sends nothing.
///
/// Exit code 0: nothing is left to send; 3: the server was not reached or did not take all of it, and the rest waits.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The receiver: https://HOST/PATH/ with TLS 1.3.
    #[arg(value_name = "ADDRESS", required_unless_present_any = ["preview", "schema"])]
    address: Option<String>,
    /// The encrypted log.
    #[arg(long, value_name = "FILE", required_unless_present = "schema")]
    db: Option<PathBuf>,
    /// The key and the salt of the log: 48 bytes in hexadecimal digits.
    #[arg(long, value_name = "FILE", required_unless_present = "schema")]
    key_file: Option<PathBuf>,
    /// Shows what waits, and sends nothing.
    #[arg(long, conflicts_with_all = ["address", "json", "ca_file"])]
    preview: bool,
    /// Prints what the numbers in a batch mean, as JSON: features with their bins, questions with their answers.
    #[arg(long, conflicts_with_all = ["address", "db", "key_file", "preview", "at", "ca_file", "json"])]
    schema: bool,
    /// The time of the run, in UTC epoch milliseconds; by default that of the newest event.
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(i64).range(0..=Timestamp::MAX_MS))]
    at: Option<i64>,
    /// Certificates as PEM of the only authorities that may vouch for the server; by default those that the system trusts.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Prints JSON: lengths in bytes.
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "Examples:
  foretap log me.db --key-file key.hex consent --reports yes --samples yes
  foretap upload --preview --db me.db --key-file key.hex
  foretap upload https://uploads.example.org/ --db me.db --key-file key.hex
  foretap log me.db --key-file key.hex consent --reports no --samples no      and all of it is erased";

/// Runs the command.
///
/// # Errors
/// If the log, its key or the address cannot be used, or something is left to send.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (Some(db), Some(key_file)) = (&arguments.db, &arguments.key_file) else {
        return output::print(&format!("{:#}\n", upload::schema()));
    };
    log::must_be_there(db).map_err(|missing| {
        if !with_suffix(db, ".erasures").exists() {
            return missing;
        }
        let what = "the log was erased, and what was sent waits to be erased: make a log at this place (`foretap log`) and \
                    upload again";
        Failure::Argument(format!("{}: {what}", db.display()))
    })?;
    let server = match &arguments.address {
        Some(address) => Some((address, server(address, arguments)?)),
        None => None,
    };
    let key = key_file::read(key_file)?;
    let mut engine = Engine::open(db, &key, Options::default())?;
    log::tell_surprise(&engine, db);
    let sealed = engine.seal_uploads(log::now(&engine, arguments.at)?)?;
    let Some((address, server)) = server else { return preview(&engine, sealed) };
    let report = upload::run(&mut engine, sealed, &server)?;
    let mut text = if arguments.json { format!("{:#}\n", report.json()) } else { report.to_string() };
    if report.is_idle() && !arguments.json {
        text += hint(engine.consent());
    }
    output::print(&text)?;
    report.failure().map_or(Ok(()), |reason| Err(Failure::NotSynced { address: address.clone(), reason }))
}

fn server(address: &str, arguments: &Arguments) -> Result<Https, AddressError> {
    Https::new(address, arguments.ca_file.as_deref(), Timeouts::default())
}

/// Every field of what waits, erasures first, as they are sent.
fn preview(engine: &Engine, sealed: Sealed) -> Result<(), Failure> {
    let mut text = format!("{}\n", upload::allowed(engine.consent(), "; "));
    if sealed.batches > 0 {
        text += &format!("sealed now: {}\n", upload::words(sealed));
    }
    let mut upload = engine.begin_upload()?;
    let mut waits = false;
    while let Step::Post { body, .. } = upload.step() {
        waits = true;
        match Batch::open(&body) {
            Ok(batch) => text += &format!("\n{} bytes wait to be sent:\n{batch}", body.len()),
            Err(_) => {
                text +=
                    &format!("\na request to erase what was sent in a week waits: its token, {} bytes\n", body.len())
            }
        }
        upload.answered(Reply::Taken);
    }
    if !waits {
        text += "nothing waits to be sent\n";
        text += hint(engine.consent());
    }
    output::print(&text)
}

/// Why nothing waits, where a person may have expected something.
const fn hint(consent: Consent) -> &'static str {
    if consent.is_any() {
        "(what is recorded after the permission is sent, once its day is over)\n"
    } else {
        "(nothing may be sent: `foretap log DB consent --reports yes --samples yes` allows it)\n"
    }
}
