//! Takes directives out of a text before the parser sees it, and puts a mark where each was.
//!
//! A mark is a line with a comment, which CommonMark ends every paragraph, list and quote for. The
//! marks change the text's length, so [`Prepared`] knows where each byte came from.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::diag::Diagnostics;
use crate::markdown::{Argument, Directive, Place, arguments, errors};

/// A text without its directives.
pub(crate) struct Prepared<'a> {
    /// The text, with a mark for each directive and for each end of one.
    pub(crate) text: Cow<'a, str>,
    /// The directives, in order.
    pub(crate) directives: Vec<Directive>,
    /// What a mark starts with: nothing that the text itself holds.
    mark: String,
    /// Where pieces of the new text start, and where they were.
    pieces: Vec<(usize, usize)>,
}

/// What a mark stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mark {
    /// A directive without an inside.
    Leaf(usize),
    /// The start of one with an inside.
    Open(usize),
    /// The end of the innermost.
    Close,
}

impl<'a> Prepared<'a> {
    /// A text in which nothing is a directive.
    pub(crate) fn whole(text: &'a str) -> Self {
        let (directives, pieces) = (Vec::new(), Vec::new());
        Self { text: text.into(), directives, mark: "\0".to_owned(), pieces }
    }

    /// Reads a mark, from a piece of HTML that the parser gives.
    pub(crate) fn mark(&self, html: &str) -> Option<Mark> {
        let inner = html.trim().strip_prefix(&self.mark)?.strip_suffix("-->")?;
        let (kind, number) = inner.split_at_checked(1)?;
        let number: usize = number.parse().ok()?;
        match kind {
            "l" => Some(Mark::Leaf(number)),
            "o" => Some(Mark::Open(number)),
            _ => Some(Mark::Close),
        }
    }

    /// Gives the place in the text as it was.
    pub(crate) fn original(&self, range: Range<usize>) -> Range<usize> {
        let map = |at: usize| {
            let index = self.pieces.partition_point(|(new, _)| *new <= at);
            match index.checked_sub(1).and_then(|index| self.pieces.get(index)) {
                Some((new, old)) => old + (at - new),
                None => at,
            }
        };
        let start = map(range.start);
        // The end is mapped from its last byte: after it, a mark may follow.
        let end = if range.is_empty() { start } else { map(range.end - 1) + 1 };
        start..end.max(start)
    }
}

/// A directive that is not closed yet.
struct Open {
    number: usize,
    colons: usize,
    /// Whether its inside has had any text.
    filled: bool,
}

/// Takes the directives out. What is wrong with them is reported.
pub(crate) fn prepare<'a>(text: &'a str, place: &Place, found: &mut Diagnostics) -> Prepared<'a> {
    if memchr::memmem::find(text.as_bytes(), b"::").is_none() {
        return Prepared::whole(text);
    }
    let mut prepared = Prepared::whole("");
    let free = |number: &u32| !text.contains(&format!("<!--galen{number}:"));
    let number = (0..).find(free).unwrap_or_default();
    prepared.mark = format!("<!--galen{number}:");
    let put = String::with_capacity(text.len() + 64);
    let mut scanner = Scanner { text, place, found, prepared, put, open: Vec::new() };
    let code = code(text);
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        scanner.line(start, line, &code);
        start += line.len();
    }
    scanner.finish()
}

/// The places of code, where nothing is a directive.
fn code(text: &str) -> Vec<Range<usize>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_GFM;
    let parser = Parser::new_ext(text, options).into_offset_iter();
    let block = |(event, range): (Event, Range<usize>)| {
        matches!(event, Event::Start(Tag::CodeBlock(_))).then_some(range)
    };
    parser.filter_map(block).collect()
}

struct Scanner<'t, 'a> {
    text: &'a str,
    place: &'a Place,
    found: &'a mut Diagnostics,
    prepared: Prepared<'t>,
    /// The text with its marks, so far.
    put: String,
    open: Vec<Open>,
}

