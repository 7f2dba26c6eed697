//! One part that stands alike on many pages: its nodes by their places in it, and what judges keep of it.

use std::any::Any;
use std::sync::{Arc, PoisonError, RwLock};

use memchr::memmem;

use crate::html::tags::{Set, Tag};
use crate::html::tree::{Attribute, Id, Kind, Node, Tree};

/// What is judged by what else is on a page.
const APART: Set = Set::of(&[Tag::BASE, Tag::MAIN, Tag::META, Tag::STYLE, Tag::TITLE]);
const MEDIA: Set = Set::of(&[Tag::AUDIO, Tag::VIDEO]);
/// The attributes that name other elements by their ids.
const POINTERS: [&str; 12] = [
    "for",
    "form",
    "headers",
    "list",
    "aria-activedescendant",
    "aria-controls",
    "aria-describedby",
    "aria-details",
    "aria-errormessage",
    "aria-flowto",
    "aria-labelledby",
    "aria-owns",
];

/// Tells whether an attribute that gives or names an id is written with capitals: not all who look for
/// one find it.
pub(super) fn is_shouted(name: &str) -> bool {
    name.bytes().any(|it| it.is_ascii_uppercase())
        && POINTERS.iter().chain(&["id"]).any(|it| name.eq_ignore_ascii_case(it))
}

/// In how many circumstances it is remembered how a part was judged.
const VERDICTS: usize = 64;

/// A part that was met on several pages.
#[derive(Debug)]
pub(crate) struct Part {
    pub(super) html: Box<str>,
    pub(super) around: u64,
    nodes: Box<[KeptNode]>,
    attributes: Box<[KeptAttribute]>,
    /// Whether an attribute in it names an element that is not in it, or a field.
    points_out: bool,
    has_labels: bool,
    verdicts: RwLock<Vec<(u64, bool)>>,
    kept: RwLock<Vec<(u64, Kept)>>,
}

/// What a judge knows of a part.
type Kept = Arc<dyn Any + Send + Sync>;

/// A part on a page.
#[derive(Debug)]
pub(crate) struct Met {
    pub(crate) first: Id,
    pub(crate) after: Id,
    pub(crate) part: Arc<Part>,
    /// Whether it was judged by itself on another page, and nothing was found.
    pub(crate) is_fine: bool,
}

#[derive(Debug)]
struct KeptNode {
    kind: Kind,
    name: Name,
    element: Tag,
    foreign: bool,
    entities: bool,
    parent: u32,
    after: u32,
    start: u32,
    open_end: u32,
    end: u32,
    attributes: (u32, u32),
}

#[derive(Clone, Copy, Debug)]
enum Name {
    Known(Tag),
    /// As it is written, with so many bytes.
    Written(u32),
}

#[derive(Debug)]
struct KeptAttribute {
    start: u32,
    name_end: u32,
    value: (u32, u32),
    end: u32,
    capitals: bool,
    entities: bool,
}

impl Part {
    /// Takes a part from a page; `None` for an element that is not judged by itself.
    pub(super) fn of(tree: &Tree, id: Id, around: u64) -> Option<Self> {
        let root = &tree.nodes[id];
        let place = root.whole();
        let html = &tree.text[place.clone()];
        let first = tree.faults.partition_point(|it| it.at.start < place.start);
        let faulty = tree.faults.get(first).is_some_and(|it| it.at.start < place.end);
        let name = html.rfind("</").map(|at| html[at + 2..].trim_end_matches('>').trim_end());
        let is_closed = name.is_some_and(|it| it.eq_ignore_ascii_case(root.name));
        let nodes = &tree.nodes[id..root.after];
        let apart = |it: &Node| APART.has(it.element) || MEDIA.has(it.any_element());
        // A doctype counts for the page wherever it stands.
        let mut marks = memmem::find_iter(html.as_bytes(), b"<!");
        let declares = marks.any(|at| !html[at..].starts_with("<!--"));
        // What is hidden, or in another language, does not part the words around it.
        let words = ["hidden", "lang"].iter().any(|it| tree.has_attribute(id, it));
        if faulty || !is_closed || declares || words || nodes.iter().any(apart) {
            return None;
        }
        let (mut ids, mut pointed) = (Vec::new(), Vec::new());
        let mut has_labels = false;
        for element in std::iter::once(id).chain(tree.within(id)) {
            for (name, value) in tree.attributes(element) {
                if is_shouted(name) {
                    return None;
                }
                let is = |it: &str| name.eq_ignore_ascii_case(it);
                has_labels |= is("for");
                if is("id") {
                    ids.push(value);
                } else if POINTERS.iter().any(|it| is(it)) {
                    pointed.extend(value.split_ascii_whitespace().map(str::to_owned));
                }
            }
        }
        let shift = |at: u32| at - place.start as u32;
        let base = root.attributes.0;
        let node = |it: &Node| {
            let known = Tag::of(it.name);
            let name = match known == Tag::OTHER && !it.name.is_empty() {
                true => Name::Written(it.name.len() as u32),
                false => Name::Known(known),
            };
            KeptNode {
                kind: it.kind,
                name,
                element: it.element,
                foreign: it.foreign,
                entities: it.entities,
                parent: it.parent.saturating_sub(id) as u32,
                after: (it.after - id) as u32,
                start: shift(it.start),
                open_end: shift(it.open_end),
                end: shift(it.end),
                attributes: match it.attributes {
                    (from, to) if from == to => (0, 0),
                    (from, to) => (from - base, to - base),
                },
            }
        };
        let last = nodes.iter().map(|it| it.attributes.1).max().unwrap_or(base);
        let attribute = |it: &Attribute| {
            let value = match it.value.is_empty() {
                true => (0, 0),
                false => {
                    let at = it.value.as_ptr() as usize - tree.text.as_ptr() as usize;
                    (shift(at as u32), shift((at + it.value.len()) as u32))
                }
            };
            KeptAttribute {
                start: shift(it.start),
                name_end: shift(it.start) + it.name.len() as u32,
                value,
                end: shift(it.end),
                capitals: it.capitals,
                entities: it.entities,
            }
        };
        Some(Self {
            html: html.into(),
            around,
            nodes: nodes.iter().map(node).collect(),
            attributes: tree.attributes[base as usize..last as usize]
                .iter()
                .map(attribute)
                .collect(),
            points_out: !pointed.iter().all(|it| ids.iter().any(|id| id == it)),
            has_labels,
            verdicts: RwLock::default(),
            kept: RwLock::default(),
        })
    }

