//! HTML as small as it may be: escaped text, attributes without needless quotes; and what a
//! reader sees of it; and the tree for judging a page.

mod attribute;
mod construct;
mod entities;
mod few;
mod parse;
mod part;
mod parts;
mod stack;
mod tags;
pub mod tree;
mod visible;

pub use entities::decode;
pub(crate) use few::Few;
pub(crate) use part::Part;
pub(crate) use parts::Parts;
pub(crate) use tags::{HEADINGS, Set, Tag};
pub use tree::Tree;
pub use visible::{shown, visible};

/// Writes text: `&`, `<` and `>` escaped.
pub fn text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = memchr::memchr3(b'&', b'<', b'>', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}

/// Writes an attribute with a space before it: without quotes where HTML allows (HTML Standard
/// 13.1.2.3), in double quotes otherwise.
pub fn attribute(name: &str, value: &str, out: &mut String) {
    out.push(' ');
    out.push_str(name);
    out.push('=');
    let bare = may_be_bare(value);
    if !bare {
        out.push('"');
    }
    let mut rest = value;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'&' | b'"' | b'<' | b'>')) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'"' => "&quot;",
            b'<' => "&lt;",
            _ => "&gt;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
    if !bare {
        out.push('"');
    }
}

/// Tells whether an attribute's value needs no quotes.
pub fn may_be_bare(value: &str) -> bool {
    !value.is_empty() && !needs_quotes(value.as_bytes())
}

/// Tells whether anything in an attribute's value needs quotes around the value (HTML Standard
/// 13.1.2.3).
pub(crate) fn needs_quotes(value: &[u8]) -> bool {
    static QUOTED: [bool; 256] = table(b" \t\n\x0c\r\"'=<>`");
    value.iter().any(|byte| QUOTED[usize::from(*byte)])
}

/// Makes a table of some bytes.
const fn table(bytes: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
}

/// Writes an address into an attribute's value: characters that an address may not have are
/// percent-encoded, so that it reads the same to every browser.
pub fn address(url: &str) -> String {
    static PLAIN: [bool; 256] = table(
        b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+!*'(),%#@?=;:/$~&",
    );
    let plain = |byte: u8| PLAIN[usize::from(byte)];
    if url.bytes().all(plain) {
        return url.to_owned();
    }
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        let plain = plain(byte);
        match plain {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_quoted_where_they_must_be() {
        let write = |value: &str| {
            let mut out = String::new();
            attribute("a", value, &mut out);
            out
        };
        assert_eq!(write("x-1"), " a=x-1");
        assert_eq!(write("x&y"), " a=x&amp;y");
        assert_eq!(write(""), " a=\"\"");
        assert_eq!(write("a b\"<"), " a=\"a b&quot;&lt;\"");
        assert_eq!(write("/guides/"), " a=/guides/");
    }
}
