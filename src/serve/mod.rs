//! Shows an open site over HTTP as its host will: the files of the output folder, by the rules in
//! `_redirects` and `_headers`, and pages that reload themselves when the site changes.
//!
//! Each request goes through `guard`, which knows who may ask, to `answer`, a function without
//! network or clock. What is added to pages (`page`, `overlay`, `live`) is added while answering.

mod answer;
pub mod enquiries;
mod files;
mod guard;
mod headers;
mod live;
mod meant;
mod overlay;
mod page;
mod pattern;
mod policy;
mod redirects;
mod stop;

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::serve::{IncomingStream, Listener};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use crate::serve::enquiries::Enquiries;
use crate::workspace::Workspace;

pub use stop::on_request;

/// The script that reloads pages.
const SCRIPT: &str = "/__galen/live.js";
/// The styles of what lies over pages.
const STYLE: &str = "/__galen/overlay.css";
/// The channel over which pages are told of changes.
const EVENTS: &str = "/__galen/events";

/// How many ports are tried from the first.
const PORTS: u16 = 100;

/// The port to listen at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// This one, or the next that is free.
    From(u16),
    /// This one and no other; 0 for any that is free.
    Exactly(u16),
}

/// Takes an address of this machine. Browsers may connect from now on; they are answered when a
/// [`Server`] is started.
///
/// # Errors
/// When the port is taken, or may not be used.
pub fn listen(address: IpAddr, port: Port) -> io::Result<TcpListener> {
    let (first, last) = match port {
        Port::Exactly(port) => (port, port),
        Port::From(port) => (port, port.saturating_add(PORTS)),
    };
    let mut taken = None;
    for port in first..=last {
        match TcpListener::bind((address, port)) {
            Err(error) if error.kind() == ErrorKind::AddrInUse => taken = Some(error),
            done => return done,
        }
    }
    Err(taken.unwrap_or_else(|| ErrorKind::AddrInUse.into()))
}

/// A server; it stops when it is dropped.
pub struct Server {
    runtime: Option<Runtime>,
    address: SocketAddr,
}

/// What handlers share.
#[derive(Clone)]
struct Shared {
    workspace: Arc<Workspace>,
    enquiries: Arc<Enquiries>,
    states: watch::Receiver<live::State>,
    bound: IpAddr,
}

impl Server {
    /// Answers at an address that was taken, from what the workspace publishes. `tell` is told in words
    /// when enquiries cannot be kept.
    ///
    /// # Errors
    /// When the system gives no threads or no network.
    pub fn start(
        listener: TcpListener,
        workspace: Arc<Workspace>,
        tell: impl Fn(&str) + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let (sender, states) = watch::channel(live::State::of(&workspace.snapshot()));
        workspace.subscribe(move |snapshot| drop(sender.send_replace(live::State::of(snapshot))));
        let enquiries = Arc::new(Enquiries::new(Arc::clone(&workspace), Arc::new(tell)));
        let first = Arc::clone(&enquiries);
        let shared = Shared { workspace, enquiries, states, bound: address.ip() };
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("galen-serve")
            .enable_all()
            .build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        // Forms are known before the first page is asked for, or soon after.
        runtime.spawn_blocking(move || drop(first.desk()));
        let app = Router::new().fallback(handle).with_state(shared);
        let app = app.into_make_service_with_connect_info::<Local>();
        runtime.spawn(async move { axum::serve(Door(listener), app).await });
        Ok(Self { runtime: Some(runtime), address })
    }

    /// Gives the address at which it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Open channels to browsers are waited for by nobody.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Takes connections, and sends what is written to them at once.
struct Door(tokio::net::TcpListener);

/// The address of this machine at which a connection came in, and that from which it came.
#[derive(Clone, Copy, Debug)]
struct Local(Option<IpAddr>, Option<IpAddr>);

impl Listener for Door {
    type Io = TcpStream;
    type Addr = Local;

    async fn accept(&mut self) -> (TcpStream, Local) {
        let (stream, from) = Listener::accept(&mut self.0).await;
        let _ = stream.set_nodelay(true);
        let local = stream.local_addr().ok().map(|it| it.ip());
        (stream, Local(local, Some(from.ip())))
    }

    fn local_addr(&self) -> io::Result<Local> {
        Ok(Local(Some(self.0.local_addr()?.ip()), None))
    }
}

impl Connected<IncomingStream<'_, Door>> for Local {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        *stream.remote_addr()
    }
}

/// Every request: who may ask, the server's own addresses, the site.
async fn handle(
    State(shared): State<Shared>,
    ConnectInfo(Local(local, from)): ConnectInfo<Local>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    if let Some(refusal) = guard::refused(&parts, shared.bound, local) {
        return whole(answer::refusal(&refusal));
    }
    if parts.method == Method::POST || shared.enquiries.has(parts.uri.path()) {
        // What changed of the site since is read first.
        let enquiries = Arc::clone(&shared.enquiries);
        let desk = tokio::task::spawn_blocking(move || enquiries.desk()).await.ok().flatten();
        if let Some(desk) = desk.filter(|it| it.definitions().has(parts.uri.path())) {
            let from = from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            return desk.answer(Request::from_parts(parts, body), from).await;
        }
    }
    if let Some(refusal) = guard::unread(&parts) {
        return whole(answer::refusal(&refusal));
    }
    match parts.uri.path() {
        SCRIPT => whole(answer::own(include_str!("live.js"), "text/javascript; charset=utf-8")),
        STYLE => whole(answer::own(include_str!("overlay.css"), "text/css; charset=utf-8")),
        EVENTS if guard::may_listen(&parts) => live::events(shared.states).into_response(),
        EVENTS => {
            let words = "Only pages of this server may listen to its changes.".to_owned();
            whole(answer::refusal(&guard::Refusal(StatusCode::FORBIDDEN, words)))
        }
        _ => site(shared.workspace, parts).await,
    }
}

/// Reads the site, in a thread that may wait for a publishing to end.
async fn site(workspace: Arc<Workspace>, parts: Parts) -> Response {
    let read = tokio::task::spawn_blocking(move || answer::answer(&workspace, &parts));
    match read.await {
        Ok(answer) => whole(answer),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

fn whole(answer: answer::Answer) -> Response {
    answer.map(Body::from)
}
