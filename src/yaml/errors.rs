//! Words YAML's own errors for editors: the classic mistakes each get their cause and cure.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, Span};
use crate::yaml::{Value, positions};

/// The text is not YAML.
pub(crate) const SYNTAX: Code = Code::new("front-matter/syntax");
/// The same key stands twice in one mapping.
pub(crate) const DUPLICATE_KEY: Code = Code::new("front-matter/duplicate-key");
/// The text is YAML, but not keys with values.
pub(crate) const NOT_A_MAPPING: Code = Code::new("front-matter/not-a-mapping");
/// Text after ` #` is a comment to YAML, and so is lost.
pub(crate) const LOST_TEXT: Code = Code::new("front-matter/lost-text");

type At<'a> = &'a dyn Fn(Range<usize>) -> Span;

/// Words an error of the parser.
pub(crate) fn worded(text: &str, error: &serde_yaml::Error, at: At) -> Diagnostic {
    let message = error.to_string();
    if message.contains("duplicate entry") {
        return duplicate_key(text, at);
    }
    let place = error.location().map_or(0, |it| it.index()).min(text.len());
    classic(text, &message, place, at).unwrap_or_else(|| {
        let cause = message.split(" at line ").next().unwrap_or(&message).to_owned();
        Diagnostic::error(SYNTAX, format!("this cannot be read: {cause}"))
            .at(at(line_at(text, place)))
            .help("every line is `key: value`; lines that belong to a key are indented alike, with spaces")
    })
}

/// The mistakes that editors really make, told by the look of the line.
fn classic(text: &str, message: &str, place: usize, at: At) -> Option<Diagnostic> {
    let lines = || lines(text);
    let line = line_at(text, place);
    if let Some((start, written)) = lines().find(|(_, line)| tab_indented(line)) {
        let tab = start + written.find('\t').unwrap_or(0);
        return Some(
            Diagnostic::error(SYNTAX, "a tab stands where YAML allows spaces only")
                .at(at(tab..tab + 1))
                .label("a tab")
                .help("replace the tab by two spaces"),
        );
    }
    let in_list = message.contains("',' or ']'") || message.contains("',' or '}'");
    let two = message.contains("mapping values are not allowed");
    if two || message.contains("could not find expected ':'") || message.contains("did not find") {
        let found = glued_near(text, line.start);
        let found = found.or_else(|| in_list.then(|| unclosed_near(text, line.start))?);
        if let Some((start, found)) = found {
            return Some(found.at(at(start..line_at(text, start).end)));
        }
    }
    if two {
        return Some(unquoted_colon(text, line, at));
    }
    if message.contains("cannot start any token") || message.contains("alias") {
        return unstartable(text, line, at);
    }
    if message.contains("could not find expected ':'") || message.contains("did not find expected")
    {
        let odd = lines().find_map(|(start, line)| odd_line(line).map(|odd| (start, odd)));
        if let Some((start, (column, length, what, cure))) = odd {
            let span = at(start + column..start + column + length);
            return Some(Diagnostic::error(SYNTAX, what).at(span).help(cure));
        }
    }
    let unclosed =
        message.contains("quoted scalar") || message.contains("unexpected end of stream");
    if unclosed || message.contains("did not find expected") {
        let found = lines().find(|(_, line)| open_quote(line).is_some());
        if let Some((start, written)) = found {
            let (column, quote) = open_quote(written)?;
            let span = start + column..start + written.trim_end().len();
            return Some(
                Diagnostic::error(
                    SYNTAX,
                    format!("a text that starts with {quote} does not end with it"),
                )
                .at(at(span))
                .help(quote_help(quote)),
            );
        }
    }
    if message.contains("did not find expected key") || message.contains("block collection") {
        let message = "this line is set in otherwise than those to which it belongs";
        return Some(Diagnostic::error(SYNTAX, message).at(at(line)).help(
            "give the items of a list, and the fields of a group, the same number of spaces",
        ));
    }
    if in_list {
        let message = "a comma is missing here between two items, or the sign that ends the list";
        return Some(Diagnostic::error(SYNTAX, message).at(at(line)).help(
            "write `[one, two]`, or `{name: value, other: value}`; quotes go around a whole item",
        ));
    }
    if message.contains("could not find expected ':'") {
        return Some(
            Diagnostic::error(SYNTAX, "this line is no field: it has no colon")
                .at(at(line))
                .help("write `name: value`; for a text of several lines, put `|` after the colon and set the lines in by two spaces"),
        );
    }
    None
}

