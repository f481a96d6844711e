//! The real binary, on a port of its own.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::ClientConfig;
use rustls::version::TLS13;

use super::Client;
use super::client::trust;

const PROGRAM: &str = env!("CARGO_BIN_EXE_foretap-server");

/// A process that ends with the test.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
    /// From the start until it said that it listens.
    pub(crate) started_in: Duration,
    pub(crate) trust: Arc<ClientConfig>,
}

impl Process {
    /// Starts it on `folder/data`; what it says goes to `folder/stdout` and `folder/stderr`, `None` if it ended at once.
    pub(crate) fn start(folder: &Path, options: &[&str], environment: &[(&str, &str)]) -> Option<Self> {
        Self::start_by(Command::new(PROGRAM), folder, options, environment)
    }

    /// Starts it with files that cannot become larger than this: what is written beyond fails, as on a full disk.
    pub(crate) fn start_with_full_disk(folder: &Path, options: &[&str], kib: u32) -> Option<Self> {
        let mut shell = Command::new("sh");
        // `ulimit -f` counts in half KiB; the signal that comes with the error would end the process.
        shell.args(["-c", &format!("trap '' XFSZ; ulimit -f {}; exec \"$0\" \"$@\"", 2 * kib), PROGRAM]);
        Self::start_by(shell, folder, options, &[])
    }

    fn start_by(mut program: Command, folder: &Path, options: &[&str], environment: &[(&str, &str)]) -> Option<Self> {
        let (data, port) = (data(folder), folder.join("port"));
        let _ = fs::remove_file(&port);
        let open = |name: &str| File::options().create(true).append(true).open(folder.join(name)).expect("writable");
        let start = Instant::now();
        let mut child = program
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(&data)
            .arg("--port-file")
            .arg(&port)
            .args(options)
            .envs(environment.iter().copied())
            .stdout(open("stdout"))
            .stderr(open("stderr"))
            .spawn()
            .expect("it was built");
        loop {
            let said = fs::read_to_string(&port).unwrap_or_default();
            if let Some(address) = said.strip_suffix('\n') {
                let address = address.parse().expect("an address");
                let trust = trust(&data, &[&TLS13]);
                return Some(Self { child, address, started_in: start.elapsed(), trust });
            }
            if child.try_wait().expect("a child").is_some() {
                return None;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "it does not start");
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn connect(&self) -> std::io::Result<Client> {
        Client::connect(self.address, &self.trust)
    }

    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM; whether it ended well.
    pub(crate) fn terminate(&mut self) -> bool {
        let kill = Command::new("kill").arg(self.child.id().to_string()).status().expect("kill");
        kill.success() && self.child.wait().is_ok_and(|status| status.success())
    }

    /// Whether it ended by itself within this time.
    pub(crate) fn ends_within(&mut self, time: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < time {
            if self.child.try_wait().expect("a child").is_some() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        false
    }

    /// The most memory it has had, in MiB.
    pub(crate) fn peak_mib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") >> 10
    }

    /// Waits until nothing is left to do: all in the lake, nothing to erase.
    pub(crate) fn settle(&self, folder: &Path) {
        assert!(self.try_settle(folder, Duration::from_secs(120)), "the lake does not get what the journal has");
    }

    /// Waits for that; `false` if it does not come in time, or the process is gone.
    pub(crate) fn try_settle(&self, folder: &Path, time: Duration) -> bool {
        let start = Instant::now();
        while start.elapsed() < time {
            match self.is_at_rest() {
                Err(_) => return false,
                Ok(true) if is_settled(folder) => return true,
                Ok(_) => std::thread::sleep(Duration::from_millis(50)),
            }
        }
        false
    }

    fn is_at_rest(&self) -> std::io::Result<bool> {
        let metrics = self.connect()?.get("/metrics")?;
        Ok(String::from_utf8_lossy(&metrics.body).contains("foretap_erasures_pending 0\n"))
    }

    /// Of the process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The server's folder.
pub(crate) fn data(folder: &Path) -> PathBuf {
    folder.join("data")
}

/// Whether the journal is one segment without a record.
fn is_settled(folder: &Path) -> bool {
    const HEADER_BYTES: u64 = 8;
    let entries = fs::read_dir(data(folder).join("journal")).expect("made at the first start");
    let mut segments = entries.flatten().filter(|entry| entry.path().extension().is_some_and(|end| end == "segment"));
    let is_empty = |entry: &fs::DirEntry| entry.metadata().is_ok_and(|about| about.len() == HEADER_BYTES);
    segments.next().is_some_and(|entry| is_empty(&entry)) && segments.next().is_none()
}
