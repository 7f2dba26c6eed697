//! What is added to a page while it is shown, and never in its file.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderMap, STRICT_TRANSPORT_SECURITY};

use crate::html;
use crate::serve::policy::{self, Need};
use crate::serve::{EVENTS, SCRIPT, STYLE};
use crate::text::Digest;
use crate::workspace::Snapshot;

/// Puts markup and the script that reloads at the end of a page.
pub(crate) fn with(page: &[u8], markup: &str, snapshot: &Snapshot) -> Vec<u8> {
    let mut added = String::from(markup);
    added.push_str("<script defer");
    html::attribute("src", SCRIPT, &mut added);
    html::attribute("nonce", &nonce(snapshot), &mut added);
    html::attribute("data-galen", &format!("{} {}", snapshot.run, snapshot.version), &mut added);
    added.push_str("></script>");
    let at = end_of_body(page);
    [&page[..at], added.as_bytes(), &page[at..]].concat()
}

/// Lets a page's headers allow what was added, and nothing else; and leaves out what asks for
/// HTTPS, which this server has not.
pub(crate) fn allow(headers: &mut HeaderMap, host: &str, snapshot: &Snapshot, styled: bool) {
    headers.remove(STRICT_TRANSPORT_SECURITY);
    let url = |path: &str| format!("http://{host}{path}");
    let (script, events, style) = (url(SCRIPT), url(EVENTS), url(STYLE));
    let nonce = nonce(snapshot);
    let mut needs =
        vec![Need::Script { url: &script, nonce: &nonce }, Need::Connect { url: &events }];
    if styled {
        needs.push(Need::Style { url: &style });
    }
    let policies: Vec<HeaderValue> = headers
        .get_all(CONTENT_SECURITY_POLICY)
        .iter()
        .filter_map(|it| HeaderValue::from_str(&policy::extend(it.to_str().ok()?, &needs)).ok())
        .collect();
    headers.remove(CONTENT_SECURITY_POLICY);
    for policy in policies.into_iter().filter(|it| !it.is_empty()) {
        headers.append(CONTENT_SECURITY_POLICY, policy);
    }
}

/// A number that a page of another site cannot guess, one for each version.
fn nonce(snapshot: &Snapshot) -> String {
    Digest::of(format!("{} {}", snapshot.run, snapshot.version).as_bytes()).hex(20)
}

/// Where the body of a page ends: at its last end tag, or at the end of the text.
fn end_of_body(page: &[u8]) -> usize {
    const TAG: &[u8] = b"</body";
    let found = page.windows(TAG.len()).rposition(|it| it.eq_ignore_ascii_case(TAG));
    found.unwrap_or(page.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_is_put_at_the_end_of_the_body() {
        let snapshot = Snapshot { run: "r".into(), version: 7, ..Snapshot::default() };
        let page =
            |text: &str| String::from_utf8(with(text.as_bytes(), "<x></x>", &snapshot)).unwrap();
        let found = page("<body><p>a</BODY></html>");
        assert!(found.starts_with("<body><p>a<x></x><script defer src="), "{found}");
        assert!(found.ends_with(" data-galen=\"r 7\"></script></BODY></html>"), "{found}");
        assert!(page("<p>a").starts_with("<p>a<x></x><script"));
    }
}
