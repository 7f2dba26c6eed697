//! The name by which assistive technology calls an element (Accessible Name and Description
//! Computation 1.2, HTML-AAM, SVG-AAM).

use std::borrow::Cow;

use crate::check::a11y::view::{Flags, View};
use crate::html::tree::{Id, Kind};
use crate::html::{HEADINGS, Set, Tag as T};
use crate::text::joined;

/// How a name is being put together.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The name of the element itself.
    Own,
    /// A part of the name of an element that names this one by its id.
    Named { hidden: bool },
    /// A part of the name of an element around it.
    Content { hidden: bool },
}

/// Elements that are named by what is in them, and by nothing else of HTML.
const NAMED: Set = HEADINGS.with(&[T::A]);

/// Elements in a line that are told of as the text in them.
const INLINE: Set =
    Set::of(&[T::SPAN, T::STRONG, T::EM, T::B, T::I, T::SMALL, T::ABBR, T::CODE, T::SUB, T::SUP]);

fn is_space(char: char) -> bool {
    char.is_ascii_whitespace() || char == '\u{a0}'
}

/// Tells of most texts that are tidy that they are.
fn is_tidy(text: &str) -> bool {
    let mut gap = true;
    // A space that does not break begins with this byte.
    let fine = text.bytes().all(|byte| {
        let twice = gap && byte == b' ';
        gap = byte == b' ';
        !twice && byte > 0x1f && byte != 0xc2
    });
    fine && !gap
}

/// Takes space at the ends away, and makes all other of it one space.
pub(super) fn tidy(text: &str) -> String {
    joined(text.split(is_space).filter(|word| !word.is_empty()), text.len())
}

fn filled(text: Option<Cow<str>>) -> Option<String> {
    text.map(|it| tidy(&it)).filter(|it| !it.is_empty())
}

