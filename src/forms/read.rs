//! The body of a submission, as far as it is read at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::form::fields;
use crate::form::judge::Sent;
use crate::forms::reply::Refused;

/// How long a body may take: a form is small, and who sends it drop by drop holds a connection.
const PATIENCE: Duration = Duration::from_secs(15);

/// How what was sent is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Form,
    Json,
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn body(headers: &HeaderMap, body: Body, limit: usize) -> Result<Sent, Refused> {
    let kind =
        kind(headers).ok_or(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type"))?;
    let too_large = Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    let length = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit as u64) {
        return Err(too_large);
    }
    let read = tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await;
    let bytes = match read {
        Err(_) => return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "too-slow")),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large),
        Ok(Err(_)) => return Err(Refused::new(StatusCode::BAD_REQUEST, "cut-off")),
        Ok(Ok(body)) => body.to_bytes(),
    };
    let sent = match kind {
        Kind::Form => fields::urlencoded(&bytes),
        Kind::Json => fields::json(&bytes),
    };
    sent.map_err(|why| Refused::new(StatusCode::BAD_REQUEST, why.reason()))
}

/// Tells how a body is written; `None` for what is not read: another type, another encoding.
fn kind(headers: &HeaderMap) -> Option<Kind> {
    let mut all = headers.get_all(CONTENT_TYPE).iter();
    let text = all.next()?.to_str().ok()?.to_ascii_lowercase();
    if all.next().is_some() {
        return None;
    }
    let mut parts = text.split(';').map(str::trim);
    let kind = match parts.next()? {
        "application/x-www-form-urlencoded" => Kind::Form,
        "application/json" => Kind::Json,
        _ => return None,
    };
    let fine = |part: &str| match part.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    };
    parts.all(fine).then_some(kind)
}
