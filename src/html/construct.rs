//! Where the tags of a page put its elements (HTML Standard 13.2.6).

use crate::html::parse::{Parser, Phase, Start};
use crate::html::tags::{self, Set, Tag};
use crate::html::tree::{Kind, Wrong};

const BUTTON_SCOPE: Set = tags::SCOPE.with(&[Tag::BUTTON]);
const LIST_SCOPE: Set = tags::SCOPE.with(&[Tag::OL, Tag::UL]);
const IN_TABLE: Set = tags::SECTIONS.with(&[Tag::TABLE, Tag::TR]);

impl<'a> Parser<'a> {
    /// Takes a start tag; tells whether text without tags follows.
    pub(super) fn start_tag(&mut self, start: &Start<'a>) -> bool {
        let tag = start.tag;
        if self.in_foreign() {
            if !tags::BREAKS_OUT.has(tag) {
                self.push_foreign(start);
                return false;
            }
            let outer = self.current_name();
            self.fault(start.at..start.end, nested(outer, start.name));
            while self.in_foreign() {
                self.pop(start.at);
            }
        }
        if !self.arrive(start) {
            return false;
        }
        if matches!(tag, Tag::SVG | Tag::MATH) {
            self.push_foreign(start);
            return false;
        }
        if !self.make_room(start) {
            return false;
        }
        self.push(start);
        if tags::VOID.has(tag) {
            self.pop(start.end);
            return false;
        }
        if start.slash {
            self.fault(start.at..start.end, Wrong::SlashIgnored(start.name.to_owned()));
        }
        tags::RAW.has(tag) || tags::TEXT.has(tag)
    }

    /// Brings the document to where an element may stand; tells whether it is to be added.
    fn arrive(&mut self, start: &Start<'a>) -> bool {
        let tag = start.tag;
        if tag == Tag::HTML {
            match self.open.is_empty() {
                true => self.push(start),
                false => self.fault(start.at..start.end, Wrong::StrayStart("html".to_owned())),
            }
            return false;
        }
        if self.phase == Phase::Body || self.has(Tag::TEMPLATE) {
            if matches!(tag, Tag::BODY | Tag::HEAD) {
                self.fault(start.at..start.end, Wrong::StrayStart(start.name.to_owned()));
                return false;
            }
            return true;
        }
        self.imply(Tag::HTML, start.at);
        match tag {
            Tag::HEAD if self.phase == Phase::Before => {
                self.push(start);
                self.phase = Phase::Head;
                return false;
            }
            Tag::HEAD => {
                self.fault(start.at..start.end, Wrong::StrayStart("head".to_owned()));
                return false;
            }
            _ if tags::HEAD.has(tag) => {
                if self.phase == Phase::Before {
                    self.imply_head(start.at);
                }
                return true;
            }
            _ => (),
        }
        self.leave_head(start.at);
        if tag == Tag::BODY {
            self.push(start);
            self.phase = Phase::Body;
            return false;
        }
        self.open_body(start.at);
        true
    }

    fn imply(&mut self, tag: Tag, at: usize) {
        if tag == Tag::HTML && !self.open.is_empty() {
            return;
        }
        let attributes = (0, 0);
        let start = Start { name: tag.name(), tag, at, end: at, slash: false, attributes };
        self.push(&start);
    }

    fn imply_head(&mut self, at: usize) {
        self.imply(Tag::HEAD, at);
        self.phase = Phase::Head;
    }

    /// Ends the head, if it has not ended.
    fn leave_head(&mut self, at: usize) {
        if self.phase == Phase::Before {
            self.imply_head(at);
        }
        if self.phase == Phase::Head {
            while self.open.len() > 1 {
                self.leave(at, tags::MAY_STAY_OPEN, "head");
            }
            self.phase = Phase::AfterHead;
        }
    }

    fn open_body(&mut self, at: usize) {
        self.imply(Tag::BODY, at);
        self.phase = Phase::Body;
    }

