//! Checks the Markdown of fields other than the body.

use crate::content::schema::{Field, Item, Widget};
use crate::content::value::{Object, Value};
use crate::content::{self, Context};
use crate::diag::Diagnostics;
use crate::markdown;

/// Reports what is wrong with the Markdown in a group of fields.
pub(crate) fn check(context: Context, fields: &[Field], object: &Object, found: &mut Diagnostics) {
    for field in fields {
        check_value(context, field, object.get(&field.name), found);
    }
}

fn check_value(context: Context, field: &Field, value: &Value, found: &mut Diagnostics) {
    match (&field.widget, value) {
        (Widget::Markdown, Value::Markdown(text, span)) => {
            let options = content::markdown_options(context.config, context.schema, Some(field));
            let place = markdown::Place::Field(span.clone());
            markdown::read(text, &place, &options, found);
        }
        (Widget::Object(fields), Value::Object(object)) => {
            check(context, fields, object, found);
        }
        (Widget::List { item, .. }, Value::List(values)) => {
            for value in values {
                match (item, value) {
                    (Item::Field(field), value) => {
                        check_value(context, field, value, found);
                    }
                    (Item::Fields(fields), Value::Object(object)) => {
                        check(context, fields, object, found);
                    }
                    (Item::Types { key, types }, Value::Object(object)) => {
                        let name = object.text(key).unwrap_or_default();
                        if let Some((_, fields)) = types.iter().find(|(it, _)| &**it == name) {
                            check(context, fields, object, found);
                        }
                    }
                    _ => (),
                }
            }
        }
        _ => (),
    }
}
