//! Three times what the server takes: it goes on taking what it can, and refuses the rest at once.
//!
//! The disk is made slow, 25 ms an fsync, so that it is what is short and not the processor that the load shares with the
//! server. `FORETAP_LOAD_SECONDS` sets how long, `FORETAP_LOAD_FSYNC_MS` how slow:
//!
//! ```sh
//! cargo test -p foretap-server --test receiver overload -- --nocapture
//! ```

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::support::phone::Sealed;
use crate::support::{Phone, Process, alone};

/// Over how many connections capacity is measured, which is the most that is taken over one of them; and an overload comes.
const FEW: [usize; 3] = [8, 12, 16];
const MANY: usize = 96;
const WAITING: &str = "8";
const MOST_MIB: u64 = 256;

/// What a load came to.
#[derive(Default)]
struct Load {
    seconds: f64,
    taken: Vec<Duration>,
    refused: Vec<Duration>,
    without_retry_after: usize,
    other: usize,
}

#[test]
fn three_times_the_load_is_served_as_well_as_once() {
    let _machine = alone();
    let setting = |name: &str, usual: &str| std::env::var(name).unwrap_or_else(|_| usual.to_owned());
    let seconds = setting("FORETAP_LOAD_SECONDS", if crate::is_full() { "60" } else { "5" });
    let time = Duration::from_secs(seconds.parse().expect("seconds"));
    let slow = setting("FORETAP_LOAD_FSYNC_MS", "25");
    let folder = tempfile::tempdir().expect("a folder");
    let environment = [("FORETAP_SERVER_SLOW_FSYNC_MS", slow.as_str())];
    let server = Process::start(folder.path(), &["--max-waiting", WAITING], &environment).expect("it starts");
    let batches = Arc::new(Mutex::new(VecDeque::new()));

    let measured = FEW.map(|few| load(&server, &batches, few, None, Duration::from_secs(2).min(time)));
    let capacity = measured.iter().map(Load::taken_a_second).fold(0.0, f64::max);
    let overload = load(&server, &batches, MANY, Some(3.0 * capacity), time);
    let goodput = overload.taken_a_second();
    println!(
        "{:10} {:>9} {:>9} {:>9} {:>18} {:>18}",
        "", "offered/s", "taken/s", "refused/s", "taken p50/p99 ms", "refused p50/p99 ms"
    );
    for (few, load) in FEW.iter().zip(&measured) {
        load.print(&format!("{few} at once"), None);
    }
    overload.print("overload", Some(3.0 * capacity));
    println!("goodput {:.1} % of capacity, at most {} MiB", 100.0 * goodput / capacity, server.peak_mib());

    assert!(goodput >= 0.9 * capacity, "{goodput:.0} of {capacity:.0} a second");
    assert!(overload.refused.len() > overload.taken.len() / 2, "it was an overload");
    assert_eq!((overload.other, overload.without_retry_after), (0, 0));
    assert!(percentile(&overload.taken, 99) <= Duration::from_millis(250));
    assert!(percentile(&overload.refused, 99) <= Duration::from_millis(250));
    assert!(server.peak_mib() <= MOST_MIB);
}

/// Sends for a while: as fast as it is answered, or at a rate.
fn load(
    server: &Process,
    batches: &Arc<Mutex<VecDeque<Sealed>>>,
    connections: usize,
    rate: Option<f64>,
    time: Duration,
) -> Load {
    let wanted = 2_000;
    fill(batches, wanted);
    let (load, next) = (Mutex::new(Load::default()), Mutex::new(0_u32));
    let clients: Vec<_> = (0..connections).map(|_| server.connect().expect("a connection")).collect();
    let start = Instant::now();
    std::thread::scope(|scope| {
        for mut client in clients {
            let (load, next) = (&load, &next);
            scope.spawn(move || {
                while start.elapsed() < time {
                    if let Some(rate) = rate {
                        let turn = {
                            let mut next = next.lock().expect("no panic");
                            *next += 1;
                            Duration::from_secs_f64(f64::from(*next) / rate)
                        };
                        std::thread::sleep(turn.saturating_sub(start.elapsed()));
                    }
                    let sealed = batches.lock().expect("no panic").pop_front();
                    let Some(sealed) = sealed else {
                        fill(batches, 64);
                        continue;
                    };
                    let asked = Instant::now();
                    let reply = client.upload(&sealed).expect("an answer");
                    let took = asked.elapsed();
                    let is_refused = matches!(reply.status, 429 | 503);
                    {
                        let mut load = load.lock().expect("no panic");
                        match reply.status {
                            202 => load.taken.push(took),
                            _ if is_refused => load.refused.push(took),
                            _ => load.other += 1,
                        }
                        load.without_retry_after += usize::from(is_refused && reply.header("retry-after").is_none());
                    }
                    if is_refused {
                        batches.lock().expect("no panic").push_back(sealed);
                        if rate.is_none() {
                            // Capacity is what comes of asking again soon, not at once.
                            std::thread::sleep(Duration::from_millis(5));
                        }
                    }
                }
            });
        }
    });
    Load { seconds: start.elapsed().as_secs_f64(), ..load.into_inner().expect("no panic") }
}

/// Makes batches that were not sent before.
fn fill(batches: &Mutex<VecDeque<Sealed>>, count: usize) {
    static NEXT: Mutex<u64> = Mutex::new(1 << 32);
    for _ in 0..count {
        let seed = {
            let mut next = NEXT.lock().expect("no panic");
            *next += 1;
            *next
        };
        let sealed = Phone::new(seed).batch(0, 0, 1);
        batches.lock().expect("no panic").push_back(sealed);
    }
}

impl Load {
    fn taken_a_second(&self) -> f64 {
        self.taken.len() as f64 / self.seconds
    }

    fn print(&self, what: &str, offered: Option<f64>) {
        let a_second = |count: usize| count as f64 / self.seconds;
        let ms = |times: &[Duration]| {
            let at = |n| percentile(times, n).as_secs_f64() * 1e3;
            if times.is_empty() { "-".to_owned() } else { format!("{:.1} / {:.1}", at(50), at(99)) }
        };
        let offered = offered.unwrap_or_else(|| a_second(self.taken.len() + self.refused.len()));
        let (taken, refused) = (a_second(self.taken.len()), a_second(self.refused.len()));
        let (taken_ms, refused_ms) = (ms(&self.taken), ms(&self.refused));
        println!("{what:10} {offered:9.0} {taken:9.0} {refused:9.0} {taken_ms:>18} {refused_ms:>18}");
    }
}

fn percentile(times: &[Duration], n: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times.get((times.len() * n / 100).min(times.len().saturating_sub(1))).copied().unwrap_or_default()
}
