//! Entries and settings: front matter by the schema, bodies with what listings need of them.
//!
//! [`parse`] reads one file; it looks at no other. What depends on other entries (relations,
//! uniqueness) is the catalog's.

mod body;
mod claim;
mod dates;
pub mod delivery;
pub mod demand;
pub(crate) mod errors;
pub(crate) mod field;
pub mod front_matter;
pub(crate) mod leaves;
pub mod model;
pub mod review;
pub(crate) mod rules;
pub mod schema;
pub mod sections;
mod slips;
mod sound;
pub(crate) mod special;
pub mod status;
pub(crate) mod texts;
pub(crate) mod validate;
pub mod value;
pub(crate) mod widget;

pub use crate::content::body::{Body, Text};
pub use crate::content::claim::claim;
pub use crate::content::dates::FAR_AHEAD;
pub(crate) use crate::content::errors::expected;
pub use crate::content::status::{Status, Turn, days, moments, turns};

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::{Config, Options};
use crate::content::review::Record;
use crate::content::schema::{Collection, Field, Kind, Schema, SettingsFile};
use crate::content::validate::Validator;
use crate::content::value::{Object, Value};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::markdown::{self, Draft, Facts};
use crate::policy::{Waiver, waiver};
use crate::text::{Digest, date, slug};
use crate::vfs::{Kept, Scratch, Source, Tree};
use crate::yaml::{self, Document, Limits, Mapping};

/// A file's name that cannot stand in an address.
pub const FILE_NAME: Code = Code::new("route/file-name");

/// Where a site keeps its own rules of wording (`check::wording`).
pub const RULES: &str = "content/settings/claims.yml";

/// Which entry: its collection and its slug.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EntryId {
    /// The collection's name.
    pub collection: Arc<str>,
    /// The file's name without its ending, from the collection's folder.
    pub slug: Arc<str>,
}

impl Ord for EntryId {
    fn cmp(&self, other: &Self) -> Ordering {
        // Most entries share the name of their collection, and then it need not be compared.
        let same = Arc::ptr_eq(&self.collection, &other.collection);
        let collections =
            if same { Ordering::Equal } else { self.collection.cmp(&other.collection) };
        collections.then_with(|| self.slug.cmp(&other.slug))
    }
}

impl PartialOrd for EntryId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Display for EntryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.collection, self.slug)
    }
}

/// One source document.
#[derive(Debug)]
pub struct Entry {
    /// Which it is.
    pub id: EntryId,
    /// Its file.
    pub source: SourceId,
    /// The digest of its file.
    pub digest: Digest,
    /// Its fields, typed.
    pub fields: Object,
    /// Whether it is on the site.
    pub status: Status,
    /// Since when its review is overdue.
    pub overdue: Option<Timestamp>,
    /// Its body; absent for a file of fields only.
    pub body: Option<Body>,
    /// What can be told from the body alone.
    pub facts: Facts,
    /// The places of its fields.
    pub document: Document,
    /// Which findings in it may stay for a time: for those who check, never on the site.
    pub waivers: Vec<Waiver>,
}

impl Entry {
    /// Tells whether search engines shall leave its page out: the field `noindex`.
    pub fn is_hidden_from_search(&self) -> bool {
        *self.fields.get("noindex") == Value::Bool(true)
    }
}

/// The fields of one file of settings.
#[derive(Debug)]
pub struct Settings {
    /// Its name, as `data()` asks for it.
    pub name: Arc<str>,
    /// Its fields, typed.
    pub fields: Object,
    /// The places of its fields.
    pub document: Document,
    /// Which findings in it may stay for a time.
    pub waivers: Vec<Waiver>,
}

/// What parsing needs besides the file.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// `galen.yaml`.
    pub config: &'a Config,
    /// The build's options.
    pub options: &'a Options,
    /// The content model.
    pub schema: &'a Schema,
    /// Where drafts of bodies are kept; `None` when no page will be made of them.
    pub room: Option<&'a Scratch>,
}

