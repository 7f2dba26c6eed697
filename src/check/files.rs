//! Forms that send the names of files in place of the files.

use crate::check::Finding;
use crate::diag::{Code, Diagnostic};
use crate::form::plain::MULTIPART;
use crate::html::tree::Id;
use crate::html::{Tag as T, Tree};

const ENCTYPE: Code = Code::new("form/enctype");

/// Reports forms with an input for files that are not sent as `multipart/form-data` (HTML Standard 4.10.22.8).
pub(crate) fn page(tree: &Tree) -> Vec<Finding> {
    let is = |id: Id, name: &str, value: &str| {
        tree.attribute(id, name).is_some_and(|it| it.trim().eq_ignore_ascii_case(value))
    };
    let mut findings: Vec<Finding> = Vec::new();
    for id in tree.elements().filter(|id| tree.nodes[*id].element == T::INPUT) {
        if !is(id, "type", "file") || !tree.has_attribute(id, "name") {
            continue;
        }
        let Some(form) = form_of(tree, id).filter(|it| is(*it, "method", "post")) else { continue };
        let at = tree.nodes[form].tag();
        // A button may say it in the form's place.
        let told = |it: &Id| is(*it, "formenctype", MULTIPART);
        let fine = is(form, "enctype", MULTIPART) || tree.within(form).any(|it| told(&it));
        if !fine && findings.iter().all(|it| it.at != at) {
            let message = "this form sends the names of files, and not the files";
            let help = "write `enctype=\"multipart/form-data\"`; `form()` gives it as `enctype`";
            findings.push(Finding::new(at, Diagnostic::error(ENCTYPE, message).help(help)));
        }
    }
    findings
}

/// The form that an input belongs to: the one that it names, or the one around it.
fn form_of(tree: &Tree, input: Id) -> Option<Id> {
    match tree.attribute(input, "form") {
        Some(name) => tree.elements().find(|id| {
            tree.is(*id, "form") && tree.attribute(*id, "id").is_some_and(|it| it == name)
        }),
        None => tree.around(input).find(|id| tree.is(*id, "form")),
    }
}
