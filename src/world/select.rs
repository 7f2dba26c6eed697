//! Selects entries for lists: by collection and values, in an order, at most so many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::catalog;
use crate::content::schema::{Collection, Sort};
use crate::content::{Entry, EntryId};
use crate::text::near;
use crate::world::{Answer, Selection, World, refuse};

/// Entries by value, for each collection and field that was asked by.
#[derive(Default)]
pub(crate) struct Indexes(Mutex<BTreeMap<(String, String), Arc<Index>>>);

type Index = BTreeMap<String, Vec<EntryId>>;

impl World {
    pub(crate) fn select(&self, selection: &Selection) -> Answer {
        let Some(collection) = self.site.schema.collection(&selection.collection) else {
            return self.no_collection(&selection.collection);
        };
        let sort = match &selection.sort {
            Some(sort) => Sort::parse(sort),
            None => collection.order(),
        };
        let asked = sort.0.iter().map(|(name, _)| name);
        for name in asked.chain(selection.filter.iter().map(|(name, _)| name)) {
            if let Some(refusal) = self.unknown_field(collection, name) {
                return refusal;
            }
        }
        let mut entries = self.matching(collection, &selection.filter);
        catalog::sort(&mut entries, &sort);
        entries.truncate(selection.limit.unwrap_or(usize::MAX));
        Answer::Entries(entries.into_iter().map(|entry| entry.id.clone()).collect())
    }

    /// Refuses a name that is no field of a collection, or none for the public.
    pub(crate) fn unknown_field(&self, collection: &Collection, name: &str) -> Option<Answer> {
        if self.knows(collection, name) {
            return None;
        }
        let fields = collection.fields.iter().filter(|field| !field.rules.private);
        let names = fields.map(|field| &*field.name);
        let message = format!("the collection `{}` has no field `{name}`", collection.name);
        Some(refuse(message, near::did_you_mean(name, names)))
    }

    /// A private field must not be found out by asking for its values.
    fn knows(&self, collection: &Collection, name: &str) -> bool {
        name == "slug" || collection.field(name).is_some_and(|field| !field.rules.private)
    }

    fn matching<'a>(
        &'a self,
        collection: &'a Collection,
        filter: &[(String, String)],
    ) -> Vec<&'a Entry> {
        let catalog = &self.site.catalog;
        let Some(((name, value), rest)) = filter.split_first() else {
            return catalog.published(&collection.name).collect();
        };
        let index = self.index(collection, name);
        let found = index.get(value).into_iter().flatten();
        let fits =
            |entry: &&Entry| rest.iter().all(|(name, value)| values(entry, name).contains(value));
        found.filter_map(|id| catalog.entries.get(id)).filter(fits).collect()
    }

    /// Tells whether an entry that is on the site has a value in a field.
    pub(crate) fn has_value(&self, collection: &str, field: &str, value: &str) -> bool {
        if let Some(replay) = &self.replay {
            replay.miss();
        }
        let collection = self.site.schema.collection(collection);
        collection.is_some_and(|it| self.index(it, field).contains_key(value))
    }

    fn index(&self, collection: &Collection, field: &str) -> Arc<Index> {
        let key = (collection.name.to_string(), field.to_owned());
        let mut indexes = self.indexes.0.lock().unwrap_or_else(PoisonError::into_inner);
        let index = indexes.entry(key).or_insert_with(|| {
            let mut index = Index::new();
            for entry in self.site.catalog.published(&collection.name) {
                for value in values(entry, field) {
                    index.entry(value).or_default().push(entry.id.clone());
                }
            }
            Arc::new(index)
        });
        Arc::clone(index)
    }
}

/// What a filter compares with: the value, or the values of a list.
pub(crate) fn values(entry: &Entry, name: &str) -> Vec<String> {
    if name == "slug" {
        return vec![entry.id.slug.to_string()];
    }
    let value = entry.fields.get(name);
    match value.text() {
        Some(text) => vec![text],
        None => value.texts().iter().map(ToString::to_string).collect(),
    }
}
