//! Who may ask: this server is for the person at this machine, whatever pages of other sites that
//! person has open.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};

/// Why a request is refused, in words for the one who sent it.
pub(crate) struct Refusal(pub(crate) StatusCode, pub(crate) String);

/// Tells why a request must not be answered. `bound` is the address that the server was bound to,
/// `local` that at which this connection came in.
///
/// A page of another site can have its name lead to this machine and then read what is served here
/// (DNS rebinding), but it cannot choose the name in `Host`.
pub(crate) fn refused(parts: &Parts, bound: IpAddr, local: Option<IpAddr>) -> Option<Refusal> {
    let mut names: Vec<&str> =
        parts.headers.get_all(HOST).iter().map(|it| it.to_str().unwrap_or_default()).collect();
    let named = parts.uri.authority().map(|it| it.as_str());
    if names.len() > 1 || names.is_empty() && named.is_none() {
        let words = "The request must name one host.".to_owned();
        return Some(Refusal(StatusCode::BAD_REQUEST, words));
    }
    names.extend(named);
    if let Some(name) = names.iter().find(|name| !is_known(name, bound, local)) {
        let name: String = name.chars().take(100).filter(|char| !char.is_control()).collect();
        let words = format!(
            "This server does not answer to the name \u{201c}{name}\u{201d}. Open it by the address \
             that `galen serve` printed, such as http://localhost:1414/. To reach it from another \
             device, start `galen serve --bind` with an address of this machine."
        );
        return Some(Refusal(StatusCode::FORBIDDEN, words));
    }
    None
}

/// Tells why a request for a file is refused: files are read.
pub(crate) fn unread(parts: &Parts) -> Option<Refusal> {
    let reads = [Method::GET, Method::HEAD].contains(&parts.method);
    let words = "Only GET and HEAD are answered here: the site is files.".to_owned();
    (!reads).then_some(Refusal(StatusCode::METHOD_NOT_ALLOWED, words))
}

/// Tells whether the reload channel may be opened: only a page of this server may.
pub(crate) fn may_listen(parts: &Parts) -> bool {
    let header = |name: &str| parts.headers.get(name).map(|it| it.to_str().unwrap_or_default());
    let origin = parts.headers.get_all(ORIGIN).iter().all(|origin| {
        let host = origin.to_str().ok().and_then(|it| it.strip_prefix("http://"));
        host.is_some() && host == header("host")
    });
    origin && header("sec-fetch-site").is_none_or(|it| it == "same-origin" || it == "none")
}

/// Tells whether a page may read what the site lets every other site read: one of a program on this
/// machine may, such as a front end that is being made. The rest of the world reads the site where
/// it is public, and never what is not published yet.
pub(crate) fn is_neighbour(parts: &Parts) -> bool {
    let loopback = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    parts.headers.get_all(ORIGIN).iter().all(|origin| {
        let origin = origin.to_str().unwrap_or_default();
        let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
        host.is_some_and(|host| is_known(host, loopback, None))
    })
}

fn is_known(name: &str, bound: IpAddr, local: Option<IpAddr>) -> bool {
    let host = match name.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((host, port)) if is_port(port) => host,
            _ => return false,
        },
        None => match name.split_once(':') {
            Some((host, port)) if is_port(&format!(":{port}")) => host,
            Some(_) => return false,
            None => name,
        },
    };
    if host.eq_ignore_ascii_case("localhost") {
        return true;
    }
    let Ok(address) = host.parse::<IpAddr>() else { return false };
    if name.starts_with('[') != address.is_ipv6() {
        return false;
    }
    let address = address.to_canonical();
    let loopback = ["127.0.0.1", "::1"].iter().any(|it| it.parse() == Ok(address));
    let own = |it: IpAddr| it.to_canonical() == address && !address.is_unspecified();
    loopback || own(bound) || bound.is_unspecified() && local.is_some_and(own)
}

fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':');
    text.is_empty() || digits.is_some_and(|it| it.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known() {
        let known = |name: &str, bound: &str, local: &str| {
            is_known(name, bound.parse().unwrap(), local.parse().ok())
        };
        for name in ["localhost", "LOCALHOST:1414", "127.0.0.1:80", "[::1]:1414", "[::1]"] {
            assert!(known(name, "127.0.0.1", "127.0.0.1"), "{name}");
        }
        let bad = [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.2",
            "192.168.1.5",
            "0.0.0.0",
            "localhost:x",
            "[::1",
            "::1",
            "127.0.0.1:80:80",
            "[127.0.0.1]",
            "localhost@evil",
        ];
        for name in bad {
            assert!(!known(name, "127.0.0.1", "127.0.0.1"), "{name}");
        }
        assert!(known("192.168.1.5:1414", "192.168.1.5", "192.168.1.5"));
        assert!(known("192.168.1.5:1414", "0.0.0.0", "192.168.1.5"));
        assert!(known("192.168.1.5:1414", "::", "::ffff:192.168.1.5"));
        assert!(!known("192.168.1.6:1414", "0.0.0.0", "192.168.1.5"));
        assert!(!known("evil.example", "0.0.0.0", "192.168.1.5"));
        assert!(!known("0.0.0.0", "0.0.0.0", "192.168.1.5"));
    }
}
