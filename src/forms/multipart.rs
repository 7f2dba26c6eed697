//! A submission with photographs, as browsers write it: `multipart/form-data` (RFC 7578).
//!
//! Its parts are read as they arrive. What is too large is read on and thrown away, as far as that is bearable, so that the
//! answer says at the question what is wrong instead of ending the connection. The names and types that the visitor's machine
//! gives to files are never used.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::stream;
use http_body_util::BodyExt as _;
use multer::{Field, Multipart};
use tokio::time::Instant;

use crate::form::Contract;
use crate::form::contract::{Kind, PHOTO};
use crate::form::fields::Unreadable;
use crate::form::judge::{FIELDS, Flaw, Photo, Refusal, Sent};
use crate::forms::photo;
use crate::forms::read::PATIENCE;
use crate::forms::reply::Refused;
use crate::forms::uploads::Room;

/// How many times as many bytes are read as the form takes, to be thrown away.
const BEARABLE: u64 = 4;
/// How many bytes are handed on at a time.
const PIECE: usize = 16 * 1024;
/// How many bytes may be handed on until the headers of the next part are whole.
const HEADERS: usize = 2 * PIECE;
/// How many bytes a second arrive at the least over a slow line, and how long each photograph may take.
const SLOWEST: u64 = 32 * 1024;
const EACH: Duration = Duration::from_secs(60);

/// What was sent: texts, and photographs.
pub(crate) type Parts = (Sent, Vec<Photo>);

/// How many bytes of a form's submission are read at most.
pub(crate) fn limit(contract: &Contract) -> u64 {
    (contract.body_limit as u64).saturating_mul(BEARABLE)
}

/// Reads a body whose parts are divided by `boundary`; its photographs take room.
pub(crate) async fn read(
    body: Body,
    boundary: String,
    form: &Contract,
    room: &mut Room,
) -> Result<Parts, Refused> {
    let allowed = Arc::new(AtomicUsize::new(HEADERS));
    let arriving = Arriving {
        body,
        piece: Bytes::new(),
        until: Instant::now() + PATIENCE,
        end: Instant::now() + PATIENCE + EACH * form.files,
        handed: Instant::now(),
        limit: limit(form),
        read: 0,
        allowed: Arc::clone(&allowed),
    };
    let pieces = stream::unfold(Some(arriving), |arriving| async {
        let mut arriving = arriving?;
        match arriving.next().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(arriving))),
            Ok(None) => None,
            Err(stop) => Some((Err(stop), None)),
        }
    });
    let mut parts = Multipart::new(pieces, boundary);
    let mut reading =
        Reading { form, room, sent: Sent::new(), photos: Vec::new(), parts: 0, text: 0 };
    while let Some(part) = parts.next_field().await.map_err(refused)? {
        allowed.store(usize::MAX, Ordering::Relaxed);
        reading.part(part).await?;
        allowed.store(HEADERS, Ordering::Relaxed);
    }
    Ok((reading.sent, reading.photos))
}

/// What was read so far.
struct Reading<'a> {
    form: &'a Contract,
    room: &'a mut Room,
    sent: Sent,
    photos: Vec<Photo>,
    parts: usize,
    /// The bytes of names and texts.
    text: usize,
}

