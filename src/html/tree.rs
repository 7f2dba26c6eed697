//! A page as a tree, for judging: what a browser would make of it, each part with its place in the
//! text, and what is wrong with the markup.
//!
//! [`Tree::parse`] follows the HTML Standard's tree construction for all markup that is right. Where
//! markup is wrong it says so ([`Fault`]) and goes on with a tree that is near to a browser's.

use std::borrow::Cow;
use std::ops::Range;

use crate::html::entities::{decode, decode_value};
use crate::html::few::Few;
use crate::html::parse;
use crate::html::parts::Parts;
use crate::html::tags::{self, Tag};
use crate::text::between;

pub(crate) use crate::html::part::Met;

/// A page, or a piece of one.
#[derive(Debug)]
pub struct Tree<'a> {
    /// The HTML.
    pub text: &'a str,
    /// Its elements, texts and comments in document order. The first is `html`.
    pub nodes: Vec<Node<'a>>,
    /// What is wrong with the markup, in order.
    pub faults: Vec<Fault>,
    /// Whether it starts with `<!doctype html>`.
    pub doctype: bool,
    pub(super) attributes: Vec<Attribute<'a>>,
    /// Whether an attribute that gives or names an id is written with capitals.
    pub(crate) shouts: bool,
    /// The parts that are known from other pages, in order.
    pub(crate) parts: Vec<Met>,
}

/// The number of a node: its place in [`Tree::nodes`].
pub type Id = usize;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An element.
    Element,
    /// Text, as it is written.
    Text,
    /// A comment.
    Comment,
}

/// A part of a page.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// What it is.
    pub kind: Kind,
    /// The element's name, in small letters but for names within SVG; empty for others.
    pub name: &'a str,
    /// The number of its name when it is an element of HTML, [`Tag::OTHER`] for all others.
    pub(crate) element: Tag,
    /// Whether the element is of SVG or MathML.
    pub foreign: bool,
    /// Whether a text has an `&` in it.
    pub(super) entities: bool,
    /// The element in which it is; `html` is in itself.
    pub parent: Id,
    /// The first node after it that is not within it.
    pub after: Id,
    pub(super) start: u32,
    pub(super) open_end: u32,
    pub(super) end: u32,
    pub(super) attributes: (u32, u32),
}

impl Node<'_> {
    /// The start tag, or all of a text or comment; empty where the tag was left out.
    pub fn tag(&self) -> Range<usize> {
        self.start as usize..self.open_end as usize
    }

    /// All of it, up to its end tag and with it.
    pub fn whole(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The number of its name, be it an element of HTML or of SVG.
    pub(crate) fn any_element(&self) -> Tag {
        if self.foreign { Tag::of(self.name) } else { self.element }
    }

    /// Whether its tag was left out.
    pub fn is_implied(&self) -> bool {
        self.kind == Kind::Element && self.start == self.open_end
    }
}

#[derive(Clone, Debug)]
pub(super) struct Attribute<'a> {
    pub(super) name: &'a str,
    pub(super) start: u32,
    pub(super) value: &'a str,
    pub(super) end: u32,
    /// Whether its name has capitals.
    pub(super) capitals: bool,
    /// Whether its value has an `&` in it.
    pub(super) entities: bool,
}

impl<'a> Attribute<'a> {
    /// Tells whether it has a name, which is in small letters.
    fn is(&self, name: &str) -> bool {
        self.name == name || self.capitals && self.name.eq_ignore_ascii_case(name)
    }

    fn read(&self) -> Cow<'a, str> {
        match self.entities {
            true => decode_value(self.value),
            false => Cow::Borrowed(self.value),
        }
    }
}

/// What is wrong with markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The tag or attribute that is wrong.
    pub at: Range<usize>,
    /// What is wrong with it.
    pub what: Wrong,
}

/// A kind of wrong markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The element has no end tag, and needs one.
    Unclosed(String),
    /// The end tag ends nothing.
    StrayEnd(String),
    /// The element is ended while one that started within it is open: the tag of the inner one.
    Misnested {
        /// The element that is ended.
        outer: String,
        /// The element that is still open.
        inner: String,
    },
    /// The start tag may not stand there, and is ignored by browsers.
    StrayStart(String),
    /// The element stands in another in which it may not, and ends it.
    Nested {
        /// The element that is open.
        outer: String,
        /// The element that starts.
        inner: String,
    },
    /// Text or an element directly in a table, out of which browsers take it.
    InTable(String),
    /// An attribute that stands twice; the second is ignored.
    DuplicateAttribute(String),
    /// `<div/>`: the slash means nothing, the element stays open.
    SlashIgnored(String),
    /// A character that may not stand in an attribute's name or unquoted value, such as a quote.
    AttributeSyntax(char),
    /// The text ends within a tag.
    UnfinishedTag,
    /// The text ends within a comment.
    UnfinishedComment,
    /// `<` that starts no tag.
    StrayLess,
    /// Attributes on an end tag, which mean nothing.
    EndTagAttributes(String),
}

