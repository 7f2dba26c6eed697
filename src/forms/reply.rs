//! What a visitor, or a program, is answered.

use axum::body::Body;
use axum::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, LOCATION,
    REFERRER_POLICY, RETRY_AFTER, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, Response, StatusCode};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::config::TURNSTILE;
use crate::html;

/// Styles of pages that are the endpoint's own.
const STYLE: &str = "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:36rem;margin:10vh auto;padding:0 1rem;color:#1b1b1b;background:#fff}h1{font-size:1.75rem;line-height:1.2}a{color:#0b5d5e}a:focus{outline:3px solid #0b5d5e;outline-offset:2px}@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}a{color:#7fd1d1}}";

/// What is said by the reason: what happened, and what to do. Of reasons that are not here the last is
/// said.
pub(crate) const WORDS: [(&str, &str, &str); 11] = [
    (
        "cross-site",
        "This form was sent from another page",
        "It can only be sent from the clinic's own website. Open the form there and send it again.",
    ),
    (
        "unknown-form",
        "There is no such form",
        "The address of this form may have changed. Open the clinic's website and look for it there.",
    ),
    ("wrong-method", "This address takes forms only", "Open the form and send it from there."),
    (
        "too-large",
        "That was too much",
        "Your enquiry, or what was sent with it, is larger than this form can take. Go back, make it smaller, and send it again.",
    ),
    (
        "too-slow",
        "That took too long",
        "The connection was too slow, and nothing was kept. Go back and send the form again, or call us.",
    ),
    (
        "too-many",
        "Please wait a little",
        "Many enquiries came from your network, so this one was not taken. Try again in a few minutes, or call us.",
    ),
    (
        "too-busy",
        "Many photographs are arriving",
        "Yours could not be taken just now, and nothing was kept. Go back and send the form again in a minute, or call us.",
    ),
    (
        "not-kept",
        "Your enquiry could not be kept",
        "Something went wrong on our side, and nothing was sent. Please try again in a minute, or call us.",
    ),
    (
        "too-fast",
        "The form was sent very quickly",
        "Programs do that, so it was not taken. Please wait a few seconds and send it again.",
    ),
    (
        "too-old",
        "The page was open for a long time",
        "Your answers are still here. Please send the form again.",
    ),
    (
        "other",
        "This form could not be read",
        "Nothing was kept. Open the form again and fill it in; if that does not help, call us.",
    ),
];

/// A submission that is not taken, in words for a visitor and in one for programs.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    pub(crate) reason: &'static str,
    /// How many seconds to wait.
    pub(crate) wait: Option<u64>,
}

impl Refused {
    pub(crate) const fn new(status: StatusCode, reason: &'static str) -> Self {
        Self { status, reason, wait: None }
    }

    /// What happened and what to do, in a visitor's words.
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        let own = WORDS.iter().find(|it| it.0 == self.reason);
        let (_, title, words) = own.unwrap_or(&WORDS[WORDS.len() - 1]);
        (title, words)
    }

    /// The answer to a program, or a page of the endpoint's own that leads back to `back`.
    pub(crate) fn answer(
        &self,
        wants_json: bool,
        language: &str,
        back: Option<&str>,
    ) -> Response<Body> {
        let mut answer = match wants_json {
            true => json(self.status, &json!({"ok": false, "reason": self.reason})),
            false => self.page(language, back),
        };
        if let Some(wait) = self.wait {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait));
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            answer.headers_mut().insert(ALLOW, HeaderValue::from_static("POST"));
        }
        answer
    }

    fn page(&self, language: &str, back: Option<&str>) -> Response<Body> {
        let (title, words) = self.words();
        let mut out = "<!doctype html><html".to_owned();
        html::attribute("lang", language, &mut out);
        out.push_str("><meta charset=utf-8><meta name=viewport content=\"width=device-width,initial-scale=1\"><meta name=robots content=noindex><title>");
        html::text(title, &mut out);
        out.push_str("</title><style>");
        out.push_str(STYLE);
        out.push_str("</style><main><h1>");
        html::text(title, &mut out);
        out.push_str("</h1><p>");
        html::text(words, &mut out);
        out.push_str("</p>");
        if let Some(back) = back {
            out.push_str("<p><a");
            html::attribute("href", back, &mut out);
            out.push_str(">Back to the form</a></p>");
        }
        out.push_str("</main></html>");
        let digest = BASE64.encode(Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
        );
        page(self.status, out, &policy)
    }
}

/// Whether JSON is asked for rather than a page.
pub(crate) fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accept.contains("application/json") && !accept.contains("text/html")
}

/// The site's own page with what was sent and what is wrong with it; `site` is where what belongs to it comes from, if
/// that is not the endpoint's host; `turnstile` whether it has Turnstile's widget.
pub(crate) fn own_page(
    status: StatusCode,
    text: String,
    site: Option<&Url>,
    turnstile: bool,
) -> Response<Body> {
    let own = site.map(|it| format!("'self' {}", it.origin().ascii_serialization()));
    let own = own.as_deref().unwrap_or("'self'");
    let (scripts, frames) = match turnstile {
        true => (format!(" {TURNSTILE}"), format!(" frame-src {TURNSTILE};")),
        false => Default::default(),
    };
    // Browsers hold the address to which a form is led on to `form-action` too.
    let policy = format!(
        "default-src 'none'; script-src {own}{scripts};{frames} style-src {own}; img-src {own} data:; font-src {own}; connect-src {own}; \
         form-action {own}; base-uri 'none'; frame-ancestors 'none'"
    );
    page(status, text, &policy)
}

fn page(status: StatusCode, text: String, policy: &str) -> Response<Body> {
    let mut answer = bare(status, text);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert("x-frame-options", HeaderValue::from_static("DENY"));
    answer
}

/// An answer to a program.
pub(crate) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut answer = bare(status, value.to_string());
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}

/// Messages by question, for a program.
pub(crate) fn errors(status: StatusCode, errors: &[(String, String)]) -> Response<Body> {
    let by_name: serde_json::Map<String, Value> =
        errors.iter().map(|(name, message)| (name.clone(), json!([message]))).collect();
    json(status, &json!({"ok": false, "errors": by_name}))
}

/// Sends a browser on with a GET.
pub(crate) fn see_other(to: &str) -> Response<Body> {
    let mut answer = bare(StatusCode::SEE_OTHER, String::new());
    if let Ok(to) = HeaderValue::from_str(&html::address(to)) {
        answer.headers_mut().insert(LOCATION, to);
    }
    answer
}

/// No answer of the endpoint is kept by anyone on the way.
fn bare(status: StatusCode, text: String) -> Response<Body> {
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer
}
