//! Addresses that look like some, and lead nowhere.

use crate::text::url::decoded;

/// What keeps an address of another site from being opened.
pub(super) fn web(address: &str) -> Option<&'static str> {
    let (_, rest) = address.split_once(':')?;
    let Some(rest) = rest.strip_prefix("//") else {
        return Some("two slashes are missing: `https://…`");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default();
    let host = host.split(':').next().unwrap_or_default().to_ascii_lowercase();
    let private = ["127.", "10.", "192.168.", "0.0.0.0"].iter().any(|it| host.starts_with(it));
    let numbers = host.bytes().all(|it| it.is_ascii_digit() || it == b'.');
    if host == "localhost" || host.ends_with(".local") || (private && numbers) {
        return Some("only this computer or this network can open it");
    }
    if rest.starts_with('[') {
        return None;
    }
    let part = |it: &str| !it.is_empty() && !it.contains([' ', ',', ';', '(', ')', '"', '\\', '%']);
    match host.contains('.') && host.trim_end_matches('.').split('.').all(part) {
        true => None,
        false => {
            Some("between `//` and the next `/` stands the name of a site, such as `www.nhs.uk`")
        }
    }
}

/// What keeps a link from starting a letter; one without an address is for sharing a page.
pub(super) fn mail(address: &str) -> Option<&'static str> {
    let rest = address.split_once(':')?.1;
    let (to, rest) = rest.split_once('?').unwrap_or((rest, ""));
    if to.is_empty() && !rest.is_empty() {
        return None;
    }
    let whole = |to: &str| {
        let (name, host) = to.trim().split_once('@')?;
        let fine = |it: &str| !it.is_empty() && !it.contains([' ', '@', '/', ';', '(', '<']);
        let parts = host.contains('.') && host.split('.').all(|it| !it.is_empty());
        (fine(name) && fine(host) && parts).then_some(())
    };
    let to = decoded(to)?;
    to.split(',')
        .any(|it| whole(it).is_none())
        .then_some("an e-mail address is `name@clinic.example`")
}

/// What keeps a link from starting a call.
pub(super) fn telephone(address: &str) -> Option<&'static str> {
    let number = decoded(address.split_once(':')?.1)?;
    let number = number.split(';').next().unwrap_or_default();
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let fine = number.chars().all(|it| it.is_ascii_digit() || "+-.() *#".contains(it));
    (digits < 3 || !fine).then_some("a telephone number has digits, such as `+442079460123`")
}
