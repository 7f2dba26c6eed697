//! What must be given, and when: conditions on other fields and on the state, as JSON Schema.
//!
//! A draft may lack what it needs later (docs/decisions/0002), so needs are kept apart from
//! values: [`by_state`] puts them behind `if` the entry is no draft.

use serde_json::{Map, Value, json};

use crate::content::schema::{Condition, Field, Item, Test, Widget};
use crate::export::fields::forms;
use crate::export::is_key;

/// A group of fields: the top of a file, or one inside it.
#[derive(Clone, Copy)]
pub(crate) struct Group<'a> {
    pub(crate) fields: &'a [Field],
    /// Whether other keys are kept.
    pub(crate) extra: bool,
    /// Whether it is the top, where the body is no key.
    pub(crate) top: bool,
}

impl<'a> Group<'a> {
    /// Makes a group inside another.
    pub(crate) fn inner(fields: &'a [Field]) -> Self {
        Self { fields, extra: false, top: false }
    }
}

/// Gives the needs of an entry, which depend on whether it is a draft.
pub(crate) fn by_state(group: &Group) -> Vec<(String, Value)> {
    let draft = json!({"required": ["draft"], "properties": {"draft": {"const": true}}});
    let parts = [("then", needs(group, "draft")), ("else", needs(group, "published"))];
    let mut found: Vec<(String, Value)> =
        parts.into_iter().filter_map(|(key, it)| Some((key.to_owned(), it?))).collect();
    if !found.is_empty() {
        found.push(("if".to_owned(), draft));
    }
    found
}

/// Gives the rules among a group's fields that hold in every state.
pub(crate) fn always(group: &Group) -> Vec<Value> {
    let mut rules = Vec::new();
    for field in group.fields.iter().filter(|it| is_key(it, group.top)) {
        let Some(shown) = shown(field, group) else { continue };
        if field.rules.alt_required
            && let Widget::Object(fields) = &field.widget
        {
            let rule = json!({"properties": {&*field.name: alternative(fields)}});
            rules.extend(when(&shown, rule));
        }
        if field.rules.required_in.is_empty() {
            rules.extend(must_be(field).and_then(|rule| when(&shown, rule)));
        }
    }
    rules
}

/// Gives what a group needs in a state, and the groups inside it; `None` for nothing. What a draft
/// lacks is a warning only, so it needs nothing but what it must be.
pub(crate) fn needs(group: &Group, state: &str) -> Option<Value> {
    let mut required = Vec::new();
    let mut properties: Map<String, Value> = Map::new();
    let mut rules = Vec::new();
    for field in group.fields.iter().filter(|it| is_key(it, group.top)) {
        let mut parts: Vec<Value> = inside(field, state).into_iter().collect();
        let named = field.rules.required_in.iter().any(|it| it == state);
        if let Some(shown) = shown(field, group) {
            if let Some(need) = need(field, group, named).filter(|_| state != "draft") {
                match and(&shown, &need) {
                    Value::Bool(true) => {
                        if !has_default(field) {
                            required.push(json!(&*field.name));
                        }
                        parts.push(enough(field));
                    }
                    condition => rules.extend(when(&condition, with(field, enough(field)))),
                }
            }
            if named {
                rules.extend(must_be(field).and_then(|rule| when(&shown, rule)));
            }
        }
        if let Some(part) = joined(parts) {
            properties.insert(field.name.to_string(), part);
        }
    }
    let mut object = Map::new();
    for (key, value) in [("required", Value::Array(required)), ("allOf", Value::Array(rules))] {
        if value.as_array().is_some_and(|items| !items.is_empty()) {
            object.insert(key.to_owned(), value);
        }
    }
    if !properties.is_empty() {
        object.insert("properties".to_owned(), Value::Object(properties));
    }
    (!object.is_empty()).then_some(Value::Object(object))
}

/// The needs of what is inside a field's value.
fn inside(field: &Field, state: &str) -> Option<Value> {
    let group = |fields: &[Field]| needs(&Group::inner(fields), state);
    let items = match &field.widget {
        Widget::Object(fields) | Widget::Code { group: fields } => return group(fields),
        Widget::List { item: Item::Fields(fields), .. } => group(fields)?,
        Widget::List { item: Item::Field(inner), .. } => inside(inner, state)?,
        Widget::List { item: Item::Types { key, types }, .. } => {
            let one = |(name, fields): &(std::sync::Arc<str>, Vec<Field>)| {
                let kind =
                    json!({"required": [&**key], "properties": {&**key: {"const": &**name}}});
                Some(json!({"if": kind, "then": group(fields)?}))
            };
            let rules: Vec<Value> = types.iter().filter_map(one).collect();
            (!rules.is_empty()).then(|| json!({"allOf": rules}))?
        }
        _ => return None,
    };
    Some(json!({"items": items}))
}

