//! Forms: what browsers fill in, and choices that belong together.

use std::collections::BTreeMap;

use crate::check::a11y::Judge;
use crate::check::a11y::view::Flags;
use crate::diag::{Code, Diagnostic};
use crate::html::tree::Id;
use crate::text::near;

const AUTOCOMPLETE: Code = Code::new("a11y/autocomplete");
const GROUP: Code = Code::new("a11y/group");

/// What may be filled in (HTML Standard 4.10.18.7.1).
const FIELDS: [&str; 55] = [
    "name",
    "honorific-prefix",
    "given-name",
    "additional-name",
    "family-name",
    "honorific-suffix",
    "nickname",
    "username",
    "new-password",
    "current-password",
    "one-time-code",
    "organization-title",
    "organization",
    "street-address",
    "address-line1",
    "address-line2",
    "address-line3",
    "address-level4",
    "address-level3",
    "address-level2",
    "address-level1",
    "country",
    "country-name",
    "postal-code",
    "cc-name",
    "cc-given-name",
    "cc-additional-name",
    "cc-family-name",
    "cc-number",
    "cc-exp",
    "cc-exp-month",
    "cc-exp-year",
    "cc-csc",
    "cc-type",
    "transaction-currency",
    "transaction-amount",
    "language",
    "bday",
    "bday-day",
    "bday-month",
    "bday-year",
    "sex",
    "url",
    "photo",
    "webauthn",
    "tel",
    "tel-country-code",
    "tel-national",
    "tel-area-code",
    "tel-local",
    "tel-local-prefix",
    "tel-local-suffix",
    "tel-extension",
    "email",
    "impp",
];

impl Judge<'_> {
    /// Checks the words of `autocomplete`.
    pub(super) fn autocomplete(&mut self, id: Id) {
        let view = self.view;
        if !matches!(self.tree.nodes[id].name, "input" | "select" | "textarea") {
            return;
        }
        let Some(value) = view.attribute(id, "autocomplete") else { return };
        let lower = value.to_ascii_lowercase();
        let mut words: Vec<&str> = lower.split_ascii_whitespace().collect();
        let fixed = self.tree.is(id, "input")
            && matches!(&*view.input_type(id), "hidden" | "button" | "submit" | "reset");
        let unseen = !view.is_visible(id) && !view.is_told(id);
        let still = !view.is_tabbed(id) && view.role(id).is_some_and(|it| !it.widget);
        if words.is_empty()
            || matches!(words[..], ["off" | "on"])
            || fixed
            || unseen
            || still
            || view.has(id, Flags::DISABLED)
        {
            return;
        }
        if words.len() > 1 && words.last() == Some(&"webauthn") {
            words.pop();
        }
        let wrong = wrong_word(&words);
        if let Some((word, why)) = wrong {
            let at = self.tree.attribute_at(id, "autocomplete");
            let near = near::nearest(word, FIELDS.iter().copied());
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => {
                    "use a word of the list in the HTML Standard, such as `name`, `email` or `tel`"
                        .to_owned()
                }
            };
            let message =
                format!("`{word}` {why} in `autocomplete`, so browsers cannot fill the field in");
            self.say(at, Diagnostic::warning(AUTOCOMPLETE, message).help(help));
        }
    }

    /// Choices of one question stand in a group that has a name.
    pub(super) fn groups(&mut self) {
        let view = self.view;
        let mut sets: BTreeMap<(Option<Id>, String), Vec<Id>> = BTreeMap::new();
        for id in self.view.lists.inputs.iter().copied() {
            if &*view.input_type(id) == "radio" && view.is_told(id) {
                let form = self.tree.around(id).find(|it| self.tree.is(*it, "form"));
                let name = view.attribute(id, "name").unwrap_or_default().into_owned();
                sets.entry((form, name)).or_default().push(id);
            }
        }
        for ((_, name), set) in sets {
            if set.len() < 2 || name.is_empty() {
                continue;
            }
            let named = |id: Id| {
                self.tree.around(id).any(|it| {
                    matches!(view.role_name(it), "group" | "radiogroup") && view.has_name(it)
                })
            };
            if !named(set[0]) {
                let message = "these choices have no question that screen readers tell of";
                let help = "put a `<fieldset>` around them, with the question in a `<legend>`";
                self.warn(set[0], GROUP, message, help);
            }
        }
    }
}

fn wrong_word<'a>(words: &[&'a str]) -> Option<(&'a str, &'static str)> {
    let mut rest = words;
    if rest[0].starts_with("section-") && rest[0].len() > 8 {
        rest = &rest[1..];
    }
    if let Some((&("shipping" | "billing"), after)) = rest.split_first() {
        rest = after;
    }
    let mut place = None;
    if let Some((word @ &("home" | "work" | "mobile" | "fax" | "pager"), after)) =
        rest.split_first()
    {
        place = Some(*word);
        rest = after;
    }
    match (rest, place) {
        ([], _) => words.last().map(|it| (*it, "has nothing after it")),
        ([field], place) => {
            if !FIELDS.contains(field) || *field == "webauthn" {
                return Some((field, "is not known"));
            }
            let reaches = matches!(*field, "email" | "impp") || field.starts_with("tel");
            match place {
                Some(place) if !reaches => Some((place, "does not go with what follows it")),
                _ => None,
            }
        }
        ([first, ..], _) => Some(match FIELDS.contains(first) {
            true => (rest[1], "is one too many, or in the wrong place"),
            false => (first, "is not known, or in the wrong place"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_an_order() {
        let wrong = |text: &str| {
            let words: Vec<&str> = text.split(' ').collect();
            wrong_word(&words).map(|it| it.0.to_owned())
        };
        for right in [
            "email",
            "work email",
            "section-a billing address-line1",
            "section-a shipping work tel-national",
        ] {
            assert_eq!(wrong(right), None, "{right}");
        }
        for (text, word) in [
            ("badterm", "badterm"),
            ("work photo", "work"),
            ("work shipping email", "shipping"),
            ("work,email", "work,email"),
            ("section-a", "section-a"),
        ] {
            assert_eq!(wrong(text).as_deref(), Some(word), "{text}");
        }
    }
}
