//! How many submissions are taken: from one network, and from everyone together.
//!
//! Addresses are not kept: a network is known by a digest under the server's secret and the day.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many requests one network may make for each enquiry that it may send: mistakes are mended.
const TRIES: u32 = 6;
/// The span over which a network is counted.
const SPAN: Duration = Duration::from_secs(600);

/// Counts requests and enquiries.
pub(crate) struct Limits {
    tries: DefaultKeyedRateLimiter<[u8; 32]>,
    sent: DefaultKeyedRateLimiter<[u8; 32]>,
    all: DefaultDirectRateLimiter,
    clock: DefaultClock,
    key: [u8; 32],
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Count {
    /// A request of any outcome.
    Try,
    /// An enquiry that would be kept.
    Sent,
}

impl Limits {
    /// Counts by a number of enquiries per network and ten minutes, and per minute in all.
    pub(crate) fn new(per_network: u32, per_minute: u32, key: [u8; 32]) -> Self {
        let some = |number: u32| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        let spread = |number: u32| {
            let each = SPAN / number.max(1);
            let quota = Quota::with_period(each.max(Duration::from_nanos(1)));
            quota.unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN)).allow_burst(some(number))
        };
        Self {
            tries: RateLimiter::keyed(spread(per_network.saturating_mul(TRIES))),
            sent: RateLimiter::keyed(spread(per_network)),
            all: RateLimiter::direct(Quota::per_minute(some(per_minute))),
            clock: DefaultClock::default(),
            key,
        }
    }

    /// Counts one; gives how many seconds to wait where there are too many.
    pub(crate) fn count(&self, count: Count, form: &str, from: IpAddr) -> Result<(), u64> {
        let key = self.network(form, from);
        let wait = |until: governor::NotUntil<_>| {
            until.wait_time_from(self.clock.now()).as_secs().saturating_add(1)
        };
        match count {
            Count::Try => self.tries.check_key(&key).map_err(wait),
            Count::Sent => {
                self.sent.check_key(&key).map_err(wait)?;
                self.all.check().map_err(wait)
            }
        }
    }

    /// Forgets networks that were not heard of for long, so that memory stays flat.
    pub(crate) fn forget(&self) {
        self.tries.retain_recent();
        self.sent.retain_recent();
    }

    fn network(&self, form: &str, from: IpAddr) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_keyed(&self.key);
        match from.to_canonical() {
            IpAddr::V4(it) => hasher.update(&it.octets()[..3]),
            IpAddr::V6(it) => hasher.update(&it.octets()[..8]),
        };
        hasher.update(form.as_bytes());
        *hasher.finalize().as_bytes()
    }
}
