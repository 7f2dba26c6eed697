//! Turns typed fields into the values that templates see.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tera::Value;
use tera::value::Key;

use crate::content::EntryId;
use crate::content::delivery::Overdue;
use crate::content::schema::{Collection, Field, Item, Widget};
use crate::content::value::{self, Object};
use crate::diag::Span;
use crate::world::World;

/// Renders a field's Markdown; `None` leaves the field out.
pub(crate) type MarkdownField<'a> = &'a mut dyn FnMut(&Field, &Arc<str>, &Span) -> Option<Value>;

/// How many words a reader reads in a minute (Brysbaert 2019, doi:10.1016/j.jml.2019.104047:
/// 238 for non-fiction).
const WORDS_PER_MINUTE: usize = 238;

/// Names and values, in order.
pub type Pairs = Vec<(Key<'static>, Value)>;

/// Makes a map of values, in the order given.
pub fn map<K: Into<Key<'static>>>(pairs: impl IntoIterator<Item = (K, Value)>) -> Value {
    // Tera makes a map of its own from whatever map it is given. One that is sorted by place is
    // cheaper to make first than one that is hashed.
    let placed = pairs.into_iter().enumerate();
    let placed: BTreeMap<Placed, Value> =
        placed.map(|(place, (key, value))| (Placed(place, key.into()), value)).collect();
    placed.into()
}