/// When a field must be given, as a schema of its group; `None` when never, or when JSON Schema
/// cannot say.
fn need(field: &Field, group: &Group, named: bool) -> Option<Value> {
    match &field.rules.required_if {
        // A box that is not there is not ticked: it is never missing.
        _ if matches!(field.widget, Widget::Boolean) => None,
        _ if named => Some(Value::Bool(true)),
        Some(asked) => condition(asked, group),
        None => field.required.then_some(Value::Bool(true)),
    }
}

/// When a field means anything; `None` when JSON Schema cannot say.
fn shown(field: &Field, group: &Group) -> Option<Value> {
    match &field.rules.show_if {
        Some(asked) => condition(asked, group),
        None => Some(Value::Bool(true)),
    }
}

/// A condition on another field, as a schema of the group; `None` for a moment compared with a
/// text, which depends on the site's time zone.
pub(crate) fn condition(condition: &Condition, group: &Group) -> Option<Value> {
    let name = condition.field.as_str();
    let field = group.fields.iter().find(|it| &*it.name == name && is_key(it, group.top));
    let within = |values: &[String]| match field {
        Some(field) => is_among(field, values),
        None if group.extra => {
            let values: Vec<Value> = values.iter().flat_map(|it| forms(it)).collect();
            Some(json!({"required": [name], "properties": {name: {"enum": values}}}))
        }
        None => Some(Value::Bool(false)),
    };
    match &condition.test {
        Test::In(values) => within(values),
        Test::NotIn(values) => within(values).map(|it| not(&it)),
        Test::Present(wanted) => {
            let given = match field {
                Some(field) if matches!(field.widget, Widget::Boolean) => Value::Bool(true),
                Some(field) => given(field),
                None if group.extra => json!({
                    "required": [name],
                    "properties": {name: {"anyOf": [text_present(), {"type": "array", "minItems": 1}]}},
                }),
                None => Value::Bool(false),
            };
            Some(if *wanted { given } else { not(&given) })
        }
    }
}

/// That a field has one of some values, given or by default.
fn is_among(field: &Field, values: &[String]) -> Option<Value> {
    let mut forms: Vec<Value> = match &field.widget {
        // To Galen a moment is its instant, as UTC writes it: nothing else is equal to it.
        Widget::DateTime { date_only: false } if values.iter().any(|it| it.ends_with('Z')) => {
            return None;
        }
        Widget::DateTime { date_only: false } => Vec::new(),
        Widget::Boolean => {
            let word = |it: &String| it.parse::<bool>().ok().map(|it| json!(it));
            values.iter().filter_map(word).collect()
        }
        Widget::Number { .. } => values.iter().filter_map(|it| number(it)).collect(),
        Widget::Object(_)
        | Widget::List { .. }
        | Widget::KeyValue { .. }
        | Widget::Map { .. }
        | Widget::Select { multiple: true, .. }
        | Widget::Relation { multiple: true, .. } => Vec::new(),
        Widget::Code { group } if !group.is_empty() => Vec::new(),
        _ => values.iter().flat_map(|it| forms(it)).collect(),
    };
    let default = match (&field.widget, &field.default) {
        (Widget::Boolean, None) => Some("false".to_owned()),
        (_, Some(default)) => Some(crate::content::field::written(default)),
        _ => None,
    };
    let by_default = !forms.is_empty() && default.is_some_and(|it| values.contains(&it));
    let name = &*field.name;
    if forms.is_empty() {
        return Some(Value::Bool(false));
    }
    if by_default {
        forms.push(Value::Null);
        return Some(json!({"properties": {name: {"enum": forms}}}));
    }
    Some(json!({"required": [name], "properties": {name: {"enum": forms}}}))
}

/// The number that Galen writes as this text.
fn number(text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().ok().filter(|it| it.to_string() == text);
    let float = || text.parse::<f64>().ok().filter(|it| it.to_string() == text);
    whole.map(|it| json!(it)).or_else(|| float().map(|it| json!(it)))
}

