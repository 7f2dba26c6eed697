//! Tells whether a template still means the same, whatever its tags of Tera write.
//!
//! Both templates are read as a browser would, each tag of Tera as one word of text. Where tags of
//! HTML, their attributes and the text between them are the same, so is every page made of them.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts,
};

use crate::minify::elements::{self, Side};
use crate::minify::tera_tags;

/// Tells whether two templates make the same pages.
pub(crate) fn same(before: &str, after: &str) -> bool {
    if !tera_tags::all(before).eq(tera_tags::all(after)) {
        return false;
    }
    let mut unused = ('\u{10f100}'..='\u{10f1ff}').filter(|mark| !before.contains(*mark));
    let Some(mark) = unused.next() else { return false };
    read(before, mark) == read(after, mark)
}

/// What a browser meets.
#[derive(Debug, PartialEq, Eq)]
enum Met {
    Start {
        name: String,
        attributes: Vec<(String, String)>,
        closed: bool,
    },
    End(String),
    Text(String),
    /// A comment with tags of Tera in it.
    Comment(String),
    Doctype(Option<String>, Option<String>, Option<String>),
}

fn read(template: &str, mark: char) -> Vec<Met> {
    let input = BufferQueue::default();
    input.push_back(StrTendril::from(opaque(template, mark)));
    let sink = Sink { mark, ..Sink::default() };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    // A script's end makes it pause.
    while !input.is_empty() {
        let _ = tokenizer.feed(&input);
    }
    tokenizer.end();
    tokenizer.sink.finish();
    tokenizer.sink.met.take()
}

/// The template with a word in the place of each tag of Tera, and without the space that Tera
/// takes away, in the steps of its lexer.
fn opaque(template: &str, mark: char) -> String {
    let mut out = String::with_capacity(template.len());
    let (mut from, mut count, mut trimmed) = (0, 0, false);
    loop {
        let range = tera_tags::next(template, from);
        let text = &template[from..range.as_ref().map_or(template.len(), |range| range.start)];
        let tag = range.clone().map_or("", |range| &template[range]);
        if !text.is_empty() {
            let text = if trimmed { text.trim_start() } else { text };
            let behind = tera_tags::trims_before(tag);
            out.push_str(if behind { text.trim_end() } else { text });
            trimmed = false;
        }
        let Some(range) = range else { return out };
        // It starts with a letter, as a tag's name may come from Tera.
        out.push_str(&format!("x{mark}{count}{mark}"));
        if tera_tags::passes_trimming(tag) {
            // The text of a raw block is trimmed too.
            let next = tera_tags::next(template, range.end).filter(|it| it.start == range.end);
            let behind = next.is_some_and(|next| tera_tags::trims_before(&template[next]));
            if !tag.starts_with("{#") {
                out.push_str(&format!("{trimmed}{behind}"));
                trimmed = false;
            }
            trimmed |= tera_tags::trims_behind(tag);
        } else {
            trimmed = tera_tags::trims_behind(tag);
        }
        count += 1;
        from = range.end;
    }
}

struct Sink {
    mark: char,
    met: RefCell<Vec<Met>>,
    /// Text since the last tag.
    text: RefCell<String>,
    before: Cell<Side>,
    /// Within how many `pre` it is.
    exact: Cell<usize>,
    /// Within an element whose content is no markup; its name.
    raw: RefCell<Option<String>>,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            mark: '\0',
            met: RefCell::default(),
            text: RefCell::default(),
            before: Cell::new(Side::Other),
            exact: Cell::new(0),
            raw: RefCell::default(),
        }
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        match token {
            Token::CharacterTokens(text) => self.text.borrow_mut().push_str(&text),
            Token::TagToken(tag) => return self.tag(&tag),
            Token::CommentToken(text) if text.contains(self.mark) => {
                self.flush(Side::Other);
                self.met.borrow_mut().push(Met::Comment(text.to_string()));
            }
            Token::DoctypeToken(doctype) => {
                self.flush(Side::Block);
                let owned = |text: Option<StrTendril>| text.map(|text| text.to_string());
                let ids = (owned(doctype.public_id), owned(doctype.system_id));
                self.met.borrow_mut().push(Met::Doctype(owned(doctype.name), ids.0, ids.1));
            }
            _ => (),
        }
        TokenSinkResult::Continue
    }
}

