//! Where the tags of Tera stand in a template, and what they name.

use std::collections::BTreeSet;
use std::ops::Range;

/// Finds the next tag at or after a place: `{{ … }}`, `{% … %}`, `{# … #}`, or a whole block
/// `{% raw %}…{% endraw %}`, as Tera's own lexer would. `None` when there is no other, or when it
/// does not end.
pub(crate) fn next(text: &str, from: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        at += memchr::memchr(b'{', bytes.get(at..)?)?;
        if let Some(end) = end(text, at) {
            return Some(at..end);
        }
        at += 1;
    }
}

/// Gives the end of a name of HTML that starts at a place: space ends it, and so do the bytes named.
/// A value of Tera is part of it; a block of Tera ends it, unless all of the name comes from the
/// block: `<{% if … %}b{% else %}i{% endif %}>`.
pub(crate) fn name_end(text: &str, from: usize, ends: &[u8]) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        if let Some(end) = end(text, at) {
            if bytes[at + 1] != b'{' && at > from {
                break;
            }
            at = end;
        } else if byte.is_ascii_whitespace() || ends.contains(&byte) {
            break;
        } else {
            at += 1;
        }
    }
    at
}

/// Gives the end of the tag that starts at a place; `None` when none starts there.
pub(crate) fn end(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?;
    match rest.get(..2)? {
        b"{#" => {
            let inner = if rest.get(2) == Some(&b'-') { 3 } else { 2 };
            Some(at + inner + memchr::memmem::find(rest.get(inner..)?, b"#}")? + 2)
        }
        b"{{" => closing(rest, b"}}").map(|length| at + length),
        b"{%" => {
            let end = at + closing(rest, b"%}")?;
            match word(&text[at..end]) {
                "raw" => raw_end(text, end),
                _ => Some(end),
            }
        }
        _ => None,
    }
}

/// The length up to and with two closing bytes, which do not stand in a string.
fn closing(tag: &[u8], wanted: &[u8; 2]) -> Option<usize> {
    let mut quote = None;
    let mut at = 2;
    while at < tag.len() {
        match (quote, tag[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => (),
            (None, byte @ (b'"' | b'\'' | b'`')) => quote = Some(byte),
            (None, _) if tag[at..].starts_with(wanted) => return Some(at + 2),
            (None, _) => (),
        }
        at += 1;
    }
    None
}

fn raw_end(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += text.get(at..)?.find("{%")?;
        let close = text[at..].find("%}").map(|length| at + length + 2);
        if let Some(close) = close
            && word(&text[at..close]) == "endraw"
        {
            return Some(close);
        }
        at += 2;
    }
}

/// Gives the tags of a text, one after the other.
pub(crate) fn all(text: &str) -> impl Iterator<Item = &str> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let range = next(text, from)?;
        from = range.end;
        Some(&text[range])
    })
}

/// Gives what stands between the marks of a tag.
fn inside(tag: &str) -> &str {
    let inner = tag.get(2..tag.len().saturating_sub(2)).unwrap_or_default();
    inner.trim_start_matches('-').trim_end_matches('-').trim()
}

/// Gives the word that a `{% … %}` starts with; empty for other tags.
pub(crate) fn word(tag: &str) -> &str {
    if !tag.starts_with("{%") {
        return "";
    }
    let inner = inside(tag);
    let end = inner.find(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
    &inner[..end.unwrap_or(inner.len())]
}

/// Tells whether Tera takes away the space before a tag.
pub(crate) fn trims_before(tag: &str) -> bool {
    tag.as_bytes().get(2) == Some(&b'-')
}

/// Tells whether Tera takes away the space behind a tag.
pub(crate) fn trims_behind(tag: &str) -> bool {
    tag.len() > 4 && tag.as_bytes().get(tag.len() - 3) == Some(&b'-')
}

/// Tells whether space behind a tag is taken away for what stood before it: comments are passed
/// over, and the text of a raw block is trimmed as any.
pub(crate) fn passes_trimming(tag: &str) -> bool {
    tag.starts_with("{#") || word(tag) == "raw"
}

/// Blocks, components and templates, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) blocks: BTreeSet<String>,
    pub(crate) components: BTreeSet<String>,
    pub(crate) includes: BTreeSet<String>,
}

impl Names {
    /// Adds everything that the tags of a text define, call or include.
    pub(crate) fn gather(&mut self, text: &str) {
        for tag in all(text) {
            let inner = inside(tag);
            match word(tag) {
                "block" => drop(self.blocks.insert(second(inner).to_owned())),
                "component" => drop(self.components.insert(second(inner).to_owned())),
                "include" => {
                    let name = inner.split(['"', '\'', '`']).nth(1);
                    self.includes.extend(name.map(str::to_owned));
                }
                // What a raw block holds is text; tags in it call nothing.
                "raw" => (),
                _ => self.components.extend(called(inner).map(str::to_owned)),
            }
        }
    }

    /// Adds the components that the tags of a text call.
    pub(crate) fn gather_calls(&mut self, text: &str) {
        for tag in all(text).filter(|tag| !matches!(word(tag), "component" | "raw")) {
            self.components.extend(called(inside(tag)).map(str::to_owned));
        }
    }

