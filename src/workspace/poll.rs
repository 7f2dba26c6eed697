//! Looks at a site's files again and again, where the system does not tell of changes.

use std::path::Path;
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use crate::workspace::changes::Stamps;

/// A look that is repeated until this is dropped.
pub(crate) struct Poll {
    _alive: Sender<()>,
}

impl Poll {
    /// Looks once, and then after each interval in a thread of its own; calls a function when
    /// something is not as it was.
    pub(crate) fn start(
        root: &Path,
        interval: Duration,
        changed: impl Fn() + Send + 'static,
    ) -> Self {
        let (alive, dropped) = mpsc::channel::<()>();
        let root = root.to_owned();
        let (mut last, _) = Stamps::look(&root, &Stamps::default());
        thread::spawn(move || {
            while dropped.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                let (now, other) = Stamps::look(&root, &last);
                last = now;
                if !other.is_empty() {
                    changed();
                }
            }
        });
        Self { _alive: alive }
    }
}
