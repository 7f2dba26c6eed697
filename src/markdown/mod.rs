//! Stand-in.
use crate::diag::{Diagnostics, SourceId, Span};
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum HtmlPolicy {
    #[default]
    None,
    Trusted,
}
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Headings {
    pub start: u8,
    pub no_skip: bool,
}
impl Default for Headings {
    fn default() -> Self {
        Self { start: 1, no_skip: false }
    }
}
#[derive(Clone, Debug)]
pub struct Options {
    pub smart_punctuation: bool,
    pub html: HtmlPolicy,
    pub headings: Headings,
    pub images_need_alt: bool,
    pub id_prefix: String,
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
#[derive(Clone, Debug)]
pub enum Place {
    Body { source: SourceId, offset: usize },
    Field(Span),
}
#[derive(Clone, Debug, Default)]
pub struct Heading {
    pub id: String,
    pub title: String,
    pub level: u8,
    pub children: Vec<Heading>,
}
#[derive(Clone, Debug, Default)]
pub struct Facts {
    pub outline: Vec<Heading>,
    pub words: usize,
    pub description: String,
    pub directives: Vec<Directive>,
}
pub fn facts(text: &str, _: &Place, _: &Options, _: &mut Diagnostics) -> Facts {
    Facts { words: text.split_whitespace().count(), ..Facts::default() }
}
pub struct Body {
    pub html: String,
    pub map: Vec<(usize, usize)>,
}
pub fn render(text: &str, _: &Place, _: &Options, _: &mut dyn Resolver) -> Body {
    Body { html: text.replace('<', "&lt;"), map: vec![] }
}
pub struct Picture {
    pub url: String,
    pub width: Option<u32>,
    pub height: Option<u32>,
}
pub trait Resolver {
    fn link(&mut self, address: &str, span: Span) -> String;
    fn picture(&mut self, address: &str, span: Span) -> Picture;
    fn directive(&mut self, directive: &Directive, content: Option<String>) -> String;
}
#[derive(Clone, Debug)]
pub struct Directive {
    pub name: String,
    pub args: Vec<Argument>,
    pub span: Span,
    pub name_span: Span,
    pub container: bool,
    pub empty: bool,
}
#[derive(Clone, Debug)]
pub struct Argument {
    pub name: String,
    pub value: ArgumentValue,
    pub span: Span,
}
#[derive(Clone, Debug)]
pub enum ArgumentValue {
    Text(String),
    Word(String),
    Flag,
}
