//! Cloudflare's Turnstile, where a clinic asked for it. An enquiry is never lost by it: what it does not
//! let through, or cannot be asked about, is held for a person to look at.

use std::time::Duration;

use url::Url;

use crate::config::TURNSTILE;

/// Where answers are checked, at [`TURNSTILE`].
const PATH: &str = "/turnstile/v0/siteverify";
/// No answer is longer (Cloudflare's documentation).
const LONGEST: usize = 2048;

/// Why enquiries are held, as this says it and as functions do (`edge/turnstile.mjs`), which alone may lack a secret.
const REASONS: [&str; 7] = [
    "turnstile: no secret",
    "turnstile: no answer",
    "turnstile: not reached",
    "turnstile: not understood",
    "turnstile: not passed",
    "turnstile: another host",
    "turnstile: another action",
];

/// Gives the reason that a function says; of one that is not known here, only that there was one. What hosts write is not
/// said again as it is.
pub(crate) fn reason(said: &str) -> &'static str {
    let known = REASONS.iter().find(|it| **it == said);
    known.copied().unwrap_or("held where it was taken")
}

/// A check by Turnstile.
#[derive(Clone)]
pub struct Turnstile {
    secret: String,
    address: String,
    hosts: Vec<String>,
}

impl Turnstile {
    /// Checks by a secret key, for pages of origins such as `https://clinic.example`: of the site, and of an endpoint on
    /// another host, which shows the page with mistakes. `None` where one has no host. `address` is asked in place of
    /// Cloudflare's: tests have their own.
    pub fn new(secret: String, origins: &[&str], address: Option<String>) -> Option<Self> {
        let host = |it: &&str| Some(Url::parse(it).ok()?.host_str()?.to_owned());
        let hosts = origins.iter().map(host).collect::<Option<_>>()?;
        Some(Self {
            secret,
            hosts,
            address: address.unwrap_or_else(|| format!("{TURNSTILE}{PATH}")),
        })
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
        let Some(response) = response.filter(|it| (1..=LONGEST).contains(&it.len())) else {
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
        let host = value["hostname"].as_str();
        let host = host.is_none_or(|it| self.hosts.iter().any(|own| own == it));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_that_is_said_is_known() {
        let own = include_str!("turnstile.rs").split("pub struct").nth(1).unwrap();
        let functions = include_str!("edge/turnstile.mjs");
        let said = |text: &'static str| {
            let quoted = text.split('"').filter(|it| it.starts_with("turnstile: "));
            quoted.collect::<std::collections::BTreeSet<_>>()
        };
        let (own, functions) = (own.split("mod tests").next().unwrap(), functions);
        assert_eq!(said(own).len(), REASONS.len() - 1);
        assert_eq!(said(functions), REASONS.into_iter().collect::<std::collections::BTreeSet<_>>());
        assert!(said(own).is_subset(&said(functions)));
        assert_eq!(reason("turnstile: no secret"), "turnstile: no secret");
        assert_eq!(reason("\u{1b}[2J turnstile: no secret"), "held where it was taken");
    }
}
