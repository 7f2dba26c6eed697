//! A request to its answer: a pure function of the output folder and what is known of the site.

use axum::http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    HOST, HeaderMap, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Response, StatusCode};

use crate::serve::files::{self, Files, Found};
use crate::serve::guard::{self, Refusal};
use crate::serve::redirects::{self, Rule};
use crate::serve::{headers, overlay, page};
use crate::text::{Digest, RelPath};
use crate::workspace::{Snapshot, Workspace};

/// An answer as a whole.
pub(crate) type Answer = Response<Vec<u8>>;

/// How much of a file is given at once to who asks for a part, and up to which length a file is
/// known by its digest.
const PART: u64 = 8 << 20;

/// Answers a request that may be answered. It waits while the output folder is written.
pub(crate) fn answer(workspace: &Workspace, parts: &Parts) -> Answer {
    workspace.reading(|snapshot| {
        let view = View { files: Files::new(&workspace.folder()), snapshot, parts };
        view.answer()
    })
}

/// Answers a request that may not be answered.
pub(crate) fn refusal(Refusal(status, words): &Refusal) -> Answer {
    let mut answer = Response::new(format!("{words}\n").into_bytes());
    *answer.status_mut() = *status;
    answer.headers_mut().insert(CONTENT_TYPE, fixed("text/plain; charset=utf-8"));
    if *status == StatusCode::METHOD_NOT_ALLOWED {
        answer.headers_mut().insert("allow", fixed("GET, HEAD"));
    }
    answer
}

/// A file of the server's own.
pub(crate) fn own(text: &'static str, kind: &'static str) -> Answer {
    let mut answer = Response::new(text.as_bytes().to_vec());
    answer.headers_mut().insert(CONTENT_TYPE, fixed(kind));
    answer.headers_mut().insert(CACHE_CONTROL, fixed("no-cache"));
    answer.headers_mut().insert("x-content-type-options", fixed("nosniff"));
    answer
}

struct View<'a> {
    files: Files,
    snapshot: &'a Snapshot,
    parts: &'a Parts,
}

