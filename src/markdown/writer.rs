//! Turns the parser's events into HTML, plain text, outline and problems, in one pass.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::diag::{Diagnostics, Span};
use crate::html;
use crate::markdown::directives::{Prepared, prepare};
use crate::markdown::draft::Draft;
use crate::markdown::footnotes::Footnotes;
use crate::markdown::headings::Outline;
use crate::markdown::inline::{Part, Run, is_measure, may_have_address};
use crate::markdown::sanitise::Raw;
use crate::markdown::summary::words;
use crate::markdown::tags::Tags;
use crate::markdown::{Facts, Options, Place, errors, limits, slips};
use crate::text::NO_TEXT;

/// Everything that one pass over a text gives.
#[derive(Default)]
pub(crate) struct Written {
    pub(crate) draft: Draft,
    pub(crate) facts: Facts,
    pub(crate) diagnostics: Diagnostics,
}

/// The parser's events, each with its bytes.
pub(crate) type Events<'a> = [(Event<'a>, Range<usize>)];

/// Reads and writes a text, and looks for slips in it if it is to be `judged`.
pub(crate) fn write(text: &str, place: &Place, options: &Options, judged: bool) -> Written {
    let mut diagnostics = Diagnostics::new();
    if text.len() > limits::LONGEST {
        diagnostics.push(errors::too_long(place.span(0..text.len().min(80))));
        return Written { diagnostics, ..Written::default() };
    }
    if let Some(range) = limits::too_deep(text) {
        diagnostics.push(errors::too_deep(place.span(range)));
        return Written { diagnostics, ..Written::default() };
    }
    // No file holds these, but YAML can write them out in a field. One byte for one keeps places.
    let clean = memchr::memchr2(0, NO_TEXT as u8, text.as_bytes());
    let clean = clean.map(|_| text.replace(['\0', NO_TEXT], "?"));
    let text = clean.as_deref().unwrap_or(text);
    let prepared = match options.plain {
        true => Prepared::whole(text),
        false => prepare(text, place, &mut diagnostics),
    };
    let parser = Parser::new_ext(&prepared.text, extensions(options));
    // About one event for each sixteen bytes: room for them at once is cheaper than growing.
    let mut events: Vec<_> = Vec::with_capacity(text.len() / 16 + 16);
    events.extend(parser.into_offset_iter());
    if judged && !options.plain {
        slips::look(&prepared, &events, place, &mut diagnostics);
    }
    let mut writer = Writer::new(&prepared, place, options, diagnostics);
    writer.survey(&events);
    writer.events(&events);
    writer.finish()
}

fn extensions(options: &Options) -> pulldown_cmark::Options {
    use pulldown_cmark::Options as On;
    if options.plain {
        return On::empty();
    }
    let all = On::ENABLE_TABLES
        | On::ENABLE_FOOTNOTES
        | On::ENABLE_STRIKETHROUGH
        | On::ENABLE_TASKLISTS
        | On::ENABLE_HEADING_ATTRIBUTES
        | On::ENABLE_GFM
        | On::ENABLE_DEFINITION_LIST;
    if options.smart_punctuation { all | On::ENABLE_SMART_PUNCTUATION } else { all }
}

pub(crate) struct Writer<'a> {
    pub(crate) prepared: &'a Prepared<'a>,
    place: &'a Place,
    pub(crate) options: &'a Options,
    pub(crate) diagnostics: Diagnostics,
    /// What is being written, the innermost last: the body, and what is kept back to be put
    /// somewhere else.
    pub(crate) out: Vec<String>,
    pub(crate) plain: String,
    pub(crate) outline: Outline,
    pub(crate) footnotes: Footnotes,
    pub(crate) tags: Tags,
    pub(crate) map: Vec<(usize, usize)>,
    /// The directives that are open, by number.
    pub(crate) directives: Vec<usize>,
    run: Run<'a>,
    /// Whether the text has anything that looks like the use of a footnote.
    may_have_footnotes: bool,
    /// Whether it has anything that looks like a bare address.
    may_have_addresses: bool,
    /// Quotation marks that are open in this block: double, single.
    quotes: (usize, usize),
    in_code: bool,
    pub(crate) in_link: usize,
    pub(crate) html_reported: bool,
    pub(crate) raw: Raw,
    /// Whether the text nests too deep to be written.
    too_deep: bool,
}

