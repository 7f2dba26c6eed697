//! The JSON API: what other front ends read from the site's host.
//!
//! Everything in it comes from the entries that are on the site and the fields that are public:
//! private fields, drafts, entries of the future and of the past are not left out, they are never
//! looked at.

use tera::Value;

use crate::content::schema::{Collection, Field, Item, Kind, Widget};
use crate::content::value::{self, Object};
use crate::content::{Body, EntryId};
use crate::export::{self, Audience};
use crate::render::{Shared, body, json, page};
use crate::route::{Api, Page};
use crate::text::{Digest, UrlPath};
use crate::world::{Answer, Question, Recorder, World, get, key, map, text};

/// What an entry's document has besides its summary.
pub(crate) struct Parts {
    pub(crate) id: EntryId,
    /// The fields as templates see them, Markdown as HTML.
    pub(crate) fields: Value,
    pub(crate) html: Value,
    pub(crate) text: String,
    pub(crate) toc: Value,
}

/// Writes a file of the API.
pub(crate) fn write(scope: &Shared, file: &str, api: &Api) -> Vec<u8> {
    let world = &scope.world;
    world.ask(&Question::Route(file.to_owned()));
    let value = match api {
        Api::Index => index(world, world.whole()),
        Api::List(collection, page) => list(world, collection, page),
        Api::Schema(collection) => return schema(world, collection),
        Api::Settings(name) => settings(world, name),
        Api::Document(id) => {
            let written = scope.enter(|| {
                let (_, parts) = page::entry(scope, id)?;
                Some(document(scope, &parts, None))
            });
            // What is wrong with the texts is told where they are shown, or by `body::unshown`.
            scope.take_diagnostics();
            return written.unwrap_or_default();
        }
    };
    json::json(&value).into_bytes()
}

/// Writes an entry's document: `about` is the graph of its page.
pub(crate) fn document(scope: &Shared, parts: &Parts, about: Option<Value>) -> Vec<u8> {
    let world = &scope.world;
    let id = &parts.id;
    let Some((entry, collection)) = world.own(id).zip(world.collection(id)) else {
        return Vec::new();
    };
    let mut pairs = head(world, id, collection);
    let own = match collection.has_markdown_fields() {
        true => world.object(&collection.fields, &entry.fields, &mut |_, text, _| {
            Some(Value::from(&**text))
        }),
        false => shown(collection, &parts.fields),
    };
    pairs.push(("fields", own));
    let mut html = Vec::new();
    rendered(&collection.fields, &entry.fields, &parts.fields, "", &mut html);
    pairs.push(("html", map(html)));
    let text = entry.body.as_ref().map(Body::read);
    if let Some(None) = &text {
        scope.report(body::changed(&entry.source));
    }
    let mut length = 4096;
    if let Some(Some(body)) = text {
        let html = parts.html.as_str().map_or(0, str::len);
        length += body.as_str().len() + html + parts.text.len();
        let body = map([
            ("markdown", Value::from(body.as_str())),
            ("html", parts.html.clone()),
            ("text", parts.text.trim().into()),
            ("toc", parts.toc.clone()),
            ("words", entry.facts.words.into()),
            ("reading_minutes", get(&parts.fields, "reading_minutes").cloned().into()),
        ]);
        pairs.push(("body", body));
    }
    let mut media = Vec::new();
    pictures(world, &collection.fields, &entry.fields, &mut media);
    media.extend(scope.take_media());
    pairs.push(("media", media.into()));
    pairs.push(("relations", map(relations(world, collection, &entry.fields))));
    pairs.push(("review", review(world, collection, &parts.fields)));
    pairs.push(("json_ld", about.into()));
    // The revision changes when anything in the document does, and only then. It stands first, where
    // there is room for it and for the brace behind it.
    let start = |revision: &str| format!("{{\"revision\":\"{revision}\",");
    let room = start(&" ".repeat(REVISION)).len() - 1;
    let mut document = " ".repeat(room);
    document.reserve(length);
    json::object(&pairs, &mut document);
    let revision = Digest::of(&document.as_bytes()[room..]).hex(REVISION);
    document.replace_range(..=room, &start(&revision));
    document.into_bytes()
}

/// How many digits a revision has.
const REVISION: usize = 16;

