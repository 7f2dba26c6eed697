//! All entries, indexed: collections, terms, paths, settings.
//!
//! [`index`] is redone whole in every build. It checks what one file alone cannot tell: relations,
//! values that must be unique, pictures that must exist.

mod relations;

pub(crate) use relations::check_one;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::content::schema::{Schema, Sort};
use crate::content::value::Value;
use crate::content::{Entry, EntryId, Settings, Status};
use crate::diag::{Code, Diagnostic, Diagnostics, SourceId, Span};
use crate::text::slug;
use crate::vfs::Tree;

/// Two entries of one collection with one slug.
pub const SAME_SLUG: Code = Code::new("route/same-slug");
/// A relation to an entry that does not exist, or may not be chosen.
pub const RELATION: Code = Code::new("front-matter/relation");
/// A relation to an entry that is not published.
pub const UNPUBLISHED: Code = Code::new("front-matter/relation-unpublished");
/// A value that another entry has, where each must have its own.
pub const NOT_UNIQUE: Code = Code::new("front-matter/not-unique");
/// A picture or document that does not exist.
pub const MISSING_FILE: Code = Code::new("link/missing-file");

/// Every entry and what is found by it.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Every entry that could be read, published or not.
    pub entries: BTreeMap<EntryId, Entry>,
    /// Entries by their files.
    pub by_source: BTreeMap<SourceId, EntryId>,
    /// Files of settings by name.
    pub settings: BTreeMap<Arc<str>, Settings>,
    /// Files of entries that cannot be read, which is said of them, and not of who names them.
    pub unreadable: BTreeSet<SourceId>,
    /// Terms by collection, field and slug.
    pub terms: BTreeMap<(Arc<str>, Arc<str>), BTreeMap<String, Term>>,
}

/// What was read of the files of entries.
#[derive(Debug, Default)]
pub struct Read {
    /// The entries.
    pub entries: Vec<Entry>,
    /// The files that cannot be read.
    pub unreadable: BTreeSet<SourceId>,
}

/// A value of a field, with the entries that have it.
#[derive(Debug, Default)]
pub struct Term {
    /// The value as it is written.
    pub name: Arc<str>,
    /// The published entries that have it.
    pub entries: Vec<EntryId>,
}

impl Catalog {
    /// Gives the published entries of a collection, by slug.
    pub fn published<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.of(collection).filter(|entry| entry.status == Status::Published)
    }

    /// Gives every entry of a collection, by slug.
    pub fn of<'a>(&'a self, collection: &'a str) -> impl Iterator<Item = &'a Entry> {
        let first = EntryId { collection: collection.into(), slug: "".into() };
        self.entries
            .range(first..)
            .take_while(move |(id, _)| &*id.collection == collection)
            .map(|(_, entry)| entry)
    }

    /// Finds an entry.
    pub fn get(&self, collection: &str, slug: &str) -> Option<&Entry> {
        self.entries.get(&EntryId { collection: collection.into(), slug: slug.into() })
    }
}

/// Indexes what was read. Two files for one entry are reported.
pub fn index(
    schema: &Schema,
    read: Read,
    settings: Vec<Settings>,
    diagnostics: &mut Diagnostics,
) -> Catalog {
    let mut catalog = Catalog { unreadable: read.unreadable, ..Catalog::default() };
    let mut entries = read.entries;
    entries.sort_by(|a, b| a.id.cmp(&b.id));
    entries.dedup_by(|entry, first| {
        let same = entry.id == first.id;
        if same {
            diagnostics.push(same_slug(entry, &first.source));
        }
        same
    });
    // Maps that are made at once are denser than those that grow.
    catalog.by_source = entries.iter().map(|it| (it.source.clone(), it.id.clone())).collect();
    catalog.entries = entries.into_iter().map(|entry| (entry.id.clone(), entry)).collect();
    catalog.settings = settings.into_iter().map(|it| (Arc::clone(&it.name), it)).collect();
    index_terms(schema, &mut catalog);
    catalog
}

/// Reports which entries and settings do not fit together.
pub fn check(schema: &Schema, catalog: &Catalog, tree: &Tree) -> Diagnostics {
    let mut found = Diagnostics::new();
    relations::check(schema, catalog, tree, &mut found);
    found
}

/// Sorts entries by fields; those that are equal, by slug. What has no value comes last.
pub fn sort(entries: &mut [&Entry], by: &Sort) {
    entries.sort_by(|a, b| {
        let one = |(field, descending): &(String, bool)| {
            let order = order(sort_value(a, field), sort_value(b, field), *descending);
            (order.is_ne()).then_some(order)
        };
        by.0.iter().find_map(one).unwrap_or_else(|| a.id.cmp(&b.id))
    });
}

fn sort_value<'a>(entry: &'a Entry, field: &str) -> &'a Value {
    entry.fields.get(field)
}

fn order(a: &Value, b: &Value, descending: bool) -> std::cmp::Ordering {
    use std::cmp::Ordering;
    let (given_a, given_b) = (a.is_present(), b.is_present());
    if !given_a || !given_b {
        return given_b.cmp(&given_a);
    }
    let order = match (a, b) {
        (Value::Text(a), Value::Text(b)) => natural(a).cmp(&natural(b)),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Moment(a), Value::Moment(b)) => a.cmp(b),
        (Value::Integer(a), Value::Integer(b)) => a.cmp(b),
        (Value::Float(a), Value::Float(b)) => a.total_cmp(b),
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => Ordering::Equal,
    };
    if descending { order.reverse() } else { order }
}

/// Words sort without case and accents, as in a printed index; ties by the text itself.
fn natural(text: &str) -> (String, &str) {
    (deunicode::deunicode(text).to_lowercase(), text)
}

fn index_terms(schema: &Schema, catalog: &mut Catalog) {
    let mut terms: BTreeMap<(Arc<str>, Arc<str>), BTreeMap<String, Term>> = BTreeMap::new();
    for collection in &schema.collections {
        for field in collection.fields.iter().filter(|field| field.rules.terms.is_some()) {
            let key = (Arc::clone(&collection.name), Arc::clone(&field.name));
            let of_field = terms.entry(key).or_default();
            for entry in catalog.published(&collection.name) {
                for name in entry.fields.get(&field.name).texts() {
                    let term = of_field.entry(slug::slug(&name)).or_default();
                    term.name = name;
                    term.entries.push(entry.id.clone());
                }
            }
        }
    }
    catalog.terms = terms;
}

fn same_slug(entry: &Entry, first: &SourceId) -> Diagnostic {
    let message = format!("this file and `{first}` are both the entry `{}`", entry.id);
    Diagnostic::error(SAME_SLUG, message)
        .at(Span::file(&entry.source))
        .also(Span::file(first), "the other")
        .help("rename one of them")
}
