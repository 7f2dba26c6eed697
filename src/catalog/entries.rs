//! Entries in the order of their ids, each found at once however many there are.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::content::{Entry, EntryId};

/// Every entry of a site, sorted by id, each id once.
#[derive(Debug, Default)]
pub struct Entries {
    sorted: Vec<Entry>,
    /// Where each stands. Asked by id and never gone through: in a sorted map of long ids, a large
    /// site waits for memory at each step down.
    places: HashMap<EntryId, usize, RandomState>,
}

impl Entries {
    /// Takes entries that are sorted by id, each id once.
    pub(crate) fn sorted(sorted: Vec<Entry>) -> Self {
        let places = sorted.iter().enumerate().map(|(at, entry)| (entry.id.clone(), at)).collect();
        Self { sorted, places }
    }

    /// Finds an entry.
    pub fn get(&self, id: &EntryId) -> Option<&Entry> {
        self.sorted.get(*self.places.get(id)?)
    }

    /// Gives every entry, by id.
    pub fn values(&self) -> impl Iterator<Item = &Entry> {
        self.sorted.iter()
    }

    /// Gives every id, in order.
    pub fn keys(&self) -> impl Iterator<Item = &EntryId> {
        self.sorted.iter().map(|entry| &entry.id)
    }

    /// Gives the entries of a collection, by slug.
    pub fn of(&self, collection: &str) -> &[Entry] {
        let start = self.sorted.partition_point(|it| &*it.id.collection < collection);
        let rest = &self.sorted[start..];
        &rest[..rest.partition_point(|it| &*it.id.collection == collection)]
    }
}
