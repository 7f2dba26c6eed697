//! The YAML that nearly every front matter is written in, read directly.
//!
//! [`read`] takes lines of `key: value`, lists and groups by indentation, texts in quotes or
//! without. It gives up at the first thing that it is not sure of: comments, block texts, numbers
//! with points, anything in error. `serde_yaml` then reads the text instead, and words what is wrong.
//! Where it does not give up, it gives what `serde_yaml` gives; a property test compares them.

use serde_yaml::{Mapping, Value};

/// How deep groups may stand inside each other here.
const DEEPEST: usize = 8;

/// Reads a mapping; `None` when the text is not plain.
pub(crate) fn read(text: &str) -> Option<Mapping> {
    let mut reader = Reader { rest: text, line: None };
    reader.next()?;
    let mapping = reader.mapping(0, DEEPEST)?;
    reader.line.is_none().then_some(mapping)
}

/// A line that is not empty: how far it is set in, and what it says.
#[derive(Clone, Copy)]
struct Line<'a> {
    indent: usize,
    text: &'a str,
}

struct Reader<'a> {
    rest: &'a str,
    /// The line that comes next; `None` at the end.
    line: Option<Line<'a>>,
}

impl<'a> Reader<'a> {
    /// Goes to the next line that is not empty.
    fn next(&mut self) -> Option<()> {
        self.line = None;
        while !self.rest.is_empty() {
            let end = memchr::memchr(b'\n', self.rest.as_bytes());
            let (line, rest) = match end {
                Some(end) => (&self.rest[..end], &self.rest[end + 1..]),
                None => (self.rest, ""),
            };
            self.rest = rest;
            let text = line.trim_start_matches(' ');
            if text.is_empty() {
                continue;
            }
            if !is_usual(line) || text.starts_with(['#', '%', '@', '`']) {
                return None;
            }
            let indent = line.len() - text.len();
            self.line = Some(Line { indent, text: text.trim_end_matches(' ') });
            return Some(());
        }
        Some(())
    }

    /// Reads the keys that are set in just so far.
    fn mapping(&mut self, indent: usize, depth: usize) -> Option<Mapping> {
        let mut mapping = Mapping::new();
        while let Some(line) = self.line.filter(|line| line.indent >= indent) {
            if line.indent > indent {
                return None;
            }
            let (key, value) = key(line.text)?;
            let value = self.value(value, indent, depth)?;
            // A key that is there twice is an error, which is not worded here.
            if mapping.insert(Value::String(key.to_owned()), value).is_some() {
                return None;
            }
        }
        (!mapping.is_empty()).then_some(mapping)
    }

    /// Reads what belongs to a key that is set in so far, and goes past it.
    fn value(&mut self, text: &'a str, indent: usize, depth: usize) -> Option<Value> {
        self.next()?;
        if !text.is_empty() {
            // A text that goes on in the next line is not plain.
            let goes_on = self.line.is_some_and(|line| line.indent > indent);
            return if goes_on { None } else { scalar(text) };
        }
        let depth = depth.checked_sub(1)?;
        match self.line {
            Some(line) if is_item(line.text) && line.indent >= indent => {
                self.list(line.indent, depth).map(Value::Sequence)
            }
            Some(line) if line.indent > indent => {
                self.mapping(line.indent, depth).map(Value::Mapping)
            }
            _ => Some(Value::Null),
        }
    }

    fn list(&mut self, indent: usize, depth: usize) -> Option<Vec<Value>> {
        let mut items = Vec::new();
        while let Some(line) = self.line.filter(|line| line.indent == indent && is_item(line.text))
        {
            let inner = line.text[1..].trim_start_matches(' ');
            if key(inner).is_some() {
                // The item is a group, whose first key stands behind the hyphen.
                let indent = indent + (line.text.len() - inner.len());
                self.line = Some(Line { indent, text: inner });
                items.push(Value::Mapping(self.mapping(indent, depth.checked_sub(1)?)?));
                continue;
            }
            self.next()?;
            if inner.is_empty() || self.line.is_some_and(|line| line.indent > indent) {
                return None;
            }
            items.push(scalar(inner)?);
        }
        Some(items)
    }
}

