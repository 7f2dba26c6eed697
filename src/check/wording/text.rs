//! The words of a page in one pass: blocks of text, each with its place in the HTML.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use foldhash::fast::FixedState;

use crate::check::wording::is_english;
use crate::check::wording::json::strings;
use crate::check::wording::known::Stretch;
use crate::check::wording::piece::{How, Piece};
use crate::html::tree::{Id, Kind as NodeKind};
use crate::html::{Few, Tag as T, Tree};

/// What a block of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A paragraph, or text outside of any.
    Prose,
    /// A heading.
    Heading,
    /// An item of a list.
    Item,
    /// A cell of a table.
    Cell,
    /// A term that is explained: `dt`, or a summary that opens.
    Term,
    /// The words of a control or of a menu.
    Control,
    /// The alternative text of a picture.
    Alt,
    /// An attribute that is read out or shown: `title`, `aria-label`.
    Attribute,
    /// What search engines are told: the title, the description, structured data.
    Head,
}

/// Text without a break in it: inline elements are joined.
#[derive(Clone, Debug)]
pub(crate) struct Block {
    /// Its bytes in [`Text::text`].
    pub(crate) range: Range<usize>,
    /// What it is.
    pub(crate) kind: Kind,
    /// Whether it is a part of what the page is read for.
    pub(crate) is_read: bool,
    /// The node that it starts with.
    pub(crate) node: Id,
}

/// All words of a page.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// The text, entities read.
    pub(crate) text: String,
    /// Its blocks: first what is seen, in order, then attributes, then the head.
    pub(crate) blocks: Vec<Block>,
    pub(super) pieces: Vec<Piece>,
    /// Those parts of it that are known parts of the page, in order.
    pub(super) stretches: Vec<Stretch>,
}

/// The words of an attribute, and where it stands.
pub(super) type Attribute = (Kind, Range<usize>, String);

/// What holds within an element.
#[derive(Clone, Copy)]
struct Context {
    after: Id,
    kind: Kind,
    is_read: bool,
}

/// What collects the words of a page.
pub(super) struct Collector<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) out: Text,
    /// Where the block starts in the text, and the node that it starts with.
    pub(super) start: usize,
    first: Id,
    stack: Vec<Context>,
    pub(super) attributes: Vec<Attribute>,
    pub(super) json: Vec<Id>,
}

/// How many bytes of text may be a repetition.
const REPEATED: usize = 24;

/// The attributes that are words, or say of what language and how hidden an element is.
static WORDS: Few = Few::of(&["hidden", "lang", "alt", "title", "aria-label", "placeholder"]);

/// Collects the words of a page. Scripts, styles and what is hidden are left out.
pub(crate) fn collect(tree: &Tree) -> Text {
    let has_main = tree.nodes.iter().any(|it| it.element == T::MAIN);
    let nodes = tree.nodes.len();
    let mut it = Collector {
        tree,
        out: Text { text: String::with_capacity(tree.text.len() / 2), ..Text::default() },
        start: 0,
        first: 0,
        stack: vec![Context { after: nodes, kind: Kind::Prose, is_read: !has_main }],
        attributes: Vec::new(),
        json: Vec::new(),
    };
    let mut id = 0;
    for (number, met) in tree.parts.iter().enumerate() {
        while id < met.first {
            id = it.node(id);
        }
        // It may stand in something that is not seen.
        if id == met.first {
            it.part(number, met);
            id = met.after;
        }
    }
    while id < nodes {
        id = it.node(id);
    }
    it.flush();
    it.rest();
    it.out
}

impl Collector<'_, '_> {
    /// Looks at a node, and gives the next.
    pub(super) fn node(&mut self, id: Id) -> Id {
        let node = &self.tree.nodes[id];
        self.leave(id);
        match node.kind {
            NodeKind::Text => self.text(id),
            NodeKind::Comment => (),
            NodeKind::Element if node.foreign => return node.after,
            NodeKind::Element => return self.element(id),
        }
        id + 1
    }

    /// Leaves the elements that end before a node.
    pub(super) fn leave(&mut self, id: Id) {
        while self.stack.len() > 1 && self.stack.last().is_some_and(|it| it.after <= id) {
            self.flush();
            self.stack.pop();
        }
    }

    /// What a block is that starts here, and whether it is read.
    pub(super) fn context(&self) -> (Kind, bool) {
        self.stack.last().map_or((Kind::Prose, false), |it| (it.kind, it.is_read))
    }

