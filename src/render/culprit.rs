//! Finds whose data a template stumbled over, when a page shows many entries.
//!
//! The page is rendered again with fewer summaries handed out: the last one without which it
//! succeeds is the culprit. Only failed pages pay for it.

use std::sync::Arc;

use crate::content::EntryId;
use crate::content::value::Value;
use crate::diag::{Diagnostic, Span};
use crate::render::{Shared, page};
use crate::route::Route;
use crate::world::World;
use crate::yaml::Step;

/// Gives the entry whose summary made a page fail; `None` when the page fails without any.
pub(crate) fn find(scope: &Shared, route: &Route, error: &tera::Error) -> Option<EntryId> {
    let handed = scope.restart(usize::MAX);
    let wanted = error.to_string();
    let fails = |count: usize| {
        scope.restart(count);
        let result = page::render(scope, route);
        scope.take_diagnostics();
        result.is_err_and(|error| error.to_string() == wanted)
    };
    if handed.is_empty() || fails(0) {
        return None;
    }
    let (mut fine, mut failing) = (0, handed.len());
    while failing - fine > 1 {
        let middle = fine + (failing - fine) / 2;
        match fails(middle) {
            true => failing = middle,
            false => fine = middle,
        }
    }
    handed.into_iter().nth(failing - 1)
}

/// Blames the file of settings that names what a template asks for in vain, such as an address of
/// the navigation: that is where it is mended.
pub(crate) fn blame_settings(world: &World, error: Diagnostic) -> Diagnostic {
    let template = error.span.clone().filter(|it| it.source.as_str().starts_with("themes/"));
    let Some((template, place)) = template.zip(named_in_settings(world, &error)) else {
        return error;
    };
    error.at(place).also(template, "this template asks for it")
}

/// Finds in the files of settings the address that a message names.
fn named_in_settings(world: &World, error: &Diagnostic) -> Option<Span> {
    let address =
        error.message.split('`').nth(1).filter(|it| it.len() > 1 && it.starts_with('/'))?;
    world.site.catalog.settings.values().find_map(|settings| {
        let mut path = Vec::new();
        let found = settings.fields.0.iter().any(|(name, value)| {
            path = vec![Step::Key(Arc::clone(name))];
            leads_to(value, address, &mut path)
        });
        found.then(|| settings.document.value_span(&path))
    })
}

/// Tells whether a value holds an address, with a part of the page or without; adds the way to it.
fn leads_to(value: &Value, address: &str, path: &mut Vec<Step>) -> bool {
    let mut inside = |step: Step, value: &Value| {
        path.push(step);
        let found = leads_to(value, address, path);
        if !found {
            path.pop();
        }
        found
    };
    match value {
        Value::Text(text) => {
            text.strip_prefix(address).is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
        }
        Value::Object(object) => {
            object.0.iter().any(|(name, value)| inside(Step::Key(Arc::clone(name)), value))
        }
        Value::List(items) => {
            items.iter().enumerate().any(|(at, value)| inside(Step::Index(at), value))
        }
        _ => false,
    }
}
