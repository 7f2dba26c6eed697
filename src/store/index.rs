//! The blind index: what a person is found by, without their address or number in the database.

use hmac::Mac as _;

use crate::store::keys::{Purpose, Secret, mac};

/// Gives what an e-mail address is found by: upper and lower case, and spaces around it, make no difference.
/// `None` when there is nothing in it.
pub fn email(secret: &Secret, text: &str) -> Option<[u8; 32]> {
    digest(secret, "email", &text.trim().to_lowercase())
}

/// Gives what a telephone number is found by: its digits, with `+44`, `0044` and `44` as `0`. `None` without any digit.
pub fn phone(secret: &Secret, text: &str) -> Option<[u8; 32]> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let abroad = digits.strip_prefix("00").unwrap_or(&digits);
    let number = match abroad.strip_prefix("44") {
        // `+44 (0)20` is a usual way to write it.
        Some(rest) => format!("0{}", rest.trim_start_matches('0')),
        None => abroad.to_owned(),
    };
    digest(secret, "phone", &number)
}

/// HMAC-SHA256 of the kind, a zero byte and the text.
fn digest(secret: &Secret, kind: &str, text: &str) -> Option<[u8; 32]> {
    if text.is_empty() {
        return None;
    }
    let key = secret.derive(Purpose::Index);
    let mac = mac(&key[..], &[kind.as_bytes(), &[0], text.as_bytes()]);
    Some(mac.finalize().into_bytes().into())
}
