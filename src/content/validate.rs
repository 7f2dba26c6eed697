//! Coerces front matter by the schema, never by YAML's guesses, and reports what does not fit.

use std::sync::Arc;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::content::schema::{Count, Field, Item, Widget};
use crate::content::value::{Object, Value};
use crate::content::{errors, field, rules, special};
use crate::diag::{Diagnostic, Diagnostics, Span};
use crate::policy::waiver;
use crate::text::{date, near};
use crate::yaml::{self, Document, Mapping, Step};

/// Reads the values of one document.
pub(crate) struct Validator<'a> {
    pub(crate) document: &'a Document,
    /// What the document is, for people: `guide`.
    pub(crate) what: &'a str,
    /// The state of its workflow.
    pub(crate) state: &'a str,
    /// The day for which the site is built.
    pub(crate) today: Date,
    /// The site's time zone.
    pub(crate) zone: &'a TimeZone,
    /// Whether keys that are no fields are kept.
    pub(crate) extra: bool,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

/// The way from the top of the document to a value.
pub(crate) type Path = Vec<Step>;

impl Validator<'_> {
    /// Reads a group of fields.
    pub(crate) fn object(&mut self, fields: &[Field], map: &Mapping, path: &mut Path) -> Object {
        let top = path.is_empty();
        for key in map.keys().map(field::written) {
            let key = key.as_str();
            if let Some(body) = fields.iter().find(|it| &*it.name == key && is_body(it, top)) {
                let span = within(path, key, |path| self.document.key_span(path));
                self.report(errors::body_as_key(body, span));
                continue;
            }
            let known =
                fields.iter().any(|field| &*field.name == key) || is_waivers(key, fields, top);
            if !(known || top && self.extra) {
                let what = if top { self.what.to_lowercase() } else { group_name(path) };
                let span = within(path, key, |path| self.document.key_span(path));
                self.report(errors::unknown_key(key, fields, &what, span));
            }
        }
        let mut object = Object(Vec::with_capacity(fields.len()));
        for field in fields.iter().filter(|field| !is_body(field, top)) {
            let raw = map.get(&*field.name).filter(|value| !value.is_null());
            path.push(Step::Key(Arc::clone(&field.name)));
            let value = match raw {
                Some(raw) => self.value(field, raw, path),
                None => self.default(field, path),
            };
            path.pop();
            object.0.push((Arc::clone(&field.name), value));
        }
        if top && self.extra {
            self.keep_extra(fields, map, path, &mut object);
        }
        // Of the entries of a large site, spare room would be most of the memory.
        object.0.shrink_to_fit();
        rules::check(self, fields, &object, path);
        object
    }

    /// Reads one value.
    fn value(&mut self, field: &Field, raw: &yaml::Value, path: &mut Path) -> Value {
        let read = match &field.widget {
            Widget::String | Widget::Text | Widget::Image | Widget::File => self.text(raw, path),
            Widget::Markdown => self.text(raw, path).map(|value| match value {
                Value::Text(text) => {
                    Value::Markdown(text, Box::new(self.document.value_span(path)))
                }
                other => other,
            }),
            Widget::Hidden => Some(self.text(raw, path).unwrap_or(Value::Absent)),
            Widget::Number { whole, .. } => number(raw, *whole),
            Widget::Boolean => raw.as_bool().map(Value::Bool),
            Widget::DateTime { date_only } => self.moment(raw, *date_only, path),
            Widget::Select { multiple: false, .. } | Widget::Relation { multiple: false, .. } => {
                self.text(raw, path)
            }
            Widget::Select { .. } | Widget::Relation { .. } => self.texts(raw, path),
            Widget::Compute => self.text(raw, path),
            Widget::Uuid { .. } | Widget::Color { .. } => raw
                .as_str()
                .filter(|text| special::fits(&field.widget, text))
                .map(|text| Value::Text(text.into())),
            Widget::Map { shape } => {
                self.text(raw, path).and_then(|it| special::place(&it.text()?, *shape))
            }
            Widget::KeyValue { .. } => raw.as_mapping().map(|map| self.pairs(map, path)),
            Widget::Code { group } if group.is_empty() => self.text(raw, path),
            Widget::Object(fields) | Widget::Code { group: fields } => {
                raw.as_mapping().map(|map| Value::Object(self.object(fields, map, path)))
            }
            Widget::List { item, .. } => self.list(item, raw, path),
        };
        let Some(value) = read else {
            let error = errors::wrong_type(field, self.document.value_span(path));
            self.report(with_cure(error, field, raw));
            return Value::Absent;
        };
        rules::check_value(self, field, &value, path);
        value
    }

    /// A scalar as it is written: `1E10` stays a postcode, `no` a word.
    fn text(&self, raw: &yaml::Value, path: &Path) -> Option<Value> {
        let text: Arc<str> = match raw {
            yaml::Value::String(text) => text.as_str().into(),
            yaml::Value::Number(_) | yaml::Value::Bool(_) => self.document.scalar(path)?.into(),
            _ => return None,
        };
        Some(Value::Text(text))
    }

    fn texts(&self, raw: &yaml::Value, path: &mut Path) -> Option<Value> {
        let items = raw.as_sequence()?;
        let mut texts = Vec::with_capacity(items.len());
        for (at, item) in items.iter().enumerate() {
            path.push(Step::Index(at));
            let text = self.text(item, path);
            path.pop();
            texts.push(text?);
        }
        Some(Value::List(texts))
    }

    /// Reads texts by names that nobody listed.
    fn pairs(&mut self, map: &Mapping, path: &mut Path) -> Value {
        let mut object = Object::default();
        for (key, raw) in map {
            let name: Arc<str> = field::written(key).into();
            path.push(Step::Key(Arc::clone(&name)));
            let value = self.text(raw, path);
            if value.is_none() {
                self.report(not_a_text(&name, self.document.value_span(path)));
            }
            path.pop();
            object.0.push((name, value.unwrap_or(Value::Absent)));
        }
        Value::Object(object)
    }

    fn moment(&self, raw: &yaml::Value, date_only: bool, path: &Path) -> Option<Value> {
        let Some(Value::Text(text)) = self.text(raw, path) else { return None };
        match date_only {
            true => date::date(&text).map(Value::Date),
            false => date::moment(&text, self.zone).map(Value::Moment),
        }
    }

    fn list(&mut self, item: &Item, raw: &yaml::Value, path: &mut Path) -> Option<Value> {
        let items = raw.as_sequence()?;
        let mut values = Vec::with_capacity(items.len());
        for (at, raw) in items.iter().enumerate() {
            path.push(Step::Index(at));
            values.push(self.item(item, raw, path));
            path.pop();
        }
        rules::check_list(self, item, &values, path);
        Some(Value::List(values))
    }

    fn item(&mut self, item: &Item, raw: &yaml::Value, path: &mut Path) -> Value {
        let (fields, kind) = match (item, raw.as_mapping()) {
            (Item::Field(field), _) => return self.value(field, raw, path),
            (Item::Texts, _) => {
                let text = self.text(raw, path);
                if text.is_none() {
                    self.report(not_an_item("a text", self.document.value_span(path)));
                }
                return text.unwrap_or(Value::Absent);
            }
            (Item::Fields(fields), Some(map)) => (fields, (None, map)),
            (Item::Types { key, types }, Some(map)) => {
                let name = map.get(&**key).and_then(yaml::Value::as_str).unwrap_or_default();
                let Some((name, fields)) = types.iter().find(|(it, _)| &**it == name) else {
                    let names = near::any_of(types.iter().map(|(name, _)| &**name));
                    let span = within(path, key, |path| self.document.value_span(path));
                    self.report(wrong_kind(key, name, &names, span));
                    return Value::Absent;
                };
                (fields, (Some((key, name)), map))
            }
            (_, None) => {
                self.report(not_an_item("a group of fields", self.document.value_span(path)));
                return Value::Absent;
            }
        };
        let (kind, map) = kind;
        let Some((key, name)) = kind else { return Value::Object(self.object(fields, map, path)) };
        let mut inner = map.clone();
        inner.remove(&**key);
        let mut object = self.object(fields, &inner, path);
        object.0.insert(0, (Arc::clone(key), Value::Text(Arc::clone(name))));
        Value::Object(object)
    }

    /// The value where none is given: the schema's default, `false` for yes or no.
    fn default(&mut self, field: &Field, path: &Path) -> Value {
        let Some(default) = &field.default else {
            return match field.widget {
                Widget::Boolean => Value::Bool(false),
                _ => Value::Absent,
            };
        };
        let text = || field::written(default);
        match &field.widget {
            Widget::Boolean => default.as_bool().map_or(Value::Absent, Value::Bool),
            Widget::Number { whole, .. } => number(default, *whole).unwrap_or(Value::Absent),
            Widget::DateTime { date_only: true } => {
                date::date(&text()).map_or(Value::Absent, Value::Date)
            }
            Widget::DateTime { .. } => {
                date::moment(&text(), self.zone).map_or(Value::Absent, Value::Moment)
            }
            Widget::Map { shape } => special::place(&text(), *shape).unwrap_or(Value::Absent),
            Widget::Object(_) | Widget::List { .. } | Widget::KeyValue { .. } => Value::Absent,
            Widget::Code { group } if !group.is_empty() => Value::Absent,
            Widget::Select { multiple: true, .. } | Widget::Relation { multiple: true, .. } => {
                let items = default.as_sequence().into_iter().flatten();
                let one = |item| Value::Text(field::written(item).into());
                Value::List(items.map(one).collect())
            }
            Widget::Markdown => {
                let span = self.document.value_span(path);
                Value::Markdown(text().into(), Box::new(span))
            }
            _ => Value::Text(text().into()),
        }
    }

    fn keep_extra(&self, fields: &[Field], map: &Mapping, path: &mut Path, into: &mut Object) {
        for (key, raw) in map {
            let Some(name) = key.as_str() else { continue };
            let field = fields.iter().any(|field| &*field.name == name);
            if !field && !is_waivers(name, fields, true) {
                path.push(Step::Key(name.into()));
                let value = self.text(raw, path).or_else(|| self.texts(raw, path));
                path.pop();
                into.0.push((name.into(), value.unwrap_or(Value::Absent)));
            }
        }
    }

    pub(crate) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

