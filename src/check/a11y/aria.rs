//! Roles that exist, with the states and properties that they may and must have.

use std::borrow::Cow;

use crate::check::a11y::Judge;
use crate::check::a11y::roles::{self, Role};
use crate::check::a11y::values::{self, Value};
use crate::check::a11y::view;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;
use crate::text::near;

const ROLE: Code = Code::new("a11y/role");
const ATTRIBUTE: Code = Code::new("a11y/aria-attribute");
const VALUE: Code = Code::new("a11y/aria-value");
const STATE: Code = Code::new("a11y/role-state");

impl Judge<'_> {
    /// Checks `role` and `aria-…`.
    pub(super) fn aria(&mut self, id: Id) {
        if self.tree.is(id, "math") || self.tree.nodes[id].name == "math" {
            return;
        }
        let told = self.view.is_told(id);
        if told {
            self.role_exists(id);
            self.role_states(id);
            self.role_place(id);
        }
        let tree = self.tree;
        for (written, value) in tree.attributes(id) {
            let lower = view::small(Cow::Borrowed(written));
            let Some(name) = lower.strip_prefix("aria-") else { continue };
            let Some(kind) = values::value(name) else {
                self.unknown(id, &lower);
                continue;
            };
            if told {
                self.permitted(id, name);
            }
            self.value(id, name, &value, kind);
        }
    }

    fn role_exists(&mut self, id: Id) {
        let Some(written) = self.view.attribute(id, "role") else { return };
        if written.trim().is_empty() || self.view.explicit(id).is_some() {
            return;
        }
        let at = self.tree.attribute_at(id, "role");
        let word = written.trim();
        let help = match near::nearest(word, roles::names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "remove it, and use the element of HTML that says what it is".to_owned(),
        };
        let message = format!("there is no role `{word}`");
        self.say(at, Diagnostic::warning(ROLE, message).help(help));
    }

    fn unknown(&mut self, id: Id, name: &str) {
        let at = self.tree.attribute_at(id, name);
        let known = values::GLOBAL.iter().map(|it| format!("aria-{it}"));
        let known: Vec<String> = known.collect();
        let near = near::nearest(name, known.iter().map(String::as_str));
        let diagnostic = Diagnostic::warning(ATTRIBUTE, format!("there is no attribute `{name}`"));
        self.say(at, diagnostic.maybe_help(near.map(|it| format!("did you mean `{it}`?"))));
    }

    /// The states that the role must have, and that HTML does not give.
    fn role_states(&mut self, id: Id) {
        let view = self.view;
        let Some(role) = view.explicit(id) else { return };
        let implicit = view.implicit(id);
        if implicit.is_some_and(|it| it.name == role.name)
            || view.role(id).is_none_or(|it| it.name != role.name)
        {
            return;
        }
        let checkbox =
            self.tree.is(id, "input") && matches!(&*view.input_type(id), "checkbox" | "radio");
        let range =
            self.tree.is(id, "input") && matches!(&*view.input_type(id), "range" | "number");
        let split = role.name == "separator" && view.is_focusable(id);
        let needs = if split { &["valuenow"][..] } else { role.needs };
        for need in needs {
            let native = checkbox && *need == "checked"
                || range && *need == "valuenow"
                || matches!(self.tree.nodes[id].name.as_bytes(), [b'h', b'1'..=b'6'])
                    && *need == "level";
            let said =
                view.attribute(id, &format!("aria-{need}")).is_some_and(|it| !it.trim().is_empty());
            if !native && !said {
                let at = self.tree.attribute_at(id, "role");
                let message = format!("`role=\"{}\"` needs `aria-{need}`, and has none", role.name);
                let help = "add it, and keep it true; or use the element of HTML, which has it";
                self.say(at, Diagnostic::warning(STATE, message).help(help));
            }
        }
    }

    fn permitted(&mut self, id: Id, name: &str) {
        let view = self.view;
        let role = view.role(id);
        let naming = matches!(name, "label" | "labelledby");
        let attribute = format!("aria-{name}");
        let nameless = [
            "caption",
            "code",
            "deletion",
            "emphasis",
            "generic",
            "insertion",
            "none",
            "paragraph",
            "presentation",
            "strong",
            "subscript",
            "superscript",
        ];
        if naming
            && role.is_some_and(|it| nameless.contains(&it.name))
            && view.explicit(id).is_none()
            && !self.is_named_anyway(id)
        {
            let at = self.tree.attribute_at(id, &attribute);
            let element = self.tree.nodes[id].name;
            let message = format!("`{attribute}` means nothing on `<{element}>`");
            let help = "give the element a `role`, or put the words in it";
            self.say(at, Diagnostic::warning(ATTRIBUTE, message).help(help));
            return;
        }
        if values::GLOBAL.contains(&name) || self.takes(id, role, name) {
            return;
        }
        let at = self.tree.attribute_at(id, &attribute);
        let what = match role {
            Some(role) if role.name != "generic" => format!("role `{}`", role.name),
            _ => format!("`<{}>`", self.tree.nodes[id].name),
        };
        let message = format!("`{attribute}` is not for {what}");
        let help = "remove it, or give the element the role that it is meant for";
        self.say(at, Diagnostic::warning(ATTRIBUTE, message).help(help));
    }

    /// A picture marked as decoration with a name is told of as that.
    fn is_named_anyway(&self, id: Id) -> bool {
        matches!(self.tree.nodes[id].name, "img" | "svg" | "body" | "summary" | "label")
    }

    fn takes(&self, id: Id, role: Option<&Role>, name: &str) -> bool {
        if let Some(role) = role {
            let takes = role.takes.contains(&name) || role.needs.contains(&name);
            return takes || self.tree.is(id, "select") && matches!(name, "multiselectable");
        }
        match self.tree.nodes[id].name {
            "input" => {
                roles::find("textbox").is_some_and(|it| it.takes.contains(&name))
                    || name == "expanded"
            }
            "audio" | "video" | "object" | "embed" | "iframe" => {
                matches!(name, "activedescendant" | "expanded")
            }
            "summary" => matches!(name, "expanded" | "pressed"),
            element => element.contains('-'),
        }
    }

    fn value(&mut self, id: Id, name: &str, value: &str, kind: Value) {
        let text = value.trim();
        if text.is_empty() {
            return;
        }
        let lower = text.to_ascii_lowercase();
        let words = |known: &[&str]| known.contains(&lower.as_str());
        let wanted = match kind {
            Value::Words(known) if !words(known) => format!("is one of `{}`", known.join("`, `")),
            Value::List(known) if !lower.split_ascii_whitespace().all(|it| known.contains(&it)) => {
                format!("is some of `{}`", known.join("`, `"))
            }
            Value::Id if text.split_ascii_whitespace().count() > 1 => "is one id".to_owned(),
            Value::Whole if text.parse::<i64>().is_err() => "is a whole number".to_owned(),
            Value::Number if text.parse::<f64>().is_err() => "is a number".to_owned(),
            Value::Ids if name == "controls" && !self.is_controlled(id, text) => {
                "is the id of an element of this page".to_owned()
            }
            _ => return,
        };
        let at = self.tree.attribute_at(id, &format!("aria-{name}"));
        let message = format!("`aria-{name}` cannot be `{text}`");
        self.say(at, Diagnostic::warning(VALUE, message).help(format!("its value {wanted}")));
    }

    /// What a role must point at is there.
    fn is_controlled(&self, id: Id, names: &str) -> bool {
        let open = self.view.attribute(id, "aria-expanded").is_some_and(|it| &*it == "true");
        let must = match self.view.role_name(id) {
            "scrollbar" => true,
            "combobox" => open,
            _ => false,
        };
        !must || names.split_ascii_whitespace().any(|it| self.view.ids.contains_key(it))
    }
}
