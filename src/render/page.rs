//! What each kind of page gives its template.

use tera::value::Key;
use tera::{TeraResult, Value};

use crate::content::EntryId;
use crate::content::schema::{Collection, Schema};
use crate::markdown::Heading;
use crate::minify;
use crate::render::api::{self, Parts};
use crate::render::engine::Texts;
use crate::render::{Shared, body, functions};
use crate::route::{Kind, Page, Route};
use crate::structured;
use crate::text::UrlPath;
use crate::world::{Pairs, Question, Recorder, map, text};

/// How many pages before and after its own a page of a list links to: with all of them, a list's
/// pages would grow with the square of their number.
const NEAR: usize = 4;

/// A page that was rendered.
pub(crate) struct Rendered {
    pub(crate) bytes: Vec<u8>,
    /// The entry in the JSON API, for an entry that is in it.
    pub(crate) document: Option<Vec<u8>>,
}

/// Renders a page's template; `None` when there is none, which has been reported.
///
/// # Errors
/// Those of the template.
pub(crate) fn render(scope: &Shared, route: &Route) -> TeraResult<Option<Rendered>> {
    scope.enter(|| {
        let Some((template, page, parts)) = page(scope, route) else { return Ok(None) };
        let title = text(&page, "title").unwrap_or_default().to_owned();
        let description = text(&page, "description").map(str::to_owned);
        let mut bytes = Vec::with_capacity(32 * 1024);
        scope.engine.render(scope.texts.get(), template, &scope.context(page), &mut bytes)?;
        let questions = scope.take_questions();
        let world = &scope.world;
        let is_data = |at: &usize| bytes[*at..].starts_with(functions::JSON_LD.as_bytes());
        let place = memchr::memchr_iter(0, &bytes).find(is_data);
        let about = (parts.is_some() || place.is_some())
            .then(|| structured::graph(world, route, (&title, description.as_deref()), &questions))
            .flatten();
        let parts = parts.filter(|_| scope.texts.get() != Texts::Marked);
        let document = parts.map(|parts| api::document(scope, &parts, about.clone()));
        if let Some(at) = place {
            let script = about.as_ref().map(functions::script);
            let range = at..at + functions::JSON_LD.len();
            bytes.splice(range, script.unwrap_or_default().into_bytes());
        }
        minify::unquote(&mut bytes);
        Ok(Some(Rendered { bytes, document }))
    })
}

/// Names the template of a route; `None` for files that are copied.
pub(crate) fn template<'a>(schema: &'a Schema, kind: &Kind) -> Option<&'a str> {
    let collection = |name: &str| schema.collection(name);
    match kind {
        Kind::Entry(id) => {
            let collection = collection(&id.collection)?;
            Some(collection.templates.get(&*id.slug).unwrap_or(&collection.template))
        }
        Kind::List { collection: name, .. } => Some(&collection(name)?.list.as_ref()?.template),
        Kind::Term { collection: name, field, .. } => {
            Some(&collection(name)?.field(field)?.rules.terms.as_ref()?.template)
        }
        Kind::NotFound => Some("404.html"),
        _ => None,
    }
}

fn page<'a>(scope: &'a Shared, route: &Route) -> Option<(&'a str, Value, Option<Parts>)> {
    let world = &scope.world;
    let template = template(world.schema(), &route.kind)?;
    world.ask(&Question::Route(route.file.to_string()));
    world.ask(&Question::Template(template.to_owned()));
    // A template that is missing has been reported once, not for each of its pages.
    if !scope.engine.theme().has_template(template) {
        return None;
    }
    let mut parts = None;
    let pairs = match &route.kind {
        Kind::Entry(id) => {
            let (pairs, own) = entry(scope, id)?;
            parts = world.document_file(id).is_some().then_some(own);
            pairs
        }
        Kind::List { collection, page } => {
            let collection = world.schema().collection(collection)?;
            let mut pairs = about(world, route, "list", &collection.label);
            pairs.extend(listing(scope, collection, page));
            pairs
        }
        Kind::Term { collection, field, term, name, page } => {
            let collection = world.schema().collection(collection)?;
            let mut pairs = about(world, route, "term", name);
            pairs.extend(listing(scope, collection, page));
            let term = [("name", &**name), ("slug", term), ("field", field)];
            let term = map(term.map(|(key, value)| (key, Value::from(value))));
            pairs.push((Key::Str("term"), term));
            pairs
        }
        Kind::NotFound => about(world, route, "404", "Page not found"),
        _ => return None,
    };
    Some((template, map(pairs), parts))
}

