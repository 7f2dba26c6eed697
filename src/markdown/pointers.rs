//! What a text points at or calls: links, pictures, directives, raw HTML.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::html;
use crate::markdown::directives::Mark;
use crate::markdown::writer::{Events, Writer};
use crate::markdown::{HtmlPolicy, draft, errors};
use crate::text::url;

impl Writer<'_> {
    pub(crate) fn link(&mut self, kind: LinkType, url: &CowStr, title: &str, range: &Range<usize>) {
        let address = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => url.to_string(),
        };
        self.push("<a");
        self.pointer(&address, range);
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.push(">");
    }

    /// Writes where a link leads: only the site knows it, unless it is another site or this text.
    pub(crate) fn pointer(&mut self, address: &str, range: &Range<usize>) {
        if self.options.plain {
            self.attribute("href", &html::address(address));
            return;
        }
        let span = self.span(range);
        if !url::is_safe(address) {
            self.diagnostics.push(errors::scheme(address, span));
            return;
        }
        if let Some(id) = address.strip_prefix('#') {
            let own = format!("#{}{id}", self.options.id_prefix);
            self.attribute("href", &html::address(&own));
            return;
        }
        let original = self.prepared.original(range.clone());
        if let Some(out) = self.out.last_mut() {
            draft::link(address, &original, out);
        }
    }

    /// Writes a picture; gives the place after its events, which are its alternative text.
    pub(crate) fn picture(
        &mut self,
        events: &Events,
        start: usize,
        (address, title): (&str, &str),
        range: &Range<usize>,
    ) -> usize {
        let (alt, after) = alternative(events, start);
        let plain = self.options.plain;
        let span = self.span(range);
        let decorative = title == "decorative" && !plain;
        if alt.trim().is_empty() && !decorative && self.options.images_need_alt && !plain {
            self.diagnostics.push(errors::alt_missing(span.clone()));
        }
        self.push("<img");
        let safe = plain || url::is_safe(address);
        if safe && !plain {
            let original = self.prepared.original(range.clone());
            if let Some(out) = self.out.last_mut() {
                draft::picture(address, (&alt, !decorative), &original, out);
            }
        } else {
            if !safe {
                self.diagnostics.push(errors::scheme(address, span));
            }
            self.attribute("src", &html::address(if safe { address } else { "" }));
            self.attribute("alt", if decorative { "" } else { &alt });
        }
        if !title.is_empty() && !decorative && !self.tags.in_figure() {
            self.attribute("title", title);
        }
        self.push(if plain { ">" } else { " loading=lazy decoding=async>" });
        after
    }

    /// Reads a line of a block of HTML: a mark of ours, or what the text has.
    pub(crate) fn html(&mut self, html: &str, range: &Range<usize>) {
        let Some(mark) = self.prepared.mark(html) else {
            match self.sanitises() {
                true => self.raw_line(html, range),
                false => self.raw(html, range),
            }
            return;
        };
        self.end_raw();
        self.before_block();
        match mark {
            Mark::Leaf(_) => (),
            Mark::Open(_) => self.enter(),
            Mark::Close => self.leave(),
        }
        let Some(out) = self.out.last_mut() else { return };
        match mark {
            Mark::Leaf(number) => draft::leaf(number, out),
            Mark::Open(number) => {
                self.directives.push(number);
                draft::open(number, out);
            }
            Mark::Close => {
                if self.directives.pop().is_some() {
                    draft::close(out);
                }
            }
        }
    }

    pub(crate) fn raw(&mut self, html: &str, range: &Range<usize>) {
        if self.options.plain || self.options.html == HtmlPolicy::Trusted {
            self.push(html);
            return;
        }
        if self.sanitises() {
            self.raw_words(html, range);
            return;
        }
        // One message for a block, and none for the end of what was reported at its start.
        if !self.html_reported && !html.starts_with("</") {
            self.html_reported = true;
            let trimmed = range.start..range.start + html.trim_end().len();
            let span = self.span(&trimmed);
            self.diagnostics.push(errors::raw_html(html, span));
        }
    }
}

/// The plain text of a picture's events, and the place after them.
pub(crate) fn alternative(events: &Events, start: usize) -> (String, usize) {
    let mut alt = String::new();
    let mut depth = 1;
    let mut at = start;
    while let Some((event, _)) = events.get(at) {
        at += 1;
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) => {
                depth -= 1;
                if depth == 0 {
                    break;
                }
            }
            Event::Text(text) | Event::Code(text) => alt.push_str(text),
            Event::SoftBreak | Event::HardBreak => alt.push(' '),
            _ => (),
        }
    }
    (alt, at)
}
