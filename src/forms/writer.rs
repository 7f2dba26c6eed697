//! One thread that keeps what is accepted: all that wait are committed together, and each is answered
//! when it is on the disk.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use crate::store::{Committed, Error, New, Store};

/// How many enquiries may wait; more are told to try again.
const WAITING: usize = 1024;
/// How many are committed at once.
pub(crate) const TOGETHER: usize = 256;
/// How often a commit is tried that another's work stands in the way of.
const TRIES: u32 = 3;
/// How long it is tried again, and how long what came meanwhile is waited with: a visitor waits, and the store has
/// waited for a lock by itself.
const PATIENCE: Duration = Duration::from_secs(2);

struct Job {
    new: New,
    since: Instant,
    done: oneshot::Sender<Result<Committed, Arc<Error>>>,
}

/// Hands enquiries to the thread that keeps them.
pub(crate) struct Writer {
    jobs: mpsc::Sender<Job>,
}

/// Why an enquiry was not kept.
#[derive(Debug)]
pub(crate) enum Unkept {
    /// Too many wait.
    Busy,
    /// The store failed.
    Failed(Arc<Error>),
}

impl From<Error> for Unkept {
    fn from(error: Error) -> Self {
        Self::Failed(Arc::new(error))
    }
}

impl fmt::Display for Unkept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("an enquiry was not kept: too many came at once"),
            Self::Failed(error) => write!(f, "an enquiry was not kept: {error}"),
        }
    }
}

impl Writer {
    /// Starts the thread; it ends when the writer is dropped. `kept` is called after each commit.
    pub(crate) fn start(store: Store, kept: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        let (jobs, waiting) = mpsc::channel(WAITING);
        let thread = std::thread::Builder::new().name("galen-forms-keep".to_owned());
        thread.spawn(move || keep(store, waiting, &kept))?;
        Ok(Self { jobs })
    }

    /// Keeps an enquiry; returns when it is on the disk, or was not kept.
    pub(crate) async fn keep(&self, new: New) -> Result<Committed, Unkept> {
        let (done, answer) = oneshot::channel();
        let since = Instant::now();
        self.jobs.try_send(Job { new, since, done }).map_err(|_| Unkept::Busy)?;
        match answer.await {
            Ok(Ok(committed)) => Ok(committed),
            Ok(Err(error)) => Err(Unkept::Failed(error)),
            Err(_) => Err(Unkept::Busy),
        }
    }
}

fn keep(mut store: Store, mut waiting: mpsc::Receiver<Job>, kept: &dyn Fn()) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| waiting.blocking_recv()) {
        let mut jobs = vec![first];
        while jobs.len() < TOGETHER
            && let Ok(job) = waiting.try_recv()
        {
            jobs.push(job);
        }
        let (news, answers): (Vec<New>, Vec<_>) =
            jobs.into_iter().map(|Job { new, done, .. }| (new, done)).unzip();
        let all = commit_all(&mut store, &news);
        let some = all.iter().any(Result::is_ok);
        let passing = all.iter().find_map(|it| it.as_ref().err().filter(|it| it.is_passing()));
        let passing = passing.map(Arc::clone);
        for (done, committed) in answers.into_iter().zip(all) {
            // Who no longer waits has gone; the enquiry is kept all the same.
            let _ = done.send(committed);
        }
        if some {
            kept();
        }
        // Who came while it was tried is not kept waiting as long once more.
        while let Some(error) = &passing
            && next.is_none()
            && let Ok(job) = waiting.try_recv()
        {
            match job.since.elapsed() < PATIENCE {
                true => next = Some(job),
                false => drop(job.done.send(Err(Arc::clone(error)))),
            }
        }
    }
}

/// Keeps enquiries in one transaction; one that cannot be kept does not take the others with it. Gives what became of each,
/// in their order.
pub(crate) fn commit_all(store: &mut Store, news: &[New]) -> Vec<Result<Committed, Arc<Error>>> {
    match commit(store, news) {
        Ok(all) => all.into_iter().map(Ok).collect(),
        Err(error) if news.len() > 1 && !error.is_passing() => {
            let each = news.iter().map(|new| commit(store, std::slice::from_ref(new)));
            each.map(|it| it.map(one).map_err(Arc::new)).collect()
        }
        Err(error) => {
            let error = Arc::new(error);
            news.iter().map(|_| Err(Arc::clone(&error))).collect()
        }
    }
}

fn one(mut all: Vec<Committed>) -> Committed {
    all.pop().unwrap_or(Committed::New)
}

fn commit(store: &mut Store, news: &[New]) -> Result<Vec<Committed>, Error> {
    let begun = Instant::now();
    for wait in 1..TRIES {
        match store.commit(news) {
            Err(error) if error.is_passing() && begun.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(100 * u64::from(wait)));
            }
            done => return done,
        }
    }
    store.commit(news)
}
