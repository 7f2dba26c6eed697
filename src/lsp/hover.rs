//! What is told of a key under the mouse.

use gen_lsp_types::{Hover, MarkupContent, MarkupKind};

use crate::lsp::complete::Typed;
use crate::lsp::slot::{self, Slot};
use crate::lsp::{cursor, words};

/// Tells of the key at a byte of the text; `None` where there is none that the model knows.
pub(crate) fn at(typed: Typed, offset: usize) -> Option<Hover> {
    let (fields, front) = typed.model.fields(typed.path)?;
    let region = cursor::region(typed.text, front)?;
    let keys = cursor::read(typed.text, region);
    let key = keys.iter().find(|it| (it.name.start..=it.name.end).contains(&offset))?;
    let Slot::Value { field, .. } = slot::find(fields, &key.path, (&keys, typed.text))? else {
        return None;
    };
    let contents = MarkupContent { kind: MarkupKind::Markdown, value: words::of(field) };
    Some(Hover { contents: contents.into(), range: Some(typed.lines.range(key.name.clone())) })
}
