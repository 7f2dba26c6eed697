//! Ids that stand once and are there, and links of one name that lead to one place.

use std::borrow::Cow;
use std::collections::hash_map::Entry;

use crate::check::a11y::Judge;
use crate::check::a11y::name::tidy;
use crate::check::style::names::Map;
use crate::diag::{Code, Diagnostic};
use crate::html::Tree;
use crate::html::tree::Id;
use crate::text::quick;

const DUPLICATE: Code = Code::new("a11y/duplicate-id");
const MISSING: Code = Code::new("a11y/missing-id");
const SAME: Code = Code::new("a11y/same-name");

/// The digests of the texts of elements, each read once.
type Texts = Map<Id, u128>;

/// The attributes that name others by their ids.
const POINTERS: [&str; 4] = ["for", "aria-labelledby", "aria-describedby", "aria-details"];

/// Reads where a script leads: `location.href = '/x'`.
fn place(script: &str) -> Option<&str> {
    let (_, rest) = script.split_once("location")?;
    let (_, rest) = rest.split_once('=')?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|it| matches!(it, '\'' | '"'))?;
    rest[1..].split_once(quote).map(|it| it.0)
}

impl<'a> Judge<'a> {
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
        let mut known: Map<(bool, String), (Id, Cow<str>, bool)> = Map::default();
        let mut texts = Texts::default();
        for (id, frame, name, target) in self.targets() {
            if name.is_empty() {
                continue;
            }
            match known.entry((frame, name)) {
                Entry::Vacant(place) => {
                    place.insert((id, target, false));
                }
                Entry::Occupied(mut place) => {
                    let (first, before, told) = place.get_mut();
                    let same = before.trim_end_matches('/') == target.trim_end_matches('/');
                    if same || *told || !frame && !self.is_alike(*first, id, &mut texts) {
                        continue;
                    }
                    *told = true;
                    let name = place.key().1.clone();
                    self.same(id, &name, frame);
                }
            }
        }
    }

    /// Gives all links and frames with whether it is a frame, its name and where it leads.
    fn targets(&self) -> Vec<(Id, bool, String, Cow<'a, str>)> {
        let view = self.view;
        let mut targets = Vec::new();
        for id in view.lists.links.iter().copied().filter(|it| view.is_exposed(*it)) {
            let frame = self.tree.is(id, "iframe");
            if let Some(target) = view.attribute(id, if frame { "src" } else { "href" }) {
                targets.push((id, frame, self.lower_name(id), target));
            }
            // What is in a frame is part of the page.
            let inner = view.attribute(id, "srcdoc").filter(|it| frame && it.contains("<iframe"));
            let Some(inner) = inner else { continue };
            let inner = Tree::parse(&inner);
            for it in inner.elements().filter(|it| inner.is(*it, "iframe")) {
                let name =
                    ["aria-label", "title"].iter().find_map(|name| inner.attribute(it, name));
                if let (Some(name), Some(target)) = (name, inner.attribute(it, "src")) {
                    let target = Cow::Owned(target.into_owned());
                    targets.push((id, true, tidy(&name).to_lowercase(), target));
                }
            }
        }
        for id in view.lists.marks.iter().copied() {
            let scripted = view.explicit(id).is_some_and(|it| it.name == "link");
            if !scripted || view.has_attribute(id, "href") || !view.is_exposed(id) {
                continue;
            }
            if let Some(target) = view.attribute(id, "onclick").as_deref().and_then(place) {
                let target = Cow::Owned(target.to_owned());
                targets.push((id, false, self.lower_name(id), target));
            }
        }
        targets
    }

    /// Gives an element's name in small letters.
    fn lower_name(&self, id: Id) -> String {
        let mut name = String::with_capacity(32);
        self.view.name_into(id, &mut name);
        match name.is_ascii() {
            true => name.make_ascii_lowercase(),
            false => name = name.to_lowercase(),
        }
        name
    }

    /// Tells whether what stands around two links is the same, so that only their names tell them
    /// apart: the sentence or the cell, and the items of lists in which it is (WCAG technique H81).
    fn is_alike(&self, one: Id, two: Id, texts: &mut Texts) -> bool {
        let sentence = |id: Id| {
            let sentence = self.tree.around(id).find(|it| {
                let name = self.tree.nodes[*it].name;
                matches!(
                    name,
                    "p" | "li"
                        | "div"
                        | "section"
                        | "article"
                        | "nav"
                        | "aside"
                        | "header"
                        | "footer"
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
        let mut text = |id: Id| {
            let read = || quick(tidy(&self.tree.text_of(id)).as_bytes());
            *texts.entry(id).or_insert_with(read)
        };
        let (one, two) = (sentence(one), sentence(two));
        let own = text(one);
        if own != text(two) {
            return false;
        }
        let mut outer = |id: Id| -> Vec<u128> {
            let items = self.tree.around(id).filter(|it| self.tree.is(*it, "li"));
            items.map(&mut text).filter(|it| *it != own).collect()
        };
        outer(one) == outer(two)
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
