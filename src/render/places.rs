//! Where the parts of a page come from: the line of a template, or of a Markdown text.
//!
//! Nothing of this is known of a page as it is made. When something is wrong with one, it is made
//! once more from the templates as they are written, with a mark before each tag of theirs and
//! before each block, link, picture and directive of Markdown. A tag of the page is the one with the
//! same number there, and the marks in it or next before it tell where it is from.

use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use crate::diag::{SourceId, Span};
use crate::html::Tree;
use crate::markdown::Place;
use crate::minify::tera_tags;
use crate::render::engine::Texts;
use crate::render::scope::Scope;
use crate::render::sought::find_words;
use crate::render::{Engine, page};
use crate::route::Route;
use crate::text::RelPath;
use crate::theme::Theme;
use crate::vfs::Tree as Files;
use crate::world::World;

/// A mark stands between these, which are no characters of any script.
const OPEN: char = '\u{f0000}';
const CLOSE: char = '\u{f0001}';
/// The same as an address writes them.
const ADDRESS: [&str; 2] = ["%F3%B0%80%80", "%F3%B0%80%81"];

/// A page with the places of its parts.
pub struct Places {
    html: String,
    marks: Vec<Mark>,
    theme: Arc<Theme>,
    sources: Vec<SourceId>,
    files: Arc<Files>,
    own: SourceId,
}

/// Where a part of a page comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The place.
    pub span: Span,
    /// The place of the directive's template, where the part comes from a directive.
    pub through: Option<Span>,
}

#[derive(Clone, Debug)]
struct Mark {
    /// The byte of the page before which it stands.
    at: usize,
    what: What,
    /// The directive in which it stands: its number among the marks.
    inside: Option<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    /// A byte of a template, by their numbers.
    Template(usize, usize),
    /// Bytes of a file, by its number.
    Text(usize, Range<usize>),
    /// Those of a directive, which starts here.
    Directive(usize, Range<usize>),
    /// A directive ends here.
    End,
}

/// Makes a page once more to tell where its parts come from; `None` when it cannot be made.
pub fn places(world: &Arc<World>, engine: &Arc<Engine>, route: &Route) -> Option<Places> {
    let scope = Scope::new(world, engine, route);
    scope.texts.set(Texts::Marked);
    let made = page::render(&scope, route).ok()?;
    let marked = String::from_utf8(made.bytes).ok()?;
    let (html, marks) = read(&marked);
    Some(Places {
        html,
        marks,
        theme: engine.shared_theme(),
        sources: scope.sources.take(),
        files: Arc::clone(&world.site.tree),
        own: route.source.clone(),
    })
}

impl Places {
    /// Gives the page as the templates write it.
    pub fn html(&self) -> &str {
        &self.html
    }

    /// Tells where a part of a page comes from. `own` is the page as the templates write it; `words`
    /// are looked for from there on, and in the entry that the page is about. `None` when it cannot
    /// be told.
    pub fn origin(&self, own: &Tree, spot: &Spot, words: Option<&str>) -> Option<Origin> {
        let tag = spot.tag.as_ref()?;
        let same = own.elements().filter(|id| !own.nodes[*id].is_implied()).nth(tag.number)?;
        let node = &own.nodes[same];
        if node.name != tag.name {
            return None;
        }
        let mark = self.mark(node.tag())?;
        let mut origin = self.told(mark)?;
        if let Some(words) = words {
            self.narrow(&mut origin, words);
        }
        Some(origin)
    }

    /// The mark in a tag, or else the next before it.
    fn mark(&self, tag: Range<usize>) -> Option<&Mark> {
        let mut within = self.marks.iter().filter(|it| tag.contains(&it.at));
        let in_tag =
            within.clone().find(|it| it.at > tag.start && matches!(it.what, What::Text(..)));
        let at_tag = within.rfind(|it| it.at == tag.start && it.what != What::End);
        let end = self.marks.partition_point(|it| it.at <= tag.start);
        in_tag.or(at_tag).or_else(|| self.marks[..end].last())
    }

