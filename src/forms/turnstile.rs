//! Cloudflare's Turnstile, where a clinic asked for it. An enquiry is never lost by it: what it does not
//! let through, or cannot be asked about, is held for a person to look at.

use std::time::Duration;

use url::Url;

/// Where answers are checked.
const ADDRESS: &str = "https://challenges.cloudflare.com/turnstile/v0/siteverify";
/// No answer is longer (Cloudflare's documentation).
const LONGEST: usize = 2048;

/// A check by Turnstile.
#[derive(Clone)]
pub struct Turnstile {
    secret: String,
    address: String,
    host: String,
}

impl Turnstile {
    /// Checks by a secret key, for pages of an origin such as `https://clinic.example`; `None` where it has no host.
    /// `address` is asked in place of Cloudflare's: tests have their own.
    pub fn new(secret: String, origin: &str, address: Option<String>) -> Option<Self> {
        let host = Url::parse(origin).ok()?.host_str()?.to_owned();
        Some(Self { secret, host, address: address.unwrap_or_else(|| ADDRESS.to_owned()) })
    }

    /// Asks about a visitor's answer on the page of a form; gives why an enquiry is to be held, `None` where all is well.
    /// An answer holds once; the same enquiry, which has the same `once`, may ask about it again. It waits for the
    /// network: call it from a thread that may.
    pub(crate) fn ask(
        &self,
        response: Option<&str>,
        form: &str,
        once: &[u8; 32],
    ) -> Option<&'static str> {
        let Some(response) = response.filter(|it| it.len() <= LONGEST) else {
            return Some("turnstile: no answer");
        };
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let key = uuid(once);
        let fields =
            [("secret", self.secret.as_str()), ("response", response), ("idempotency_key", &key)];
        let asked = agent.post(&self.address).send_form(fields);
        let Ok(mut answer) = asked else { return Some("turnstile: not reached") };
        if answer.status() != 200 {
            return Some("turnstile: not reached");
        }
        let text = answer.body_mut().with_config().limit(64 * 1024).read_to_string();
        let value: Option<serde_json::Value> =
            text.ok().and_then(|text| serde_json::from_str(&text).ok());
        let Some(value) = value else { return Some("turnstile: not understood") };
        let host = value["hostname"].as_str().is_none_or(|it| it == self.host);
        // A theme need not name an action.
        let action = value["action"].as_str().is_none_or(|it| it.is_empty() || it == form);
        match value["success"].as_bool() {
            Some(true) if !host => Some("turnstile: another host"),
            Some(true) if !action => Some("turnstile: another action"),
            Some(true) => None,
            _ => Some("turnstile: not passed"),
        }
    }
}

/// Writes a digest as a UUID (RFC 9562, version 4), which Cloudflare takes for a name.
fn uuid(digest: &[u8; 32]) -> String {
    let digit = |at: usize| {
        let byte = digest[at / 2];
        let digit = if at.is_multiple_of(2) { byte >> 4 } else { byte & 15 };
        let digit = match at {
            12 => 4,
            16 => digit & 3 | 8,
            _ => digit,
        };
        char::from_digit(digit.into(), 16).unwrap_or('0')
    };
    let part = |range: std::ops::Range<usize>| range.map(digit).collect::<String>();
    [0..8, 8..12, 12..16, 16..20, 20..32].map(part).join("-")
}
