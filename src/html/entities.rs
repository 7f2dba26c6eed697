//! Entities of HTML: the characters that they stand for.

use std::borrow::Cow;

use html5ever::data::NAMED_ENTITIES;

/// Reads the entities of a text.
pub fn decode(text: &str) -> Cow<'_, str> {
    read_entities(text, false)
}

/// Reads the entities of an attribute's value.
pub(super) fn decode_value(text: &str) -> Cow<'_, str> {
    read_entities(text, true)
}

fn read_entities(text: &str, in_attribute: bool) -> Cow<'_, str> {
    let Some(first) = memchr::memchr(b'&', text.as_bytes()) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut at) = (text, first);
    loop {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match entity(rest, in_attribute) {
            Some((chars, length)) => {
                out.extend(chars.into_iter().flatten());
                rest = &rest[length..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
        match memchr::memchr(b'&', rest.as_bytes()) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Reads the entity that a text starts with, and tells its length.
fn entity(text: &str, in_attribute: bool) -> Option<([Option<char>; 2], usize)> {
    let body = text.strip_prefix('&')?;
    if let Some(number) = body.strip_prefix('#') {
        let hex = number.starts_with(['x', 'X']);
        let digits = if hex { &number[1..] } else { number };
        let radix = if hex { 16 } else { 10 };
        let length = digits.find(|char: char| !char.is_digit(radix)).unwrap_or(digits.len());
        let code = u32::from_str_radix(digits.get(..length)?, radix).ok()?;
        let char = char::from_u32(code).filter(|it| *it != '\0').unwrap_or('\u{fffd}');
        let end = text.len() - digits.len() + length;
        let end = end + usize::from(text[end..].starts_with(';'));
        return Some(([Some(char), None], end));
    }
    let name = body.find(|char: char| !char.is_ascii_alphanumeric()).unwrap_or(body.len());
    let whole = name + usize::from(body[name..].starts_with(';'));
    // A name without its semicolon counts for those of old, and the longest is meant.
    (1..=whole).rev().find_map(|length| {
        let &(first, second) = NAMED_ENTITIES.get(body.get(..length)?)?;
        let open = !body[..length].ends_with(';');
        let goes_on =
            body[length..].starts_with(|it: char| it == '=' || it.is_ascii_alphanumeric());
        // In addresses, what looks like an entity is the name of a parameter.
        (first != 0 && !(in_attribute && open && goes_on)).then(|| {
            ([char::from_u32(first), char::from_u32(second).filter(|it| *it != '\0')], length + 1)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read() {
        assert_eq!(decode("a &amp; b &lt;&#39;&#x41;&hellip;&nbsp;&amp"), "a & b <'A…\u{a0}&");
        assert_eq!(decode("&nothing; &none; & &"), "¬hing; &none; & &");
    }
}
