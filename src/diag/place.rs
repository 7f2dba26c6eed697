//! Bytes of a file as lines and columns, for other programs.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diag::text::Sources;
use crate::diag::{SourceId, Span};

/// Where something is in a file: lines and columns from 1, columns in characters (Unicode code
/// points), the end after the last character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    pub(crate) line: usize,
    pub(crate) column: usize,
    pub(crate) end_line: usize,
    pub(crate) end_column: usize,
    /// The first line of what is marked, cut where it is very long.
    pub(crate) excerpt: String,
}

/// The files that messages point into, each split into lines once.
pub(crate) struct Places<'a> {
    sources: Sources<'a>,
    known: BTreeMap<SourceId, Option<Lines>>,
}

/// A text, and where its lines start.
struct Lines {
    text: Arc<str>,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    pub(crate) fn new(sources: Sources<'a>) -> Self {
        Self { sources, known: BTreeMap::new() }
    }

    /// Finds a place; `None` for a file as a whole, or one that is gone.
    pub(crate) fn find(&mut self, span: &Span) -> Option<Region> {
        if span.start == 0 && span.end == 0 {
            return None;
        }
        let sources = self.sources;
        let read = || sources(&span.source).map(Lines::new);
        let lines = self.known.entry(span.source.clone()).or_insert_with(read).as_ref()?;
        Some(lines.region(span))
    }
}

impl Lines {
    fn new(text: Arc<str>) -> Self {
        let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        let starts = [0].into_iter().chain(ends).collect();
        Self { text, starts }
    }

    fn region(&self, span: &Span) -> Region {
        const WIDEST: usize = 300;
        let start = self.floor(span.start);
        let end = self.floor(span.end).max(start);
        let (line, column) = self.position(start);
        let (end_line, end_column) = self.position(end);
        let marked = self.text[start..end].lines().next().unwrap_or_default();
        let excerpt = marked.chars().take(WIDEST).collect();
        Region { line, column, end_line, end_column, excerpt }
    }

    fn position(&self, at: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= at);
        let start = self.starts[line - 1];
        // A byte order mark is no character of the line, as editors count.
        let before = self.text[start..at].trim_start_matches('\u{feff}');
        (line, before.chars().count() + 1)
    }

    /// The nearest boundary of characters, inside the text.
    fn floor(&self, at: usize) -> usize {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// A path as a reference of a URL (RFC 3986): what is not plain is written as `%` and its bytes.
pub(crate) fn reference(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                out.push(char::from(byte));
            }
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_characters_and_lines_end_in_any_way() {
        let text = "\u{feff}title: x\r\nrevü: “😀”\r\nend";
        let source = SourceId::new("a.md");
        let sources = |_: &SourceId| Some(Arc::from(text));
        let mut places = Places::new(&sources);
        let mut find = |part: &str| {
            let at = text.find(part).unwrap();
            places.find(&Span::new(&source, at..at + part.len())).unwrap()
        };
        let of = |it: Region| (it.line, it.column, it.end_line, it.end_column);
        assert_eq!(of(find("title")), (1, 1, 1, 6));
        assert_eq!(of(find("“😀”")), (2, 7, 2, 10));
        assert_eq!(of(find("😀”\r\nend")), (2, 8, 3, 4));
        assert_eq!(find("😀”\r\nend").excerpt, "😀”");
        assert_eq!(places.find(&Span::file(&source)), None);
        let beyond = places.find(&Span::new(&source, 900..901)).unwrap();
        assert_eq!(of(beyond), (3, 4, 3, 4));
    }

    #[test]
    fn a_path_is_a_reference() {
        assert_eq!(reference("content/a b/ü%.md"), "content/a%20b/%C3%BC%25.md");
    }
}