impl<'a> Tree<'a> {
    /// Reads a page, or a piece of one as if it were all of the body.
    pub fn parse(text: &'a str) -> Self {
        parse::parse(text, usize::MAX, None)
    }

    /// Reads a page of a site, of which parts may be known.
    pub(crate) fn parse_known(text: &'a str, parts: &Parts) -> Self {
        parse::parse(text, usize::MAX, parts.known())
    }

    /// Reads a page as far as so many elements have been read whose tags are written.
    pub(crate) fn parse_some(text: &'a str, elements: usize) -> Self {
        parse::parse(text, elements, None)
    }

    /// Gives the nodes of the page, in order, but for those of parts that are fine by themselves.
    pub(crate) fn unknown(&self) -> impl Iterator<Item = Id> {
        self.outside(|met| met.is_fine)
    }

    /// Gives the nodes of the page, in order, but for those of some parts.
    pub(crate) fn outside(&self, of: impl Fn(&Met) -> bool) -> impl Iterator<Item = Id> {
        let parts = self.parts.iter().filter(|it| of(it)).map(|it| it.first..it.after);
        between(parts, self.nodes.len()).into_iter().flatten()
    }

    /// Gives the known part that starts with a node.
    pub(crate) fn part_at(&self, id: Id) -> Option<&Met> {
        let at = self.parts.binary_search_by_key(&id, |it| it.first).ok()?;
        Some(&self.parts[at])
    }

    /// Gives the elements of the whole page, in order.
    pub fn elements(&self) -> impl Iterator<Item = Id> {
        self.ids(0..self.nodes.len())
    }

    /// Gives the elements within one, in order.
    pub fn within(&self, id: Id) -> impl Iterator<Item = Id> {
        self.ids(id + 1..self.nodes[id].after)
    }