impl View<'_> {
    fn answer(&self) -> Answer {
        let (path, base) = (self.parts.uri.path(), &self.snapshot.base_path);
        let found = match self.inside(path) {
            Some(inner) => self.files.find(inner),
            // The whole site is below.
            None if path == "/" || path == base => return self.go(&format!("{base}/"), 302),
            None => Found::Nothing,
        };
        let (rules, query) = (self.files.rules("_redirects"), self.parts.uri.query());
        match redirects::find(&rules, path, query, found != Found::Nothing) {
            Some(Rule::Go { to, status }) => return self.go(&to, status),
            Some(Rule::Show { path, status }) => return self.show(&path, status),
            Some(Rule::Proxy { to }) => return self.elsewhere(&to),
            None => (),
        }
        match found {
            Found::File(file) => self.file(&file, StatusCode::OK),
            Found::Moved(to) => {
                let query = query.map_or_else(String::new, |it| format!("?{it}"));
                self.go(&format!("{base}{}{query}", files::encoded(&to)), 308)
            }
            Found::Nothing => self.missing(),
        }
    }

    /// A path from the top of the output folder; `None` for one outside of the site.
    fn inside<'p>(&self, path: &'p str) -> Option<&'p str> {
        path.strip_prefix(self.snapshot.base_path.as_str()).filter(|it| it.starts_with('/'))
    }

    fn show(&self, path: &str, status: u16) -> Answer {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::NOT_FOUND);
        let find = |path: &str| self.inside(path).map_or(Found::Nothing, |it| self.files.find(it));
        let found = match find(path) {
            Found::Moved(to) => self.files.find(&to),
            found => found,
        };
        match found {
            Found::File(file) => self.file(&file, status),
            _ => self.missing(),
        }
    }

    fn go(&self, to: &str, status: u16) -> Answer {
        let Ok(to) = HeaderValue::from_str(to) else { return self.missing() };
        let mut answer = Response::new(Vec::new());
        *answer.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FOUND);
        answer.headers_mut().insert(LOCATION, to);
        // A browser would keep it for good, also when the site has changed.
        answer.headers_mut().insert(CACHE_CONTROL, fixed("no-cache"));
        answer
    }

    /// A page that another host has.
    fn elsewhere(&self, to: &str) -> Answer {
        let words =
            format!("The host of the site asks {to} for this address; this server asks nobody.");
        let page = overlay::sentence("Answered elsewhere", &words);
        self.page(page.as_bytes(), "", StatusCode::BAD_GATEWAY)
    }

    fn missing(&self) -> Answer {
        let path = self.parts.uri.path();
        let base = &self.snapshot.base_path;
        let note = overlay::missing(path, base, &self.files.pages());
        let own = self.files.not_found(self.inside(path).unwrap_or("/"));
        match own.and_then(|file| self.files.read(&file).ok()) {
            Some(page) => self.page(&page, &note, StatusCode::NOT_FOUND),
            None => {
                let words = "The site has no page 404.html to show here.";
                let page = overlay::sentence("There is no such page", words);
                self.page(page.as_bytes(), &note, StatusCode::NOT_FOUND)
            }
        }
    }

    fn file(&self, file: &RelPath, status: StatusCode) -> Answer {
        let kind = files::content_type(file.as_str());
        if kind.starts_with("text/html") {
            return match self.files.read(file) {
                Ok(page) => self.page(&page, "", status),
                Err(_) => self.missing(),
            };
        }
        let mut headers = self.headers(kind);
        let length = self.files.length(file);
        headers.insert(ACCEPT_RANGES, fixed("bytes"));
        let range = self.header(RANGE).filter(|_| status == StatusCode::OK && self.may_part());
        if length <= PART {
            let Ok(bytes) = self.files.read(file) else { return self.missing() };
            let mark = mark(&bytes);
            headers.insert(ETAG, mark.clone());
            if self.has(&mark) && status == StatusCode::OK {
                return with(Vec::new(), StatusCode::NOT_MODIFIED, headers);
            }
            if range.is_none() {
                return with(bytes, status, headers);
            }
        }
        let (from, to) =
            match range.map_or(Some((0, length.saturating_sub(1))), |it| part(it, length)) {
                Some(part) => part,
                None => {
                    headers.insert(CONTENT_RANGE, text(&format!("bytes */{length}")));
                    return with(Vec::new(), StatusCode::RANGE_NOT_SATISFIABLE, headers);
                }
            };
        // Whoever asks for a part may be given less, and asks again.
        let to = if range.is_some() { to.min(from + PART - 1) } else { to };
        let size = usize::try_from((to + 1).saturating_sub(from)).unwrap_or_default();
        let Ok(bytes) = self.files.part(file, from, size) else { return self.missing() };
        if range.is_none() {
            return with(bytes, status, headers);
        }
        headers.insert(CONTENT_RANGE, text(&format!("bytes {from}-{to}/{length}")));
        with(bytes, StatusCode::PARTIAL_CONTENT, headers)
    }

    /// A part of another version than is known may not be given.
    fn may_part(&self) -> bool {
        self.header(IF_RANGE).is_none()
    }

    /// A page, with what is added to it while it is shown. While the site has errors, they lie over
    /// it, and it does not pass for right.
    fn page(&self, html: &[u8], markup: &str, status: StatusCode) -> Answer {
        let mut headers = self.headers("text/html; charset=utf-8");
        let problems = &self.snapshot.problems;
        let never_built = status == StatusCode::NOT_FOUND && self.files.pages().is_empty();
        let (html, markup, status) = match problems.is_empty() {
            true => (html.to_vec(), markup.to_owned(), status),
            false => {
                let over = overlay::problems(problems, self.snapshot.unlisted, !never_built);
                let html = match never_built {
                    true => overlay::bare("The site has errors", "").into_bytes(),
                    false => html.to_vec(),
                };
                (html, over, StatusCode::INTERNAL_SERVER_ERROR)
            }
        };
        let body = page::with(&html, &markup, self.snapshot);
        let host = self.parts.uri.authority().map(|it| it.as_str()).or(self.header(HOST));
        let styled = status != StatusCode::OK;
        page::allow(&mut headers, host.unwrap_or_default(), self.snapshot, styled);
        headers.insert(CACHE_CONTROL, fixed(if styled { "no-store" } else { "no-cache" }));
        if !styled {
            let mark = mark(&body);
            headers.insert(ETAG, mark.clone());
            if self.has(&mark) {
                return with(Vec::new(), StatusCode::NOT_MODIFIED, headers);
            }
        }
        with(body, status, headers)
    }

    /// The headers of a file, with those that the site asks of its host.
    fn headers(&self, kind: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, fixed(kind));
        headers.insert(CACHE_CONTROL, fixed("no-cache"));
        headers::apply(&self.files.rules("_headers"), self.parts.uri.path(), &mut headers);
        if !guard::is_neighbour(self.parts) {
            headers.remove(ACCESS_CONTROL_ALLOW_ORIGIN);
        }
        headers
    }

    fn header(&self, name: impl axum::http::header::AsHeaderName) -> Option<&str> {
        self.parts.headers.get(name)?.to_str().ok()
    }

    /// Tells whether the browser has this version (RFC 9110, 13.1.2).
    fn has(&self, mark: &HeaderValue) -> bool {
        let Some(known) = self.header(IF_NONE_MATCH) else { return false };
        let mark = mark.to_str().unwrap_or_default();
        known.split(',').map(str::trim).any(|it| it == "*" || it.trim_start_matches("W/") == mark)
    }
}

/// The part of a file that is asked for, first and last byte; `None` when there is none (RFC 9110,
/// 14.1.2). Of several parts the first is given.
fn part(range: &str, length: u64) -> Option<(u64, u64)> {
    let (from, to) = range.strip_prefix("bytes=")?.split(',').next()?.trim().split_once('-')?;
    let last = length.checked_sub(1)?;
    if from.is_empty() {
        let count: u64 = to.parse().ok().filter(|it| *it > 0)?;
        return Some((length.saturating_sub(count), last));
    }
    let from: u64 = from.parse().ok()?;
    let to: u64 = if to.is_empty() { last } else { to.parse().ok()? };
    (from <= to && from <= last).then_some((from, to.min(last)))
}

fn mark(bytes: &[u8]) -> HeaderValue {
    text(&format!("\"{}\"", Digest::of(bytes).hex(24)))
}

fn with(body: Vec<u8>, status: StatusCode, headers: HeaderMap) -> Answer {
    let mut answer = Response::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    answer
}

fn fixed(value: &'static str) -> HeaderValue {
    HeaderValue::from_static(value)
}

fn text(value: &str) -> HeaderValue {
    HeaderValue::from_str(value).unwrap_or_else(|_| fixed(""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_read() {
        assert_eq!(part("bytes=0-", 10), Some((0, 9)));
        assert_eq!(part("bytes=2-4, 6-7", 10), Some((2, 4)));
        assert_eq!(part("bytes=-3", 10), Some((7, 9)));
        assert_eq!(part("bytes=5-99", 10), Some((5, 9)));
        for bad in ["bytes=10-", "bytes=4-2", "bytes=-0", "bytes=x", "lines=1-2"] {
            assert_eq!(part(bad, 10), None, "{bad}");
        }
        assert_eq!(part("bytes=0-", 0), None);
    }
}
