//! One connection: TLS, then requests one after the other, each part of it with an end in time.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::App;
use crate::config::{size, time};

type Answered = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// Serves a connection until it ends, is too old, or the server stops.
pub(super) async fn serve(
    stream: TcpStream,
    tls: TlsAcceptor,
    router: Router,
    app: &Arc<App>,
    mut stop: watch::Receiver<bool>,
) {
    // Answers are small: none of them waits for company.
    let _ = stream.set_nodelay(true);
    let Ok(Ok(stream)) = timeout(time::HANDSHAKE, tls.accept(stream)).await else { return };
    let metrics = Arc::clone(&app.metrics);
    let service = service_fn(move |request: Request<Incoming>| -> Answered {
        let answer = TowerToHyperService::new(router.clone()).call(request);
        let metrics = Arc::clone(&metrics);
        Box::pin(async move {
            let answer = answer.await?;
            metrics.answer(answer.status().as_u16());
            Ok(answer)
        })
    });
    let mut connection = Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(time::HEADER)
        .max_buf_size(size::HEADER)
        .max_headers(size::HEADERS)
        .serve_connection(TokioIo::new(stream), service);

    let is_over = {
        let over = pin!(poll_fn(|context| connection.poll_without_shutdown(context)));
        let too_long = pin!(async {
            select(pin!(stop.wait_for(|stop| *stop)), pin!(sleep(time::CONNECTION))).await;
        });
        matches!(select(over, too_long).await, Either::Left(_))
    };
    if !is_over {
        Pin::new(&mut connection).graceful_shutdown();
        let over = poll_fn(|context| connection.poll_without_shutdown(context));
        if timeout(time::LAST_ANSWER, over).await.is_err() {
            return;
        }
    }
    linger(connection.into_parts().io.into_inner()).await;
}

/// Says goodbye, and reads what the other end still sends for a while: closing a socket with unread bytes in it takes the
/// answer away from who has not read it yet.
async fn linger(mut stream: TlsStream<TcpStream>) {
    let goodbye = async {
        stream.shutdown().await?;
        let mut rest = stream.take(size::LINGER as u64);
        let mut bytes = [0; 4096];
        while rest.read(&mut bytes).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Who does not stay for it does not need it.
    let _ = timeout(time::LINGER, goodbye).await;
}
