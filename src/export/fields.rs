//! Fields as JSON Schema: what a value may be, whatever the others are.

use serde_json::{Map, Value, json};

use crate::content::schema::{Count, Field, Format, Item, Schema, Shape, Widget};
use crate::content::special;
use crate::export::needs::{self, Group};
use crate::export::{Audience, is_key, pattern, unsaid};
use crate::policy::waiver;
use crate::text::date;

/// Writes the schemas of fields.
#[derive(Clone, Copy)]
pub(crate) struct Writer<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) audience: Audience,
}

type Object = Map<String, Value>;

/// What a text may be written as: Galen reads it from the source, so that `phone: 0207` and
/// `title: 1984` need no quotes, and YAML 1.2 takes these for numbers.
const SCALAR: [&str; 3] = ["string", "number", "boolean"];

impl Writer<'_> {
    /// Writes a group of fields.
    pub(crate) fn object(self, group: &Group) -> Object {
        let editors = self.audience == Audience::Editors;
        let shown = |it: &&Field| is_key(it, group.top) && (editors || !it.rules.private);
        let mut properties = Object::new();
        let mut always = Vec::new();
        for field in group.fields.iter().filter(shown) {
            let mut value = self.field(field, group);
            if editors || !present_in_public(field) {
                nullable(&mut value);
            }
            if !editors && present_in_public(field) {
                always.push(json!(&*field.name));
            }
            properties.insert(field.name.to_string(), Value::Object(value));
        }
        if editors && crate::content::validate::is_waivers(waiver::KEY, group.fields, group.top) {
            properties.insert(waiver::KEY.to_owned(), waivers());
        }
        let mut object = Object::new();
        object.insert("type".to_owned(), json!("object"));
        object.insert("properties".to_owned(), Value::Object(properties));
        if !group.extra {
            object.insert("additionalProperties".to_owned(), json!(false));
        }
        if !always.is_empty() {
            object.insert("required".to_owned(), Value::Array(always));
        }
        if editors {
            let rules = needs::always(group);
            if !rules.is_empty() {
                object.insert("allOf".to_owned(), Value::Array(rules));
            }
        }
        object
    }

    /// Writes one field: its value, and what people and other tools should know of it.
    fn field(self, field: &Field, group: &Group) -> Object {
        let mut object = self.value(field);
        object.insert("title".to_owned(), json!(field.label));
        if let Some(hint) = &field.hint {
            object.insert("description".to_owned(), json!(hint));
        }
        let default = field.default.as_ref().and_then(|it| serde_json::to_value(it).ok());
        if let Some(default) = default.filter(|_| self.audience == Audience::Editors) {
            object.insert("default".to_owned(), default);
        }
        if field.rules.private {
            object.insert("writeOnly".to_owned(), json!(true));
        }
        let unsaid = unsaid::rules(field, group);
        if !unsaid.is_empty() && self.audience == Audience::Editors {
            let comment = format!("Galen also checks: {}", unsaid.join("; "));
            object.insert("$comment".to_owned(), json!(comment));
        }
        object
    }

    fn value(self, field: &Field) -> Object {
        let value = match &field.widget {
            Widget::String | Widget::Text | Widget::Compute => self.text(field),
            Widget::Markdown => {
                let mut text = self.text(field);
                text.insert("contentMediaType".to_owned(), json!("text/markdown"));
                text
            }
            Widget::Image | Widget::File => {
                let kind = if matches!(field.widget, Widget::Image) { "image" } else { "file" };
                let mut text = self.text(field);
                let media = json!({"kind": kind, "folder": self.schema.public_folder});
                text.insert("x-galen-media".to_owned(), media);
                text
            }
            Widget::Hidden => Object::new(),
            Widget::Number { whole, min, max } => {
                let mut number = object(json!({"type": if *whole { "integer" } else { "number" }}));
                number.extend(min.map(|min| ("minimum".to_owned(), rounded(min))));
                number.extend(max.map(|max| ("maximum".to_owned(), rounded(max))));
                number
            }
            Widget::Boolean => object(json!({"type": "boolean"})),
            Widget::DateTime { date_only } => self.date(*date_only),
            Widget::Select { options, multiple, count } => {
                let values = options.iter().map(|(value, _)| value.as_str());
                let one = json!({"enum": self.forms(values)});
                if *multiple { many(one, *count) } else { object(one) }
            }
            Widget::Relation { collection, value_field, multiple, count, .. } => {
                let relation = json!({
                    "collection": collection,
                    "field": value_field.as_deref().unwrap_or("slug"),
                });
                let one = Value::Object(self.text(field));
                let mut value = if *multiple { many(one, *count) } else { object(one) };
                value.insert("x-galen-relation".to_owned(), relation);
                value
            }
            Widget::Object(fields) => self.object(&Group::inner(fields)),
            Widget::List { item, count } => self.list(item, *count),
            Widget::Uuid { .. } | Widget::Color { .. } => {
                let pattern = special::expression(&field.widget);
                let words = crate::content::expected(field);
                object(json!({
                    "type": "string", "pattern": pattern,
                    "patternErrorMessage": format!("It must be {words}"),
                }))
            }
            Widget::Code { group } if group.is_empty() => self.text(field),
            Widget::Code { group } => self.object(&Group::inner(group)),
            Widget::KeyValue { count } => {
                let mut pairs = object(json!({
                    "type": "object", "additionalProperties": {"type": self.scalar()},
                }));
                pairs.extend(count.min.map(|it| ("minProperties".to_owned(), json!(it))));
                pairs.extend(count.max.map(|it| ("maxProperties".to_owned(), json!(it))));
                pairs
            }
            Widget::Map { shape } => self.place(*shape),
        };
        match matches!(field.widget, Widget::Select { multiple: false, .. }) {
            true => pattern::with(value, field),
            false => value,
        }
    }

    fn scalar(self) -> Value {
        match self.audience {
            Audience::Editors => json!(SCALAR),
            Audience::Public => json!("string"),
        }
    }

    fn text(self, field: &Field) -> Object {
        let multiple = matches!(field.widget, Widget::Relation { multiple: true, .. });
        // What looks like a number or a word of YAML is no address.
        let address = matches!(field.rules.format, Some(Format::Uri | Format::Email));
        let types = if address { json!("string") } else { self.scalar() };
        let text = object(json!({"type": types}));
        if multiple { text } else { pattern::with(text, field) }
    }

    fn date(self, date_only: bool) -> Object {
        let (day, time) = (date::DATE, date::TIME);
        let (expression, words) = match date_only {
            true => (format!("^{day}$"), "Write year, month and day: 2026-03-14"),
            false => (format!("^{day}(?:{time})?$"), "Write a date, or 2026-03-14T09:00"),
        };
        match (self.audience, date_only) {
            (Audience::Public, false) => object(json!({"type": "string", "format": "date-time"})),
            (Audience::Public, true) => object(json!({"type": "string", "format": "date"})),
            (Audience::Editors, _) => {
                let mut date = object(json!({
                    "type": "string", "pattern": expression, "patternErrorMessage": words,
                }));
                if date_only {
                    date.insert("format".to_owned(), json!("date"));
                }
                date
            }
        }
    }

    fn list(self, item: &Item, count: Count) -> Object {
        let items = match item {
            Item::Texts => json!({"type": self.scalar()}),
            Item::Field(field) => {
                let group = Group::inner(std::slice::from_ref(&**field));
                Value::Object(self.field(field, &group))
            }
            Item::Fields(fields) => Value::Object(self.object(&Group::inner(fields))),
            Item::Types { key, types } => {
                let one = |(name, fields): &(std::sync::Arc<str>, Vec<Field>)| {
                    let mut object = self.object(&Group::inner(fields));
                    if let Some(Value::Object(properties)) = object.get_mut("properties") {
                        properties.insert(key.to_string(), json!({"const": &**name}));
                    }
                    also(&mut object, json!({"required": [&**key]}));
                    Value::Object(object)
                };
                json!({"oneOf": types.iter().map(one).collect::<Vec<_>>()})
            }
        };
        let mut list = object(json!({"type": "array", "items": items}));
        bounds(&mut list, count);
        if let Item::Field(field) = item
            && field.rules.unique_in_list
            && scalar_item(field)
        {
            list.insert("uniqueItems".to_owned(), json!(true));
        }
        list
    }

    /// A place is a text in the file, and a geometry where it is read.
    fn place(self, shape: Shape) -> Object {
        let name = match shape {
            Shape::Point => "Point",
            Shape::Line => "LineString",
            Shape::Polygon => "Polygon",
        };
        match self.audience {
            Audience::Editors => object(json!({
                "type": "string", "contentMediaType": "application/geo+json",
                "pattern": "^\\s*\\{",
            })),
            Audience::Public => object(json!({
                "type": "object", "required": ["type", "coordinates"],
                "properties": {"type": {"const": name}, "coordinates": {"type": "array"}},
            })),
        }
    }

    /// Gives the values as which texts may be written.
    fn forms<'a>(self, texts: impl Iterator<Item = &'a str>) -> Vec<Value> {
        match self.audience {
            Audience::Editors => texts.flat_map(forms).collect(),
            Audience::Public => texts.map(|text| json!(text)).collect(),
        }
    }
}

