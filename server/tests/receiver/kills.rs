//! The process ends at every step, as with `kill -9`: nothing that was acknowledged is lost, nothing is there twice, and the next
//! one is ready at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::support::{Phone, Process, beside_others, files};

/// Where the process can be made to end, and how often it gets there in a run.
const POINTS: [(&str, u64); 9] = [
    ("before-append", 12),
    ("before-fsync", 12),
    ("after-fsync", 12),
    ("before-answer", 12),
    ("before-segment-rename", 3),
    ("between-parts", 12),
    ("before-done", 2),
    ("before-removal", 2),
    ("mid-erasure", 3),
];
const OPTIONS: &[&str] = &["--seal-after", "1", "--seal-min-batches", "1"];
const PHONES: u64 = 10;
/// Erased when their rows are in the lake, and when they are in the journal.
const ERASED: [u64; 2] = [0, 6];

#[derive(Default)]
struct Acknowledged {
    batches: BTreeSet<u64>,
    erasures: BTreeSet<u64>,
}

#[test]
fn nothing_is_lost_or_doubled_wherever_the_process_ends() {
    let _machine = beside_others();
    let (rounds, kills) = if crate::is_full() { (20, 320) } else { (1, 4) };
    let mut random = ChaCha8Rng::seed_from_u64(26);
    let mut ends = Vec::new();
    for (point, hits) in POINTS {
        let mut time = |round| if round == 0 { 1 + hits / 2 } else { 1 + random.next_u64() % hits };
        ends.extend((0..rounds).map(|round| (point, End::At(format!("{point}:{}", time(round))))));
    }
    let any = "kill -9 at any time";
    ends.extend((0..kills).map(|_| (any, End::After(Duration::from_millis(random.next_u64() % 1_500)))));
    let rows = cycles(ends);
    println!("{:24} {:>6} {:>6} {:>12} {:>12}", "ended", "times", "there", "acknowledged", "ready in ms");
    for name in POINTS.map(|(point, _)| point).into_iter().chain([any]) {
        rows[name].print(name);
        assert!(rows[name].ended > 0, "{name} was reached");
    }
}

/// How a run ends early.
enum End {
    /// At a place in the program.
    At(String),
    /// After some time.
    After(Duration),
}

/// Runs of which some go on at once: each mostly waits.
fn cycles(ends: Vec<(&'static str, End)>) -> BTreeMap<&'static str, Row> {
    const AT_ONCE: usize = 6;
    let ends = Mutex::new(ends.into_iter().zip(0..).collect::<Vec<_>>());
    let rows = Mutex::new(BTreeMap::<_, Row>::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = ends.lock().expect("no panic").pop();
                    let Some(((name, end), round)) = next else { return };
                    let one = cycle(&end, round);
                    rows.lock().expect("no panic").entry(name).or_default().add(&one);
                }
            });
        }
    });
    rows.into_inner().expect("no panic")
}

#[derive(Default)]
struct Row {
    cycles: usize,
    ended: usize,
    acknowledged: usize,
    ready: Duration,
}

impl Row {
    fn add(&mut self, other: &Self) {
        self.cycles += 1;
        self.ended += other.ended;
        self.acknowledged += other.acknowledged;
        self.ready = self.ready.max(other.ready);
    }

    fn print(&self, what: &str) {
        let Self { cycles, ended, acknowledged, ready } = self;
        println!("{what:24} {cycles:6} {ended:6} {acknowledged:12} {:12}", ready.as_millis());
    }
}

/// A run that ends early, and one that goes on from there.
fn cycle(end: &End, round: u64) -> Row {
    let folder = tempfile::tempdir().expect("a folder");
    let (environment, kill_after) = match end {
        End::At(point) => (vec![("FORETAP_SERVER_ABORT_AT", point.as_str())], None),
        End::After(time) => (Vec::new(), Some(*time)),
    };
    let mut acknowledged = Acknowledged::default();
    let ended;
    if let Some(mut server) = Process::start(folder.path(), OPTIONS, &environment) {
        std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let mut acknowledged = Acknowledged::default();
                let _ = work(&server, folder.path(), &mut acknowledged, round);
                acknowledged
            });
            if let Some(time) = kill_after {
                std::thread::sleep(time);
                let _ = std::process::Command::new("kill").args(["-9", &server.id().to_string()]).status();
            }
            acknowledged = work.join().expect("no panic");
        });
        ended = usize::from(server.ends_within(Duration::from_secs(if kill_after.is_some() { 2 } else { 4 })));
        server.kill();
    } else {
        ended = 1;
    }
    let count = acknowledged.batches.len() + acknowledged.erasures.len();

    let server = Process::start(folder.path(), OPTIONS, &[]).expect("it starts");
    assert!(server.started_in <= Duration::from_secs(5), "ready after {:?}", server.started_in);
    let mut client = server.connect().expect("a connection");
    // What was acknowledged is known, and what was erased is refused; the rest comes now.
    for phone in 0..PHONES {
        let status = client.upload(&batch(phone, round)).expect("an answer").status;
        if acknowledged.erasures.contains(&phone) {
            assert_eq!(status, 422, "phone {phone} was erased");
        } else if acknowledged.batches.contains(&phone) && !ERASED.contains(&phone) {
            assert_eq!(status, 200, "phone {phone} had been taken");
        } else {
            assert!([200, 202, 422].contains(&status), "{status}");
        }
    }
    for phone in ERASED {
        let status = client.erase(Phone::new(phone).token().bytes()).expect("an answer").status;
        assert!([200, 202].contains(&status) && (status == 200 || !acknowledged.erasures.contains(&phone)));
        assert_eq!(client.upload(&batch(phone, round)).expect("an answer").status, 422);
    }
    server.settle(folder.path());
    let kept = || (0..PHONES).filter(|phone| !ERASED.contains(phone)).map(|phone| batch(phone, round).batch);
    let mut expected: Vec<Vec<u8>> =
        kept().flat_map(|batch| batch.samples).map(|sample| sample.pseudonym.bytes().to_vec()).collect();
    expected.sort();
    assert_eq!(files::pseudonyms(folder.path(), "samples"), expected, "{environment:?} {kill_after:?}");
    assert_eq!(files::pseudonyms(folder.path(), "reports").len(), kept().count());
    Row { cycles: 1, ended, acknowledged: count, ready: server.started_in }
}

/// What phones send, in this order, until the server is gone.
fn work(server: &Process, folder: &Path, acknowledged: &mut Acknowledged, round: u64) -> std::io::Result<()> {
    let mut client = server.connect()?;
    for phone in 0..PHONES {
        if phone == 5 {
            // The first ones are in the lake by now, if it can still be reached.
            server.try_settle(folder, Duration::from_secs(4));
        }
        if client.upload(&batch(phone, round))?.status == 202 {
            acknowledged.batches.insert(phone);
        }
    }
    for phone in ERASED {
        if client.erase(Phone::new(phone).token().bytes())?.status == 202 {
            acknowledged.erasures.insert(phone);
        }
    }
    server.try_settle(folder, Duration::from_secs(4));
    Ok(())
}

fn batch(phone: u64, round: u64) -> crate::support::phone::Sealed {
    Phone::new(phone).batch(round, 0, 4)
}