    /// Ends what an element ends by starting; tells whether it is to be added.
    fn make_room(&mut self, start: &Start<'a>) -> bool {
        let tag = start.tag;
        let at = start.at;
        if tags::TABLE_PARTS.has(tag) && self.table_part(start) != Some(true) {
            return false;
        }
        match tag {
            Tag::LI => self.end_item(&[Tag::LI], at),
            Tag::DD | Tag::DT => self.end_item(&[Tag::DD, Tag::DT], at),
            Tag::OPTION if self.current() == Tag::OPTION => self.pop(at),
            Tag::OPTGROUP => {
                while matches!(self.current(), Tag::OPTION | Tag::OPTGROUP) {
                    self.pop(at);
                }
            }
            Tag::RP | Tag::RT if matches!(self.current(), Tag::RP | Tag::RT | Tag::RB) => {
                self.pop(at)
            }
            Tag::A | Tag::BUTTON | Tag::NOBR | Tag::SELECT => {
                let scope = if tag == Tag::SELECT { tags::TABLE_SCOPE } else { tags::SCOPE };
                if let Some(place) = self.find(&[tag], scope) {
                    self.fault(at..start.end, nested(tag.name(), tag.name()));
                    self.close(place, at, tags::IMPLIED_END);
                }
            }
            Tag::FORM if self.form => {
                self.fault(at..start.end, nested("form", "form"));
                return false;
            }
            _ => (),
        }
        if tag == Tag::FORM {
            self.form = true;
        }
        if tags::CLOSES_P.has(tag)
            && let Some(place) = self.find(&[Tag::P], BUTTON_SCOPE)
        {
            self.close(place, at, tags::IMPLIED_END);
        }
        if tags::HEADINGS.has(tag) && tags::HEADINGS.has(self.current()) {
            let outer = self.current().name();
            self.fault(at..start.end, nested(outer, start.name));
            self.pop(at);
        }
        let fits = matches!(tag, Tag::SCRIPT | Tag::STYLE | Tag::TEMPLATE | Tag::INPUT | Tag::FORM);
        if IN_TABLE.has(self.current()) && !tags::TABLE_PARTS.has(tag) && !fits {
            self.fault(at..start.end, Wrong::InTable(start.name.to_owned()));
        }
        true
    }

    /// Ends the item of a list that is open, for another.
    fn end_item(&mut self, items: &[Tag], at: usize) {
        if !items.iter().any(|tag| self.has(*tag)) {
            return;
        }
        for place in (0..self.open.len()).rev() {
            let tag = self.open[place].tag;
            if items.contains(&tag) {
                return self.close(place, at, tags::IMPLIED_END);
            }
            let passes = matches!(tag, Tag::ADDRESS | Tag::DIV | Tag::P);
            if tags::SPECIAL.has(tag) && !passes {
                return;
            }
        }
    }

    /// Brings a table to where a part of it may stand; `None` when there is no table.
    fn table_part(&mut self, start: &Start<'a>) -> Option<bool> {
        if self.find(&[Tag::TABLE], Set::of(&[Tag::HTML, Tag::TEMPLATE])).is_none() {
            let in_template = self.current() == Tag::TEMPLATE;
            if !in_template {
                self.fault(start.at..start.end, Wrong::StrayStart(start.name.to_owned()));
            }
            return in_template.then_some(true);
        }
        let tag = start.tag;
        let wanted = match tag {
            Tag::COL => Set::of(&[Tag::COLGROUP, Tag::TABLE, Tag::TEMPLATE]),
            Tag::TR => tags::SECTIONS.with(&[Tag::TABLE, Tag::TEMPLATE]),
            Tag::TD | Tag::TH => IN_TABLE.with(&[Tag::TEMPLATE]),
            _ => Set::of(&[Tag::TABLE, Tag::TEMPLATE]),
        };
        while !wanted.has(self.current()) && self.open.len() > 1 {
            self.leave(start.at, tags::MAY_STAY_OPEN, start.name);
        }
        if tag == Tag::COL && self.current() == Tag::TABLE {
            self.imply(Tag::COLGROUP, start.at);
        }
        if matches!(tag, Tag::TR | Tag::TD | Tag::TH) && self.current() == Tag::TABLE {
            self.imply(Tag::TBODY, start.at);
        }
        if tags::CELLS.has(tag) && tags::SECTIONS.has(self.current()) {
            self.imply(Tag::TR, start.at);
        }
        Some(true)
    }

