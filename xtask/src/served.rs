//! A server that a command runs beside other programs, and the file in which it says where it listens.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::step;

/// How long one may take until it listens.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server as a process. It ends with this value, and the file with its address goes with it: where that lies, tests send.
#[derive(Debug)]
pub(crate) struct Served {
    server: Child,
    address: PathBuf,
}

impl Served {
    /// Starts it, and waits until it has written its address into a file.
    ///
    /// # Errors
    /// If it cannot be started, ends, or does not listen within a minute.
    pub(crate) fn start(serve: &mut Command, address: &Path) -> Result<Self, Failure> {
        let _absent = std::fs::remove_file(address);
        // One that ends with its input goes on while this value lives.
        let server = serve.stdin(Stdio::piped()).spawn().map_err(|error| step::not_started(serve, &error))?;
        let mut served = Self { server, address: address.to_owned() };
        let begun = Instant::now();
        while !address.exists() {
            let has_ended = !matches!(served.server.try_wait(), Ok(None));
            if has_ended || begun.elapsed() > PATIENCE {
                let program = serve.get_program().to_string_lossy().into_owned();
                return Err(Failure::new(format!("{program} does not listen")));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(served)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _killed = self.server.kill();
        let _ended = self.server.wait();
        let _removed = std::fs::remove_file(&self.address);
    }
}