    /// Gives the nodes directly within an element, in order.
    pub fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let end = self.nodes[id].after;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.nodes[child].after;
                child
            })
        })
    }

    /// Gives the elements around a node, the nearest first.
    pub fn around(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut at = id;
        std::iter::from_fn(move || {
            let parent = self.nodes[at].parent;
            (parent != at).then(|| {
                at = parent;
                parent
            })
        })
    }

    /// Tells whether a node is an element of HTML with this name.
    pub fn is(&self, id: Id, name: &str) -> bool {
        let node = &self.nodes[id];
        node.kind == Kind::Element && !node.foreign && node.name == name
    }

    /// Gives the value of an attribute, its entities read; empty for one without a value, `None`
    /// for one that is not there. The name is in small letters.
    pub fn attribute(&self, id: Id, name: &str) -> Option<Cow<'a, str>> {
        self.written(id).iter().find(|it| it.is(name)).map(Attribute::read)
    }

    /// Tells whether an attribute is there.
    pub fn has_attribute(&self, id: Id, name: &str) -> bool {
        self.written(id).iter().any(|it| it.is(name))
    }

    /// Gives an element's attributes as they are written, with the values' entities read.
    pub fn attributes(&self, id: Id) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        self.written(id).iter().map(|it| (it.name, it.read()))
    }

    /// Gives those of an element's attributes that may have one of a few names; most others are left out.
    pub(crate) fn some(&self, id: Id, few: &Few) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        let written = self.written(id).iter().filter(|it| few.may_have(it.name));
        written.map(|it| (it.name, it.read()))
    }

    /// Gives the names of an element's attributes as they are written.
    pub fn names(&self, id: Id) -> impl Iterator<Item = &'a str> {
        self.written(id).iter().map(|it| it.name)
    }

    /// Gives the place of an attribute, name and value; that of the tag when it is not there.
    pub fn attribute_at(&self, id: Id, name: &str) -> Range<usize> {
        let found = self.written(id).iter().find(|it| it.is(name));
        found.map_or(self.nodes[id].tag(), |it| it.start as usize..it.end as usize)
    }

    /// Gives the text within a node, entities read, space as it is written.
    pub fn text_of(&self, id: Id) -> Cow<'a, str> {
        let nodes = &self.nodes[id..self.nodes[id].after];
        let mut texts = nodes.iter().filter(|node| node.kind == Kind::Text);
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        let mut text = self.read(first);
        for node in texts {
            text.to_mut().push_str(&self.read(node));
        }
        text
    }

    /// Gives a text node's text: entities are read but in scripts and styles.
    pub fn read(&self, node: &Node<'a>) -> Cow<'a, str> {
        let raw = &self.text[node.tag()];
        match node.entities && !tags::RAW.has(self.nodes[node.parent].element) {
            true => decode(raw),
            false => Cow::Borrowed(raw),
        }
    }

    fn written(&self, id: Id) -> &[Attribute<'a>] {
        let (start, end) = self.nodes[id].attributes;
        &self.attributes[start as usize..end as usize]
    }

    fn ids(&self, range: Range<Id>) -> impl Iterator<Item = Id> {
        range.filter(|id| self.nodes[*id].kind == Kind::Element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as text: names with brackets around what is within.
    fn shape(html: &str) -> String {
        let tree = Tree::parse(html);
        fn write(tree: &Tree, id: Id, out: &mut String) {
            let node = &tree.nodes[id];
            match node.kind {
                Kind::Text => out.push_str(&format!("'{}'", &tree.text[node.tag()])),
                Kind::Comment => out.push('!'),
                Kind::Element => {
                    out.push_str(node.name);
                    out.push('(');
                    tree.children(id).for_each(|child| write(tree, child, out));
                    out.push(')');
                }
            }
        }
        let mut out = String::new();
        let body = tree.elements().find(|id| tree.is(*id, "body")).unwrap();
        tree.children(body).for_each(|child| write(&tree, child, &mut out));
        out
    }

    fn faults(html: &str) -> Vec<(String, Wrong)> {
        let tree = Tree::parse(html);
        tree.faults.into_iter().map(|it| (html[it.at].to_owned(), it.what)).collect()
    }

    #[test]
    fn what_may_be_left_out_is_understood() {
        assert_eq!(shape("<p>a<p>b<ul><li>c<li>d</ul>e"), "p('a')p('b')ul(li('c')li('d'))'e'");
        assert_eq!(
            shape("<table><tr><th>a<td>b<tr><td>c</table>"),
            "table(tbody(tr(th('a')td('b'))tr(td('c'))))"
        );
        assert_eq!(shape("<dl><dt>a<dd>b<dt>c</dl>"), "dl(dt('a')dd('b')dt('c'))");
        assert_eq!(shape("<svg><title>a</title><path/></svg>b"), "svg(title('a')path())'b'");
        assert_eq!(shape("d<script>if (a<b) '</p>'</script>c"), "'d'script('if (a<b) '</p>'')'c'");
        let page =
            "<!doctype html><html lang=en><head><title>a</title></head><body>b</body></html>";
        assert_eq!(shape(page), "'b'");
        for right in [page, "<p>a<p>b<ul><li>c<li>d</ul>e", "<select><option>a<option>b</select>"] {
            assert_eq!(faults(right), []);
        }
    }

    #[test]
    fn what_is_wrong_is_said() {
        let unclosed = Wrong::Unclosed("b".to_owned());
        assert_eq!(faults("<p><b>a</p>"), [("<b>".to_owned(), unclosed)]);
        let misnested = Wrong::Misnested { outer: "b".to_owned(), inner: "i".to_owned() };
        assert_eq!(faults("<b><i>a</b></i>"), [("<i>".to_owned(), misnested)]);
        let inner = Wrong::Unclosed("p".to_owned());
        assert_eq!(faults("<a href=/><p>a</a>"), [("<p>".to_owned(), inner)]);
        let stray = Wrong::StrayEnd("div".to_owned());
        assert_eq!(faults("<p>a</p></div>"), [("</div>".to_owned(), stray)]);
        let twice = Wrong::DuplicateAttribute("id".to_owned());
        assert_eq!(faults("<p id=a ID='b'>a"), [("ID='b'".to_owned(), twice)]);
        let slash = Wrong::SlashIgnored("div".to_owned());
        assert_eq!(faults("<div/></div><br/>"), [("<div/>".to_owned(), slash)]);
    }

    #[test]
    fn values_and_texts_are_read() {
        let tree = Tree::parse("<a href='?a=1&copy=2&amp;b=3'>&copy=2</a>");
        let link = tree.elements().find(|id| tree.is(*id, "a")).unwrap();
        assert_eq!(tree.attribute(link, "href").unwrap(), "?a=1&copy=2&b=3");
        assert_eq!(tree.text_of(link), "©=2");
    }
}