impl<'a> Writer<'a> {
    fn new(
        prepared: &'a Prepared<'a>,
        place: &'a Place,
        options: &'a Options,
        diagnostics: Diagnostics,
    ) -> Self {
        Self {
            prepared,
            place,
            options,
            diagnostics,
            out: vec![String::with_capacity(prepared.text.len() * 3 / 2)],
            plain: String::with_capacity(prepared.text.len()),
            outline: Outline::default(),
            footnotes: Footnotes::default(),
            tags: Tags::default(),
            map: Vec::with_capacity(prepared.text.len() / 64),
            directives: Vec::new(),
            run: Run::default(),
            may_have_footnotes: memchr::memmem::find(prepared.text.as_bytes(), b"[^").is_some(),
            may_have_addresses: may_have_address(prepared.text.as_bytes()),
            quotes: (0, 0),
            in_code: false,
            in_link: 0,
            html_reported: false,
            raw: Raw::default(),
            too_deep: false,
        }
    }

    /// Looks ahead for what later events decide: ids that the text gives, the order of footnotes.
    fn survey(&mut self, events: &Events) {
        let braces = memchr::memchr(b'{', self.prepared.text.as_bytes()).is_some();
        if !braces && !self.may_have_footnotes {
            return;
        }
        let mut inside = 0;
        let mut later = Vec::new();
        for (event, _) in events {
            match event {
                Event::Start(Tag::Heading { id: Some(id), .. }) => self.outline.reserve(id),
                Event::Start(Tag::FootnoteDefinition(_)) => inside += 1,
                Event::End(TagEnd::FootnoteDefinition) => inside -= 1,
                Event::FootnoteReference(label) if inside > 0 => later.push(label.to_lowercase()),
                Event::FootnoteReference(label) => self.footnotes.number(&label.to_lowercase()),
                _ => (),
            }
        }
        later.iter().for_each(|label| self.footnotes.number(label));
    }

    fn events(&mut self, events: &'a Events<'a>) {
        let mut at = 0;
        while let Some((event, range)) = events.get(at) {
            if !matches!(event, Event::Text(_)) {
                self.flush();
            }
            at += 1;
            match event {
                Event::Start(Tag::Image { dest_url, title, .. }) => {
                    at = self.picture(events, at, (dest_url, title), range);
                }
                Event::Start(Tag::Link { link_type, dest_url, title, .. }) => {
                    self.in_link += 1;
                    self.link(*link_type, dest_url, title, range);
                    self.enter();
                }
                Event::End(TagEnd::Link) => {
                    self.leave();
                    self.in_link = self.in_link.saturating_sub(1);
                    self.push("</a>");
                }
                Event::Start(tag) => self.start(tag, range, &events[at..]),
                Event::End(tag) => self.end(tag, range),
                Event::Text(text) => self.text(text, range),
                Event::Code(text) => {
                    self.push("<code>");
                    self.write_text(text);
                    self.push("</code>");
                }
                Event::Html(html) => self.html(html, range),
                Event::InlineHtml(html) => self.raw(html, range),
                Event::SoftBreak => self.write_text("\n"),
                Event::HardBreak => {
                    self.push("<br>\n");
                    self.plain.push('\n');
                }
                Event::Rule => self.push("<hr>"),
                Event::FootnoteReference(label) => {
                    let out = self.out.last_mut().unwrap_or_else(|| unreachable!("never empty"));
                    self.footnotes.refer(&label.to_lowercase(), &self.options.id_prefix, out);
                }
                // Written where the item starts; mathematics is off.
                Event::TaskListMarker(_) | Event::InlineMath(_) | Event::DisplayMath(_) => (),
            }
            if self.too_deep {
                return;
            }
        }
        self.flush();
    }

