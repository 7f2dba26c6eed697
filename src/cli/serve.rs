//! `galen serve`: the site in a browser, as its host will show it, up to date while it is written.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::process::{Command, Stdio};
use std::sync::Arc;

use clap::Args;

use crate::cli::report::Terminal;
use crate::cli::watch::{self, Session, SiteArguments};
use crate::cli::{Common, OK, USAGE};
use crate::serve::{self, Port, Server};

/// The port where nobody asks for another.
const PORT: u16 = 1414;

/// What `galen serve` takes.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The port to serve at; 1414, or the next that is free.
    #[arg(short, long, value_name = "PORT", env = "GALEN_PORT")]
    port: Option<u16>,
    /// The address of this machine to serve at; another than 127.0.0.1 lets others in.
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDRESS", value_parser = address, env = "GALEN_BIND")]
    bind: IpAddr,
    /// Open the site in a browser.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    site: SiteArguments,
}

/// Serves until it is asked to stop; gives the exit code.
pub(crate) fn run(arguments: &Arguments, common: &Common, terminal: &Terminal) -> u8 {
    let listener = match listen(arguments) {
        Ok(listener) => listener,
        Err(words) => {
            terminal.usage(&words);
            return USAGE;
        }
    };
    let Some(workspace) = watch::open(&arguments.site, common, terminal) else { return USAGE };
    let workspace = Arc::new(workspace);
    let mut session = Session::start(&workspace, &arguments.site, common, terminal);
    let first = session.refresh();
    if let Some(code) = session.first(&first) {
        return code;
    }
    let say = terminal.teller();
    let server = match Server::start(listener, Arc::clone(&workspace), say) {
        Ok(server) => server,
        Err(error) => {
            terminal.usage(&format!("the site cannot be served: {error}"));
            return USAGE;
        }
    };
    let place = server.address();
    if arguments.port.is_none() && place.port() != PORT {
        terminal.note(&format!("port {PORT} is taken; the site is at port {}", place.port()));
    }
    let url = url(place, &workspace.snapshot().base_path);
    session.say(&format!("Serving the site at {url} (Ctrl-C stops)"));
    if !place.ip().is_loopback() {
        terminal.note("everyone who reaches this machine over the network can see the site");
    }
    if arguments.open && !show(&url) {
        terminal.note(&format!("no browser could be started; open {url} yourself"));
    }
    session.follow();
    drop(server);
    OK
}

fn listen(arguments: &Arguments) -> Result<TcpListener, String> {
    let port = arguments.port.map_or(Port::From(PORT), Port::Exactly);
    serve::listen(arguments.bind, port).map_err(|error| refused(arguments, &error))
}

fn refused(arguments: &Arguments, error: &io::Error) -> String {
    let port = arguments.port.unwrap_or(PORT);
    match (error.kind(), arguments.port) {
        (ErrorKind::AddrInUse, Some(_)) => format!(
            "port {port} is taken by another program; stop that one, name another port, or leave \
             out `--port` to get one that is free"
        ),
        (ErrorKind::AddrInUse, None) => {
            format!("port {port} and those after it are taken; name one that is free with `--port`")
        }
        (ErrorKind::AddrNotAvailable, _) => {
            format!("`{}` is no address of this machine; leave out `--bind`", arguments.bind)
        }
        (ErrorKind::PermissionDenied, _) => {
            format!("port {port} may not be used; name one above 1023 with `--port`")
        }
        _ => format!("the site cannot be served at port {port}: {error}"),
    }
}

/// Reads an address of this machine.
fn address(text: &str) -> Result<IpAddr, &'static str> {
    let inner = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    match inner {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        inner => inner.parse().map_err(
            |_| "write an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them",
        ),
    }
}

/// Where a browser on this machine finds the site.
fn url(place: SocketAddr, base_path: &str) -> String {
    let local = match place {
        SocketAddr::V4(it) if it.ip().is_unspecified() => (Ipv4Addr::LOCALHOST, it.port()).into(),
        SocketAddr::V6(it) if it.ip().is_unspecified() => {
            (std::net::Ipv6Addr::LOCALHOST, it.port()).into()
        }
        place => place,
    };
    format!("http://{local}{base_path}/")
}

/// Opens an address in the browser; tells whether one could be started.
fn show(url: &str) -> bool {
    let program = match std::env::consts::OS {
        "macos" => "open",
        "windows" => "explorer",
        _ => "xdg-open",
    };
    let mut command = Command::new(program);
    command.arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}
