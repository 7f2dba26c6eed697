//! Names of elements, attributes and their values, one by one.

use crate::check::Finding;
use crate::check::markup::known;
use crate::diag::{Code, Diagnostic};
use crate::html::Tree;
use crate::html::tree::Id;
use crate::text::near;

const OBSOLETE: Code = Code::new("html/obsolete");
const UNKNOWN: Code = Code::new("html/unknown-element");
const VALUE: Code = Code::new("html/value");

/// Checks each tag by itself.
pub(super) fn check(tree: &Tree, found: &mut Vec<Finding>) {
    for id in tree.elements() {
        let node = &tree.nodes[id];
        if node.foreign {
            continue;
        }
        if !known::is_plain(node.element) {
            name(tree, id, found);
        }
        for attribute in tree.names(id).filter(|it| known::may_be_wrong(it)) {
            let value = tree.attribute(id, attribute).unwrap_or_default();
            if known::is_gone(node.name, attribute)
                && !(attribute == "border" && node.name == "table" && matches!(&*value, "" | "1"))
            {
                let at = tree.attribute_at(id, attribute);
                let message = format!("HTML has no `{attribute}` on `<{}>` any more", node.name);
                let help = match attribute {
                    "summary" | "longdesc" => "say it in the text",
                    "name" => "use `id`",
                    "scope" => "use `<th>`",
                    _ => "say it in the stylesheet",
                };
                found.push(Finding::new(at, Diagnostic::warning(OBSOLETE, message).help(help)));
            } else if let Some((message, help)) = wrong(tree, node.name, attribute, &value) {
                let at = tree.attribute_at(id, attribute);
                found.push(Finding::new(at, Diagnostic::warning(VALUE, message).help(help)));
            }
        }
    }
}

fn name(tree: &Tree, id: Id, found: &mut Vec<Finding>) {
    let node = &tree.nodes[id];
    if known::is_element(node.name) {
        return;
    }
    let diagnostic = match known::instead(node.name) {
        Some(instead) => {
            let message = format!("HTML has no `<{}>` any more", node.name);
            Diagnostic::warning(OBSOLETE, message).help(format!("use {instead}"))
        }
        None => {
            let near = near::nearest(node.name, known::names());
            let diagnostic =
                Diagnostic::error(UNKNOWN, format!("HTML has no element `<{}>`", node.name));
            match near {
                Some(near) => diagnostic.help(format!("did you mean `<{near}>`?")),
                None => diagnostic.help("use an element of HTML; names of your own have a hyphen"),
            }
        }
    };
    found.push(Finding::new(node.tag(), diagnostic));
}

fn wrong(tree: &Tree, element: &str, attribute: &str, value: &str) -> Option<(String, String)> {
    let sized = matches!(
        element,
        "img" | "video" | "canvas" | "iframe" | "embed" | "object" | "source" | "input"
    );
    let digits = !value.is_empty() && value.bytes().all(|it| it.is_ascii_digit());
    let number = |what: &str| {
        let message = format!("`{attribute}=\"{value}\"` is not {what}");
        let own = value.bytes().take_while(u8::is_ascii_digit).count();
        let help = match own {
            0 => "write a number, without a unit; or leave it out".to_owned(),
            _ => format!(
                "write `{attribute}=\"{}\"`, and anything else in the stylesheet",
                &value[..own]
            ),
        };
        Some((message, help))
    };
    match attribute {
        "width" | "height" if sized && !digits => number("a number of pixels"),
        "colspan" | "rowspan" | "maxlength" | "minlength" | "rows" | "cols" | "span" if !digits => {
            number("a whole number")
        }
        "tabindex" if value.trim().parse::<i32>().is_err() => number("a whole number"),
        "id" if value.is_empty() || value.contains(|it: char| it.is_ascii_whitespace()) => {
            let message = match value.is_empty() {
                true => "this `id` is empty".to_owned(),
                false => format!("the id `{value}` has a space in it"),
            };
            Some((message, "write one word, such as `opening-hours`".to_owned()))
        }
        "for" if element == "label" && !value.is_empty() => {
            let target =
                tree.elements().find(|it| tree.attribute(*it, "id").as_deref() == Some(value))?;
            let name = tree.nodes[target].name;
            let fields = ["button", "input", "meter", "output", "progress", "select", "textarea"];
            (!fields.contains(&name) && !name.contains('-')).then(|| {
                let message = format!("`for` names `{value}`, which is a `<{name}>` and no field");
                (message, "write the id of the field that this labels".to_owned())
            })
        }
        "href" | "src" | "action"
            if value.trim().contains(' ')
                && !value.starts_with("javascript:")
                && !value.starts_with("data:")
                && !value.starts_with("mailto:") =>
        {
            let message = format!("the address `{value}` has a space in it");
            Some((message, "write `%20` for the space".to_owned()))
        }
        _ => None,
    }
}
