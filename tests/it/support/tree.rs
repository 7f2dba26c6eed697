//! HTML as a tree that can be compared: what a browser makes of it, by html5ever.

use std::cell::{Cell, RefCell};
use std::fmt::Write as _;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink as _};
use html5ever::{Attribute, LocalName, ParseOpts, QualName, ns, parse_document, parse_fragment};

/// A node; elements know their children.
struct Node {
    parent: RefCell<Option<Rc<Node>>>,
    children: RefCell<Vec<Rc<Node>>>,
    kind: Kind,
}

enum Kind {
    Root,
    Element(QualName, RefCell<Vec<Attribute>>),
    Text(RefCell<String>),
    Comment(String),
}

type Handle = Rc<Node>;

struct Sink {
    root: Handle,
    errors: Rc<Cell<usize>>,
}

/// Gives the tree of a fragment in a `body`, one node a line; blank text between blocks is left
/// out, as no browser shows it.
pub(crate) fn of(html: &str) -> String {
    let sink = Sink { root: node(Kind::Root), errors: Rc::default() };
    let context = QualName::new(None, ns!(html), LocalName::from("body"));
    let parser = parse_fragment(sink, ParseOpts::default(), context, vec![], false);
    let root = parser.one(html);
    let mut out = String::new();
    write(&root, 0, false, &mut out);
    out
}

/// Gives the text of the element with an id, a line for each block in it.
pub(crate) fn text_of(html: &str, id: &str) -> Option<String> {
    let sink = Sink { root: node(Kind::Root), errors: Rc::default() };
    let context = QualName::new(None, ns!(html), LocalName::from("body"));
    let root = parse_fragment(sink, ParseOpts::default(), context, vec![], false).one(html);
    let mut out = String::new();
    text(&find(&root, id)?, &mut out);
    Some(out)
}

fn find(node: &Handle, id: &str) -> Option<Handle> {
    if let Kind::Element(_, attributes) = &node.kind
        && attributes.borrow().iter().any(|it| &*it.name.local == "id" && &*it.value == id)
    {
        return Some(Rc::clone(node));
    }
    node.children.borrow().iter().find_map(|child| find(child, id))
}

fn text(node: &Handle, out: &mut String) {
    if let Kind::Text(text) = &node.kind {
        out.push_str(&text.borrow());
    }
    let block = is_block(node);
    out.extend(block.then_some('\n'));
    node.children.borrow().iter().for_each(|child| text(child, out));
    out.extend(block.then_some('\n'));
}

fn node(kind: Kind) -> Handle {
    let (parent, children) = (RefCell::new(None), RefCell::new(Vec::new()));
    Rc::new(Node { parent, children, kind })
}

const BLOCKS: [&str; 24] = [
    "html",
    "body",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "ul",
    "ol",
    "li",
    "blockquote",
    "pre",
    "hr",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "div",
    "section",
    "style",
];

fn is_block(node: &Node) -> bool {
    match &node.kind {
        Kind::Element(name, _) => BLOCKS.contains(&&*name.local),
        Kind::Root => true,
        _ => false,
    }
}

fn write(node: &Handle, depth: usize, verbatim: bool, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut verbatim = verbatim;
    match &node.kind {
        Kind::Root => (),
        Kind::Element(name, attributes) => {
            verbatim |= &*name.local == "pre";
            let _ = write!(out, "{indent}<{}", name.local);
            let attributes = attributes.borrow();
            let mut list: Vec<String> =
                attributes.iter().map(|it| format!(" {}={:?}", it.name.local, it.value)).collect();
            list.sort();
            let _ = writeln!(out, "{}>", list.concat());
        }
        Kind::Comment(text) => {
            let _ = writeln!(out, "{indent}<!--{text}-->");
        }
        Kind::Text(_) => (),
    }
    let children = node.children.borrow();
    for (at, child) in children.iter().enumerate() {
        let Kind::Text(text) = &child.kind else {
            write(child, depth + 1, verbatim, out);
            continue;
        };
        let text = text.borrow();
        let mut shown = text.as_str();
        if !verbatim {
            let edge = |neighbour: Option<&Handle>| match neighbour {
                Some(neighbour) => is_block(neighbour),
                None => is_block(node),
            };
            if edge(at.checked_sub(1).and_then(|at| children.get(at))) {
                shown = shown.trim_start();
            }
            if edge(children.get(at + 1)) {
                shown = shown.trim_end();
            }
        }
        if !shown.is_empty() {
            let _ = writeln!(out, "{indent}  {shown:?}");
        }
    }
}

