//! Finds whose data a template stumbled over, when a page shows many entries.
//!
//! The page is rendered again with fewer summaries handed out: the last one without which it
//! succeeds is the culprit. Only failed pages pay for it.

use crate::content::EntryId;
use crate::render::{Shared, page};
use crate::route::Route;

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
