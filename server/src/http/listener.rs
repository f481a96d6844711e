//! The socket: as many connections as are allowed, and no more.

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, watch};
use tokio_rustls::TlsAcceptor;

use super::connection::serve;
use super::{App, router};
use crate::config::time;

/// A socket that is bound, and then listened on.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: Option<TcpListener>,
    address: SocketAddr,
    connections: Arc<Semaphore>,
    max_connections: usize,
}

/// How long it rests when the system has no descriptor left.
const REST: Duration = Duration::from_millis(50);

impl Listener {
    /// Binds an address.
    pub(crate) async fn bind(address: SocketAddr) -> io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket: Some(socket), address, connections: Arc::new(Semaphore::new(0)), max_connections: 0 })
    }

    /// Where.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Takes connections until it is told to stop.
    pub(crate) fn listen(
        mut self,
        runtime: &Runtime,
        tls: TlsAcceptor,
        app: Arc<App>,
        max_connections: usize,
        stop: watch::Receiver<bool>,
    ) -> Self {
        self.max_connections = max_connections.min(Semaphore::MAX_PERMITS);
        self.connections.add_permits(self.max_connections);
        if let Some(socket) = self.socket.take() {
            runtime.spawn(accept(socket, Arc::clone(&self.connections), tls, app, stop));
        }
        self
    }

    /// Waits until every connection has ended, as long as one may take.
    pub(crate) fn wait(self, runtime: &Runtime) {
        let all = u32::try_from(self.max_connections).unwrap_or(u32::MAX);
        let ended = async {
            tokio::time::timeout(time::LAST_ANSWER + time::LINGER, self.connections.acquire_many(all)).await.is_ok()
        };
        if !runtime.block_on(ended) {
            tracing::warn!("connections were cut off");
        }
    }
}

async fn accept(
    socket: TcpListener,
    connections: Arc<Semaphore>,
    tls: TlsAcceptor,
    app: Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    let router = router(Arc::clone(&app));
    loop {
        let stopped = stop.clone();
        let next = {
            let (accepted, stopping) = (pin!(socket.accept()), pin!(stop.wait_for(|stop| *stop)));
            match select(accepted, stopping).await {
                Either::Left((accepted, _)) => accepted,
                Either::Right(_) => return,
            }
        };
        // The remote address ends here.
        let stream: TcpStream = match next {
            Ok((stream, _)) => stream,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(REST).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&connections).try_acquire_owned() else {
            app.metrics.connections_refused.inc();
            continue;
        };
        let (tls, router, app) = (tls.clone(), router.clone(), Arc::clone(&app));
        tokio::spawn(async move {
            app.metrics.connections.inc();
            serve(stream, tls, router, &app, stopped).await;
            app.metrics.connections.dec();
            drop(permit);
        });
    }
}
