//! Writes a log until it is killed, and says on the standard output what it was told is stored.
//!
//! `log-writer append PATH` stores single events; `log-writer mixed PATH` stores single events and batches, and saves
//! checkpoints between them; event `n` of the log is `sample::event(n)`. `log-writer engine PATH` records with the whole
//! engine, which learns and saves its habits as it does on a phone; event `n` is `sample::habit(n)`. Each line is the
//! number of an event whose call has returned. `log-writer open PATH` says 0, opens the engine and says 1.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use foretap_core::store::{Store, StoreOptions};
use foretap_core::{Engine, Error, EventKind, Options, Request, Result};
use foretap_faults::sample;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (mode, path) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [mode @ ("append" | "mixed" | "engine" | "open"), path] => (mode, Path::new(path)),
        _ => {
            eprintln!("usage: log-writer append|mixed|engine|open PATH");
            return ExitCode::from(2);
        }
    };
    let outcome = match mode {
        "engine" => live_for_ever(path),
        "open" => open_and_wait(path),
        _ => write_for_ever(mode, path),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("log-writer: {error}");
            ExitCode::FAILURE
        }
    }
}

fn write_for_ever(mode: &str, path: &Path) -> Result<()> {
    // Few pages, so that the write-ahead log is often copied into the database when the kill comes.
    let options = StoreOptions { wal_pages: 32, ..StoreOptions::default() };
    let (mut store, _) = Store::open(path, &sample::key(), &options)?;
    let mut newest = None;
    store.replay(None, &mut |seq, _| newest = Some(seq.number()))?;
    let mut next = newest.unwrap_or(0) + 1;
    loop {
        if mode == "mixed" && next % 10 == 0 {
            let batch: Vec<_> = (next..next + 7).map(sample::event).collect();
            let upto = store.append_all(&batch)?.last().copied().flatten();
            next += 7;
            acknowledge(next - 1)?;
            if let Some(upto) = upto {
                store.save_checkpoint(upto, &sample::checkpoint(upto.number()))?;
            }
        } else {
            store.append(&sample::event(next))?;
            acknowledge(next)?;
            next += 1;
        }
    }
}

fn live_for_ever(path: &Path) -> Result<()> {
    let store = StoreOptions { wal_pages: 32, ..StoreOptions::default() };
    let mut engine = Engine::open(path, &sample::key(), Options { store, ..Options::default() })?;
    let stored = i64::try_from(engine.stats()?.events).expect("fewer than 2^63");
    for number in stored + 1.. {
        let event = sample::habit(number);
        engine.record(&event)?;
        acknowledge(number)?;
        if event.kind == EventKind::Lock {
            engine.prepare(Request::unlock(event.at), &|| 0)?;
        }
    }
    Ok(())
}

fn open_and_wait(path: &Path) -> Result<()> {
    acknowledge(0)?;
    let _engine = Engine::open(path, &sample::key(), Options::default())?;
    acknowledge(1)?;
    loop {
        std::thread::park();
    }
}

fn acknowledge(number: i64) -> Result<()> {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{number}").and_then(|()| output.flush()).map_err(Error::Io)
}
