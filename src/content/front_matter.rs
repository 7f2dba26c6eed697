//! Splits a file into front matter and body, so that every place is a place in the file.

use std::ops::Range;

use crate::diag::{Code, Diagnostic, SourceId, Span};

/// The file does not start with `---`.
pub const MISSING: Code = Code::new("front-matter/missing");
/// There is no second `---`.
pub const UNCLOSED: Code = Code::new("front-matter/unclosed");

/// Another front matter follows the first.
pub const SECOND: Code = Code::new("front-matter/second");

/// The two parts of a file, as ranges of bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// The lines between the marks.
    pub front_matter: Range<usize>,
    /// What follows the second mark.
    pub body: Range<usize>,
}

/// Splits a text.
///
/// # Errors
/// Says what is wrong when a mark is missing.
pub fn split(text: &str, source: &SourceId) -> Result<Split, Box<Diagnostic>> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let mut lines = lines(text, start);
    let first = lines.next();
    if first.is_none_or(|line| text[line].trim_end() != "---") {
        return Err(Box::new(missing(text, source)));
    }
    let mut opened = None;
    for line in lines {
        let opened = *opened.get_or_insert(line.start);
        if text[line.clone()].trim_end() == "---" {
            let front_matter = opened..line.start;
            if let Some(prose) = prose(text, front_matter.clone()) {
                return Err(Box::new(unclosed(source, start..start + 3, Some(prose))));
            }
            return Ok(Split { front_matter, body: line.end..text.len() });
        }
    }
    let prose = opened.and_then(|opened| prose(text, opened..text.len()));
    Err(Box::new(unclosed(source, start..start + 3, prose)))
}

/// Finds another front matter at the start of a body.
pub(crate) fn second(text: &str, split: &Split, source: &SourceId) -> Option<Diagnostic> {
    let body = &text[split.body.clone()];
    let start = split.body.start + body.len() - body.trim_start().len();
    let mut lines = lines(text, start);
    let first = lines.next().filter(|line| text[line.clone()].trim_end() == "---")?;
    let key = |line: &str| {
        let (key, value) = line.split_once(':')?;
        let named = !key.is_empty() && key.chars().all(|it| it.is_alphanumeric() || it == '_');
        (named && (value.trim().is_empty() || value.starts_with(' '))).then_some(())
    };
    key(text[lines.next()?].trim_end())?;
    let message = "the fields stand here a second time, and readers would see them as text";
    let error =
        Diagnostic::error(SECOND, message).at(Span::new(source, first.start..first.start + 3));
    Some(error.help("keep one front matter at the top of the file, and remove the other"))
}

/// The first line that can only be body: after a blank line, at the margin, and no key, item,
/// comment or bracket.
fn prose(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let mut blank = false;
    for line in lines(&text[..range.end], range.start) {
        let written = text[line.clone()].trim_end();
        let key = || written.contains(": ") || written.ends_with(':');
        let yaml = || key() || written.starts_with([' ', '\t', '-', '}', ']', '"', '\'']);
        let comment = || written.starts_with('#') && !written.starts_with("##");
        if blank && !written.is_empty() && !yaml() && !comment() {
            return Some(line.start..line.start + written.len());
        }
        blank = written.is_empty();
    }
    None
}

fn lines(text: &str, start: usize) -> impl Iterator<Item = Range<usize>> {
    text[start..].split_inclusive('\n').scan(start, |at, line| {
        let begin = *at;
        *at += line.len();
        Some(begin..*at)
    })
}

fn missing(text: &str, source: &SourceId) -> Diagnostic {
    let start = text.len() - text.trim_start_matches(['\u{feff}', ' ', '\t', '\n', '\r']).len();
    let line = text[start..].lines().next().unwrap_or_default();
    let span = Span::new(source, start..start + line.len());
    if line.is_empty() {
        return Diagnostic::error(MISSING, "this file is empty").at(span).help(
            "write the fields between two lines `---`, and the text below; or remove the file",
        );
    }
    if line.trim_end() == "---" {
        return Diagnostic::error(MISSING, "something stands before the first `---`")
            .at(span)
            .help(
                "remove the blank lines and spaces before it, so that the file starts with `---`",
            );
    }
    let lookalike = ["–-", "—", "–––", "----", "+++"].iter().any(|it| line.starts_with(it));
    let error = Diagnostic::error(MISSING, "the file does not start with a line `---`").at(span);
    match lookalike {
        true => error.help("write exactly three hyphens; some programs turn them into a dash"),
        false => error.help("write `---`, the fields such as `title: …`, and `---` above the text"),
    }
}

fn unclosed(source: &SourceId, opening: Range<usize>, prose: Option<Range<usize>>) -> Diagnostic {
    let message = "the line `---` that ends the front matter is missing";
    let error = Diagnostic::error(UNCLOSED, message);
    let help = "write a line `---` between the last field and the text";
    match prose {
        Some(prose) => error
            .at(Span::new(source, prose))
            .label("the text seems to start here")
            .also(Span::new(source, opening), "opened here")
            .help(help),
        None => error.at(Span::new(source, opening)).help(help),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Option<(&str, &str)> {
        let found = split(text, &SourceId::new("a.md")).ok()?;
        Some((&text[found.front_matter], &text[found.body]))
    }

    #[test]
    fn a_file_splits_at_its_marks() {
        assert_eq!(parts("---\na: b\n---\nText\n---\n"), Some(("a: b\n", "Text\n---\n")));
        assert_eq!(parts("\u{feff}---\r\na: b\r\n---\r\nText"), Some(("a: b\r\n", "Text")));
        assert_eq!(parts("---\n---"), Some(("", "")));
        assert_eq!(parts("Text"), None);
        assert_eq!(parts("---\na: b\n\nProse here\n\n---\n"), None);
    }
}
