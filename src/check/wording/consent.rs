//! Boxes for consent that are ticked for the reader (UK GDPR, recital 32).

use crate::check::Finding;
use crate::check::wording::codes::IMPLIED_CONSENT;
use crate::diag::Diagnostic;
use crate::html::Tree;
use crate::html::tree::Id;

/// Words that tell what a box is for.
const WORDS: [&str; 12] = [
    "consent", "agree", "accept", "privacy", "gdpr", "marketing", "newsletter", "opt", "subscribe",
    "terms", "contact me", "offers",
];

/// Reports boxes for consent that are ticked already.
pub(crate) fn ticked(tree: &Tree, findings: &mut Vec<Finding>) {
    for id in tree.elements().filter(|id| tree.is(*id, "input")) {
        let is_box = tree.attribute(id, "type").is_some_and(|it| it.eq_ignore_ascii_case("checkbox"));
        if !is_box || !tree.has_attribute(id, "checked") {
            continue;
        }
        let mut about = label(tree, id).to_lowercase();
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

fn label(tree: &Tree, id: Id) -> String {
    let around = tree.around(id).find(|it| tree.is(*it, "label"));
    let own = tree.attribute(id, "id");
    let named = || {
        let own = own.as_deref()?;
        let is_its = |it: &Id| {
            tree.is(*it, "label") && tree.attribute(*it, "for").is_some_and(|it| it == own)
        };
        tree.elements().find(is_its)
    };
    around.or_else(named).map_or_else(String::new, |it| tree.text_of(it).into_owned())
}
