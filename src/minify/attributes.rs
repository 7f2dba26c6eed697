//! The attributes of a start tag in a template: taken apart, and written as small as they may be.

use crate::html;
use crate::minify::{tera_tags, unquote};

/// What stands between a tag's name and its end.
#[derive(Debug)]
pub(crate) struct List<'a> {
    pub(crate) items: Vec<Item<'a>>,
    /// How many bytes it takes, with the `>`.
    pub(crate) length: usize,
    /// Whether it ends with `/>`.
    pub(crate) closed: bool,
    /// Whether the items tell all there is.
    pub(crate) understood: bool,
}

/// One thing in a start tag.
#[derive(Debug)]
pub(crate) struct Item<'a> {
    /// Whether space stands before it.
    spaced: bool,
    kind: Kind<'a>,
}

#[derive(Debug)]
enum Kind<'a> {
    /// `{% if … %}` and the like, between attributes.
    Tera(&'a str),
    Attribute {
        name: &'a str,
        value: Option<Value<'a>>,
    },
}

#[derive(Debug)]
struct Value<'a> {
    /// As it is written between its quotes.
    raw: &'a str,
    quote: Option<char>,
}

/// Takes apart what follows a tag's name; `None` when it has no end.
pub(crate) fn parse(text: &str) -> Option<List<'_>> {
    let bytes = text.as_bytes();
    let mut list = List { items: Vec::new(), length: 0, closed: false, understood: true };
    let mut at = 0;
    let mut spaced = false;
    loop {
        match *bytes.get(at)? {
            b'>' => {
                list.length = at + 1;
                return Some(list);
            }
            byte if byte.is_ascii_whitespace() || byte == b'/' => {
                list.closed = byte == b'/' && bytes.get(at + 1) == Some(&b'>');
                spaced = true;
                at += 1;
                continue;
            }
            _ => (),
        }
        let block = matches!(text.get(at..at + 2), Some("{%" | "{#"));
        let kind = match tera_tags::end(text, at).filter(|_| block) {
            Some(end) => {
                let tag = &text[at..end];
                at = end;
                Kind::Tera(tag)
            }
            None => {
                let name = &text[at..tera_tags::name_end(text, at, b"/>=")];
                at += name.len();
                list.understood &= !name.is_empty() && !plain(name).contains(['"', '\'', '<', '=']);
                let (value, end) = value(text, at)?;
                at = end.max(at + usize::from(name.is_empty()));
                Kind::Attribute { name, value }
            }
        };
        list.items.push(Item { spaced, kind });
        spaced = false;
    }
}

/// A text without the tags of Tera in it.
fn plain(text: &str) -> String {
    let mut rest = text.to_owned();
    while let Some(range) = tera_tags::next(&rest, 0) {
        rest.replace_range(range, "");
    }
    rest
}

/// The value that may follow a name, and where it ends; `None` when it does not.
fn value(text: &str, from: usize) -> Option<(Option<Value<'_>>, usize)> {
    let bytes = text.as_bytes();
    let skip =
        |at: usize| at + bytes[at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let equals = skip(from);
    if bytes.get(equals) != Some(&b'=') {
        return Some((None, from));
    }
    let start = skip(equals + 1);
    let quote = match bytes.get(start)? {
        b'"' => Some('"'),
        b'\'' => Some('\''),
        _ => None,
    };
    let start = start + usize::from(quote.is_some());
    let mut at = start;
    loop {
        let byte = *bytes.get(at)?;
        if let Some(end) = tera_tags::end(text, at) {
            at = end;
            continue;
        }
        let ends = match quote {
            Some(quote) => char::from(byte) == quote,
            None => byte.is_ascii_whitespace() || byte == b'>',
        };
        if ends {
            let raw = &text[start..at];
            return Some((Some(Value { raw, quote }), at + usize::from(quote.is_some())));
        }
        at += 1;
    }
}

/// Writes attributes with a space before each, without needless quotes and empty values.
///
/// Gives whether the last one has no quotes, so that a slash must not follow it.
pub(crate) fn write(items: &[Item], out: &mut String) -> bool {
    let mut open = false;
    let mut after_attribute = true;
    for (at, item) in items.iter().enumerate() {
        let attribute = matches!(item.kind, Kind::Attribute { .. });
        if item.spaced || (after_attribute && attribute) {
            out.push(' ');
        }
        after_attribute = attribute;
        match &item.kind {
            Kind::Tera(tag) => {
                out.push_str(tag);
                open = true;
            }
            Kind::Attribute { name, value } => {
                out.push_str(name);
                // What Tera writes directly behind a value would become part of it.
                let alone = items
                    .get(at + 1)
                    .is_none_or(|next| next.spaced || matches!(next.kind, Kind::Attribute { .. }));
                open = value.as_ref().is_none_or(|value| write_value(value, alone, out));
            }
        }
    }
    open
}

/// Writes a value; gives whether it has no quotes.
fn write_value(value: &Value, alone: bool, out: &mut String) -> bool {
    let fixed = tera_tags::next(value.raw, 0).is_none();
    match value.quote {
        Some(_) if fixed && alone && value.raw.is_empty() => return true,
        Some(_) if fixed && alone && html::may_be_bare(value.raw) => {
            out.push('=');
            out.push_str(value.raw);
            return true;
        }
        Some(quote) if may_become_bare(value.raw) => {
            out.push('=');
            out.extend([unquote::MARK, quote]);
            out.push_str(value.raw);
            out.push(quote);
            return true;
        }
        Some(quote) => {
            out.push('=');
            out.extend([quote]);
            out.push_str(value.raw);
            out.push(quote);
        }
        None => {
            out.push('=');
            out.push_str(value.raw);
        }
    }
    value.quote.is_none()
}

/// Whether what is fixed in a value needs no quotes, so that the page decides.
fn may_become_bare(value: &str) -> bool {
    !html::needs_quotes(plain(value).as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_written_small_and_keep_their_meaning() {
        let written = |text: &str| {
            let mut out = String::new();
            write(&parse(text).unwrap().items, &mut out);
            out
        };
        assert_eq!(written("  class=\"a\"\n id='b c'>"), " class=a id='b c'");
        assert_eq!(written(" value=\"\" lang='' a=\"/x/\">"), " value lang a=/x/");
        assert_eq!(written(" a=\"b\"c=\"d\">"), " a=b c=d");
        let marked = |text: &str| text.replace('~', "\x0e");
        assert_eq!(
            written(" href=\"{{ url }}\"{% if a %} aria-current='page'{% endif %}>"),
            marked(" href=~\"{{ url }}\"{% if a %} aria-current=~'page'{% endif %}")
        );
        assert_eq!(written(" title=\"{{ f(x=\"a\") }}\">"), marked(" title=~\"{{ f(x=\"a\") }}\""));
        assert_eq!(written(" class=\"a {{ b }}\">"), " class=\"a {{ b }}\"");
        assert_eq!(
            written("{% if a %} b{% endif %} {{ c }} data-{{ d }}=\"{{ e }}\">"),
            marked("{% if a %} b{% endif %} {{ c }} data-{{ d }}=~\"{{ e }}\"")
        );
        assert!(parse(" title=\"x>").is_none());
        assert!(!parse(" a\"b c>").unwrap().understood);
        assert!(!parse(" x{% if a %}y{% endif %}=\"b  c\">").unwrap().understood);
    }
}
