//! Words what is wrong with the fields of an entry.

use crate::content::FILE_NAME;
use crate::content::schema::{Field, Shape, Widget};
use crate::diag::{Code, Diagnostic, SourceId, Span};
use crate::markdown::ALT_MISSING;
use crate::text::near;

/// A key that the schema does not know.
pub(crate) const UNKNOWN_KEY: Code = Code::new("front-matter/unknown-key");
/// A field that must be given and is not.
pub(crate) const MISSING_FIELD: Code = Code::new("front-matter/missing-field");
/// A value of the wrong kind.
pub(crate) const WRONG_TYPE: Code = Code::new("front-matter/wrong-type");
/// A value that breaks a rule of its field.
pub(crate) const RULE: Code = Code::new("front-matter/rule");
/// A value that its other fields make meaningless.
pub(crate) const NO_EFFECT: Code = Code::new("front-matter/no-effect");
/// Typographic quotes around a whole value.
pub(crate) const CURLY_QUOTES: Code = Code::new("front-matter/curly-quotes");

pub(crate) fn unknown_key(name: &str, fields: &[Field], what: &str, span: Span) -> Diagnostic {
    let names = || fields.iter().map(|field| &*field.name);
    let error = Diagnostic::error(UNKNOWN_KEY, format!("unknown key `{name}`"))
        .at(span)
        .help(format!("{} may have: {}", near::a(what), names().collect::<Vec<_>>().join(", ")));
    match near::did_you_mean(name, names()) {
        Some(hint) => error.label(hint),
        None => error,
    }
}

pub(crate) fn body_as_key(field: &Field, span: Span) -> Diagnostic {
    let message = format!("`{}` is the text of the file, not one of its keys", field.name);
    Diagnostic::error(UNKNOWN_KEY, message)
        .at(span)
        .help("move the text under the fields, below the second `---`")
}

/// A field that must be given and is not; `written` says whether its key is there all the same.
pub(crate) fn missing_field(
    field: &Field,
    (what, why): (&str, &str),
    written: bool,
    span: Span,
) -> Diagnostic {
    let name = &field.name;
    let message = format!("{} needs `{name}`{why}", near::a(what));
    Diagnostic::error(MISSING_FIELD, message).at(span).help(match field.widget {
        Widget::Markdown if &**name == "body" => "write the text below the second `---`".to_owned(),
        Widget::Boolean if written => format!("write `{name}: true`, once it is so"),
        Widget::Boolean => format!("add a line `{name}: true`, once it is so"),
        _ if written => format!("write it after `{name}:` ({})", expected(field)),
        _ => format!("add a line `{name}: …` ({})", expected(field)),
    })
}

pub(crate) fn wrong_type(field: &Field, span: Span) -> Diagnostic {
    let message = format!("`{}` must be {}", field.name, expected(field));
    Diagnostic::error(WRONG_TYPE, message).at(span)
}

pub(crate) fn rule(field: &Field, words: &str, span: Span) -> Diagnostic {
    Diagnostic::error(RULE, format!("`{}`: {words}", field.name)).at(span)
}

pub(crate) fn no_effect(field: &Field, condition: &str, span: Span) -> Diagnostic {
    let message = format!("`{}` has no effect here: it counts only where {condition}", field.name);
    Diagnostic::warning(NO_EFFECT, message).at(span).help("remove it, or correct the other field")
}

pub(crate) fn curly_quotes(field: &Field, span: Span) -> Diagnostic {
    let message = format!("the curly quotes around `{}` are part of the text", field.name);
    Diagnostic::warning(CURLY_QUOTES, message)
        .at(span)
        .help("use straight quotes \"…\" if they are meant for YAML, or none")
}

pub(crate) fn alt_missing(field: &Field, span: Span) -> Diagnostic {
    let message = format!("the picture of `{}` has no alternative text", field.name);
    Diagnostic::error(ALT_MISSING, message).at(span).help(
        "add `alt: …` with what a person who cannot see it needs to know, \
         or `decorative: true` if that is nothing",
    )
}

pub(crate) fn file_name(source: &SourceId, stem: &str, better: &str) -> Diagnostic {
    let message = format!("the file's name becomes its address, and `{stem}` cannot stand in one");
    let error = Diagnostic::error(FILE_NAME, message).at(Span::file(source));
    match better.starts_with('.') {
        true => error.help("rename it with small letters, digits and hyphens"),
        false => error.help(format!("rename it to `{better}`")),
    }
}

pub(crate) fn no_body(label: &str, span: Span) -> Diagnostic {
    let message = format!("{label} have no text under their fields, so this would not appear");
    Diagnostic::error(UNKNOWN_KEY, message).at(span).help("move it into a field")
}

/// What a field expects, in words.
pub(crate) fn expected(field: &Field) -> String {
    match &field.widget {
        Widget::String | Widget::Text | Widget::Markdown | Widget::Hidden | Widget::Compute => {
            "a text".to_owned()
        }
        Widget::Number { whole: true, .. } => "a whole number".to_owned(),
        Widget::Number { .. } => "a number".to_owned(),
        Widget::Boolean => "`true` or `false`".to_owned(),
        Widget::DateTime { date_only: true } => "a date such as 2026-03-14".to_owned(),
        Widget::DateTime { .. } => "a date or a moment, such as 2026-03-14T09:00".to_owned(),
        Widget::Select { options, multiple, .. } => {
            let names = near::any_of(options.iter().map(|(value, _)| value.as_str()));
            if *multiple { format!("a list of {names}") } else { names }
        }
        Widget::Relation { collection, multiple: true, .. } => {
            format!("a list of file names from {collection}, without their ending")
        }
        Widget::Relation { collection, .. } => {
            format!("a file name from {collection}, without its ending")
        }
        Widget::Image => "the address of a picture, such as /media/picture.jpg".to_owned(),
        Widget::File => "the address of a document, such as /media/leaflet.pdf".to_owned(),
        Widget::Uuid { prefix, base32: false } => {
            format!("a UUID such as {prefix}7c9e6679-7425-40de-944b-e07fc1f90ae7")
        }
        Widget::Uuid { prefix, .. } => {
            format!("a short UUID such as {prefix}pspgm6luevan5fcl4b74d6ik44")
        }
        Widget::Color { .. } => "a colour in quotes, such as \"#0b5d5e\"".to_owned(),
        Widget::KeyValue { .. } => "lines of `name: text`, indented alike".to_owned(),
        Widget::Map { shape } => {
            let example = match shape {
                Shape::Point => r#"{"type": "Point", "coordinates": [-0.14, 51.52]}"#,
                Shape::Line => r#"{"type": "LineString", "coordinates": [[…], […]]}"#,
                Shape::Polygon => r#"{"type": "Polygon", "coordinates": [[[…], […], […]]]}"#,
            };
            format!("a place as a text of GeoJSON, such as '{example}'")
        }
        Widget::Code { group } if group.is_empty() => "a text".to_owned(),
        Widget::Object(fields) | Widget::Code { group: fields } => {
            let names = near::all_of(fields.iter().map(|field| &*field.name));
            format!("a group with {names}")
        }
        Widget::List { .. } => "a list, each item on a line that starts with `- `".to_owned(),
    }
}
