//! Blocks of a text that the parser made of something else than was meant.

use std::collections::BTreeMap;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use crate::diag::{Diagnostics, Span};
use crate::markdown::slip_errors as errors;
use crate::markdown::writer::Events;
use crate::text::quick;

/// Looks at the blocks of a text.
pub(crate) fn look(
    text: &str,
    events: &Events,
    span: &dyn Fn(Range<usize>) -> Span,
    found: &mut Diagnostics,
) {
    let mut headings = Headings::default();
    let mut columns = 0;
    let mut paragraph_end = usize::MAX;
    for (at, (event, range)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                if let Some(line) = open_fence(text, range) {
                    found.push(errors::code_unclosed(span(line)));
                }
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)) => {
                let line = line_of(text, range.start);
                found.push(errors::indented_code(span(line)));
            }
            Event::Start(Tag::Heading { level, .. }) => {
                let title = headings.title(&events[at + 1..]);
                if let Some(first) = headings.seen(*level as usize, &title, range) {
                    let line = trimmed(text, range.clone());
                    let first = trimmed(text, first);
                    found.push(errors::heading_twice(&title, span(line), span(first)));
                }
                if let Some(underline) = underline(text, range) {
                    found.push(errors::heading_underline(span(underline)));
                }
            }
            Event::Start(Tag::TableHead) => columns = cells(&text[range.clone()]),
            Event::Start(Tag::TableRow) => {
                let row = trimmed(text, range.clone());
                let given = cells(&text[row.clone()]);
                if given != columns && !text[row.clone()].is_empty() {
                    found.push(errors::table_cells(given, columns, span(row)));
                }
            }
            Event::Start(Tag::Paragraph) => {
                if let Some(line) = failed_table(&text[range.clone()]) {
                    let start = range.start + line.start;
                    found.push(errors::no_table(span(start..range.start + line.end)));
                }
                paragraph_end = range.end;
            }
            Event::Start(Tag::Link { dest_url, .. }) if is_picture(dest_url) => {
                let before = &text[..range.start];
                let apart =
                    before.strip_suffix("! ").map(|it| it.ends_with(['\n', ' ']) || it.is_empty());
                if apart == Some(true) && range.end <= paragraph_end {
                    found.push(errors::picture_gap(span(range.start - 2..range.end)));
                }
            }
            _ => (),
        }
    }
}

/// The headings so far, by digests of the way down to them.
#[derive(Default)]
struct Headings {
    open: Vec<(usize, u128)>,
    seen: BTreeMap<u128, Range<usize>>,
}

impl Headings {
    fn title(&self, next: &Events) -> String {
        let own = next.iter().take_while(|(it, _)| !matches!(it, Event::End(TagEnd::Heading(_))));
        own.filter_map(|(it, _)| match it {
            Event::Text(text) | Event::Code(text) => Some(&**text),
            _ => None,
        })
        .collect()
    }

    /// Notes a heading; gives the place of one with the same words under the same heading.
    fn seen(&mut self, level: usize, title: &str, range: &Range<usize>) -> Option<Range<usize>> {
        self.open.retain(|(it, _)| *it < level);
        let above = self.open.last().map_or(0, |(_, digest)| *digest);
        let words = title.trim().to_lowercase();
        let mut way = above.to_le_bytes().to_vec();
        way.push(level as u8);
        way.extend_from_slice(words.as_bytes());
        let digest = quick(&way);
        self.open.push((level, digest));
        if words.is_empty() {
            return None;
        }
        let first = self.seen.entry(digest).or_insert_with(|| range.clone());
        (first != range).then(|| first.clone())
    }
}

/// The first line of a fence that has no end.
fn open_fence(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let block = &text[range.clone()];
    let sign = block.bytes().next().filter(|it| matches!(it, b'`' | b'~'))?;
    let length = block.bytes().take_while(|it| *it == sign).count();
    let last = block.trim_end().lines().next_back().unwrap_or_default();
    let last = last.trim_start_matches([' ', '>', '\t']);
    let closes = last.len() >= length && last.bytes().all(|it| it == sign);
    let several = block.trim_end().contains('\n');
    (!(closes && several)).then(|| line_of(text, range.start))
}

/// The line below a heading's words that makes them one, where these read like a sentence.
fn underline(text: &str, range: &Range<usize>) -> Option<Range<usize>> {
    let block = text[range.clone()].trim_end();
    let (words, line) = block.rsplit_once('\n')?;
    if !line.trim_start_matches([' ', '>']).bytes().all(|it| it == b'-') {
        return None;
    }
    let words = words.trim();
    let sentence =
        words.ends_with(['.', ':', ',', ';']) || words.contains('\n') || words.len() > 80;
    let start = range.start + block.len() - line.len();
    sentence.then(|| start..start + line.len())
}

/// The first line of a paragraph that was meant for a table.
fn failed_table(block: &str) -> Option<Range<usize>> {
    let is_row = |line: &str| {
        let line = line.trim();
        line.len() > 2 && line.starts_with('|') && line[1..].contains('|')
    };
    memchr::memchr(b'|', block.as_bytes())?;
    let mut start = 0;
    let mut first: Option<Range<usize>> = None;
    for line in block.split_inclusive('\n') {
        let own = start..start + line.trim_end().len();
        start += line.len();
        match (&first, is_row(line)) {
            (Some(first), true) => return Some(first.clone()),
            (None, true) => first = Some(own),
            (_, false) => first = None,
        }
    }
    None
}

/// Counts the cells of a row as it is written.
fn cells(row: &str) -> usize {
    let row = row.trim();
    let row = row.strip_prefix('|').unwrap_or(row);
    let row = row.strip_suffix('|').filter(|it| !it.ends_with('\\')).unwrap_or(row);
    let bytes = row.as_bytes();
    let free = |at: &usize| *at == 0 || bytes[at - 1] != b'\\';
    memchr::memchr_iter(b'|', bytes).filter(free).count() + 1
}

fn is_picture(address: &str) -> bool {
    let address = address.to_lowercase();
    [".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif"]
        .iter()
        .any(|it| address.ends_with(it))
}

fn line_of(text: &str, at: usize) -> Range<usize> {
    let line = text[at..].lines().next().unwrap_or_default();
    at..at + line.trim_end().len()
}

fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    range.start..range.start + text[range.clone()].trim_end().len()
}
