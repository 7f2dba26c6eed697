//! What an entry has that bears on which pages there are, what they list and in which order.
//!
//! Texts that nothing sorts by, selects by or must be unlike others in are *plain*: when only they
//! and the body change, every list keeps its entries, and no more than what shows them is made
//! anew.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::content::schema::{Collection, Field, Kind, Schema, Sort, Widget};
use crate::content::value::{Object, Value};
use crate::content::{Entry, field};
use crate::text::quick;
use crate::trace::{Reader, Writer};
use crate::world::{Question, Selection, World};

/// Fields whose names mean something to Galen.
const MEANT: [&str; 6] = ["aliases", "draft", "noindex", "related", "slug", "body"];

/// The plain fields of each collection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plain(BTreeMap<String, BTreeSet<String>>);

impl Plain {
    /// Finds them, by the content model and by what was asked.
    pub(crate) fn of(world: &World) -> Self {
        let mut questions = Vec::new();
        if let Some(ledger) = &world.ledger {
            ledger.each(|_, told| {
                // Most questions name no field, and need not be read.
                if Question::names_fields(told.question) {
                    questions.extend(Question::read(&mut Reader::new(told.question)));
                }
            });
        }
        let schema = &world.site.schema;
        let mut used: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let used_by_relations = RefCell::new(Vec::new());
        let relations = |field: &Field| {
            if let Widget::Relation { collection, value_field, filters, .. } = &field.widget {
                let names = filters.iter().map(|(name, _)| name.to_string());
                let names = names.chain(value_field.clone()).collect();
                used_by_relations.borrow_mut().push((collection.clone(), names));
            }
        };
        let mut use_of = |collection: &str, names: Vec<String>| {
            used.entry(collection.to_owned()).or_default().extend(names);
        };
        let sorted = |collection: &str, sort: &Option<String>| match sort {
            Some(sort) => by(&Sort::parse(sort)),
            None => schema.collection(collection).map(|it| by(&it.order())).unwrap_or_default(),
        };
        for question in &questions {
            match question {
                Question::Entries(Selection { collection, sort, filter, .. }) => {
                    use_of(collection, sorted(collection, sort));
                    use_of(collection, filter.iter().map(|(name, _)| name.clone()).collect());
                }
                Question::Neighbours(id, sort, field) => {
                    use_of(&id.collection, sorted(&id.collection, sort));
                    use_of(&id.collection, field.iter().cloned().collect());
                }
                _ => (),
            }
        }
        for collection in &schema.collections {
            use_of(&collection.name, of_model(collection, world.site.config.api));
            match &collection.kind {
                Kind::Folder { .. } => field::walk(&collection.fields, &relations),
                Kind::Files(files) => {
                    files.iter().for_each(|it| field::walk(&it.fields, &relations))
                }
            }
        }
        for (collection, names) in used_by_relations.into_inner() {
            use_of(&collection, names);
        }
        Self::without(schema, &used)
    }

    fn without(schema: &Schema, used: &BTreeMap<String, BTreeSet<String>>) -> Self {
        let none = BTreeSet::new();
        let of = |collection: &Collection| {
            let used = used.get(&*collection.name).unwrap_or(&none);
            let plain = collection.fields.iter().filter(|field| {
                let text = matches!(field.widget, Widget::String | Widget::Text | Widget::Markdown);
                text && !field.rules.unique
                    && field.rules.terms.is_none()
                    && !MEANT.contains(&&*field.name)
                    && !used.contains(&*field.name)
            });
            let names = plain.map(|field| field.name.to_string()).collect();
            (collection.name.to_string(), names)
        };
        // A form is more than an entry, and an answer that is shared is held against others.
        let alone = |it: &&Collection| !it.form && it.delivery.answers.is_none();
        Self(schema.collections.iter().filter(alone).map(of).collect())
    }

    /// Takes the digest of what an entry has besides its plain fields; zero for one that has no
    /// such, and for none.
    pub(crate) fn shape(&self, entry: Option<&Entry>) -> u128 {
        // What waivers hide is known when everything is.
        let Some(entry) = entry.filter(|it| it.waivers.is_empty()) else { return 0 };
        let Some(plain) = self.0.get(&*entry.id.collection) else { return 0 };
        let mut out = Writer::new();
        out.byte(u8::from(entry.body.is_some()));
        for (name, value) in &entry.fields.0 {
            if !plain.contains(&**name) {
                out.text(name);
                write(value, &mut out);
            }
        }
        quick(out.written())
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        out.list(self.0.iter(), |out, (collection, names)| {
            out.text(collection);
            out.list(names.iter(), |out, name| out.text(name));
        });
    }

    pub(crate) fn read(from: &mut Reader) -> Option<Self> {
        let one = |from: &mut Reader| {
            let collection = from.text()?.to_owned();
            let names = from.list(|from| from.text().map(str::to_owned))?;
            Some((collection, names.into_iter().collect()))
        };
        Some(Self(from.list(one)?.into_iter().collect()))
    }
}

/// The fields that something is sorted by.
fn by(sort: &Sort) -> Vec<String> {
    sort.0.iter().map(|(name, _)| name.clone()).collect()
}

/// The fields by which the content model sorts, plans and dates.
fn of_model(collection: &Collection, api: bool) -> Vec<String> {
    let mut used: Vec<String> = collection.list.iter().flat_map(|list| by(&list.sort)).collect();
    if api && collection.delivery.api.is_some() {
        used.extend(by(&collection.order()));
    }
    for terms in collection.fields.iter().filter_map(|field| field.rules.terms.as_ref()) {
        used.extend(by(terms.sort.as_ref().unwrap_or(&collection.order())));
    }
    used.extend([
        collection.publish_field.clone(),
        collection.unpublish_field.clone(),
        collection.delivery.updated_field.clone(),
    ]);
    used
}

/// Writes a value without its place in the file.
fn write(value: &Value, out: &mut Writer) {
    match value {
        Value::Absent => out.byte(0),
        Value::Bool(value) => out.byte(1 + u8::from(*value)),
        Value::Text(text) | Value::Markdown(text, _) => {
            out.byte(3);
            out.text(text);
        }
        Value::Integer(_) | Value::Float(_) | Value::Date(_) | Value::Moment(_) => {
            out.byte(4);
            out.text(&value.text().unwrap_or_default());
        }
        Value::List(values) => {
            out.byte(5);
            out.list(values.iter(), |out, value| write(value, out));
        }
        Value::Object(Object(pairs)) => {
            out.byte(6);
            out.list(pairs.iter(), |out, (name, value)| {
                out.text(name);
                write(value, out);
            });
        }
    }
}