/// The values that stand for a text: itself, and what YAML 1.2 reads it as when it has no quotes.
pub(crate) fn forms(text: &str) -> Vec<Value> {
    let mut forms = vec![json!(text)];
    match text {
        "true" | "True" | "TRUE" => forms.push(json!(true)),
        "false" | "False" | "FALSE" => forms.push(json!(false)),
        _ => {
            let number = text.strip_prefix('+').unwrap_or(text);
            let plain = !number.is_empty()
                && number.chars().all(|it| it.is_ascii_digit() || "+-.eE".contains(it));
            let whole = number.parse::<i64>().ok().map(|it| json!(it));
            let value = whole.or_else(|| number.parse::<f64>().ok().map(|it| json!(it)));
            forms.extend(value.filter(|it| plain && it.is_number()));
        }
    }
    forms
}

/// What every file may have besides its fields: findings that may stay for a time.
fn waivers() -> Value {
    let day = format!("^{}$", date::DATE);
    json!({
        "type": ["array", "null"],
        "title": "Findings of `galen check` that may stay for a time",
        "items": {
            "type": "object",
            "properties": {
                "code": {"type": "string", "title": "Their code, such as link/broken"},
                "reason": {"type": SCALAR, "title": "Why they may stay", "pattern": "\\S"},
                "until": {"type": "string", "title": "The last day", "pattern": day},
                "text": {"type": SCALAR, "title": "What is in the marked words or the message"},
            },
            "required": ["code", "reason", "until"],
            "additionalProperties": false,
        },
    })
}

