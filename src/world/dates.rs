//! When an entry was published and changed.

use tera::Value;

use crate::content::EntryId;
use crate::world::{World, key};

/// The dates of an entry, as `2026-03-14`, or with a time and an offset.
#[derive(Clone, Debug, Default)]
pub struct Dates {
    /// When it was published.
    pub published: Option<String>,
    /// When it was last changed, where an editor says so.
    pub updated: Option<String>,
    /// When it will be withdrawn.
    pub expires: Option<String>,
}

impl Dates {
    /// Gives the later of publishing and change: what may truly be told as the last change.
    pub fn last(&self) -> Option<&str> {
        // Texts of this form sort by time, to the day.
        let day = |text| str::get(text, ..10);
        match (&self.published, &self.updated) {
            (Some(published), Some(updated)) if day(published) > day(updated) => Some(published),
            (published, updated) => updated.as_deref().or(published.as_deref()),
        }
    }
}

impl World {
    /// Gives an entry's dates, as far as its public fields tell them.
    pub fn dates(&self, id: &EntryId) -> Dates {
        let summary = self.summary_of(id);
        let Some(fields) = summary.as_map() else { return Dates::default() };
        let Some(collection) = self.collection(id) else { return Dates::default() };
        let value = |field: &str| {
            let known = collection.field(field)?;
            fields.get(&key(&known.name)).and_then(Value::as_str).map(str::to_owned)
        };
        Dates {
            published: value(&collection.publish_field),
            updated: value(&collection.delivery.updated_field),
            expires: value(&collection.unpublish_field),
        }
    }
}