/// Reads one entry. `None` when it cannot be used, which has been reported.
pub fn parse(
    context: Context,
    collection: &Collection,
    source: &Source,
    diagnostics: &mut Diagnostics,
) -> Option<Entry> {
    let Kind::Folder { folder, extension, front_matter } = &collection.kind else { return None };
    let id = identify(collection, source, folder, extension, diagnostics);
    let bytes = source.read(diagnostics)?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let digest = Digest::of(&bytes);
    let file = source.path.source();
    let split = match front_matter {
        true => match front_matter::split(text, &file) {
            Ok(split) => Some(split),
            Err(error) => {
                diagnostics.push(*error);
                return None;
            }
        },
        false => None,
    };
    if let Some(again) = split.as_ref().and_then(|split| front_matter::second(text, split, &file)) {
        diagnostics.push(again);
    }
    let (range, limits) = match &split {
        Some(split) => (split.front_matter.clone(), Limits::FRONT_MATTER),
        None => (0..text.len(), Limits::FILE),
    };
    let document = yaml::parse(&file, &text[range.clone()], range.start, limits, diagnostics)?;
    let draft = document.root().get("draft").and_then(yaml::Value::as_bool).unwrap_or(false);
    let state = if draft { "draft" } else { "published" };
    slips::look(&file, text, range.clone(), draft, diagnostics);
    let fields = fields(
        context,
        &document,
        &collection.fields,
        (&collection.singular, state, collection.extra),
        diagnostics,
    );
    dates::look(context, collection, &fields, &document, diagnostics);
    let (now, zone) = (context.options.now, &context.config.zone);
    let hidden = draft && !context.options.drafts;
    let status = status::status(collection, &fields, (now, zone), hidden);
    let overdue = review::overdue_from(collection, &fields, zone).filter(|at| *at <= now);
    let shown = !draft && status.is_meant_for_readers();
    if shown {
        Record { collection, fields: &fields, document: &document, now, zone }.check(diagnostics);
    }
    let waivers = waivers(&document, &collection.fields, status == Status::Published, diagnostics);
    let mut facts = Facts::default();
    let mut body = None;
    if let Some(split) = split {
        let text = (&text[split.body.clone()], split.body.start);
        let about = (collection, state, shown);
        let (told, draft) = read_body(context, about, text, &document, diagnostics);
        facts = told;
        let room = context.room.filter(|_| status == Status::Published);
        let kept = room.and_then(|room| keep(room, draft, context.config.api));
        body = Some(Body::new(source, digest, split.body, kept));
    }
    let own = source.clone();
    let document = document.at_rest(move || {
        let bytes = own.bytes().ok()?;
        std::str::from_utf8(bytes.get(range.clone())?).ok().map(Into::into)
    });
    Some(Entry {
        id: id?,
        source: file,
        digest,
        fields,
        status,
        overdue,
        body,
        facts,
        document,
        waivers,
    })
}

/// Looks whether the fields of a file can be read at all, whatever they are.
pub fn syntax(source: &Source, diagnostics: &mut Diagnostics) {
    let ending = source.path.extension();
    let whole = matches!(&*ending, "yml" | "yaml");
    if !whole && ending != "md" {
        return;
    }
    let Some(bytes) = source.read(diagnostics) else { return };
    let Ok(text) = std::str::from_utf8(&bytes) else { return };
    let file = source.path.source();
    let (range, limits) = match whole {
        true => (0..text.len(), Limits::FILE),
        false => match front_matter::split(text, &file) {
            Ok(split) => (split.front_matter, Limits::FRONT_MATTER),
            Err(error) => return diagnostics.push(*error),
        },
    };
    yaml::parse(&file, &text[range.clone()], range.start, limits, diagnostics);
}

/// Reads one file of settings. `None` when it cannot be used, which has been reported.
pub fn settings(
    context: Context,
    file: &SettingsFile,
    tree: &Tree,
    diagnostics: &mut Diagnostics,
) -> Option<Settings> {
    let id = SourceId::new(file.file.as_str());
    // A file of settings may be missing; its required fields then are.
    let text = match tree.get(&file.file) {
        Some(source) => source.text(diagnostics)?,
        None => "",
    };
    let document = yaml::parse(&id, text, 0, Limits::FILE, diagnostics)?;
    let what = format!("file {}", file.name);
    let fields = fields(context, &document, &file.fields, (&what, "published", false), diagnostics);
    let waivers = waivers(&document, &file.fields, true, diagnostics);
    Some(Settings { name: Arc::clone(&file.name), fields, document, waivers })
}