    /// Takes an end tag.
    pub(super) fn end_tag(&mut self, end: &Start<'a>) {
        let tag = end.tag;
        if self.end_foreign(end) {
            return;
        }
        let place = match tag {
            Tag::BODY | Tag::HTML => {
                let open = self.open.iter().find(|open| open.tag == tag);
                if let Some(id) = open.map(|open| open.id) {
                    self.tree.nodes[id].end = end.end as u32;
                }
                return;
            }
            Tag::HEAD if self.phase <= Phase::Head => {
                self.imply(Tag::HTML, end.at);
                return self.leave_head(end.at);
            }
            Tag::P => {
                let place = self.find(&[tag], BUTTON_SCOPE);
                if place.is_none() {
                    // A browser makes an empty paragraph of it.
                    self.stray(end);
                    return;
                }
                place
            }
            Tag::LI => self.find(&[tag], LIST_SCOPE),
            _ if tags::HEADINGS.has(tag) => {
                use Tag as T;
                let any = [T::H1, T::H2, T::H3, T::H4, T::H5, T::H6];
                let place = self.find(&any, tags::SCOPE);
                if let Some(open) = place.filter(|place| self.open[*place].tag != tag) {
                    let outer = self.open[open].tag.name().to_owned();
                    let inner = end.name.to_owned();
                    self.fault(end.at..end.end, Wrong::Misnested { outer, inner });
                }
                place
            }
            _ if tag == Tag::TABLE || tags::TABLE_PARTS.has(tag) => {
                self.find(&[tag], tags::TABLE_SCOPE)
            }
            Tag::SELECT | Tag::TEMPLATE => self.find(&[tag], tags::TABLE_SCOPE),
            _ if tags::FORMATTING.has(tag) => self.find(&[tag], tags::SCOPE),
            _ if tags::SPECIAL.has(tag) && !tags::VOID.has(tag) => self.find(&[tag], tags::SCOPE),
            _ => self.find_plain(end),
        };
        if tag == Tag::FORM {
            self.form = false;
        }
        let Some(place) = place else { return self.stray(end) };
        let may = match tag {
            Tag::TABLE | Tag::TEMPLATE => tags::MAY_STAY_OPEN,
            _ if tags::TABLE_PARTS.has(tag) => tags::MAY_STAY_OPEN,
            // What is open in it goes on behind it (13.2.6.4.7, the adoption agency).
            _ if tags::FORMATTING.has(tag) => Set::of(&[]),
            _ => tags::IMPLIED_END,
        };
        self.close(place, end.at, may);
        if let Some(node) = self.tree.nodes.get_mut(self.closed) {
            node.end = end.end as u32;
        }
    }

    /// Ends an element of SVG or MathML; tells whether there was one.
    fn end_foreign(&mut self, end: &Start<'a>) -> bool {
        for place in (0..self.open.len()).rev() {
            let node = &self.tree.nodes[self.open[place].id];
            if !node.foreign {
                return false;
            }
            if node.name.eq_ignore_ascii_case(end.name) {
                self.close(place, end.at, tags::IMPLIED_END);
                self.tree.nodes[self.closed].end = end.end as u32;
                return true;
            }
        }
        false
    }

    fn find_plain(&self, end: &Start<'a>) -> Option<usize> {
        for (place, open) in self.open.iter().enumerate().rev() {
            let node = &self.tree.nodes[open.id];
            if node.name == end.name && !node.foreign {
                return Some(place);
            }
            if tags::SPECIAL.has(open.tag) {
                return None;
            }
        }
        None
    }

    /// An end tag that ends nothing: that of an element that was ended before its time, or none.
    fn stray(&mut self, end: &Start<'a>) {
        if let Some(at) = self.left.iter().rposition(|(name, _, _)| *name == end.name) {
            let (inner, outer, fault) = self.left.remove(at);
            let (inner, outer) = (inner.to_owned(), outer.to_owned());
            self.tree.faults[fault].what = Wrong::Misnested { outer, inner };
            return;
        }
        self.fault(end.at..end.end, Wrong::StrayEnd(end.name.to_owned()));
    }

    /// Takes text.
    pub(super) fn characters(&mut self, from: usize, to: usize) {
        let blank = self.tree.text.as_bytes()[from..to].iter().all(u8::is_ascii_whitespace);
        if self.phase != Phase::Body && !self.has(Tag::TEMPLATE) {
            if blank {
                return;
            }
            self.imply(Tag::HTML, from);
            self.leave_head(from);
            self.open_body(from);
        }
        if !blank && IN_TABLE.has(self.current()) {
            self.fault(from..to, Wrong::InTable("text".to_owned()));
        }
        self.add(Kind::Text, "", (from, to), to);
    }

    /// Ends the page.
    pub(super) fn finish(&mut self) {
        let end = self.tree.text.len();
        if self.phase != Phase::Body {
            self.imply(Tag::HTML, end);
            self.leave_head(end);
            self.open_body(end);
        }
        while !self.open.is_empty() {
            self.leave(end, tags::MAY_STAY_OPEN, "html");
        }
        self.tree.faults.sort_by_key(|fault| fault.at.start);
    }
}

fn nested(outer: &str, inner: &str) -> Wrong {
    Wrong::Nested { outer: outer.to_owned(), inner: inner.to_owned() }
}
