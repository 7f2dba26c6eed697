//! Prints diagnostics for people: message, place, excerpt, help, as compilers do.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use annotate_snippets::renderer::DEFAULT_TERM_WIDTH;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use crate::diag::{Diagnostic, Diagnostics, Severity, SourceId, Span};

/// Gives the text of a file that a message points into; `None` when it is gone or not text.
pub type Sources<'a> = &'a dyn Fn(&SourceId) -> Option<Arc<str>>;

/// How many problems of one file are printed in full: nobody reads more, and a hostile file has
/// hundreds of thousands.
const MOST: usize = 50;

/// Prints the diagnostics, with a blank line after each; nothing for none. Of each file the first
/// fifty are printed in full, and the others counted.
pub fn print(diagnostics: &Diagnostics, sources: Sources, color: bool) -> String {
    let mut out = String::new();
    let mut printed: BTreeMap<&SourceId, usize> = BTreeMap::new();
    for diagnostic in diagnostics.iter() {
        if let Some(span) = &diagnostic.span {
            let count = printed.entry(&span.source).or_default();
            *count += 1;
            if *count > MOST {
                continue;
            }
        }
        out.push_str(&one(diagnostic, sources, color));
        out.push_str("\n\n");
    }
    for (source, count) in printed.into_iter().filter(|(_, count)| *count > MOST) {
        let _ = writeln!(out, "… and {} more in {source}\n", count - MOST);
    }
    out
}

/// Says how many errors and warnings there were, such as `2 errors, 1 warning`.
pub fn count(diagnostics: &Diagnostics) -> String {
    let mut out = String::new();
    let kinds = [(Severity::Error, "error"), (Severity::Warning, "warning")];
    for (severity, word) in kinds {
        let number = diagnostics.count(severity);
        if number > 0 {
            let comma = if out.is_empty() { "" } else { ", " };
            let plural = if number == 1 { "" } else { "s" };
            let _ = write!(out, "{comma}{number} {word}{plural}");
        }
    }
    out
}

fn one(diagnostic: &Diagnostic, sources: Sources, color: bool) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(clean(&diagnostic.message)).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    let files = files(diagnostic);
    let texts: Vec<Option<Arc<str>>> = files.iter().map(|it| sources(it)).collect();
    let texts: Vec<Option<Cow<str>>> = texts.iter().map(|it| it.as_deref().map(clean)).collect();
    for (source, text) in files.into_iter().zip(&texts) {
        group = match text {
            Some(text) if !whole_file(diagnostic, source) => {
                group.element(snippet(diagnostic, source, text))
            }
            _ => group.element(Origin::path(source.as_str().to_owned())),
        };
    }
    for note in &diagnostic.notes {
        group = group.element(Level::NOTE.message(clean(note)));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(clean(help)));
    }
    let renderer = if color { Renderer::styled() } else { Renderer::plain() };
    let text = renderer.term_width(DEFAULT_TERM_WIDTH).render(&[group]).to_string();
    match diagnostic.span.is_none() && diagnostic.labels.is_empty() {
        true => without_bar(&text),
        false => text,
    }
}

/// Takes away the line that would join an excerpt to what follows, where there is none.
fn without_bar(text: &str) -> String {
    // Escape sequences for colour are no part of what is seen.
    let seen = |line: &str| {
        let (first, rest) = line.split_once('\x1b').unwrap_or((line, ""));
        let rest = rest.split('\x1b').filter_map(|it| it.split_once('m'));
        rest.fold(first.to_owned(), |seen, (_, text)| seen + text)
    };
    let lines: Vec<&str> = text.lines().collect();
    let bar = lines.iter().position(|line| seen(line).trim() == "|");
    let kept = lines.iter().enumerate().filter(|(at, _)| Some(*at) != bar);
    kept.map(|(_, line)| *line).collect::<Vec<_>>().join("\n")
}

fn snippet<'a>(
    diagnostic: &'a Diagnostic,
    source: &SourceId,
    text: &'a str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let mut snippet = Snippet::source(text).path(source.as_str().to_owned());
    if let Some(span) = diagnostic.span.as_ref().filter(|it| it.source == *source) {
        let annotation = AnnotationKind::Primary.span(fitted(span, text));
        snippet = snippet.annotation(annotation.label(diagnostic.label.as_deref()));
    }
    for (span, words) in diagnostic.labels.iter().filter(|(it, _)| it.source == *source) {
        let annotation = AnnotationKind::Context.span(fitted(span, text));
        snippet = snippet.annotation(annotation.label(words.as_str()));
    }
    snippet
}

/// The span's bytes, kept inside the text and on character boundaries, and on its first line
/// where it covers many: an excerpt shows where a thing starts, not all of it.
fn fitted(span: &Span, text: &str) -> Range<usize> {
    let floor = |mut at: usize| {
        at = at.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    };
    let (start, end) = (floor(span.start), floor(span.end));
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    start..end.min(line_end.max(start))
}

fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = &Span> {
    diagnostic.span.iter().chain(diagnostic.labels.iter().map(|(span, _)| span))
}

/// Every file named, the main one first, each once.
fn files(diagnostic: &Diagnostic) -> Vec<&SourceId> {
    let mut files = Vec::new();
    for span in places(diagnostic) {
        if !files.contains(&&span.source) {
            files.push(&span.source);
        }
    }
    files
}

/// A file named as a whole has no line to show.
fn whole_file(diagnostic: &Diagnostic, source: &SourceId) -> bool {
    places(diagnostic).filter(|it| it.source == *source).all(|it| it.start == 0 && it.end == 0)
}

/// Shows what hostile content must not send to the terminal, such as the start of an escape sequence.
fn clean(text: &str) -> Cow<'_, str> {
    // Nearly all texts are fine, and many are long.
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t' | b'\r');
    if text.bytes().all(is_plain) || text.chars().all(|it| visible(it) == it) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(visible).collect())
}

/// Shows control characters by a stand-in of the same number of bytes, so that spans keep.
fn visible(char: char) -> char {
    match char {
        '\n' | '\t' | '\r' => char,
        '\0'..='\x1f' | '\x7f' => '?',
        // Two bytes in UTF-8, as are the C1 controls it stands for.
        '\u{80}'..='\u{9f}' => '\u{a4}',
        // Three bytes, as are the marks that turn the writing direction.
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        char => char,
    }
}
