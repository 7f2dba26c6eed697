//! An address inside the site, without host and base path.

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::sync::Arc;

use percent_encoding::percent_decode_str;

use crate::text::RelPath;

/// A path from the site's address: `/`, `/guides/smp/`, `/404.html`. Folder addresses end in `/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UrlPath(Arc<str>);

impl UrlPath {
    /// Takes a path that starts with `/` and whose parts are tidy: none empty, `.` or `..`, no
    /// character that an address must escape. `None` for any other.
    pub fn new(path: &str) -> Option<Self> {
        let inner = path.strip_prefix('/')?;
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        let tidy = |part: &str| !part.is_empty() && part != "." && part != "..";
        let fine = |char: char| {
            char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '~' | '/' | '%')
        };
        let parts = inner.is_empty() || inner.split('/').all(tidy);
        (parts && path != "//" && path.chars().all(fine)).then(|| Self(path.into()))
    }

    /// Gives the path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Gives the file that answers at this address: `index.html` in a folder.
    pub fn file(&self) -> RelPath {
        let inner = &self.0[1..];
        let file = match self.0.ends_with('/') {
            true => format!("{inner}index.html"),
            false => inner.to_owned(),
        };
        RelPath::new(&file).unwrap_or_else(|| unreachable!("a tidy address is a tidy path"))
    }
}

impl Borrow<str> for UrlPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UrlPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Gives the path of an address of any host, `/` where it has none; of a path, all of it.
pub fn path(address: &str) -> &str {
    match address.split_once("://") {
        Some((_, rest)) => rest.find('/').map_or("/", |at| &rest[at..]),
        None => address,
    }
}

/// Gives the scheme of an address as a browser reads it: lower case, with the tabs, line ends
/// and leading controls that browsers skip taken out; `None` for a relative address.
/// (WHATWG URL standard, "scheme start state".)
pub fn scheme(address: &str) -> Option<String> {
    let skipped = |char: &char| !matches!(char, '\t' | '\n' | '\r');
    let text: String = address
        .trim_start_matches(|char: char| char <= ' ')
        .chars()
        .filter(skipped)
        .take_while(|char| !matches!(char, '/' | '?' | '#'))
        .collect();
    let (name, _) = text.split_once(':')?;
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|char| char.is_ascii_alphabetic());
    let rest = chars.all(|char| char.is_ascii_alphanumeric() || matches!(char, '+' | '-' | '.'));
    (first && rest).then(|| name.to_ascii_lowercase())
}

/// Schemes that an address in content or in a template may have.
pub const SAFE_SCHEMES: [&str; 5] = ["http", "https", "mailto", "sms", "tel"];

/// Tells whether an address is safe to put into a link: relative, or of a known scheme.
pub fn is_safe(address: &str) -> bool {
    scheme(address).is_none_or(|scheme| SAFE_SCHEMES.contains(&scheme.as_str()))
}

/// Reads percent-escapes; one that is malformed stays as it is. `None` where the result is no text.
pub fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_tidy() {
        assert_eq!(UrlPath::new("/").unwrap().file().as_str(), "index.html");
        assert_eq!(UrlPath::new("/a/b/").unwrap().file().as_str(), "a/b/index.html");
        assert_eq!(UrlPath::new("/404.html").unwrap().file().as_str(), "404.html");
        for bad in ["", "a/", "//", "/a//b/", "/../x/", "/a b/", "/ü/"] {
            assert_eq!(UrlPath::new(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_hidden_scheme_is_seen() {
        assert_eq!(scheme("java\tscript:alert(1)").unwrap(), "javascript");
        assert_eq!(scheme(" \u{1}JaVaScript:alert(1)").unwrap(), "javascript");
        assert_eq!(scheme("/a:b"), None);
        assert_eq!(scheme("?x=a:b"), None);
        assert!(is_safe("tel:+442079460123") && !is_safe("data:text/html,x"));
    }
}