type Pairs = Vec<(&'static str, Value)>;

/// What lists and documents say of an entry first.
fn head(world: &Recorder, id: &EntryId, collection: &Collection) -> Pairs {
    let summary = world.summary(id);
    let field = |name: &'static str| get(&summary, name).cloned().unwrap_or_else(Value::none);
    let dates = world.dates(id);
    let dates = map([
        ("published", Value::from(dates.published.as_deref())),
        ("updated", dates.updated.as_deref().into()),
        ("expires", dates.expires.as_deref().into()),
    ]);
    vec![
        ("id", id.to_string().into()),
        ("collection", (&*collection.name).into()),
        ("slug", (&*id.slug).into()),
        ("title", field("title")),
        ("url", field("url")),
        ("permalink", field("permalink")),
        ("locale", world.config().language.as_str().into()),
        ("dates", dates),
    ]
}

/// What there is. It is made anew whenever the whole site is read.
fn index(world: &Recorder, whole: &World) -> Value {
    let plan = &whole.site.plan;
    let one = |(name, url): (&std::sync::Arc<str>, &UrlPath)| {
        let collection = world.schema().collection(name)?;
        Some(map([
            ("name", Value::from(&**name)),
            ("label", collection.label.as_str().into()),
            ("count", whole.site.catalog.published(name).count().into()),
            ("url", world.href(url.as_str()).into()),
            ("schema", world.href(&format!("/api/v1/schema/{name}.json")).into()),
        ]))
    };
    let collections: Vec<Value> = plan.indexes.iter().filter_map(one).collect();
    let mut settings: Vec<Value> = Vec::new();
    for collection in &world.schema().collections {
        let Kind::Files(files) = &collection.kind else { continue };
        for file in files {
            let url = world.href(&format!("/api/v1/{}/{}.json", collection.name, file.name));
            settings.push(map([("name", Value::from(&*file.name)), ("url", url.into())]));
        }
    }
    let site = map([
        ("title", Value::from(world.site_title())),
        ("url", format!("{}/", world.base()).into()),
        ("language", world.config().language.as_str().into()),
        ("timezone", world.config().zone_name.as_str().into()),
    ]);
    map([
        ("version", Value::from(1)),
        ("site", site),
        ("collections", collections.into()),
        ("settings", settings.into()),
    ])
}

fn list(world: &Recorder, collection: &str, page: &Page) -> Value {
    let Some(collection) = world.schema().collection(collection) else { return Value::none() };
    let link = |number: Option<usize>| {
        let url = number.and_then(|number| page.urls.get(number.checked_sub(1)?));
        url.map_or_else(Value::none, |url| world.href(url.as_str()).into())
    };
    let one = |id: &EntryId| {
        let mut pairs = head(world, id, collection);
        pairs.push(("fields", shown(collection, &world.told(id))));
        pairs.push(("document", world.document(id)?.into()));
        Some(map(pairs))
    };
    let data: Vec<Value> = page.entries.iter().filter_map(one).collect();
    let meta = map([
        ("total", Value::from(page.total)),
        ("page", page.number.into()),
        ("pages", page.urls.len().into()),
    ]);
    let links = map([
        ("self", link(Some(page.number))),
        ("first", link(Some(1))),
        ("prev", link(page.number.checked_sub(1))),
        ("next", link(Some(page.number + 1))),
        ("last", link(Some(page.urls.len()))),
    ]);
    map([("data", data.into()), ("meta", meta), ("links", links)])
}

/// The fields of an entry as its summary has them: those that are no Markdown, after what every
/// entry has.
fn shown(collection: &Collection, summary: &Value) -> Value {
    let field = |field: &Field| {
        let shown = !field.rules.private && !matches!(field.widget, Widget::Markdown);
        let value = summary.as_map().filter(|_| shown)?.get(&key(&field.name))?;
        Some((key(&field.name), value.clone()))
    };
    map(collection.fields.iter().filter_map(field))
}

fn settings(world: &Recorder, name: &str) -> Value {
    match world.ask(&Question::Data(name.to_owned())) {
        Answer::Value(fields) => map([("name", Value::from(name)), ("fields", fields)]),
        _ => Value::none(),
    }
}

/// The HTML of every field with Markdown, by its JSON Pointer in `fields` (RFC 6901).
fn rendered(
    fields: &[Field],
    object: &Object,
    values: &Value,
    path: &str,
    into: &mut Vec<(String, Value)>,
) {
    for field in fields.iter().filter(|field| !field.rules.private) {
        let Some(value) = values.get_from_path(&field.name) else { continue };
        let path = format!("{path}/{}", field.name);
        rendered_value(field, object.get(&field.name), value, path, into);
    }
}

fn rendered_value(
    field: &Field,
    typed: &value::Value,
    value: &Value,
    path: String,
    into: &mut Vec<(String, Value)>,
) {
    match (&field.widget, typed) {
        (Widget::Markdown, value::Value::Markdown(..)) => into.push((path, value.clone())),
        (Widget::Object(fields), value::Value::Object(object)) => {
            rendered(fields, object, value, &path, into);
        }
        (Widget::List { item, .. }, value::Value::List(items)) => {
            let values = value.as_array().unwrap_or_default();
            for (at, (typed, value)) in items.iter().zip(values).enumerate() {
                let path = format!("{path}/{at}");
                match (item, typed) {
                    (Item::Field(field), typed) => rendered_value(field, typed, value, path, into),
                    (Item::Fields(fields), value::Value::Object(object)) => {
                        rendered(fields, object, value, &path, into);
                    }
                    (Item::Types { key, types }, value::Value::Object(object)) => {
                        let name = object.text(key).unwrap_or_default();
                        if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                            rendered(fields, object, value, &path, into);
                        }
                    }
                    _ => (),
                }
            }
        }
        _ => (),
    }
}

