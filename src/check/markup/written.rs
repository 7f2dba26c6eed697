//! Names of elements, attributes and their values, one by one.

use std::borrow::Cow;

use crate::check::Finding;
use crate::check::markup::known;
use crate::check::style::names::Map;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};
use crate::html::{Set, Tag as T, Tree};
use crate::text::near;

const OBSOLETE: Code = Code::new("html/obsolete");
const UNKNOWN: Code = Code::new("html/unknown-element");
const VALUE: Code = Code::new("html/value");

/// Checks each tag by itself.
pub(super) fn check(tree: &Tree, found: &mut Vec<Finding>) {
    let mut ids = None;
    for id in tree.unknown() {
        let node = &tree.nodes[id];
        if node.kind != Kind::Element || node.foreign {
            continue;
        }
        if !known::is_plain(node.element) {
            name(tree, id, found);
        }
        for attribute in tree.names(id).filter(|it| known::may_be_wrong(it)) {
            let value = tree.attribute(id, attribute).unwrap_or_default();
            if attribute == "for" {
                let ids = ids.get_or_insert_with(|| ids_of(tree));
                let target = ids.get(&value).filter(|_| node.element == T::LABEL);
                if let Some((message, help)) = target.and_then(|it| no_field(tree, *it, &value)) {
                    let at = tree.attribute_at(id, attribute);
                    found.push(Finding::new(at, Diagnostic::warning(VALUE, message).help(help)));
                }
            } else if known::is_gone(node.name, attribute)
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
            } else if let Some((message, help)) = wrong(node.name, attribute, &value) {
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

/// The first element with each id.
fn ids_of<'a>(tree: &Tree<'a>) -> Map<Cow<'a, str>, Id> {
    let mut ids = Map::default();
    for id in tree.elements() {
        if let Some(name) = tree.attribute(id, "id").filter(|it| !it.is_empty()) {
            ids.entry(name).or_insert(id);
        }
    }
    ids
}

/// Says what is wrong with a label of something that is no field.
fn no_field(tree: &Tree, target: Id, id: &str) -> Option<(String, String)> {
    let fields =
        Set::of(&[T::BUTTON, T::INPUT, T::METER, T::OUTPUT, T::PROGRESS, T::SELECT, T::TEXTAREA]);
    let name = tree.nodes[target].name;
    (!fields.has(tree.nodes[target].element) && !name.contains('-')).then(|| {
        let message = format!("`for` names `{id}`, which is a `<{name}>` and no field");
        (message, "write the id of the field that this labels".to_owned())
    })
}

fn wrong(element: &str, attribute: &str, value: &str) -> Option<(String, String)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_may_be_in_capitals() {
        let said = |html: &str| {
            let mut found = Vec::new();
            check(&Tree::parse(html), &mut found);
            found.into_iter().map(|it| it.diagnostic.message).collect::<Vec<_>>()
        };
        assert_eq!(said("<LABEL>a</LABEL><Time>b</Time><VIDEO></VIDEO>"), Vec::<String>::new());
        assert_eq!(said("<LABLE>a</LABLE>"), ["HTML has no element `<LABLE>`"]);
    }
}