/// Whether a line holds nothing that means something else to YAML than to a person: tabs, other
/// line ends, characters that do not print.
fn is_usual(line: &str) -> bool {
    let ascii = |byte: u8| (b' '..0x7F).contains(&byte) || byte >= 0x80;
    if !line.bytes().all(ascii) {
        return false;
    }
    let strange = |char: char| {
        matches!(char, '\u{80}'..='\u{9F}' | '\u{2028}' | '\u{2029}' | '\u{FEFF}')
            || ('\u{E000}'..='\u{F8FF}').contains(&char)
            || char >= '\u{FFFE}'
    };
    line.is_ascii() || !line.contains(strange)
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// Splits a line at its key.
fn key(text: &str) -> Option<(&str, &str)> {
    let name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.bytes().position(|byte| !name(byte))?;
    let (key, rest) = text.split_at(length);
    let value = rest.strip_prefix(':')?;
    if !(value.is_empty() || value.starts_with(' ')) || !starts_as_word(key) || is_special(key) {
        return None;
    }
    Some((key, value.trim_start_matches(' ')))
}

fn starts_as_word(text: &str) -> bool {
    text.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
}

/// Whether a word is a value of its own to YAML.
fn is_special(text: &str) -> bool {
    ["true", "false", "null"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

fn scalar(text: &str) -> Option<Value> {
    let string = |text: &str| Some(Value::String(text.to_owned()));
    match text.as_bytes().first()? {
        b'"' => quoted(text).map(Value::String),
        b'\'' => single(text).map(Value::String),
        b'[' => flow(text),
        b'0'..=b'9' => number_or_date(text),
        _ if text == "true" => Some(Value::Bool(true)),
        _ if text == "false" => Some(Value::Bool(false)),
        _ if starts_as_word(text) && !is_special(text) && is_plain(text) => string(text),
        _ => None,
    }
}

/// Whether a text without quotes is nothing but text.
fn is_plain(text: &str) -> bool {
    let mark = |at: usize| match text.as_bytes()[at] {
        b':' => text[at + 1..].is_empty() || text[at + 1..].starts_with(' '),
        _ => text[..at].ends_with(' '),
    };
    !memchr::memchr2_iter(b':', b'#', text.as_bytes()).any(mark)
}

/// The inside of double quotes in which nothing is escaped but them and backslashes.
fn quoted(text: &str) -> Option<String> {
    let mut rest = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut inner = String::with_capacity(rest.len());
    while let Some(at) = memchr::memchr2(b'"', b'\\', rest.as_bytes()) {
        inner.push_str(&rest[..at]);
        let escaped = rest[at..].strip_prefix('\\')?;
        inner.push(escaped.chars().next().filter(|it| matches!(it, '"' | '\\'))?);
        rest = &escaped[1..];
    }
    inner.push_str(rest);
    Some(inner)
}

/// The inside of single quotes, in which two stand for one.
fn single(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let single = inner.replace("''", "");
    (!single.contains('\'')).then(|| inner.replace("''", "'"))
}

/// A list in brackets of plain words and texts in double quotes.
fn flow(text: &str) -> Option<Value> {
    let mut rest = text.strip_prefix('[')?.strip_suffix(']')?.trim_matches(' ');
    let mut items = Vec::new();
    while !rest.is_empty() {
        let (item, after) = match rest.strip_prefix('"') {
            Some(inner) => {
                let end = memchr::memchr2(b'"', b'\\', inner.as_bytes())?;
                inner[end..].starts_with('"').then_some((&inner[..end], &inner[end + 1..]))?
            }
            None => {
                let word =
                    |char: char| char.is_ascii_alphanumeric() || matches!(char, ' ' | '_' | '-');
                let end = rest.find(|char| !word(char)).unwrap_or(rest.len());
                let item = rest[..end].trim_matches(' ');
                if !starts_as_word(item) || is_special(item) {
                    return None;
                }
                (item, &rest[end..])
            }
        };
        items.push(Value::String(item.to_owned()));
        rest = after.trim_start_matches(' ');
        if let Some(after) = rest.strip_prefix(',') {
            rest = after.trim_start_matches(' ');
        } else if !rest.is_empty() {
            return None;
        }
    }
    Some(Value::Sequence(items))
}

/// A whole number, or a date with or without a time, which is text to YAML.
fn number_or_date(text: &str) -> Option<Value> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    if digits {
        let fine = text.len() < 18 && (text == "0" || !text.starts_with('0'));
        return fine.then(|| text.parse::<u64>().ok().map(Value::from)).flatten();
    }
    let bytes = text.as_bytes();
    let dashed = bytes.len() >= 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let rest = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'T' | b'Z' | b'+');
    let date = dashed && bytes.iter().all(|byte| rest(*byte)) && !text.ends_with(':');
    date.then(|| Value::String(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const WORDS: [&str; 46] = [
        "title: ",
        "faq:",
        "tags:",
        "- ",
        "-",
        "  ",
        "    ",
        "\n",
        "\n",
        "\n  ",
        "\n  - ",
        "\n- ",
        "q: ",
        "a: ",
        "draft: true",
        "no",
        "NULL",
        "~",
        "\"a b\"",
        "\"a \\\" b\"",
        "'it''s'",
        "'",
        "\"",
        "[",
        "]",
        "[a, \"b c\", d e]",
        ",",
        "2026-03-04",
        "2026-03-04T09:30:00Z",
        "42",
        "007",
        "1.10",
        "1_000",
        "0x1f",
        ": ",
        ":",
        " #",
        "#",
        "|",
        ">",
        "é",
        "\u{85}",
        "\t",
        "a",
        "word two",
        "{a: b}",
    ];

    /// Lines that are nearly front matter, with a few words that are not.
    fn lines() -> impl Strategy<Value = String> {
        let indent = prop::sample::select(&["", "", "", "  ", "  ", "    ", " "][..]);
        let start = prop::sample::select(
            &["a:", "b: ", "c: ", "d:", "- ", "- q: ", "- a:", "-", "e:  ", "true: ", ""][..],
        );
        let value = prop_oneof![
            4 => Just(String::new()),
            6 => prop::sample::select(&WORDS[..]).prop_map(str::to_owned),
            2 => "[a-z0-9é :#'\",.\\[\\]-]{0,8}",
            1 => "[0-9T:Z+.-]{10,16}",
        ];
        let end = prop::sample::select(&["\n", "\n", "\n", " \n", "\n\n"][..]);
        let line = (indent, start, value, end)
            .prop_map(|(indent, start, value, end)| format!("{indent}{start}{value}{end}"));
        prop::collection::vec(line, 0..7).prop_map(|lines| lines.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 30_000, ..ProptestConfig::default() })]

        #[test]
        fn what_it_reads_is_what_yaml_reads(text in prop_oneof![
            lines(),
            prop::collection::vec(prop::sample::select(&WORDS[..]), 0..24).prop_map(|it| it.concat()),
        ]) {
            if let Some(mapping) = read(&text) {
                let judged = serde_yaml::from_str::<Value>(&text);
                prop_assert_eq!(Some(Value::Mapping(mapping)), judged.ok(), "{:?}", text);
            }
        }
    }

    #[test]
    fn usual_front_matter_is_plain() {
        let text = "title: \"Who: what\"\ndescription: Words, and more - words\ndate: 2026-03-04\ndraft: false\n\
                    weight: 12\ntags: [hair, \"scalp care\"]\nempty:\nlist:\n  - one\n  - 'it''s two'\n\
                    faq:\n- q: Why?\n  a: Because.\n\n- q: How?\n  a: \"So: thus.\"\ngroup:\n  inner: x\n  other:\n    deep: y\n";
        let judged = serde_yaml::from_str::<Value>(text).expect("YAML");
        assert_eq!(read(text).map(Value::Mapping), Some(judged));
        for odd in [
            "a: 1.10",
            "a: |\n  b",
            "a: b\n  c",
            "a: {b: c}",
            "a: b # c",
            "a: b\na: c",
            "a:\tb",
            "",
        ] {
            assert_eq!(read(odd), None, "{odd:?}");
        }
    }
}
