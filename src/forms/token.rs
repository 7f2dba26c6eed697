//! When a page was opened, signed: `<seconds>.<HMAC>` over the form's name and the moment.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::form::Contract;
use crate::store::keys::{self, Purpose, Secret};

/// What a token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    /// The page was opened as long ago as a person needs.
    Fine,
    /// It was opened a moment ago.
    Young,
    /// It was opened too long ago.
    Old,
    /// It is not ours.
    Forged,
}

/// Makes a token for a form at a moment in milliseconds.
pub(crate) fn issue(secret: &Secret, form: &str, now: i64) -> String {
    let at = now / 1000;
    let tag = mac(secret, form, at).finalize().into_bytes();
    format!("{at}.{}", BASE64.encode(tag))
}

/// Reads a token.
pub(crate) fn read(secret: &Secret, contract: &Contract, token: &str, now: i64) -> Token {
    let parts = token
        .split_once('.')
        .and_then(|(at, tag)| Some((at.parse::<i64>().ok()?, BASE64.decode(tag).ok()?)));
    let Some((at, tag)) = parts else { return Token::Forged };
    if mac(secret, &contract.form, at).verify_slice(&tag).is_err() {
        return Token::Forged;
    }
    let age = (now / 1000).saturating_sub(at);
    // A clock that was set back makes pages of the future; they are as good as new ones.
    match age {
        age if age > i64::from(contract.maximum_hours) * 3600 => Token::Old,
        age if (0..i64::from(contract.minimum_seconds)).contains(&age) => Token::Young,
        _ => Token::Fine,
    }
}

fn mac(secret: &Secret, form: &str, at: i64) -> Hmac<Sha256> {
    let key = secret.derive(Purpose::Token);
    keys::mac(&key[..], &[form.as_bytes(), &[0], &at.to_be_bytes()])
}