    /// Adds the part to a tree, in an element; gives where it ends.
    pub(super) fn add_to(self: &Arc<Self>, tree: &mut Tree, at: usize, outer: Id) -> usize {
        let text = tree.text;
        let (first, base) = (tree.nodes.len(), tree.attributes.len() as u32);
        let shift = |it: u32| at as u32 + it;
        tree.nodes.extend(self.nodes.iter().enumerate().map(|(number, it)| {
            let start = at + it.start as usize;
            let name = match it.name {
                Name::Known(tag) => tag.name(),
                Name::Written(length) => &text[start + 1..start + 1 + length as usize],
            };
            Node {
                kind: it.kind,
                name,
                element: it.element,
                foreign: it.foreign,
                entities: it.entities,
                parent: if number == 0 { outer } else { first + it.parent as usize },
                after: first + it.after as usize,
                start: shift(it.start),
                open_end: shift(it.open_end),
                end: shift(it.end),
                attributes: (base + it.attributes.0, base + it.attributes.1),
            }
        }));
        tree.attributes.extend(self.attributes.iter().map(|it| Attribute {
            name: &text[at + it.start as usize..at + it.name_end as usize],
            start: shift(it.start),
            value: &text[at + it.value.0 as usize..at + it.value.1 as usize],
            end: shift(it.end),
            capitals: it.capitals,
            entities: it.entities,
        }));
        let is_fine = !self.has_labels && self.verdict(0) == Some(true);
        let after = tree.nodes.len();
        tree.parts.push(Met { first, after, part: Arc::clone(self), is_fine });
        at + self.html.len()
    }

    /// Tells whether something was found in it in some circumstances, of which nought is any; `None`
    /// when that is not known.
    pub(crate) fn verdict(&self, circumstances: u64) -> Option<bool> {
        let verdicts = self.verdicts.read().unwrap_or_else(PoisonError::into_inner);
        verdicts.iter().find(|it| it.0 == circumstances).map(|it| it.1)
    }

    /// Notes whether it is fine in some circumstances.
    pub(crate) fn judged(&self, circumstances: u64, is_fine: bool) {
        let mut verdicts = self.verdicts.write().unwrap_or_else(PoisonError::into_inner);
        if verdicts.len() < VERDICTS && verdicts.iter().all(|it| it.0 != circumstances) {
            verdicts.push((circumstances, is_fine));
        }
    }

    /// Gives what was kept of it in some circumstances: one kind of thing for one number.
    pub(crate) fn kept<T: Any + Send + Sync>(&self, circumstances: u64) -> Option<Arc<T>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|it| it.0 == circumstances)?;
        Arc::clone(&found.1).downcast().ok()
    }

    /// Keeps something of it for the next page.
    pub(crate) fn keep<T: Any + Send + Sync>(&self, circumstances: u64, thing: T) {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < VERDICTS && kept.iter().all(|it| it.0 != circumstances) {
            kept.push((circumstances, Arc::new(thing)));
        }
    }

    /// Tells whether all that it names by an id is in it.
    pub(crate) fn is_by_itself(&self) -> bool {
        !self.points_out
    }
}
