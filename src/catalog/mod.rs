//! All entries, indexed: collections, terms, paths, settings.
//!
//! [`index`] is redone whole in every build. It checks what one file alone cannot tell: relations,
//! values that must be unique, pictures that must exist, answers that contradict each other.

mod answers;
mod entries;
mod opposite;
mod relations;

pub use entries::Entries;
pub(crate) use relations::check_one;

use std::cmp::Ordering;
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
/// Two shared answers to one question.
pub const DUPLICATE_ANSWER: Code = Code::new("review/duplicate-answer");
/// Two answers to one question.
pub const CONTRADICTING: Code = Code::new("review/contradicting-answer");

/// Every entry and what is found by it.
#[derive(Debug, Default)]
pub struct Catalog {
    /// Every entry that could be read, published or not.
    pub entries: Entries,
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
    pub fn of<'a>(&'a self, collection: &str) -> impl Iterator<Item = &'a Entry> + use<'a> {
        self.entries.of(collection).iter()
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
    catalog.by_source = entries.iter().map(|it| (it.source.clone(), it.id.clone())).collect();
    entries.shrink_to_fit();
    catalog.entries = Entries::sorted(entries);
    catalog.settings = settings.into_iter().map(|it| (Arc::clone(&it.name), it)).collect();
    index_terms(schema, &mut catalog);
    catalog
}

/// Reports which entries and settings do not fit together.
pub fn check(schema: &Schema, catalog: &Catalog, tree: &Tree) -> Diagnostics {
    let mut found = Diagnostics::new();
    relations::check(schema, catalog, tree, &mut found);
    answers::check(schema, catalog, &mut found);
    found
}

/// Sorts entries by fields; those that are equal, by slug. What has no value comes last.
pub fn sort(entries: &mut [&Entry], by: &Sort) {
    // What is compared is looked for once for each entry.
    let mut keyed: Vec<(Vec<Key>, &Entry)> = entries
        .iter()
        .map(|entry| (by.0.iter().map(|(field, _)| key(entry.fields.get(field))).collect(), *entry))
        .collect();
    keyed.sort_by(|(a, one), (b, other)| {
        let orders = a.iter().zip(b).zip(&by.0);
        let mut orders = orders.map(|((a, b), (_, descending))| order(a, b, *descending));
        orders.find(|order| order.is_ne()).unwrap_or_else(|| one.id.cmp(&other.id))
    });
    for (place, (_, entry)) in entries.iter_mut().zip(keyed) {
        *place = entry;
    }
}

/// A value, and how its words sort.
type Key<'a> = (&'a Value, Option<(String, &'a str)>);

fn key(value: &Value) -> Key<'_> {
    let words = match value {
        Value::Text(text) => Some(natural(text)),
        _ => None,
    };
    (value, words)
}

fn order((a, words_a): &Key, (b, words_b): &Key, descending: bool) -> Ordering {
    let (given_a, given_b) = (a.is_present(), b.is_present());
    if !given_a || !given_b {
        return given_b.cmp(&given_a);
    }
    let order = match (a, b) {
        (Value::Text(_), Value::Text(_)) => words_a.cmp(words_b),
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
