//! What assistive technology is told of a page's elements: hidden or not, role, place in the order
//! of the keyboard.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::hash_map::Entry;
use std::ops::Range;

use crate::check::a11y::known;
use crate::check::a11y::roles::{self, Role};
use crate::check::a11y::values;
use crate::check::style::names::Map;
use crate::check::style::page::Styled;
use crate::html::tree::{Id, Kind, Tree};
use crate::html::{Set, Tag as T};

/// What is known of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Flags(u16);

impl Flags {
    /// It makes no box, or `visibility` hides it.
    pub(super) const GONE: Self = Self(1);
    /// It is out of sight.
    pub(super) const UNSEEN: Self = Self(2);
    /// Assistive technology is not told of it.
    pub(super) const SILENT: Self = Self(4);
    pub(super) const INERT: Self = Self(8);
    /// It is in a set of fields that is disabled, or in another thing that is.
    pub(super) const DISABLED: Self = Self(16);
    /// It makes no box.
    pub(super) const NO_BOX: Self = Self(32);
    /// It is within something with `aria-hidden=true`, or has that itself.
    pub(super) const ARIA_HIDDEN: Self = Self(64);
    /// It is in a form's or group's part that is busy.
    pub(super) const BUSY: Self = Self(128);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self, when: bool) {
        self.0 |= if when { other.0 } else { 0 };
    }
}

/// The elements that `disabled` disables.
const DISABLES: Set =
    Set::of(&[T::BUTTON, T::INPUT, T::SELECT, T::TEXTAREA, T::FIELDSET, T::OPTGROUP, T::OPTION]);

/// Gives a text in small letters, as it is where it has no other.
pub(super) fn small(text: Cow<'_, str>) -> Cow<'_, str> {
    match text.bytes().any(|it| it.is_ascii_uppercase()) {
        true => Cow::Owned(text.to_ascii_lowercase()),
        false => text,
    }
}

/// A page as assistive technology sees it.
pub(super) struct View<'a> {
    pub(super) tree: &'a Tree<'a>,
    pub(super) styled: Styled<'a>,
    pub(super) flags: Vec<Flags>,
    /// The roles that were asked for.
    known: Vec<Cell<Option<Option<&'static Role>>>>,
    /// The first element with each id.
    pub(super) ids: Map<Cow<'a, str>, Id>,
    /// Elements with an id that another has.
    pub(super) again: Vec<Id>,
    /// The labels, with the ids that they are for.
    pub(super) labels: Vec<(Id, Option<Cow<'a, str>>)>,
    /// Which elements were found to have a name.
    pub(super) has_name: Vec<Cell<bool>>,
    /// Elements with `aria-owns`.
    pub(super) owners: Vec<Id>,
    /// Elements that are looked at more than once.
    pub(super) lists: Lists,
}

/// Elements of some kinds, in order.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) titles: Vec<Id>,
    pub(super) metas: Vec<Id>,
    /// `a` and `iframe`.
    pub(super) links: Vec<Id>,
    /// `h1` to `h6`, `main`, and all with a role.
    pub(super) marks: Vec<Id>,
    pub(super) inputs: Vec<Id>,
    pub(super) scripts: Vec<Id>,
    /// Elements with a `lang`.
    pub(super) spoken: Vec<Id>,
    /// Elements that name others by their ids.
    pub(super) pointers: Vec<Id>,
}

impl Lists {
    /// The lists, one after the other.
    pub(super) fn all(&mut self) -> [&mut Vec<Id>; 8] {
        [
            &mut self.titles,
            &mut self.metas,
            &mut self.links,
            &mut self.marks,
            &mut self.inputs,
            &mut self.scripts,
            &mut self.spoken,
            &mut self.pointers,
        ]
    }

    fn add(&mut self, element: T, id: Id) {
        match element {
            T::TITLE => self.titles.push(id),
            T::META => self.metas.push(id),
            T::A | T::IFRAME => self.links.push(id),
            T::H1 | T::H2 | T::H3 | T::H4 | T::H5 | T::H6 | T::MAIN => self.marks.push(id),
            T::INPUT => self.inputs.push(id),
            T::SCRIPT => self.scripts.push(id),
            _ => (),
        }
    }
}