    fn text(&mut self, id: Id) {
        let node = &self.tree.nodes[id];
        let html = node.tag();
        let read = self.tree.read(node);
        let how = match read {
            Cow::Borrowed(_) => How::Exact,
            Cow::Owned(_) => How::Entities,
        };
        if self.out.text.len() == self.start {
            self.first = id;
        }
        self.out.pieces.push(Piece { at: self.out.text.len(), html, how });
        self.out.text.push_str(&read);
    }

    fn element(&mut self, id: Id) -> Id {
        let node = &self.tree.nodes[id];
        let current = self.stack.last().copied();
        let current =
            current.unwrap_or(Context { after: node.after, kind: Kind::Prose, is_read: false });
        let unread = Context { after: node.after, is_read: false, ..current };
        let open = |kind| Context { after: node.after, kind, ..current };
        let context = match node.element {
            T::HTML | T::BODY => return id + 1,
            T::SCRIPT
                if self.tree.attribute(id, "type").is_some_and(|it| it.ends_with("+json")) =>
            {
                self.json.push(id);
                return node.after;
            }
            T::SCRIPT | T::STYLE | T::TEMPLATE | T::IFRAME | T::OBJECT => {
                return node.after;
            }
            T::HEAD => Some(unread),
            T::TITLE => {
                let title = self.tree.text_of(id).into_owned();
                self.attributes.push((Kind::Head, node.whole(), title));
                return node.after;
            }
            T::META => {
                self.meta(id);
                return node.after;
            }
            T::BR => {
                if self.out.text.len() == self.start {
                    self.first = id;
                }
                self.out.text.push(' ');
                return node.after;
            }
            T::MAIN => Some(Context { is_read: true, ..unread }),
            T::NAV | T::FORM | T::FOOTER | T::ADDRESS | T::PRE | T::MENU => Some(unread),
            T::BUTTON | T::LABEL | T::LEGEND | T::OPTION | T::SELECT | T::TEXTAREA => {
                Some(Context { kind: Kind::Control, ..unread })
            }
            T::H1 | T::H2 | T::H3 | T::H4 | T::H5 | T::H6 => Some(open(Kind::Heading)),
            T::LI => Some(open(Kind::Item)),
            T::TD | T::TH => Some(open(Kind::Cell)),
            T::DT | T::SUMMARY => Some(open(Kind::Term)),
            T::DD => Some(open(Kind::Prose)),
            // What stands in an item or a cell stays one of its parts.
            T::P
            | T::DIV
            | T::SECTION
            | T::ARTICLE
            | T::ASIDE
            | T::HEADER
            | T::BLOCKQUOTE
            | T::UL
            | T::OL
            | T::DL
            | T::TABLE
            | T::THEAD
            | T::TBODY
            | T::TR
            | T::TFOOT
            | T::CAPTION
            | T::FIGURE
            | T::FIGCAPTION
            | T::HGROUP
            | T::FIELDSET
            | T::DETAILS
            | T::HR
            | T::DIALOG
            | T::SEARCH => Some(open(current.kind)),
            _ => None,
        };
        if self.attributes_of(id) {
            return node.after;
        }
        if let Some(context) = context {
            self.flush();
            self.stack.push(context);
        }
        id + 1
    }

    /// Notes the attributes that are words; tells whether the element is not seen.
    fn attributes_of(&mut self, id: Id) -> bool {
        let mut hidden = false;
        let mut found = Vec::new();
        for (name, value) in self.tree.some(id, &WORDS) {
            let kind = match name {
                "hidden" => {
                    hidden = true;
                    continue;
                }
                "lang" if !is_english(&value) => {
                    hidden = self.tree.nodes[id].element != T::MAIN;
                    continue;
                }
                "alt" => Kind::Alt,
                "title" | "aria-label" | "placeholder" => Kind::Attribute,
                _ => continue,
            };
            if !value.trim().is_empty() {
                found.push((kind, self.tree.attribute_at(id, name), value.into_owned()));
            }
        }
        if !hidden {
            self.attributes.extend(found);
        }
        hidden
    }

    fn meta(&mut self, id: Id) {
        let name = self.tree.attribute(id, "name").or_else(|| self.tree.attribute(id, "property"));
        let Some(name) = name else { return };
        if matches!(&*name, "description" | "keywords")
            || name.ends_with(":title")
            || name.ends_with(":description")
            || name.ends_with(":alt")
        {
            let content = self.tree.attribute(id, "content").unwrap_or_default().into_owned();
            self.attributes.push((Kind::Head, self.tree.attribute_at(id, "content"), content));
        }
    }

