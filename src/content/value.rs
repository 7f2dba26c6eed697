//! The value of a field, typed by the schema.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;

use crate::diag::Span;

/// A value, coerced by its field.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Not given.
    Absent,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// Any number.
    Float(f64),
    /// A text: a line, an option, an address, the slug of an entry.
    Text(Arc<str>),
    /// Markdown, with the place that messages point at.
    Markdown(Arc<str>, Box<Span>),
    /// A calendar date.
    Date(Date),
    /// A moment.
    Moment(Timestamp),
    /// A list.
    List(Vec<Value>),
    /// A group of fields.
    Object(Object),
}

impl Value {
    /// Gives the value as it compares with texts of the schema; `None` for groups, lists and
    /// what is absent.
    pub fn text(&self) -> Option<String> {
        match self {
            Self::Bool(value) => Some(value.to_string()),
            Self::Integer(value) => Some(value.to_string()),
            Self::Float(value) => Some(value.to_string()),
            Self::Text(text) | Self::Markdown(text, _) => Some(text.to_string()),
            Self::Date(date) => Some(date.to_string()),
            Self::Moment(moment) => Some(moment.to_string()),
            Self::Absent | Self::List(_) | Self::Object(_) => None,
        }
    }

    /// Tells whether something is given: not absent, not an empty text or list.
    pub fn is_present(&self) -> bool {
        match self {
            Self::Absent => false,
            Self::Text(text) | Self::Markdown(text, _) => !text.trim().is_empty(),
            Self::List(items) => !items.is_empty(),
            _ => true,
        }
    }

    /// Gives the texts in a value: one, or those of a list.
    pub fn texts(&self) -> Vec<Arc<str>> {
        match self {
            Self::Text(text) => vec![Arc::clone(text)],
            Self::List(items) => items.iter().flat_map(Self::texts).collect(),
            _ => Vec::new(),
        }
    }
}

/// A group of values by field, in the order of the schema.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object(pub Vec<(Arc<str>, Value)>);

impl Object {
    /// Gives a field's value; [`Value::Absent`] for a field that is not there.
    pub fn get(&self, name: &str) -> &Value {
        self.0.iter().find(|(it, _)| &**it == name).map_or(&Value::Absent, |(_, value)| value)
    }

    /// Gives a field's text.
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            Value::Text(text) | Value::Markdown(text, _) => Some(text),
            _ => None,
        }
    }
}
