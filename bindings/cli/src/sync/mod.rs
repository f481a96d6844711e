//! One run of model sync on a log: what a phone's host does, with files from a folder or a server.

mod report;

use foretap_core::sync::{Absence, Session, Step};
use foretap_core::{Engine, Timestamp};

use crate::transport::{FetchError, Transport};

pub use report::{Fetched, Rehearsal, Report};

/// Carries out a run that [`Engine::begin_sync`] began at `now`: fetches what it asks for, rehearses the bundle that came or the
/// one on trial, and concludes. `clock_ns` is a monotonic counter in nanoseconds.
///
/// # Errors
/// As [`Engine::end_sync`] and [`Engine::conclude`]. A repository that is not reached or not believed is no error: the report
/// says so.
pub fn run(
    engine: &mut Engine,
    mut session: Session,
    transport: &dyn Transport,
    now: Timestamp,
    clock_ns: &dyn Fn() -> u64,
) -> foretap_core::Result<Report> {
    let (fetched, problem) = carry_out(&mut session, transport);
    let synced = engine.end_sync(session)?;
    let rehearsal = match synced.rehearsal {
        None => None,
        Some(rehearsal) => {
            let rehearsed = rehearsal.run(clock_ns);
            let (tally, answer_ns) = (*rehearsed.tally(), rehearsed.answer_ns());
            Some(Rehearsal { tally, answer_ns, conclusion: engine.conclude(rehearsed, now)? })
        }
    };
    let model = engine.model().active().map(|model| format!("{} {}", model.name(), model.version()));
    Ok(Report { outcome: synced.outcome, problem, fetched, rehearsal, status: engine.sync_status()?, model })
}

/// Fetches until nothing more is to be fetched; says what came, and why the last file that did not come was missing.
fn carry_out(session: &mut Session, transport: &dyn Transport) -> (Vec<Fetched>, Option<(String, FetchError)>) {
    let (mut fetched, mut problem) = (Vec::new(), None);
    while let Step::Fetch { path, .. } = session.step() {
        let mut bytes = 0;
        let end = transport.fetch(&path, &mut |chunk| {
            bytes += chunk.len();
            session.received(chunk)
        });
        if bytes > 0 || end.is_ok() {
            fetched.push(Fetched { path: path.clone(), bytes });
        }
        match end {
            Ok(()) => session.completed(),
            Err(error) => {
                let is_absent = matches!(error, FetchError::NotFound);
                session.absent(if is_absent { Absence::NotFound } else { Absence::Unreachable });
                problem = Some((path, error));
            }
        }
    }
    (fetched, problem)
}
