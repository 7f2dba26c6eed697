//! `_headers`, as Netlify and Cloudflare read it: every rule that fits counts, the values of one
//! name are joined, and `! Name` takes a header away again.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::serve::pattern;

/// Headers that are the server's business, whatever the file says (docs.netlify.com, "Custom
/// headers").
const OWN: [&str; 14] = [
    "accept-ranges",
    "age",
    "allow",
    "alt-svc",
    "connection",
    "content-encoding",
    "content-length",
    "content-range",
    "date",
    "etag",
    "location",
    "server",
    "trailer",
    "transfer-encoding",
];

/// Puts the headers for a path into an answer; the file's text is read anew for each.
pub(crate) fn apply(text: &str, path: &str, headers: &mut HeaderMap) {
    let mut fits = false;
    let mut named: Vec<(HeaderName, String)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if !line.starts_with([' ', '\t']) {
            // A rule for another host, written with its address, never fits here.
            fits = pattern::matches(trimmed, path).is_some();
            continue;
        }
        if !fits {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('!') {
            named.retain(|(known, _)| !known.as_str().eq_ignore_ascii_case(name.trim()));
            continue;
        }
        let Some((name, value)) = trimmed.split_once(':') else { continue };
        let Ok(name) = HeaderName::from_bytes(name.trim().as_bytes()) else { continue };
        if OWN.contains(&name.as_str()) {
            continue;
        }
        let value = value.trim();
        match named.iter_mut().find(|(known, _)| *known == name) {
            Some((_, joined)) => *joined = format!("{joined}, {value}"),
            None => named.push((name, value.to_owned())),
        }
    }
    for (name, value) in named {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, path: &str) -> Vec<String> {
        let mut headers = HeaderMap::new();
        apply(text, path, &mut headers);
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", value.to_str().unwrap())
        };
        let mut lines: Vec<String> = headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    #[test]
    fn every_rule_that_fits_counts() {
        let text = "/*\n  X-A: 1\n  X-B: 2\n# no\n/a/*\n  x-a: 3\n  ! X-B\nhttps://h.example/*\n  X-C: 4\n";
        assert_eq!(of(text, "/"), ["x-a: 1", "x-b: 2"]);
        assert_eq!(of(text, "/a/b"), ["x-a: 1, 3"]);
    }

    #[test]
    fn what_is_the_servers_stays_so() {
        assert!(of("/*\n  Content-Length: 1\n  Bad Name: x\n  no colon\n", "/").is_empty());
    }
}
