//! What the keyboard comes by: nothing hidden, nothing within a control, in the order of the page.

use crate::check::a11y::Judge;
use crate::check::a11y::view::Flags;
use crate::diag::Code;
use crate::html::Tree;
use crate::html::tree::Id;

const HIDDEN: Code = Code::new("a11y/hidden-focus");
const NESTED: Code = Code::new("a11y/nested-control");
const ORDER: Code = Code::new("a11y/tab-order");
const FRAME: Code = Code::new("a11y/frame-focus");
const SCROLL: Code = Code::new("a11y/scroll");
const TARGET: Code = Code::new("a11y/target-size");

impl Judge<'_> {
    /// What has `aria-hidden` holds nothing that has the focus.
    pub(super) fn hidden_focus(&mut self, id: Id) {
        let view = self.view;
        let hides = |it: Id| view.attribute(it, "aria-hidden").is_some_and(|it| &*it == "true");
        // The outermost tells of all that is within.
        if !hides(id) || self.tree.around(id).any(hides) {
            return;
        }
        let tabbed = std::iter::once(id)
            .chain(self.tree.within(id))
            .find(|it| view.is_tabbed(*it) && !self.hands_on(*it));
        if let Some(tabbed) = tabbed {
            let message = "the keyboard comes by this, and screen readers do not tell of it, as `aria-hidden` hides it";
            let help = "take `aria-hidden` away, or hide it from all with `hidden`";
            self.error(tabbed, HIDDEN, message, help);
        }
    }

    /// Tells whether a script gives the focus on as soon as an element has it, as those around a
    /// dialog do.
    fn hands_on(&self, id: Id) -> bool {
        let Some(own) = self.view.attribute(id, "id").filter(|it| !it.is_empty()) else {
            return false;
        };
        let mut programs = self.view.lists.scripts.iter().filter(|it| self.view.is_program(**it));
        programs.any(|script| {
            let text = self.tree.text_of(*script);
            let mut rest = text.match_indices(&*own).map(|(at, _)| &text[at + own.len()..]);
            rest.any(|rest| {
                let listens = ["')", "\")"].iter().find_map(|it| rest.strip_prefix(it));
                let listens = listens.and_then(|it| it.strip_prefix(".addEventListener("));
                let Some(rest) = listens else { return false };
                let event = ["'focus'", "\"focus\""].iter().find_map(|it| rest.strip_prefix(it));
                event.is_some_and(|it| {
                    it.split("})").next().unwrap_or_default().contains(".focus()")
                })
            })
        })
    }

    /// What is within a button or the like is part of its name, and no control.
    pub(super) fn hides_children(&mut self, id: Id) {
        let view = self.view;
        let Some(role) = view.role(id).filter(|it| it.hides_children) else { return };
        if matches!(self.tree.nodes[id].name, "img" | "input" | "hr" | "select") {
            return;
        }
        if let Some(inner) = self.tree.within(id).find(|it| view.is_tabbed(*it)) {
            let message = format!(
                "a control within another: screen readers make one `{}` of both",
                role.name
            );
            self.error(inner, NESTED, message, "put it beside the other");
        }
    }

    /// Checks what attributes say of the order of the keyboard, of looks and of filling in.
    pub(super) fn attributes(&mut self, id: Id) {
        let view = self.view;
        if view.tabindex(id).is_some_and(|it| it > 0) {
            let at = self.tree.attribute_at(id, "tabindex");
            let message = "the keyboard comes by this before all else on the page";
            let diagnostic = crate::diag::Diagnostic::warning(ORDER, message)
                .help("write `tabindex=\"0\"`, and put it where it belongs in the page");
            self.say(at, diagnostic);
        }
        if self.tree.is(id, "iframe") {
            self.frame_focus(id);
        }
        self.text_spacing(id);
        self.autocomplete(id);
    }

    /// Checks the size of what is pressed.
    pub(super) fn size(&mut self, id: Id) {
        let view = self.view;
        let (Some(width), Some(height)) = view.styled.style(id).size else { return };
        if (width < 24.0 || height < 24.0) && view.is_tabbed(id) && view.is_visible(id) {
            let name = self.tree.nodes[id].name;
            let style = view.styled.style(id);
            if matches!(name, "button" | "a" | "input")
                && style.block
                && width > 1.0
                && height > 1.0
            {
                let message =
                    format!("this is {width} by {height} pixels, too small to press for many");
                self.warn(
                    id,
                    TARGET,
                    message,
                    "make it at least 24 by 24 pixels, or leave as much space around it",
                );
            }
        }
    }

    /// A frame that the keyboard passes by holds nothing that it should come to.
    fn frame_focus(&mut self, id: Id) {
        let view = self.view;
        let tiny =
            |name: &str| view.attribute(id, name).is_some_and(|it| matches!(&*it, "0" | "1"));
        if view.tabindex(id).is_none_or(|it| it >= 0)
            || view.has(id, Flags::GONE)
            || view.has(id, Flags::INERT)
            || tiny("width")
            || tiny("height")
        {
            return;
        }
        let harmless = view.attribute(id, "srcdoc").is_some_and(|inner| {
            let inner = Tree::parse(&inner);
            !inner.elements().any(|it| {
                let name = inner.nodes[it].name;
                if inner.attribute(it, "tabindex").is_some_and(|it| it.starts_with('-')) {
                    return false;
                }
                matches!(name, "button" | "input" | "select" | "textarea" | "summary" | "iframe")
                    || name == "a" && inner.has_attribute(it, "href")
                    || inner.has_attribute(it, "tabindex")
            })
        });
        if !harmless {
            let message = "the keyboard passes this `<iframe>` by, and with it all that is in it";
            self.warn(
                id,
                FRAME,
                message,
                "take `tabindex` away unless there is nothing to press or to scroll in it",
            );
        }
    }

    /// What can be scrolled can be come to.
    pub(super) fn scrolls(&mut self, id: Id) {
        let view = self.view;
        let reached = std::iter::once(id).chain(self.tree.within(id)).any(|it| view.is_tabbed(it));
        if reached
            || view.has(id, Flags::INERT)
            || !view.is_visible(id)
            || self.tree.is(id, "iframe")
            || self.tree.is(id, "body")
            || self.tree.is(id, "html")
        {
            return;
        }
        let style = view.styled.style(id);
        let text = self.tree.text_of(id);
        let letters = text.split_ascii_whitespace().map(|it| it.chars().count() + 1).sum::<usize>();
        let pictures: f32 = self
            .tree
            .within(id)
            .filter(|it| self.tree.is(*it, "img"))
            .map(|it| view.styled.style(it).size.0.unwrap_or(style.font_size))
            .sum();
        // A letter is about half as wide as it is high.
        let row = letters as f32 * style.font_size * 0.5 + pictures;
        let (width, height) = (style.room.0.unwrap_or(600.0), style.room.1);
        let lines =
            height.map_or(f32::INFINITY, |it| (it / (style.font_size * 1.2)).floor().max(1.0));
        let room = if style.nowrap { width } else { width * lines };
        if letters + pictures as usize > 0 && row > room {
            let message = "this is scrolled, and the keyboard cannot come to it";
            self.warn(
                id,
                SCROLL,
                message,
                "give it `tabindex=\"0\"`, and a name with `role=\"region\"` and `aria-label`",
            );
        }
    }
}
