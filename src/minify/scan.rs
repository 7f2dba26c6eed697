//! Takes a template apart: text, tags of HTML, tags of Tera, and what must stay as it is.

use crate::minify::attributes::{self, Item};
use crate::minify::tera_tags::{self, Names};
use crate::minify::{Refused, elements};

/// One piece of a template.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// Text between tags, without any.
    Text(&'a str),
    /// A tag of Tera, or a stretch of them with their text, that stays as it is.
    Tera(&'a str),
    /// What stands in an element whose every character counts, or is no HTML that is known here.
    Exact(&'a str),
    /// The content of a `style`.
    Style(&'a str),
    Start(Start<'a>),
    End {
        text: &'a str,
        name: &'a str,
    },
    /// A comment that nobody needs.
    Comment,
    Doctype(&'a str),
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    /// All of it.
    pub(crate) text: &'a str,
    /// Its name as written, which may hold tags of Tera.
    pub(crate) name: &'a str,
    /// Attributes; `None` when they are not understood and stay as they are.
    pub(crate) items: Option<Vec<Item<'a>>>,
    /// Whether it ends with `/>`.
    pub(crate) closed: bool,
}

/// Takes a template apart; `kept` names what must stay as it is, besides what always must.
///
/// # Errors
/// Says what has no end, or is not known here.
pub(crate) fn pieces<'a>(text: &'a str, kept: &Names) -> Result<Vec<Piece<'a>>, Refused> {
    let mut scan = Scan { text, at: 0, kept, pieces: Vec::new() };
    while scan.at < text.len() {
        scan.step()?;
    }
    keep_comments_that_part(&mut scan.pieces);
    Ok(scan.pieces)
}

struct Scan<'a, 'k> {
    text: &'a str,
    at: usize,
    kept: &'k Names,
    pieces: Vec<Piece<'a>>,
}

impl<'a> Scan<'a, '_> {
    fn step(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        if let Some(end) = tera_tags::end(self.text, self.at) {
            return self.tera(end);
        }
        match rest.as_bytes()[0] {
            b'<' if rest.starts_with("<!--") => self.comment(),
            b'<' if rest.starts_with("<!") || rest.starts_with("<?") => self.declaration(),
            b'<' if begins_tag(&rest[1..]) => self.start(),
            b'<' if rest.starts_with("</") && begins_tag(&rest[2..]) => self.end(),
            b'<' if rest.starts_with("</") => self.declaration(),
            _ => {
                let first = rest.chars().next().map_or(0, char::len_utf8);
                let length = rest[first..].find(['{', '<']).map_or(rest.len(), |it| first + it);
                self.take(length, Piece::Text);
                Ok(())
            }
        }
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn refuse(&self, words: &str, length: usize) -> Refused {
        Refused { words: words.to_owned(), at: self.at..self.at + length }
    }

    fn take(&mut self, length: usize, piece: impl FnOnce(&'a str) -> Piece<'a>) {
        self.pieces.push(piece(&self.text[self.at..self.at + length]));
        self.at += length;
    }

    fn tera(&mut self, end: usize) -> Result<(), Refused> {
        let end = match tera_tags::stretch(self.text, self.at..end, self.kept) {
            None => end,
            Some(Some(end)) => end,
            Some(None) => return Err(self.refuse("this block has no end", end - self.at)),
        };
        self.take(end - self.at, Piece::Tera);
        Ok(())
    }

    /// A comment; one with tags of Tera stays, and one that a server reads (`<!--#include -->`).
    fn comment(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        // `<!-->` and `<!--->` are comments too.
        let Some(end) = rest[2..].find("-->") else {
            return Err(self.refuse("this comment has no end", 4));
        };
        if rest.starts_with("<!-->") || rest.starts_with("<!--->") {
            return Err(self.refuse("this comment ends where it begins", 4));
        }
        let length = 2 + end + 3;
        let text = &rest[..length];
        let needed = text.starts_with("<!--#") || tera_tags::next(text, 0).is_some();
        self.take(length, |text| if needed { Piece::Exact(text) } else { Piece::Comment });
        Ok(())
    }

    /// `<!doctype …>`, and what browsers take for a comment: `<?…>`, `<!…>`, `</ …>`.
    fn declaration(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        let Some(length) = rest.find('>').map(|at| at + 1) else {
            return Err(self.refuse("this tag has no end", 2));
        };
        let doctype = rest.as_bytes()[..length.min(9)].eq_ignore_ascii_case(b"<!doctype");
        if rest.starts_with("<![CDATA[") {
            return Err(self.refuse("it holds `<![CDATA[`", 9));
        }
        self.take(length, if doctype { Piece::Doctype } else { Piece::Exact });
        Ok(())
    }

    fn end(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        let name = &rest[2..tag_name_end(rest, 2)];
        let Some(length) = close(rest, 2 + name.len()) else {
            return Err(self.refuse("this tag has no end", 2 + name.len()));
        };
        if elements::is_exact(elements::known(name)) {
            return Err(self.refuse("this ends an element that began elsewhere", length));
        }
        self.take(length, |text| Piece::End { text, name });
        Ok(())
    }

    fn start(&mut self) -> Result<(), Refused> {
        let rest = self.rest();
        let name = &rest[1..tag_name_end(rest, 1)];
        let Some(list) = attributes::parse(&rest[1 + name.len()..]) else {
            return Err(self.refuse("this tag has no end", 1 + name.len()));
        };
        let closed = list.closed;
        let items = Some(list.items).filter(|_| list.understood);
        self.take(1 + name.len() + list.length, |text| {
            Piece::Start(Start { text, name, items, closed })
        });
        let known = elements::known(name);
        match elements::is_exact(known) {
            true => self.content(known),
            false => Ok(()),
        }
    }

    /// The content of an element whose every character counts, and its end tag.
    fn content(&mut self, name: &'a str) -> Result<(), Refused> {
        let rest = self.rest();
        let mut at = 0;
        let (length, end) = loop {
            let next = rest[at..].find(['<', '{']).map(|length| at + length);
            let Some(next) = next else {
                return Err(self.refuse(&format!("there is no `</{name}>`"), 0));
            };
            if let Some(end) = tera_tags::end(rest, next) {
                at = end;
                continue;
            }
            let inner = &rest[next..];
            let found = inner.starts_with("</")
                && inner.get(2..2 + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
                && tag_name_end(inner, 2) == 2 + name.len();
            match inner.find('>') {
                Some(end) if found => break (next, next + end + 1),
                _ => at = next + 1,
            }
        };
        let style = name.eq_ignore_ascii_case("style");
        if length > 0 {
            self.take(length, if style { Piece::Style } else { Piece::Exact });
        }
        self.take(end - length, |text| Piece::End { text, name });
        Ok(())
    }
}

/// Tells whether what follows `<` or `</` is a name, be it one that Tera gives.
fn begins_tag(rest: &str) -> bool {
    rest.starts_with(|char: char| char.is_ascii_alphabetic())
        || rest.starts_with("{{")
        || rest.starts_with("{%")
}

fn tag_name_end(text: &str, from: usize) -> usize {
    tera_tags::name_end(text, from, b"/>")
}

/// The length of a tag up to and with its `>`, which does not stand in a tag of Tera.
fn close(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match *text.as_bytes().get(at)? {
            b'>' => return Some(at + 1),
            _ => at = tera_tags::end(text, at).unwrap_or(at + 1),
        }
    }
}

/// A comment beside a tag that trims space keeps the space on its other side, so it stays.
fn keep_comments_that_part(pieces: &mut [Piece]) {
    let blank = |piece: &Piece| match piece {
        Piece::Text(text) => text.trim().is_empty(),
        Piece::Comment => true,
        _ => false,
    };
    let trimming = |piece: Option<&Piece>, behind: bool| match piece {
        Some(Piece::Tera(tag)) if behind => tera_tags::trims_behind(tag),
        Some(Piece::Tera(tag)) => tera_tags::trims_before(tag),
        _ => false,
    };
    for at in 0..pieces.len() {
        if matches!(pieces[at], Piece::Comment) {
            let before = pieces[..at].iter().rev().find(|it| !blank(it));
            let after = pieces[at + 1..].iter().find(|it| !blank(it));
            if trimming(before, true) || trimming(after, false) {
                pieces[at] = Piece::Exact("<!---->");
            }
        }
    }
}
