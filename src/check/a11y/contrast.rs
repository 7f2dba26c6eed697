//! Text that can be read: contrast.

use crate::check::a11y::Judge;
use crate::check::a11y::view::Flags;
use crate::check::style::contrast::{Low, Reading};
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;

const CONTRAST: Code = Code::new("a11y/contrast");
const UNCLEAR: Code = Code::new("a11y/contrast-unclear");

impl Judge<'_> {
    /// Checks a text node.
    pub(super) fn text(&mut self, id: Id) {
        let node = &self.tree.nodes[id];
        let parent = node.parent;
        let styled = &self.view.styled;
        let record = styled.record(parent);
        if *record.reading() == Reading::Fine || self.tree.nodes[parent].foreign {
            return;
        }
        let written = &self.tree.text[node.tag()];
        if !written.chars().any(char::is_alphanumeric) || self.is_out_of_use(parent) {
            return;
        }
        if self.tree.is(parent, "option")
            || self.tree.is(parent, "textarea") && written.trim().is_empty()
        {
            return;
        }
        if written.trim().chars().count() == 1 && self.is_sign(parent) {
            return;
        }
        // What looks the same is told once.
        let number = styled.number(parent);
        let before = &self.tree.nodes[..id];
        let known = before.iter().any(|it| {
            it.kind == crate::html::tree::Kind::Text
                && it.parent != parent
                && styled.number(it.parent) == number
                && self.tree.text[it.tag()].chars().any(char::is_alphanumeric)
        });
        if known {
            return;
        }
        let at = self.tree.nodes[parent].tag();
        let diagnostic = match record.reading() {
            Reading::Low(low) => self.low(&low.clone()),
            _ => Diagnostic::warning(UNCLEAR, "whether this text can be read depends on the picture behind it")
                .help("look at it, and put a plain colour behind the text as well, with `background-color`"),
        };
        let same = |it: &crate::check::Finding| it.at == at && it.diagnostic == diagnostic;
        if !self.found.iter().any(same) {
            self.say(at, diagnostic);
        }
    }

    /// Tells whether the one letter of a control, such as an X, is a picture: its name is another.
    fn is_sign(&self, id: Id) -> bool {
        let control = std::iter::once(id)
            .chain(self.tree.around(id))
            .find(|it| matches!(self.view.role_name(*it), "button" | "link"));
        control.is_some_and(|it| {
            let label = self.view.attribute(it, "aria-label").unwrap_or_default();
            label.trim().chars().count() > 1 || self.view.has_attribute(it, "aria-labelledby")
        })
    }

    fn low(&self, low: &Low) -> Diagnostic {
        let Low { text, ground, ratio, wanted, sources, dark } = low;
        let (text_hex, ground_hex) = (text.hex(), ground.hex());
        // Rounded down, so that no ratio seems to be what is wanted.
        let shown = (ratio * 10.0).floor() / 10.0;
        let scheme = if *dark { " in dark mode" } else { "" };
        let message = format!(
            "this text is hard to read{scheme}: `{text_hex}` on `{ground_hex}` is {shown}:1, and {wanted}:1 is wanted"
        );
        let mut diagnostic = match *ratio < 3.0 {
            true => Diagnostic::error(CONTRAST, message),
            false => Diagnostic::warning(CONTRAST, message),
        };
        let kinds: [(&str, _, &[&str]); 2] = [
            ("colour", sources.0, &["color", "-webkit-text-fill-color"]),
            ("background", sources.1, &["background", "background-color", "background-image"]),
        ];
        for (what, source, properties) in kinds {
            if let Some(place) = self.styles.place(source) {
                let written = self.styles.written(source, properties);
                let value = written.filter(|it| it.contains("var(")).map(|it| format!(": `{it}`"));
                let value = value.unwrap_or_default();
                diagnostic = diagnostic.note(format!("the {what} is from {place}{value}"));
            }
        }
        match text.better(*ground, *wanted) {
            Some(better) => diagnostic.help(format!("`{}` would do", better.hex())),
            None => diagnostic.help("choose colours that are further apart"),
        }
    }

    /// Tells whether a text is of a control that is disabled, or its label.
    fn is_out_of_use(&self, id: Id) -> bool {
        let view = self.view;
        let disabled = |it: Id| view.has(it, Flags::DISABLED);
        if disabled(id) {
            return true;
        }
        let around = std::iter::once(id).chain(self.tree.around(id));
        around.into_iter().any(|it| {
            let label = self.tree.is(it, "label")
                && match view.attribute(it, "for") {
                    Some(wanted) => view.ids.get(&*wanted).is_some_and(|it| disabled(*it)),
                    None => self.tree.within(it).any(|it| {
                        matches!(self.tree.nodes[it].name, "input" | "select" | "textarea")
                            && disabled(it)
                    }),
                };
            let named = view.attribute(it, "id").is_some_and(|own| {
                self.tree.elements().any(|other| {
                    disabled(other)
                        && view
                            .attribute(other, "aria-labelledby")
                            .is_some_and(|ids| ids.split_ascii_whitespace().any(|it| it == own))
                })
            });
            label || named
        })
    }
}
