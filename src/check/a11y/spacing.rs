//! Space between letters, words and lines that readers may widen (WCAG 1.4.12).

use crate::check::a11y::Judge;
use crate::check::style::declared;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};

const SPACING: Code = Code::new("a11y/text-spacing");

impl Judge<'_> {
    /// A `style` does not keep readers from widening its text.
    pub(super) fn text_spacing(&mut self, id: Id) {
        if self.tree.nodes[id].foreign || !self.view.is_visible(id) {
            return;
        }
        let Some(style) = self.view.attribute(id, "style") else { return };
        if !style.contains("important") {
            return;
        }
        for (property, least, what) in [
            ("letter-spacing", 0.12, "letters"),
            ("word-spacing", 0.16, "words"),
            ("line-height", 1.5, "lines"),
        ] {
            let Some(value) = declared(&style, property) else { continue };
            let keyword = matches!(value.trim(), "inherit" | "unset" | "revert" | "revert-layer");
            // As a share of the letters, or in pixels.
            let (share, pixels) = match value.trim() {
                "normal" | "initial" if property == "line-height" => (Some(1.2), None),
                "normal" | "initial" => (Some(0.0), None),
                number if property == "line-height" && number.parse::<f32>().is_ok() => {
                    (number.parse().ok(), None)
                }
                text => (None, self.view.styled.length(id, text)),
            };
            if keyword || property == "line-height" && self.is_one_line(id) {
                continue;
            }
            let tight = (id + 1..self.tree.nodes[id].after).any(|text| {
                let node = &self.tree.nodes[text];
                let size = self.view.styled.style(node.parent).font_size;
                node.kind == Kind::Text
                    && share.or(pixels.map(|it| it / size)).is_some_and(|it| it < least - 0.0005)
                    && !self.tree.read(node).trim().is_empty()
                    && self.view.is_visible(node.parent)
                    && !self.is_spaced(node.parent, id, property)
            });
            if tight {
                let at = self.tree.attribute_at(id, "style");
                let message = format!(
                    "`{property}: {value} !important` keeps readers from setting {what} further apart"
                );
                let help = "take `!important` away, or put it in the stylesheet";
                self.say(at, Diagnostic::warning(SPACING, message).help(help));
            }
        }
    }

    /// Tells whether an element between, or this one, says its own spacing.
    fn is_spaced(&self, inner: Id, outer: Id, property: &str) -> bool {
        let between = std::iter::once(inner).chain(self.tree.around(inner));
        between.take_while(|it| *it != outer).any(|it| {
            self.view.attribute(it, "style").is_some_and(|it| declared(&it, property).is_some())
        })
    }

    /// Tells whether the text of an element is as wide as it is said to be in something that is
    /// scrolled, whatever the window is, so that a line less is no matter.
    fn is_one_line(&self, id: Id) -> bool {
        let style = self.view.styled.style(id);
        let text = self.tree.text_of(id);
        let width = text.split_ascii_whitespace().map(|it| it.chars().count() + 1).sum::<usize>();
        style.size.0.is_some_and(|it| it > width as f32 * style.font_size * 0.6)
            && self.tree.around(id).any(|it| self.view.styled.style(it).scrolls)
    }
}
