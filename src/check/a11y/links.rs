//! Ids that stand once and are there, and links of one name that lead to one place.

use crate::check::a11y::Judge;
use crate::check::a11y::name::tidy;
use crate::check::style::names::Map;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;

const DUPLICATE: Code = Code::new("a11y/duplicate-id");
const MISSING: Code = Code::new("a11y/missing-id");
const SAME: Code = Code::new("a11y/same-name");

/// The attributes that name others by their ids.
const POINTERS: [&str; 5] =
    ["for", "aria-labelledby", "aria-describedby", "aria-errormessage", "aria-details"];

impl Judge<'_> {
    /// Checks the ids of the page, and what points at them.
    pub(super) fn ids(&mut self) {
        for id in self.view.again.clone() {
            let Some(name) = self.view.attribute(id, "id") else { continue };
            let at = self.tree.attribute_at(id, "id");
            let message = format!("another element has the id `{name}`");
            let help = "give each its own: labels and links find the first one only";
            let diagnostic = match self.is_pointed_at(&name) {
                true => Diagnostic::error(DUPLICATE, message),
                false => Diagnostic::warning(DUPLICATE, message),
            };
            self.say(at, diagnostic.help(help));
        }
        for id in self.tree.elements() {
            let label = self.tree.is(id, "label");
            for pointer in POINTERS {
                if pointer == "for" && !label {
                    continue;
                }
                let Some(value) = self.view.attribute(id, pointer) else { continue };
                // A message of an error may be made when there is one.
                let mut names: Vec<&str> = value.split_ascii_whitespace().collect();
                if pointer == "aria-errormessage" {
                    names.clear();
                }
                if let Some(missing) = names.into_iter().find(|it| !self.view.ids.contains_key(*it))
                {
                    let at = self.tree.attribute_at(id, pointer);
                    let message =
                        format!("`{pointer}` names the id `{missing}`, and no element has it");
                    let help = match pointer {
                        "for" => "write the id of the field that this labels",
                        _ => "write the id of an element of this page",
                    };
                    self.say(at, Diagnostic::warning(MISSING, message).help(help));
                }
            }
        }
    }

    fn is_pointed_at(&self, name: &str) -> bool {
        self.tree.elements().any(|id| {
            self.tree.attributes(id).any(|(attribute, value)| match attribute {
                "href" => value.strip_prefix('#') == Some(name),
                "for" | "headers" | "list" | "form" => {
                    value.split_ascii_whitespace().any(|it| it == name)
                }
                _ => {
                    attribute.starts_with("aria-")
                        && value.split_ascii_whitespace().any(|it| it == name)
                }
            })
        })
    }

    /// Frames and links of one name lead to one place.
    pub(super) fn same_names(&mut self) {
        let mut frames: Map<String, String> = Map::default();
        let mut links: Map<String, (String, bool)> = Map::default();
        for id in self.tree.elements() {
            let name = self.tree.nodes[id].name;
            let (attribute, frame) = match name {
                "iframe" => ("src", true),
                "a" => ("href", false),
                _ => continue,
            };
            let Some(target) = self.view.attribute(id, attribute) else { continue };
            if !self.view.is_exposed(id) || self.view.has_attribute(id, "hidden") {
                continue;
            }
            let name = tidy(&self.view.name(id)).to_lowercase();
            if name.is_empty() {
                continue;
            }
            let target = target.trim_end_matches('/').to_owned();
            if frame {
                match frames.get(&name) {
                    Some(before) if *before != target => self.same(id, &name, "frame"),
                    Some(_) => (),
                    None => drop(frames.insert(name, target)),
                }
            } else {
                match links.get_mut(&name) {
                    Some((before, told)) if *before != target && !*told => {
                        *told = true;
                        self.same(id, &name, "link");
                    }
                    Some(_) => (),
                    None => drop(links.insert(name, (target, false))),
                }
            }
        }
    }

    fn same(&mut self, id: Id, name: &str, what: &str) {
        let message = format!("another {what} is called `{name}` too, and leads elsewhere");
        let help = "say in each where it leads: many read a list of all links of a page";
        self.warn(id, SAME, message, help);
    }
}
