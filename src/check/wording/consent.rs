//! Boxes for consent that are ticked for the reader (UK GDPR, recital 32).

use std::collections::BTreeMap;

use crate::check::Finding;
use crate::check::wording::codes::IMPLIED_CONSENT;
use crate::diag::Diagnostic;
use crate::html::Tree;
use crate::html::tree::Id;

/// Words that tell what a box is for.
const WORDS: [&str; 12] = [
    "consent",
    "agree",
    "accept",
    "privacy",
    "gdpr",
    "marketing",
    "newsletter",
    "opt",
    "subscribe",
    "terms",
    "contact me",
    "offers",
];

/// Reports boxes for consent that are ticked already.
pub(crate) fn ticked(tree: &Tree, findings: &mut Vec<Finding>) {
    let mut labels: Option<BTreeMap<String, Id>> = None;
    for id in tree.elements().filter(|id| tree.is(*id, "input")) {
        let is_box =
            tree.attribute(id, "type").is_some_and(|it| it.eq_ignore_ascii_case("checkbox"));
        if !is_box || !tree.has_attribute(id, "checked") {
            continue;
        }
        let labels = labels.get_or_insert_with(|| labels_of(tree));
        let mut about = label(tree, id, labels).to_lowercase();
        for name in ["name", "id", "value", "aria-label"] {
            about.push(' ');
            about.push_str(&tree.attribute(id, name).unwrap_or_default().to_lowercase());
        }
        let words: Vec<&str> = about.split(|it: char| !it.is_alphanumeric()).collect();
        let is_consent = WORDS.iter().any(|it| match it.contains(' ') {
            true => about.contains(it),
            false => words.iter().any(|word| word.starts_with(it) && word.len() <= it.len() + 3),
        });
        if is_consent {
            let message = "this box for consent is ticked before anyone has agreed";
            let diagnostic = Diagnostic::warning(IMPLIED_CONSENT, message)
                .note(
                    "consent is a clear act of the person's own; a ticked box is none (UK GDPR, \
                     recital 32)",
                )
                .help("remove `checked`, so that the reader ticks it");
            findings.push(Finding::new(tree.nodes[id].tag(), diagnostic));
        }
    }
}

/// The labels of a page by the ids that they are for.
fn labels_of(tree: &Tree) -> BTreeMap<String, Id> {
    let labels = tree.elements().filter(|id| tree.is(*id, "label"));
    labels.filter_map(|id| Some((tree.attribute(id, "for")?.into_owned(), id))).collect()
}

fn label(tree: &Tree, id: Id, labels: &BTreeMap<String, Id>) -> String {
    let around = tree.around(id).take(4).find(|it| tree.is(*it, "label"));
    let named = || labels.get(&*tree.attribute(id, "id")?).copied();
    around.or_else(named).map_or_else(String::new, |it| tree.text_of(it).into_owned())
}
