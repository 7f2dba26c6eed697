//! The entries of a site, with no more read than that needs.

use std::sync::Arc;

use crate::build::{Request, judge, options, read};
use crate::config::{self, Config};
use crate::content::schema::Schema;
use crate::content::{Context, Entry, EntryId, Status, model};
use crate::diag::{Diagnostics, SourceId};
use crate::text::date;
use crate::vfs::{self, Files, Tree};

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
}

/// Reads a site's entries, and no more of it than that needs.
pub fn list(files: &dyn Files, request: &Request) -> Listing {
    let mut diagnostics = Diagnostics::new();
    let tree = vfs::scan(files, &mut diagnostics);
    let config = config::read(&tree, &mut diagnostics);
    let mut entries = Vec::new();
    let mut collections = Vec::new();
    if let Some(config) = &config
        && let Some(options) = options(request, config, &mut diagnostics)
        && let Some(schema) = model::read(&tree, &mut diagnostics)
    {
        let context = Context { config, options: &options, schema: &schema, room: None };
        collections.extend(schema.collections.iter().map(|it| Arc::clone(&it.name)));
        let read = read::parse(context, &tree, &mut diagnostics);
        let today = Some(date::day(options.now, &config.zone));
        let waivers = read::waivers(&read.entries, &[]);
        let found = (std::mem::take(&mut diagnostics), false);
        let sources = |source: &SourceId| tree.text(source);
        diagnostics = judge(Some(config), (&waivers, today), &sources, found).diagnostics;
        entries.extend(read.entries.into_iter().map(|entry| listed(&schema, entry)));
    }
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    Listing { collections, entries, diagnostics: diagnostics.sorted(), tree, config }
}

fn listed(schema: &Schema, entry: Entry) -> Listed {
    let named = schema.collection(&entry.id.collection).map(|it| it.identifier.as_str());
    let title = entry.fields.get(named.unwrap_or("title")).text();
    let title = title.unwrap_or_else(|| entry.id.slug.to_string());
    Listed { id: entry.id, source: entry.source, title, status: entry.status }
}
