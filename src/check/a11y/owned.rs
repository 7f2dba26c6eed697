//! Roles that stand in others: items in lists, tabs in lists of tabs, rows in tables.

use crate::check::a11y::Judge;
use crate::check::a11y::view::Flags;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};

const PLACE: Code = Code::new("a11y/role-place");
const HOLDS: Code = Code::new("a11y/role-content");

/// These do not stand between an element and the one around it.
fn is_through(role: &str) -> bool {
    matches!(role, "" | "generic" | "none" | "presentation")
}

impl Judge<'_> {
    /// Checks that a role stands where it must, and holds what it may.
    pub(super) fn role_place(&mut self, id: Id) {
        let view = self.view;
        let Some(role) = view.explicit(id) else { return };
        if view.role_name(id) != role.name {
            return;
        }
        let same = view.implicit(id).is_some_and(|it| it.name == role.name);
        if !role.within.is_empty() && !same && !self.stands_in(id, role.within) {
            let at = self.tree.attribute_at(id, "role");
            let message = format!("`role=\"{}\"` stands in no `{}`", role.name, role.within[0]);
            let help = format!(
                "give the element around it `role=\"{}\"`, or use the elements of HTML",
                role.within[0]
            );
            self.say(at, Diagnostic::warning(PLACE, message).help(help));
        }
        if !role.holds.is_empty()
            && !view.has(id, Flags::BUSY)
            && let Some(wrong) = self.wrong_within(id, role.holds, 0)
        {
            let message = format!(
                "this stands in `role=\"{}\"`, which holds nothing but `{}`",
                role.name, role.holds[0]
            );
            let help = format!("give it `role=\"{}\"`, or take it out", role.holds[0]);
            let owner = match self.tree.nodes[wrong].kind {
                Kind::Text => self.tree.nodes[wrong].parent,
                _ => wrong,
            };
            self.warn(owner, HOLDS, message, help);
        }
    }

    /// A list of HTML holds no empty boxes.
    pub(super) fn boxes(&mut self, id: Id) {
        let view = self.view;
        if !view.is_told(id) || view.has(id, Flags::BUSY) {
            return;
        }
        let empty = self.tree.children(id).find(|it| {
            let name = self.tree.nodes[*it].name;
            matches!(name, "div" | "span" | "p")
                && view.explicit(*it).is_none()
                && view.is_told(*it)
                && self.tree.within(*it).next().is_none()
                && self.tree.text_of(*it).trim().is_empty()
        });
        if let Some(empty) = empty {
            let message = "this stands in a list, which holds nothing but `<li>`";
            self.warn(empty, HOLDS, message, "make it a `<li>`, or take it out");
        }
    }

    /// The element in which assistive technology puts another.
    fn parent(&self, id: Id) -> Option<Id> {
        let view = self.view;
        if let Some(own) = view.attribute(id, "id") {
            let owner = view.owners.iter().find(|it| {
                view.attribute(**it, "aria-owns")
                    .is_some_and(|ids| ids.split_ascii_whitespace().any(|it| it == own))
            });
            if let Some(owner) = owner {
                return Some(*owner);
            }
        }
        // What has no role is told of where an attribute of ARIA or the focus asks for it.
        let told = |it: Id| view.has_global(it) || view.tabindex(it).is_some();
        self.tree.around(id).find(|it| match view.role_name(*it) {
            "" | "generic" => view.explicit(*it).is_none() && told(*it),
            role => !is_through(role),
        })
    }

    fn stands_in(&self, id: Id, wanted: &[&str]) -> bool {
        let Some(parent) = self.parent(id) else { return false };
        let role = self.view.role_name(parent);
        if !wanted.contains(&role) {
            return false;
        }
        // A group stands in turn where what it holds would.
        role != "group" || self.stands_in(parent, wanted)
    }

    fn wrong_within(&self, id: Id, wanted: &[&str], depth: usize) -> Option<Id> {
        let view = self.view;
        let owned = view.named(id, "aria-owns");
        for child in self.tree.children(id).chain(owned) {
            let node = &self.tree.nodes[child];
            match node.kind {
                Kind::Text if view.is_told(child) && !self.tree.read(node).trim().is_empty() => {
                    return Some(child);
                }
                Kind::Element if view.is_told(child) && depth < 50 => {
                    let role = view.role_name(child);
                    let through = is_through(role)
                        && !matches!(node.name, "br" | "hr" | "script" | "template");
                    if through || role == "group" && wanted.contains(&role) {
                        let wrong = self.wrong_within(child, wanted, depth + 1);
                        if wrong.is_some() {
                            return wrong;
                        }
                    } else if !is_through(role) && !wanted.contains(&role) {
                        return Some(child);
                    }
                }
                _ => (),
            }
        }
        None
    }
}
