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
        let written = self.tree.within(id).any(|_| true)
            || self.tree.children(id).any(|it| self.tree.nodes[it].kind == Kind::Text);
        let size = self.view.styled.style(id).font_size;
        for (property, least, what) in [
            ("letter-spacing", 0.12, "letters"),
            ("word-spacing", 0.16, "words"),
            ("line-height", 1.5, "lines"),
        ] {
            let Some(value) = declared(&style, property) else { continue };
            let keyword = matches!(value.trim(), "inherit" | "unset" | "revert" | "revert-layer");
            let share = match value.trim() {
                "normal" | "initial" => Some(if property == "line-height" { 1.2 } else { 0.0 }),
                number if property == "line-height" && number.parse::<f32>().is_ok() => {
                    number.parse().ok()
                }
                text => self.view.styled.length(id, text).map(|it| it / size),
            };
            if !keyword && written && share.is_some_and(|it| it < least - 0.0005) {
                let at = self.tree.attribute_at(id, "style");
                let message = format!(
                    "`{property}: {value} !important` keeps readers from setting {what} further apart"
                );
                let help = "take `!important` away, or put it in the stylesheet";
                self.say(at, Diagnostic::warning(SPACING, message).help(help));
            }
        }
    }
}
