//! Reading a page into a [`Tree`]: the tokens of the HTML Standard (13.2.5), and its tree
//! construction (13.2.6) with what pages that are right need of it.

use std::sync::Arc;

use crate::html::attribute::ends_name;
use crate::html::parts::Known;
use crate::html::tags::Tag;
use crate::html::tree::{Fault, Id, Kind, Node, Tree, Wrong};

/// Reads a page, and no more of it than so many start tags, with what is known of its parts.
pub(super) fn parse(text: &str, tags: usize, known: Option<Arc<Known>>) -> Tree<'_> {
    let guess = text.len() / 24;
    let tree = Tree {
        text,
        nodes: Vec::with_capacity(guess),
        faults: Vec::new(),
        doctype: false,
        attributes: Vec::with_capacity(guess),
        shouts: false,
        parts: Vec::new(),
    };
    let mut parser = Parser {
        tree,
        open: Vec::with_capacity(32),
        phase: Phase::Before,
        form: false,
        left: Vec::new(),
        closed: 0,
        counts: [0; 256],
        ampersand: memchr::memchr(b'&', text.as_bytes()).unwrap_or(text.len()),
        tags,
        known,
    };
    parser.read();
    parser.finish();
    parser.tree
}

/// How far the document is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Before,
    Head,
    AfterHead,
    Body,
}

/// An element that is open.
pub(super) struct Open {
    pub(super) id: Id,
    pub(super) tag: Tag,
    /// Whether what is in it is SVG or MathML.
    pub(super) foreign: bool,
    /// What is around the elements in it.
    pub(super) around: u64,
}

pub(super) struct Parser<'a> {
    pub(super) tree: Tree<'a>,
    pub(super) open: Vec<Open>,
    pub(super) phase: Phase,
    /// Whether a form is open.
    pub(super) form: bool,
    /// Elements that were left without an end tag: the element, what it was in, and its fault.
    pub(super) left: Vec<(&'a str, &'a str, usize)>,
    /// The element that was ended last.
    pub(super) closed: Id,
    /// How many elements of each name are open.
    pub(super) counts: [u32; 256],
    /// The place of the next `&`, or the end.
    ampersand: usize,
    /// How many more start tags are read.
    pub(super) tags: usize,
    pub(super) known: Option<Arc<Known>>,
}

/// A start tag or an end tag as it is read.
pub(super) struct Start<'a> {
    pub(super) name: &'a str,
    pub(super) tag: Tag,
    pub(super) at: usize,
    pub(super) end: usize,
    pub(super) slash: bool,
    pub(super) attributes: (u32, u32),
}

