//! Cuts raw HTML into tags, comments and text, each with its bytes.
//!
//! What this takes for text is written as text, and a tag is written anew from its parts, so
//! nothing depends on a browser cutting the original in the same way.

use std::ops::Range;

use crate::html::decode;

/// A part of raw HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    pub(crate) what: What,
    /// Its bytes.
    pub(crate) at: Range<usize>,
}

/// What a part of raw HTML is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// Text, as it is written.
    Text,
    /// A `<` that looks like a tag and has no end.
    Stray,
    /// A comment.
    Comment,
    /// A declaration, a processing instruction or the like.
    Other,
    /// A start tag: its name in small letters.
    Start(String, Vec<Attribute>),
    /// An end tag: its name in small letters.
    End(String),
}

/// An attribute of a start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attribute {
    /// Its name in small letters.
    pub(crate) name: String,
    /// Its value, decoded.
    pub(crate) value: String,
    /// Its bytes.
    pub(crate) at: Range<usize>,
}

/// Cuts raw HTML into pieces, which together are all of it.
pub(crate) fn pieces(text: &str) -> Vec<Piece> {
    let bytes = text.as_bytes();
    let mut pieces: Vec<Piece> = Vec::new();
    let (mut from, mut at) = (0, 0);
    // Tags without an end are looked for to the end of the text: that is done a few times only.
    let mut patience = 8 * bytes.len() + 4096;
    while let Some(length) = memchr::memchr(b'<', &bytes[at..]) {
        at += length;
        let Some((what, end)) = markup(text, at, &mut patience) else {
            at += 1;
            continue;
        };
        if at > from {
            pieces.push(Piece { what: What::Text, at: from..at });
        }
        pieces.push(Piece { what, at: at..end });
        from = end;
        at = end;
    }
    if from < text.len() {
        pieces.push(Piece { what: What::Text, at: from..text.len() });
    }
    pieces
}

/// Reads what a `<` starts, and where it ends; `None` where it is text.
fn markup(text: &str, at: usize, patience: &mut usize) -> Option<(What, usize)> {
    let bytes = text.as_bytes();
    let rest = &bytes[at..];
    match (rest.get(1)?, rest.get(2)) {
        (b'!', _) if rest.starts_with(b"<!--") => {
            let end = memchr::memmem::find(&rest[4..], b"-->").map(|it| at + 4 + it + 3);
            Some((What::Comment, end.unwrap_or(bytes.len())))
        }
        (b'!' | b'?', _) => {
            let end = memchr::memchr(b'>', rest).map(|it| at + it + 1);
            Some((What::Other, end.unwrap_or(bytes.len())))
        }
        (b'/', Some(first)) if first.is_ascii_alphabetic() => {
            let name = name(&text[at + 2..]);
            match memchr::memchr(b'>', rest) {
                Some(length) => Some((What::End(name.to_ascii_lowercase()), at + length + 1)),
                None => Some((What::Stray, at + 1)),
            }
        }
        (first, _) if first.is_ascii_alphabetic() => {
            let name = name(&text[at + 1..]);
            let tag = match *patience {
                0 => None,
                _ => attributes(text, at + 1 + name.len()),
            };
            if tag.is_none() {
                *patience = patience.saturating_sub(rest.len());
            }
            let Some((attributes, end)) = tag else { return Some((What::Stray, at + 1)) };
            Some((What::Start(name.to_ascii_lowercase(), attributes), end))
        }
        _ => None,
    }
}

/// The name at the start of a tag.
fn name(text: &str) -> &str {
    let ends = |char: char| char.is_ascii_whitespace() || matches!(char, '/' | '>' | '<');
    &text[..text.find(ends).unwrap_or(text.len())]
}

/// Reads a start tag's attributes up to its `>`; `None` when there is none.
fn attributes(text: &str, from: usize) -> Option<(Vec<Attribute>, usize)> {
    let bytes = text.as_bytes();
    let space = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_whitespace);
    let mut found: Vec<Attribute> = Vec::new();
    let mut at = from;
    loop {
        while space(at) || bytes.get(at) == Some(&b'/') {
            at += 1;
        }
        if *bytes.get(at)? == b'>' {
            return Some((found, at + 1));
        }
        let start = at;
        at += 1;
        while !space(at) && !matches!(bytes.get(at)?, b'/' | b'>' | b'=') {
            at += 1;
        }
        let name = text.get(start..at)?.to_ascii_lowercase();
        let mut next = at;
        while space(next) {
            next += 1;
        }
        let mut value = "";
        if bytes.get(next) == Some(&b'=') {
            next += 1;
            while space(next) {
                next += 1;
            }
            let quote = *bytes.get(next)?;
            if matches!(quote, b'"' | b'\'') {
                let length = memchr::memchr(quote, &bytes[next + 1..])?;
                value = &text[next + 1..next + 1 + length];
                at = next + length + 2;
            } else {
                at = next;
                while !space(at) && *bytes.get(at)? != b'>' {
                    at += 1;
                }
                value = &text[next..at];
            }
        }
        // The first of two attributes of one name counts.
        if !found.iter().any(|it| it.name == name) {
            found.push(Attribute { name, value: decode(value).into_owned(), at: start..at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> String {
        let pieces = pieces(text);
        let whole: String = pieces.iter().map(|it| &text[it.at.clone()]).collect();
        assert_eq!(whole, text);
        let one = |piece: &Piece| match &piece.what {
            What::Start(name, attributes) => {
                let attribute = |it: &Attribute| format!(" {}={}", it.name, it.value);
                format!("<{name}{}>", attributes.iter().map(attribute).collect::<String>())
            }
            What::End(name) => format!("</{name}>"),
            What::Text => format!("'{}'", &text[piece.at.clone()]),
            other => format!("{other:?}"),
        };
        pieces.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn tags_are_cut_out() {
        assert_eq!(
            told("a<B Class=x id='y z' hidden/>b</b >"),
            "'a' <b class=x id=y z hidden=> 'b' </b>"
        );
        assert_eq!(told("1 < 2 <3"), "'1 < 2 <3'");
        assert_eq!(told("<a href=java&#115;cript&colon;x>"), "<a href=javascript:x>");
        assert_eq!(told("<!-- a > b --><?x?>"), "Comment Other");
        assert_eq!(told("<a href=\"x"), "Stray 'a href=\"x'");
    }

    #[test]
    fn hostile_texts_end_soon() {
        for text in ["<a ", "<a x=\"", "<a x='\"", "</a ", "<!--", "<", "<a x=\"'"] {
            assert!(!pieces(&text.repeat(100_000)).is_empty());
        }
    }
}