/// A line with a slip that one can see: its column and length, what is wrong, and the cure.
fn odd_line(line: &str) -> Option<(usize, usize, String, String)> {
    let indent = line.len() - line.trim_start().len();
    if let Some(column) = line[..indent].find('\u{a0}') {
        let what = "a space stands here that only looks like one".to_owned();
        return Some((
            column,
            2,
            what,
            "delete the spaces at the start of the line, and type them again".to_owned(),
        ));
    }
    let words = line.trim();
    if let Some(item) = words.strip_prefix('-').filter(|it| it.starts_with(char::is_alphanumeric)) {
        let what = "a space is missing after the hyphen".to_owned();
        return Some((indent, words.len(), what, format!("write `- {item}`")));
    }
    None
}

/// The lines with text around the one that starts at a byte: that above it, itself, that below.
fn around(text: &str, start: usize) -> [Option<(usize, &str)>; 3] {
    let written = || lines(text).filter(|(_, line)| !line.trim().is_empty());
    [
        written().take_while(|(at, _)| *at < start).last(),
        written().find(|(at, _)| *at == start),
        written().find(|(at, _)| *at > start),
    ]
}

/// Where the words of a line start, behind spaces and the marks of lists.
fn column(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '-']).len()
}

/// A key to whose colon its value is glued, in the line that starts at a byte; or in that above, which
/// goes on in this one then: both are one text to YAML. Gives where it starts, and what is told.
fn glued_near(text: &str, start: usize) -> Option<(usize, Diagnostic)> {
    let [above, here, below] = around(text, start);
    let here = here?;
    let told = |(at, line): (usize, &str), below| Some((at + column(line), glued(line, below)?));
    told(here, below).or_else(|| {
        let same = above.filter(|(_, line)| column(line) == column(here.1))?;
        // A second colon in this line is what is wrong with it.
        (here.1.matches(": ").count() == 1).then(|| told(same, Some(here)))?
    })
}

/// A key to whose colon its value is glued; `below` is the line that follows. The item of a list may be
/// a text such as `doi:10.1000/182`, unless further keys belong to it.
fn glued(line: &str, below: Option<(usize, &str)>) -> Option<Diagnostic> {
    let (start, words) = line.split_at(column(line));
    let words = words.trim_end();
    let (key, value) = words.split_once(':')?;
    let named = key.starts_with(|it: char| it.is_alphabetic() || it == '_')
        && key.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-');
    // The start of an address has no space there either.
    let glued =
        !value.is_empty() && !value.starts_with(char::is_whitespace) && !value.starts_with("//");
    let is_item = start.contains('-');
    let more = || {
        below.is_some_and(|(_, it)| {
            let is_key = !it.trim_start().starts_with('-') && it.contains(": ");
            is_key && column(it) == column(line)
        })
    };
    (named && glued && (!is_item || more())).then(|| {
        Diagnostic::error(SYNTAX, format!("a space is missing after `{key}:`"))
            .help(format!("write `{}{key}: {value}`", start.trim_start()))
    })
}

/// A list or group that is opened in the line above, or in the line that starts at a byte, and not
/// closed: the next line is another key. Gives where it starts, and what is told.
fn unclosed_near(text: &str, start: usize) -> Option<(usize, Diagnostic)> {
    let [above, here, below] = around(text, start);
    let told = |at: Option<(usize, &str)>, below: Option<(usize, &str)>| {
        let (at, line) = at?;
        let next_is_key =
            below.is_none_or(|(_, it)| column(it) <= column(line) && it.contains(": "));
        let (column, found) = unclosed(line).filter(|_| next_is_key)?;
        Some((at + column, found))
    };
    told(above, here).or_else(|| told(here, below))
}

/// A value that opens one list or group more than it closes on its line.
fn unclosed(line: &str) -> Option<(usize, Diagnostic)> {
    let words = line.trim_end();
    let start = words.find(": ").map_or(column(words), |it| it + 2);
    let value = words[start..].trim_start();
    let (open, close, what) = match value.chars().next()? {
        '[' => ('[', ']', "list"),
        '{' => ('{', '}', "group"),
        _ => return None,
    };
    let more = |open: char, close: char| {
        value.matches(open).count() as isize - value.matches(close).count() as isize
    };
    let one = more(open, close) == 1 && more('[', ']') + more('{', '}') == 1;
    (one && !value.contains(" #")).then(|| {
        let message = format!("a {what} that starts with `{open}` does not end with `{close}`");
        let help = format!("write `{}{close}`", words.trim_start().trim_end_matches(','));
        (words.len() - value.len(), Diagnostic::error(SYNTAX, message).help(help))
    })
}

fn unquoted_colon(text: &str, line: Range<usize>, at: At) -> Diagnostic {
    let written = &text[line.clone()];
    let error = Diagnostic::error(SYNTAX, "a text with a colon and a space in it needs quotes");
    let Some((key, value)) = written.split_once(": ") else {
        return error.at(at(line)).help("put double quotes around the text");
    };
    let start = line.start + key.len() + 2;
    let value = value.trim_end();
    let quoted = match value.contains('"') {
        true => format!("'{}'", value.replace('\'', "''")),
        false => format!("\"{value}\""),
    };
    error
        .at(at(start..start + value.len()))
        .label("YAML takes the second colon for another key")
        .help(format!("write it as `{}: {quoted}`", key.trim_start()))
}

