//! One run that sends what waits in a log's outbox: what a phone's host does, to a server over HTTPS.

mod schema;

use std::fmt;

use foretap_core::engine::Sealed;
use foretap_core::upload::{Delivered, Reply, Step};
use foretap_core::{Consent, Engine};
use serde_json::{Value, json};

use crate::count::counted;
use crate::transport::{FetchError, Post};

pub use schema::schema;

/// What a run came to.
#[derive(Debug)]
pub struct Report {
    /// What was sealed before it.
    pub sealed: Sealed,
    /// What the server has now.
    pub delivered: Delivered,
    /// Bytes of all bodies that the server answered.
    pub bytes: usize,
    /// Why it ended before all was sent.
    pub problem: Option<FetchError>,
}

/// Sends what waits. What the server did not take waits for another run.
///
/// # Errors
/// As [`Engine::begin_upload`] and [`Engine::end_upload`]. A server that is not reached is no error: the report says so.
pub fn run(engine: &mut Engine, sealed: Sealed, server: &dyn Post) -> foretap_core::Result<Report> {
    let mut upload = engine.begin_upload()?;
    let (mut bytes, mut problem) = (0, None);
    while let Step::Post { path, id, body } = upload.step() {
        let reply = match server.post(path, &crate::hex::hex(&id), &body) {
            Ok(200 | 202) => Ok(Reply::Taken),
            Ok(422) => Ok(Reply::Refused),
            Ok(status) => Err(FetchError::Status(status)),
            Err(error) => Err(error),
        };
        match reply {
            Ok(reply) => {
                bytes += body.len();
                upload.answered(reply);
            }
            Err(error) => {
                problem = Some(error);
                upload.failed();
            }
        }
    }
    Ok(Report { sealed, delivered: engine.end_upload(upload)?, bytes, problem })
}

impl Report {
    /// Why something is left to send, where something is.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        self.problem.as_ref().map(ToString::to_string)
    }

    /// Whether there was nothing to send.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let Delivered { batches, refused, erasures, left } = &self.delivered;
        batches.is_empty() && refused.is_empty() && erasures.is_empty() && *left == 0
    }

    /// The same for a machine: lengths in bytes.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "sealed": {
                "batches": self.sealed.batches,
                "reports": self.sealed.reports,
                "samples": self.sealed.samples,
            },
            "taken": self.delivered.batches.len(),
            "refused": self.delivered.refused.len(),
            "erasures": self.delivered.erasures.len(),
            "left": self.delivered.left,
            "bytes": self.bytes,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Delivered { batches, refused, erasures, left } = &self.delivered;
        if self.sealed.batches > 0 {
            writeln!(f, "sealed: {}", words(self.sealed))?;
        }
        if self.is_idle() {
            return writeln!(f, "nothing waits to be sent; the server was not asked");
        }
        let (batches, erasures) = (count(batches.len(), "batch"), count(erasures.len(), "request"));
        writeln!(f, "sent: {batches} and {erasures} to erase, {}", count(self.bytes, "byte"))?;
        if !refused.is_empty() {
            writeln!(f, "refused for good: {}", count(refused.len(), "batch"))?;
        }
        if *left > 0 {
            writeln!(f, "left for another time: {left}")?;
        }
        Ok(())
    }
}

/// What may be sent, as `reports of a day: allowed` and the same of samples, with `between` them.
#[must_use]
pub fn allowed(consent: Consent, between: &str) -> String {
    let word = |is_allowed: bool| if is_allowed { "allowed" } else { "not allowed" };
    format!("reports of a day: {}{between}samples of an unlock: {}", word(consent.reports), word(consent.samples))
}

/// What was sealed, as `1 batch with 3 reports of a day and 12 samples of an unlock`.
#[must_use]
pub fn words(sealed: Sealed) -> String {
    let Sealed { batches, reports, samples } = sealed;
    let [batches, reports, samples] =
        [(batches, "batch"), (reports, "report"), (samples, "sample")].map(|(n, w)| count(n, w));
    format!("{batches} with {reports} of a day and {samples} of an unlock")
}

fn count(n: usize, noun: &str) -> String {
    counted(n as u64, noun)
}
