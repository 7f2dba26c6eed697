//! Notices by a signed request: JSON without answers, to the public web alone.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, Mac as _};
use jiff::Timestamp;
use serde::Serialize;
use sha2::Sha256;
use ureq::Agent;
use ureq::unversioned::transport::DefaultConnector;
use url::Url;

use crate::check::net::{Names, System};
use crate::forms::notify::reach::{Judged, Refused};
use crate::forms::notify::{Enquiry, Failure, Reach};
use crate::store::keys;

/// The header with the enquiry's id: the same for each attempt.
pub const ID: &str = "Galen-Id";
/// The header with the moment and the signature: `t=UNIX,v1=HEX`.
pub const SIGNATURE: &str = "Galen-Signature";
/// How many seconds a signature's moment may be away from the receiver's clock.
pub const TOLERANCE: i64 = 300;

/// How an honest program names itself.
const AGENT: &str = concat!("Galen/", env!("CARGO_PKG_VERSION"), " (tells of an enquiry)");
const LIMIT: Duration = Duration::from_secs(10);
/// The shortest secret that is taken, in bytes.
const SECRET: usize = 16;

/// Who is told by a request.
#[derive(Clone)]
pub struct Webhook {
    agent: Agent,
    url: Url,
    secret: Arc<[u8]>,
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Addresses of webhooks often are passwords themselves.
        f.debug_struct("Webhook").field("host", &self.url.host_str()).finish_non_exhaustive()
    }
}

/// What is sent.
#[derive(Serialize)]
struct Told<'a> {
    form: &'a str,
    id: &'a str,
    received: String,
    state: &'a str,
}

impl Webhook {
    /// Makes a webhook. The secret, at least 16 bytes, is known to the receiver too. Errors are worded without either.
    pub fn new(url: &str, secret: &str, reach: Reach) -> Result<Self, String> {
        Self::with_names(url, secret, reach, Arc::new(System))
    }

    /// Makes a webhook that finds the addresses of hosts in another way.
    pub fn with_names(
        url: &str,
        secret: &str,
        reach: Reach,
        names: Arc<dyn Names>,
    ) -> Result<Self, String> {
        let mut url = Url::parse(url.trim()).map_err(|_| "the webhook's address is none")?;
        reach.look(&url).map_err(|why| format!("the webhook is refused: {why}"))?;
        url.set_fragment(None);
        let secret = secret.trim().as_bytes();
        if secret.len() < SECRET {
            return Err(format!("the webhook's secret has fewer than {SECRET} bytes"));
        }
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(reach == Reach::Public)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(AGENT)
            .timeout_global(Some(LIMIT))
            // A connection that is kept would go where a name led earlier.
            .max_idle_connections(0)
            .build();
        let judged = Judged { reach, names, limit: LIMIT };
        let agent = Agent::with_parts(config, DefaultConnector::new(), judged);
        Ok(Self { agent, url, secret: secret.into() })
    }

    pub(crate) fn send(&self, enquiry: &Enquiry, now: Timestamp) -> Result<(), Failure> {
        let received = format!("{:.0}", enquiry.received);
        let Enquiry { form, id, state, .. } = enquiry;
        let body = serde_json::to_vec(&Told { form, id, received, state })
            .map_err(|_| Failure::permanent("the request cannot be written"))?;
        let request = self
            .agent
            .post(self.url.as_str())
            .header("Content-Type", "application/json")
            .header(ID, id)
            .header(SIGNATURE, sign(&self.secret, now.as_second(), &body));
        let answer = request.send(&body).map_err(|error| failure(&error))?;
        // What it says besides is of no interest, and is not read.
        judge(answer.status().as_u16())
    }
}

/// Says what a status means.
fn judge(status: u16) -> Result<(), Failure> {
    match status {
        200..=299 => Ok(()),
        300..=399 => Err(Failure::permanent(format!(
            "the webhook leads to another address, which is not followed (answer {status})"
        ))),
        408 | 421 | 423 | 425 | 429 | 500.. => {
            Err(Failure::passing(format!("the webhook cannot take it now (answer {status})")))
        }
        _ => Err(Failure::permanent(format!("the webhook refuses it (answer {status})"))),
    }
}

fn failure(error: &ureq::Error) -> Failure {
    let refused = match error {
        ureq::Error::Other(inner) => inner.downcast_ref::<Refused>(),
        _ => None,
    };
    if let Some(Refused(why)) = refused {
        return Failure::permanent(format!("the webhook is refused: {why}"));
    }
    match error {
        ureq::Error::Timeout(_) => Failure::passing("the webhook took too long"),
        ureq::Error::HostNotFound => Failure::passing("the webhook's host cannot be found"),
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => {
            Failure::passing("the webhook's host does not answer")
        }
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            Failure::passing("no safe connection to the webhook can be made (TLS)")
        }
        ureq::Error::Http(_) => Failure::permanent("the request cannot be written"),
        // Others may repeat the address.
        _ => Failure::passing("the connection to the webhook broke"),
    }
}

/// Signs a body at a moment, in seconds since 1970: the value of [`SIGNATURE`].
pub fn sign(secret: &[u8], at: i64, body: &[u8]) -> String {
    let mut value = format!("t={at},v1=");
    let hex = mac(secret, at, body).finalize().into_bytes();
    hex.iter().for_each(|byte| value.push_str(&format!("{byte:02x}")));
    value
}

/// Checks a signature as a receiver does: of this body, by this secret, and no more than five minutes away from `now`.
pub fn verify(secret: &[u8], value: &str, body: &[u8], now: i64) -> Result<(), &'static str> {
    let mut at = None;
    let mut signatures = Vec::new();
    for part in value.split(',') {
        match part.trim().split_once('=') {
            Some(("t", moment)) => at = moment.parse::<i64>().ok(),
            Some(("v1", hex)) => signatures.extend(bytes(hex)),
            _ => (),
        }
    }
    let at = at.ok_or("the signature says no moment")?;
    let same = |signature: &Vec<u8>| mac(secret, at, body).verify_slice(signature).is_ok();
    if !signatures.iter().any(same) {
        return Err("the signature is of another body, moment or secret");
    }
    match now.abs_diff(at) <= TOLERANCE.unsigned_abs() {
        true => Ok(()),
        false => Err("the signature is too old, or a clock is wrong"),
    }
}

fn mac(secret: &[u8], at: i64, body: &[u8]) -> Hmac<Sha256> {
    keys::mac(secret, &[format!("{at}.").as_bytes(), body])
}

/// Reads hexadecimal digits. `None` for anything else.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}
