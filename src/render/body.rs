//! Markdown on a page: links, pictures and directives resolved.

use std::rc::Rc;
use std::sync::Arc;

use tera::Value;

use crate::content::schema::Field;
use crate::content::{Entry, EntryId, markdown_options, texts};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::markdown::{self, Argument, Directive, Heading, Picture, Place, Resolver};
use crate::render::scope::Scope;
use crate::render::{Engine, Made, Shared, directive};
use crate::text::url;
use crate::world::{Answer, Question, Recorder, Refusal, World, map, text};

/// A file that was changed while the site was being built.
pub(crate) const CHANGED: Code = Code::new("config/changed-file");
/// A link to a page or file that is not on the site.
pub(crate) const BROKEN: Code = Code::new("link/broken");
/// A picture that is not in the media folder.
pub(crate) const PICTURE: Code = Code::new("link/picture");
/// A picture of another site.
pub(crate) const REMOTE: Code = Code::new("link/remote-picture");

/// Markdown as it stands on a page.
#[derive(Default)]
pub(crate) struct Rendered {
    pub(crate) html: String,
    /// What a reader sees of it, without marks, and without what directives add.
    pub(crate) text: String,
    /// Its headings.
    pub(crate) outline: Vec<Heading>,
}

/// Renders the body of an entry, for the page itself or for another that shows it. `page` is what
/// directives see by `@page`.
pub(crate) fn render(scope: &Shared, id: &EntryId, page: &Value, id_prefix: String) -> Rendered {
    let world = &scope.world;
    let Some((entry, collection)) = world.own(id).zip(world.collection(id)) else {
        return Rendered::default();
    };
    let Some(body) = &entry.body else { return Rendered::default() };
    let place = Place::Body { source: entry.source.clone(), offset: body.offset() };
    let about = (&entry.source, collection.field("body"));
    // A draft has its ids as they are on the entry's own page.
    let draft = if id_prefix.is_empty() { body.draft() } else { None };
    if let Some(draft) = draft {
        let mut links = Links { scope, source: about.0, field: about.1, page };
        let body = draft.fill(&entry.facts.directives, &place, &mut links);
        let html = scope.mark_blocks(&place, &body.map, body.html);
        return Rendered { html, text: body.text, outline: body.outline };
    }
    let Some(text) = body.read() else {
        scope.report(changed(&entry.source));
        return Rendered::default();
    };
    write(scope, (text.as_str(), &place), about, (page, id_prefix))
}

/// Renders the Markdown of a field.
pub(crate) fn field(
    scope: &Shared,
    id: &EntryId,
    field: &Field,
    text: &Arc<str>,
    span: &Span,
) -> Value {
    let page = scope.world.summary(id);
    let place = Place::Field(span.clone());
    let about = (&span.source, Some(field));
    Value::safe_string(&write(scope, (text, &place), about, (&page, scope.piece())).html)
}

fn write(
    scope: &Shared,
    (text, place): (&str, &Place),
    (source, field): (&SourceId, Option<&Field>),
    (page, id_prefix): (&Value, String),
) -> Rendered {
    let world = &scope.world;
    let mut options = markdown_options(world.config(), world.schema(), field);
    options.id_prefix = id_prefix;
    let mut links = Links { scope, source, field, page };
    let body = markdown::render(text, place, &options, &mut links);
    let html = scope.mark_blocks(place, &body.map, body.html);
    Rendered { html, text: body.text, outline: body.outline }
}

/// Looks for problems in the body of an entry without a page, whether or not a page shows it.
pub(crate) fn look(world: &Arc<World>, engine: &Arc<Engine>, entry: &Entry) -> Made {
    let scope = Scope::of(world, engine, Some(entry.id.clone()));
    scope.inside.set(true);
    let page = scope.world.summary(&entry.id);
    scope.enter(|| render(&scope, &entry.id, &page, String::new()));
    let diagnostics = scope.take_diagnostics();
    Made { diagnostics, asked: scope.world.take(), ..Made::default() }
}

/// Looks for problems in all the Markdown of one entry as it is now, whether or not it is on the
/// site: links, pictures, directives.
pub(crate) fn problems(world: &Arc<World>, engine: &Arc<Engine>, entry: &Entry) -> Diagnostics {
    let Some(collection) = world.collection(&entry.id) else { return Diagnostics::new() };
    let scope = Scope::of(world, engine, Some(entry.id.clone()));
    scope.inside.set(true);
    let page = world.summary_of(&entry.id);
    scope.enter(|| {
        if let Some((body, text)) = entry.body.as_ref().and_then(|it| Some((it, it.read()?))) {
            let place = Place::Body { source: entry.source.clone(), offset: body.offset() };
            let about = (&entry.source, collection.field("body"));
            write(&scope, (text.as_str(), &place), about, (&page, String::new()));
        }
        texts::each(&collection.fields, &entry.fields, &mut |field, text, span| {
            let place = Place::Field(span.clone());
            let about = (&entry.source, Some(field));
            write(&scope, (text, &place), about, (&page, scope.piece()));
        });
    });
    scope.take_diagnostics()
}

