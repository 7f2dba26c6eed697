//! HTML as small as it may be: escaped text, attributes without needless quotes; and what a
//! reader sees of it.

mod visible;

pub use visible::visible;

/// Writes text: `&`, `<` and `>` escaped.
pub fn text(text: &str, out: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>']) {
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
    let quoted = |char: char| char.is_whitespace() || "\"'=<>`".contains(char);
    out.push(' ');
    out.push_str(name);
    // A slash at the end would read as the end of the tag to a person, if not to a browser.
    if !value.is_empty() && !value.contains(quoted) && !value.ends_with('/') {
        out.push('=');
        out.push_str(&value.replace('&', "&amp;"));
        return;
    }
    out.push_str("=\"");
    for char in value.chars() {
        match char {
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            char => out.push(char),
        }
    }
    out.push('"');
}

/// Writes an address into an attribute's value: characters that an address may not have are
/// percent-encoded, so that it reads the same to every browser.
pub fn address(url: &str) -> String {
    let mut out = String::with_capacity(url.len());
    for byte in url.bytes() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.+!*'(),%#@?=;:/$~&".contains(&byte);
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
        assert_eq!(write("/guides/"), " a=\"/guides/\"");
    }
}
