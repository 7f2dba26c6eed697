//! What is old removed while the endpoint runs: at once, and then hourly.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::config;
use crate::forms::Desk;
use crate::store::{Purged, Result, Store};

/// How often what is old is removed.
const HOURLY: Duration = Duration::from_secs(3600);
/// Beyond so many milliseconds without a removal the clock is not believed: a server that runs removes hourly.
const FAR: i64 = 31 * 24 * 60 * 60 * 1000;
/// By how many milliseconds a clock may be set while nothing is made of it.
const SET: i64 = 10 * 60 * 1000;

/// Removes what is old in a thread of its own.
pub(super) fn hourly(
    address: String,
    desk: Arc<Desk>,
    log: Arc<impl Fn(&str) + Send + Sync + 'static>,
    stop: watch::Receiver<bool>,
) {
    thread::spawn(move || {
        let mut pace = Pace::default();
        while !*stop.borrow() {
            let now = config::now().as_millisecond();
            match pace.is_steady(now, Instant::now()) {
                true => remove(&address, now, &*log),
                false => log(
                    "the clock was set: old enquiries are removed in an hour, by the clock as it is then",
                ),
            }
            desk.tidy();
            thread::sleep(HOURLY);
        }
    });
}

fn remove(address: &str, now: i64, log: &dyn Fn(&str)) {
    match Store::open(address).and_then(|mut it| purge(&mut it, now)) {
        Ok(Some(purged)) if purged.unwiped.is_none() => {}
        Ok(Some(_)) => log("what was removed is not wiped yet; it is tried again in an hour"),
        Ok(None) => log(
            "old enquiries are not removed: by the clock it is more than a month since that was last done. Where the clock is \
             right, run `galen forms purge` once",
        ),
        Err(error) => log(&format!("old enquiries were not removed: {error}")),
    }
}

/// Removes what is old. `None` where the clock is so far beyond the last time that it may be wrong: as nothing that is
/// removed comes back, a person is to say so then (`galen forms purge`).
fn purge(store: &mut Store, now: i64) -> Result<Option<Purged>> {
    match now.saturating_sub(store.last_purge(now)?) > FAR {
        true => Ok(None),
        false => store.purge(now).map(Some),
    }
}

/// The clock beside the time that passes. A clock that is ahead for a moment would have everything removed for good; one
/// that stays as it was set is believed the next time.
#[derive(Debug, Default)]
struct Pace(Option<(i64, Instant)>);

impl Pace {
    /// Tells whether the clock went as time did since this was last asked.
    fn is_steady(&mut self, now: i64, at: Instant) -> bool {
        let Some((then, begun)) = self.0.replace((now, at)) else { return true };
        let passed = i64::try_from(at.duration_since(begun).as_millis()).unwrap_or(i64::MAX);
        now.saturating_sub(then).abs_diff(passed) <= SET.unsigned_abs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_ahead_from_the_start_removes_nothing() {
        const DAY: i64 = 24 * 3_600_000;
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(&folder.path().join("e.sqlite").display().to_string()).unwrap();
        let now = 1_790_000_000_000;
        let mut purges = |now| purge(&mut store, now).unwrap().is_some();
        assert!(purges(now), "a new store has nothing to lose");
        assert!(purges(now + FAR), "the server stood still for a month");
        assert!(!purges(now + 2 * FAR + 1));
        assert!(!purges(now + 2 * FAR + DAY), "it is not believed for waiting");
        assert!(purges(now), "it was put right");
        assert!(!purges(now + FAR + 1));
        store.purge(now + FAR + 1).unwrap();
        assert!(purge(&mut store, now + FAR + DAY).unwrap().is_some(), "a person said so");
    }

    #[test]
    fn a_clock_that_is_set_is_believed_when_it_stays() {
        const YEAR: i64 = 365 * 24 * 3_600_000;
        let (mut pace, begun, hour) = (Pace::default(), Instant::now(), 3_600_000);
        let now = 1_790_000_000_000;
        let clock = [
            (now, true),
            (now + hour + 4000, true),
            (now + 2 * hour + YEAR, false),
            (now + 3 * hour + YEAR, true),
            (now + 4 * hour, false),
            (now + 5 * hour, true),
            (i64::MIN, false),
            (i64::MAX, false),
        ];
        for (number, (at, steady)) in (0..).zip(clock) {
            assert_eq!(pace.is_steady(at, begun + HOURLY * number), steady, "after {number} hours");
        }
    }
}
