//! The elements that are open while a page is read (HTML Standard 13.2.4.2).

use crate::html::parse::{Open, Parser, Start};
use crate::html::parts;
use crate::html::tags::{Set, Tag};
use crate::html::tree::{Kind, Wrong};

/// Within SVG and MathML, what is in these is HTML again.
const INTEGRATION: [&str; 9] =
    ["foreignobject", "desc", "title", "mi", "mo", "mn", "ms", "mtext", "annotation-xml"];

impl<'a> Parser<'a> {
    /// Adds an element and opens it.
    pub(super) fn push(&mut self, start: &Start<'a>) {
        let id = self.add(Kind::Element, start.name, (start.at, start.end), start.end);
        self.tags -= usize::from(start.end > start.at);
        let node = &mut self.tree.nodes[id];
        node.attributes = start.attributes;
        node.element = start.tag;
        self.counts[start.tag.place()] += 1;
        let around = match &self.known {
            Some(_) => self.around(start),
            None => 0,
        };
        self.open.push(Open { id, tag: start.tag, foreign: false, around });
    }

    fn around(&self, start: &Start<'a>) -> u64 {
        let outer = self.open.last().map(|it| it.around);
        parts::around(outer, start.tag, &self.tree.text[start.at..start.end])
    }

    pub(super) fn push_foreign(&mut self, start: &Start<'a>) {
        let id = self.add(Kind::Element, start.name, (start.at, start.end), start.end);
        self.tags -= 1;
        let node = &mut self.tree.nodes[id];
        node.attributes = start.attributes;
        node.foreign = true;
        let html = INTEGRATION.iter().any(|name| start.name.eq_ignore_ascii_case(name));
        self.counts[Tag::OTHER.place()] += 1;
        self.open.push(Open { id, tag: Tag::OTHER, foreign: !html, around: 0 });
        if start.slash {
            self.pop(start.end);
        }
    }

    /// Ends the innermost element.
    pub(super) fn pop(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        self.counts[open.tag.place()] -= 1;
        let after = self.tree.nodes.len();
        let node = &mut self.tree.nodes[open.id];
        node.after = after;
        node.end = node.end.max(end as u32);
        self.closed = open.id;
    }

    /// Ends the innermost element without its end tag, which only some may lack.
    pub(super) fn leave(&mut self, end: usize, may: Set, outer: &'a str) {
        let Some(open) = self.open.last() else { return };
        let node = &self.tree.nodes[open.id];
        if !may.has(open.tag) {
            let (at, name) = (node.tag(), node.name);
            self.left.push((name, outer, self.tree.faults.len()));
            self.fault(at, Wrong::Unclosed(name.to_owned()));
        }
        self.pop(end);
    }

    /// Ends an element, and what is open in it.
    pub(super) fn close(&mut self, place: usize, end: usize, may: Set) {
        let outer = self.tree.nodes[self.open[place].id].name;
        while self.open.len() > place + 1 {
            self.leave(end, may, outer);
        }
        self.pop(end);
    }

    /// Finds the innermost open element with one of these names, unless it is out of scope.
    pub(super) fn find(&self, wanted: &[Tag], scope: Set) -> Option<usize> {
        if !wanted.iter().any(|tag| self.has(*tag)) {
            return None;
        }
        for (place, open) in self.open.iter().enumerate().rev() {
            if wanted.contains(&open.tag) {
                return Some(place);
            }
            let leaves = self.tree.nodes[open.id].foreign && !open.foreign;
            if scope.has(open.tag) || leaves {
                return None;
            }
        }
        None
    }

    pub(super) fn has(&self, tag: Tag) -> bool {
        self.counts[tag.place()] > 0
    }

    pub(super) fn current(&self) -> Tag {
        self.open.last().map_or(Tag::OTHER, |open| open.tag)
    }

    pub(super) fn current_name(&self) -> &'a str {
        self.open.last().map_or("", |open| self.tree.nodes[open.id].name)
    }
}