/// An entry's values, with what the JSON API has of them besides.
pub(crate) fn entry(scope: &Shared, id: &EntryId) -> Option<(Pairs, Parts)> {
    let world = &scope.world;
    let fields = fields(scope, id)?;
    let facts = &world.own(id)?.facts;
    let directives: Vec<Value> = facts.directives.iter().map(body::summary).collect();
    let own = fields.as_map()?.iter().map(|(key, value)| (key.clone(), value.clone()));
    let mut pairs: Pairs = own.collect();
    let body = body::render(scope, id, &fields, String::new());
    let html = Value::safe_string(&body.html);
    let toc = outline(&body.outline);
    // How many words there are is told of the page itself alone: lists would change with every
    // word that is written.
    pairs.push((Key::Str("words"), facts.words.into()));
    pairs.push((Key::Str("body"), html.clone()));
    pairs.push((Key::Str("toc"), toc.clone()));
    pairs.push((Key::Str("directives"), directives.into()));
    Some((pairs, Parts { id: id.clone(), fields, html, text: body.text, toc }))
}

/// An entry's fields with their Markdown as HTML: its summary, where there is none.
fn fields(scope: &Shared, id: &EntryId) -> Option<Value> {
    let world = &scope.world;
    if !world.collection(id)?.has_markdown_fields() {
        return Some(world.summary(id)).filter(|summary| !summary.is_none());
    }
    let pairs = world
        .own_pairs(id, &mut |field, text, span| Some(body::field(scope, id, field, text, span)))?;
    Some(map(pairs))
}

fn outline(headings: &[Heading]) -> Value {
    let one = |heading: &Heading| {
        map([
            ("id", Value::from(heading.id.as_str())),
            ("title", heading.title.as_str().into()),
            ("level", u64::from(heading.level).into()),
            ("children", outline(&heading.children)),
        ])
    };
    headings.iter().map(one).collect::<Vec<_>>().into()
}

fn about(world: &Recorder, route: &Route, kind: &str, title: &str) -> Pairs {
    vec![
        (Key::Str("route_kind"), kind.into()),
        (Key::Str("title"), title.into()),
        (Key::Str("description"), Value::none()),
        (Key::Str("url"), world.href(route.url.as_str()).into()),
        (Key::Str("permalink"), world.permalink(&route.url).into()),
    ]
}

fn listing(scope: &Shared, collection: &Collection, page: &Page) -> Pairs {
    let world = &scope.world;
    vec![
        (Key::Str("collection"), world.about(collection)),
        (Key::Str("entries"), scope.summaries(&page.entries)),
        (Key::Str("pager"), pager(world, page)),
    ]
}

fn pager(world: &Recorder, page: &Page) -> Value {
    let href = |url: &UrlPath| Value::from(world.href(url.as_str()));
    let at = |number: Option<usize>| {
        let url = number.and_then(|number| page.urls.get(number.checked_sub(1)?));
        url.map_or_else(Value::none, href)
    };
    let links: Vec<Value> = page
        .urls
        .iter()
        .enumerate()
        .skip(page.number.saturating_sub(NEAR + 1))
        .take_while(|(index, _)| *index < page.number + NEAR)
        .map(|(index, url)| {
            map([
                ("number", Value::from(index + 1)),
                ("url", href(url)),
                ("current", (index + 1 == page.number).into()),
            ])
        })
        .collect();
    map([
        ("number", Value::from(page.number)),
        ("pages", page.urls.len().into()),
        ("total", page.total.into()),
        ("first", at(Some(1))),
        ("last", at(Some(page.urls.len()))),
        ("prev", at(page.number.checked_sub(1))),
        ("next", at(Some(page.number + 1))),
        ("links", links.into()),
    ])
}
