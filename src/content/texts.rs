//! The Markdown of fields other than the body.

use crate::content::schema::{Field, Widget};
use crate::content::value::{Object, Value};
use crate::content::{self, Context, leaves};
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
    leaves::each(fields, object, &mut |field, value| {
        if let (Widget::Markdown, Value::Markdown(text, span)) = (&field.widget, value) {
            visit(field, text, span);
        }
    });
}
