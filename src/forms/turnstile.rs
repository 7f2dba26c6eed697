//! Cloudflare's Turnstile, where a clinic asked for it. An enquiry is never lost by it: what it does not
//! let through, or cannot be asked about, is held for a person to look at.

use std::time::Duration;

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
    /// Checks by a secret key, for pages of a host. `address` is asked in place of Cloudflare's: tests
    /// have their own.
    pub fn new(secret: String, host: String, address: Option<String>) -> Self {
        Self { secret, host, address: address.unwrap_or_else(|| ADDRESS.to_owned()) }
    }

    /// Asks about a visitor's answer; gives why an enquiry is to be held, `None` where all is well. It
    /// waits for the network: call it from a thread that may.
    pub(crate) fn ask(&self, response: Option<&str>, id: &str) -> Option<&'static str> {
        let Some(response) = response.filter(|it| it.len() <= LONGEST) else {
            return Some("turnstile: no answer");
        };
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_global(Some(Duration::from_secs(5)))
            .max_redirects(0)
            .proxy(None)
            .build()
            .into();
        let form =
            [("secret", self.secret.as_str()), ("response", response), ("idempotency_key", id)];
        let asked = agent.post(&self.address).send_form(form);
        let Ok(mut answer) = asked else { return Some("turnstile: not reached") };
        let text = answer.body_mut().with_config().limit(64 * 1024).read_to_string();
        let value: Option<serde_json::Value> =
            text.ok().and_then(|text| serde_json::from_str(&text).ok());
        let Some(value) = value else { return Some("turnstile: not understood") };
        let host = value["hostname"].as_str().is_none_or(|it| it == self.host);
        match value["success"].as_bool() {
            Some(true) if host => None,
            Some(true) => Some("turnstile: another host"),
            _ => Some("turnstile: not passed"),
        }
    }
}
