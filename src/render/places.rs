//! Where the parts of a page come from: the line of a template, or of a Markdown text.
//!
//! Nothing of this is known of a page as it is made. When something is wrong with one, it is made
//! once more from the templates as they are written, with a mark before each tag of theirs and
//! before each block, link, picture and directive of Markdown. A tag of the page is the one with the
//! same number there, and the marks in it or next before it tell where it is from.

use std::ops::Range;
use std::sync::Arc;

use crate::diag::{SourceId, Span};
use crate::html::Tree;
use crate::markdown::Place;
use crate::minify::tera_tags;
use crate::render::engine::Texts;
use crate::render::marks::{CLOSE, Mark, OPEN, What, put, read, what};
use crate::render::scope::Scope;
use crate::render::sought::find_words;
use crate::render::{Engine, page};
use crate::route::Route;
use crate::text::RelPath;
use crate::theme::Theme;
use crate::vfs::Tree as Files;
use crate::world::World;

/// A page with the places of its parts.
pub struct Places {
    /// The page as it is made, marks and all.
    marked: String,
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

/// Makes a page once more to tell where its parts come from; `None` when it cannot be made.
pub fn places(world: &Arc<World>, engine: &Arc<Engine>, route: &Route) -> Option<Places> {
    let scope = Scope::new(world, engine, route);
    scope.texts.set(Texts::Marked);
    let made = page::render(&scope, route).ok()??;
    let marked = String::from_utf8(made.bytes).ok()?;
    let (html, marks) = read(&marked);
    Some(Places {
        marked,
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

    fn what(&self, mark: &Mark) -> Option<What> {
        what(&self.marked[mark.said.clone()])
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
        let first = self.marks.partition_point(|it| it.at < tag.start);
        let mut within = self.marks[first..].iter().take_while(|it| it.at < tag.end);
        let text = |it: &Mark| matches!(self.what(it), Some(What::Text(..)));
        let in_tag = within.clone().find(|it| it.at > tag.start && text(it));
        let here = within.by_ref().take_while(|it| it.at == tag.start);
        let at_tag = here.filter(|it| self.what(it) != Some(What::End)).last();
        let end = self.marks.partition_point(|it| it.at <= tag.start);
        in_tag.or(at_tag).or_else(|| self.marks[..end].last())
    }

    fn told(&self, mark: &Mark) -> Option<Origin> {
        let outer = mark.inside.and_then(|at| self.marks.get(at));
        let what = self.what(mark)?;
        match (&what, outer.and_then(|it| self.what(it))) {
            (What::Text(source, range) | What::Directive(source, range), _) => {
                let span = Span::new(self.sources.get(*source)?, range.clone());
                Some(Origin { span, through: None })
            }
            (What::Template(..), Some(What::Directive(source, range))) => {
                let span = Span::new(self.sources.get(source)?, range);
                Some(Origin { span, through: self.in_template(&what) })
            }
            (What::Template(..), _) => {
                Some(Origin { span: self.in_template(&what)?, through: None })
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
    /// How many start tags of a page are read to find it.
    pub fn tags(&self) -> usize {
        self.tag.as_ref().map_or(0, |it| it.number + 1)
    }

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
        let mut out = String::new();
        if self.marks() {
            put(&mut out, kind, [self.number_of(&span.source), span.start, span.end]);
        }
        out
    }

    /// The number by which marks name a file.
    fn number_of(&self, source: &SourceId) -> usize {
        let mut sources = self.sources.borrow_mut();
        let number = sources.iter().position(|it| it == source).unwrap_or(sources.len());
        if number == sources.len() {
            sources.push(source.clone());
        }
        number
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
        let source = match place {
            Place::Body { source, .. } => source,
            Place::Field(span) => &span.source,
        };
        let number = self.number_of(source);
        let mark = |out: &mut String, at: usize| match place {
            Place::Body { offset, .. } => put(out, 'm', [number, at + offset, at + offset]),
            Place::Field(span) => put(out, 'm', [number, span.start, span.end]),
        };
        let mut out = String::with_capacity(html.len() + (map.len() + 1) * 32);
        mark(&mut out, 0);
        let mut from = 0;
        for (at, text) in map {
            let Some(piece) = html.get(from..*at) else { continue };
            out.push_str(piece);
            mark(&mut out, *text);
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