impl<'a> Parser<'a> {
    fn read(&mut self) {
        let text = self.tree.text;
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() && self.tags > 0 {
            let next = memchr::memchr(b'<', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            let mut from = at;
            let mut less = next;
            // A `<` that starts nothing is text.
            while less < bytes.len() && !starts(bytes, less) {
                self.fault(less..less + 1, Wrong::StrayLess);
                let rest = &bytes[less + 1..];
                less = memchr::memchr(b'<', rest).map_or(bytes.len(), |length| less + 1 + length);
            }
            if less > from {
                self.characters(from, less);
                from = less;
            }
            at = if from < bytes.len() { self.markup(from) } else { from };
        }
    }

    /// Reads what a `<` starts; gives where it ends.
    fn markup(&mut self, at: usize) -> usize {
        let text = self.tree.text;
        let bytes = text.as_bytes();
        match bytes[at + 1] {
            b'!' if bytes[at..].starts_with(b"<!--") => {
                let rest = &bytes[at + 4..];
                // `<!-->` and `<!--->` are comments too.
                let end = match rest {
                    [b'>', ..] => Some(at + 5),
                    [b'-', b'>', ..] => Some(at + 6),
                    _ => memchr::memmem::find(rest, b"-->").map(|length| at + 4 + length + 3),
                };
                let end = end.unwrap_or_else(|| {
                    self.fault(at..at + 4, Wrong::UnfinishedComment);
                    bytes.len()
                });
                if self.phase > Phase::Before || !self.open.is_empty() {
                    self.add(Kind::Comment, "", (at, end), end);
                }
                end
            }
            b'!' | b'?' => {
                if bytes[at..].len() >= 9 && bytes[at..at + 9].eq_ignore_ascii_case(b"<!doctype") {
                    self.tree.doctype = true;
                }
                let cdata = bytes[at..].starts_with(b"<![CDATA[") && self.in_foreign();
                if cdata {
                    let length = memchr::memmem::find(&bytes[at..], b"]]>");
                    let end = length.map_or(bytes.len(), |length| at + length + 3);
                    self.add(Kind::Text, "", (at, end), end);
                    return end;
                }
                memchr::memchr(b'>', &bytes[at..]).map_or(bytes.len(), |length| at + length + 1)
            }
            b'/' => {
                if let Some(end) = self.plain_end(at) {
                    self.end_tag(&end);
                    return end.end;
                }
                let Some(tag) = self.tag(at, at + 2) else { return bytes.len() };
                if tag.attributes.0 != tag.attributes.1 {
                    let name = tag.name.to_owned();
                    self.fault(tag.at..tag.end, Wrong::EndTagAttributes(name));
                    self.tree.attributes.truncate(tag.attributes.0 as usize);
                }
                self.end_tag(&tag);
                tag.end
            }
            _ => {
                if let Some(end) = self.known_part(at) {
                    return end;
                }
                let Some(tag) = self.tag(at, at + 1) else { return bytes.len() };
                match self.start_tag(&tag) {
                    true => self.raw_text(&tag, tag.end),
                    false => tag.end,
                }
            }
        }
    }

    /// Takes a part that is known; gives where it ends.
    fn known_part(&mut self, at: usize) -> Option<usize> {
        let known = self.known.as_ref()?;
        let open = self.open.last().filter(|it| it.around != 0)?;
        if self.phase != Phase::Body || self.form {
            return None;
        }
        let part = known.find(&self.tree.text[at..], open.around)?;
        self.closed = self.tree.nodes.len();
        Some(part.add_to(&mut self.tree, at, open.id))
    }

    /// The end tag of the element that is open, where it is written in small letters and without more,
    /// as most are.
    fn plain_end(&self, at: usize) -> Option<Start<'a>> {
        let open = self.open.last()?;
        let name = self.tree.nodes[open.id].name;
        let rest = &self.tree.text.as_bytes()[at + 2..];
        let behind = rest.strip_prefix(name.as_bytes())?;
        let end = at + 2 + name.len() + 1;
        let attributes = self.tree.attributes.len() as u32;
        let attributes = (attributes, attributes);
        let (name, tag) = match open.tag {
            Tag::OTHER => named(name),
            tag => (name, tag),
        };
        (behind.first() == Some(&b'>')).then_some(Start {
            name,
            tag,
            at,
            end,
            slash: false,
            attributes,
        })
    }