fn unstartable(text: &str, line: Range<usize>, at: At) -> Option<Diagnostic> {
    let written = &text[line.clone()];
    let column = match written.split_once(": ") {
        Some((key, value)) => key.len() + 2 + (value.len() - value.trim_start().len()),
        None => written.len() - written.trim_start().trim_start_matches("- ").len(),
    };
    let first = written[column..].chars().next()?;
    let start = line.start + column;
    let message = format!("a text cannot start with `{first}` in YAML, unless it is in quotes");
    let value = written[column..].trim_end();
    Some(
        Diagnostic::error(SYNTAX, message)
            .at(at(start..start + value.len()))
            .help(format!("write it as \"{value}\"")),
    )
}

fn duplicate_key(text: &str, at: At) -> Diagnostic {
    let error =
        |name: &str| Diagnostic::error(DUPLICATE_KEY, format!("the key{name} stands twice"));
    let found = positions::read(text).and_then(|root| root.duplicate());
    let Some((first, second)) = found else { return error("").at(at(0..0)) };
    error(&format!(" `{}`", &text[second.clone()]))
        .at(at(second))
        .label("again here")
        .also(at(first), "first here")
        .help("keep one of the two")
}

pub(crate) fn not_a_mapping(span: Span) -> Diagnostic {
    Diagnostic::error(NOT_A_MAPPING, "this is a text or a list, not keys with values")
        .at(span)
        .help("write each line as `key: value`, such as `title: Aftercare`")
}

pub(crate) fn key_not_text(key: &Value, span: Span) -> Diagnostic {
    let written = serde_yaml::to_string(key).unwrap_or_default();
    Diagnostic::error(NOT_A_MAPPING, format!("the key `{}` is not a word", written.trim()))
        .at(span)
        .help("put quotes around it, or check the line for a missing name before the colon")
}

/// Warns of ` #word` after an unquoted text: a comment to YAML, but hardly meant as one.
pub(crate) fn lost_to_comments(text: &str, at: At) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if memchr::memmem::find(text.as_bytes(), b" #").is_none() {
        return found;
    }
    let mut block: Option<usize> = None;
    for (start, line) in lines(text) {
        let indent = line.len() - line.trim_start().len();
        if line.trim().is_empty() || block.is_some_and(|outer| indent > outer) {
            continue;
        }
        block = None;
        let Some((_, value)) = line.split_once(": ") else { continue };
        let value = value.trim();
        if value.starts_with(['|', '>']) {
            block = Some(indent);
        } else if !value.starts_with(['"', '\'', '[', '{', '#'])
            && let Some(column) = line.find(" #")
            && line[column + 2..].starts_with(|char: char| char.is_alphanumeric())
        {
            found.push(lost_text(at(start + column + 1..start + line.trim_end().len())));
        }
    }
    found
}

fn lost_text(span: Span) -> Diagnostic {
    Diagnostic::warning(LOST_TEXT, "text after ` #` is a comment and does not appear on the site")
        .at(span)
        .help("put quotes around the whole value if it is text; put a space after `#` if it is a note")
}

/// A quote that opens a line's value and is not closed on that line, with its column.
fn open_quote(line: &str) -> Option<(usize, char)> {
    let (key, value) = line.split_once(": ")?;
    let column = key.len() + 2 + (value.len() - value.trim_start().len());
    let value = value.trim();
    let quote = value.chars().next().filter(|it| matches!(it, '"' | '\''))?;
    let inner = &value[1..];
    let closed = match quote {
        '"' => inner.replace("\\\\", "").replace("\\\"", "").matches('"').count() == 1,
        _ => inner.replace("''", "").matches('\'').count() == 1,
    };
    (!closed || !inner.ends_with(quote)).then_some((column, quote))
}

fn quote_help(quote: char) -> &'static str {
    match quote {
        '\'' => "put double quotes around the whole text; an apostrophe inside them is fine",
        _ => "end the text with a double quote, or put single quotes around it",
    }
}

fn tab_indented(line: &str) -> bool {
    let indent = &line[..line.len() - line.trim_start().len()];
    indent.contains('\t') && !line.trim().is_empty()
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split_inclusive('\n').scan(0, |start, line| {
        let at = *start;
        *start += line.len();
        Some((at, line.trim_end_matches(['\n', '\r'])))
    })
}

/// The line that holds a byte, without its end; the last line with text when the byte is behind
/// the end, as the parser says for what never closes.
fn line_at(text: &str, place: usize) -> Range<usize> {
    let mut last = 0..0;
    for (start, line) in lines(text) {
        if !line.trim().is_empty() {
            last = start..start + line.len();
        }
        if place <= start + line.len() && !line.trim().is_empty() {
            break;
        }
    }
    last
}