/// Reads the waivers of a file; a field that the content model calls so is a field.
fn waivers(
    document: &Document,
    fields: &[Field],
    live: bool,
    diagnostics: &mut Diagnostics,
) -> Vec<Waiver> {
    match validate::is_waivers(waiver::KEY, fields, true) {
        true => waiver::of_content(document, live, diagnostics),
        false => Vec::new(),
    }
}

/// The options for a field's Markdown.
pub fn markdown_options(
    config: &Config,
    schema: &Schema,
    field: Option<&Field>,
) -> markdown::Options {
    let mut options = markdown::Options {
        smart_punctuation: config.smart_punctuation,
        html: schema.html,
        ..markdown::Options::default()
    };
    if let Some(field) = field {
        options.html = field.rules.html.unwrap_or(schema.html);
        options.headings = field.rules.headings;
        options.images_need_alt = field.rules.images_need_alt;
    }
    options
}

fn fields(
    context: Context,
    document: &Document,
    fields: &[Field],
    (what, state, extra): (&str, &str, bool),
    diagnostics: &mut Diagnostics,
) -> Object {
    let map: &Mapping = document.root();
    let zone = &context.config.zone;
    let today = date::day(context.options.now, zone);
    let mut validator = Validator { document, what, state, today, zone, extra, diagnostics };
    let object = validator.object(fields, map, &mut Vec::new());
    let mut found = Diagnostics::new();
    texts::check(context, fields, &object, &mut found);
    diagnostics.extend(found);
    object
}

/// Keeps a draft for the page; what a reader sees of it only where the JSON API has it.
fn keep(room: &Scratch, mut draft: Draft, api: bool) -> Option<Kept> {
    if !api {
        draft.forget_text();
    }
    room.keep(draft.into_bytes())
}

fn read_body(
    context: Context,
    (collection, state, shown): (&Collection, &str, bool),
    (body, offset): (&str, usize),
    document: &Document,
    diagnostics: &mut Diagnostics,
) -> (Facts, Draft) {
    let field = collection.field("body");
    let blank = body.trim().is_empty();
    if let Some(field) = field.filter(|field| field.required && blank) {
        let what = collection.singular.to_lowercase();
        let span = Span::new(document.source(), offset..offset);
        let error = errors::missing_field(field, (&what, ""), false, span);
        diagnostics.push(rules::unless_draft(error, state));
    }
    if field.is_none() && !blank {
        let start = offset + body.len() - body.trim_start().len();
        let line = body.trim_start().lines().next().map_or(0, str::len);
        let span = Span::new(document.source(), start..start + line);
        diagnostics.push(errors::no_body(&collection.label, span));
    }
    let options = markdown_options(context.config, context.schema, field);
    let place = markdown::Place::Body { source: document.source().clone(), offset };
    let mut found = Diagnostics::new();
    let read = markdown::read(body, &place, &options, &mut found);
    let unfinished = |it: &Diagnostic| state == "draft" && it.code == markdown::PLACEHOLDER;
    diagnostics.extend(found.into_iter().filter(|it| !unfinished(it)));
    // Of a body that is empty, all has been said.
    if let Some(field) = field.filter(|_| shown && !blank) {
        let line = |start: usize| {
            let start = start + body[start..].len() - body[start..].trim_start().len();
            let length = body[start..].lines().next().map_or(0, |line| line.trim_end().len());
            Span::new(document.source(), offset + start..offset + start + length)
        };
        let what = collection.singular.to_lowercase();
        sections::check(field, read.1.outline(), &what, &line, diagnostics);
    }
    read
}

/// The entry's id from its file's place: `index.md` of an inner folder is named by the folder.
fn identify(
    collection: &Collection,
    source: &Source,
    folder: &str,
    extension: &str,
    diagnostics: &mut Diagnostics,
) -> Option<EntryId> {
    let below = source.path.below(folder)?;
    let stem = &below[..below.len() - extension.len() - 1];
    let stem = stem.strip_suffix("/index").unwrap_or(stem);
    if !stem.split('/').all(slug::is_slug) {
        let better: Vec<String> = stem.split('/').map(slug::slug).collect();
        let better = format!("{}.{extension}", better.join("/"));
        diagnostics.push(errors::file_name(&source.path.source(), stem, &better));
        return None;
    }
    Some(EntryId { collection: Arc::clone(&collection.name), slug: stem.into() })
}
