//! Markup that is right: what browsers mend by guessing, and elements where they may not stand.
//!
//! What is said here the Nu HTML checker says too; pages that it accepts have no finding.

mod content;
mod known;
mod written;

use crate::check::Finding;
use crate::diag::{Code, Diagnostic};
use crate::html::Tree;
use crate::html::tree::{Fault, Wrong};

const UNCLOSED: Code = Code::new("html/unclosed");
const MISNESTED: Code = Code::new("html/misnested");
const STRAY: Code = Code::new("html/stray-tag");
const NESTED: Code = Code::new("html/nested");
const TABLE: Code = Code::new("html/in-table");
const TWICE: Code = Code::new("html/duplicate-attribute");
const SYNTAX: Code = Code::new("html/syntax");
const DOCTYPE: Code = Code::new("html/doctype");

/// Judges the markup of a page.
pub fn page(tree: &Tree) -> Vec<Finding> {
    let mut found: Vec<Finding> = tree.faults.iter().map(fault).collect();
    if !tree.doctype {
        let diagnostic = Diagnostic::error(
            DOCTYPE,
            "this page does not start with `<!doctype html>`",
        )
        .help(
            "add it as the first line: without it browsers lay pages out as those of the nineties",
        );
        found.push(Finding::new(0..0, diagnostic));
    }
    content::check(tree, &mut found);
    written::check(tree, &mut found);
    found.sort_by_key(|it| (it.at.start, it.diagnostic.code));
    found
}

fn fault(fault: &Fault) -> Finding {
    let (code, message, help) = match &fault.what {
        Wrong::Unclosed(name) => (
            UNCLOSED,
            format!("`<{name}>` has no end tag"),
            format!("write `</{name}>` where it ends: until then all is in it"),
        ),
        Wrong::Misnested { outer, inner } => (
            MISNESTED,
            format!("`<{inner}>` starts in `<{outer}>` and ends after it"),
            format!("write `</{inner}>` before `</{outer}>`"),
        ),
        Wrong::StrayEnd(name) => (
            STRAY,
            format!("`</{name}>` ends nothing"),
            "remove it, or write the start tag that it belongs to".to_owned(),
        ),
        Wrong::StrayStart(name) => (
            STRAY,
            format!("`<{name}>` may not stand here, and browsers leave it out"),
            "remove it, or put it where it belongs".to_owned(),
        ),
        Wrong::Nested { outer, inner } => (
            NESTED,
            format!("`<{inner}>` may not stand in `<{outer}>`: browsers end the first before it"),
            format!("write `</{outer}>` before it, or take it out"),
        ),
        Wrong::InTable(what) => (
            TABLE,
            match what.as_str() {
                "text" => {
                    "text stands directly in a table: browsers put it before the table".to_owned()
                }
                name => format!(
                    "`<{name}>` stands directly in a table: browsers put it before the table"
                ),
            },
            "put it in a `<td>`, a `<th>` or the `<caption>`".to_owned(),
        ),
        Wrong::DuplicateAttribute(name) => (
            TWICE,
            format!("`{name}` stands twice in this tag, and browsers take the first"),
            "remove one of them".to_owned(),
        ),
        Wrong::SlashIgnored(name) => (
            SYNTAX,
            format!("`<{name}/>` does not end the element: the slash means nothing in HTML"),
            format!("write `<{name}></{name}>`"),
        ),
        Wrong::AttributeSyntax(char) => (
            SYNTAX,
            format!("`{char}` may not stand here in a tag"),
            "look for a quote that is missing or one too many".to_owned(),
        ),
        Wrong::UnfinishedTag => (
            SYNTAX,
            "the page ends within this tag".to_owned(),
            "look for a `>` or a quote that is missing".to_owned(),
        ),
        Wrong::UnfinishedComment => {
            (SYNTAX, "this comment does not end".to_owned(), "write `-->` where it ends".to_owned())
        }
        Wrong::StrayLess => {
            (SYNTAX, "`<` starts no tag here".to_owned(), "write `&lt;`".to_owned())
        }
        Wrong::EndTagAttributes(name) => (
            SYNTAX,
            format!("`</{name}>` has attributes, which mean nothing on an end tag"),
            "put them on the start tag".to_owned(),
        ),
    };
    Finding::new(fault.at.clone(), Diagnostic::error(code, message).help(help))
}
