//! Pictures, links, buttons, fields, frames and headings have names.

use crate::check::a11y::Judge;
use crate::diag::Code;
use crate::html::Tag as T;
use crate::html::tree::Id;

const ALT: Code = Code::new("a11y/alt-missing");
const DECORATIVE: Code = Code::new("a11y/decorative-name");
pub(super) const LINK: Code = Code::new("a11y/link-name");
const BUTTON: Code = Code::new("a11y/button-name");
const FIELD: Code = Code::new("a11y/field-label");
const PLACEHOLDER: Code = Code::new("a11y/placeholder-label");
const FRAME: Code = Code::new("a11y/frame-name");
pub(super) const HEADING: Code = Code::new("a11y/heading-empty");

/// Pictures, sound and film.
const EMBEDDED: [&str; 8] =
    ["audio", "canvas", "embed", "img", "object", "picture", "svg", "video"];

impl Judge<'_> {
    /// Checks that what needs a name has one.
    pub(super) fn named(&mut self, id: Id) {
        let node = &self.tree.nodes[id];
        if EMBEDDED.contains(&node.name) || self.tree.has_attribute(id, "role") {
            self.decorative(id);
        }
        if node.element == T::IFRAME {
            return self.frame(id);
        }
        if !self.view.is_told(id) {
            return;
        }
        if node.foreign && self.view.explicit(id).is_none() && node.name != "a" {
            return;
        }
        if node.element == T::INPUT && &*self.view.input_type(id) == "image" {
            let wanted = "write in `alt` what happens when it is pressed, such as `alt=\"Search\"`";
            if !self.view.has_name(id) {
                self.error(id, BUTTON, "this picture button has no name", wanted);
            }
            return;
        }
        if node.element == T::OBJECT {
            return self.object(id);
        }
        let explicit = self.view.explicit(id).map(|it| it.name);
        if self.view.is_summary(id) && matches!(explicit, None | Some("none" | "presentation")) {
            if !self.view.has_name(id) {
                let help = "write in it what is shown when it is pressed";
                self.error(id, BUTTON, "this `<summary>` has no text", help);
            }
            return;
        }
        let Some(role) = self.view.role(id) else {
            if node.name == "input" {
                self.field(id);
            }
            return;
        };
        match role.name {
            "img" | "graphics-symbol" => self.picture(id),
            "graphics-document" if self.view.explicit(id).is_some() => self.picture(id),
            "link" | "doc-backlink" | "doc-biblioref" | "doc-glossref" | "doc-noteref"
                if !self.view.has_name(id) =>
            {
                let help = match self.tree.within(id).any(|it| self.tree.is(it, "img")) {
                    true => "give the picture in it an `alt` that says where the link leads",
                    false => "write in it where it leads, or remove it",
                };
                self.error(id, LINK, "this link has no text", help);
            }
            "button" if !self.view.has_name(id) => {
                let help = "write in it what happens when it is pressed; for a mere picture, use `aria-label`";
                self.error(id, BUTTON, "this button has no name", help);
            }
            "menuitem" if !self.view.has_name(id) => {
                let help = "write in it what happens when it is chosen";
                self.error(id, BUTTON, "this menu item has no name", help);
            }
            "checkbox" | "combobox" | "listbox" | "menuitemcheckbox" | "menuitemradio"
            | "radio" | "searchbox" | "slider" | "spinbutton" | "switch" | "textbox"
                if node.name != "datalist" =>
            {
                self.field(id);
            }
            "heading" if !self.view.has_name(id) => {
                let help = "write a heading in it, or remove it; for space, use the stylesheet";
                self.error(id, HEADING, "this heading is empty", help);
            }
            _ => (),
        }
    }

    fn picture(&mut self, id: Id) {
        if self.view.has_name(id) {
            return;
        }
        let help = match self.tree.is(id, "img") {
            true => {
                "write in `alt` what a person who cannot see it needs to know; for mere decoration write `alt=\"\"`"
            }
            false => {
                "write in `aria-label` what a person who cannot see it needs to know; for mere decoration write `aria-hidden=\"true\"`"
            }
        };
        self.error(id, ALT, "this picture has no alternative text", help);
    }

    fn object(&mut self, id: Id) {
        let data = self.view.attribute(id, "data").unwrap_or_default().to_ascii_lowercase();
        let data = data.split(['?', '#']).next().unwrap_or_default();
        let kinds = [
            ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".avif", ".mp3", ".mp4", ".ogg",
            ".wav", ".webm", ".m4a", ".pdf",
        ];
        let kind = self.view.attribute(id, "type").unwrap_or_default();
        let media = ["image/", "audio/", "video/"].iter().any(|it| kind.starts_with(it));
        let medium = media || kinds.iter().any(|it| data.ends_with(it));
        if medium && !self.view.is_decorative(id) && !self.view.has_name(id) {
            let help = "write in `aria-label` or `title` what is in it";
            self.error(id, ALT, "this `<object>` has no name", help);
        }
    }

    /// What is said to be decoration has nothing to say.
    fn decorative(&mut self, id: Id) {
        let name = self.tree.nodes[id].name;
        let explicit = self.view.explicit(id).map(|it| it.name);
        let without = matches!(explicit, Some("none" | "presentation"));
        if !EMBEDDED.contains(&name) {
            if without && name != "iframe" && self.view.is_told(id) && !self.view.is_decorative(id)
            {
                let help = "take `role` away, or what keeps it from holding: `aria-label` and the like, and that the keyboard comes by it";
                let message = "this is to have no role, and screen readers tell of it all the same";
                self.warn(id, DECORATIVE, message, help);
            }
            return;
        }
        let marked = without
            || name == "img"
                && explicit.is_none()
                && self.view.attribute(id, "alt").is_some_and(|it| it.is_empty());
        if !marked {
            return;
        }
        let label = self.view.attribute(id, "aria-label").unwrap_or_default();
        let named = !label.trim().is_empty()
            || self.view.has_attribute(id, "aria-labelledby") && self.view.has_name(id);
        if named {
            let help = "take the name away if it is mere decoration; otherwise put it in `alt`";
            let message = "this picture is marked as decoration, and has a name";
            self.warn(id, DECORATIVE, message, help);
        }
    }

    fn frame(&mut self, id: Id) {
        let explicit = self.view.explicit(id).map(|it| it.name);
        let decorative = matches!(explicit, Some("none" | "presentation"));
        let reached = self.view.tabindex(id).is_none_or(|it| it >= 0);
        let met = self.view.is_told(id) && !decorative && reached;
        if met && !self.view.has_name(id) {
            let help = "write in `title` what is in it, such as `title=\"Map of the clinic\"`";
            self.error(id, FRAME, "this `<iframe>` has no name", help);
        }
    }

    fn field(&mut self, id: Id) {
        let native = matches!(self.tree.nodes[id].name, "input" | "select" | "textarea");
        let kind = self.view.input_type(id);
        if self.tree.is(id, "input") && &*kind == "hidden" || self.view.is_decorative(id) {
            return;
        }
        if !self.view.has_name(id) {
            let help = match native {
                true => "put a `<label>` around it, or one with its id in `for`",
                false => "name it with `aria-labelledby` or `aria-label`",
            };
            return self.error(id, FIELD, "this field has no label", help);
        }
        let hint = self.view.attribute(id, "placeholder").is_some_and(|it| !it.trim().is_empty());
        if native && hint {
            let other = ["aria-label", "aria-labelledby", "title"]
                .iter()
                .any(|it| self.view.attribute(id, it).is_some_and(|it| !it.trim().is_empty()));
            if !other && self.view.labels_of(id).is_empty() {
                let help = "put a `<label>` before it: the placeholder is gone as soon as something is typed";
                self.warn(id, PLACEHOLDER, "this field has a placeholder for its label", help);
            }
        }
    }
}
