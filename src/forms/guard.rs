//! Whether a post comes from the site's own pages, by what browsers say of it.

use axum::http::HeaderMap;
use axum::http::header::{HOST, ORIGIN};

/// Where a post comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whence {
    /// A page of the site.
    Own,
    /// A page of another site.
    Elsewhere,
    /// It does not say: a program, or a browser of old; its page's token tells.
    Unsaid,
}

/// Tells where a post comes from. `origin` is the site's, such as `https://clinic.example`.
///
/// `Sec-Fetch-Site` cannot be set by pages; where it is absent, `Origin` must name the site or the
/// host that is asked. A page of the site whose endpoint is on another host says `Origin` and counts
/// as its own.
pub(crate) fn whence(headers: &HeaderMap, origin: &str) -> Whence {
    let one = |name: &str| {
        let mut all = headers.get_all(name).iter();
        let first = all.next().map(|it| it.to_str().unwrap_or("?"));
        if all.next().is_some() { Some("?") } else { first }
    };
    let named = one(ORIGIN.as_str());
    let host = one(HOST.as_str()).unwrap_or_default();
    let is_own = named.is_some_and(|it| {
        let of_host = it.strip_prefix("https://").or_else(|| it.strip_prefix("http://"));
        it.eq_ignore_ascii_case(origin)
            || of_host.is_some_and(|it| !host.is_empty() && it.eq_ignore_ascii_case(host))
    });
    match (one("sec-fetch-site"), named) {
        (_, Some(_)) if !is_own => Whence::Elsewhere,
        (Some("same-origin" | "none"), _) => Whence::Own,
        (Some(_), _) if !named.is_some_and(|it| it.eq_ignore_ascii_case(origin)) => {
            Whence::Elsewhere
        }
        (_, Some(_)) => Whence::Own,
        (_, None) => Whence::Unsaid,
    }
}