/// Adds a rule that stands beside what is there.
pub(crate) fn also(object: &mut Object, rule: Value) {
    let all = object.entry("allOf").or_insert_with(|| json!([]));
    if let Value::Array(rules) = all {
        rules.push(rule);
    }
}

fn object(value: Value) -> Object {
    match value {
        Value::Object(object) => object,
        _ => Object::new(),
    }
}

fn many(one: Value, count: Count) -> Object {
    let mut list = object(json!({"type": "array", "items": one, "uniqueItems": true}));
    bounds(&mut list, count);
    list
}

fn bounds(list: &mut Object, count: Count) {
    list.extend(count.min.map(|min| ("minItems".to_owned(), json!(min))));
    list.extend(count.max.map(|max| ("maxItems".to_owned(), json!(max))));
}

/// A whole number without `.0`.
fn rounded(number: f64) -> Value {
    match number.fract() == 0.0 && number.abs() < 9e15 {
        true => json!(number as i64),
        false => json!(number),
    }
}

/// Allows `key:` with nothing behind it, which is the same as no key.
fn nullable(object: &mut Object) {
    match object.get_mut("type") {
        Some(Value::Array(types)) => types.push(json!("null")),
        Some(one) => *one = json!([one.clone(), "null"]),
        None => (),
    }
    if let Some(Value::Array(values)) = object.get_mut("enum") {
        values.push(Value::Null);
    }
}

/// Whether what is published has the field for certain.
fn present_in_public(field: &Field) -> bool {
    let rules = &field.rules;
    let asked = rules.required_if.is_none() && rules.show_if.is_none();
    let states = &rules.required_in;
    let needed = states.iter().any(|it| it == "published") || field.required && states.is_empty();
    matches!(field.widget, Widget::Boolean) || asked && needed
}

fn scalar_item(field: &Field) -> bool {
    !matches!(
        field.widget,
        Widget::DateTime { date_only: false }
            | Widget::Object(_)
            | Widget::List { .. }
            | Widget::KeyValue { .. }
            | Widget::Hidden
    )
}