/// The body of an entry is the text under its front matter, not a key.
pub(crate) fn is_body(field: &Field, top: bool) -> bool {
    top && &*field.name == "body" && matches!(field.widget, Widget::Markdown)
}

/// Tells whether a key is that of waivers, which are no field and reach no page, unless the
/// content model has a field of that name.
pub(crate) fn is_waivers(key: &str, fields: &[Field], top: bool) -> bool {
    top && key == waiver::KEY && fields.iter().all(|field| &*field.name != key)
}

/// Asks about a path one key longer.
pub(crate) fn within<T>(path: &Path, key: &str, ask: impl FnOnce(&Path) -> T) -> T {
    let mut path = path.clone();
    path.push(Step::Key(key.into()));
    ask(&path)
}

/// Says whether a number of values is allowed; what is wrong with it otherwise.
pub(crate) fn counted(count: Count, number: usize) -> Option<String> {
    let min = count.min.filter(|min| number < *min);
    let max = count.max.filter(|max| number > *max);
    min.map(|min| format!("there are {number}; at least {min} are needed"))
        .or_else(|| max.map(|max| format!("there are {number}; at most {max} are allowed")))
}

fn number(raw: &yaml::Value, whole: bool) -> Option<Value> {
    let yaml::Value::Number(number) = raw else { return None };
    match (number.as_i64(), number.as_f64()) {
        (Some(number), _) => Some(Value::Integer(number)),
        // Programs write whole numbers as 5.0 too; to JSON that is the same number.
        (None, Some(number)) if whole && number.fract() == 0.0 && number.abs() < 9e15 => {
            Some(Value::Integer(number as i64))
        }
        (None, Some(number)) if !whole && number.is_finite() => Some(Value::Float(number)),
        _ => None,
    }
}

