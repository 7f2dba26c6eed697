//! Entries that a reader of one may want next: those it names, then those with most terms in
//! common.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::{self, Catalog};
use crate::content::schema::{Collection, Schema, Sort};
use crate::content::{Entry, EntryId};
use crate::world::World;

/// How many groups are looked at for each term, so that a site where each entry has terms of its
/// own does not compare every entry with every other.
const LOOKED_AT: usize = 512;

/// A term: its field and its value.
type Term = (Arc<str>, Arc<str>);

/// Published entries, grouped by the terms they have: there are few combinations, and entries
/// with the same terms are equally near to any other.
#[derive(Default)]
pub(crate) struct Groups {
    groups: Vec<Group>,
    by_entry: BTreeMap<EntryId, usize>,
    by_term: BTreeMap<Term, Vec<usize>>,
}

struct Group {
    terms: BTreeSet<Term>,
    /// Newest first, then by slug.
    entries: Vec<EntryId>,
}

impl Groups {
    /// Groups the entries of every collection whose fields have terms.
    pub(crate) fn new(schema: &Schema, catalog: &Catalog) -> Self {
        let mut groups = Self::default();
        for collection in &schema.collections {
            groups.add(collection, catalog);
        }
        groups
    }

    fn add(&mut self, collection: &Collection, catalog: &Catalog) {
        let fields: Vec<_> =
            collection.fields.iter().filter(|it| it.rules.terms.is_some()).collect();
        if fields.is_empty() {
            return;
        }
        let mut entries: Vec<&Entry> = catalog.published(&collection.name).collect();
        let newest = Sort(vec![(collection.publish_field.clone(), true)]);
        catalog::sort(&mut entries, &newest);
        let mut known: BTreeMap<BTreeSet<Term>, usize> = BTreeMap::new();
        for entry in entries {
            let terms: BTreeSet<Term> = fields
                .iter()
                .flat_map(|field| {
                    let texts = entry.fields.get(&field.name).texts();
                    texts.into_iter().map(|text| (Arc::clone(&field.name), text))
                })
                .collect();
            if terms.is_empty() {
                continue;
            }
            let at = *known.entry(terms.clone()).or_insert_with(|| {
                for term in &terms {
                    self.by_term.entry(term.clone()).or_default().push(self.groups.len());
                }
                self.groups.push(Group { terms, entries: Vec::new() });
                self.groups.len() - 1
            });
            self.groups[at].entries.push(entry.id.clone());
            self.by_entry.insert(entry.id.clone(), at);
        }
    }

    /// Gives the entries of the same collection with most terms in common, at most so many,
    /// without those in `known`.
    fn nearest(&self, id: &EntryId, limit: usize, known: &BTreeSet<EntryId>) -> Vec<EntryId> {
        let Some(own) = self.by_entry.get(id).map(|at| &self.groups[*at]) else {
            return Vec::new();
        };
        let mut shared: BTreeMap<usize, usize> = BTreeMap::new();
        for term in &own.terms {
            for at in self.by_term.get(term).into_iter().flatten().take(LOOKED_AT) {
                *shared.entry(*at).or_default() += 1;
            }
        }
        let mut groups: Vec<(usize, usize)> = shared
            .into_iter()
            .filter(|(at, _)| {
                let first = self.groups[*at].entries.first();
                first.is_some_and(|first| first.collection == id.collection)
            })
            .collect();
        groups.sort_by(|(a, shared_a), (b, shared_b)| shared_b.cmp(shared_a).then(a.cmp(b)));
        let entries = groups.iter().flat_map(|(at, _)| &self.groups[*at].entries);
        entries.filter(|it| !known.contains(*it)).take(limit).cloned().collect()
    }
}

impl World {
    pub(crate) fn related(&self, id: &EntryId, limit: usize) -> Vec<EntryId> {
        let Some(entry) = self.entry(id) else { return Vec::new() };
        let mut known = BTreeSet::from([id.clone()]);
        let mut found = Vec::new();
        for slug in entry.fields.get("related").texts() {
            let named = EntryId { collection: Arc::clone(&id.collection), slug };
            if found.len() < limit && self.entry(&named).is_some() && known.insert(named.clone()) {
                found.push(named);
            }
        }
        let rest = limit - found.len();
        // Sites that never ask for related entries do not pay for them.
        let groups = || Groups::new(&self.site.schema, &self.site.catalog);
        found.extend(self.groups.get_or_init(groups).nearest(id, rest, &known));
        found
    }
}