    /// Reads a tag's name and attributes. `None` when the text ends within it.
    fn tag(&mut self, at: usize, name_at: usize) -> Option<Start<'a>> {
        let text = self.tree.text;
        let bytes = text.as_bytes();
        let name_end = (name_at..bytes.len()).find(|at| ends_name(bytes[*at]));
        let Some(mut here) = name_end else {
            self.fault(at..text.len(), Wrong::UnfinishedTag);
            return None;
        };
        let written = &text[name_at..here];
        let (name, tag) = named(written);
        let first = self.tree.attributes.len() as u32;
        let mut slash = false;
        loop {
            while here < bytes.len() && bytes[here].is_ascii_whitespace() {
                here += 1;
            }
            match bytes.get(here) {
                None => {
                    self.fault(at..(name_end.unwrap_or(at)), Wrong::UnfinishedTag);
                    self.tree.attributes.truncate(first as usize);
                    return None;
                }
                Some(b'>') => break,
                Some(b'/') => {
                    slash = bytes.get(here + 1) == Some(&b'>');
                    here += 1;
                }
                Some(_) => {
                    let (attribute, end) = self.attribute(here, bytes);
                    here = end;
                    let mut earlier = self.tree.attributes[first as usize..].iter();
                    let again = earlier.any(|it| it.name.eq_ignore_ascii_case(attribute.name));
                    if again {
                        let name = attribute.name.to_ascii_lowercase();
                        let place = attribute.start as usize..attribute.end as usize;
                        self.fault(place, Wrong::DuplicateAttribute(name));
                    } else {
                        self.tree.attributes.push(attribute);
                    }
                }
            }
        }
        let attributes = (first, self.tree.attributes.len() as u32);
        Some(Start { name, tag, at, end: here + 1, slash, attributes })
    }

    /// Tells whether there is an `&` in a range; each starts behind the last one that was asked for.
    pub(super) fn has_entities(&mut self, start: usize, end: usize) -> bool {
        let bytes = self.tree.text.as_bytes();
        if self.ampersand < start {
            let next = memchr::memchr(b'&', &bytes[start..]);
            self.ampersand = next.map_or(bytes.len(), |length| start + length);
        }
        self.ampersand < end
    }

    /// Takes the text of an element that holds no tags; gives where it ends.
    fn raw_text(&mut self, start: &Start, from: usize) -> usize {
        let bytes = self.tree.text.as_bytes();
        let mut at = from;
        let end = loop {
            let Some(length) = memchr::memchr(b'<', &bytes[at..]) else { break bytes.len() };
            at += length;
            let rest = &bytes[at..];
            let name = start.name.as_bytes();
            if rest.get(1) == Some(&b'/')
                && rest.get(2..2 + name.len()).is_some_and(|it| it.eq_ignore_ascii_case(name))
                && rest
                    .get(2 + name.len())
                    .is_none_or(|it| !it.is_ascii_alphanumeric() && *it != b'-')
            {
                break at;
            }
            at += 1;
        };
        if end > from {
            self.add(Kind::Text, "", (from, end), end);
        }
        end
    }

    pub(super) fn in_foreign(&self) -> bool {
        self.open.last().is_some_and(|open| open.foreign)
    }

    pub(super) fn fault(&mut self, at: std::ops::Range<usize>, what: Wrong) {
        self.tree.faults.push(Fault { at, what });
    }

    /// Adds a node to the element that is open.
    pub(super) fn add(
        &mut self,
        kind: Kind,
        name: &'a str,
        (start, open_end): (usize, usize),
        end: usize,
    ) -> Id {
        let id = self.tree.nodes.len();
        let attributes = self.tree.attributes.len() as u32;
        let entities = kind == Kind::Text && self.has_entities(start, end);
        self.tree.nodes.push(Node {
            kind,
            name,
            element: Tag::OTHER,
            foreign: false,
            entities,
            parent: self.open.last().map_or(id, |open| open.id),
            after: id + 1,
            start: start as u32,
            open_end: open_end as u32,
            end: end as u32,
            attributes: (attributes, attributes),
        });
        id
    }
}

/// Tells whether a `<` starts a tag, a comment or the like.
fn starts(bytes: &[u8], at: usize) -> bool {
    match bytes.get(at + 1) {
        Some(b'!' | b'?') => true,
        Some(b'/') => bytes.get(at + 2).is_some_and(|it| it.is_ascii_alphabetic()),
        Some(byte) => byte.is_ascii_alphabetic(),
        None => false,
    }
}

/// Finds a name among those that are known, in whatever case it is written.
fn named(written: &str) -> (&str, Tag) {
    let tag = Tag::of(written);
    if tag != Tag::OTHER {
        return (tag.name(), tag);
    }
    if written.bytes().any(|byte| byte.is_ascii_uppercase()) {
        let tag = Tag::of(&written.to_ascii_lowercase());
        if tag != Tag::OTHER {
            return (tag.name(), tag);
        }
    }
    (written, Tag::OTHER)
}
