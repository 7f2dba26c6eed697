//! What is told of lists as a whole: the terms of a field, an entry's neighbours, feeds.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tera::Value;

use crate::catalog;
use crate::content::EntryId;
use crate::content::schema::{Collection, Sort};
use crate::world::{Answer, World, map, select, text};

/// The entries before and after each, for each order that was asked for.
#[derive(Default)]
pub(crate) struct Neighbours(Mutex<BTreeMap<Order, Arc<Pairs>>>);

/// A collection, the fields to sort by, and the field whose value neighbours share.
type Order = (Arc<str>, Option<String>, Option<String>);
type Pairs = BTreeMap<EntryId, (Option<EntryId>, Option<EntryId>)>;

impl World {
    /// The entries before and after one in an order, among those with the same value of a field.
    pub(crate) fn neighbours(&self, id: &EntryId, sort: Option<&str>, by: Option<&str>) -> Answer {
        let Some(collection) = self.collection(id) else {
            return self.no_collection(&id.collection);
        };
        let order = match sort {
            Some(sort) => Sort::parse(sort),
            None => collection.order(),
        };
        let asked = order.0.iter().map(|(name, _)| name.as_str());
        if let Some(refusal) = asked.chain(by).find_map(|name| self.unknown_field(collection, name))
        {
            return refusal;
        }
        let key = (Arc::clone(&id.collection), sort.map(str::to_owned), by.map(str::to_owned));
        let mut known = self.neighbours.0.lock().unwrap_or_else(PoisonError::into_inner);
        let pairs =
            known.entry(key).or_insert_with(|| Arc::new(self.pairs_of(collection, &order, by)));
        let pairs = Arc::clone(pairs);
        drop(known);
        let (before, after) = pairs.get(id).cloned().unwrap_or_default();
        Answer::Pair([before, after])
    }

    fn pairs_of(&self, collection: &Collection, order: &Sort, by: Option<&str>) -> Pairs {
        let mut entries: Vec<_> = self.site.catalog.published(&collection.name).collect();
        catalog::sort(&mut entries, order);
        let mut last: BTreeMap<Vec<String>, EntryId> = BTreeMap::new();
        let mut pairs = Pairs::new();
        for entry in entries {
            let group = by.map(|field| select::values(entry, field)).unwrap_or_default();
            let before = last.insert(group, entry.id.clone());
            if let Some(pair) = before.as_ref().and_then(|id| pairs.get_mut(id)) {
                pair.1 = Some(entry.id.clone());
            }
            pairs.insert(entry.id.clone(), (before, None));
        }
        pairs
    }

    /// Every term of a field, by slug, with its address and how many entries have it.
    pub(crate) fn terms(&self, collection: &str, field: &str) -> Answer {
        let Some(found) = self.site.schema.collection(collection) else {
            return self.no_collection(collection);
        };
        let with_terms =
            || found.fields.iter().filter(|field| field.rules.terms.is_some()).map(|it| &it.name);
        let terms = found.field(field).and_then(|field| field.rules.terms.as_ref());
        let Some(terms) = terms else {
            return self.unknown("field with terms", field, with_terms());
        };
        let key = (Arc::clone(&found.name), Arc::from(field));
        let known = self.site.catalog.terms.get(&key).into_iter().flatten();
        let one = |(slug, term): (&String, &catalog::Term)| {
            map([
                ("name", Value::from(&*term.name)),
                ("slug", slug.as_str().into()),
                ("url", self.href(&terms.route.replace("{{term}}", slug)).into()),
                ("count", term.entries.len().into()),
            ])
        };
        Answer::Value(known.map(one).collect::<Vec<_>>().into())
    }

    /// The title of a collection's feeds.
    pub fn feed_title(&self, collection: &Collection) -> String {
        let own = collection.delivery.feed.as_ref().and_then(|feed| feed.title.clone());
        let title = own.unwrap_or_else(|| collection.label.clone());
        match text(&self.settings, "title") {
            Some(site) => format!("{title} · {site}"),
            None => title,
        }
    }

    pub(crate) fn feeds(&self) -> Value {
        let mut feeds: Vec<Value> = Vec::new();
        for (name, urls) in &self.site.plan.feeds {
            let Some(collection) = self.site.schema.collection(name) else { continue };
            let title = self.feed_title(collection);
            for (url, kind) in urls.iter().zip(["application/atom+xml", "application/feed+json"]) {
                feeds.push(map([
                    ("title", Value::from(title.as_str())),
                    ("type", kind.into()),
                    ("url", self.href(url.as_str()).into()),
                ]));
            }
        }
        feeds.into()
    }
}
