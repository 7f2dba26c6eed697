//! Ids that stand once and are there, and links of one name that lead to one place.

use std::collections::hash_map::Entry;

use crate::check::a11y::Judge;
use crate::check::a11y::name::tidy;
use crate::check::style::names::Map;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;

const DUPLICATE: Code = Code::new("a11y/duplicate-id");
const MISSING: Code = Code::new("a11y/missing-id");
const SAME: Code = Code::new("a11y/same-name");

/// The attributes that name others by their ids.
const POINTERS: [&str; 4] = ["for", "aria-labelledby", "aria-describedby", "aria-details"];

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
        for id in self.view.lists.pointers.iter().copied() {
            let label = self.tree.is(id, "label");
            for pointer in POINTERS {
                if pointer == "for" && !label {
                    continue;
                }
                let Some(value) = self.view.attribute(id, pointer) else { continue };
                let mut names = value.split_ascii_whitespace();
                if let Some(missing) = names.find(|it| !self.view.ids.contains_key(*it)) {
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

    /// Frames of one name show one thing, and links of one name and in one sentence lead to one
    /// place.
    pub(super) fn same_names(&mut self) {
        let mut known: Map<(bool, String), (Id, String, bool)> = Map::default();
        for id in self.view.lists.links.iter().copied() {
            let (attribute, frame) = match self.tree.nodes[id].name {
                "iframe" => ("src", true),
                "a" => ("href", false),
                _ => continue,
            };
            let Some(target) = self.view.attribute(id, attribute) else { continue };
            if !self.view.is_exposed(id) {
                continue;
            }
            let name = self.view.name(id).to_lowercase();
            if name.is_empty() {
                continue;
            }
            let target = target.trim_end_matches('/').to_owned();
            match known.entry((frame, name)) {
                Entry::Vacant(place) => {
                    place.insert((id, target, false));
                }
                Entry::Occupied(mut place) => {
                    let (first, before, told) = place.get_mut();
                    if *before == target || *told || !frame && !self.is_alike(*first, id) {
                        continue;
                    }
                    *told = true;
                    let name = place.key().1.clone();
                    self.same(id, &name, frame);
                }
            }
        }
    }

    /// Tells whether what stands around two links is the same, so that only their names tell them
    /// apart.
    fn is_alike(&self, one: Id, two: Id) -> bool {
        let around = |id: Id| {
            let sentence = self.tree.around(id).find(|it| {
                let name = self.tree.nodes[*it].name;
                matches!(
                    name,
                    "p" | "li"
                        | "td"
                        | "th"
                        | "dd"
                        | "dt"
                        | "h1"
                        | "h2"
                        | "h3"
                        | "h4"
                        | "h5"
                        | "h6"
                        | "figcaption"
                        | "caption"
                        | "body"
                )
            });
            sentence.unwrap_or(0)
        };
        let (one, two) = (around(one), around(two));
        one == two || tidy(&self.tree.text_of(one)) == tidy(&self.tree.text_of(two))
    }

    fn same(&mut self, id: Id, name: &str, frame: bool) {
        let what = if frame { "frame" } else { "link" };
        let leads = if frame { "shows something else" } else { "leads elsewhere" };
        let message = format!("another {what} is called `{name}` too, and {leads}");
        let help = match frame {
            true => "say in the name of each what it shows",
            false => "say in each where it leads: many read a list of all links of a page",
        };
        self.warn(id, SAME, message, help);
    }
}
