//! Words what is wrong with structured data.

use crate::check::Finding;
use crate::check::structured::faq::squeezed;
use crate::check::structured::json::{Json, Member, Wrong, short};
use crate::check::structured::nodes::Known;
use crate::check::structured::values::Misfit;
use crate::check::structured::vocabulary::{Property, Term, Vocabulary};
use crate::check::structured::{FAQ_TEXT, JSON, MISSING, PROPERTY, REFERENCE, TYPE, VALUE};
use crate::diag::Diagnostic;
use crate::text::near;

/// The most names in one sentence.
const MOST: usize = 6;

pub(crate) fn json(text: &str, wrong: &Wrong) -> Finding {
    let mut end = (wrong.at + 1).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let message = "the structured data is not JSON, so no search engine reads it";
    let error = Diagnostic::error(JSON, message).note(wrong.what);
    Finding::new(wrong.at..end, error.help("write values in templates with the filter `json`"))
}

pub(crate) fn no_node(value: &Json) -> Finding {
    let message = "structured data is made of things in braces, and this is none";
    Finding::new(value.at.clone(), Diagnostic::error(JSON, message))
}

pub(crate) fn no_context(node: &Json) -> Finding {
    let message = "without `@context`, search engines do not read this";
    let error = Diagnostic::error(MISSING, message);
    Finding::new(head(node), error.help("add `\"@context\": \"https://schema.org\"`"))
}

pub(crate) fn no_type(node: &Json) -> Finding {
    let message = "this does not say what kind of thing it is";
    let warning = Diagnostic::warning(TYPE, message);
    Finding::new(head(node), warning.help("add `\"@type\"`"))
}

pub(crate) fn unknown_type(name: &str, at: &Json, all: &Vocabulary) -> Finding {
    let message = format!("schema.org has no type `{name}`");
    let help = match name {
        "CosmeticProcedure" => {
            Some("`SurgicalProcedure` and `TherapeuticProcedure` are there".to_owned())
        }
        _ => near::did_you_mean(name, all.types()),
    };
    Finding::new(at.at.clone(), Diagnostic::warning(TYPE, message).maybe_help(help))
}

pub(crate) fn unknown_property(member: &Member, types: &[Term], all: &Vocabulary) -> Finding {
    let name = short(&member.key);
    let message = format!("schema.org has no property `{name}`");
    let help = near::did_you_mean(name, all.properties_of(types));
    let warning = Diagnostic::warning(PROPERTY, message).maybe_help(help);
    Finding::new(member.key_at.clone(), warning)
}

pub(crate) fn misplaced_property(
    member: &Member,
    property: &Property,
    types: &[Term],
    all: &Vocabulary,
) -> Finding {
    let name = short(&member.key);
    let own: Vec<&str> = types.iter().map(|term| all.name(*term)).collect();
    let message = format!("{} has no property `{name}`", near::any_of(own.iter().copied()));
    let owners = property.of.iter().take(MOST).map(|term| all.name(*term));
    let warning = Diagnostic::warning(PROPERTY, message)
        .help(format!("it belongs to {}", near::all_of(owners)));
    Finding::new(member.key_at.clone(), warning)
}

pub(crate) fn value(
    member: &Member,
    value: &Json,
    misfit: Misfit,
    property: &Property,
    all: &Vocabulary,
) -> Finding {
    let name = short(&member.key);
    let (message, help) = match misfit {
        Misfit::Empty => (format!("`{name}` is empty"), "leave it out".to_owned()),
        Misfit::Relative => (
            format!("`{name}` is an address that means nothing away from this page"),
            "write it whole, from `https://` on".to_owned(),
        ),
        Misfit::Date => (
            format!("`{name}` is no date"),
            "write it as `2026-11-23`, or `2026-11-23T09:30:00+00:00` with a time".to_owned(),
        ),
        Misfit::Time => (format!("`{name}` is no time of day"), "write it as `09:30`".to_owned()),
        Misfit::Duration => (
            format!("`{name}` is no length of time"),
            "write half an hour as `PT30M`, two weeks as `P2W`".to_owned(),
        ),
        Misfit::Number => (format!("`{name}` is no number"), "write digits only".to_owned()),
        Misfit::Boolean => {
            (format!("`{name}` is neither `true` nor `false`"), "write one of them".to_owned())
        }
        Misfit::Member => {
            let members = all.members_of(&property.values);
            let text = value.text().map(short).unwrap_or_default();
            let help = near::did_you_mean(text, members.iter().copied());
            let some = members.iter().take(MOST).copied();
            let help = help.unwrap_or_else(|| format!("terms are {}", near::all_of(some)));
            (format!("`{name}` is not one of the terms of schema.org"), help)
        }
        Misfit::Kind => {
            let takes = property.values.iter().take(MOST).map(|term| all.name(*term));
            let takes = near::any_of(takes);
            (format!("`{name}` takes {takes}, not this"), format!("write it as {takes}"))
        }
    };
    Finding::new(value.at.clone(), Diagnostic::warning(VALUE, message).help(help))
}