/// That a field is given: in the file, and not empty, or by default.
fn given(field: &Field) -> Value {
    with(field, present(field))
}

/// That a field has a value of a kind, or one by default.
fn with(field: &Field, value: Value) -> Value {
    let name = &*field.name;
    match has_default(field) {
        true => json!({"properties": {name: value}}),
        false => json!({"required": [name], "properties": {name: value}}),
    }
}

/// What a value that is needed is like: given, and a list that says how many it needs is counted
/// by that alone.
fn enough(field: &Field) -> Value {
    match &field.widget {
        Widget::List { count, .. } if count.min.is_some() => json!({"type": "array"}),
        _ => present(field),
    }
}

/// What a given value is like.
fn present(field: &Field) -> Value {
    let full = match &field.widget {
        Widget::Select { multiple: true, .. }
        | Widget::Relation { multiple: true, .. }
        | Widget::List { .. } => json!({"type": "array", "minItems": 1}),
        Widget::Number { .. }
        | Widget::Boolean
        | Widget::DateTime { .. }
        | Widget::Object(_)
        | Widget::KeyValue { .. }
        | Widget::Map { .. } => json!({"not": {"type": "null"}}),
        Widget::Code { group } if !group.is_empty() => json!({"not": {"type": "null"}}),
        // Its options say of which types it is.
        Widget::Select { .. } => json!({"not": {"type": "null"}, "pattern": "\\S"}),
        _ => text_present(),
    };
    match has_default(field) {
        true => json!({"anyOf": [{"type": "null"}, full]}),
        false => full,
    }
}

fn text_present() -> Value {
    json!({"type": ["string", "number", "boolean"], "pattern": "\\S"})
}

/// Whether a default stands in for a value that is not given.
fn has_default(field: &Field) -> bool {
    let Some(default) = &field.default else { return false };
    let text = crate::content::field::written(default);
    match &field.widget {
        Widget::Object(_) | Widget::List { .. } | Widget::KeyValue { .. } => false,
        Widget::Code { group } if !group.is_empty() => false,
        Widget::Select { multiple: true, .. } | Widget::Relation { multiple: true, .. } => {
            default.as_sequence().is_some_and(|items| !items.is_empty())
        }
        Widget::Number { .. } => default.is_number(),
        Widget::Boolean => default.is_bool(),
        _ => !text.trim().is_empty(),
    }
}

/// The value that a box must have.
fn must_be(field: &Field) -> Option<Value> {
    let wanted = field.rules.must_be?;
    if !matches!(field.widget, Widget::Boolean) {
        return None;
    }
    let default = field.default.as_ref().and_then(crate::yaml::Value::as_bool).unwrap_or(false);
    let name = &*field.name;
    Some(match default == wanted {
        true => json!({"properties": {name: {"enum": [wanted, null]}}}),
        false => json!({"required": [name], "properties": {name: {"const": wanted}}}),
    })
}

/// A picture's group: decorative, or with a text for those who cannot see it.
fn alternative(fields: &[Field]) -> Value {
    let group = Group::inner(fields);
    let asked = |field: &str, test| Condition { field: field.to_owned(), test };
    let decorative = asked("decorative", Test::In(vec!["true".to_owned()]));
    let text = asked("alt", Test::Present(true));
    let condition = |it| condition(it, &group).unwrap_or(Value::Bool(false));
    let plain = json!({"allOf": [{"type": "object"}, not(&condition(&decorative))]});
    json!({"if": plain, "then": condition(&text)})
}

/// Puts a rule behind a condition; `None` when the condition never holds.
fn when(condition: &Value, rule: Value) -> Option<Value> {
    match condition {
        Value::Bool(true) => Some(rule),
        Value::Bool(false) => None,
        condition => Some(json!({"if": condition, "then": rule})),
    }
}

fn and(a: &Value, b: &Value) -> Value {
    match (a, b) {
        (Value::Bool(false), _) | (_, Value::Bool(false)) => Value::Bool(false),
        (Value::Bool(true), other) | (other, Value::Bool(true)) => other.clone(),
        (a, b) => json!({"allOf": [a, b]}),
    }
}

fn not(schema: &Value) -> Value {
    match schema {
        Value::Bool(holds) => Value::Bool(!holds),
        schema => json!({"not": schema}),
    }
}

fn joined(mut parts: Vec<Value>) -> Option<Value> {
    match parts.len() {
        0 => None,
        1 => parts.pop(),
        _ => Some(json!({"allOf": parts})),
    }
}
