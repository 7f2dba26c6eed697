//! Finds whose data a template stumbled over, when a page shows many entries.
//!
//! The page is rendered again with fewer summaries handed out: the last one without which it
//! succeeds is the culprit. Only failed pages pay for it.

use crate::content::EntryId;
use crate::content::schema::Kind;
use crate::diag::{Diagnostic, SourceId, Span};
use crate::render::{Shared, page};
use crate::route::Route;
use crate::world::World;

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
    let files = world.site.schema.collections.iter().flat_map(|it| match &it.kind {
        Kind::Files(files) => files.as_slice(),
        Kind::Folder { .. } => &[],
    });
    files.into_iter().find_map(|file| {
        let source = SourceId::new(file.file.as_str());
        let text = world.site.tree.text(&source)?;
        let (at, _) = text.match_indices(address).find(|(at, _)| {
            let goes_on = |it: char| it.is_alphanumeric() || matches!(it, '/' | '-' | '_' | '.');
            let after = text[at + address.len()..].chars().next();
            !text[..*at].ends_with(goes_on) && !after.is_some_and(goes_on)
        })?;
        Some(Span::new(&source, at..at + address.len()))
    })
}
