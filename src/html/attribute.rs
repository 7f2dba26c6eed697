//! Reading the attributes of a tag (HTML Standard 13.2.5.32 and following).

use crate::html::parse::Parser;
use crate::html::part;
use crate::html::tree::{Attribute, Wrong};

/// What a byte is in a tag.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        kinds[byte as usize] = match byte {
            b'>' | b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => ENDS_NAME | ENDS_VALUE,
            b'/' => ENDS_NAME,
            b'=' => ENDS_NAME | WRONG,
            b'"' | b'\'' | b'<' | b'`' => WRONG,
            b'A'..=b'Z' => CAPITAL,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};
const ENDS_NAME: u8 = 1;
const ENDS_VALUE: u8 = 2;
/// It may be wrong there.
const WRONG: u8 = 4;
const CAPITAL: u8 = 8;

/// Tells whether a byte ends the name of a tag: all that ends the name of an attribute but `=`.
pub(super) fn ends_name(byte: u8) -> bool {
    KINDS[usize::from(byte)] & (ENDS_NAME | WRONG) == ENDS_NAME
}

/// Goes from a place to the next byte of a kind, or to the end; gives where that is, and the kinds of the bytes before it.
#[inline]
fn run(bytes: &[u8], from: usize, ends: u8) -> (usize, u8) {
    let (mut here, mut kinds) = (from, 0);
    while let Some(byte) = bytes.get(here) {
        let kind = KINDS[usize::from(*byte)];
        if kind & ends != 0 {
            break;
        }
        kinds |= kind;
        here += 1;
    }
    (here, kinds)
}

impl<'a> Parser<'a> {
    /// Reads an attribute; gives it and where it ends.
    pub(super) fn attribute(&mut self, at: usize, bytes: &[u8]) -> (Attribute<'a>, usize) {
        let text = self.tree.text;
        let space = |byte: &u8| byte.is_ascii_whitespace();
        // Whatever it starts with is part of its name, be it a `=`.
        let (name_end, more) = run(bytes, at + 1, ENDS_NAME);
        let kinds = KINDS[usize::from(bytes[at])] | more;
        let mut here = name_end;
        if kinds & WRONG != 0
            && let Some(wrong) =
                text[at..name_end].chars().find(|it| matches!(it, '"' | '\'' | '<' | '='))
        {
            self.fault(at..name_end, Wrong::AttributeSyntax(wrong));
        }
        while here < bytes.len() && space(&bytes[here]) {
            here += 1;
        }
        if kinds & CAPITAL != 0 {
            self.tree.shouts |= part::is_shouted(&text[at..name_end]);
        }
        let none = Attribute {
            name: &text[at..name_end],
            start: at as u32,
            value: "",
            end: name_end as u32,
            capitals: kinds & CAPITAL != 0,
            entities: false,
        };
        if bytes.get(here) != Some(&b'=') {
            return (none, name_end);
        }
        here += 1;
        while here < bytes.len() && space(&bytes[here]) {
            here += 1;
        }
        let from = here;
        let (value, end) = match bytes.get(here) {
            Some(quote @ (b'"' | b'\'')) => {
                let start = here + 1;
                let length = memchr::memchr(*quote, &bytes[start..]);
                let end = length.map_or(bytes.len(), |length| start + length);
                (&text[start..end], (end + 1).min(bytes.len()))
            }
            _ => {
                let (end, kinds) = run(bytes, from, ENDS_VALUE);
                let value = &text[from..end];
                if kinds & WRONG != 0
                    && let Some(wrong) =
                        value.chars().find(|it| matches!(it, '"' | '\'' | '<' | '=' | '`'))
                {
                    self.fault(from..end, Wrong::AttributeSyntax(wrong));
                }
                (value, end)
            }
        };
        let entities = self.has_entities(from, end);
        (Attribute { value, end: end as u32, entities, ..none }, end)
    }
}
