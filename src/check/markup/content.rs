//! Which elements may stand in which (HTML Standard, content models), as far as themes break it.

use crate::check::Finding;
use crate::check::markup::known;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind, Node};
use crate::html::{HEADINGS, Set, Tag as T, Tree};

const PLACEMENT: Code = Code::new("html/placement");

/// Elements that stand in lines of their own.
const BLOCKS: Set = HEADINGS.with(&[
    T::ADDRESS,
    T::ARTICLE,
    T::ASIDE,
    T::BLOCKQUOTE,
    T::DETAILS,
    T::DIALOG,
    T::DIV,
    T::DL,
    T::FIELDSET,
    T::FIGURE,
    T::FOOTER,
    T::FORM,
    T::HEADER,
    T::HGROUP,
    T::HR,
    T::MAIN,
    T::MENU,
    T::NAV,
    T::OL,
    T::P,
    T::PRE,
    T::SEARCH,
    T::SECTION,
    T::TABLE,
    T::UL,
]);

/// Elements that hold text and what stands in its lines.
const LINES: Set = HEADINGS.with(&[
    T::ABBR,
    T::B,
    T::BDI,
    T::BDO,
    T::BUTTON,
    T::CITE,
    T::CODE,
    T::DATA,
    T::DFN,
    T::EM,
    T::I,
    T::KBD,
    T::LABEL,
    T::LEGEND,
    T::MARK,
    T::METER,
    T::OUTPUT,
    T::P,
    T::PRE,
    T::PROGRESS,
    T::Q,
    T::RT,
    T::RUBY,
    T::S,
    T::SAMP,
    T::SMALL,
    T::SPAN,
    T::STRONG,
    T::SUB,
    T::SUMMARY,
    T::SUP,
    T::TIME,
    T::U,
    T::VAR,
]);

/// Elements that may hold what the element around them may.
const THROUGH: Set = Set::of(&[T::A, T::INS, T::DEL, T::MAP, T::OBJECT, T::NOSCRIPT, T::CANVAS]);

const IN_DL: Set = Set::of(&[T::DT, T::DD, T::DIV, T::SCRIPT, T::TEMPLATE]);
const LISTS: Set = Set::of(&[T::UL, T::OL, T::MENU]);