    /// Ends the block.
    pub(super) fn flush(&mut self) {
        let range = self.start..self.out.text.len();
        let text = self.out.text.as_bytes().get(range.clone()).unwrap_or_default();
        if text.iter().any(u8::is_ascii_alphanumeric) {
            let (kind, is_read) = self.context();
            self.out.blocks.push(Block { range, kind, is_read, node: self.first });
            self.out.text.push('\n');
        } else {
            self.out.text.truncate(self.start);
            while self.out.pieces.last().is_some_and(|it| it.at >= self.start) {
                self.out.pieces.pop();
            }
        }
        self.start = self.out.text.len();
    }

    /// Adds what is not seen in its place: attributes, the head, structured data.
    fn rest(&mut self) {
        let mut attributes = std::mem::take(&mut self.attributes);
        attributes.sort_by_key(|(kind, at, _)| (*kind == Kind::Head, at.start));
        let attributes = attributes
            .into_iter()
            .map(|(kind, html, value)| (kind, html, How::Whole, Cow::Owned(value)));
        let scripts = self.json.iter().filter_map(|id| self.tree.children(*id).next());
        let strings = scripts.flat_map(|node| {
            let html = self.tree.nodes[node].tag();
            let strings = strings(&self.tree.text[html.clone()]);
            strings.into_iter().map(move |it| html.start + it.start..html.start + it.end)
        });
        let strings = strings.map(|at| {
            let raw = &self.tree.text[at.clone()];
            match raw.contains('\\') {
                false => (Kind::Head, at, How::Exact, Cow::Borrowed(raw)),
                true => {
                    let read: Option<String> = serde_json::from_str(&format!("\"{raw}\"")).ok();
                    (Kind::Head, at, How::Whole, Cow::Owned(read.unwrap_or_default()))
                }
            }
        });
        // What the head says as it is seen, such as answers to questions, is read where it is seen.
        let seen = self.out.blocks.iter().map(|it| self.out.text[it.range.clone()].trim());
        let seen: HashSet<&str, FixedState> = seen.filter(|it| it.len() >= REPEATED).collect();
        let all = attributes.chain(strings);
        let rest: Vec<_> = all
            .filter(|(kind, .., text)| *kind != Kind::Head || !seen.contains(text.trim()))
            .collect();
        for (kind, html, how, text) in rest {
            self.add(kind, html, how, &text);
        }
    }

    fn add(&mut self, kind: Kind, html: Range<usize>, how: How, text: &str) {
        let at = self.out.text.len();
        self.out.pieces.push(Piece { at, html, how });
        self.out.text.push_str(text);
        let range = at..self.out.text.len();
        self.out.blocks.push(Block { range, kind, is_read: false, node: 0 });
        self.out.text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(html: &str) -> Vec<String> {
        let text = collect(&Tree::parse(html));
        text.blocks.iter().map(|it| text.text[it.range.clone()].trim().to_owned()).collect()
    }

    #[test]
    fn inline_is_joined_and_blocks_are_not() {
        assert_eq!(
            blocks("<p><strong>very</strong> safe<p>b<ul><li>c<li>d</ul>"),
            ["very safe", "b", "c", "d"]
        );
        assert_eq!(blocks("<div>a<p>b</p>c</div><p hidden>d</p><style>e</style>"), ["a", "b", "c"]);
        assert_eq!(blocks("<p>a <span lang=de>sicher</span> b"), ["a  b"]);
    }

    #[test]
    fn what_is_not_seen_comes_last() {
        let page = "<title>T</title><meta name=description content='D e'>\
            <script type=application/ld+json>{\"a\": \"F \\\"g\\\"\", \"b c\": 1}</script>\
            <body><p>b <img alt='A c'> d";
        assert_eq!(blocks(page), ["b  d", "A c", "T", "D e", "F \"g\""]);
    }

    #[test]
    fn what_the_head_repeats_is_read_once() {
        let page = "<script type=application/ld+json>{\"a\": \"Wash it on the third day.\"}</script>\
            <p> Wash <b>it</b> on the third day. <p>Wash it.<meta name=description content='Wash it.'>";
        assert_eq!(blocks(page), ["Wash it on the third day.", "Wash it.", "Wash it."]);
    }

    #[test]
    fn places_lead_back() {
        let html = "<p>a &amp; b <b>is</b> safe";
        let tree = Tree::parse(html);
        let text = collect(&tree);
        let place = |words: &str| {
            let at = text.text.find(words).unwrap();
            &html[text.html(&tree, at..at + words.len())]
        };
        assert_eq!(place("is safe"), "is</b> safe");
        assert_eq!(place("& b"), "&amp; b");
        assert_eq!(place("b"), "b");
    }
}
