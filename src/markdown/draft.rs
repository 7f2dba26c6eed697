//! A text as HTML with holes where it points at the site: written once when the text is read, and
//! filled when the site is known.
//!
//! A hole stands between two NUL characters, which no text holds: a letter for its kind, then what
//! is needed to fill it, with NUL characters between.

use std::fmt::Write as _;
use std::ops::Range;

use crate::html;
use crate::markdown::{Body, Directive, Heading, Place, Resolver, headings};

/// A text without what only the site knows.
#[derive(Clone, Debug, Default)]
pub struct Draft {
    html: String,
    /// What a reader sees of it, but for what directives add.
    text: String,
    /// Bytes of the HTML with its holes, and of the text they come from.
    map: Vec<(usize, usize)>,
    outline: Vec<Heading>,
}

impl Draft {
    pub(crate) fn new(
        html: String,
        text: String,
        map: Vec<(usize, usize)>,
        outline: Vec<Heading>,
    ) -> Self {
        Self { html, text, map, outline }
    }

    /// Gives its headings.
    pub fn outline(&self) -> &[Heading] {
        &self.outline
    }

    /// Gives what a reader sees of it, but for what directives add.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Forgets what a reader sees, when nobody will ask for it.
    pub fn forget_text(&mut self) {
        self.text = String::new();
    }

    /// Gives the draft as bytes, for [`Draft::from_bytes`] of the same build.
    pub fn into_bytes(self) -> Vec<u8> {
        // A text has at most a megabyte.
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX).to_le_bytes();
        let mut names = String::new();
        let mut headings = Vec::new();
        gather(&self.outline, &mut names, &mut headings);
        let sizes = [self.html.len(), self.text.len(), names.len(), headings.len()];
        let mut bytes = self.html.into_bytes();
        let numbers = 4 * headings.len() + 2 * self.map.len() + sizes.len();
        bytes.reserve_exact(self.text.len() + names.len() + 4 * numbers);
        bytes.extend_from_slice(self.text.as_bytes());
        bytes.extend_from_slice(names.as_bytes());
        let map = self.map.iter().flat_map(|(html, text)| [*html, *text]);
        let numbers = headings.into_iter().flatten().chain(map).chain(sizes);
        numbers.for_each(|it| bytes.extend(number(it)));
        bytes
    }

    /// Reads a draft back; `None` for what is none.
    pub fn from_bytes(mut bytes: Vec<u8>) -> Option<Self> {
        let number = |four: &[u8; 4]| u32::from_le_bytes(*four) as usize;
        let (rest, sizes) = bytes.split_at_checked(bytes.len().checked_sub(16)?)?;
        let [html, text, names, headings] = sizes.as_chunks::<4>().0 else { return None };
        let [html, text, names, headings] = [html, text, names, headings].map(number);
        let (texts, numbers) = rest.split_at_checked(html + text + names)?;
        let numbers: Vec<usize> = numbers.as_chunks::<4>().0.iter().map(number).collect();
        let (outline, map) = numbers.split_at_checked(4 * headings)?;
        let (text, names) = std::str::from_utf8(texts.get(html..)?).ok()?.split_at_checked(text)?;
        let (text, outline) = (text.to_owned(), spread(names, outline)?);
        let map = map.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        bytes.truncate(html);
        Some(Self { html: String::from_utf8(bytes).ok()?, text, map, outline })
    }

    /// Fills the holes. `directives` are those that were found when the text was read.
    pub fn fill(
        self,
        directives: &[Directive],
        place: &Place,
        resolver: &mut dyn Resolver,
    ) -> Body {
        if memchr::memchr(0, self.html.as_bytes()).is_none() {
            let Self { html, map, text, outline } = self;
            return Body { html, map, text, outline };
        }
        let mut filler = Filler {
            rest: &self.html,
            at: 0,
            out: vec![String::with_capacity(self.html.len() + self.html.len() / 8)],
            open: Vec::new(),
            map: self.map,
            mapped: 0,
            directives,
            place,
            resolver,
        };
        filler.all();
        let html = filler.out.drain(..).collect();
        Body { html, map: filler.map, text: self.text, outline: self.outline }
    }
}

/// Gathers headings in order: their ids and titles, and four numbers each.
fn gather(headings: &[Heading], names: &mut String, numbers: &mut Vec<[usize; 4]>) {
    for it in headings {
        names.push_str(&it.id);
        names.push_str(&it.title);
        let level = usize::from(it.level) * 2 + usize::from(it.bare);
        numbers.push([it.id.len(), it.title.len(), it.start, level]);
        gather(&it.children, names, numbers);
    }
}

