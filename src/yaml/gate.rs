//! Refuses YAML that would be dear or dangerous to parse, before it is parsed.
//!
//! Measured without it: 80 kB of aliases became 500 MB, and 20,000 open brackets took a second.

use std::ops::Range;

use granit_parser::{Event, Parser};

use crate::diag::{Code, Diagnostic, Span};
use crate::yaml::Limits;

/// The text is larger than any front matter or settings file has reason to be.
pub(crate) const TOO_LARGE: Code = Code::new("front-matter/too-large");
/// Lists or mappings inside each other, deeper than any content model.
pub(crate) const TOO_DEEP: Code = Code::new("front-matter/too-deep");
/// An alias, an anchor or a tag: YAML that content has no use for.
pub(crate) const UNSUPPORTED: Code = Code::new("front-matter/unsupported-yaml");

/// Says what is refused, `None` for a text that may be parsed.
pub(crate) fn refuse(
    text: &str,
    limits: Limits,
    at: &dyn Fn(Range<usize>) -> Span,
) -> Option<Diagnostic> {
    if text.len() > limits.size {
        return Some(too_large(text.len(), limits.size, at(0..0)));
    }
    // One look at the bytes settles nearly every text; only a suspect one is walked.
    let flow = text.bytes().filter(|byte| matches!(byte, b'[' | b'{')).count();
    let hyphens = text.bytes().filter(|byte| *byte == b'-').count();
    let block = || text.lines().any(|line| list_marks(line) > limits.flow_depth);
    let nested = flow > limits.flow_depth || hyphens > limits.flow_depth && block();
    let suspect = nested || memchr::memchr3(b'&', b'*', b'!', text.as_bytes()).is_some();
    if !suspect {
        return None;
    }
    let mut depth = 0;
    for event in Parser::new_from_str(text) {
        // What cannot be parsed is worded by the parse itself, unless it is refused for its depth.
        let Ok((event, span)) = event else { break };
        let range = span.byte_range().unwrap_or(0..0);
        let (anchor, tag) = match &event {
            Event::Alias(_) => return Some(alias(at(range))),
            Event::MappingStart(_, anchor, tag) | Event::SequenceStart(_, anchor, tag) => {
                depth += 1;
                (*anchor, tag.is_some())
            }
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::MappingEnd | Event::SequenceEnd => {
                depth -= 1;
                continue;
            }
            _ => continue,
        };
        if depth > limits.flow_depth {
            return Some(too_deep(limits.flow_depth, at(range.start..range.start + 1)));
        }
        if anchor > 0 || tag {
            return Some(mark(at(line_of(text, range.start))));
        }
    }
    let unread = nested && open_brackets(text) > limits.flow_depth;
    unread.then(|| too_deep(limits.flow_depth, at(line_of(text, 0))))
}

/// Counts the `- ` that open lists inside each other on one line.
fn list_marks(line: &str) -> usize {
    let mut rest = line.trim_start();
    let mut marks = 0;
    while let Some(inner) = rest.strip_prefix("- ") {
        marks += 1;
        rest = inner.trim_start();
    }
    marks
}

/// The deepest that brackets nest, quotes not looked at.
fn open_brackets(text: &str) -> usize {
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in text.bytes() {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => (),
        }
        deepest = deepest.max(depth);
    }
    deepest.max(text.lines().map(list_marks).max().unwrap_or(0))
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    start..text[start..].find('\n').map_or(text.len(), |it| start + it)
}

fn too_large(size: usize, limit: usize, span: Span) -> Diagnostic {
    let message = format!("this has {size} bytes; at most {limit} are read");
    Diagnostic::error(TOO_LARGE, message)
        .at(span)
        .help("check that the closing `---` line is there, and move long texts into the body")
}

fn too_deep(limit: usize, span: Span) -> Diagnostic {
    let message = format!("lists or groups stand inside each other more than {limit} deep");
    Diagnostic::error(TOO_DEEP, message)
        .at(span)
        .help("look for a bracket `[` or `{` that is never closed, or put quotes around the text")
}

fn alias(span: Span) -> Diagnostic {
    Diagnostic::error(UNSUPPORTED, "a value that starts with `*` points to another place in YAML")
        .at(span)
        .label("read as a pointer")
        .help("put quotes around the text: \"*…\"")
}

fn mark(span: Span) -> Diagnostic {
    Diagnostic::error(UNSUPPORTED, "a value that starts with `&` or `!` is a command to YAML")
        .at(span)
        .help("put quotes around the text")
}