    /// Gives the components that a text defines, each with the place of its name.
    pub(crate) fn defined(text: &str) -> Vec<(&str, Range<usize>)> {
        let mut found = Vec::new();
        let mut from = 0;
        while let Some(tag) = next(text, from) {
            from = tag.end;
            if word(&text[tag.clone()]) == "component" {
                let name = second(inside(&text[tag.clone()]));
                let at = tag.start + text[tag].find(name).unwrap_or(0);
                found.push((name, at..at + name.len()));
            }
        }
        found
    }

    /// Adds the components whose output a tag takes as a value, rather than writing it.
    pub(crate) fn gather_values(&mut self, tag: &str) {
        if tag.starts_with("{#") || matches!(word(tag), "raw" | "component" | "block" | "include") {
            return;
        }
        let inner = inside(tag);
        let plain = inner.starts_with('<') && inner.ends_with('>') && called(inner).count() == 1;
        if !plain {
            self.components.extend(called(inner).map(str::to_owned));
        }
    }
}

/// What may be the names of components that a tag calls: every `<name`.
fn called(inner: &str) -> impl Iterator<Item = &str> {
    inner.split('<').skip(1).filter_map(|rest| {
        let rest = rest.trim_start();
        let fits = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '.';
        let end = rest.find(|char| !fits(char)).unwrap_or(rest.len());
        (end > 0).then_some(&rest[..end])
    })
}

/// The second word of a tag.
fn second(inner: &str) -> &str {
    let rest = inner.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    let fits = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '.';
    &rest[..rest.find(|char| !fits(char)).unwrap_or(rest.len())]
}

/// Gives the end of a stretch whose text is taken as a value, or is shown where every character
/// counts: a block `{% set %}`, a filter, the body of a component's call, or a block or component
/// that `kept` names. `None` when the tag starts none; `Some(None)` when it does not end.
pub(crate) fn stretch(text: &str, tag: Range<usize>, kept: &Names) -> Option<Option<usize>> {
    let start = &text[tag.clone()];
    let inner = inside(start);
    let what = word(start);
    let (opens, ends): (&[&str], &str) = match what {
        "set" | "set_global" if sets_block(start) => (&["set", "set_global"], "endset"),
        "filter" => (&["filter"], "endfilter"),
        "block" if kept.blocks.contains(second(inner)) => (&["block"], "endblock"),
        "component" if kept.components.contains(second(inner)) => (&["component"], "endcomponent"),
        "" if start.starts_with("{%") && inner.starts_with('<') && !inner.starts_with("</") => {
            return Some(body_end(text, tag.end));
        }
        _ => return None,
    };
    let mut depth = 1;
    let mut from = tag.end;
    while let Some(range) = next(text, from) {
        let here = &text[range.clone()];
        if opens.contains(&word(here)) && (ends != "endset" || sets_block(here)) {
            depth += 1;
        } else if word(here) == ends {
            depth -= 1;
        }
        if depth == 0 {
            return Some(Some(range.end));
        }
        from = range.end;
    }
    Some(None)
}

/// Tells whether `{% set name %}` takes what follows, up to `{% endset %}`.
fn sets_block(tag: &str) -> bool {
    let inner = inside(tag);
    let rest = inner[word(tag).len()..].trim_start();
    let value = rest[second(inner).len().min(rest.len())..].trim_start();
    value.is_empty() || value.starts_with('|')
}

/// The end of the body of a component's call.
fn body_end(text: &str, from: usize) -> Option<usize> {
    let (mut depth, mut from) = (1, from);
    while let Some(range) = next(text, from) {
        let tag = &text[range.clone()];
        let inner = inside(tag);
        if tag.starts_with("{%") && inner.starts_with("</") {
            depth -= 1;
        } else if tag.starts_with("{%") && inner.starts_with('<') {
            depth += 1;
        }
        if depth == 0 {
            return Some(range.end);
        }
        from = range.end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_end_where_tera_ends_them() {
        let found: Vec<&str> =
            all("a{{ f(x=\"}}\") }}b{# %} #}{%- if x %}{% raw %}{{ {% endraw -%}{c}").collect();
        assert_eq!(
            found,
            ["{{ f(x=\"}}\") }}", "{# %} #}", "{%- if x %}", "{% raw %}{{ {% endraw -%}"]
        );
    }

    #[test]
    fn stretches_are_values() {
        let end = |text: &str| {
            let tag = next(text, 0)?;
            stretch(text, tag, &Names::default())?.map(|end| text[..end].to_owned())
        };
        assert_eq!(end("{% set a = 1 %}x"), None);
        let inner = "{% set a %}{% set b %}x{% endset %}{% set c = 1 %}{% endset %}";
        assert_eq!(end(&format!("{inner}y")).as_deref(), Some(inner));
        let call = "{% <a b=\"c\"> %}{{<d/>}}{% <e> %}{% </e> %}{% </a> %}";
        assert_eq!(end(&format!("{call}y")).as_deref(), Some(call));
    }
}