/// Makes headings of what [`gather`] gathered.
fn spread(mut names: &str, numbers: &[usize]) -> Option<Vec<Heading>> {
    let mut flat = Vec::with_capacity(numbers.len() / 4);
    for it in numbers.chunks_exact(4) {
        let (id, rest) = names.split_at_checked(it[0])?;
        let (title, rest) = rest.split_at_checked(it[1])?;
        names = rest;
        let (id, title) = (id.to_owned(), title.to_owned());
        let (level, bare) = (u8::try_from(it[3] / 2).ok()?, it[3] % 2 == 1);
        flat.push(Heading { id, title, level, start: it[2], bare, children: Vec::new() });
    }
    Some(headings::tree(flat))
}

/// Writes the hole of a link's address.
pub(crate) fn link(address: &str, range: &Range<usize>, out: &mut String) {
    let _ = write!(out, "\0l{},{}\0{}\0", range.start, range.end, without_nul(address));
}

/// Writes the hole of a picture's address, alternative text and size.
pub(crate) fn picture(
    address: &str,
    (alt, shown): (&str, bool),
    range: &Range<usize>,
    out: &mut String,
) {
    let kind = if shown { 'p' } else { 'd' };
    let (start, end) = (range.start, range.end);
    let (alt, address) = (without_nul(alt), without_nul(address));
    let _ = write!(out, "\0{kind}{start},{end}\0{alt}\0{address}\0");
}

/// Writes the hole of a picture's address alone, within quotes.
pub(crate) fn candidate(address: &str, alt: &str, range: &Range<usize>, out: &mut String) {
    let (start, end) = (range.start, range.end);
    let (alt, address) = (without_nul(alt), without_nul(address));
    let _ = write!(out, "\0s{start},{end}\0{alt}\0{address}\0");
}

/// Writes the hole of a directive without an inside.
pub(crate) fn leaf(number: usize, out: &mut String) {
    let _ = write!(out, "\0v{number}\0");
}

/// Writes the start of a directive with an inside.
pub(crate) fn open(number: usize, out: &mut String) {
    let _ = write!(out, "\0o{number}\0");
}

/// Writes the end of the innermost directive.
pub(crate) fn close(out: &mut String) {
    out.push_str("\0c\0");
}

/// Texts hold no NUL: neither files do, nor what the parser makes of them. This is for the day
/// when that is not so.
fn without_nul(text: &str) -> std::borrow::Cow<'_, str> {
    match memchr::memchr(0, text.as_bytes()) {
        Some(_) => text.replace('\0', "\u{FFFD}").into(),
        None => text.into(),
    }
}

struct Filler<'a> {
    rest: &'a str,
    /// Where `rest` starts in the HTML with its holes.
    at: usize,
    /// The HTML, and the insides of the directives that are open.
    out: Vec<String>,
    open: Vec<usize>,
    map: Vec<(usize, usize)>,
    /// How many of the map's places have been moved to where they are now.
    mapped: usize,
    directives: &'a [Directive],
    place: &'a Place,
    resolver: &'a mut dyn Resolver,
}

impl<'a> Filler<'a> {
    fn all(&mut self) {
        while let Some(length) = memchr::memchr(0, self.rest.as_bytes()) {
            self.copy(length);
            self.take(1);
            let head = self.field();
            let (kind, head) = head.split_at_checked(1).unwrap_or_default();
            match kind {
                "l" => self.link(head),
                "p" => self.picture(head, true),
                "d" => self.picture(head, false),
                "s" => self.candidate(head),
                "v" => self.directive(head.parse().ok(), None),
                "o" => {
                    self.open.extend(head.parse::<usize>());
                    self.out.push(String::new());
                }
                _ => {
                    if let Some(number) = self.open.pop() {
                        let content = self.out.pop();
                        self.directive(Some(number), content);
                    }
                }
            }
        }
        self.copy(self.rest.len());
    }

    /// Writes so much of the HTML as it is.
    fn copy(&mut self, length: usize) {
        let piece = self.take(length);
        let [.., out] = self.out.as_mut_slice() else { return };
        // Only blocks outside of directives are mapped.
        while let Some((html, _)) = self.map.get_mut(self.mapped) {
            if *html > self.at {
                break;
            }
            *html = out.len() + (*html + length).saturating_sub(self.at);
            self.mapped += 1;
        }
        out.push_str(piece);
    }

