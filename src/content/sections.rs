//! Sections that a body must have, told by their headings.

use crate::content::schema::{Field, Section};
use crate::diag::{Code, Diagnostic, Diagnostics, Span};
use crate::markdown::Heading;
use crate::text::near;

/// A body without a section that it must have.
pub const NO_SECTION: Code = Code::new("review/no-section");
/// Such a section in which there is nothing.
pub const SECTION_EMPTY: Code = Code::new("review/section-empty");

/// Reports which sections a body lacks; `place` gives the bytes of the line that starts at a byte
/// of the body.
pub(crate) fn check(
    field: &Field,
    outline: &[Heading],
    what: &str,
    place: &dyn Fn(usize) -> Span,
    found: &mut Diagnostics,
) {
    let level = usize::from(field.rules.headings.start.clamp(1, 6));
    for section in &field.rules.required_sections {
        let mut fitting = Vec::new();
        fit(section, outline, &mut fitting);
        match fitting.first() {
            None => found.push(missing(section, what, level, place(0))),
            Some(first) if fitting.iter().all(|it| is_empty(it)) => {
                found.push(empty(&first.title, place(first.start)));
            }
            Some(_) => (),
        }
    }
}

/// Gathers the headings that start a section, wherever they are.
fn fit<'a>(section: &Section, outline: &'a [Heading], found: &mut Vec<&'a Heading>) {
    for heading in outline {
        let title = words(&heading.title);
        if section.keys.iter().any(|key| title.contains(key)) {
            found.push(heading);
        }
        fit(section, &heading.children, found);
    }
}

/// The words of a text between spaces, without case and punctuation.
pub(crate) fn words(text: &str) -> String {
    let text = text.to_lowercase();
    let mut out = " ".to_owned();
    for word in text.split(|char: char| !char.is_alphanumeric()).filter(|it| !it.is_empty()) {
        out.push_str(word);
        out.push(' ');
    }
    out
}

fn is_empty(heading: &Heading) -> bool {
    heading.bare && heading.children.iter().all(is_empty)
}

fn missing(section: &Section, what: &str, level: usize, span: Span) -> Diagnostic {
    let names = near::any_of(section.headings.iter().map(String::as_str));
    let first = section.headings.first().map_or("", String::as_str);
    let marks = "#".repeat(level);
    let message = format!("this {what} has no section on {names}");
    let found = Diagnostic::warning(NO_SECTION, message).at(span);
    found.help(format!(
        "add a heading such as `{marks} {first}`, and below it what a reader needs to know"
    ))
}

fn empty(title: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(SECTION_EMPTY, format!("the section `{title}` is empty"))
        .at(span)
        .help("write below the heading what a reader needs to know")
}
