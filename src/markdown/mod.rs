//! Markdown to HTML: CommonMark with the extensions and corrections of `docs/markdown.md`.
//!
//! 1. `directives` takes the theme's directives out of the text, before the parser sees it;
//! 2. pulldown-cmark parses what is left;
//! 3. `writer` turns its events into minimal HTML, with the help of `inline` (quotes, addresses),
//!    `headings` and `footnotes`: a [`Draft`], with holes for links, pictures and directives.
//!
//! [`read`] tells what can be told from the text alone, reports what is wrong with it, and gives
//! the draft; [`Draft::fill`] gives the HTML, with the holes filled by the caller. [`render`] does
//! both.

mod allowed;
mod arguments;
mod blocks;
mod directives;
mod draft;
mod errors;
mod footnotes;
mod headings;
mod inline;
mod limits;
mod pointers;
mod raw;
mod sanitise;
mod slip_errors;
mod slips;
mod summary;
mod tags;
mod writer;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use draft::Draft;
pub use errors::{
    ALT_MISSING, BUG, DIRECTIVE_PLACE, DIRECTIVE_SYNTAX, DIRECTIVE_UNCLOSED, DIRECTIVE_UNOPENED,
    DUPLICATE_ID, FOOTNOTE_UNDEFINED, FOOTNOTE_UNUSED, HEADING_ATTRIBUTE, HEADING_EMPTY,
    HEADING_LEVEL, RAW_HTML, SANITISED, SCHEME, TOO_DEEP, TOO_LONG,
};

pub(crate) use slip_errors::{PLACEHOLDER, not_filled, placeholder};

use crate::diag::{Diagnostics, SourceId, Span};
use crate::markdown::writer::{Written, write};
use crate::text::of_panic;

/// How raw HTML in a text is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum HtmlPolicy {
    /// It is an error.
    #[default]
    None,
    /// What is harmless stays; the rest is left out, and told.
    Sanitised,
    /// It is passed through: only developers write the text.
    Trusted,
}

/// Which levels headings may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headings {
    /// The highest level, 1 to 6; 2 where the page has a title of its own.
    pub start: u8,
    /// Whether a level may be left out on the way down.
    pub no_skip: bool,
}

impl Default for Headings {
    fn default() -> Self {
        Self { start: 1, no_skip: false }
    }
}

/// How a text is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Whether quotes and dashes are made typographic.
    pub smart_punctuation: bool,
    /// What becomes of raw HTML.
    pub html: HtmlPolicy,
    /// The levels of headings.
    pub headings: Headings,
    /// Whether pictures need alternative text.
    pub images_need_alt: bool,
    /// What all ids start with, so that several texts fit on one page.
    pub id_prefix: String,
    /// Whether this is CommonMark and nothing else: what its own tests are run with.
    pub plain: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            smart_punctuation: true,
            html: HtmlPolicy::None,
            headings: Headings::default(),
            images_need_alt: true,
            id_prefix: String::new(),
            plain: false,
        }
    }
}

/// Where a text stands, for messages.
#[derive(Clone, Debug)]
pub enum Place {
    /// Verbatim in a file, from a byte on.
    Body {
        /// The file.
        source: SourceId,
        /// Where the text starts.
        offset: usize,
    },
    /// In a field, where YAML has changed it: messages point at the field.
    Field(Span),
}

impl Place {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        match self {
            Self::Body { source, offset } => {
                Span::new(source, range.start + offset..range.end + offset)
            }
            Self::Field(span) => span.clone(),
        }
    }
}

/// A heading of the outline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Its id, unique in the text.
    pub id: String,
    /// Its text.
    pub title: String,
    /// Its level, 1 to 6.
    pub level: u8,
    /// The byte of the text at which its line starts.
    pub start: usize,
    /// Whether nothing stands between it and the next heading.
    pub bare: bool,
    /// The headings below it.
    pub children: Vec<Heading>,
}

/// What can be told from a text alone.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// How many words a reader sees.
    pub words: usize,
    /// Its directives, in order.
    pub directives: Vec<Directive>,
}

/// A text as HTML.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The HTML.
    pub html: String,
    /// Bytes of the HTML and the bytes of the text they come from, at the start of each block.
    pub map: Vec<(usize, usize)>,
    /// What a reader sees, without marks, a line for each block: for searching.
    pub text: String,
    /// Its headings.
    pub outline: Vec<Heading>,
}

/// A picture as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Picture {
    /// Its address.
    pub url: String,
    /// Its width in pixels, when known.
    pub width: Option<u32>,
    /// Its height in pixels, when known.
    pub height: Option<u32>,
}

/// Knows what a text points at.
pub trait Resolver {
    /// Gives the address for a link as it is written.
    fn link(&mut self, address: &str, span: Span) -> String;
    /// Gives the picture at an address as it is written, shown with this alternative text.
    fn picture(&mut self, address: &str, alt: &str, span: Span) -> Picture;
    /// Gives the HTML of a directive; `content` is that of its inside, absent when it has none.
    fn directive(&mut self, directive: &Directive, content: Option<String>) -> String;
}

/// A directive: a component of the theme, called from a text.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The component's name.
    pub name: String,
    /// Its arguments, in order.
    pub args: Vec<Argument>,
    /// The line.
    pub span: Span,
    /// The name on it.
    pub name_span: Span,
    /// Whether it is written with an inside.
    pub container: bool,
    /// Whether its inside is empty.
    pub empty: bool,
}

/// An argument of a directive.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ArgumentValue,
    /// Where it stands.
    pub span: Span,
}

/// An argument's value as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArgumentValue {
    /// In quotes.
    Text(String),
    /// Without quotes: a number, `true`.
    Word(String),
    /// The name alone.
    Flag,
}

/// Reads a text for what can be told from it alone, reports what is wrong with it, and drafts its
/// HTML.
pub fn read(
    text: &str,
    place: &Place,
    options: &Options,
    found: &mut Diagnostics,
) -> (Facts, Draft) {
    let Written { facts, draft, diagnostics } =
        guarded(place, || write(text, place, options, true));
    found.extend(diagnostics);
    (facts, draft)
}

/// Writes a text, and reports a fault of the parser or of Galen as its problem rather than dying.
fn guarded(place: &Place, write: impl FnOnce() -> Written) -> Written {
    catch_unwind(AssertUnwindSafe(write)).unwrap_or_else(|panic| {
        let mut diagnostics = Diagnostics::new();
        diagnostics.push(errors::bug(of_panic(&*panic), place.span(0..0)));
        Written { diagnostics, ..Written::default() }
    })
}

/// Turns a text into HTML. What is wrong with the text itself is [`read`]'s to report.
pub fn render(text: &str, place: &Place, options: &Options, resolver: &mut dyn Resolver) -> Body {
    let Written { facts, draft, .. } = write(text, place, options, false);
    draft.fill(&facts.directives, place, resolver)
}

/// Gives what a reader sees of a text, without marks, a line for each block: for searching.
pub fn plain_text(text: &str, options: &Options) -> String {
    let place = Place::Field(Span::file(&SourceId::new("")));
    write(text, &place, options, false).draft.text().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_told_of_the_text_that_it_is_met_at() {
        let place = Place::Body { source: SourceId::new("a.md"), offset: 7 };
        let written = guarded(&place, || panic!("it broke"));
        let told: Vec<_> = written.diagnostics.into_iter().collect();
        assert_eq!(told[0].message, "Galen failed at this text: it broke");
        assert_eq!(told[0].span, Some(Span::new(&SourceId::new("a.md"), 7..7)));
    }
}
