//! Room for photographs: how many bytes of them are held at a time, and how many pictures are made anew, since both take memory.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zeroize::Zeroizing;

use crate::form::judge::{Flaw, Photo};
use crate::forms::photo;
use crate::forms::reply::Refused;

/// How many bytes are counted as one, and how many of these are held at a time: 256 MiB. Who sends drop by drop takes one.
const UNIT: usize = 64 * 1024;
const UNITS: usize = 4096;
/// How many pictures are made anew at a time; one may take a few hundred megabytes meanwhile.
const RENEWED: usize = 2;
/// How long that is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// Hands out room.
pub(crate) struct Uploads {
    held: Arc<Semaphore>,
    renewed: Arc<Semaphore>,
}

/// Room for the bytes of a submission's photographs; it is given back when this is dropped.
pub(crate) struct Room {
    held: Arc<Semaphore>,
    taken: Option<OwnedSemaphorePermit>,
    bytes: usize,
}

impl Room {
    /// Takes room for more bytes. Nobody waits for it: all who hold some might wait for each other.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), Refused> {
        self.bytes += bytes;
        let taken = self.taken.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = u32::try_from(self.bytes.div_ceil(UNIT) - taken).map_err(|_| busy())?;
        let more = Arc::clone(&self.held).try_acquire_many_owned(more).map_err(|_| busy())?;
        match &mut self.taken {
            Some(taken) => taken.merge(more),
            none => *none = Some(more),
        }
        Ok(())
    }
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
        Self { held: room(UNITS), renewed: room(RENEWED) }
    }

    /// Gives room for a submission: none yet, to be taken as it arrives.
    pub(crate) fn room(&self) -> Room {
        Room { held: Arc::clone(&self.held), taken: None, bytes: 0 }
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
        _ => Err(busy()),
    }
}

fn busy() -> Refused {
    let refused = Refused::new(StatusCode::SERVICE_UNAVAILABLE, "too-busy");
    Refused { wait: Some(30), ..refused }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_is_held_than_there_is_room() {
        let uploads = Uploads::new();
        let (mut one, mut other) = (uploads.room(), uploads.room());
        for _ in 0..UNITS / 2 {
            one.take(UNIT / 2).unwrap();
            other.take(UNIT).unwrap();
        }
        assert_eq!(uploads.held.available_permits(), UNITS / 4);
        other.take(UNIT / 4 * UNITS).unwrap();
        one.take(1).unwrap_err();
        drop(other);
        one.take(1).unwrap();
        drop(one);
        assert_eq!(uploads.held.available_permits(), UNITS, "all is given back");
    }
}