    fn start(&mut self, tag: &Tag, range: &Range<usize>, next: &Events) {
        match tag {
            Tag::CodeBlock(_) => self.in_code = true,
            Tag::HtmlBlock => self.html_reported = false,
            _ => (),
        }
        let block = !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough);
        if block {
            self.quotes = (0, 0);
            if !matches!(tag, Tag::HtmlBlock) {
                self.before_block();
            }
            let own = self.directives.is_empty() && !matches!(tag, Tag::HtmlBlock);
            if let ([out], true) = (self.out.as_slice(), own) {
                let original = self.prepared.original(range.clone());
                self.map.push((out.len(), original.start));
            }
        }
        self.open_tag(tag, range, next);
        if !matches!(tag, Tag::HtmlBlock) {
            self.enter();
        }
        if self.tags.depth() > limits::DEEPEST && !self.options.plain {
            self.too_deep = true;
            let span = self.span(range);
            self.diagnostics.push(errors::too_deep(span));
        }
    }

    fn end(&mut self, tag: &TagEnd, range: &Range<usize>) {
        if matches!(tag, TagEnd::CodeBlock) {
            self.in_code = false;
        }
        match tag {
            TagEnd::HtmlBlock => self.end_raw(),
            _ => self.leave(),
        }
        self.close_tag(tag, range);
    }

    fn text(&mut self, text: &'a str, range: &Range<usize>) {
        if self.in_code {
            self.write_text(text);
            return;
        }
        if !self.run.continues(range) {
            self.flush();
        }
        let text = self.quoted(text, range);
        self.run.push(range.clone(), text);
    }

    /// Gives a quotation mark back its plain form where it is a measure.
    fn quoted(&mut self, text: &'a str, range: &Range<usize>) -> &'a str {
        let (double, single) = &mut self.quotes;
        let open = match text {
            "“" | "”" => double,
            "‘" | "’" => single,
            _ => return text,
        };
        if is_measure(&self.prepared.text, range, *open > 0) {
            return &self.prepared.text[range.clone()];
        }
        *open = match text {
            "“" | "‘" => *open + 1,
            _ => open.saturating_sub(1),
        };
        text
    }

    /// Writes the run of text that is complete.
    pub(crate) fn flush(&mut self) {
        let Some(range) = self.run.range() else { return };
        let run = std::mem::take(&mut self.run);
        if self.may_have_footnotes && !self.options.plain {
            self.undefined_footnotes(&range);
        }
        let as_is = self.options.plain || self.in_link > 0 || !self.may_have_addresses;
        let parts = if as_is { None } else { run.parts(&self.prepared.text) };
        match parts {
            None => run.texts().for_each(|text| self.write_text(text)),
            Some(parts) => parts.into_iter().for_each(|part| self.part(part)),
        }
        self.run = run.cleared();
    }

    fn part(&mut self, part: Part) {
        match part {
            Part::Text(text) => self.write_text(&text),
            Part::Link(shown, href) => {
                self.push("<a");
                self.attribute("href", &html::address(&href));
                self.push(">");
                self.write_text(&shown);
                self.push("</a>");
            }
        }
    }

    fn undefined_footnotes(&mut self, range: &Range<usize>) {
        let raw = &self.prepared.text[range.clone()];
        for (at, _) in raw.match_indices("[^") {
            let Some(length) = raw[at..].find(']') else { continue };
            let label = &raw[at + 2..at + length];
            let escaped = self.prepared.text[..range.start + at].ends_with('\\');
            if label.is_empty() || label.contains(char::is_whitespace) || escaped {
                continue;
            }
            let start = range.start + at;
            let span = self.span(&(start..start + length + 1));
            let starts = self.prepared.text[..start].lines().next_back().is_none_or(str::is_empty)
                || self.prepared.text[..start].ends_with('\n');
            self.diagnostics.push(match starts {
                true => errors::footnote_colon(label, span),
                false => errors::footnote_undefined(label, span),
            });
        }
    }

    fn finish(mut self) -> Written {
        self.leave_text();
        self.end_section();
        let mut html = String::new();
        if self.too_deep {
            self.map.clear();
        } else {
            html = self.out.drain(..).collect();
            self.footnotes.finish(&self.options.id_prefix, &mut html);
        }
        let (words, directives) = (words(&self.plain), self.prepared.directives.clone());
        let facts = Facts { words, directives };
        let draft = Draft::new(html, self.plain, self.map, self.outline.tree());
        Written { draft, facts, diagnostics: self.diagnostics }
    }

    pub(crate) fn new_block(&mut self) {
        self.html_reported = false;
    }

    pub(crate) fn span(&self, range: &Range<usize>) -> Span {
        self.place.span(self.prepared.original(range.clone()))
    }

    /// The text as the parser had it.
    pub(crate) fn source(&self, range: &Range<usize>) -> &str {
        &self.prepared.text[range.clone()]
    }

    pub(crate) fn push(&mut self, html: &str) {
        if let Some(out) = self.out.last_mut() {
            out.push_str(html);
        }
    }

    pub(crate) fn attribute(&mut self, name: &str, value: &str) {
        if let Some(out) = self.out.last_mut() {
            html::attribute(name, value, out);
        }
    }

    pub(crate) fn take_out(&mut self) -> String {
        self.out.pop().unwrap_or_default()
    }

    pub(crate) fn write_text(&mut self, text: &str) {
        if let Some(out) = self.out.last_mut() {
            html::text(text, out);
        }
        self.plain.push_str(text);
    }
}