impl Sink {
    fn tag(&self, tag: &Tag) -> TokenSinkResult<()> {
        let name = tag.name.to_string();
        // A block of Tera behind a name is no part of it: `<p{% if … %} class=a{% endif %}>`.
        let known = name.find(self.mark).map_or(&*name, |at| &name[..at.saturating_sub(1)]);
        self.flush(elements::side(known));
        let pre = matches!(known, "pre" | "listing" | "noscript" | "math");
        if tag.kind == TagKind::EndTag {
            self.exact.set(self.exact.get().saturating_sub(usize::from(pre)));
            self.raw.take();
            self.met.borrow_mut().push(Met::End(name));
            return TokenSinkResult::Continue;
        }
        self.exact.set(self.exact.get() + usize::from(pre));
        let attributes = tag.attrs.iter();
        let attributes =
            attributes.map(|it| (it.name.local.to_string(), it.value.to_string())).collect();
        let kind = match known {
            "script" => Some(RawKind::ScriptData),
            "style" | "xmp" | "iframe" | "noembed" | "noframes" => Some(RawKind::Rawtext),
            "textarea" | "title" => Some(RawKind::Rcdata),
            _ => None,
        };
        if kind.is_some() {
            self.raw.replace(Some(known.to_owned()));
        }
        let closed = tag.self_closing && !elements::is_void(known);
        self.met.borrow_mut().push(Met::Start { name, attributes, closed });
        kind.map_or(TokenSinkResult::Continue, TokenSinkResult::RawData)
    }

    fn finish(&self) {
        self.flush(Side::Other);
    }

    /// Notes the text up to a tag: as it is where every character counts, otherwise as it shows.
    fn flush(&self, next: Side) {
        let text = self.text.take();
        let before = self.before.replace(next);
        let raw = self.raw.borrow();
        let exact = raw.is_some() || self.exact.get() > 0;
        let shown = match raw.as_deref() {
            // Styles are lightningcss's, where they hold no tag of Tera.
            Some("style") if !text.contains(self.mark) => String::new(),
            _ if exact => text,
            _ => shown(&text, before, next),
        };
        if !shown.is_empty() {
            self.met.borrow_mut().push(Met::Text(shown));
        }
    }
}

/// Text as it shows: one space for each run, and none beside a block.
fn shown(text: &str, before: Side, next: Side) -> String {
    let space = |char: char| matches!(char, ' ' | '\t' | '\n' | '\r' | '\x0c');
    let words = text.split(space).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if words.is_empty() {
        let parts = !text.is_empty() && before.parts(next);
        return if parts { " ".to_owned() } else { words };
    }
    let start = text.starts_with(space) && before.parts(Side::Other);
    let end = text.ends_with(space) && Side::Other.parts(next);
    format!("{}{words}{}", if start { " " } else { "" }, if end { " " } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_tells_what_is_the_same() {
        let same = |before: &str, after: &str| same(before, after);
        assert!(same("<p>a  b</p>\n<p>", "<p>a b</p><p>"));
        assert!(same("<a>a</a>\n<a title=\"\">b</a>", "<a>a</a> <a title>b</a>"));
        assert!(same("<!-- x --><p>", "<p>"));
        assert!(same("a {%- if x %} b", "a{%- if x %} b"));
        assert!(!same("<a>a</a> <a>b</a>", "<a>a</a><a>b</a>"));
        assert!(!same("{{ a }} {{ b }}", "{{ a }}{{ b }}"));
        assert!(!same("<input value=\"\">", "<input>"));
        assert!(!same("<a b=1 c=2>", "<a c=2 b=1>"));
        assert!(!same("<p hidden=until-found>", "<p hidden>"));
        assert!(!same("<pre>a  b</pre>", "<pre>a b</pre>"));
        assert!(!same("<script>a  b</script>", "<script>a b</script>"));
        assert!(!same("&nbsp;{%- if x %}", "\u{a0}{%- if x %}"));
        assert!(!same("a <!-- x -->{%- if x %}", "a {%- if x %}"));
        assert!(!same("{% if x -%} {# c #} a", "{% if x -%}{# c #} a"));
        assert!(!same("{% if x -%} {% raw %} a{% endraw %}", "{% if x -%}{% raw %} a{% endraw %}"));
    }
}