fn group_name(path: &Path) -> String {
    let key = path.iter().rev().find_map(|step| match step {
        Step::Key(key) => Some(&**key),
        Step::Index(_) => None,
    });
    format!("group in `{}`", key.unwrap_or_default())
}

fn with_cure(error: Diagnostic, field: &Field, raw: &yaml::Value) -> Diagnostic {
    let written = raw.as_str().unwrap_or_default();
    match (&field.widget, written.to_lowercase().as_str()) {
        (Widget::Boolean, "true" | "false") => {
            error.help(format!("write `{written}`, without quotes"))
        }
        (Widget::Boolean, "yes" | "on" | "y" | "ja" | "1") => error.help("write `true`"),
        (Widget::Boolean, "no" | "off" | "n" | "nein" | "0") => error.help("write `false`"),
        (Widget::Select { .. } | Widget::Relation { .. }, text) if !text.is_empty() => {
            error.help(format!("write `{}: [{written}]`", field.name))
        }
        (Widget::DateTime { .. }, text) => match date::meant(text) {
            Some(date) => error.help(format!("did you mean {date}?")),
            None => error.help("write year, month and day: 2026-03-14"),
        },
        _ => error,
    }
}

fn not_an_item(expected: &str, span: Span) -> Diagnostic {
    Diagnostic::error(errors::WRONG_TYPE, format!("an item of this list must be {expected}"))
        .at(span)
}

fn not_a_text(name: &str, span: Span) -> Diagnostic {
    Diagnostic::error(errors::WRONG_TYPE, format!("the value of `{name}` must be a text")).at(span)
}

fn wrong_kind(key: &str, name: &str, names: &str, span: Span) -> Diagnostic {
    let message = match name.is_empty() {
        true => format!("this item does not say what it is: `{key}` is missing"),
        false => format!("there is no {key} `{name}`"),
    };
    Diagnostic::error(errors::WRONG_TYPE, message)
        .at(span)
        .help(format!("write `{key}: …` with {names}"))
}
