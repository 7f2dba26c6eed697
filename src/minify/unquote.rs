//! Takes the quotes from a page's attributes that need none.
//!
//! What Tera writes into an attribute is known only on the page, so templates keep the quotes
//! around it. One pass over the finished page, tag by tag as a browser reads it, drops them.

use memchr::{memchr, memmem};

/// Takes needless quotes away, and empty values. What is not HTML as Galen and its themes write
/// it, from there on, stays as it is.
pub(crate) fn unquote(html: &[u8]) -> Vec<u8> {
    let mut page = Page { html, at: 0, copied: 0, out: Vec::with_capacity(html.len()) };
    while page.tag().is_some() {}
    page.out.extend_from_slice(&html[page.copied..]);
    page.out
}

struct Page<'a> {
    html: &'a [u8],
    at: usize,
    /// Up to where the page has been written.
    copied: usize,
    out: Vec<u8>,
}

impl Page<'_> {
    /// Goes past the next tag; `None` when there is none.
    fn tag(&mut self) -> Option<()> {
        self.at += memchr(b'<', &self.html[self.at..])?;
        let rest = &self.html[self.at..];
        match *rest.get(1)? {
            b'!' if rest.starts_with(b"<!--") => {
                // What browsers make of `<!-->` is left to them.
                let end = memmem::find(rest, b"-->").filter(|end| *end > 4)?;
                self.at += end + 3;
            }
            b'!' if rest.get(2) == Some(&b'[') => return None,
            b'!' | b'/' | b'?' => self.at += memchr(b'>', rest)? + 1,
            first if first.is_ascii_alphabetic() => {
                let length = rest.iter().position(|byte| ends_name(*byte))?;
                let name = &rest[1..length];
                self.at += length;
                while self.attribute()? {}
                if holds_text(name) {
                    self.content(name)?;
                }
            }
            _ => self.at += 1,
        }
        Some(())
    }

    /// Goes past an attribute; `Some(false)` at the end of the tag.
    fn attribute(&mut self) -> Option<bool> {
        let html = self.html;
        self.at +=
            html[self.at..].iter().position(|it| !it.is_ascii_whitespace() && *it != b'/')?;
        if html[self.at] == b'>' {
            self.at += 1;
            return Some(false);
        }
        let name = self.at;
        self.at += html[self.at..].iter().position(|byte| ends_name(*byte) || *byte == b'=')?;
        let equals = self.at;
        if equals == name {
            return None;
        }
        if html[equals] != b'=' {
            return Some(true);
        }
        let start = equals + 2;
        let length = match *html.get(equals + 1)? {
            quote @ (b'"' | b'\'') => memchr(quote, html.get(start..)?)?,
            // Space around the `=`, which nobody writes.
            byte if byte.is_ascii_whitespace() || byte == b'>' => return None,
            _ => {
                let rest = &html[equals..];
                self.at += rest.iter().position(|it| it.is_ascii_whitespace() || *it == b'>')?;
                return Some(true);
            }
        };
        let end = start + length;
        self.at = end + 1;
        // Another attribute must not follow directly, nor a slash.
        let alone = matches!(html.get(self.at), Some(b' ' | b'>' | b'\n'));
        let value = &html[start..end];
        if alone && !value.iter().any(|byte| NEED_QUOTES[usize::from(*byte)]) {
            let kept = if value.is_empty() { equals } else { equals + 1 };
            self.out.extend_from_slice(&html[self.copied..kept]);
            self.out.extend_from_slice(value);
            self.copied = self.at;
        }
        Some(true)
    }

    /// Goes to the end of an element that holds no tags.
    fn content(&mut self, name: &[u8]) -> Option<()> {
        loop {
            self.at += memmem::find(&self.html[self.at..], b"</")?;
            let inner = &self.html[self.at + 2..];
            if inner.get(..name.len())?.eq_ignore_ascii_case(name) {
                return Some(());
            }
            self.at += 2;
        }
    }
}

fn ends_name(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>')
}

fn holds_text(name: &[u8]) -> bool {
    const NAMES: [&[u8]; 10] = [
        b"script",
        b"style",
        b"textarea",
        b"title",
        b"iframe",
        b"noscript",
        b"xmp",
        b"noembed",
        b"noframes",
        b"plaintext",
    ];
    matches!(name[0] | 0x20, b's' | b't' | b'i' | b'n' | b'x' | b'p')
        && NAMES.iter().any(|it| it.eq_ignore_ascii_case(name))
}

/// Bytes for which an attribute's value needs quotes (HTML Standard 13.1.2.3).
const NEED_QUOTES: [bool; 256] = {
    let mut table = [false; 256];
    let bytes = b" \t\n\x0c\r\"'=<>`";
    let mut at = 0;
    while at < bytes.len() {
        table[bytes[at] as usize] = true;
        at += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_go_where_none_are_needed() {
        let done = |html: &str| String::from_utf8(unquote(html.as_bytes())).unwrap();
        assert_eq!(done("<a href=\"/x/\" b='c' d=\"\">"), "<a href=/x/ b=c d>");
        for kept in [
            "<a b=\"c d\" e='f\"'>x=\"y\"<!-- <a b=\"c\"> --><script>a=\"b\"</script>",
            "<path d=\"M0\"/><a b=\"c\"d>",
            "<a b = \"c\"><a d=\"e\">",
            "<a b=c=\"d\">",
            "<title><a b=\"c\"></title>",
            "a < b=\"c\"> </a b=\"c\">",
            "<a =\"b\">",
            "<svg><![CDATA[<a b=\"c\">]]>",
            "<a b=\"c",
            "<",
            "<a ",
        ] {
            assert_eq!(done(kept), kept);
        }
        assert_eq!(done("<!---->< <p a=\"1\">"), "<!---->< <p a=\"1\">");
    }
}