/// Checks where elements stand.
pub(super) fn check(tree: &Tree, found: &mut Vec<Finding>) {
    let mut main = false;
    let mut strays = Vec::new();
    // Where the link or the button ends that was met last.
    let mut pressed = 0;
    for id in tree.unknown() {
        let node = &tree.nodes[id];
        if node.kind != Kind::Element {
            texts(tree, node, &mut strays);
            continue;
        }
        if node.foreign || node.parent == id {
            continue;
        }
        let (element, name) = (node.element, node.name);
        let in_pressed = id < pressed;
        if element == T::BUTTON || element == T::A && tree.has_attribute(id, "href") {
            pressed = pressed.max(node.after);
        }
        let outer = &tree.nodes[node.parent];
        if outer.foreign || outer.element == T::TEMPLATE {
            continue;
        }
        let (within, parent) = (outer.element, outer.name);
        let mut say = |message: String, help: &str| {
            let diagnostic = Diagnostic::error(PLACEMENT, message).help(help);
            found.push(Finding::new(node.tag(), diagnostic));
        };
        match element {
            T::LI if !LISTS.has(within) => say(
                format!("`<li>` stands in `<{parent}>`, not in a list"),
                "put `<ul>` or `<ol>` around it",
            ),
            T::DT | T::DD if within != T::DL && !(within == T::DIV && in_dl(tree, node.parent)) => {
                say(
                    format!("`<{name}>` stands in `<{parent}>`, not in `<dl>`"),
                    "put `<dl>` around it",
                );
            }
            T::MAIN => {
                let parts = Set::of(&[T::ARTICLE, T::ASIDE, T::FOOTER, T::HEADER, T::NAV]);
                let outer = tree.around(id).find(|it| parts.has(tree.nodes[*it].element));
                if let Some(outer) = outer {
                    let outer = tree.nodes[outer].name;
                    say(format!("`<main>` stands in `<{outer}>`"), "put it beside that");
                } else if main && !tree.has_attribute(id, "hidden") {
                    say("this page has two `<main>`".to_owned(), "keep one");
                }
                main = true;
            }
            T::LEGEND if within != T::FIELDSET && within != T::OPTGROUP => {
                say(
                    format!("`<legend>` stands in `<{parent}>`, not in `<fieldset>`"),
                    "put `<fieldset>` around it",
                );
            }
            T::SUMMARY if within != T::DETAILS => {
                say(
                    format!("`<summary>` stands in `<{parent}>`, not in `<details>`"),
                    "put `<details>` around it",
                );
            }
            T::FIGCAPTION if within != T::FIGURE => {
                say(
                    format!("`<figcaption>` stands in `<{parent}>`, not in `<figure>`"),
                    "put `<figure>` around it",
                );
            }
            T::STYLE | T::TITLE if in_body(tree, id) => {
                say(format!("`<{name}>` stands in the body of the page"), "put it in `<head>`");
            }
            _ => (),
        }
        match within {
            T::UL | T::OL | T::MENU if !matches!(element, T::LI | T::SCRIPT | T::TEMPLATE) => say(
                format!(
                    "`<{name}>` stands directly in `<{parent}>`, which holds nothing but `<li>`"
                ),
                "put it in an `<li>`",
            ),
            T::DL if !IN_DL.has(element) => say(
                format!(
                    "`<{name}>` stands directly in `<dl>`, which holds nothing but `<dt>` and `<dd>`"
                ),
                "put it in a `<dd>`",
            ),
            _ => (),
        }
        if BLOCKS.has(element) {
            let mut around = tree.around(id).map(|it| &tree.nodes[it]);
            let outer = around.find(|it| !THROUGH.has(it.element));
            let heading = (HEADINGS.has(element) || element == T::HGROUP)
                && outer.is_some_and(|it| matches!(it.element, T::SUMMARY | T::LEGEND));
            if let Some(outer) = outer.filter(|it| LINES.has(it.element) && !heading) {
                let outer = outer.name;
                say(
                    format!(
                        "`<{name}>` stands in `<{outer}>`, which holds text and what stands in its lines"
                    ),
                    "use `<span>` in it, or `<div>` around it",
                );
            }
        }
        if in_pressed && known::is_control(tree, id) {
            let outer = tree.around(id).find(|it| {
                let outer = &tree.nodes[*it];
                !outer.foreign
                    && (outer.element == T::BUTTON
                        || outer.element == T::A && tree.has_attribute(*it, "href"))
            });
            if let Some(outer) = outer {
                let outer = tree.nodes[outer].name;
                say(
                    format!("`<{name}>` stands in `<{outer}>`: what is pressed is not clear"),
                    "put it beside that",
                );
            }
        }
    }
    found.append(&mut strays);
}

/// Checks a text.
fn texts(tree: &Tree, node: &Node, found: &mut Vec<Finding>) {
    let parent = &tree.nodes[node.parent];
    let list = LISTS.has(parent.element) || parent.element == T::DL;
    if list && node.kind == Kind::Text && !tree.text[node.tag()].trim_ascii().is_empty() {
        let message = format!("text stands directly in `<{}>`", parent.name);
        let help = if parent.name == "dl" { "put it in a `<dd>`" } else { "put it in an `<li>`" };
        found.push(Finding::new(node.tag(), Diagnostic::error(PLACEMENT, message).help(help)));
    }
}

fn in_dl(tree: &Tree, div: Id) -> bool {
    tree.is(tree.nodes[div].parent, "dl")
}

fn in_body(tree: &Tree, id: Id) -> bool {
    tree.around(id).any(|it| tree.is(it, "body"))
        && !tree.around(id).any(|it| tree.nodes[it].foreign || tree.is(it, "noscript"))
}
