//! The functions with which templates ask (`docs/themes.md`).

use tera::{Kwargs, State, Tera, TeraResult, Value};

use crate::content::EntryId;
use crate::render::{body, json, scope};
use crate::text::near;
use crate::world::{Answer, Question, Selection};

/// The functions that a template may call, Tera's own among them.
pub(crate) const NAMES: [&str; 16] = [
    "asset",
    "body",
    "data",
    "entries",
    "entry",
    "feeds",
    "form",
    "image",
    "json_ld",
    "neighbours",
    "question_id",
    "range",
    "related",
    "terms",
    "throw",
    "url",
];

/// Stands in a page for the data about it, which is known when the page is rendered. No text can
/// hold it: YAML and Markdown refuse the character.
pub(crate) const JSON_LD: &str = "\u{0}json-ld\u{0}";

/// Teaches an engine the functions.
pub(crate) fn register(tera: &mut Tera) {
    tera.register_function("entries", entries);
    tera.register_function("entry", entry);
    tera.register_function("related", related);
    tera.register_function("body", body_of);
    tera.register_function("data", data);
    tera.register_function("form", form);
    tera.register_function("asset", asset);
    tera.register_function("image", image);
    tera.register_function("url", url);
    tera.register_function("feeds", feeds);
    tera.register_function("json_ld", json_ld);
    tera.register_function("neighbours", neighbours);
    tera.register_function("question_id", question_id);
    tera.register_function("terms", terms);
}

fn entries(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["collection", "sort", "where", "limit"])?;
    let filter = match args.get::<&tera::Map>("where")? {
        Some(map) => map.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        None => Vec::new(),
    };
    let selection = Selection {
        collection: needed(&args, "collection")?,
        sort: text(&args, "sort")?,
        filter,
        limit: limit(&args)?,
    };
    scope::current()?.ask(&Question::Entries(selection))
}

fn entry(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["collection", "slug"])?;
    let collection = needed(&args, "collection")?;
    // A relation that is not given has no entry.
    let Some(slug) = text(&args, "slug")? else { return Ok(Value::none()) };
    scope::current()?.ask(&Question::Entry(id(&collection, &slug)))
}

fn related(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["limit"])?;
    let scope = scope::current()?;
    let Some(id) = scope.entry.clone() else { return Ok(Value::from(Vec::<Value>::new())) };
    let limit = limit(&args)?.unwrap_or(3);
    scope.ask(&Question::Related(id, limit))
}

fn body_of(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["collection", "slug"])?;
    let id = id(&needed(&args, "collection")?, &needed(&args, "slug")?);
    let scope = scope::current()?;
    let page = scope.ask(&Question::Entry(id.clone()))?;
    if page.is_none() {
        return Ok(Value::none());
    }
    if matches!(scope.world.ask(&Question::Page(id.clone())), Answer::Value(_)) {
        let message = format!("`{id}` has a page of its own: link to it instead of repeating it");
        return Err(tera::Error::message(message));
    }
    if scope.inside.replace(true) {
        return Err(tera::Error::message("a text that is shown in another may not show a third"));
    }
    let html = body::render(&scope, &id, &page, scope.piece());
    scope.inside.set(false);
    Ok(Value::safe_string(&html.html))
}

fn data(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["name"])?;
    scope::current()?.ask(&Question::Data(needed(&args, "name")?))
}

fn form(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["name"])?;
    scope::current()?.ask(&Question::Form(needed(&args, "name")?))
}

fn asset(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["path"])?;
    scope::current()?.ask(&Question::Asset(needed(&args, "path")?))
}

fn image(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["src", "asset"])?;
    let scope = scope::current()?;
    match text(&args, "asset")? {
        Some(path) => scope.ask(&Question::ThemeImage(path)),
        None => scope.ask(&Question::Image(needed(&args, "src")?)),
    }
}

fn url(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["path", "collection", "entry", "absolute"])?;
    let scope = scope::current()?;
    let question = match (text(&args, "collection")?, text(&args, "entry")?) {
        (Some(collection), _) => Question::List(collection),
        (_, Some(entry)) => {
            let (collection, slug) = entry.split_once('/').unwrap_or((&entry, ""));
            Question::Page(id(collection, slug))
        }
        _ => Question::Address(needed(&args, "path")?),
    };
    let value = scope.ask(&question)?;
    let absolute = args.get::<bool>("absolute")?.unwrap_or(false);
    match value.as_str().filter(|path| absolute && path.starts_with('/')) {
        Some(path) => Ok(Value::from(format!("{}{path}", scope.world.config().origin))),
        None => Ok(value),
    }
}

fn neighbours(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["sort", "by"])?;
    let scope = scope::current()?;
    let Some(id) = scope.entry.clone() else {
        return Err(tera::Error::message("only the page of an entry has neighbours"));
    };
    scope.ask(&Question::Neighbours(id, text(&args, "sort")?, text(&args, "by")?))
}

fn terms(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["collection", "field"])?;
    let (collection, field) = (needed(&args, "collection")?, needed(&args, "field")?);
    scope::current()?.ask(&Question::Terms(collection, field))
}

fn feeds(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &[])?;
    scope::current()?.ask(&Question::Feeds)
}

/// What the page is about, for search engines; or a script element with other data.
fn json_ld(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["data"])?;
    match args.get::<&Value>("data")? {
        None => Ok(Value::safe_string(JSON_LD)),
        Some(data) => Ok(Value::safe_string(&script(data))),
    }
}

/// Writes a script element with data.
pub(crate) fn script(data: &Value) -> String {
    format!("<script type=application/ld+json>{}</script>", json::json_in_html(data))
}

/// Notes a question that the page shows, for search engines; gives an id for its answer.
fn question_id(args: Kwargs, _: &State) -> TeraResult<Value> {
    known(&args, &["question", "answer"])?;
    let answer = args.get::<&Value>("answer")?.and_then(Value::as_str).unwrap_or_default();
    let id = scope::current()?.asks(&needed(&args, "question")?, answer);
    Ok(Value::from(id))
}

fn id(collection: &str, slug: &str) -> EntryId {
    EntryId { collection: collection.into(), slug: slug.into() }
}

/// Refuses an argument that the function does not take.
pub(crate) fn known(args: &Kwargs, names: &[&str]) -> TeraResult<()> {
    let given = args.iter().filter_map(|(name, _)| name.as_str());
    let Some(name) = given.filter(|name| !names.contains(name)).min() else { return Ok(()) };
    let hint = near::did_you_mean(name, names.iter().copied())
        .unwrap_or_else(|| format!("there is {}", near::all_of(names.iter().copied())));
    Err(tera::Error::message(format!("there is no argument `{name}` here; {hint}")))
}

fn needed(args: &Kwargs, name: &'static str) -> TeraResult<String> {
    text(args, name)?
        .ok_or_else(|| tera::Error::message(format!("the argument `{name}` is missing or null")))
}

/// A text, `None` when it is absent or null.
fn text(args: &Kwargs, name: &'static str) -> TeraResult<Option<String>> {
    match args.get::<&Value>(name)? {
        None => Ok(None),
        Some(value) if value.is_none() => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some(text.to_owned())),
            None => Err(tera::Error::message(format!("the argument `{name}` must be a text"))),
        },
    }
}

fn limit(args: &Kwargs) -> TeraResult<Option<usize>> {
    match args.get::<i64>("limit")? {
        None => Ok(None),
        Some(limit) => match usize::try_from(limit) {
            Ok(limit) => Ok(Some(limit)),
            Err(_) => Err(tera::Error::message("`limit` must not be negative")),
        },
    }
}