/// The pictures that fields hold, with their sizes and the alternative text beside them.
fn pictures(world: &Recorder, fields: &[Field], object: &Object, into: &mut Vec<Value>) {
    for field in fields.iter().filter(|field| !field.rules.private) {
        let value = object.get(&field.name);
        if let (Widget::Image, value::Value::Text(address)) = (&field.widget, value) {
            let texts = |it: &&Field| matches!(it.widget, Widget::String | Widget::Text);
            let public = fields.iter().filter(|it| !it.rules.private).filter(texts);
            let beside = |name: &str| {
                public.clone().find(|it| &*it.name == name).and_then(|it| object.text(&it.name))
            };
            let alt = beside("alt").or_else(|| beside(&format!("{}_alt", field.name)));
            into.extend(picture(world, address, alt));
        }
        pictures_in(world, field, value, into);
    }
}

/// The pictures inside a value.
fn pictures_in(world: &Recorder, field: &Field, value: &value::Value, into: &mut Vec<Value>) {
    match (&field.widget, value) {
        (Widget::Object(fields), value::Value::Object(object)) => {
            pictures(world, fields, object, into);
        }
        (Widget::List { item, .. }, value::Value::List(items)) => {
            for value in items {
                match (item, value) {
                    (Item::Field(field), value::Value::Text(address))
                        if matches!(field.widget, Widget::Image) =>
                    {
                        into.extend(picture(world, address, None));
                    }
                    (Item::Field(field), value) => pictures_in(world, field, value, into),
                    (Item::Fields(fields), value::Value::Object(object)) => {
                        pictures(world, fields, object, into);
                    }
                    (Item::Types { key, types }, value::Value::Object(object)) => {
                        let name = object.text(key).unwrap_or_default();
                        if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                            pictures(world, fields, object, into);
                        }
                    }
                    _ => (),
                }
            }
        }
        _ => (),
    }
}

fn picture(world: &Recorder, address: &str, alt: Option<&str>) -> Option<Value> {
    let Answer::Value(image) = world.ask(&Question::Image(address.to_owned())) else { return None };
    let of = |name: &'static str| get(&image, name).cloned().into();
    Some(map([
        ("url", of("url")),
        ("width", of("width")),
        ("height", of("height")),
        ("alt", Value::from(alt)),
    ]))
}

/// The published entries that an entry relates to, by field.
fn relations(world: &Recorder, collection: &Collection, object: &Object) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for field in collection.fields.iter().filter(|field| !field.rules.private) {
        let Some(target) = collection.related(&field.name) else { continue };
        let one = |slug: &std::sync::Arc<str>| {
            let id = EntryId { collection: target.into(), slug: slug.clone() };
            let summary = Some(world.summary(&id)).filter(|it| !it.is_none())?;
            let of = |name: &'static str| get(&summary, name).cloned().into();
            Some(map([
                ("id", Value::from(id.to_string())),
                ("collection", target.into()),
                ("slug", (&**slug).into()),
                ("title", of("title")),
                ("url", of("url")),
                ("document", world.document(&id).into()),
            ]))
        };
        let texts = object.get(&field.name).texts();
        let mut related: Vec<Value> = texts.iter().filter_map(one).collect();
        let value = match object.get(&field.name) {
            value::Value::List(_) => related.into(),
            _ => related.pop().into(),
        };
        found.push((field.name.to_string(), value));
    }
    found
}

fn review(world: &Recorder, collection: &Collection, fields: &Value) -> Value {
    let review = &collection.delivery.review;
    let of = |name: &Option<String>| {
        let value = name.as_deref().and_then(|name| fields.get_from_path(name));
        value.filter(|value| !value.is_none()).cloned()
    };
    let reviewer = of(&review.reviewer).and_then(|slug| {
        let target = collection.related(review.reviewer.as_deref()?)?;
        let id = EntryId { collection: target.into(), slug: slug.as_str()?.into() };
        let summary = world.summary(&id);
        let name = text(&summary, "title")?.to_owned();
        Some(map([("id", Value::from(id.to_string())), ("name", name.into())]))
    });
    map([
        ("reviewer", Value::from(reviewer)),
        ("last", of(&review.last).into()),
        ("due", of(&review.due).into()),
    ])
}

fn schema(world: &Recorder, collection: &str) -> Vec<u8> {
    let schema = world.schema();
    let Some(collection) = schema.collection(collection) else { return Vec::new() };
    let schema = export::json_schema(schema, collection, Audience::Public);
    serde_json::to_vec(&schema).unwrap_or_default()
}