impl Sink {
    fn put(&self, parent: &Handle, at: Option<usize>, child: NodeOrText<Handle>) {
        let mut children = parent.children.borrow_mut();
        let at = at.unwrap_or(children.len());
        let child = match child {
            NodeOrText::AppendNode(node) => node,
            NodeOrText::AppendText(text) => {
                if let Some(Kind::Text(before)) =
                    at.checked_sub(1).and_then(|at| children.get(at)).map(|node| &node.kind)
                {
                    before.borrow_mut().push_str(&text);
                    return;
                }
                node(Kind::Text(RefCell::new(text.to_string())))
            }
        };
        child.parent.replace(Some(Rc::clone(parent)));
        children.insert(at, child);
    }
}

impl TreeSink for Sink {
    type Handle = Handle;
    type Output = Handle;
    type ElemName<'a> = &'a QualName;

    fn finish(self) -> Handle {
        self.root
    }

    fn parse_error(&self, _: std::borrow::Cow<'static, str>) {
        self.errors.set(self.errors.get() + 1);
    }

    fn get_document(&self) -> Handle {
        Rc::clone(&self.root)
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> &'a QualName {
        match &target.kind {
            Kind::Element(name, _) => name,
            _ => panic!("not an element"),
        }
    }

    fn create_element(&self, name: QualName, attrs: Vec<Attribute>, _: ElementFlags) -> Handle {
        node(Kind::Element(name, RefCell::new(attrs)))
    }

    fn create_comment(&self, text: StrTendril) -> Handle {
        node(Kind::Comment(text.to_string()))
    }

