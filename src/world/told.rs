//! What is known of entries: summaries, and whether they are on the site.

use tera::Value;

use crate::content::{Entry, EntryId, Status};
use crate::world::World;

impl World {
    /// Gives an entry's summary: what lists and other pages may know of it.
    pub fn summary_of(&self, id: &EntryId) -> Value {
        let own = self.summaries.get(id).map(|it| it.value.clone());
        let earlier = || self.replay.as_ref()?.summary(id).map(|(summary, _)| summary);
        own.or_else(earlier).unwrap_or_else(Value::none)
    }

    /// Tells whether an entry is on the site.
    pub(crate) fn is_there(&self, id: &EntryId) -> bool {
        let earlier = || self.replay.as_ref().is_some_and(|it| it.summary(id).is_some());
        self.published_entry(id).is_some() || earlier()
    }

    pub(crate) fn published_entry(&self, id: &EntryId) -> Option<&Entry> {
        self.site.catalog.entries.get(id).filter(|it| it.status == Status::Published)
    }

    /// Gives every entry that is on the site, with its number.
    pub fn published(&self) -> impl Iterator<Item = (&EntryId, u32)> {
        self.summaries.iter().map(|(id, it)| (id, it.place))
    }

    /// Gives a published entry of the site.
    pub fn entry(&self, id: &EntryId) -> Option<&Entry> {
        let entry = self.published_entry(id);
        if let (None, Some(replay)) = (entry, &self.replay)
            && replay.summary(id).is_some()
        {
            replay.miss();
        }
        entry
    }
}
