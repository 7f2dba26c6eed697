//! Room for photographs: how many submissions with them are read at a time, and how many pictures are made anew, since both
//! take memory.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::form::judge::{Flaw, Photo};
use crate::forms::photo;
use crate::forms::reply::Refused;

/// How many submissions with photographs are read and kept at a time.
const READ: usize = 8;
/// How many of them have their pictures made anew at a time; one picture may take a few hundred megabytes meanwhile.
const RENEWED: usize = 2;
/// How long room is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands out room.
pub(crate) struct Uploads {
    read: Arc<Semaphore>,
    renewed: Arc<Semaphore>,
}

/// A photograph made anew.
pub(crate) struct Picture {
    /// The question that it answers.
    pub(crate) question: String,
    /// Which of the question's photographs it is, from 1.
    pub(crate) number: u32,
    /// A JPEG.
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Why photographs are not made anew.
#[derive(Debug)]
pub(crate) enum Unrenewed {
    /// Some cannot be: what is wrong, by question.
    Flawed(Vec<(String, Flaw)>),
    /// There was no room.
    Refused(Refused),
}

impl Uploads {
    pub(crate) fn new() -> Self {
        let room = |number| Arc::new(Semaphore::new(number));
        Self { read: room(READ), renewed: room(RENEWED) }
    }

    /// Gives room to read a submission with photographs; it is given back when what is returned is dropped.
    pub(crate) async fn room(&self) -> Result<OwnedSemaphorePermit, Refused> {
        wait(&self.read).await
    }

    /// Makes photographs anew. A decoder that fails as no decoder should is a photograph that cannot be read.
    pub(crate) async fn renew(&self, photos: &[Photo]) -> Result<Vec<Picture>, Unrenewed> {
        let mut pictures: Vec<Picture> = Vec::new();
        let mut flaws = Vec::new();
        for Photo { question, bytes, .. } in photos {
            let room = wait(&self.renewed).await.map_err(Unrenewed::Refused)?;
            let bytes = Arc::clone(bytes);
            // The room is given back when the work is done, also where who asked has gone meanwhile.
            let work = tokio::task::spawn_blocking(move || {
                let renewed = photo::renew(&bytes);
                drop(room);
                renewed
            });
            match work.await.unwrap_or(Err(Flaw::Unreadable)) {
                Ok(bytes) => {
                    let before = pictures.iter().filter(|it| it.question == *question).count();
                    let number = u32::try_from(before).unwrap_or(u32::MAX).saturating_add(1);
                    pictures.push(Picture { question: question.clone(), number, bytes });
                }
                Err(flaw) => flaws.push((question.clone(), flaw)),
            }
        }
        match flaws.is_empty() {
            true => Ok(pictures),
            false => Err(Unrenewed::Flawed(flaws)),
        }
    }
}

async fn wait(room: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Refused> {
    match tokio::time::timeout(PATIENCE, Arc::clone(room).acquire_owned()).await {
        Ok(Ok(room)) => Ok(room),
        _ => {
            let refused = Refused::new(StatusCode::SERVICE_UNAVAILABLE, "too-busy");
            Err(Refused { wait: Some(30), ..refused })
        }
    }
}
