//! A running server.

use std::fs::{DirBuilder, File};
use std::net::SocketAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{mpsc, oneshot, watch};

use crate::background::Background;
use crate::config::{Config, time};
use crate::error::ServerError;
use crate::health::Health;
use crate::http::{self, App, Listener};
use crate::journal::{Active, Folder, Request, SealWhen, Writer};
use crate::lake::Lake;
use crate::ledger::Ledger;
use crate::metrics::Metrics;
use crate::object_url::Objects;
use crate::wake::Wake;

/// How often the journal looks at the clock.
const TICK: Duration = Duration::from_millis(200);

/// A server that answers until it is stopped or dropped. It has threads of its own and may be embedded in a test.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    queue: mpsc::Sender<Request>,
    background: std::sync::mpsc::Sender<Wake>,
    stop: watch::Sender<bool>,
    listener: Option<Listener>,
    threads: Vec<JoinHandle<()>>,
    health: Arc<Health>,
    runtime: Option<Runtime>,
    /// Held as long as the server has the folder.
    _lock: File,
}

impl Server {
    /// Starts: replays the journal, then listens. When this returns, connections are taken.
    ///
    /// # Errors
    /// [`ServerError`]; nothing runs then.
    pub fn start(config: Config) -> Result<Self, ServerError> {
        let lock = take_folder(&config.data)?;
        let runtime = Builder::new_multi_thread().worker_threads(workers()).enable_all().build();
        let runtime = runtime.map_err(ServerError::System)?;
        let tls = http::tls(&config)?;
        let metrics = Arc::new(Metrics::new());
        let health = Arc::new(Health::default());

        let (stop, stopped) = watch::channel(false);
        let lake = Lake::open(objects(&config.lake_url())?, runtime.handle().clone(), stopped.clone())?;
        health.set_lake(lake.probe().is_ok());
        let releases = config.releases.as_deref().map(objects).transpose()?;
        let mut ledger = Ledger::open(&config.ledger_file())?;
        let folder = Folder::open(&config.journal_folder())?;
        let active = Active::recover(folder.clone(), &mut ledger, &metrics)?;
        let active_number = Arc::new(AtomicU64::new(active.number()));

        let bound = runtime.block_on(Listener::bind(config.listen));
        let listener = bound.map_err(|source| ServerError::Listen { address: config.listen, source })?;
        let (queue, requests) = mpsc::channel(config.max_waiting.max(1));
        let (background, wake) = std::sync::mpsc::channel();
        let app = App::new(queue.clone(), releases, Arc::clone(&metrics), Arc::clone(&health));

        let writer = Writer {
            active,
            ledger,
            queue: requests,
            seal_when: SealWhen {
                after: Duration::from_secs(config.seal_after),
                bytes: config.seal_bytes,
                min_batches: config.seal_min_batches,
            },
            background: background.clone(),
            active_number: Arc::clone(&active_number),
            metrics: Arc::clone(&metrics),
            health: Arc::clone(&health),
        };
        let ledger = Ledger::open(&config.ledger_file())?;
        let worker = Background { folder, ledger, lake, active_number, wake, metrics, health: Arc::clone(&health) };
        let threads = vec![writer.spawn().map_err(ServerError::System)?, worker.spawn().map_err(ServerError::System)?];
        runtime.spawn(tick(queue.clone()));
        let address = listener.address();
        let listener = listener.listen(&runtime, tls, app, config.max_connections, stopped);
        let server = Self {
            address,
            queue,
            background,
            stop,
            listener: Some(listener),
            threads,
            health,
            runtime: Some(runtime),
            _lock: lock,
        };
        if let Some(path) = &config.port_file {
            write_whole(path, &format!("{address}\n"))
                .map_err(|source| ServerError::Path { path: path.clone(), source })?;
        }
        tracing::info!(%address, "listening");
        Ok(server)
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes the open segment and waits until all that came so far is in the lake, or out of it where it was erased. Not to be
    /// called from asynchronous code.
    pub fn settle(&self) {
        let (reply, answer) = oneshot::channel();
        // An end that is gone means that the server has broken down: there is nothing to wait for.
        if self.queue.blocking_send(Request::Seal(reply)).is_ok() && answer.blocking_recv().is_ok() {
            let (reply, answer) = oneshot::channel();
            if self.background.send(Wake::Settle(reply)).is_ok() {
                let _ = answer.blocking_recv();
            }
        }
    }

    /// Takes no more connections, answers what was asked, and ends.
    pub fn stop(self) {
        drop(self);
    }

    /// Runs until the process is told to end (SIGTERM, SIGINT), then stops.
    ///
    /// # Errors
    /// [`ServerError::Broken`] where the journal broke down; [`ServerError::System`] where signals cannot be waited for.
    pub fn run(self) -> Result<(), ServerError> {
        let Some(runtime) = &self.runtime else { return Ok(()) };
        runtime.block_on(signal_or_breakdown(&self.health)).map_err(ServerError::System)?;
        let is_broken = self.health.is_broken();
        self.stop();
        if is_broken { Err(ServerError::Broken) } else { Ok(()) }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        if let (Some(runtime), Some(listener)) = (&self.runtime, self.listener.take()) {
            listener.wait(runtime);
        }
        // Who has ended already cannot be told to.
        let _ = self.queue.blocking_send(Request::Stop);
        let _ = self.background.send(Wake::Stop);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(time::LINGER);
        }
    }
}

/// Makes the folder, for this user alone, and takes it for this process.
fn take_folder(path: &Path) -> Result<File, ServerError> {
    let failed = |source| ServerError::Path { path: path.to_owned(), source };
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
    let lock = File::create(path.join("lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(ServerError::InUse { path: path.to_owned() }),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Writes a file that whoever waits for it sees whole or not at all.
fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let beside = path.with_added_extension("new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, path)
}

fn objects(address: &str) -> Result<Objects, ServerError> {
    Objects::open(address).map_err(|source| ServerError::Url { address: address.to_owned(), source })
}

/// One for each processor, two at least: a batch that takes long to read must not hold up everything else.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, |n| n.get().max(2))
}

async fn tick(queue: mpsc::Sender<Request>) {
    while !queue.is_closed() {
        tokio::time::sleep(TICK).await;
        // A full queue needs no reminder.
        let _ = queue.try_send(Request::Tick);
    }
}

async fn signal_or_breakdown(health: &Health) -> std::io::Result<()> {
    use futures_util::future::select_all;
    use tokio::signal::unix::{SignalKind, signal};

    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let events: [std::pin::Pin<Box<dyn Future<Output = ()>>>; 3] = [
        Box::pin(async { terminate.recv().await.unwrap_or_default() }),
        Box::pin(async { interrupt.recv().await.unwrap_or_default() }),
        Box::pin(health.breakdown()),
    ];
    select_all(events).await;
    Ok(())
}