impl View<'_> {
    /// Gives an element's name, empty when it has none.
    pub(super) fn name(&self, id: Id) -> String {
        tidy(&self.part(id, Part::Own, &mut Vec::new()))
    }

    /// Tells whether an element has a name.
    pub(super) fn has_name(&self, id: Id) -> bool {
        if self.has_name[id].get() {
            return true;
        }
        // Most have text directly in them.
        let tree = self.tree;
        let plain = !tree.names(id).any(|name| name.starts_with("aria-label"));
        if plain && self.role(id).is_some_and(|it| it.named_by_content) {
            let text = |it: Id| {
                let node = &tree.nodes[it];
                node.kind == Kind::Text
                    && tree.text[node.tag()].bytes().any(|it| it.is_ascii_alphanumeric())
                    && !tree.text[node.tag()].contains('&')
            };
            if tree.children(id).any(text) {
                return true;
            }
        }
        self.plain_name(id, &mut String::new()) || !self.name(id).is_empty()
    }

    /// Writes an element's name behind a text.
    pub(super) fn name_into(&self, id: Id, out: &mut String) {
        let before = out.len();
        if !self.plain_name(id, out) {
            out.push_str(&self.name(id));
        }
        self.has_name[id].set(out.len() > before);
    }

    /// Writes the name of a link or a heading that holds nothing but text, as most do, and perhaps a
    /// picture that is hidden; tells whether it is one.
    fn plain_name(&self, id: Id, out: &mut String) -> bool {
        let tree = self.tree;
        let node = &tree.nodes[id];
        if !NAMED.has(node.element)
            || tree.names(id).any(|it| it.starts_with("aria-"))
            || !self.role(id).is_some_and(|it| it.named_by_content)
        {
            return false;
        }
        let hidden = |it: Id| self.has(it, Flags::GONE) || self.has(it, Flags::ARIA_HIDDEN);
        let is_plain = |it: Id| {
            let inline =
                || INLINE.has(tree.nodes[it].element) && tree.names(it).all(|it| it == "class");
            (hidden(it) || inline()) && !self.breaks(it)
        };
        if !tree.within(id).all(is_plain) {
            return false;
        }
        let before = out.len();
        let mut gap = false;
        let is_said = |it: &Id| {
            let node = &tree.nodes[*it];
            node.kind == Kind::Text && (node.parent == id || !hidden(node.parent))
        };
        for text in (id + 1..node.after).filter(is_said) {
            let text = tree.read(&tree.nodes[text]);
            if !gap && is_tidy(&text) {
                out.push_str(&text);
                continue;
            }
            let mut words = text.split(is_space);
            let mut next = words.next();
            while let Some(word) = next {
                if gap && !word.is_empty() && out.len() > before {
                    out.push(' ');
                }
                gap &= word.is_empty();
                out.push_str(word);
                next = words.next();
                gap |= next.is_some();
            }
        }
        out.len() > before
    }

    fn part(&self, id: Id, part: Part, seen: &mut Vec<Id>) -> String {
        let node = &self.tree.nodes[id];
        match node.kind {
            Kind::Comment => return String::new(),
            Kind::Text => return self.tree.read(node).into_owned(),
            Kind::Element => (),
        }
        if seen.contains(&id) {
            return String::new();
        }
        let hidden = match part {
            Part::Own => false,
            Part::Named { hidden } | Part::Content { hidden } => hidden,
        };
        let silent = self.has(id, Flags::GONE) || self.has(id, Flags::ARIA_HIDDEN);
        if silent && !hidden && part != Part::Own {
            return String::new();
        }
        seen.push(id);
        let name = self.parts(id, part, hidden, seen);
        seen.pop();
        name
    }

    fn parts(&self, id: Id, part: Part, hidden: bool, seen: &mut Vec<Id>) -> String {
        if !matches!(part, Part::Named { .. })
            && let Some(name) = self.by_ids(id, seen)
        {
            return name;
        }
        if part != Part::Own
            && let Some(value) = self.value(id, part, seen)
        {
            return value;
        }
        if let Some(label) = filled(self.attribute(id, "aria-label")) {
            return label;
        }
        let decorative = self.is_decorative(id);
        if !decorative && let Some(native) = self.native(id, part, seen) {
            return native;
        }
        let role = self.role(id);
        let by_content = match part {
            Part::Own => role.is_some_and(|it| it.named_by_content) || self.is_summary(id),
            _ => role.is_none_or(|it| it.name != "listbox" && it.name != "combobox"),
        };
        if by_content {
            let content = self.content(id, hidden, seen);
            if !content.trim().is_empty() {
                return content;
            }
        }
        if decorative || self.tree.nodes[id].foreign {
            return String::new();
        }
        filled(self.attribute(id, "title")).unwrap_or_default()
    }

    fn by_ids(&self, id: Id, seen: &mut Vec<Id>) -> Option<String> {
        let named = self.named(id, "aria-labelledby");
        let names = named.into_iter().map(|it| {
            // An element may name itself, and one that is hidden names with all that is in it.
            let hidden = self.has(it, Flags::GONE) || self.has(it, Flags::ARIA_HIDDEN);
            let own = seen.iter().position(|other| *other == it).map(|at| seen.remove(at));
            let part = self.part(it, Part::Named { hidden }, seen);
            seen.extend(own);
            part
        });
        let joined = names.collect::<Vec<_>>().join(" ");
        filled(Some(Cow::Owned(joined)))
    }

    /// What a field says within the name of another element: what is filled in.
    fn value(&self, id: Id, part: Part, seen: &mut Vec<Id>) -> Option<String> {
        let role = self.role_name(id);
        if !matches!(part, Part::Content { .. } | Part::Named { .. }) || seen.len() < 2 {
            return None;
        }
        match role {
            "textbox" | "searchbox" => match self.tree.nodes[id].name {
                "input" => Some(self.attribute(id, "value").unwrap_or_default().into_owned()),
                _ => Some(self.content(id, false, seen)),
            },
            "combobox" | "listbox" => {
                let chosen = self.tree.within(id).find(|it| {
                    self.has_attribute(*it, "selected")
                        || self.attribute(*it, "aria-selected").is_some_and(|it| &*it == "true")
                });
                let first = || self.tree.within(id).find(|it| self.tree.is(*it, "option"));
                let found = chosen.or_else(first);
                match found {
                    Some(option) => Some(self.content(option, false, seen)),
                    None => self.attribute(id, "value").map(Cow::into_owned),
                }
            }
            "slider" | "spinbutton" | "progressbar" | "meter" | "scrollbar" => {
                let said = ["aria-valuetext", "aria-valuenow", "value"];
                said.iter().find_map(|it| self.attribute(id, it)).map(Cow::into_owned)
            }
            _ => None,
        }
    }

    /// The name that HTML and SVG give.
    fn native(&self, id: Id, part: Part, seen: &mut Vec<Id>) -> Option<String> {
        let node = &self.tree.nodes[id];
        let child =
            |name: &str| self.tree.children(id).find(|it| self.tree.nodes[*it].name == name);
        let within = Part::Content { hidden: true };
        if node.foreign {
            let title = child("title").map(|it| tidy(&self.tree.text_of(it)));
            let title = title.filter(|it| !it.is_empty());
            return title.or_else(|| filled(self.attribute(id, "xlink:title")));
        }
        match node.name {
            "img" | "area" => filled(self.attribute(id, "alt")),
            "input" => match &*self.input_type(id) {
                "image" => {
                    filled(self.attribute(id, "alt")).or_else(|| self.by_labels(id, part, seen))
                }
                "button" => filled(self.attribute(id, "value")),
                "submit" | "reset" => {
                    let value = self.attribute(id, "value");
                    let default = if &*self.input_type(id) == "reset" { "Reset" } else { "Submit" };
                    match value {
                        None => Some(default.to_owned()),
                        value => filled(value),
                    }
                }
                _ => self.by_labels(id, part, seen).or_else(|| self.by_hint(id)),
            },
            "textarea" => self.by_labels(id, part, seen).or_else(|| self.by_hint(id)),
            "select" | "meter" | "progress" | "output" | "button" => self.by_labels(id, part, seen),
            "fieldset" => child("legend").map(|it| self.part(it, within, seen)),
            "figure" => child("figcaption").map(|it| self.part(it, within, seen)),
            "table" => child("caption").map(|it| self.part(it, within, seen)),
            "optgroup" => filled(self.attribute(id, "label")),
            _ => None,
        }
        .filter(|it| !it.trim().is_empty())
    }

    fn by_hint(&self, id: Id) -> Option<String> {
        filled(self.attribute(id, "title")).or_else(|| filled(self.attribute(id, "placeholder")))
    }

    /// Gives the labels of a field.
    pub(super) fn labels_of(&self, id: Id) -> Vec<Id> {
        let own = self.attribute(id, "id");
        let around = |label: Id| {
            let after = self.tree.nodes[label].after;
            label < id && id < after && self.first_field(label) == Some(id)
        };
        let names = |label: Id, wanted: &Option<Cow<str>>| match wanted {
            Some(wanted) => {
                own.as_ref().is_some_and(|own| own == wanted)
                    && self.ids.get(&**wanted) == Some(&id)
            }
            None => around(label),
        };
        let labels = self.labels.iter().filter(|(label, wanted)| names(*label, wanted));
        labels.map(|it| it.0).collect()
    }

    /// The first field in a label, which is the one that it labels.
    fn first_field(&self, label: Id) -> Option<Id> {
        self.tree.within(label).find(|it| {
            let node = &self.tree.nodes[*it];
            let names = ["button", "input", "meter", "output", "progress", "select", "textarea"];
            !node.foreign
                && names.contains(&node.name)
                && !(node.name == "input" && &*self.input_type(*it) == "hidden")
        })
    }

    fn by_labels(&self, id: Id, part: Part, seen: &mut Vec<Id>) -> Option<String> {
        if part != Part::Own && seen.iter().any(|it| self.tree.is(*it, "label")) {
            return None;
        }
        let labels = self.labels_of(id);
        let names: Vec<String> = labels
            .into_iter()
            .map(|label| {
                let hidden = self.has(label, Flags::GONE) || self.has(label, Flags::ARIA_HIDDEN);
                self.part(label, Part::Content { hidden }, seen)
            })
            .collect();
        filled(Some(Cow::Owned(names.join(" "))))
    }

    fn content(&self, id: Id, hidden: bool, seen: &mut Vec<Id>) -> String {
        let mut out = String::new();
        let owned = self.named(id, "aria-owns");
        for child in self.tree.children(id).chain(owned) {
            let text = self.part(child, Part::Content { hidden }, seen);
            let block = self.tree.nodes[child].kind == Kind::Element && self.breaks(child);
            if block {
                out.push(' ');
            }
            out.push_str(&text);
            if block {
                out.push(' ');
            }
        }
        out
    }

    /// Tells whether an element stands in lines of its own.
    pub(super) fn breaks(&self, id: Id) -> bool {
        self.styled.style(id).block || self.tree.is(id, "br") || self.tree.is(id, "img")
    }
}