impl Reading<'_> {
    async fn part(&mut self, part: Field<'_>) -> Result<(), Refused> {
        self.parts += 1;
        if self.parts > FIELDS {
            return Err(bad(Refusal::TooMany.reason()));
        }
        let name = part.name().ok_or(bad(Unreadable::Syntax.reason()))?.to_owned();
        self.text += name.len();
        let question = self.form.question(&name).map(|it| it.kind);
        let is_named = part.file_name().is_some_and(|it| !it.is_empty());
        match (question, part.file_name().is_some()) {
            // A file's name that is no UTF-8 is not seen; its type is there.
            (Some(Kind::Photo), file) if file || part.content_type().is_some() => {
                self.photo(name, part, is_named).await
            }
            (_, true) => Err(bad(Unreadable::Shape.reason())),
            _ => self.text(name, part).await,
        }
    }

    async fn text(&mut self, name: String, mut part: Field<'_>) -> Result<(), Refused> {
        let mut text = Vec::new();
        while let Some(piece) = part.chunk().await.map_err(refused)? {
            self.text += piece.len();
            if self.text > self.form.text_limit() {
                return Err(Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large"));
            }
            text.extend_from_slice(&piece);
        }
        let text = String::from_utf8(text).map_err(|_| bad(Unreadable::Encoding.reason()))?;
        self.sent.push((name, text));
        Ok(())
    }

    /// Reads a file. Where nothing was chosen, browsers send an empty one without a name.
    async fn photo(
        &mut self,
        question: String,
        mut part: Field<'_>,
        is_named: bool,
    ) -> Result<(), Refused> {
        // What is beyond the number that may come is counted alone.
        let is_over = self.photos.len() >= self.form.files as usize;
        let (mut bytes, mut length) = (Vec::new(), 0);
        while let Some(piece) = part.chunk().await.map_err(refused)? {
            length += piece.len();
            match is_over || length > PHOTO {
                true => bytes = Vec::new(),
                false => {
                    self.room.take(piece.len())?;
                    bytes.extend_from_slice(&piece);
                }
            }
        }
        let flaw = match length {
            0 if !is_named => return Ok(()),
            _ if length > PHOTO => Some(Flaw::Large),
            _ if !is_over && photo::format(&bytes).is_none() => Some(Flaw::Unreadable),
            _ => None,
        };
        self.photos.push(Photo { question, flaw, bytes: Arc::new(bytes) });
        Ok(())
    }
}

fn bad(reason: &'static str) -> Refused {
    Refused::new(StatusCode::BAD_REQUEST, reason)
}

/// Says why parts cannot be read. What `multer` says may quote them.
fn refused(error: multer::Error) -> Refused {
    match error {
        multer::Error::StreamReadFailed(stop) => match stop.downcast_ref::<Stop>() {
            Some(Stop::Slow) => Refused::new(StatusCode::REQUEST_TIMEOUT, "too-slow"),
            Some(Stop::Large) => Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            Some(Stop::Headers) => bad(Unreadable::Syntax.reason()),
            Some(Stop::Broken) | None => bad("cut-off"),
        },
        _ => bad(Unreadable::Syntax.reason()),
    }
}

/// A body as it arrives.
struct Arriving {
    body: Body,
    /// What arrived and was not handed on.
    piece: Bytes,
    /// When the next bytes must have come: each that comes buys time, but never more than a pause of 15 seconds.
    until: Instant,
    /// When all of it must have come.
    end: Instant,
    /// When a piece was last handed on.
    handed: Instant,
    limit: u64,
    read: u64,
    /// How many bytes may be handed on until a part begins.
    allowed: Arc<AtomicUsize>,
}

/// Why a body is not read on.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Slow,
    Broken,
    Large,
    Headers,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the body is not read on")
    }
}

impl std::error::Error for Stop {}

impl Arriving {
    /// Gives what comes next; `None` at the end.
    async fn next(&mut self) -> Result<Option<Bytes>, Stop> {
        // The parser takes all that is there before it looks at any of it: so it looks at each piece.
        tokio::task::yield_now().await;
        // What was done with the last piece meanwhile is not the sender's doing.
        self.until = (self.until + self.handed.elapsed()).min(self.end);
        while self.piece.is_empty() {
            match tokio::time::timeout_at(self.until, self.body.frame()).await {
                Err(_) => return Err(Stop::Slow),
                Ok(None) => return Ok(None),
                Ok(Some(Err(_))) => return Err(Stop::Broken),
                Ok(Some(Ok(frame))) => self.piece = frame.into_data().unwrap_or_default(),
            }
        }
        let piece = self.piece.split_to(self.piece.len().min(PIECE));
        self.read += piece.len() as u64;
        self.handed = Instant::now();
        let bought = Duration::from_micros(piece.len() as u64 * 1_000_000 / SLOWEST);
        self.until = (self.until + bought).min(self.handed + PATIENCE).min(self.end);
        if self.read > self.limit {
            return Err(Stop::Large);
        }
        let allowed = self.allowed.load(Ordering::Relaxed);
        if allowed != usize::MAX {
            let left = allowed.checked_sub(piece.len()).ok_or(Stop::Headers)?;
            self.allowed.store(left, Ordering::Relaxed);
        }
        Ok(Some(piece))
    }
}
