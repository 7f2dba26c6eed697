//! Tells pages in browsers of each change, over a channel that stays open (server-sent events, HTML
//! Standard 9.2).
//!
//! What is sent is a state, not an event: who comes late, or again, hears what is true now and
//! compares it with the version that its page was made of.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures_util::stream::{self, Stream};
use tokio::sync::watch::Receiver;

use crate::workspace::Snapshot;

/// How soon a browser asks again when the server was gone.
const RETRY: Duration = Duration::from_millis(250);

/// What pages are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State(String);

impl State {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let Snapshot { run, version, whole, .. } = snapshot;
        Self(format!("{{\"run\":\"{run}\",\"version\":{version},\"whole\":{whole}}}"))
    }
}

/// Sends what is true now, and then each change.
pub(crate) fn events(
    mut states: Receiver<State>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    states.mark_changed();
    Sse::new(stream::unfold(states, |mut states| async move {
        states.changed().await.ok()?;
        let event = Event::default().retry(RETRY).data(&states.borrow_and_update().0);
        Some((Ok(event), states))
    }))
}
