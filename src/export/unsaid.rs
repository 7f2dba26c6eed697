//! The rules that JSON Schema cannot say: named in a `$comment`, so that nobody trusts it too far.

use crate::content::schema::{Comparison, Field, Operand, Widget};
use crate::export::needs::{self, Group};
use crate::export::pattern;

/// Names the rules of a field that its schema does not say.
pub(crate) fn rules(field: &Field, group: &Group) -> Vec<String> {
    let (rules, mut found) = (&field.rules, Vec::new());
    for (how, operand) in &rules.compare {
        let words = match how {
            Comparison::Greater => "after or more than",
            Comparison::GreaterOrEqual => "not before or less than",
            Comparison::Less => "before or less than",
            Comparison::LessOrEqual => "not after or more than",
        };
        found.push(match operand {
            Operand::Today => format!("{words} today"),
            Operand::Field(name) => format!("{words} `{name}`"),
        });
    }
    if field.pattern.as_ref().is_some_and(|(it, _)| pattern::portable(it.as_str()).is_none()) {
        found.push("its pattern, which only Rust can express".to_owned());
    }
    found.extend(rules.max_words.map(|max| format!("at most {max} words")));
    for (holds, words) in [
        (rules.unique, "unique among the entries"),
        (rules.unique_in_list, "unique in its list"),
        (rules.not_self, "not the entry itself"),
        (matches!(field.widget, Widget::Relation { .. }), "the entry exists"),
        (matches!(field.widget, Widget::Image | Widget::File), "the file exists"),
        (matches!(field.widget, Widget::Markdown), "the Markdown is sound"),
        (matches!(field.widget, Widget::Map { .. }), "the text is GeoJSON of one place"),
    ] {
        if holds {
            found.push(words.to_owned());
        }
    }
    for asked in [&rules.required_if, &rules.show_if].into_iter().flatten() {
        let silent = needs::condition(asked, group).is_none();
        found.extend(silent.then(|| format!("what is asked of `{}`", asked.field)));
    }
    found
}