    fn told(&self, mark: &Mark) -> Option<Origin> {
        let outer = mark.inside.and_then(|at| self.marks.get(at));
        match (&mark.what, outer.map(|it| &it.what)) {
            (What::Text(source, range) | What::Directive(source, range), _) => {
                let span = Span::new(self.sources.get(*source)?, range.clone());
                Some(Origin { span, through: None })
            }
            (What::Template(..), Some(What::Directive(source, range))) => {
                let span = Span::new(self.sources.get(*source)?, range.clone());
                Some(Origin { span, through: self.in_template(&mark.what) })
            }
            (What::Template(..), _) => {
                Some(Origin { span: self.in_template(&mark.what)?, through: None })
            }
            // What follows a directive is from wherever the directive is.
            (What::End, _) => self.told(outer?),
        }
    }

    fn in_template(&self, what: &What) -> Option<Span> {
        let What::Template(number, at) = what else { return None };
        let template = self.theme.templates.get(*number)?;
        let rest = template.text.get(*at..)?;
        let line = rest.lines().next().unwrap_or_default();
        let end = tag_end(line);
        Some(Span::new(&template.source, *at..*at + end))
    }

    /// Brings an origin to the words that are meant, where they are found.
    fn narrow(&self, origin: &mut Origin, words: &str) {
        let found = |source: &SourceId, from: usize| {
            let text = self.files.text(source)?;
            let range = find_words(text.get(from..)?, words)?;
            Some(Span::new(source, from + range.start..from + range.end))
        };
        let here = found(&origin.span.source, origin.span.start);
        let start = || found(&self.own, 0);
        if let Some(span) = here.or_else(start) {
            origin.span = span;
        }
    }
}

/// A place in a page, as it can be found again when the page is made once more.
pub struct Spot {
    at: usize,
    tag: Option<Before>,
}

/// The last start tag at or before a place.
struct Before {
    /// How many there are before it.
    number: usize,
    name: String,
    range: Range<usize>,
}

impl Spot {
    /// Notes a byte of a page.
    pub fn new(page: &Tree, at: usize) -> Self {
        let written = page.elements().filter(|id| !page.nodes[*id].is_implied());
        let before = written.take_while(|id| page.nodes[*id].tag().start <= at);
        let tag = before.enumerate().last().map(|(number, id)| {
            let node = &page.nodes[id];
            Before { number, name: node.name.to_owned(), range: node.tag() }
        });
        Self { at, tag }
    }
}

/// The end of the tag that a line starts with; of what there is of it.
fn tag_end(line: &str) -> usize {
    let mut at = 1;
    while let Some(length) = line.get(at..).and_then(|rest| rest.find(['>', '{'])) {
        at += length;
        match tera_tags::end(line, at) {
            Some(end) => at = end,
            None if line.as_bytes()[at] == b'>' => return at + 1,
            None => at += 1,
        }
    }
    line.len()
}

/// Reads a marked page: without its marks, and the marks.
fn read(marked: &str) -> (String, Vec<Mark>) {
    let mut html = String::with_capacity(marked.len());
    let (mut marks, mut open): (Vec<Mark>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut rest = marked;
    // Few pages have marks in addresses, and a text is not to be looked through for each mark.
    let mut written = rest.find(ADDRESS[0]);
    while let Some((before, mark, after)) = next(rest, written) {
        html.push_str(before);
        let passed = rest.len() - after.len();
        rest = after;
        written = match written {
            Some(at) if at < passed => rest.find(ADDRESS[0]),
            at => at.map(|at| at - passed),
        };
        let Some(what) = what(mark) else { continue };
        let inside = open.last().copied();
        if what == What::End {
            open.pop();
        }
        if matches!(what, What::Directive(..)) {
            open.push(marks.len());
        }
        marks.push(Mark { at: html.len(), what, inside });
    }
    html.push_str(rest);
    (html, marks)
}

/// The next mark: what is before it, what it says, what is behind it. `written` is where the next mark
/// in an address starts.
fn next(text: &str, written: Option<usize>) -> Option<(&str, &str, &str)> {
    let plain = memmem::find(text.as_bytes(), OPEN.encode_utf8(&mut [0; 4]).as_bytes());
    let plain = plain.map(|at| (at, OPEN.len_utf8(), None));
    let written = written.map(|at| (at, ADDRESS[0].len(), Some(ADDRESS[1])));
    let (at, length, close) = plain.into_iter().chain(written).min()?;
    let inner = &text[at + length..];
    let (end, skip) = match close {
        Some(close) => (inner.find(close)?, close.len()),
        None => (inner.find(CLOSE)?, CLOSE.len_utf8()),
    };
    Some((&text[..at], &inner[..end], &inner[end + skip..]))
}

fn what(mark: &str) -> Option<What> {
    let kind = mark.chars().next()?;
    let mut numbers = mark.get(1..)?.split('.').map(|it| it.parse::<usize>().ok());
    let mut number = || numbers.next().flatten();
    match kind {
        't' => Some(What::Template(number()?, number()?)),
        'm' => Some(What::Text(number()?, number()?..number()?)),
        'd' => Some(What::Directive(number()?, number()?..number()?)),
        'x' => Some(What::End),
        _ => None,
    }
}

/// Gives a template with a mark before each of its tags.
pub(super) fn marked_template(number: usize, text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len() * 2);
    let (mut at, mut copied) = (0, 0);
    let mut raw: Option<&str> = None;
    while at < bytes.len() {
        if let Some(end) = tera_tags::end(text, at) {
            at = end;
            continue;
        }
        let rest = &text[at..];
        if bytes[at] != b'<' {
            at += 1;
            while !text.is_char_boundary(at) {
                at += 1;
            }
            continue;
        }
        if let Some(name) = raw {
            let ends =
                rest.get(..name.len() + 2).is_some_and(|it| it[2..].eq_ignore_ascii_case(name));
            if rest.starts_with("</") && ends {
                raw = None;
            }
        } else if rest.starts_with("<!--") {
            at += rest.find("-->").unwrap_or(rest.len() - 1);
        } else if bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic) {
            out.push_str(&text[copied..at]);
            out.push_str(&format!("{OPEN}t{number}.{at}{CLOSE}"));
            copied = at;
            let named = |name: &&str| {
                let after = rest.as_bytes().get(name.len() + 1);
                rest[1..].get(..name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
                    && after.is_some_and(|it| !it.is_ascii_alphanumeric())
            };
            raw = ["script", "style", "textarea", "title"].iter().copied().find(named);
        }
        at += 1;
    }
    out.push_str(&text[copied..]);
    out
}