    fn create_pi(&self, target: StrTendril, _: StrTendril) -> Handle {
        node(Kind::Comment(target.to_string()))
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.put(parent, None, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &Handle,
        previous: &Handle,
        child: NodeOrText<Handle>,
    ) {
        match element.parent.borrow().is_some() {
            true => self.append_before_sibling(element, child),
            false => self.append(previous, child),
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        Rc::clone(target)
    }

    fn same_node(&self, a: &Handle, b: &Handle) -> bool {
        Rc::ptr_eq(a, b)
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let parent = sibling.parent.borrow().clone();
        let Some(parent) = parent else { return };
        let at = parent.children.borrow().iter().position(|it| Rc::ptr_eq(it, sibling));
        self.put(&parent, at, child);
    }

    fn add_attrs_if_missing(&self, target: &Handle, attrs: Vec<Attribute>) {
        let Kind::Element(_, own) = &target.kind else { return };
        let mut own = own.borrow_mut();
        for attr in attrs {
            if own.iter().all(|it| it.name != attr.name) {
                own.push(attr);
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        if let Some(parent) = target.parent.take() {
            parent.children.borrow_mut().retain(|it| !Rc::ptr_eq(it, target));
        }
    }

    fn reparent_children(&self, from: &Handle, to: &Handle) {
        for child in from.children.take() {
            child.parent.replace(Some(Rc::clone(to)));
            to.children.borrow_mut().push(child);
        }
    }
}

/// What a page is to its readers: its elements with their attributes in order, and its text, a
/// line for each block, with one space for each run of it but in `pre` and its like.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Met {
    pub(crate) elements: String,
    pub(crate) text: String,
}

/// Gives what a page is to its readers.
pub(crate) fn met(html: &str) -> Met {
    let sink = Sink { root: node(Kind::Root), errors: Rc::default() };
    let root = parse_document(sink, ParseOpts::default()).one(html);
    let (mut elements, mut shown) = (String::new(), Shown::default());
    meet(&root, 0, &mut elements, &mut shown);
    Met { elements, text: shown.text }
}

/// Text as it shows.
#[derive(Default)]
struct Shown {
    text: String,
    /// A space that shows if text follows in the same block.
    space: bool,
}

impl Shown {
    fn block(&mut self) {
        self.space = false;
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn add(&mut self, text: &str) {
        for char in text.chars() {
            if matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0c') {
                self.space = !self.text.is_empty() && !self.text.ends_with('\n');
                continue;
            }
            if std::mem::take(&mut self.space) {
                self.text.push(' ');
            }
            self.text.push(char);
        }
    }
}

fn meet(node: &Handle, depth: usize, elements: &mut String, shown: &mut Shown) {
    const INLINE: [&str; 13] = [
        "a", "b", "i", "em", "strong", "span", "label", "time", "img", "input", "button", "svg",
        "select",
    ];
    const EXACT: [&str; 5] = ["pre", "textarea", "script", "style", "title"];
    const UNSEEN: [&str; 4] = ["script", "style", "meta", "link"];
    let Kind::Element(name, attributes) = &node.kind else {
        if let Kind::Text(text) = &node.kind {
            shown.add(&text.borrow());
        }
        node.children.borrow().iter().for_each(|child| meet(child, depth, elements, shown));
        return;
    };
    let name = &*name.local;
    let attributes = attributes.borrow();
    let list: Vec<String> =
        attributes.iter().map(|it| format!(" {}={:?}", it.name.local, it.value)).collect();
    let _ = writeln!(elements, "{}<{name}{}>", "  ".repeat(depth), list.concat());
    let block = !INLINE.contains(&name) && !UNSEEN.contains(&name);
    if EXACT.contains(&name) {
        let mut text = String::new();
        exact(node, &mut text);
        // How styles are written is not for readers.
        if name != "style" {
            let _ = writeln!(elements, "{}{text:?}", "  ".repeat(depth + 1));
        }
    } else {
        if block {
            shown.block();
        }
        let children = node.children.borrow();
        children.iter().for_each(|child| meet(child, depth + 1, elements, shown));
    }
    if block {
        shown.block();
    }
}

fn exact(node: &Handle, out: &mut String) {
    match &node.kind {
        Kind::Text(text) => out.push_str(&text.borrow()),
        Kind::Element(name, _) => out.push_str(&format!("<{}>", name.local)),
        _ => (),
    }
    node.children.borrow().iter().for_each(|child| exact(child, out));
}

/// Gives the tree that a browser makes of a page, an element or a text a line, and how many errors
/// it sees. Space at the ends of texts is left out, and comments.
pub(crate) fn parsed(html: &str) -> (String, usize) {
    let errors: Rc<Cell<usize>> = Rc::default();
    let sink = Sink { root: node(Kind::Root), errors: Rc::clone(&errors) };
    let root = parse_document(sink, ParseOpts::default()).one(html);
    let mut out = String::new();
    list(&root, 0, &mut out);
    (out, errors.get())
}

fn list(node: &Handle, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut depth = depth;
    if let Kind::Element(name, attributes) = &node.kind {
        let attributes = attributes.borrow();
        let mut list: Vec<String> = attributes
            .iter()
            .map(|it| {
                // Those of SVG may have capitals, and a prefix.
                let prefix = it.name.prefix.as_ref().map_or(String::new(), |it| format!("{it}:"));
                format!(" {}{}={:?}", prefix, it.name.local, &*it.value).to_ascii_lowercase()
            })
            .collect();
        list.sort();
        let _ = writeln!(out, "{indent}<{}{}>", name.local.to_ascii_lowercase(), list.concat());
        depth += 1;
    }
    let mut text = String::new();
    let end = |text: &mut String, out: &mut String| {
        if !text.trim_ascii().is_empty() {
            let _ = writeln!(out, "{}{:?}", "  ".repeat(depth), text.trim_ascii());
        }
        text.clear();
    };
    for child in node.children.borrow().iter() {
        match &child.kind {
            Kind::Text(own) => text.push_str(&own.borrow()),
            Kind::Comment(_) => (),
            _ => {
                end(&mut text, out);
                list(child, depth, out);
            }
        }
    }
    end(&mut text, out);
}
