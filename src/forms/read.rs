//! The body of a submission, as far as it is read at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::form::judge::{Photo, Sent};
use crate::form::{Contract, fields};
use crate::forms::multipart;
use crate::forms::reply::Refused;
use crate::forms::uploads::{Room, Uploads};

/// How long a body may take: a form is small, and who sends it drop by drop holds a connection.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// How what was sent is written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Form,
    Json,
    /// With photographs, in parts that this text divides.
    Parts(String),
}

/// What was sent.
pub(crate) struct Received {
    pub(crate) sent: Sent,
    pub(crate) photos: Vec<Photo>,
    /// The room that the photographs take while this is there.
    pub(crate) _room: Option<Room>,
}

/// Reads the body of a form's submission. Photographs are read where the form asks for some, as far as
/// there is room.
pub(crate) async fn body(
    headers: &HeaderMap,
    body: Body,
    form: &Contract,
    uploads: &Uploads,
) -> Result<Received, Refused> {
    let kind = kind(headers).filter(|it| form.files > 0 || !matches!(it, Kind::Parts(_)));
    let kind = kind.ok_or(Refused::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type"))?;
    let too_large = Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    let limit = match kind {
        Kind::Parts(_) => multipart::limit(form),
        Kind::Form | Kind::Json => form.text_limit() as u64,
    };
    let length = headers.get(CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) {
        return Err(too_large);
    }
    if let Kind::Parts(boundary) = kind {
        let mut room = uploads.room();
        let (sent, photos) = multipart::read(body, boundary, form, &mut room).await?;
        return Ok(Received { sent, photos, _room: Some(room) });
    }
    let limit = form.text_limit();
    let read = tokio::time::timeout(PATIENCE, Limited::new(body, limit).collect()).await;
    let bytes = match read {
        Err(_) => return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, "too-slow")),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(too_large),
        Ok(Err(_)) => return Err(Refused::new(StatusCode::BAD_REQUEST, "cut-off")),
        Ok(Ok(body)) => body.to_bytes(),
    };
    let sent = match kind {
        Kind::Json => fields::json(&bytes),
        Kind::Form | Kind::Parts(_) => fields::urlencoded(&bytes),
    };
    let sent = sent.map_err(|why| Refused::new(StatusCode::BAD_REQUEST, why.reason()))?;
    Ok(Received { sent, photos: Vec::new(), _room: None })
}

/// Tells how a body is written; `None` for what is not read: another type, another encoding.
fn kind(headers: &HeaderMap) -> Option<Kind> {
    let mut all = headers.get_all(CONTENT_TYPE).iter();
    let said = all.next()?.to_str().ok()?;
    if all.next().is_some() {
        return None;
    }
    let text = said.to_ascii_lowercase();
    let mut parts = text.split(';').map(str::trim);
    let kind = match parts.next()? {
        "application/x-www-form-urlencoded" => Kind::Form,
        "application/json" => Kind::Json,
        "multipart/form-data" => Kind::Parts(multer::parse_boundary(said).ok()?),
        _ => return None,
    };
    let fine = |part: &str| match part.strip_prefix("charset=") {
        Some(charset) => matches!(charset.trim_matches('"'), "utf-8" | "utf8"),
        None => true,
    };
    parts.all(fine).then_some(kind)
}