impl Scope {
    /// Tells whether marks are wanted.
    fn marks(&self) -> bool {
        self.texts.get() == Texts::Marked
    }

    /// The mark of a place in a file; empty when none is wanted.
    pub(super) fn mark(&self, span: &Span) -> String {
        self.marked('m', span)
    }

    fn marked(&self, kind: char, span: &Span) -> String {
        if !self.marks() {
            return String::new();
        }
        let mut sources = self.sources.borrow_mut();
        let number = sources.iter().position(|it| *it == span.source).unwrap_or(sources.len());
        if number == sources.len() {
            sources.push(span.source.clone());
        }
        format!("{OPEN}{kind}{number}.{}.{}{CLOSE}", span.start, span.end)
    }

    /// Puts marks around a directive.
    pub(super) fn mark_directive(&self, span: &Span, html: String) -> String {
        match self.marks() {
            true => format!("{}{html}{OPEN}x{CLOSE}", self.marked('d', span)),
            false => html,
        }
    }

    /// Puts a mark before each block of a text.
    pub(super) fn mark_blocks(
        &self,
        place: &Place,
        map: &[(usize, usize)],
        html: String,
    ) -> String {
        if !self.marks() {
            return html;
        }
        let span = |at: usize| match place {
            Place::Body { source, offset } => Span::new(source, at + offset..at + offset),
            Place::Field(span) => span.clone(),
        };
        let mut out = self.mark(&span(0));
        let mut from = 0;
        for (at, text) in map {
            let Some(piece) = html.get(from..*at) else { continue };
            out.push_str(piece);
            out.push_str(&self.mark(&span(*text)));
            from = *at;
        }
        out.push_str(&html[from..]);
        out
    }
}

/// Reads a file's path as a source; for [`Places`] of files that are copied.
pub fn origin_in(file: &RelPath, spot: &Spot) -> Origin {
    let here = || spot.at..spot.at;
    let tag = spot.tag.as_ref().map(|it| it.range.clone()).filter(|it| it.contains(&spot.at));
    Origin { span: Span::new(&file.source(), tag.unwrap_or_else(here)), through: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_templates_are_marked() {
        let text = "{% if a < b %}<p>{{ \"<b>\" }}<script>1<a</script><i>";
        let marked = marked_template(3, text);
        let (html, marks) = read(&marked);
        assert_eq!(html, text);
        let at: Vec<&str> = marks.iter().map(|it| &html[it.at..it.at + 2]).collect();
        assert_eq!(at, ["<p", "<s", "<i"]);
    }
}
