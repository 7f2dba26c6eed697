//! Where the cursor is in YAML that is being typed, and so is seldom valid: told line by line.
//!
//! [`read`] finds the keys of block style with their paths; [`at`] adds what stands around the
//! cursor on its own line, where values may be lists and groups in brackets.

use std::ops::Range;
use std::sync::Arc;

use crate::yaml::Step;

/// Keys and items inside each other, beyond which nothing is looked for.
const DEEPEST: usize = 64;

/// A key with its place.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    /// The way to its value.
    pub(crate) path: Vec<Step>,
    /// The bytes of its name.
    pub(crate) name: Range<usize>,
    /// What follows on its line.
    pub(crate) value: Range<usize>,
}

/// What may be written where the cursor is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    /// The way to the group whose key is written, or to the value.
    pub(crate) path: Vec<Step>,
    /// Whether a value is written rather than a key.
    pub(crate) value: bool,
    /// The bytes that a proposal takes the place of.
    pub(crate) word: Range<usize>,
    /// Whether a colon follows already.
    pub(crate) followed: bool,
    /// Whether it is inside brackets, where a key takes no lines of its own.
    pub(crate) flow: bool,
    /// Keys of the same group in the same brackets.
    pub(crate) beside: Vec<String>,
}

/// The part of a text that is YAML: between the marks, or all of it. An end that is not typed yet
/// is the end of the text.
pub(crate) fn region(text: &str, front_matter: bool) -> Option<Range<usize>> {
    if !front_matter {
        return Some(0..text.len());
    }
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut start = None;
    for line in text[at..].split_inclusive('\n') {
        let mark = line.trim_end() == "---";
        match start {
            None if mark => start = Some(at + line.len()),
            None => return None,
            Some(start) if mark => return Some(start..at),
            Some(_) => (),
        }
        at += line.len();
    }
    start.map(|start| start..text.len())
}

/// Finds every key of block style in a region.
pub(crate) fn read(text: &str, region: Range<usize>) -> Vec<Key> {
    let mut reader = Reader::default();
    let mut keys = Vec::new();
    let mut at = region.start;
    for line in text[region].split_inclusive('\n') {
        reader.line(line, at, &mut keys);
        at += line.len();
    }
    keys
}

/// Finds where the cursor is; `None` where nothing can be proposed, as inside a comment.
pub(crate) fn at(text: &str, region: Range<usize>, cursor: usize) -> Option<Cursor> {
    if !(region.start..=region.end).contains(&cursor) {
        return None;
    }
    let before = &text[region.start..cursor];
    let start = before.rfind('\n').map_or(region.start, |it| region.start + it + 1);
    let end = text[start..region.end].find(['\n', '\r']).map_or(region.end, |it| start + it);
    let mut reader = Reader::default();
    let mut at = region.start;
    for line in text[region.start..start].split_inclusive('\n') {
        reader.line(line, at, &mut Vec::new());
        at += line.len();
    }
    let (line, column) = (&text[start..end], cursor.min(end) - start);
    let blank = line.trim().is_empty();
    if !blank && (reader.in_block(line) || line[..column].contains(" #")) {
        return None;
    }
    // On a blank line the cursor says how deep the key will be.
    let mut indent = if blank { column } else { line.len() - line.trim_start_matches(' ').len() };
    let mut inner = line.get(indent..).unwrap_or_default();
    while let Some(rest) = item(inner).filter(|_| column > indent) {
        reader.item(indent);
        indent += inner.len() - rest.len();
        inner = rest;
    }
    let from = start + indent;
    if let Some((name, value)) = key(inner) {
        if cursor > from + name.end {
            reader.key(indent, &unquoted(&inner[name]));
            return in_value(text, reader.path(), from + value, cursor);
        }
        reader.leave(indent);
        let word = from + name.start..from + name.end;
        return Some(Cursor { followed: true, ..Cursor::key(reader.path(), word) });
    }
    if inner.starts_with(['[', '{', '"', '\'']) {
        return in_value(text, reader.path(), from, cursor);
    }
    reader.leave(indent);
    let word = if blank { cursor..cursor } else { from.min(cursor)..end.max(cursor) };
    Some(Cursor::key(reader.path(), word))
}

impl Cursor {
    fn key(path: Vec<Step>, word: Range<usize>) -> Self {
        Self { path, value: false, word, followed: false, flow: false, beside: Vec::new() }
    }
}

