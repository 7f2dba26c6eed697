//! What is said of a field: its name, what editors should know, and its rules in words.

use std::fmt::Write as _;

use crate::content::expected;
use crate::content::rules::worded;
use crate::content::schema::{Comparison, Count, Field, Format, Operand, Widget};

/// Gives a field's words as Markdown.
pub(crate) fn of(field: &Field) -> String {
    let mut out = format!("**{}** (`{}`)\n", field.label, field.name);
    if let Some(hint) = &field.hint {
        let _ = write!(out, "\n{hint}\n");
    }
    let _ = write!(out, "\nIt is {}.\n\n", expected(field));
    for rule in rules(field) {
        let _ = writeln!(out, "- {rule}");
    }
    out
}

/// Says when a field must be given, for the line beside its name.
pub(crate) fn need(field: &Field) -> String {
    match &field.rules.required_if {
        _ if !field.rules.required_in.is_empty() => "needed before it is published".to_owned(),
        Some(condition) => format!("needed when {}", worded(condition)),
        None if field.required => "needed".to_owned(),
        None => "may be left out".to_owned(),
    }
}

fn rules(field: &Field) -> Vec<String> {
    let rules = &field.rules;
    let mut found = vec![need(field)];
    let mut say = |words: Option<String>| found.extend(words);
    say(rules.show_if.as_ref().map(|it| format!("counts only when {}", worded(it))));
    say(field.pattern.as_ref().map(|(_, words)| words.clone()));
    if let Widget::Number { min, max, .. } = &field.widget {
        say(min.map(|min| format!("at least {min}")));
        say(max.map(|max| format!("at most {max}")));
    }
    if let Widget::Select { count, .. }
    | Widget::Relation { count, .. }
    | Widget::List { count, .. }
    | Widget::KeyValue { count } = &field.widget
    {
        let Count { min, max } = count;
        say(min.map(|min| format!("at least {min} of them")));
        say(max.map(|max| format!("at most {max} of them")));
    }
    say(rules.max_words.map(|max| format!("at most {max} words")));
    say(rules.format.map(|it| match it {
        Format::Uri => "a web address".to_owned(),
        Format::Email => "an e-mail address".to_owned(),
        Format::Tel => "a telephone number".to_owned(),
    }));
    let dated = matches!(field.widget, Widget::DateTime { .. });
    for (how, operand) in &rules.compare {
        let words = match (how, dated) {
            (Comparison::Greater, true) => "after",
            (Comparison::GreaterOrEqual, true) => "not before",
            (Comparison::Less, true) => "before",
            (Comparison::LessOrEqual, true) => "not after",
            (Comparison::Greater, false) => "more than",
            (Comparison::GreaterOrEqual, false) => "at least",
            (Comparison::Less, false) => "less than",
            (Comparison::LessOrEqual, false) => "at most",
        };
        say(Some(match operand {
            Operand::Today => format!("{words} today"),
            Operand::Field(name) => format!("{words} `{name}`"),
        }));
    }
    say(rules.must_be.map(|it| format!("it must be `{it}` before this is published")));
    for (holds, words) in [
        (rules.unique, "no two entries may have the same"),
        (rules.unique_in_list, "no two in the list may have the same"),
        (rules.not_self, "not this entry itself"),
        (rules.private, "never published"),
        (rules.alt_required, "with `alt`, or with `decorative: true`"),
    ] {
        say(holds.then(|| words.to_owned()));
    }
    found
}
