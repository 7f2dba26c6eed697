//! The entries of a site, with no more read than that needs.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::build::{Request, judge, options, read};
use crate::config::{self, Config};
use crate::content::schema::Schema;
use crate::content::{Context, Entry, EntryId, Status, model, review};
use crate::diag::{Diagnostics, SourceId};
use crate::text::date;
use crate::vfs::{self, Files, Tree};

/// An entry that is not on the site.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// Which.
    pub id: EntryId,
    /// Its file.
    pub source: SourceId,
    /// Why.
    pub status: Status,
}

/// The entries of a site, as far as they can be read.
pub struct Listing {
    /// The names of the collections, as far as the schema can be read.
    pub collections: Vec<Arc<str>>,
    /// Every entry, by collection and slug.
    pub entries: Vec<Listed>,
    /// Every problem of the files that were read.
    pub diagnostics: Diagnostics,
    /// The site's files, for messages.
    pub tree: Tree,
    /// `galen.yaml`; absent when it cannot be used.
    pub config: Option<Config>,
    /// The day for which it was read.
    pub today: Option<Date>,
}

/// An entry in a listing.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Which.
    pub id: EntryId,
    /// Its file.
    pub source: SourceId,
    /// What it is called.
    pub title: String,
    /// Whether it is on the site.
    pub status: Status,
    /// The day by which its next review is due.
    pub due: Option<Date>,
    /// Whether that was before today.
    pub overdue: bool,
    /// Who reviews it, by name where that is known.
    pub reviewer: Option<String>,
}

/// Reads a site's entries, and no more of it than that needs.
pub fn list(files: &dyn Files, request: &Request) -> Listing {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(files, &mut diagnostics);
    let config = config::read(&tree, &mut diagnostics);
    let mut entries = Vec::new();
    let mut collections = Vec::new();
    let mut today = None;
    if let Some(config) = &config
        && let Some(options) = options(request, config, &mut diagnostics)
        && let Some(schema) = model::read(&tree, &mut diagnostics)
    {
        let context = Context { config, options: &options, schema: &schema, room: None };
        collections.extend(schema.collections.iter().map(|it| Arc::clone(&it.name)));
        let read = read::parse(context, &tree, &mut diagnostics);
        today = Some(date::day(options.now, &config.zone));
        let waivers = read::waivers(&read.entries, &[]);
        let found = (std::mem::take(&mut diagnostics), false);
        let sources = |source: &SourceId| tree.text(source);
        diagnostics = judge(Some(config), (&waivers, today), &sources, found).diagnostics;
        let names: HashMap<&EntryId, String> =
            read.entries.iter().map(|entry| (&entry.id, title(&schema, entry))).collect();
        let one = |entry: &Entry| listed(&schema, entry, (&names, &config.zone));
        entries.extend(read.entries.iter().map(one));
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Listing { collections, entries, diagnostics: diagnostics.sorted(), tree, config, today }
}

fn title(schema: &Schema, entry: &Entry) -> String {
    let named = schema.collection(&entry.id.collection).map(|it| it.identifier.as_str());
    let title = entry.fields.get(named.unwrap_or("title")).text();
    title.unwrap_or_else(|| entry.id.slug.to_string())
}

fn listed(
    schema: &Schema,
    entry: &Entry,
    (names, zone): (&HashMap<&EntryId, String>, &TimeZone),
) -> Listed {
    let collection = schema.collection(&entry.id.collection);
    let reviewer = || {
        let collection = collection?;
        let field = collection.delivery.review.reviewer.as_deref()?;
        let name = |slug: &Arc<str>| {
            let related = collection.related(field)?;
            let id = EntryId { collection: related.into(), slug: Arc::clone(slug) };
            names.get(&id).cloned()
        };
        let reviewers = entry.fields.get(field).texts();
        let known = reviewers.iter().map(|it| name(it).unwrap_or_else(|| it.to_string()));
        let known: Vec<String> = known.collect();
        (!known.is_empty()).then(|| known.join(", "))
    };
    Listed {
        id: entry.id.clone(),
        source: entry.source.clone(),
        title: title(schema, entry),
        status: entry.status,
        due: collection.and_then(|it| review::due(it, &entry.fields, zone)),
        overdue: entry.overdue.is_some(),
        reviewer: reviewer(),
    }
}
