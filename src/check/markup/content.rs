//! Which elements may stand in which (HTML Standard, content models), as far as themes break it.

use crate::check::Finding;
use crate::check::markup::known;
use crate::diag::{Code, Diagnostic};
use crate::html::Tree;
use crate::html::tree::{Id, Kind};

const PLACEMENT: Code = Code::new("html/placement");

/// Elements that stand in lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "details",
    "dialog",
    "div",
    "dl",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "search",
    "section",
    "table",
    "ul",
];

/// Elements that hold text and what stands in its lines.
const LINES: &[&str] = &[
    "abbr", "b", "bdi", "bdo", "button", "cite", "code", "data", "dfn", "em", "h1", "h2", "h3",
    "h4", "h5", "h6", "i", "kbd", "label", "legend", "mark", "meter", "output", "p", "pre",
    "progress", "q", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "summary", "sup",
    "time", "u", "var",
];

/// Whether names are in a list, remembered by where they lie: names that the parser knows lie in
/// one place.
struct Remembered {
    list: &'static [&'static str],
    known: [(usize, bool); 64],
}

impl Remembered {
    fn new(list: &'static [&'static str]) -> Self {
        Self { list, known: [(0, false); 64] }
    }

    fn of(&mut self, name: &str) -> bool {
        let place = name.as_ptr() as usize;
        let slot = &mut self.known[(place ^ (place >> 6)) % 64];
        // Two names of one beginning differ in length.
        let key = place << 6 ^ name.len();
        if slot.0 != key {
            *slot = (key, self.list.contains(&name));
        }
        slot.1
    }
}

/// Checks where elements stand.
pub(super) fn check(tree: &Tree, found: &mut Vec<Finding>) {
    let mut main = false;
    let mut is_block = Remembered::new(BLOCKS);
    for id in tree.elements() {
        let node = &tree.nodes[id];
        if node.foreign || node.parent == id {
            continue;
        }
        let parent = tree.nodes[node.parent].name;
        if tree.nodes[node.parent].foreign || parent == "template" {
            continue;
        }
        let name = node.name;
        let mut say = |message: String, help: &str| {
            let diagnostic = Diagnostic::error(PLACEMENT, message).help(help);
            found.push(Finding::new(node.tag(), diagnostic));
        };
        match name {
            "li" if !matches!(parent, "ul" | "ol" | "menu") => say(
                format!("`<li>` stands in `<{parent}>`, not in a list"),
                "put `<ul>` or `<ol>` around it",
            ),
            "dt" | "dd" if parent != "dl" && !(parent == "div" && in_dl(tree, node.parent)) => {
                say(
                    format!("`<{name}>` stands in `<{parent}>`, not in `<dl>`"),
                    "put `<dl>` around it",
                );
            }
            "main" => {
                let outer = tree.around(id).find(|it| {
                    matches!(
                        tree.nodes[*it].name,
                        "article" | "aside" | "footer" | "header" | "nav"
                    )
                });
                if let Some(outer) = outer {
                    let outer = tree.nodes[outer].name;
                    say(format!("`<main>` stands in `<{outer}>`"), "put it beside that");
                } else if main && !tree.has_attribute(id, "hidden") {
                    say("this page has two `<main>`".to_owned(), "keep one");
                }
                main = true;
            }
            "legend" if parent != "fieldset" && parent != "optgroup" => {
                say(
                    format!("`<legend>` stands in `<{parent}>`, not in `<fieldset>`"),
                    "put `<fieldset>` around it",
                );
            }
            "summary" if parent != "details" => {
                say(
                    format!("`<summary>` stands in `<{parent}>`, not in `<details>`"),
                    "put `<details>` around it",
                );
            }
            "figcaption" if parent != "figure" => {
                say(
                    format!("`<figcaption>` stands in `<{parent}>`, not in `<figure>`"),
                    "put `<figure>` around it",
                );
            }
            "style" | "title" if in_body(tree, id) => {
                say(format!("`<{name}>` stands in the body of the page"), "put it in `<head>`");
            }
            _ => (),
        }
        match parent {
            "ul" | "ol" | "menu" if !matches!(name, "li" | "script" | "template") => say(
                format!(
                    "`<{name}>` stands directly in `<{parent}>`, which holds nothing but `<li>`"
                ),
                "put it in an `<li>`",
            ),
            "dl" if !matches!(name, "dt" | "dd" | "div" | "script" | "template") => say(
                format!(
                    "`<{name}>` stands directly in `<dl>`, which holds nothing but `<dt>` and `<dd>`"
                ),
                "put it in a `<dd>`",
            ),
            _ => (),
        }
        if is_block.of(name) {
            let outer = tree.around(id).find(|it| {
                !matches!(
                    tree.nodes[*it].name,
                    "a" | "ins" | "del" | "map" | "object" | "noscript" | "canvas"
                )
            });
            let outer = outer.map_or("", |it| tree.nodes[it].name);
            let heading = matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hgroup")
                && matches!(outer, "summary" | "legend");
            if LINES.contains(&outer) && !heading {
                say(
                    format!(
                        "`<{name}>` stands in `<{outer}>`, which holds text and what stands in its lines"
                    ),
                    "use `<span>` in it, or `<div>` around it",
                );
            }
        }
        if known::is_control(tree, id) {
            let outer = tree.around(id).find(|it| {
                let outer = &tree.nodes[*it];
                !outer.foreign
                    && matches!(outer.name, "a" | "button")
                    && (outer.name == "button" || tree.has_attribute(*it, "href"))
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
    texts(tree, found);
}

fn texts(tree: &Tree, found: &mut Vec<Finding>) {
    for node in tree.nodes.iter().filter(|it| it.kind == Kind::Text) {
        let parent = &tree.nodes[node.parent];
        let list = matches!(parent.name, "ul" | "ol" | "menu" | "dl") && !parent.foreign;
        if list && !tree.text[node.tag()].trim_ascii().is_empty() {
            let message = format!("text stands directly in `<{}>`", parent.name);
            let help =
                if parent.name == "dl" { "put it in a `<dd>`" } else { "put it in an `<li>`" };
            found.push(Finding::new(node.tag(), Diagnostic::error(PLACEMENT, message).help(help)));
        }
    }
}

fn in_dl(tree: &Tree, div: Id) -> bool {
    tree.is(tree.nodes[div].parent, "dl")
}

fn in_body(tree: &Tree, id: Id) -> bool {
    tree.around(id).any(|it| tree.is(it, "body"))
        && !tree.around(id).any(|it| tree.nodes[it].foreign || tree.is(it, "noscript"))
}
