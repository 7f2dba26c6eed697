//! The values of fields, through groups and lists of any depth.

use crate::content::schema::{Field, Item, Widget};
use crate::content::value::{Object, Value};

/// Visits each value that is neither a group nor a list, with its field.
pub(crate) fn each(fields: &[Field], object: &Object, visit: &mut dyn FnMut(&Field, &Value)) {
    for field in fields {
        each_in(field, object.get(&field.name), visit);
    }
}

fn each_in(field: &Field, value: &Value, visit: &mut dyn FnMut(&Field, &Value)) {
    match (&field.widget, value) {
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
        _ => visit(field, value),
    }
}