/// What a template may know of a directive in a body.
pub(crate) fn summary(directive: &Directive) -> Value {
    let value = |argument: &Argument| (argument.name.clone(), directive::plain(&argument.value));
    let args = map(directive.args.iter().map(value));
    map([("name", Value::from(directive.name.as_str())), ("args", args)])
}

struct Links<'a> {
    scope: &'a Shared,
    source: &'a SourceId,
    field: Option<&'a Field>,
    page: &'a Value,
}

impl Links<'_> {
    fn ask(&self, address: &str) -> Answer {
        self.scope.world.ask(&question(self.source, address))
    }
}

impl Resolver for Links<'_> {
    fn link(&mut self, address: &str, span: Span) -> String {
        let mark = self.scope.mark(&span);
        // The scheme has been looked at where the Markdown was read.
        if address.starts_with('#') || url::scheme(address).is_some() {
            return mark + address;
        }
        match self.ask(address) {
            Answer::Value(value) => mark + value.as_str().unwrap_or(address),
            Answer::Refused(refusal) => {
                self.scope.report(broken(BROKEN, refusal, span));
                address.to_owned()
            }
            _ => mark + address,
        }
    }

    fn picture(&mut self, address: &str, alt: &str, span: Span) -> Picture {
        let plain = || Picture { url: address.to_owned(), width: None, height: None };
        if url::scheme(address).is_some() {
            self.scope.report(remote(span));
            return plain();
        }
        match picture(&self.scope.world, self.source, address) {
            Ok(value) => {
                self.scope.shows(&value, alt);
                let size = |key: &'static str| {
                    let size = value.as_map()?.get(&tera::value::Key::Str(key))?.as_u64()?;
                    u32::try_from(size).ok()
                };
                let url = self.scope.mark(&span) + text(&value, "url").unwrap_or(address);
                Picture { url, width: size("width"), height: size("height") }
            }
            Err(refusal) => {
                self.scope.report(broken(PICTURE, refusal, span));
                plain()
            }
        }
    }

    fn directive(&mut self, directive: &Directive, content: Option<String>) -> String {
        let allowed = self.field.and_then(|field| field.rules.directives.as_deref());
        let html =
            directive::render(&Rc::clone(self.scope), directive, content, allowed, self.page);
        self.scope.mark_directive(&directive.span, html)
    }
}

/// What a link asks: for an address from the root, or for a file from the one it is in.
fn question(from: &SourceId, address: &str) -> Question {
    match address.starts_with('/') {
        true => Question::Address(address.to_owned()),
        false => Question::File { from: from.clone(), path: address.to_owned() },
    }
}

/// Finds a picture by its address, or by its path from the file that shows it.
fn picture(world: &Recorder, from: &SourceId, address: &str) -> Result<Value, Refusal> {
    let mut address = address.to_owned();
    if !address.starts_with('/') {
        let answer = world.ask(&question(from, &address));
        let base = world.config().base_path.len();
        match answer {
            Answer::Value(value) => {
                address = value.as_str().and_then(|url| url.get(base..)).unwrap_or("").to_owned();
            }
            Answer::Refused(refusal) => return Err(refusal),
            _ => (),
        }
    }
    match world.ask(&Question::Image(address)) {
        Answer::Value(value) => Ok(value),
        Answer::Refused(refusal) => Err(refusal),
        _ => Ok(Value::none()),
    }
}

fn broken(code: Code, refusal: Refusal, span: Span) -> Diagnostic {
    let error = Diagnostic::error(code, refusal.message).at(span);
    match refusal.hint {
        Some(hint) => error.label(hint),
        None => error,
    }
}

pub(crate) fn changed(source: &SourceId) -> Diagnostic {
    Diagnostic::error(CHANGED, "this file was changed while the site was being built")
        .at(Span::file(source))
        .help("build again")
}

fn remote(span: Span) -> Diagnostic {
    let message = "this picture comes from another site, which then sees every reader of the page";
    Diagnostic::warning(REMOTE, message)
        .at(span)
        .help("save the picture in the media folder, if you may, and show it from there")
}