/// A key at its place among others.
struct Placed(usize, Key<'static>);

impl PartialEq for Placed {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Eq for Placed {}

impl PartialOrd for Placed {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Placed {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl From<Placed> for Key<'static> {
    fn from(placed: Placed) -> Self {
        placed.1
    }
}

/// Makes a key of a name that is shared, without copying it.
pub fn key(name: &Arc<str>) -> Key<'static> {
    Key::String(Arc::clone(name))
}

/// Gives a value under a key of a map; `None` when it is no map, or holds nothing or `null` there.
pub fn get<'a>(value: &'a Value, key: &'static str) -> Option<&'a Value> {
    value.as_map()?.get(&Key::Str(key)).filter(|value| !value.is_none())
}

/// Gives a text under a key of a map; `None` when it is no map or holds no text there.
pub fn text<'a>(value: &'a Value, key: &'static str) -> Option<&'a str> {
    get(value, key)?.as_str()
}

impl World {
    /// Gives a group's values by its fields, without the private ones.
    pub(crate) fn object(
        &self,
        fields: &[Field],
        object: &Object,
        markdown: MarkdownField,
    ) -> Value {
        let mut pairs: Pairs = Vec::with_capacity(fields.len());
        self.pairs(fields, object, markdown, &mut pairs);
        map(pairs)
    }

    /// Gives what is known of an entry without its body, by its fields; `None` for one that is
    /// not published.
    pub(crate) fn entry_pairs(&self, id: &EntryId, markdown: MarkdownField) -> Option<Pairs> {
        let (entry, collection) = (self.entry(id)?, self.collection(id)?);
        let url = self.site.plan.entries.get(id);
        let permalink = url.map(|url| self.permalink(url));
        let title = entry.fields.get(&collection.identifier).text();
        let words = entry.facts.words;
        let mut pairs = vec![
            (Key::Str("route_kind"), Value::from("entry")),
            (Key::Str("id"), id.to_string().into()),
            (Key::Str("slug"), (&*id.slug).into()),
            (Key::Str("collection"), self.abouts.get(&id.collection).cloned().into()),
            (Key::Str("url"), url.map(|url| self.href(url.as_str())).into()),
            (Key::Str("permalink"), permalink.into()),
            (Key::Str("title"), title.unwrap_or_else(|| id.slug.to_string()).into()),
            (Key::Str("description"), Value::none()),
            (Key::Str("reading_minutes"), words.div_ceil(WORDS_PER_MINUTE).max(1).into()),
        ];
        let review = &collection.delivery.review;
        if review.due.is_some() {
            let says_so = review.overdue == Overdue::Banner && entry.overdue.is_some();
            pairs.push((Key::Str("review_overdue"), says_so.into()));
        }
        self.pairs(&collection.fields, &entry.fields, markdown, &mut pairs);
        Some(pairs)
    }

    /// Gives what a page may know of its collection.
    pub(crate) fn about(&self, collection: &Collection) -> Value {
        let list = self.site.plan.lists.get(&collection.name);
        map([
            ("name", Value::from(&*collection.name)),
            ("label", collection.label.as_str().into()),
            ("label_singular", collection.singular.as_str().into()),
            ("url", list.map(|url| self.href(url.as_str())).into()),
        ])
    }

    pub(crate) fn summary(&self, id: &EntryId) -> Option<Value> {
        self.entry_pairs(id, &mut |_, _, _| None).map(map)
    }

    fn pairs(&self, fields: &[Field], object: &Object, markdown: MarkdownField, into: &mut Pairs) {
        for field in fields.iter().filter(|field| !field.rules.private) {
            let value = object.get(&field.name);
            // The body below the front matter is no field of it: the page adds that. A group may
            // well have a field of this name.
            if &*field.name == "body" && *value == value::Value::Absent {
                continue;
            }
            if let Some(value) = self.value(field, value, markdown) {
                into.push((key(&field.name), value));
            }
        }
    }

    fn value(&self, field: &Field, value: &value::Value, markdown: MarkdownField) -> Option<Value> {
        Some(match (&field.widget, value) {
            // What is not on the site is not named either.
            (Widget::Relation { collection, value_field, .. }, value) => {
                self.named(collection, value_field.as_deref(), value)
            }
            (Widget::Markdown, value::Value::Markdown(text, span)) => {
                return markdown(field, text, span);
            }
            (Widget::Object(fields), value::Value::Object(object)) => {
                self.object(fields, object, markdown)
            }
            (Widget::List { item, .. }, value::Value::List(values)) => {
                let mut items: Vec<Value> = Vec::with_capacity(values.len());
                for value in values {
                    items.extend(self.item(item, value, markdown));
                }
                items.into()
            }
            (_, value) => scalar(value, &self.site.config.zone),
        })
    }

    /// The slugs of those entries that are on the site, or what a field of theirs holds.
    fn named(&self, collection: &str, field: Option<&str>, value: &value::Value) -> Value {
        let published = |name: &Arc<str>| match field {
            None => {
                let id = EntryId { collection: collection.into(), slug: Arc::clone(name) };
                self.is_there(&id)
            }
            Some(field) => self.has_value(collection, field, name),
        };
        match value {
            value::Value::Text(name) if published(name) => Value::from(&**name),
            value::Value::List(_) => {
                let names = value.texts().into_iter().filter(published);
                names.map(|name| Value::from(&*name)).collect::<Vec<_>>().into()
            }
            _ => Value::none(),
        }
    }

    fn item(&self, item: &Item, value: &value::Value, markdown: MarkdownField) -> Option<Value> {
        match (item, value) {
            (Item::Field(field), value) => self.value(field, value, markdown),
            (Item::Fields(fields), value::Value::Object(object)) => {
                Some(self.object(fields, object, markdown))
            }
            (Item::Types { key, types }, value::Value::Object(object)) => {
                let name = object.text(key).unwrap_or_default();
                let (_, fields) = types.iter().find(|(it, _)| &**it == name)?;
                let mut pairs = vec![(self::key(key), Value::from(name))];
                self.pairs(fields, object, markdown, &mut pairs);
                Some(map(pairs))
            }
            (_, value) => Some(scalar(value, &self.site.config.zone)),
        }
    }
}

fn scalar(value: &value::Value, zone: &TimeZone) -> Value {
    match value {
        value::Value::Absent => Value::none(),
        value::Value::Bool(value) => Value::from(*value),
        value::Value::Integer(value) => Value::from(*value),
        value::Value::Float(value) => Value::from(*value),
        value::Value::Text(text) | value::Value::Markdown(text, _) => Value::from(&**text),
        value::Value::Date(date) => Value::from(date.to_string()),
        value::Value::Moment(at) => {
            let local = at.to_zoned(zone.clone());
            Value::from(local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string())
        }
        value::Value::List(items) => {
            Value::from(items.iter().map(|item| scalar(item, zone)).collect::<Vec<_>>())
        }
        value::Value::Object(object) => {
            map(object.0.iter().map(|(name, value)| (name.to_string(), scalar(value, zone))))
        }
    }
}
