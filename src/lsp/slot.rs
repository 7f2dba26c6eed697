//! What the content model has at a place in the front matter.

use std::sync::Arc;

use crate::content::schema::{Field, Item, Widget};
use crate::lsp::cursor::Key;
use crate::yaml::Step;

/// The fields of each type of a group.
pub(crate) type Types = [(Arc<str>, Vec<Field>)];

/// What may stand at a place.
#[derive(Clone, Copy)]
pub(crate) enum Slot<'a> {
    /// The keys of a group.
    Group(&'a [Field]),
    /// The value of a field; of one that takes several, one of them when `one`.
    Value {
        /// The field.
        field: &'a Field,
        /// Whether it is one of several.
        one: bool,
    },
    /// A group that does not say yet of which type it is, with the key that says it.
    Untyped(&'a Arc<str>, &'a Types),
    /// The name of a type.
    Type(&'a Types),
}

/// Finds what a path leads to. The types of groups are read from the keys that are there.
pub(crate) fn find<'a>(
    fields: &'a [Field],
    path: &[Step],
    read: (&[Key], &str),
) -> Option<Slot<'a>> {
    let mut slot = Slot::Group(fields);
    for (at, step) in path.iter().enumerate() {
        slot = inner(slot, step, (&path[..=at], read))?;
    }
    Some(slot)
}

fn inner<'a>(slot: Slot<'a>, step: &Step, at: (&[Step], (&[Key], &str))) -> Option<Slot<'a>> {
    match (entered(slot), step) {
        (Slot::Group(fields), Step::Key(key)) => {
            if let Some(field) = fields.iter().find(|field| field.name == *key) {
                return Some(Slot::Value { field, one: false });
            }
            None
        }
        (Slot::Untyped(name, types), Step::Key(key)) if key == name => Some(Slot::Type(types)),
        (Slot::Value { field, one: false }, Step::Index(_)) => match &field.widget {
            Widget::List { item: Item::Field(field), .. } => {
                Some(Slot::Value { field, one: false })
            }
            Widget::List { item: Item::Fields(fields), .. } => Some(Slot::Group(fields)),
            Widget::List { item: Item::Types { key, types }, .. } => Some(typed(key, types, at)),
            Widget::Select { multiple: true, .. } | Widget::Relation { multiple: true, .. } => {
                Some(Slot::Value { field, one: true })
            }
            _ => None,
        },
        _ => None,
    }
}

/// Gives the group that a field's value is, where it is one.
pub(crate) fn entered(slot: Slot) -> Slot {
    match slot {
        Slot::Value { field, .. } => match &field.widget {
            Widget::Object(fields) => Slot::Group(fields),
            Widget::Code { group } if !group.is_empty() => Slot::Group(group),
            _ => slot,
        },
        _ => slot,
    }
}

fn typed<'a>(
    key: &'a Arc<str>,
    types: &'a Types,
    (path, (keys, text)): (&[Step], (&[Key], &str)),
) -> Slot<'a> {
    let says = |it: &&Key| match it.path.split_last() {
        Some((Step::Key(name), group)) => name == key && group == path,
        _ => false,
    };
    let name = keys.iter().find(says).map(|it| text[it.value.clone()].trim());
    let name = name.map(|it| it.trim_matches(['"', '\'']));
    match types.iter().find(|(it, _)| Some(&**it) == name) {
        Some((_, fields)) => Slot::Group(fields),
        None => Slot::Untyped(key, types),
    }
}
