//! Raw HTML of which only what is harmless stays.
//!
//! Nothing of the raw HTML is copied: its tags are read, judged and written anew, and all else is
//! text. An element ends at the latest where the Markdown around it ends, so that nothing a text
//! has or lacks reaches the rest of its page.

use std::fmt::Write as _;
use std::ops::Range;

use crate::html;
use crate::html::decode;
use crate::markdown::allowed::{self, Place, Use};
use crate::markdown::raw::{Attribute, Piece, What, pieces};
use crate::markdown::writer::Writer;
use crate::markdown::{HtmlPolicy, draft, errors, limits};
use crate::text::{NO_TEXT, url};

/// What is open of the raw HTML.
#[derive(Default)]
pub(crate) struct Raw {
    open: Vec<Element>,
    /// How many parts of the Markdown are open.
    level: usize,
    /// The block of HTML that is being read.
    block: String,
    /// Where pieces of the block start, in it and in the text.
    places: Vec<(usize, usize)>,
}

struct Element {
    name: String,
    /// The part of the Markdown in which it was opened.
    level: usize,
    at: Range<usize>,
}

impl Writer<'_> {
    pub(crate) fn sanitises(&self) -> bool {
        self.options.html == HtmlPolicy::Sanitised && !self.options.plain
    }

    /// Notes that a part of the Markdown was opened.
    pub(crate) fn enter(&mut self) {
        self.raw.level += 1;
    }

    /// Ends what is open within the part of the Markdown that is about to end.
    pub(crate) fn leave(&mut self) {
        while self.raw.open.last().is_some_and(|open| open.level >= self.raw.level) {
            self.end_unclosed();
        }
        self.raw.level = self.raw.level.saturating_sub(1);
    }

    /// Ends what is open at the end of the text.
    pub(crate) fn leave_text(&mut self) {
        while !self.raw.open.is_empty() {
            self.end_unclosed();
        }
    }

    /// Ends what holds words only, before a block.
    pub(crate) fn leave_words(&mut self) {
        while self
            .raw
            .open
            .last()
            .is_some_and(|open| open.level >= self.raw.level && allowed::holds_words(&open.name))
        {
            self.end_unclosed();
        }
    }

    /// Ends what may not hold a block of Markdown. A browser ends a table there too, and would end
    /// more with it.
    pub(crate) fn before_block(&mut self) {
        self.leave_words();
        while self.in_table() {
            self.end_unclosed();
        }
    }

    /// Whether what comes next is in a table and in no cell of it.
    fn in_table(&self) -> bool {
        let here = self.raw.open.last().filter(|open| open.level >= self.raw.level);
        here.is_some_and(|open| allowed::is_of_table(&open.name))
    }

    /// Takes a line of a block of HTML.
    pub(crate) fn raw_line(&mut self, html: &str, range: &Range<usize>) {
        self.raw.places.push((self.raw.block.len(), range.start));
        self.raw.block.push_str(html);
    }

    /// Writes the block of HTML that is complete.
    pub(crate) fn end_raw(&mut self) {
        let block = std::mem::take(&mut self.raw.block);
        let places = std::mem::take(&mut self.raw.places);
        let Some((_, start)) = places.first() else { return };
        if let ([out], true) = (self.out.as_slice(), self.directives.is_empty()) {
            let original = self.prepared.original(*start..*start);
            self.map.push((out.len(), original.start));
        }
        self.sanitise(&block, &places, false);
        self.leave_words();
        if !self.plain.ends_with('\n') {
            self.plain.push('\n');
        }
    }

    /// Writes a piece of HTML among words.
    pub(crate) fn raw_words(&mut self, html: &str, range: &Range<usize>) {
        self.sanitise(html, &[(0, range.start)], true);
    }

    fn sanitise(&mut self, text: &str, places: &[(usize, usize)], words: bool) {
        let place = |at: usize| {
            let index = places.partition_point(|(start, _)| *start <= at);
            places.get(index.saturating_sub(1)).map_or(at, |(start, there)| there + at - start)
        };
        let real = |at: &Range<usize>| place(at.start)..place(at.end - 1) + 1;
        let pieces = pieces(text);
        let mut next = 0;
        while let Some(Piece { what, at }) = pieces.get(next) {
            next += 1;
            let range = real(at);
            match what {
                What::Text => self.write_decoded(&text[at.clone()]),
                What::Stray => {
                    let span = self.span(&range);
                    self.diagnostics.push(errors::stray(span));
                    self.write_text("<");
                }
                What::Comment => (),
                What::Other => self.left_out("this", "it is no element", &range),
                What::End(name) => self.end_element(name, &range),
                What::Start(name, attributes) => {
                    if allowed::hides_inside(name) {
                        self.left_out(&format!("<{name}>"), "a text may not have it", &range);
                        let end = |piece: &Piece| piece.what == What::End(name.clone());
                        let inside = pieces[next..].iter().position(end);
                        next = match inside {
                            Some(length) => next + length + 1,
                            None if words => next,
                            None => pieces.len(),
                        };
                        continue;
                    }
                    let attributes: Vec<Attribute> = attributes
                        .iter()
                        .map(|it| Attribute { at: real(&it.at), ..it.clone() })
                        .collect();
                    self.start_element(name, &attributes, &range, words);
                }
            }
        }
    }

    fn start_element(
        &mut self,
        name: &str,
        attributes: &[Attribute],
        range: &Range<usize>,
        words: bool,
    ) {
        let tag = format!("<{name}>");
        let Some(place) = allowed::place(name) else {
            let why = match name {
                "h1" => "the page's own title is its only one",
                _ => "it is not among the elements that this text may have",
            };
            return self.left_out(&tag, why, range);
        };
        match place {
            Place::Block | Place::Line if words => {
                return self.left_out(&tag, "it cannot stand among words", range);
            }
            Place::Words | Place::Block | Place::Line if self.in_table() => {
                return self.left_out(&tag, "it is in a table and in no cell of it", range);
            }
            Place::Line if name != "p" && self.is_right_in("summary") => (),
            Place::Block | Place::Line => self.leave_words(),
            Place::In(outer) => {
                // An end tag before it may be left out in HTML.
                while self.raw.open.last().is_some_and(|open| {
                    open.level == self.raw.level && !outer.contains(&&*open.name)
                }) && self.is_open(outer)
                {
                    self.end_unclosed();
                }
                let div = self.is_right_in("div") && !self.is_in_list_of_terms();
                if div || !outer.iter().any(|outer| self.is_right_in(outer)) {
                    let outer: Vec<String> = outer.iter().map(|it| format!("`<{it}>`")).collect();
                    let why = format!("it stands only right inside {}", outer.join(" or "));
                    return self.left_out(&tag, &why, range);
                }
            }
            Place::Words => (),
        }
        let link =
            name == "a" && (self.in_link > 0 || self.raw.open.iter().any(|it| it.name == "a"));
        if link {
            return self.left_out(&tag, "it is inside another link", range);
        }
        if name == "img" && !self.has_picture(attributes, range) {
            return;
        }
        if self.raw.open.len() >= limits::DEEPEST {
            return self.left_out(&tag, "it is inside too many others", range);
        }
        self.push(&format!("<{name}"));
        if name == "img" {
            self.picture_source(attributes, range);
        }
        for attribute in attributes {
            self.write_attribute(name, attribute);
        }
        self.push(">");
        if !allowed::is_void(name) {
            let element =
                Element { name: name.to_owned(), level: self.raw.level, at: range.clone() };
            self.raw.open.push(element);
        }
    }

    /// Whether this element is the innermost that is open, in this part of the Markdown.
    fn is_right_in(&self, name: &str) -> bool {
        let last = self.raw.open.last().filter(|open| open.level == self.raw.level);
        last.is_some_and(|open| open.name == name)
    }

    /// Whether the innermost element is right inside a `<dl>`.
    fn is_in_list_of_terms(&self) -> bool {
        let outer = self.raw.open.iter().rev().nth(1);
        outer.is_some_and(|open| open.level == self.raw.level && open.name == "dl")
    }

    /// Whether one of these elements is open in this part of the Markdown.
    fn is_open(&self, names: &[&str]) -> bool {
        let here = self.raw.open.iter().rev().take_while(|it| it.level == self.raw.level);
        here.into_iter().any(|it| names.contains(&&*it.name))
    }

    fn end_element(&mut self, name: &str, range: &Range<usize>) {
        if allowed::place(name).is_none() || allowed::is_void(name) {
            // Its start tag has been told.
            return;
        }
        if !self.is_open(&[name]) {
            return self.left_out(
                &format!("</{name}>"),
                "it ends nothing that is open here",
                range,
            );
        }
        while self.raw.open.last().is_some_and(|open| open.name != name) {
            self.end_unclosed();
        }
        self.raw.open.pop();
        self.push(&format!("</{name}>"));
    }

    /// Ends the innermost element, which has no end tag where it needs one.
    fn end_unclosed(&mut self) {
        let Some(open) = self.raw.open.pop() else { return };
        self.push(&format!("</{}>", open.name));
        // These end by themselves in HTML.
        let implied = matches!(
            &*open.name,
            "dd" | "dt"
                | "li"
                | "p"
                | "rp"
                | "rt"
                | "tbody"
                | "td"
                | "tfoot"
                | "th"
                | "thead"
                | "tr"
        );
        if !implied {
            let span = self.span(&open.at);
            self.diagnostics.push(errors::unclosed(&open.name, span));
        }
    }

    fn has_picture(&mut self, attributes: &[Attribute], range: &Range<usize>) -> bool {
        let value = |name: &str| attributes.iter().find(|it| it.name == name);
        let fine = value("src").is_some_and(|src| allowed::is_picture(&src.value));
        if !fine {
            self.left_out("<img>", "it has no address that a picture can have", range);
        } else if value("alt").is_none() && self.options.images_need_alt {
            let span = self.span(range);
            self.diagnostics.push(errors::alt_missing(span));
        }
        fine
    }

    fn picture_source(&mut self, attributes: &[Attribute], range: &Range<usize>) {
        let value = |name: &str| {
            attributes.iter().find(|it| it.name == name).map(|it| it.value.replace(NO_TEXT, ""))
        };
        let src = value("src").unwrap_or_default();
        let alt = value("alt").unwrap_or_default();
        let sized = value("width").or(value("height")).is_some();
        let original = self.prepared.original(range.clone());
        let Some(out) = self.out.last_mut() else { return };
        match sized {
            false => draft::picture(src.trim(), (&alt, true), &original, out),
            true => {
                out.push_str(" src=\"");
                draft::candidate(src.trim(), &alt, &original, out);
                out.push('"');
                html::attribute("alt", &alt, out);
            }
        }
    }

    fn write_attribute(&mut self, element: &str, attribute: &Attribute) {
        let Attribute { name, value, at } = attribute;
        let value = value.replace(['\0', NO_TEXT], "\u{FFFD}");
        match allowed::attribute(element, name) {
            Use::Not(why) => {
                let span = self.span(at);
                self.diagnostics.push(errors::attribute_left_out(name, element, why, span));
            }
            Use::Keep if element == "img" && name == "alt" => (),
            Use::Keep => self.attribute(name, &value),
            Use::Flag => {
                self.push(" ");
                self.push(name);
            }
            Use::Ids => {
                let prefix = self.options.id_prefix.clone();
                let ids = value.split_ascii_whitespace().map(|id| format!("{prefix}{id}"));
                let ids: Vec<String> = ids.collect();
                if name == "id" {
                    value.split_ascii_whitespace().for_each(|id| self.outline.reserve(id));
                }
                if !ids.is_empty() {
                    let ids = if name == "id" { ids.join("-") } else { ids.join(" ") };
                    self.attribute(name, &ids);
                }
            }
            Use::Link if url::is_safe(&value) => self.pointer(value.trim(), at),
            Use::Source if value.starts_with("https://") || value.starts_with("http://") => {
                self.attribute(name, &html::address(&value));
            }
            Use::Link | Use::Source => self.address_left_out(element, attribute),
            Use::Picture => (),
            Use::Pictures => {
                let found = allowed::candidates(&value);
                let sized = |size: &str| {
                    size.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | 'w' | 'x'))
                };
                let fine =
                    |(address, size): &(&str, &str)| allowed::is_picture(address) && sized(size);
                if found.is_empty() || !found.iter().all(fine) {
                    return self.address_left_out(element, attribute);
                }
                let original = self.prepared.original(at.clone());
                let Some(out) = self.out.last_mut() else { return };
                out.push_str(" srcset=\"");
                for (index, (address, size)) in found.iter().enumerate() {
                    out.push_str(if index > 0 { ", " } else { "" });
                    draft::candidate(address, "", &original, out);
                    let space = if size.is_empty() { "" } else { " " };
                    let _ = write!(out, "{space}{size}");
                }
                out.push('"');
            }
        }
    }

    fn address_left_out(&mut self, element: &str, attribute: &Attribute) {
        let span = self.span(&attribute.at);
        let why = "it has an address that this text may not lead to";
        self.diagnostics.push(errors::attribute_left_out(&attribute.name, element, why, span));
    }

    fn left_out(&mut self, what: &str, why: &str, range: &Range<usize>) {
        let span = self.span(range);
        self.diagnostics.push(errors::left_out(what, why, span));
    }

    /// Writes text as HTML has it.
    fn write_decoded(&mut self, text: &str) {
        let text = decode(text);
        // Between tags, lines are how the HTML is laid out.
        if text.trim().is_empty() && self.plain.ends_with('\n') {
            return self.push(&text);
        }
        match text.contains(['\0', NO_TEXT]) {
            true => self.write_text(&text.replace(['\0', NO_TEXT], "\u{FFFD}")),
            false => self.write_text(&text),
        }
    }
}
