//! Prints what the store's calls cost on this machine's disk: medians over batches, in microseconds.

use std::time::{Duration, Instant};

use foretap_core::Result;
use foretap_core::config::Durability;
use foretap_core::store::{Store, StoreOptions};
use foretap_faults::sample;

/// Calls that are timed together, and how often.
const BATCH: i64 = 200;
const BATCHES: i64 = 50;

fn main() -> Result<()> {
    for (name, durability, batches) in [("NORMAL", Durability::Normal, BATCHES), ("FULL", Durability::Full, 5)] {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("log.db");
        let options = StoreOptions { durability, ..StoreOptions::default() };
        let (mut store, _) = Store::open(&path, &sample::key(), &options)?;
        let mut times = Vec::new();
        for batch in 0..batches {
            let started = Instant::now();
            for n in batch * BATCH..(batch + 1) * BATCH {
                store.append(&sample::event(n))?;
            }
            times.push(started.elapsed());
        }
        times.sort_unstable();
        let each = |total: Duration| total.as_secs_f64() * 1e6 / 200.0;
        println!("append, {name}: median {:.1} us, best {:.1} us", each(times[times.len() / 2]), each(times[0]));
        let mut events = 0;
        let started = Instant::now();
        store.replay(None, &mut |_, _| events += 1)?;
        println!("replay of {events} events: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
        let stats = store.stats()?;
        println!("size: {:.1} bytes an event", stats.bytes as f64 / stats.events as f64);
        drop(store);
        let started = Instant::now();
        let (store, _) = Store::open(&path, &sample::key(), &options)?;
        println!("open: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
        let started = Instant::now();
        store.erase()?;
        println!("erase: {:.1} ms", started.elapsed().as_secs_f64() * 1e3);
    }
    Ok(())
}
