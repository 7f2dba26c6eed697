//! The Markdown of fields other than the body.

use crate::content::schema::{Field, Item, Widget};
use crate::content::value::{Object, Value};
use crate::content::{self, Context};
use crate::diag::{Diagnostics, Span};
use crate::markdown;

/// Reports what is wrong with the Markdown in a group of fields.
pub(crate) fn check(context: Context, fields: &[Field], object: &Object, found: &mut Diagnostics) {
    each(fields, object, &mut |field, text, span| {
        let options = content::markdown_options(context.config, context.schema, Some(field));
        let place = markdown::Place::Field(span.clone());
        markdown::read(text, &place, &options, found);
    });
}

/// Visits the Markdown in a group of fields, however deep.
pub(crate) fn each(fields: &[Field], object: &Object, visit: &mut dyn FnMut(&Field, &str, &Span)) {
    for field in fields {
        each_in(field, object.get(&field.name), visit);
    }
}

fn each_in(field: &Field, value: &Value, visit: &mut dyn FnMut(&Field, &str, &Span)) {
    match (&field.widget, value) {
        (Widget::Markdown, Value::Markdown(text, span)) => visit(field, text, span),
        (Widget::Object(fields), Value::Object(object)) => each(fields, object, visit),
        (Widget::List { item, .. }, Value::List(values)) => {
            for value in values {
                match (item, value) {
                    (Item::Field(field), value) => each_in(field, value, visit),
                    (Item::Fields(fields), Value::Object(object)) => each(fields, object, visit),
                    (Item::Types { key, types }, Value::Object(object)) => {
                        let name = object.text(key).unwrap_or_default();
                        if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                            each(fields, object, visit);
                        }
                    }
                    _ => (),
                }
            }
        }
        _ => (),
    }
}
