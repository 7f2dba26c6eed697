//! Who says aloud what stands on a button presses it (WCAG 2.5.3; ACT rule 2ee8b8).

use crate::check::a11y::Judge;
use crate::check::a11y::view::Flags;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::{Id, Kind};

const LABEL: Code = Code::new("a11y/label-in-name");

impl Judge<'_> {
    /// Checks that an element's name holds the words that are seen on it.
    pub(super) fn label_in_name(&mut self, id: Id) {
        let view = self.view;
        let attribute = match () {
            () if view.has_attribute(id, "aria-label") => "aria-label",
            () if view.has_attribute(id, "aria-labelledby") => "aria-labelledby",
            () => return,
        };
        let role = view.role(id);
        let control =
            role.is_some_and(|it| it.widget && it.named_by_content || it.name == "searchbox");
        if !control && !self.tree.is(id, "a") || self.tree.is(id, "input") {
            return;
        }
        let mut seen = String::new();
        self.seen(id, &mut seen);
        let name = view.name(id);
        let words = words(&seen);
        let single = words.len() == 1
            && words[0].chars().count() == 1
            && !words[0].chars().all(char::is_numeric);
        if words.is_empty() || single || view.styled.style(id).icons || name.is_empty() {
            return;
        }
        let named = self::words(&name);
        if !named.windows(words.len()).any(|it| it == words) {
            let shown = crate::check::a11y::name::tidy(&seen);
            let message = format!(
                "this shows `{shown}` and is called `{name}`: who says what is shown does not reach it"
            );
            let at = self.tree.attribute_at(id, attribute);
            let help = format!("begin `{attribute}` with the words that are shown, or remove it");
            self.say(at, Diagnostic::warning(LABEL, message).help(help));
        }
    }

    /// Collects the text that is seen.
    fn seen(&self, id: Id, out: &mut String) {
        for child in self.tree.children(id) {
            let node = &self.tree.nodes[child];
            match node.kind {
                Kind::Text => {
                    let visible =
                        !self.view.has(id, Flags::GONE) && !self.view.has(id, Flags::UNSEEN);
                    if visible && !node.foreign {
                        out.push_str(&self.tree.read(node));
                    }
                }
                Kind::Element if node.foreign || self.view.has(child, Flags::NO_BOX) => (),
                Kind::Element => {
                    let breaks = self.view.breaks(child);
                    if breaks {
                        out.push(' ');
                    }
                    self.seen(child, out);
                    if breaks {
                        out.push(' ');
                    }
                }
                Kind::Comment => (),
            }
        }
    }
}

/// Cuts a text in words, without case, signs and what is in brackets.
fn words(text: &str) -> Vec<String> {
    let mut depth = 0usize;
    let mut plain = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ if depth > 0 => (),
            _ if char.is_alphanumeric() => plain.extend(char.to_lowercase()),
            '\'' | '’' => (),
            _ => plain.push(' '),
        }
    }
    plain.split_ascii_whitespace().map(str::to_owned).collect()
}