impl<'t> Scanner<'t, '_> {
    fn line(&mut self, start: usize, line: &str, code: &[Range<usize>]) {
        let bare = line.trim_end_matches(['\n', '\r']);
        let at = code.partition_point(|range| range.end <= start);
        let first = start + line.len() - line.trim_start().len();
        let in_code = code.get(at).is_some_and(|range| range.start <= first);
        if !in_code {
            let indent = bare.len() - bare.trim_start_matches(' ').len();
            if indent <= 3 && bare[indent..].starts_with("::") {
                if self.directive(start, bare, indent) {
                    return;
                }
            } else if let Some(inside) = inside(bare) {
                let span = self.place.span(start + inside..start + bare.len());
                self.found.push(errors::directive_place(span));
            }
        }
        if !bare.trim().is_empty() {
            self.open.iter_mut().for_each(|it| it.filled = true);
        }
        self.prepared.pieces.push((self.put.len(), start));
        self.put.push_str(line);
    }

    /// Reads a line that starts with two colons; tells whether it is one of ours.
    fn directive(&mut self, start: usize, line: &str, indent: usize) -> bool {
        let after = &line[indent..];
        let colons = after.len() - after.trim_start_matches(':').len();
        let rest = &after[colons..];
        let range = start + indent..start + line.trim_end().len();
        if rest.trim().is_empty() {
            // Two colons alone mean nothing.
            if colons > 2 {
                self.close(colons, range);
            }
            return colons > 2;
        }
        if colons == 2 && !rest.starts_with(|char: char| char.is_ascii_alphabetic()) {
            return false;
        }
        let name_at = line.len() - rest.trim_start().len();
        let call = match arguments::read(line, name_at) {
            Ok(call) => call,
            Err((message, place)) => {
                let span = self.place.span(start + place.start..start + place.end);
                self.found.push(errors::directive_syntax(message, span));
                // What follows is still the inside of something.
                if colons > 2 {
                    self.open.push(Open { number: usize::MAX, colons, filled: true });
                }
                return true;
            }
        };
        let place = |range: Range<usize>| self.place.span(start + range.start..start + range.end);
        let argument = |(name, value, range)| Argument { name, value, span: place(range) };
        let directive = Directive {
            name: line[call.name.clone()].to_owned(),
            args: call.args.into_iter().map(argument).collect(),
            span: self.place.span(range.clone()),
            name_span: place(call.name),
            container: colons > 2,
            empty: true,
        };
        let number = self.prepared.directives.len();
        self.open.iter_mut().for_each(|it| it.filled = true);
        self.prepared.directives.push(directive);
        if colons > 2 {
            self.open.push(Open { number, colons, filled: false });
            self.put(&format!("o{number}"), &range);
        } else {
            self.put(&format!("l{number}"), &range);
        }
        true
    }

    /// Ends the innermost directive that a line of colons can end.
    fn close(&mut self, colons: usize, range: Range<usize>) {
        let same = self.open.iter().rposition(|it| it.colons == colons);
        let Some(at) = same.or_else(|| self.open.iter().rposition(|it| it.colons < colons)) else {
            self.found.push(errors::directive_unopened(self.place.span(range)));
            return;
        };
        while self.open.len() > at + 1 {
            self.unclosed(&range);
        }
        self.end(&range);
    }

    fn unclosed(&mut self, range: &Range<usize>) {
        if let Some(open) = self.open.last()
            && let Some(directive) = self.prepared.directives.get(open.number)
        {
            let (name, span) = (&directive.name, directive.span.clone());
            self.found.push(errors::directive_unclosed(name, open.colons, span));
        }
        self.end(range);
    }

    fn end(&mut self, range: &Range<usize>) {
        let Some(open) = self.open.pop() else { return };
        // A line that could not be read has no mark to end.
        if let Some(directive) = self.prepared.directives.get_mut(open.number) {
            directive.empty = !open.filled;
            self.put("c0", range);
        }
    }

    fn put(&mut self, mark: &str, range: &Range<usize>) {
        let prepared = &mut self.prepared;
        prepared.pieces.push((self.put.len(), range.start));
        self.put.push_str(&format!("\n{}{mark}-->\n\n", prepared.mark));
    }

    fn finish(mut self) -> Prepared<'t> {
        let end = self.text.len()..self.text.len();
        while !self.open.is_empty() {
            self.unclosed(&end);
        }
        self.prepared.text = self.put.into();
        self.prepared
    }
}

/// Finds a directive behind the marks of a list or a quote, or set in as their text is.
fn inside(line: &str) -> Option<usize> {
    let rest = line.trim_start_matches(|char: char| {
        char.is_whitespace() || ">-*+.)".contains(char) || char.is_ascii_digit()
    });
    let at = line.len() - rest.len();
    let colons = rest.len() - rest.trim_start_matches(':').len();
    let name = rest[colons..].trim();
    let directive = match colons {
        0 | 1 => false,
        2 => arguments::read(rest, 2).is_ok(),
        _ => name.is_empty() || arguments::read(name, 0).is_ok(),
    };
    (at > 0 && directive).then_some(at)
}
