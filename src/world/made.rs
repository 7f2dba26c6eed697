//! What is asked of files, templates and the plan: answers that are digests of what is used as it
//! is.

use std::collections::BTreeMap;

use tera::Value;

use crate::catalog;
use crate::content::schema::Sort;
use crate::content::{Entry, EntryId};
use crate::route::Kind;
use crate::text::{Digest, quick};
use crate::trace::Writer;
use crate::world::{Answer, World, write_route, write_value};

/// What templates and components may use: the digest of it all, and the names of the templates.
#[derive(Clone, Debug, Default)]
pub struct Uses {
    /// By the name of the template, without its theme's.
    pub templates: BTreeMap<String, (u128, Vec<String>)>,
    /// By the name of the component.
    pub components: BTreeMap<String, (u128, Vec<String>)>,
}

/// Takes the digest of a value.
pub(crate) fn digest_of(value: &Value) -> u128 {
    let mut out = Writer::new();
    write_value(value, &mut out);
    quick(out.written())
}

impl World {
    /// An entry with all its file says, its addresses among it.
    pub(crate) fn own(&self, id: &EntryId) -> Answer {
        let Some(entry) = self.entry(id) else { return Answer::Value(Value::none()) };
        let mut out = Writer::new();
        out.digest(entry.digest);
        let plan = &self.site.plan;
        for url in [plan.entries.get(id), plan.documents.get(id)] {
            out.maybe(url, |out, url| out.text(url.as_str()));
        }
        Answer::Made(quick(out.written()), vec![id.clone()])
    }

    /// What the plan says of a file.
    pub(crate) fn route(&self, file: &str) -> Answer {
        let Some(route) = self.site.plan.routes.get(file) else {
            return Answer::Value(Value::none());
        };
        let mut out = Writer::new();
        write_route(route, &mut out);
        match &route.kind {
            Kind::Asset(path) => {
                let asset = self.site.assets.get(path);
                out.maybe(asset, |out, asset| out.digest(Digest::of(&asset.bytes)));
            }
            Kind::Copy(file) => {
                let source = self.site.tree.get(file.as_str());
                out.maybe(source, |out, source| {
                    source.mark().numbers().into_iter().for_each(|it| out.fixed(it));
                });
            }
            _ => (),
        }
        let shown = route.kind.page().map(|page| page.entries.clone()).unwrap_or_default();
        Answer::Made(quick(out.written()), shown)
    }

    pub(crate) fn template(&self, name: &str) -> Answer {
        let short = name.split_once('/').map_or(name, |(_, short)| short);
        let templates = &self.site.uses.templates;
        let used = templates.get(name).or_else(|| templates.get(short));
        used.map_or(Answer::Value(Value::none()), |(digest, _)| Answer::Made(*digest, Vec::new()))
    }

    pub(crate) fn component(&self, name: &str) -> Answer {
        let used = self.site.uses.components.get(name);
        used.map_or(Answer::Value(Value::none()), |(digest, _)| Answer::Made(*digest, Vec::new()))
    }

    /// The newest entries of a collection that have a date, without which they have no place in a
    /// feed.
    pub(crate) fn newest(&self, name: &str) -> Vec<EntryId> {
        let Some(collection) = self.site.schema.collection(name) else { return Vec::new() };
        let limit = collection.delivery.feed.as_ref().map_or(0, |feed| feed.limit);
        let newest = Sort(vec![(collection.publish_field.clone(), true)]);
        let catalog = &self.site.catalog;
        let mut entries: Vec<&Entry> = catalog
            .published(name)
            .filter(|entry| self.site.plan.entries.contains_key(&entry.id))
            .filter(|entry| self.dates(&entry.id).published.is_some())
            .collect();
        catalog::sort(&mut entries, &newest);
        entries.truncate(limit);
        entries.into_iter().map(|entry| entry.id.clone()).collect()
    }

    /// What the page at an address is called.
    pub(crate) fn title(&self, path: &str) -> Answer {
        let plan = &self.site.plan;
        let kind = plan.urls.get(path).and_then(|file| plan.routes.get(file)).map(|it| &it.kind);
        match kind {
            Some(Kind::Entry(id)) => Answer::Entries(vec![id.clone()]),
            Some(Kind::List { collection, .. }) => {
                let collection = self.site.schema.collection(collection);
                Answer::Value(collection.map(|it| it.label.as_str()).into())
            }
            Some(Kind::Term { name, .. }) => Answer::Value((&**name).into()),
            _ => Answer::Value(Value::none()),
        }
    }
}
