//! What each kind of page gives its template.

use std::rc::Rc;

use tera::{Context, TeraResult, Value};

use crate::content::EntryId;
use crate::content::schema::Collection;
use crate::markdown::Heading;
use crate::render::{Shared, body};
use crate::route::{Kind, Page, Route};
use crate::text::UrlPath;
use crate::world::{World, map};

/// How many pages before and after its own a page of a list links to: with all of them, a list's
/// pages would grow with the square of their number.
const NEAR: usize = 4;

type Pairs = Vec<(String, Value)>;

/// Renders a page's template.
///
/// # Errors
/// Those of the template.
pub(crate) fn render(scope: &Shared, route: &Route) -> TeraResult<Vec<u8>> {
    scope.enter(|| {
        let Some((template, page)) = page(scope, route) else { return Ok(Vec::new()) };
        let mut context = Context::new();
        for (name, value) in scope.world.shared() {
            context.insert_value(name, value);
        }
        context.insert_value("page", page);
        let mut bytes = Vec::with_capacity(16 * 1024);
        scope.engine.render(template, &context, &mut bytes)?;
        Ok(bytes)
    })
}

/// Names the template of a route; `None` for files that are copied.
pub(crate) fn template<'a>(world: &'a World, kind: &Kind) -> Option<&'a str> {
    let collection = |name: &str| world.site.schema.collection(name);
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
        Kind::Asset(_) | Kind::Copy(_) => None,
    }
}

fn page<'a>(scope: &'a Shared, route: &Route) -> Option<(&'a str, Value)> {
    let world = &scope.world;
    let template = template(world, &route.kind)?;
    // A template that is missing has been reported once, not for each of its pages.
    if !scope.engine.theme().has_template(template) {
        return None;
    }
    let pairs = match &route.kind {
        Kind::Entry(id) => entry(scope, id)?,
        Kind::List { collection, page } => {
            let collection = world.site.schema.collection(collection)?;
            let mut pairs = about(world, route, "list", &collection.label);
            pairs.extend(listing(scope, collection, page));
            pairs
        }
        Kind::Term { collection, field, term, page } => {
            let of_field = (collection.clone(), field.clone());
            let name = &world.site.catalog.terms.get(&of_field)?.get(term)?.name;
            let collection = world.site.schema.collection(collection)?;
            let mut pairs = about(world, route, "term", name);
            pairs.extend(listing(scope, collection, page));
            let term = [("name", &**name), ("slug", term), ("field", field)];
            let term = map(term.map(|(key, value)| (key, Value::from(value))));
            pairs.push(("term".to_owned(), term));
            pairs
        }
        Kind::NotFound => about(world, route, "404", "Page not found"),
        Kind::Asset(_) | Kind::Copy(_) => return None,
    };
    Some((template, map(pairs)))
}

fn entry(scope: &Shared, id: &EntryId) -> Option<Pairs> {
    let world = Rc::clone(scope);
    let mut pairs = world.world.entry_pairs(id, &mut |field, text, span| {
        Some(body::field(scope, id, field, text, span))
    })?;
    let facts = &world.world.entry(id)?.facts;
    let directives: Vec<Value> = facts.directives.iter().map(body::summary).collect();
    let html = body::render(scope, id, &map(pairs.iter().cloned()), String::new());
    pairs.push(("body".to_owned(), html));
    pairs.push(("toc".to_owned(), outline(&facts.outline)));
    pairs.push(("directives".to_owned(), directives.into()));
    Some(pairs)
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

fn about(world: &World, route: &Route, kind: &str, title: &str) -> Pairs {
    let config = &world.site.config;
    let permalink = format!("{}{}{}", config.origin, config.base_path, route.url);
    vec![
        ("route_kind".to_owned(), kind.into()),
        ("title".to_owned(), title.into()),
        ("description".to_owned(), Value::none()),
        ("url".to_owned(), world.href(route.url.as_str()).into()),
        ("permalink".to_owned(), permalink.into()),
    ]
}

fn listing(scope: &Shared, collection: &Collection, page: &Page) -> Pairs {
    let world = &scope.world;
    let list = world.site.plan.lists.get(&collection.name);
    let about = map([
        ("name", Value::from(&*collection.name)),
        ("label", collection.label.as_str().into()),
        ("label_singular", collection.singular.as_str().into()),
        ("url", list.map(|url| world.href(url.as_str())).into()),
    ]);
    vec![
        ("collection".to_owned(), about),
        ("entries".to_owned(), scope.summaries(&page.entries)),
        ("pager".to_owned(), pager(world, page)),
    ]
}

fn pager(world: &World, page: &Page) -> Value {
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
