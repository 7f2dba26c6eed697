//! The thread that sends what waits in the outbox, one notice after another.
//!
//! It takes one notice at a time, so that none that was taken waits behind others beyond its lease. What became of a
//! notice is told to the outbox before another is taken, and again until the outbox has noted it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{io, thread};

use jiff::{SignedDuration, Timestamp};

use crate::forms::notify::{Channels, Enquiry, Failure, Notice, deliver};

/// How long nothing is looked for when nothing waits and nobody calls.
const PAUSE: Duration = Duration::from_secs(3);

/// Why the outbox could not be asked.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;

/// Where notices wait.
pub trait Outbox: Send + 'static {
    /// Takes a notice that is due, for longer than sending it takes.
    fn due(&mut self, now: Timestamp) -> Result<Option<Notice>, Trouble>;
    /// Reads what a notice may say; answers only where they are asked for. `None` when the enquiry is gone.
    fn enquiry(&mut self, notice: &Notice, answers: bool) -> Result<Option<Enquiry>, Trouble>;
    /// Notes that a notice was sent.
    fn sent(&mut self, id: i64) -> Result<(), Trouble>;
    /// Notes that a notice was not sent: it is tried again later, or given up.
    fn failed(&mut self, id: i64, failure: &Failure, now: Timestamp) -> Result<(), Trouble>;
}

/// What the worker tells whoever keeps a log or counts. Nothing in it is private.
#[derive(Debug)]
pub enum Event<'a> {
    /// A notice was sent.
    Sent(&'a Notice),
    /// A notice was not sent.
    Failed(&'a Notice, &'a Failure),
    /// The outbox cannot be asked now; it is asked again.
    Trouble(&'a Trouble),
}

/// Sends what waits, until it is stopped or dropped.
#[derive(Debug)]
pub struct Worker {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    called: Mutex<Called>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Called {
    work: bool,
    stop: bool,
    /// The thread is at its end.
    ended: bool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Called> {
        self.called.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a call; whether to go on.
    fn wait(&self, at_most: Duration) -> bool {
        let quiet = |called: &mut Called| !called.work && !called.stop;
        let waited = self.changed.wait_timeout_while(self.lock(), at_most, quiet);
        let (mut called, _) = waited.unwrap_or_else(PoisonError::into_inner);
        called.work = false;
        !called.stop
    }

    fn stops(&self) -> bool {
        self.lock().stop
    }

    fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }
}

impl Worker {
    /// Starts a thread that sends what waits in an outbox. `clock` gives the moment; `tell` hears what happens.
    pub fn start(
        channels: Channels,
        outbox: impl Outbox,
        clock: impl Fn() -> Timestamp + Send + 'static,
        tell: impl Fn(&Event) + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let steady = Steady { clock, last: None };
        let mut round = Round { channels, outbox, steady, tell, untold: None };
        let calls = Arc::clone(&shared);
        let run = move || {
            while !calls.stops() {
                // A fault of a library must not end all notices: what was taken is due again after its lease.
                let turn = catch_unwind(AssertUnwindSafe(|| round.turn()));
                let more = turn.unwrap_or(false);
                if !more && !calls.wait(PAUSE) {
                    break;
                }
            }
            calls.end();
        };
        thread::Builder::new().name("notices".to_owned()).spawn(run)?;
        Ok(Self { shared })
    }

    /// Says that there is something new.
    pub fn wake(&self) {
        self.shared.lock().work = true;
        self.shared.changed.notify_all();
    }

    /// Ends the thread after the notice that is being sent, if any, and waits for that; whether it came to its end
    /// in this time.
    pub fn stop(&self, at_most: Duration) -> bool {
        self.call_off();
        let runs = |called: &mut Called| !called.ended;
        let waited = self.shared.changed.wait_timeout_while(self.shared.lock(), at_most, runs);
        waited.unwrap_or_else(PoisonError::into_inner).0.ended
    }

    fn call_off(&self) {
        self.shared.lock().stop = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.call_off();
    }
}

/// The worker's own state.
struct Round<O, C, T> {
    channels: Channels,
    outbox: O,
    steady: Steady<C>,
    tell: T,
    /// What became of a notice, while the outbox could not note it.
    untold: Option<(i64, Result<(), Failure>)>,
}

impl<O: Outbox, C: Fn() -> Timestamp, T: Fn(&Event)> Round<O, C, T> {
    /// Sends one notice; whether there may be more.
    fn turn(&mut self) -> bool {
        match self.try_turn() {
            Ok(more) => more,
            Err(trouble) => {
                (self.tell)(&Event::Trouble(&trouble));
                false
            }
        }
    }

    fn try_turn(&mut self) -> Result<bool, Trouble> {
        self.note()?;
        let now = self.steady.now();
        let Some(notice) = self.outbox.due(now)? else { return Ok(false) };
        // Until it is known better, a fault in what follows is what became of it.
        self.untold =
            Some((notice.id, Err(Failure::passing("sending it ended in a fault of Galen"))));
        let outcome = self.send(&notice);
        self.untold = Some((notice.id, outcome.clone()));
        let event = match &outcome {
            Ok(()) => Event::Sent(&notice),
            Err(failure) => Event::Failed(&notice, failure),
        };
        (self.tell)(&event);
        self.note()?;
        Ok(true)
    }

    fn send(&mut self, notice: &Notice) -> Result<(), Failure> {
        let wanted = self.channels.wants_answers(notice);
        match self.outbox.enquiry(notice, wanted) {
            Ok(Some(enquiry)) => deliver(&self.channels, notice, &enquiry, (self.steady.clock)()),
            Ok(None) => Err(Failure::permanent("its enquiry is no longer kept")),
            Err(_) => Err(Failure::passing("its enquiry cannot be read now")),
        }
    }

    /// Tells the outbox what became of the last notice.
    fn note(&mut self) -> Result<(), Trouble> {
        let Some((id, outcome)) = &self.untold else { return Ok(()) };
        match outcome {
            Ok(()) => self.outbox.sent(*id)?,
            Err(failure) => self.outbox.failed(*id, failure, self.steady.now())?,
        }
        self.untold = None;
        Ok(())
    }
}

/// A clock that follows another and never goes back: where that one is set back, it goes on from where it was, so that
/// what waits for a moment still comes to it.
struct Steady<C> {
    clock: C,
    last: Option<(Timestamp, Instant)>,
}

impl<C: Fn() -> Timestamp> Steady<C> {
    fn now(&mut self) -> Timestamp {
        let wall = (self.clock)();
        let here = Instant::now();
        let now = match self.last {
            Some((then, at)) => {
                let passed = SignedDuration::try_from(here.duration_since(at)).unwrap_or_default();
                then.checked_add(passed).unwrap_or(then).max(wall)
            }
            None => wall,
        };
        self.last = Some((now, here));
        now
    }
}
