//! Asks the web: one request at a time to a host, with a pause between, and never for long.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::header::{LOCATION, RETRY_AFTER};
use ureq::http::{Method, Request, Response};
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Body};
use url::Url;

use crate::check::net::guard::{Guard, Refused};

/// How an honest program names itself.
const AGENT: &str =
    concat!("Galen/", env!("CARGO_PKG_VERSION"), " (checks the links of its own site)");
/// The longest time for one request.
const LIMIT: Duration = Duration::from_secs(20);
/// The longest time to wait because a host asks for it.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// How often an address may lead on.
const MOST_HOPS: usize = 5;

/// Asks the web.
pub(crate) struct Client {
    agent: Agent,
    guard: Guard,
    pause: Duration,
    /// When each host was asked last; locked while it is.
    hosts: Mutex<HashMap<String, Arc<Mutex<Option<Instant>>>>>,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is there; where it has moved for good, when it has.
    There(Option<String>),
    /// It is not there: the status, 404 or 410.
    Gone(u16),
    /// That cannot be told, and why.
    Unknown(Failure),
}

/// Why something could not be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The host cannot be reached.
    Unreachable(String),
    /// It answered in a way that says nothing.
    Answer(String),
    /// It is not asked, for what it is.
    Refused(String),
}

impl Client {
    /// Makes a client that waits between requests to one host.
    pub(crate) fn new(guard: Guard, pause: Duration) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AGENT)
            .timeout_global(Some(LIMIT))
            .timeout_connect(Some(Duration::from_secs(10)))
            .max_idle_connections(16)
            .build();
        let resolver = Judged(guard.clone());
        let agent = Agent::with_parts(config, DefaultConnector::new(), resolver);
        Self { agent, guard, pause, hosts: Mutex::default() }
    }

    /// Asks whether something is at an address.
    pub(crate) fn ask(&self, address: &Url) -> Asked {
        let mut url = address.clone();
        let mut moved = None;
        let mut for_good = true;
        for _ in 0..=MOST_HOPS {
            let response = match self.look(&url) {
                Ok(response) => response,
                Err(failure) => return Asked::Unknown(failure),
            };
            let status = response.status().as_u16();
            match status {
                200..=299 => return Asked::There(moved),
                301 | 302 | 303 | 307 | 308 => {
                    let Some(next) = leads_to(&response, &url) else {
                        return unclear(status, "without saying where it leads");
                    };
                    for_good &= matches!(status, 301 | 308);
                    if for_good {
                        moved = Some(next.to_string());
                    }
                    url = next;
                }
                404 | 410 => return Asked::Gone(status),
                401 | 403 | 451 => return unclear(status, "which may be meant for programs only"),
                429 | 503 => return unclear(status, "which means later"),
                500.. => return unclear(status, "a fault of that site"),
                _ => return unclear(status, "which says nothing"),
            }
        }
        Asked::Unknown(Failure::Answer(format!("it leads on more than {MOST_HOPS} times")))
    }

    /// Fetches a file of no more than so many bytes.
    pub(crate) fn fetch(&self, address: &Url, most: u64) -> Result<Vec<u8>, Failure> {
        let mut url = address.clone();
        for _ in 0..=MOST_HOPS {
            let mut response = self.politely(&url, &Method::GET)?;
            let status = response.status().as_u16();
            match (status, leads_to(&response, &url)) {
                (200, _) => {
                    let read = response.body_mut().with_config().limit(most).read_to_vec();
                    return read.map_err(|error| failure(&error));
                }
                (301 | 302 | 303 | 307 | 308, Some(next)) => url = next,
                _ => return Err(Failure::Answer(format!("the answer is {status}"))),
            }
        }
        Err(Failure::Answer(format!("it leads on more than {MOST_HOPS} times")))
    }

    /// Asks for the head of what is at an address, or for all of it where a host minds that.
    fn look(&self, url: &Url) -> Result<Response<Body>, Failure> {
        let head = self.patiently(url, &Method::HEAD)?;
        match head.status().as_u16() {
            // Many answer so to `HEAD` alone, 404 among them.
            400 | 403 | 404 | 405 | 406 | 410 | 500 | 501 => self.patiently(url, &Method::GET),
            _ => Ok(head),
        }
    }

    /// Asks, and once more where a host asks to wait.
    fn patiently(&self, url: &Url, method: &Method) -> Result<Response<Body>, Failure> {
        let response = self.politely(url, method)?;
        if !matches!(response.status().as_u16(), 429 | 503) {
            return Ok(response);
        }
        let wait = response.headers().get(RETRY_AFTER).and_then(|it| it.to_str().ok());
        let wait = match wait.map(str::trim).map(str::parse) {
            Some(Ok(seconds)) => Duration::from_secs(seconds),
            // A date is further off than is worth waiting for.
            Some(Err(_)) => return Ok(response),
            None => self.pause * 4,
        };
        if wait > LONGEST_WAIT {
            return Ok(response);
        }
        drop(response);
        std::thread::sleep(wait);
        self.politely(url, method)
    }

    /// Asks when no other request to the host runs, and some time after the last.
    fn politely(&self, url: &Url, method: &Method) -> Result<Response<Body>, Failure> {
        self.guard.look(url).map_err(|refused| Failure::Refused(refused.to_string()))?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let turn = {
            let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(hosts.entry(host).or_default())
        };
        let mut last = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = *last {
            std::thread::sleep(self.pause.saturating_sub(last.elapsed()));
        }
        let mut plain = url.clone();
        plain.set_fragment(None);
        let request = Request::builder().method(method.clone()).uri(plain.as_str()).body(());
        let answer = request
            .map_err(|_| Failure::Refused("it cannot be written in a request".to_owned()))
            .and_then(|request| self.agent.run(request).map_err(|error| failure(&error)));
        *last = Some(Instant::now());
        answer
    }
}

fn unclear(status: u16, why: &str) -> Asked {
    Asked::Unknown(Failure::Answer(format!("the answer is {status}, {why}")))
}

/// Where an answer leads.
fn leads_to(response: &Response<Body>, from: &Url) -> Option<Url> {
    let to = response.headers().get(LOCATION)?;
    from.join(std::str::from_utf8(to.as_bytes()).ok()?).ok()
}

fn failure(error: &ureq::Error) -> Failure {
    let refused = match error {
        ureq::Error::Other(inner) => inner.downcast_ref::<Refused>(),
        _ => None,
    };
    match refused {
        Some(Refused::NotFound) => Failure::Unreachable(Refused::NotFound.to_string()),
        Some(refused) => Failure::Refused(refused.to_string()),
        None => Failure::Unreachable(match error {
            ureq::Error::Timeout(_) => "it took too long".to_owned(),
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
                "its host does not answer".to_owned()
            }
            other => other.to_string(),
        }),
    }
}

/// Gives a connection the addresses that were judged, and no others.
#[derive(Debug)]
struct Judged(Guard);

impl Resolver for Judged {
    fn resolve(
        &self,
        uri: &ureq::http::Uri,
        _: &ureq::config::Config,
        _: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let url = Url::parse(&uri.to_string()).map_err(|_| ureq::Error::HostNotFound)?;
        let places = self.0.places(&url, Duration::from_secs(10));
        let places: Vec<SocketAddr> =
            places.map_err(|refused| ureq::Error::Other(Box::new(refused)))?;
        let mut found = self.empty();
        places.into_iter().take(16).for_each(|place| found.push(place));
        Ok(found)
    }
}