/// The keys and items around a line, outermost first, each with its indentation.
#[derive(Default)]
struct Reader {
    open: Vec<(usize, Step)>,
    /// The indentation of the key whose text of several lines is being read.
    block: Option<usize>,
}

impl Reader {
    fn line(&mut self, line: &str, at: usize, keys: &mut Vec<Key>) {
        let written = line.trim_end();
        let mut indent = written.len() - written.trim_start_matches(' ').len();
        let mut inner = &written[indent..];
        if inner.is_empty() || self.in_block(written) || inner.starts_with('#') {
            return;
        }
        let outer = indent;
        while let Some(rest) = item(inner) {
            self.item(indent);
            indent += inner.len() - rest.len();
            inner = rest;
        }
        let Some((name, value)) = key(inner) else {
            self.starts_block(inner, outer);
            return;
        };
        self.key(indent, &unquoted(&inner[name.clone()]));
        self.starts_block(&inner[value..], indent);
        let from = at + indent;
        let end = from + inner.len();
        let (name, value) = (from + name.start..from + name.end, from + value..end);
        keys.push(Key { path: self.path(), name, value });
    }

    fn starts_block(&mut self, value: &str, indent: usize) {
        let text = value.trim();
        let mark = text.starts_with(['|', '>']) && text.len() <= 3;
        self.block = mark.then_some(indent);
    }

    fn in_block(&self, line: &str) -> bool {
        let indent = line.len() - line.trim_start_matches(' ').len();
        self.block.is_some_and(|it| indent > it)
    }

    fn item(&mut self, indent: usize) {
        let mut number = 0;
        while let Some((at, step)) = self.open.last() {
            match step {
                Step::Index(last) if *at == indent => number = last + 1,
                _ if *at > indent => (),
                _ => break,
            }
            self.open.pop();
        }
        self.push(indent, Step::Index(number));
    }

    fn key(&mut self, indent: usize, name: &str) {
        self.leave(indent);
        self.push(indent, Step::Key(name.into()));
    }

    /// Closes what a key at this indentation does not belong to.
    fn leave(&mut self, indent: usize) {
        while self.open.last().is_some_and(|(at, _)| *at >= indent) {
            self.open.pop();
        }
    }

    fn push(&mut self, indent: usize, step: Step) {
        if self.open.len() < DEEPEST {
            self.open.push((indent, step));
        }
    }

    fn path(&self) -> Vec<Step> {
        self.open.iter().map(|(_, step)| step.clone()).collect()
    }
}

/// What follows the mark of a list's item.
fn item(text: &str) -> Option<&str> {
    let rest = text.strip_prefix('-')?;
    if rest.is_empty() {
        return Some(rest);
    }
    let inner = rest.trim_start_matches(' ');
    (inner.len() < rest.len()).then_some(inner)
}

/// A key at the start of a text: the bytes of its name, and where its value starts.
fn key(text: &str) -> Option<(Range<usize>, usize)> {
    let quote = text.chars().next()?;
    let name = match quote {
        '"' | '\'' => text[1..].find(quote)? + 2,
        '[' | ']' | '{' | '}' | '#' | ',' | '&' | '*' | '!' | '|' | '>' | '%' | '@' => return None,
        _ => {
            let mut colons = text.match_indices(':').map(|(at, _)| at);
            colons.find(|at| matches!(text.as_bytes().get(at + 1), None | Some(b' ')))?
        }
    };
    let rest = text.get(name..)?.strip_prefix(':')?;
    let space = rest.len() - rest.trim_start_matches(' ').len();
    (rest.is_empty() || space > 0).then(|| (0..text[..name].trim_end().len(), name + 1 + space))
}

fn unquoted(name: &str) -> Arc<str> {
    name.trim_matches(['"', '\'']).into()
}

/// A bracket around the cursor.
struct Open {
    group: bool,
    number: usize,
    key: Option<Arc<str>>,
    keys: Vec<String>,
}