impl<'a> View<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, styled: Styled<'a>) -> Self {
        let mut view = Self {
            tree,
            styled,
            flags: vec![Flags::default(); tree.nodes.len()],
            known: vec![Cell::new(None); tree.nodes.len()],
            ids: Map::default(),
            again: Vec::new(),
            labels: Vec::new(),
            has_name: vec![Cell::new(false); tree.nodes.len()],
            owners: Vec::new(),
            lists: Lists::default(),
        };
        let mut next = 0;
        for met in &tree.parts {
            view.look_at(next..met.first);
            known::look_at(&mut view, met);
            next = met.after;
        }
        view.look_at(next..tree.nodes.len());
        view
    }

    /// Looks at some nodes, behind all those before them.
    pub(super) fn look_at(&mut self, nodes: Range<Id>) {
        for id in nodes {
            match self.tree.nodes[id].kind {
                Kind::Element => self.look(id),
                _ => self.flags[id] = self.flags[self.tree.nodes[id].parent],
            }
        }
    }

    fn look(&mut self, id: Id) {
        let tree = self.tree;
        let node = &tree.nodes[id];
        let style = self.styled.style(id);
        let mut flags = match node.parent == id {
            true => Flags::default(),
            false => self.flags[node.parent],
        };
        flags.0 &= !Flags::GONE.0;
        flags.add(Flags::NO_BOX, !style.rendered);
        flags.add(Flags::GONE, flags.has(Flags::NO_BOX) || !style.visible);
        flags.add(Flags::UNSEEN, style.unseen);
        self.lists.add(node.element, id);
        if node.foreign && node.name == "a" {
            self.lists.links.push(id);
        }
        if node.element == T::LABEL {
            self.add_label(id);
        }
        let is_true = |name| tree.attribute(id, name).is_some_and(|it| &*it == "true");
        for name in tree.names(id) {
            match name {
                "role" if self.lists.marks.last() != Some(&id) => self.lists.marks.push(id),
                "lang" if !node.foreign => self.lists.spoken.push(id),
                "for" | "aria-labelledby" | "aria-describedby" | "aria-details"
                    if self.lists.pointers.last() != Some(&id) =>
                {
                    self.lists.pointers.push(id);
                }
                "id" => {
                    self.add_id(id);
                }
                "aria-hidden" => flags.add(Flags::ARIA_HIDDEN, is_true(name)),
                "aria-owns" => self.owners.push(id),
                "aria-busy" => flags.add(Flags::BUSY, is_true(name)),
                "inert" => flags.add(Flags::INERT, true),
                "aria-disabled" => flags.add(Flags::DISABLED, is_true(name)),
                "disabled" => {
                    flags.add(Flags::DISABLED, DISABLES.has(node.element));
                }
                _ => (),
            }
        }
        if node.element == T::LEGEND && tree.nodes[node.parent].element == T::FIELDSET {
            // The first legend of a disabled fieldset is not disabled with it.
            let outer = tree.nodes[node.parent].parent;
            flags.0 = flags.0 & !Flags::DISABLED.0 | self.flags[outer].0 & Flags::DISABLED.0;
        }
        let silent = flags.has(Flags::ARIA_HIDDEN) || flags.has(Flags::INERT);
        flags.0 &= !Flags::SILENT.0;
        flags.add(Flags::SILENT, silent || flags.has(Flags::GONE));
        self.flags[id] = flags;
    }

    /// Notes the id of an element.
    pub(super) fn add_id(&mut self, id: Id) {
        let value = self.tree.attribute(id, "id").unwrap_or_default();
        if value.is_empty() {
            return;
        }
        match self.ids.entry(value) {
            Entry::Vacant(place) => drop(place.insert(id)),
            Entry::Occupied(_) => self.again.push(id),
        }
    }

    /// Notes a label.
    pub(super) fn add_label(&mut self, id: Id) {
        self.labels.push((id, self.tree.attribute(id, "for")));
    }

    pub(super) fn has(&self, id: Id, flag: Flags) -> bool {
        self.flags[id].has(flag)
    }

    /// Tells whether assistive technology is told of an element, its role aside.
    pub(super) fn is_told(&self, id: Id) -> bool {
        !self.has(id, Flags::SILENT)
    }

    /// Tells whether an element is told of and has another role than `none`.
    pub(super) fn is_exposed(&self, id: Id) -> bool {
        self.is_told(id) && !self.is_decorative(id)
    }

    pub(super) fn is_visible(&self, id: Id) -> bool {
        !self.has(id, Flags::GONE) && !self.has(id, Flags::UNSEEN)
    }

    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<Cow<'a, str>> {
        self.tree.attribute(id, name)
    }

    pub(super) fn has_attribute(&self, id: Id, name: &str) -> bool {
        self.tree.has_attribute(id, name)
    }

    /// Gives an `input`'s type.
    pub(super) fn input_type(&self, id: Id) -> Cow<'a, str> {
        self.attribute(id, "type").map_or(Cow::Borrowed("text"), small)
    }

    /// Tells whether a script is a program, and not data.
    pub(super) fn is_program(&self, id: Id) -> bool {
        self.attribute(id, "type")
            .is_none_or(|it| it.is_empty() || it.contains("javascript") || &*it == "module")
    }

    /// Gives the role that `role` says, if it says one.
    pub(super) fn explicit(&self, id: Id) -> Option<&'static Role> {
        let written = self.attribute(id, "role")?;
        written.split_ascii_whitespace().find_map(roles::find)
    }

    /// Gives an element's role.
    pub(super) fn role(&self, id: Id) -> Option<&'static Role> {
        if let Some(known) = self.known[id].get() {
            return known;
        }
        let role = self.find_role(id);
        self.known[id].set(Some(role));
        role
    }

    fn find_role(&self, id: Id) -> Option<&'static Role> {
        match self.explicit(id) {
            Some(role) if matches!(role.name, "none" | "presentation") => {
                match self.is_focusable(id) || self.has_global(id) {
                    true => self.implicit(id),
                    false => Some(role),
                }
            }
            Some(role) => Some(role),
            None => self.implicit(id),
        }
    }

    pub(super) fn role_name(&self, id: Id) -> &'static str {
        self.role(id).map_or("", |it| it.name)
    }

    pub(super) fn is_decorative(&self, id: Id) -> bool {
        matches!(self.role_name(id), "none" | "presentation")
    }

    /// Whether an attribute that all elements take keeps it from being without a role.
    pub(super) fn has_global(&self, id: Id) -> bool {
        self.tree.names(id).any(|name| {
            name.strip_prefix("aria-")
                .is_some_and(|it| it != "hidden" && values::GLOBAL.contains(&it))
        })
    }

    /// Tells whether an element can have the focus, from the keyboard or a script.
    pub(super) fn is_focusable(&self, id: Id) -> bool {
        if self.has(id, Flags::GONE) || self.has(id, Flags::INERT) {
            return false;
        }
        self.is_control(id) || self.tabindex(id).is_some()
    }

    /// Tells whether the keyboard comes by an element.
    pub(super) fn is_tabbed(&self, id: Id) -> bool {
        self.is_focusable(id) && self.tabindex(id).is_none_or(|it| it >= 0)
    }

    pub(super) fn tabindex(&self, id: Id) -> Option<i32> {
        self.attribute(id, "tabindex")?.trim().parse().ok()
    }

    fn is_control(&self, id: Id) -> bool {
        let node = &self.tree.nodes[id];
        let disabled = || self.is_disabled(id);
        if node.foreign {
            return node.name == "a" && self.has_attribute(id, "href");
        }
        match node.element {
            T::A | T::AREA => self.has_attribute(id, "href"),
            T::BUTTON | T::SELECT | T::TEXTAREA => !disabled(),
            T::INPUT => &*self.input_type(id) != "hidden" && !disabled(),
            T::IFRAME => true,
            T::SUMMARY => self.is_summary(id),
            T::AUDIO | T::VIDEO => self.has_attribute(id, "controls"),
            _ => self.attribute(id, "contenteditable").is_some_and(|it| &*it != "false"),
        }
    }

    /// Tells whether HTML, and not only ARIA, disables a control.
    fn is_disabled(&self, id: Id) -> bool {
        self.has_attribute(id, "disabled")
            || self.has(id, Flags::DISABLED)
                && self
                    .tree
                    .around(id)
                    .any(|it| self.tree.is(it, "fieldset") && self.has_attribute(it, "disabled"))
    }

    /// Tells whether a `summary` opens its `details`.
    pub(super) fn is_summary(&self, id: Id) -> bool {
        let node = &self.tree.nodes[id];
        let parent = node.parent;
        node.element == T::SUMMARY
            && self.tree.nodes[parent].element == T::DETAILS
            && self.tree.children(parent).find(|it| self.tree.is(*it, "summary")) == Some(id)
    }

    /// Gives the elements that an attribute names by their ids.
    pub(super) fn named(&self, id: Id, attribute: &str) -> Vec<Id> {
        let Some(value) = self.attribute(id, attribute) else { return Vec::new() };
        value.split_ascii_whitespace().filter_map(|it| self.ids.get(it).copied()).collect()
    }
}