pub(crate) fn wrong_thing(
    member: &Member,
    value: &Json,
    (types, property): (&[Term], &Property),
    all: &Vocabulary,
) -> Finding {
    let name = short(&member.key);
    let own = near::any_of(types.iter().map(|term| all.name(*term)));
    let takes = near::any_of(property.values.iter().take(MOST).map(|term| all.name(*term)));
    let message = format!("`{name}` takes {takes}, and this is {own}");
    let physician = types.iter().any(|term| all.is_a(*term, "Physician"));
    let help = match physician {
        true => "`Physician` is a practice, not a person: use `Person` with `jobTitle`".to_owned(),
        false => format!("write it as {takes}"),
    };
    Finding::new(head(value), Diagnostic::warning(VALUE, message).help(help))
}

pub(crate) fn dangling(id: &str, value: &Json, known: &Known) -> Finding {
    let message = format!("nothing on this page has the `@id` `{id}`");
    let mut ids: Vec<&str> = known.keys().map(String::as_str).collect();
    ids.sort_unstable();
    let warning = Diagnostic::warning(REFERENCE, message);
    Finding::new(value.at.clone(), warning.maybe_help(near::did_you_mean(id, ids)))
}

pub(crate) fn missing(name: &str, node: &Json, missing: &[&str]) -> Finding {
    let list = near::all_of(missing.iter().copied());
    let message = format!("`{name}` lacks {list}, so search engines may leave it out");
    Finding::new(head(node), Diagnostic::warning(MISSING, message).help(format!("add {list}")))
}

pub(crate) fn short_breadcrumb(list: &Json, count: usize) -> Finding {
    let steps = near::counted(count, "step");
    let message = format!("this way to the page has {steps}, and search engines ask for two");
    let warning = Diagnostic::warning(MISSING, message);
    Finding::new(head(list), warning.help("start with the home page, or leave it out"))
}

pub(crate) fn no_questions(page: &Json) -> Finding {
    let message = "`FAQPage` has no `Question` in its `mainEntity`";
    let warning = Diagnostic::warning(MISSING, message);
    Finding::new(head(page), warning.help("add the questions, or take `FAQPage` from its types"))
}

pub(crate) fn price_range(value: &Json) -> Finding {
    let message = "`priceRange` has 100 characters or more, so search engines leave it out";
    Finding::new(value.at.clone(), Diagnostic::warning(VALUE, message).help("shorten it"))
}

pub(crate) fn faq_text(text: &Json, what: &str, told: &str, visible: &str) -> Finding {
    // What both have in common shows where they part.
    let ends: Vec<usize> = told.char_indices().map(|(at, char)| at + char.len_utf8()).collect();
    let count = ends.partition_point(|end| visible.contains(&squeezed(&told[..*end])));
    let same = count.checked_sub(1).map_or(0, |at| ends[at]);
    let message = format!("this {what} is told to search engines, and the page does not show it");
    let error = Diagnostic::error(FAQ_TEXT, message)
        .help("show the same words on the page, or take them from the structured data");
    let error = match same {
        0 => error,
        _ => error.note(format!("the same up to `{}`", last(&told[..same]))),
    };
    Finding::new(text.at.clone(), error)
}

/// The last few characters.
fn last(text: &str) -> &str {
    let start = text.char_indices().rev().nth(29).map_or(0, |(at, _)| at);
    &text[start..]
}

/// The start of a thing: its brace, or its type.
fn head(node: &Json) -> std::ops::Range<usize> {
    match node.get("@type") {
        Some(kind) => kind.at.clone(),
        None => node.at.start..node.at.start + 1,
    }
}