    fn take(&mut self, length: usize) -> &'a str {
        let (piece, rest) = self.rest.split_at_checked(length).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at += length;
        piece
    }

    /// Takes what stands before the next NUL, and the NUL.
    fn field(&mut self) -> &'a str {
        let length = memchr::memchr(0, self.rest.as_bytes()).unwrap_or(self.rest.len());
        let field = self.take(length);
        self.take(1);
        field
    }

    fn range(head: &str) -> Range<usize> {
        let (start, end) = head.split_once(',').unwrap_or_default();
        start.parse().unwrap_or(0)..end.parse().unwrap_or(0)
    }

    fn link(&mut self, head: &str) {
        let address = self.field();
        let href = self.resolver.link(address, self.place.span(Self::range(head)));
        if let Some(out) = self.out.last_mut() {
            html::attribute("href", &html::address(&href), out);
        }
    }

    fn picture(&mut self, head: &str, shown: bool) {
        let (alt, address) = (self.field(), self.field());
        let span = self.place.span(Self::range(head));
        let picture = self.resolver.picture(address, alt, span);
        let Some(out) = self.out.last_mut() else { return };
        html::attribute("src", &html::address(&picture.url), out);
        html::attribute("alt", if shown { alt } else { "" }, out);
        for (name, size) in [("width", picture.width), ("height", picture.height)] {
            if let Some(size) = size {
                html::attribute(name, &size.to_string(), out);
            }
        }
    }

    fn candidate(&mut self, head: &str) {
        let (alt, address) = (self.field(), self.field());
        let span = self.place.span(Self::range(head));
        let picture = self.resolver.picture(address, alt, span);
        let Some(out) = self.out.last_mut() else { return };
        // A comma would end the address among others.
        let address = html::address(&picture.url).replace(',', "%2C").replace('&', "&amp;");
        out.push_str(&address);
    }

    fn directive(&mut self, number: Option<usize>, content: Option<String>) {
        let Some(directive) = number.and_then(|number| self.directives.get(number)) else {
            // A line that could not be read: what is inside stays.
            if let (Some(content), Some(out)) = (content, self.out.last_mut()) {
                out.push_str(&content);
            }
            return;
        };
        let content = content.filter(|_| !directive.empty);
        let html = self.resolver.directive(directive, content);
        if let Some(out) = self.out.last_mut() {
            out.push_str(&html);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::{SourceId, Span};
    use crate::markdown::Picture;

    struct Upper;

    impl Resolver for Upper {
        fn link(&mut self, address: &str, span: Span) -> String {
            format!("{}@{}", address.to_uppercase(), span.start)
        }

        fn picture(&mut self, address: &str, _: &str, _: Span) -> Picture {
            Picture { url: address.to_uppercase(), width: Some(3), height: None }
        }

        fn directive(&mut self, _: &Directive, content: Option<String>) -> String {
            format!("[{}]", content.unwrap_or_default())
        }
    }

    #[test]
    fn holes_are_filled_and_places_move_with_them() {
        let mut html = String::from("<p><a");
        link("/a", &(7..9), &mut html);
        html.push_str(">x</a></p>");
        let second = html.len();
        html.push_str("<p><img");
        picture("/b", ("B", true), &(10..12), &mut html);
        html.push_str("></p>");
        let heading = |id: &str, level| Heading {
            id: id.to_owned(),
            title: id.to_uppercase(),
            level,
            start: id.len() * 7,
            bare: level == 3,
            children: Vec::new(),
        };
        let levels = [("été", 3), ("a", 2), ("b-2", 3), ("c", 4), ("d", 3), ("e", 2)];
        let outline = headings::tree(levels.map(|(id, level)| heading(id, level)));
        let map = vec![(0, 1), (second, 5)];
        let draft = Draft::new(html, "x".to_owned(), map, outline.clone());
        let again = Draft::from_bytes(draft.into_bytes()).expect("a draft");
        let place = Place::Body { source: SourceId::new("a.md"), offset: 100 };
        let body = again.fill(&[], &place, &mut Upper);
        assert_eq!(body.html, "<p><a href=/A@107>x</a></p><p><img src=/B alt=B width=3></p>");
        let at = body.html.find("<p><img").expect("a picture");
        assert_eq!(body.map, [(0, 1), (at, 5)]);
        assert_eq!(body.outline, outline);
        assert_eq!(outline[1].children[0].children[0].title, "C");
    }
}