/// Finds where the cursor is in the value on its line: itself, or inside brackets.
fn in_value(text: &str, path: Vec<Step>, start: usize, cursor: usize) -> Option<Cursor> {
    let (mut path, mut open, mut quote) = (path, Vec::<Open>::new(), None);
    let from = start.min(cursor);
    let mut piece = from;
    for (at, char) in text[from..cursor].char_indices().map(|(at, char)| (from + at, char)) {
        let begins = text[piece..at].trim().is_empty();
        match (quote, char) {
            (Some(mark), char) if mark == char => quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'') if begins => quote = Some(char),
            (None, '[' | '{') if begins && open.len() < DEEPEST => {
                open.push(Open { group: char == '{', number: 0, key: None, keys: Vec::new() });
                piece = at + 1;
            }
            (None, ']' | '}') if open.pop().is_some() => piece = at + 1,
            (None, ',') => {
                let Some(inner) = open.last_mut() else { continue };
                inner.number += 1;
                inner.key = None;
                piece = at + 1;
            }
            (None, ':') => {
                let group = |it: &&mut Open| it.group && it.key.is_none();
                let Some(inner) = open.last_mut().filter(group) else { continue };
                let name = unquoted(text[piece..at].trim());
                inner.keys.push(name.to_string());
                inner.key = Some(name);
                piece = at + 1;
            }
            _ => (),
        }
    }
    let word = cursor - text[piece..cursor].trim_start().len();
    let flow = !open.is_empty();
    let stops: &[char] = if flow { &[',', ']', '}', '\n', '\r'] } else { &['\n', '\r'] };
    let rest = &text[cursor..];
    let after = [rest.find(stops), rest.find(" #")].into_iter().flatten().min();
    let end = cursor + rest[..after.unwrap_or(rest.len())].trim_end().len();
    let group = open.last().is_some_and(|it| it.group && it.key.is_none());
    let beside = open.last().map(|it| it.keys.clone()).unwrap_or_default();
    for inner in open {
        match inner.group {
            true => path.extend(inner.key.map(Step::Key)),
            false => path.push(Step::Index(inner.number)),
        }
    }
    Some(Cursor { path, value: !group, word: word..end, followed: false, flow, beside })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where a `¦` stands: `path=` before a value, `path.` before a key, with the word.
    #[track_caller]
    fn at_bar(text: &str) -> String {
        let cursor = text.find('¦').unwrap();
        let text = text.replace('¦', "");
        let Some(found) = at(&text, 0..text.len(), cursor) else { return "nothing".to_owned() };
        let step = |step: &Step| match step {
            Step::Key(key) => key.to_string(),
            Step::Index(at) => at.to_string(),
        };
        let path: Vec<String> = found.path.iter().map(step).collect();
        let mark = if found.value { "=" } else { "." };
        format!("{}{mark}{}", path.join("/"), &text[found.word])
    }

    #[test]
    fn the_cursor_is_found_in_what_is_being_typed() {
        for (text, expected) in [
            ("title: x\n¦", "."),
            ("title: x\nau¦", ".au"),
            ("au¦thor: x", ".author"),
            ("author: ¦", "author="),
            ("author: a-os¦ei # why", "author=a-osei"),
            ("hero:\n  ¦", "hero."),
            ("hero:\n  ¦  \ntitle: x", "hero."),
            ("hero:\n  src: /a.png\n  al¦\ntitle: x", "hero.al"),
            ("hero: {src: /media/¦, alt: x}", "hero/src=/media/"),
            ("hero: {src: \"a, b\", ¦}", "hero."),
            ("tags: [¦]", "tags/0="),
            ("tags: [FUE, S¦MP]", "tags/1=SMP"),
            ("tags:\n  - FUE\n  - ¦", "tags/1."),
            ("tags:\n- FUE\n- S¦", "tags/1.S"),
            ("faq:\n  - question: a\n    ¦", "faq/0."),
            ("faq:\n  - question: a\n    answer: b\n  - ¦", "faq/1."),
            ("faq:\n  - question: a\n  ¦", "faq."),
            ("faq:\n  - question: a\n    shared: ¦\n", "faq/0/shared="),
            ("references:\n  - {title: x, url: ¦}", "references/0/url="),
            ("text: |\n  some words¦\n", "nothing"),
            ("text: |\n  some: words\n\n¦\n", "."),
            ("title: x # a comment¦", "nothing"),
            ("\"title\": ¦", "title="),
        ] {
            assert_eq!(at_bar(text), expected, "{text}");
        }
    }

    #[test]
    fn no_text_is_too_odd() {
        let odd =
            ["", "-", ":", "- - - -", "\"", "é: 😀", "a:\r\n  b: c\r\n", "{[{[", "? x", "\t\t: a"];
        for text in odd {
            for cursor in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
                at(text, 0..text.len(), cursor);
            }
            read(text, 0..text.len());
        }
    }
}
