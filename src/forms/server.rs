//! The endpoint alone, for production: connections with limits on what they may hold and for how long.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use axum::response::{IntoResponse as _, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use crate::forms::Desk;

/// How many connections are open at a time.
const CONNECTIONS: usize = 2048;
/// How long a request's headers may take to arrive.
const HEADERS: Duration = Duration::from_secs(10);
/// How long a connection may last: longer than three photographs take over a slow line.
const LONGEST: Duration = Duration::from_secs(300);
/// How long requests that have begun are waited for at the end.
const FAREWELL: Duration = Duration::from_secs(10);

/// What is asked to see that the endpoint lives.
const HEALTH: &str = "/health";

/// Answers at an address until `stop` becomes true. Behind a proxy, who asks is read from the last
/// entry of `X-Forwarded-For`, which that proxy wrote.
///
/// # Errors
/// When the address cannot be used.
pub async fn serve(
    listener: std::net::TcpListener,
    desk: Arc<Desk>,
    behind_proxy: bool,
    mut stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let listener = TcpListener::from_std(listener)?;
    let open = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(room) = Arc::clone(&open).acquire_owned().await else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let (stream, from) = match accepted {
            Ok(accepted) => accepted,
            // Too many open files, a connection that was gone: it passes.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let (desk, stop) = (Arc::clone(&desk), stop.clone());
        tokio::spawn(async move {
            connection(stream, from, desk, behind_proxy, stop).await;
            drop(room);
        });
    }
    let all = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
    let _ = tokio::time::timeout(FAREWELL, open.acquire_many(all)).await;
    Ok(())
}

async fn connection(
    stream: TcpStream,
    from: SocketAddr,
    desk: Arc<Desk>,
    behind_proxy: bool,
    mut stop: watch::Receiver<bool>,
) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let desk = Arc::clone(&desk);
        async move {
            if request.uri().path() == HEALTH {
                return Ok::<Response, Infallible>("well\n".into_response());
            }
            let peer = from.ip();
            let asks = if behind_proxy { behind(request.headers(), peer) } else { peer };
            // A fault of ours must end neither the server nor the visitor's patience.
            let answer =
                tokio::spawn(async move { desk.answer(request.map(Body::new), asks).await });
            Ok(answer.await.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response()))
        }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEADERS).max_buf_size(64 * 1024);
    let serving = builder.serve_connection(TokioIo::new(stream), service);
    tokio::pin!(serving);
    let end = tokio::time::sleep(LONGEST);
    tokio::pin!(end);
    tokio::select! {
        _ = serving.as_mut() => return,
        () = end.as_mut() => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
    serving.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(FAREWELL, serving).await;
}

/// Who asks, as the proxy in front says; the proxy itself where it does not.
fn behind(headers: &HeaderMap, peer: IpAddr) -> IpAddr {
    let named = headers.get_all("x-forwarded-for").iter().next_back();
    let last = named.and_then(|it| it.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    last.unwrap_or(peer)
}
