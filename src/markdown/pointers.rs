//! What a text points at or calls: links, pictures, directives, raw HTML.

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

use crate::html;
use crate::markdown::directives::Mark;
use crate::markdown::writer::{Events, Writer};
use crate::markdown::{HtmlPolicy, Picture, errors};
use crate::text::url;

impl Writer<'_> {
    pub(crate) fn link(&mut self, kind: LinkType, url: &CowStr, title: &str, range: &Range<usize>) {
        let address = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => url.to_string(),
        };
        self.push("<a");
        if let Some(href) = self.resolved(&address, range) {
            self.attribute("href", &html::address(&href));
        }
        if !title.is_empty() {
            self.attribute("title", title);
        }
        self.push(">");
    }

    fn resolved(&mut self, address: &str, range: &Range<usize>) -> Option<String> {
        if self.options.plain {
            return Some(address.to_owned());
        }
        let span = self.span(range);
        if !url::is_safe(address) {
            self.diagnostics.push(errors::scheme(address, span));
            return None;
        }
        Some(match address.strip_prefix('#') {
            Some(id) => format!("#{}{id}", self.options.id_prefix),
            None => self.resolver.link(address, span),
        })
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
        let mut picture = Picture::default();
        if plain {
            address.clone_into(&mut picture.url);
        } else if url::is_safe(address) {
            picture = self.resolver.picture(address, &alt, span);
        } else {
            self.diagnostics.push(errors::scheme(address, span));
        }
        self.push("<img");
        self.attribute("src", &html::address(&picture.url));
        self.attribute("alt", if decorative { "" } else { &alt });
        for (name, size) in [("width", picture.width), ("height", picture.height)] {
            if let Some(size) = size {
                self.attribute(name, &size.to_string());
            }
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
            self.raw(html, range);
            return;
        };
        match mark {
            Mark::Leaf(number) => self.directive(number, None),
            Mark::Open(number) => {
                self.directives.push(number);
                self.out.push(String::new());
            }
            Mark::Close => {
                let Some(number) = self.directives.pop() else { return };
                let content = self.take_out();
                self.directive(number, Some(content));
            }
        }
    }

    fn directive(&mut self, number: usize, content: Option<String>) {
        let Some(directive) = self.prepared.directives.get(number) else { return };
        let content = content.filter(|_| !directive.empty);
        let html = self.resolver.directive(directive, content);
        self.push(&html);
    }

    pub(crate) fn raw(&mut self, html: &str, range: &Range<usize>) {
        if self.options.plain || self.options.html == HtmlPolicy::Trusted {
            self.push(html);
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
